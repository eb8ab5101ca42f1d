"""A set of claims and its division into happenings, kept up to date as articles come, change and go.

The division depends on the claims that are held, not on the way there: one by one and all at once come to the same.
Only the claims that are tied to a new one, through however many pairs, are divided anew.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.incidents.blocks import Blocks
from tocsin.incidents.facts import Facts
from tocsin.incidents.grouping import PairScores, form_groups, score_pair

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights

#: The claims of one happening, in canonical order.
Group = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Regrouping:
    """What a change of the claims did to their groups.

    gone   groups that are no more as they were
    made   groups that came of them and of the new claims, each in canonical order
    """

    gone: frozenset[Group]
    made: tuple[Group, ...]


class Partition:
    """Claims in groups. Articles are put and dropped whole; `regroup` then tells what became of the groups."""

    def __init__(self, weights: MergeWeights) -> None:
        self._weights = weights
        self._blocks = Blocks(weights.block_limit)
        self._facts: dict[str, Facts] = {}
        self._of_article: dict[str, list[str]] = {}
        self._pins: dict[str, str] = {}
        self._pinned: dict[str, set[str]] = defaultdict(set)
        self._repeats: dict[Hashable, list[tuple[tuple[object, ...], str]]] = {}
        self._repeat_key: dict[str, Hashable] = {}
        self._edges: dict[str, dict[str, float]] = {}
        self._group: dict[str, Group] = {}
        self._touched: set[str] = set()
        self._gone: set[Group] = set()

    def __len__(self) -> int:
        """How many claims are held."""
        return len(self._facts)

    def __contains__(self, claim_id: object) -> bool:
        """Whether a claim is held."""
        return claim_id in self._facts

    def facts(self, claim_id: str) -> Facts:
        """What of a claim is compared."""
        return self._facts[claim_id]

    def claims_of(self, article_id: str) -> Sequence[str]:
        """The claims held of an article."""
        return self._of_article.get(article_id, ())

    def put_article(self, article_id: str, facts: Iterable[Facts], pins: Mapping[str, str]) -> None:
        """Hold an article's claims in place of those held before.

        pins  claim id to the incident that a person has placed it in
        """
        self.drop_article(article_id)
        ordered = sorted(facts, key=lambda f: f.order)
        nth: Counter[Hashable] = Counter()
        for one in ordered:
            id_ = one.claim.id
            self._facts[id_] = one
            if id_ in pins:
                self._pins[id_] = pins[id_]
                self._pinned[pins[id_]].add(id_)
            key = self._key_repeats(one)
            nth[key] += 1  # the second such claim of one article is matched with the second of another
            self._repeat_key[id_] = (key, nth[key])
            self._of_article.setdefault(article_id, []).append(id_)
            self._file(id_)

    def drop_article(self, article_id: str) -> None:
        """Hold an article's claims no longer."""
        self.drop_claims(self.claims_of(article_id))

    def drop_claims(self, claim_ids: Iterable[str]) -> None:
        """Hold some claims no longer."""
        # the last first: then no claim comes to stand for others that go as well
        for id_ in sorted(claim_ids, key=lambda c: self._facts[c].order, reverse=True):
            self._unfile(id_)
            if id_ in self._pins:
                self._pinned[self._pins.pop(id_)].discard(id_)
            if group := self._group.pop(id_, None):
                self._gone.add(group)
            self._touched.discard(id_)
            article = self._facts[id_].article.id
            self._of_article[article].remove(id_)
            if not self._of_article[article]:
                del self._of_article[article]
            del self._facts[id_], self._repeat_key[id_]

    def regroup(self) -> Regrouping:
        """Divide anew what the changes since the last call have touched."""
        waiting = [*self._touched, *(c for group in self._gone for c in group)]
        gone, made, seen = set(self._gone), [], set[str]()
        while waiting:
            start = self._first_of(waiting.pop())
            if start is None or start in seen:
                continue
            tied = self._find_tied(start)
            seen |= tied
            made += self._divide(tied)
            for one in tied:
                for repeat in self._repeats_of(one):
                    if (before := self._group.get(repeat)) and before not in gone:
                        gone.add(before)
                        waiting += before
        for group in made:
            for id_ in group:
                self._group[id_] = group
        self._touched, self._gone = set(), set()
        made.sort(key=lambda group: self._facts[group[0]].order)
        return Regrouping(frozenset(gone), tuple(made))

    # --- claims that copies repeat word for word count once
    def _key_repeats(self, one: Facts) -> Hashable:
        claim = one.claim
        words = " ".join(claim.evidence.text.split()).casefold()
        kind = (claim.type, claim.mode, claim.modality, claim.background, claim.date, one.place_key)
        return (one.origin, *kind, words, one.article.is_exercise, self._pins.get(claim.id))

    def _first_of(self, id_: str) -> str | None:
        """The first of the claims that repeat one another, which stands for them; None for a claim that is gone."""
        key = self._repeat_key.get(id_)
        return self._repeats[key][0][1] if key in self._repeats else None

    def _repeats_of(self, first: str) -> list[str]:
        return [id_ for _, id_ in self._repeats[self._repeat_key[first]]]

    def _file(self, id_: str) -> None:
        repeats = self._repeats.setdefault(self._repeat_key[id_], [])
        first = repeats[0][1] if repeats else None
        insort(repeats, (self._facts[id_].order, id_))
        self._touched.add(id_)
        if repeats[0][1] == id_:
            if first is not None:
                self._untie(first)
            self._tie(id_)

    def _unfile(self, id_: str) -> None:
        key = self._repeat_key[id_]
        repeats = self._repeats[key]
        was_first = repeats[0][1] == id_
        repeats.remove((self._facts[id_].order, id_))
        if was_first:
            self._untie(id_)
            if repeats:
                self._tie(repeats[0][1])
        if not repeats:
            del self._repeats[key]

    # --- ties between claims
    def _tie(self, id_: str) -> None:
        self._edges[id_] = {}
        near, lost = self._blocks.insert(self._facts[id_])
        for other in near:
            self._compare(id_, other)
        for one, other in lost:
            if other in self._edges[one] and not self._blocks.holds((one, other)):
                del self._edges[one][other], self._edges[other][one]
                self._touched |= {one, other}
        self._touched.add(id_)

    def _untie(self, id_: str) -> None:
        for other in self._edges.pop(id_):
            del self._edges[other][id_]
            self._touched.add(other)
        for one, other in self._blocks.remove(id_):
            if other not in self._edges[one]:
                self._compare(one, other)

    def _compare(self, one: str, other: str) -> None:
        a, b = self._facts[one], self._facts[other]
        score = score_pair(*((a, b) if a.order < b.order else (b, a)), self._weights)
        if score >= self._weights.least:
            self._edges[one][other] = self._edges[other][one] = score
            self._touched |= {one, other}

    def _find_tied(self, start: str) -> set[str]:
        """All claims that pairs, or a person's placing, tie to one."""
        tied, waiting = {start}, [start]
        while waiting:
            one = waiting.pop()
            near = set(self._edges[one])
            if pin := self._pins.get(one):
                near.update(filter(None, map(self._first_of, self._pinned[pin])))
            waiting += near - tied
            tied |= near
        return tied

    def _divide(self, tied: set[str]) -> list[Group]:
        facts = sorted((self._facts[id_] for id_ in tied), key=lambda f: f.order)
        at = {f.claim.id: i for i, f in enumerate(facts)}
        scores = PairScores(facts, self._weights)
        edges = []
        for one, i in at.items():
            for other, score in self._edges[one].items():
                if i < (j := at[other]):
                    scores.hold(i, j, score)
                    edges.append((score, i, j))
        pins = {i: self._pins[id_] for id_, i in at.items() if id_ in self._pins}
        divided = form_groups(facts, edges, scores, self._weights, pins)
        return [self._with_repeats(facts[i].claim.id for i in members) for members in divided]

    def _with_repeats(self, firsts: Iterable[str]) -> Group:
        members = (id_ for first in firsts for id_ in self._repeats_of(first))
        return tuple(sorted(members, key=lambda id_: self._facts[id_].order))
