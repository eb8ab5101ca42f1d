"""Claims to groups: the pairs that score best are joined first, and a group takes in only what fits all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tocsin.incidents.compare import find_bar, measure_parts, sum_parts
from tocsin.incidents.facts import Facts

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights

#: A group of more claims is represented by its first so many when another wants to join it.
_REPRESENTATIVES = 12
_BARRED = float("-inf")


def score_pair(one: Facts, other: Facts, weights: MergeWeights) -> float:
    """The log-odds that two claims are one happening; -inf where something bars the pair."""
    if find_bar(one, other, weights):
        return _BARRED
    return sum_parts(measure_parts(one, other, weights), weights)


class PairScores:
    """Log-odds of pairs of claims, computed once each; -inf where something bars the pair."""

    def __init__(self, facts: Sequence[Facts], weights: MergeWeights) -> None:
        self._facts, self._weights = facts, weights
        self._held: dict[tuple[int, int], float] = {}

    def hold(self, a: int, b: int, score: float) -> None:
        """Remember a score that is known already; `a` is the smaller index."""
        self._held[a, b] = score

    def score(self, a: int, b: int) -> float:
        """The log-odds that claims `a` and `b` are one happening."""
        pair = (a, b) if a < b else (b, a)
        held = self._held.get(pair)
        if held is None:
            held = self._held[pair] = score_pair(self._facts[pair[0]], self._facts[pair[1]], self._weights)
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


def form_groups(
    facts: Sequence[Facts],
    edges: Iterable[tuple[float, int, int]],
    scores: PairScores,
    weights: MergeWeights,
    pins: Mapping[int, str],
) -> list[list[int]]:
    """Indices into `facts` (which stand in canonical order), one list for each happening.

    edges   log-odds and indices of the pairs that may begin a joining: at least `weights.least`
    pins    index to the incident that a person has placed the claim in: those stay together, and two such apart

    Two groups are joined only where no pair between them is barred or fits badly and the pairs between them score
    enough on average: a claim that resembles one member alone does not drag its own company in.
    """
    groups = _Groups(range(len(facts)), pins)
    for _, a, b in sorted(edges, key=lambda edge: (-edge[0], edge[1], edge[2])):
        groups.join(a, b, scores, weights.least)
    return groups.members()


class _Groups:
    """Disjoint groups of claims that grow by joining."""

    def __init__(self, singles: Iterable[int], pins: Mapping[int, str]) -> None:
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
