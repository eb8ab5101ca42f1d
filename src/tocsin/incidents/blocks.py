"""Which pairs of claims are worth comparing: those that share a kind of act, a day, and a place, party or origin.

A block of more than so many claims is compared along a sorted neighbourhood (Hernandez and Stolfo 1995): each claim
with the next ones in an order of place, day and parties, so that cost stays linear in the claims. Which pairs a block
holds depends on its claims alone, not on the order in which they came or on those that have left.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import timedelta
from math import floor
from typing import Any

from tocsin.incidents.anchors import list_countries
from tocsin.incidents.facts import Facts, fold_place_name
from tocsin.incidents.stems import proper_words

#: A longer stretch is filed under its own two ends, not under each of its days: "in 2022" is no key for a day.
_LONGEST_STRETCH_DAYS = 10
#: Claim ids in order.
Pair = tuple[str, str]
Key = tuple[Hashable, ...]
#: Claim ids, each behind what it is sorted by.
Line = list[tuple[Any, str]]


class Blocks:
    """The blocks of a set of claims, claim by claim filled and emptied.

    A claim is filed under some thirty keys, and stands alone under most of them: no key is kept with a claim (they are
    worked out again when it goes), and where one claim is alone its identifier stands for the block.
    """

    def __init__(self, block_limit: int) -> None:
        self._limit = block_limit
        self._facts: dict[str, Facts] = {}
        #: By kind of act and day, then by what is shared beyond them, which recurs from day to day.
        self._blocks: defaultdict[Key, dict[str, str | Block]] = defaultdict(dict)

    def facts(self, id_: str) -> Facts:
        """What of a claim that is held is compared."""
        return self._facts[id_]

    def insert(self, facts: Facts) -> tuple[set[str], set[Pair]]:
        """File a claim: those it is to be compared with, and earlier pairs that are no longer near in some block."""
        id_ = facts.claim.id
        self._facts[id_] = facts
        gained: set[str] = set()
        lost: set[Pair] = set()
        for key in set(block_keys(facts)):
            head, shared = _cut_key(key)
            held = self._blocks[head].setdefault(shared, id_)
            if held is id_:
                continue
            if isinstance(held, str):
                alone, held = held, Block.under(key, self._limit, self._facts)
                held.insert(alone)
                self._blocks[head][shared] = held
            more, fewer = held.insert(id_)
            gained.update(more)
            lost.update(fewer)
        return gained, lost

    def remove(self, id_: str) -> set[Pair]:
        """Take a claim out: pairs of others that are near each other now that it is gone."""
        gained: set[Pair] = set()
        for key in set(block_keys(self._facts[id_])):
            head, shared = _cut_key(key)
            held = self._blocks[head][shared]
            if isinstance(held, Block):
                gained.update(held.remove(id_))
                if len(held) == 1:
                    (self._blocks[head][shared],) = held
                continue
            del self._blocks[head][shared]
            if not self._blocks[head]:
                del self._blocks[head]
        del self._facts[id_]
        return gained

    def holds(self, pair: Pair) -> bool:
        """Whether the two are near each other in any block."""
        one, other = (set(block_keys(self._facts[id_])) for id_ in pair)
        blocks = (self._blocks[head][shared] for head, shared in map(_cut_key, one & other))
        return any(isinstance(block, Block) and block.holds(pair) for block in blocks)


def _cut_key(key: Key) -> tuple[Key, str]:
    """A key in two: kind of act and day; what is shared beyond them, once in memory however often it recurs."""
    return key[:-2], sys.intern(f"{key[-2]}:{key[-1]}")


class Block:
    """The claims under one key, in the order along which they are neighbours.

    Within a country and a day (`is_placeless`) only the claims whose place is on no map meet their like; two that the
    gazetteer knows meet elsewhere.
    """

    __slots__ = ("_facts", "_is_placeless", "_limit", "_line", "_members")

    @classmethod
    def under(cls, key: Key, limit: int, facts: Mapping[str, Facts]) -> Block:
        """The empty block of a key, which looks up in `facts` whoever is put into it."""
        return cls(limit, facts, is_placeless=key[-2] == "country")

    def __init__(self, limit: int, facts: Mapping[str, Facts], *, is_placeless: bool) -> None:
        self._limit, self._facts, self._is_placeless = limit, facts, is_placeless
        self._members: list[str] = []
        #: The order of the members; kept only where not all of them are neighbours.
        self._line: Line | None = None

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    @property
    def _width(self) -> int:
        return max(2, self._limit // 10)

    def holds(self, pair: Pair) -> bool:
        """Whether two members are near each other."""
        if not self._allows(pair):
            return False
        line = self._line
        return line is None or abs(self._find(line, pair[0]) - self._find(line, pair[1])) < self._width

    def insert(self, id_: str) -> tuple[Iterable[str], list[Pair]]:
        """Take a member in: its neighbours, and the pairs between which it now stands too far."""
        self._members.append(id_)
        if self._is_whole():
            return self._members[:-1], []
        line, was_whole = self._line, self._line is None
        if line is None:
            line = self._line = sorted((self._order(member), member) for member in self._members)
        else:
            insort(line, (self._order(id_), id_))
        at = self._find(line, id_)
        near = [member for _, member in line[max(0, at - self._width + 1) : at + self._width]]
        far = self._pairs_apart(line) if was_whole else self._pairs_across(line, at)
        lost = [pair for pair in far if id_ not in pair and self._allows(pair)]
        return [member for member in near if member != id_ and self._allows((id_, member))], lost

    def remove(self, id_: str) -> list[Pair]:
        """Let a member go: the pairs that are near each other without it."""
        self._members.remove(id_)
        line = self._line
        if line is None:
            return []
        at = self._find(line, id_)
        gained = list(self._pairs_across(line, at))
        del line[at]
        if self._is_whole():
            gained += self._pairs_apart(line)
            self._line = None
        return [pair for pair in gained if self._allows(pair)]

    def _pairs_across(self, line: Line, at: int) -> Iterator[Pair]:
        """The pairs on both sides of a member that are neighbours without it and not with it."""
        for first in range(max(0, at - self._width + 1), at):
            if first + self._width < len(line):
                yield _sort_pair(line[first][1], line[first + self._width][1])

    def _pairs_apart(self, line: Line) -> Iterator[Pair]:
        """All pairs that are no neighbours along the line."""
        for at, (_, one) in enumerate(line):
            for _, other in line[at + self._width :]:
                yield _sort_pair(one, other)

    def _is_whole(self) -> bool:
        return len(self._members) <= self._limit and not (self._is_placeless and self._members)

    def _allows(self, pair: Pair) -> bool:
        return not self._is_placeless or any(self._facts[id_].is_adrift for id_ in pair)

    def _order(self, id_: str) -> tuple[object, ...]:
        facts = self._facts[id_]
        return facts.likeness_of_parties if self._is_placeless else facts.likeness

    def _find(self, line: Line, id_: str) -> int:
        return bisect_left(line, (self._order(id_), id_))


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
    countries = [place.country] if place and place.country else _list_countries(facts)
    for country in countries:
        if country:
            yield "country", country
    for word in proper_words(parties):
        yield "party", word


def _list_countries(facts: Facts) -> set[str | None]:
    """Whose country a claim is met in whose place tells none: its parties', else the one that its article speaks of."""
    given: set[str | None] = {p.country for p in (*facts.claim.actor, *facts.claim.recipient)}
    return given if list_countries(facts.claim) else given | {facts.article_country}


def _cells(lat: float, lon: float) -> Iterator[tuple[str, str]]:
    """The one-degree cell of a point, and its neighbours where it lies within a quarter degree of their edge."""
    for dlat in (-0.25, 0.25):
        for dlon in (-0.25, 0.25):
            yield "cell", f"{floor(lat + dlat + 90)}:{floor(lon + dlon + 180) % 360}"


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
