"""A set of claims and its division into happenings, kept up to date as articles come, change and go.

The division depends on the claims that are held, not on the way there: one by one and all at once come to the same.
Only the claims that are tied to a new one, through however many pairs, are divided anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.incidents.facts import Facts
from tocsin.incidents.grouping import PairScores, form_groups
from tocsin.incidents.repeats import Change, Repeats
from tocsin.incidents.ties import ComparedTies, Ties

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights

#: The claims of one happening, in canonical order.
Group = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Regrouping:
    """What a change of the claims did to their groups.

    gone   groups that are no more as they were
    made   groups that came of them and of the new claims, each in canonical order
    kept   groups that were divided anew and are what they were, of claims none of which is another than it was
    """

    gone: frozenset[Group]
    made: tuple[Group, ...]
    kept: tuple[Group, ...] = ()


class Partition:
    """Claims in groups. Articles are put and dropped whole; `regroup` then tells what became of the groups.

    ties  what finds the pairs that may begin a joining: by comparing, unless they were found elsewhere
    """

    def __init__(self, weights: MergeWeights, ties: Ties | None = None) -> None:
        self._weights = weights
        self._ties: Ties = ties or ComparedTies(weights)
        self._repeats = Repeats()
        self._facts: dict[str, Facts] = {}
        self._of_article: dict[str, list[str]] = {}
        self._pins: dict[str, str] = {}
        self._pinned: dict[str, set[str]] = defaultdict(set)
        self._group: dict[str, Group] = {}
        self._touched: set[str] = set()
        #: Those among them that are not what they were, or repeat another claim than they did.
        self._renewed: set[str] = set()
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

    def list_claims(self) -> list[str]:
        """All claims that are held."""
        return list(self._facts)

    def first_of(self, claim_id: str) -> str | None:
        """The claim that stands for those that repeat one another; None for a claim that is not held."""
        return self._repeats.first_of(claim_id)

    def claims_of(self, article_id: str) -> Sequence[str]:
        """The claims held of an article."""
        return self._of_article.get(article_id, ())

    def put_article(self, article_id: str, facts: Iterable[Facts], pins: Mapping[str, str]) -> None:
        """Hold an article's claims in place of those held before.

        pins  claim id to the incident that a person has placed it in
        """
        self.drop_article(article_id)
        for one in sorted(facts, key=lambda f: f.order):
            id_ = one.claim.id
            self._facts[id_] = one
            if id_ in pins:
                self._pins[id_] = pins[id_]
                self._pinned[pins[id_]].add(id_)
            self._of_article.setdefault(article_id, []).append(id_)
            self._touched.add(id_)
            self._renewed.add(id_)
            self._retie(self._repeats.insert(one, self._pins.get(id_)))

    def drop_article(self, article_id: str) -> None:
        """Hold an article's claims no longer."""
        self.drop_claims(self.claims_of(article_id))

    def drop_claims(self, claim_ids: Iterable[str]) -> None:
        """Hold some claims no longer."""
        # the last first: then no claim comes to stand for others that go as well
        for id_ in sorted(claim_ids, key=lambda c: self._facts[c].order, reverse=True):
            self._retie(self._repeats.remove(id_))
            if id_ in self._pins:
                self._pinned[self._pins.pop(id_)].discard(id_)
            if group := self._group.pop(id_, None):
                self._gone.add(group)
            self._touched.discard(id_)
            article = self._facts[id_].article.id
            self._of_article[article].remove(id_)
            if not self._of_article[article]:
                del self._of_article[article]
            del self._facts[id_]

    def regroup(self) -> Regrouping:
        """Divide anew what the changes since the last call have touched."""
        waiting = [*self._touched, *(c for group in self._gone for c in group)]
        gone, made, seen = set(self._gone), [], set[str]()
        while waiting:
            start = self.first_of(waiting.pop())
            if start is None or start in seen:
                continue
            tied = self._find_tied(start)
            seen |= tied
            made += self._divide(tied)
            for one in tied:
                for repeat in self._repeats.repeats_of(one):
                    if (before := self._group.get(repeat)) and before not in gone:
                        gone.add(before)
                        waiting += before
        kept = {group for group in made if group in gone and self._renewed.isdisjoint(group)}
        for group in made:
            for id_ in group:
                self._group[id_] = group
        self._touched, self._renewed, self._gone = set(), set(), set()
        made.sort(key=lambda group: self._facts[group[0]].order)
        left = tuple(group for group in made if group not in kept)
        return Regrouping(frozenset(gone - kept), left, tuple(group for group in made if group in kept))

    def _retie(self, change: Change) -> None:
        """Compare the claims that have come to stand for themselves, and no longer those that do so no more."""
        self._touched |= change.moved
        self._renewed |= change.moved | change.began | change.ended
        for id_ in change.ended:
            self._touched |= self._ties.remove(id_)
        for id_ in change.began:
            self._touched |= self._ties.insert(self._facts[id_])

    def _find_tied(self, start: str) -> set[str]:
        """All claims that pairs, or a person's placing, tie to one."""
        tied, waiting = {start}, [start]
        while waiting:
            one = waiting.pop()
            near = set(self._ties.tied_to(one))
            if pin := self._pins.get(one):
                near.update(filter(None, map(self.first_of, self._pinned[pin])))
            waiting += near - tied
            tied |= near
        return tied

    def _divide(self, tied: set[str]) -> list[Group]:
        facts = sorted((self._facts[id_] for id_ in tied), key=lambda f: f.order)
        at = {f.claim.id: i for i, f in enumerate(facts)}
        scores = PairScores(facts, self._weights)
        edges = []
        for one, i in at.items():
            for other, score in self._ties.tied_to(one).items():
                if i < (j := at[other]):
                    scores.hold(i, j, score)
                    edges.append((score, i, j))
        pins = {i: self._pins[id_] for id_, i in at.items() if id_ in self._pins}
        divided = form_groups(facts, edges, scores, self._weights, pins)
        return [self._with_repeats(facts[i].claim.id for i in members) for members in divided]

    def _with_repeats(self, firsts: Iterable[str]) -> Group:
        members = (id_ for first in firsts for id_ in self._repeats.repeats_of(first))
        return tuple(sorted(members, key=lambda id_: self._facts[id_].order))
