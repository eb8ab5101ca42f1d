"""Which pairs of claims are worth comparing: those that share a kind of act, a day, and a place, party or origin.

A block of more than so many claims is compared along a sorted neighbourhood (Hernandez and Stolfo 1995): each claim
with the next ones in an order of place, day and parties, so that cost stays linear in the claims. Which pairs a block
holds depends on its claims alone, not on the order in which they came or on those that have left.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from tocsin.incidents.facts import Facts, fold_place_name, proper_words

#: A longer stretch is filed under its own two ends, not under each of its days: "in 2022" is no key for a day.
_LONGEST_STRETCH_DAYS = 10
#: Claim ids in order.
Pair = tuple[str, str]
Key = tuple[Hashable, ...]


class Blocks:
    """The blocks of a set of claims, claim by claim filled and emptied."""

    def __init__(self, block_limit: int) -> None:
        self._limit = block_limit
        self._blocks: dict[Key, Block] = {}
        self._keys: dict[str, frozenset[Key]] = {}

    def insert(self, facts: Facts) -> tuple[set[str], set[Pair]]:
        """File a claim: those it is to be compared with, and earlier pairs that are no longer near in some block."""
        id_ = facts.claim.id
        self._keys[id_] = frozenset(block_keys(facts))
        gained: set[str] = set()
        lost: set[Pair] = set()
        for key in self._keys[id_]:
            block = self._blocks.get(key)
            if block is None:
                block = self._blocks[key] = Block.under(key, self._limit)
            more, fewer = block.insert(facts)
            gained.update(more)
            lost.update(fewer)
        return gained, lost

    def remove(self, id_: str) -> set[Pair]:
        """Take a claim out: pairs of others that are near each other now that it is gone."""
        gained: set[Pair] = set()
        for key in self._keys.pop(id_):
            block = self._blocks[key]
            gained.update(block.remove(id_))
            if not block:
                del self._blocks[key]
        return gained

    def holds(self, pair: Pair) -> bool:
        """Whether the two are near each other in any block."""
        shared = self._keys[pair[0]] & self._keys[pair[1]]
        return any(self._blocks[key].holds(pair) for key in shared)


class Block:
    """The claims under one key, in the order along which they are neighbours.

    Within a country and a day (`is_placeless`) only the claims without a place meet their like; two that have places
    meet elsewhere.
    """

    @classmethod
    def under(cls, key: Key, limit: int) -> Block:
        """The empty block of a key."""
        return cls(limit, is_placeless=key[-2] == "country")

    def __init__(self, limit: int, *, is_placeless: bool) -> None:
        self._limit, self._is_placeless = limit, is_placeless
        self._width = max(2, limit // 10)
        self._members: dict[str, Facts] = {}
        #: The order of the members; kept only where not all of them are neighbours.
        self._line: list[tuple[Any, str]] = []

    def __len__(self) -> int:
        return len(self._members)

    def holds(self, pair: Pair) -> bool:
        """Whether two members are near each other."""
        return self._allows(pair) and (self._is_whole() or abs(self._at(pair[0]) - self._at(pair[1])) < self._width)

    def insert(self, facts: Facts) -> tuple[Iterable[str], list[Pair]]:
        """Take a member in: its neighbours, and the pairs between which it now stands too far."""
        id_ = facts.claim.id
        was_whole = self._is_whole()
        self._members[id_] = facts
        if self._is_whole():
            return (member for member in self._members if member != id_), []
        if was_whole:
            self._line = sorted((self._order(member), member) for member in self._members)
        else:
            insort(self._line, (self._order(id_), id_))
        at = self._at(id_)
        near = [member for _, member in self._line[max(0, at - self._width + 1) : at + self._width]]
        far = self._pairs_apart() if was_whole else self._pairs_across(at)
        lost = [pair for pair in far if id_ not in pair and self._allows(pair)]
        return [member for member in near if member != id_ and self._allows((id_, member))], lost

    def remove(self, id_: str) -> list[Pair]:
        """Let a member go: the pairs that are near each other without it."""
        if self._is_whole():
            del self._members[id_]
            return []
        at = self._at(id_)
        gained = list(self._pairs_across(at))
        del self._line[at]
        del self._members[id_]
        if self._is_whole():
            gained += self._pairs_apart()
            self._line = []
        return [pair for pair in gained if self._allows(pair)]

    def _pairs_across(self, at: int) -> Iterator[Pair]:
        """The pairs on both sides of a member that are neighbours without it and not with it."""
        for first in range(max(0, at - self._width + 1), at):
            if first + self._width < len(self._line):
                yield _sort_pair(self._line[first][1], self._line[first + self._width][1])

    def _pairs_apart(self) -> Iterator[Pair]:
        """All pairs that are no neighbours along the line."""
        for at, (_, one) in enumerate(self._line):
            for _, other in self._line[at + self._width :]:
                yield _sort_pair(one, other)

    def _is_whole(self) -> bool:
        return len(self._members) <= self._limit and not (self._is_placeless and self._members)

    def _allows(self, pair: Pair) -> bool:
        return not self._is_placeless or None in (self._members[pair[0]].place, self._members[pair[1]].place)

    def _order(self, id_: str) -> tuple[object, ...]:
        facts = self._members[id_]
        return facts.likeness_of_parties if self._is_placeless else facts.likeness

    def _at(self, id_: str) -> int:
        return bisect_left(self._line, (self._order(id_), id_))


def _sort_pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def block_keys(facts: Facts) -> Iterator[Key]:
    """The keys a claim is filed under."""
    family = (facts.family, facts.article.is_exercise)
    yield (*family, "origin", facts.origin)
    if facts.days is None:
        return
    anchors = set(_anchors(facts))
    for day in _day_keys(facts):
        for anchor in anchors:
            yield (*family, day, *anchor)


def _anchors(facts: Facts) -> Iterator[tuple[str, str]]:
    place = facts.place
    parties = (*facts.claim.actor, *facts.claim.recipient)
    if place and facts.place_key:
        yield "place", facts.place_key
        if place.precision != "country":
            # a site that the gazetteer does not know meets its town by name: "the Orle roundabout", "Orle"
            for word in fold_place_name(place.name).split():
                yield "named", word
        if place.precision != "country":
            for area in place.within:
                yield "place", area
        if place.lat is not None and place.lon is not None and place.precision != "country":
            yield from _cells(place.lat, place.lon)
    countries = [p.country for p in parties] if place is None else [place.country]
    for country in countries:
        if country:
            yield "country", country
    for word in proper_words(parties):
        yield "party", word


def _cells(lat: float, lon: float) -> Iterator[tuple[str, str]]:
    """The one-degree cell of a point, and its neighbours where it lies within a quarter degree of their edge."""
    for dlat in (-0.25, 0.25):
        for dlon in (-0.25, 0.25):
            yield "cell", f"{int(lat + dlat + 90)}:{int(lon + dlon + 180) % 360}"


def _day_keys(facts: Facts) -> Iterator[object]:
    if facts.days is None:
        return
    first, last = facts.days
    length = (last - first).days
    if length > _LONGEST_STRETCH_DAYS:
        yield f"{first}..{last}"
        return
    for ahead in range(length + 1):
        yield first + timedelta(days=ahead)
