"""Claims to groups: the pairs that score best are joined first, and a group takes in only what fits all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tocsin.incidents.blocks import pair_claims
from tocsin.incidents.compare import find_bar, measure_parts, sum_parts
from tocsin.incidents.facts import Facts

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights

#: A group of more claims is represented by its first so many when another wants to join it.
_REPRESENTATIVES = 12
_BARRED = float("-inf")


class PairScores:
    """Log-odds of pairs of claims, computed once each; -inf where something bars the pair."""

    def __init__(self, facts: Sequence[Facts], weights: MergeWeights) -> None:
        self._facts, self._weights = facts, weights
        self._held: dict[tuple[int, int], float] = {}

    def score(self, a: int, b: int) -> float:
        """The log-odds that claims `a` and `b` are one happening."""
        pair = (a, b) if a < b else (b, a)
        held = self._held.get(pair)
        if held is None:
            one, other = self._facts[pair[0]], self._facts[pair[1]]
            barred = find_bar(one, other, self._weights)
            held = _BARRED if barred else sum_parts(measure_parts(one, other, self._weights), self._weights)
            self._held[pair] = held
        return held

    def mean(self, some: Sequence[int], others: Sequence[int]) -> float:
        """The mean over all pairs between two groups; -inf as soon as one pair is barred or fits too badly."""
        total = 0.0
        some, others = some[:_REPRESENTATIVES], others[:_REPRESENTATIVES]
        for a in some:
            for b in others:
                score = self.score(a, b)
                if score < self._weights.least_pair:
                    return _BARRED
                total += score
        return total / (len(some) * len(others))


def form_groups(facts: Sequence[Facts], weights: MergeWeights, pinned: Mapping[str, str]) -> list[list[int]]:
    """Indices into `facts` (which stand in canonical order), one list for each happening.

    Two groups are joined only where no pair between them is barred or fits badly and the pairs between them score
    enough on average: a claim that resembles one member alone does not drag its own company in. `pinned` maps the ids
    of claims that a person has placed to the incident they were placed in: those stay together, and two such incidents
    apart.
    """
    copies = collapse_copies(facts)
    firsts = sorted(copies)
    scores = PairScores(facts, weights)
    groups = _Groups(firsts, {i: pinned[facts[i].claim.id] for i in firsts if facts[i].claim.id in pinned})
    thin = [facts[i] for i in firsts]
    pairs = ((firsts[a], firsts[b]) for a, b in pair_claims(thin, weights.block_limit))
    found = [(scores.score(a, b), a, b) for a, b in pairs]
    for score, a, b in sorted(found, key=lambda f: (-f[0], f[1], f[2])):
        if score < weights.least:
            break
        groups.join(a, b, scores, weights.least)
    return [sorted(i for first in members for i in copies[first]) for members in groups.members()]


def collapse_copies(facts: Sequence[Facts]) -> dict[int, list[int]]:
    """First claim to all claims that copies of one text repeat word for word, itself the first.

    Ten thousand copies of a wire report then cost no more comparisons than one.
    """
    by_words: dict[tuple[object, ...], list[int]] = defaultdict(list)
    times: dict[tuple[object, ...], int] = defaultdict(int)
    for i, one in enumerate(facts):
        claim = one.claim
        words = " ".join(claim.evidence.text.split()).casefold()
        same = (one.origin, claim.type, claim.mode, claim.modality, claim.background, claim.date, one.place_key, words)
        # the second such claim of one article is matched with the second of another
        nth = (one.article.id, *same)
        times[nth] += 1
        by_words[(*same, one.article.is_exercise, times[nth])].append(i)
    return {members[0]: members for members in by_words.values()}


class _Groups:
    """Disjoint groups of claims that grow by joining."""

    def __init__(self, singles: Sequence[int], pins: Mapping[int, str]) -> None:
        self._home = {i: i for i in singles}
        self._members = {i: [i] for i in singles}
        self._pin: dict[int, str] = dict(pins)
        self._refused: set[tuple[int, int, int, int]] = set()
        by_pin: dict[str, list[int]] = defaultdict(list)
        for i, pin in pins.items():
            by_pin[pin].append(i)
        for together in by_pin.values():
            for i in together[1:]:
                self._merge(self._home[together[0]], self._home[i])

    def members(self) -> list[list[int]]:
        """All groups."""
        return list(self._members.values())

    def join(self, a: int, b: int, scores: PairScores, least: float) -> None:
        """Join the groups of two claims if they cohere."""
        one, other = self._home[a], self._home[b]
        if one == other:
            return
        mine, theirs = self._members[one], self._members[other]
        attempt = (min(one, other), max(one, other), len(mine), len(theirs))
        pins = {self._pin[g] for g in (one, other) if g in self._pin}
        if len(pins) == 2 or attempt in self._refused:
            return
        if scores.mean(mine, theirs) < least:
            self._refused.add(attempt)
            return
        self._merge(one, other)

    def _merge(self, one: int, other: int) -> None:
        keep, lose = min(one, other), max(one, other)
        if lose in self._pin:
            self._pin[keep] = self._pin.pop(lose)
        moved = self._members.pop(lose)
        for i in moved:
            self._home[i] = keep
        self._members[keep] = sorted([*self._members[keep], *moved])
