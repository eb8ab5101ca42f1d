"""Ties: the pairs of claims that score enough to begin a joining, kept up to date as claims come and go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from tocsin.incidents.blocks import Blocks, Pair
from tocsin.incidents.facts import Facts
from tocsin.incidents.grouping import score_pair

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights


class Ties(Protocol):
    """What a division of claims asks of whatever finds their ties."""

    def insert(self, facts: Facts) -> set[str]:
        """Take in a claim: those whose ties this made or cut, itself among them."""

    def remove(self, id_: str) -> set[str]:
        """Let a claim go: those whose ties this made or cut."""

    def tied_to(self, id_: str) -> Mapping[str, float]:
        """The claims tied to one that is held, with their log-odds."""


class ComparedTies:
    """Ties found by comparing what blocks bring together."""

    def __init__(self, weights: MergeWeights) -> None:
        self._weights = weights
        self._blocks = Blocks(weights.block_limit)
        self._ties: dict[str, dict[str, float]] = {}

    def insert(self, facts: Facts) -> set[str]:
        """Take in a claim: those whose ties this made or cut, itself among them."""
        id_ = facts.claim.id
        self._ties[id_] = {}
        near, lost = self._blocks.insert(facts)
        changed = {id_}
        for other in near:
            changed |= self._compare(id_, other)
        for one, other in lost:
            if other in self._ties[one] and not self._blocks.holds((one, other)):
                del self._ties[one][other], self._ties[other][one]
                changed |= {one, other}
        return changed

    def remove(self, id_: str) -> set[str]:
        """Let a claim go: those whose ties this made or cut."""
        changed = _cut_ties(self._ties, id_)
        for one, other in self._blocks.remove(id_):
            if other not in self._ties[one]:
                changed |= self._compare(one, other)
        return changed

    def tied_to(self, id_: str) -> Mapping[str, float]:
        """The claims tied to one that is held, with their log-odds."""
        return self._ties[id_]

    def _compare(self, one: str, other: str) -> set[str]:
        a, b = self._blocks.facts(one), self._blocks.facts(other)
        score = score_pair(*((a, b) if a.order < b.order else (b, a)), self._weights)
        if score < self._weights.least:
            return set()
        self._ties[one][other] = self._ties[other][one] = score
        return {one, other}


class GivenTies:
    """Ties that were found elsewhere: each holds while both of its claims are held."""

    def __init__(self, given: Mapping[Pair, float]) -> None:
        self._given: dict[str, dict[str, float]] = defaultdict(dict)
        for (one, other), score in given.items():
            self._given[one][other] = self._given[other][one] = score
        self._ties: dict[str, dict[str, float]] = {}

    def insert(self, facts: Facts) -> set[str]:
        """Take in a claim: those whose ties this made, itself among them."""
        id_ = facts.claim.id
        self._ties[id_] = {other: score for other, score in self._given.get(id_, {}).items() if other in self._ties}
        for other, score in self._ties[id_].items():
            self._ties[other][id_] = score
        return {id_, *self._ties[id_]}

    def remove(self, id_: str) -> set[str]:
        """Let a claim go: those whose ties this cut."""
        return _cut_ties(self._ties, id_)

    def tied_to(self, id_: str) -> Mapping[str, float]:
        """The claims tied to one that is held, with their log-odds."""
        return self._ties[id_]


def _cut_ties(ties: dict[str, dict[str, float]], id_: str) -> set[str]:
    """Take a claim out of all ties: those that were tied to it."""
    cut = set(ties.pop(id_))
    for other in cut:
        del ties[other][id_]
    return cut
