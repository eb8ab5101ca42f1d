"""The points on which the speakers of one incident agree, differ or say nothing: what an analyst lays side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args

from tocsin.incidents.compare import tolls_meet
from tocsin.incidents.facts import place_key
from tocsin.incidents.sides import count_meanings, may_be_one
from tocsin.incidents.tolls import Count, write_count
from tocsin.incidents.versions import is_same_party, name_best
from tocsin.records import Claim, PartialDate, Party, Place, TollKind

T = TypeVar("T")
#: Points of one kind that are shown; beyond, the claims themselves say more.
_MOST_OF_A_KIND = 8


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that somebody says of an incident.

    kind    "act", "actor", "recipient", "place", "date" or a kind of toll
    value   what is said, in words
    agree   numbers of the speakers who say it; `differ` of those who say otherwise; the rest say nothing of it, or no
            more than what fits several of the points
    """

    kind: str
    value: str
    agree: frozenset[int]
    differ: frozenset[int]


def compare_speakers(said: Sequence[Sequence[Claim]]) -> tuple[Point, ...]:
    """The points, each with who agrees and who differs; `said` holds each speaker's claims, oldest first."""
    points = list(_compare_acts(said))
    points += _compare_actors([_parties(s, "actor") for s in said])
    points += _compare("recipient", [_parties(s, "recipient") for s in said], is_same_party, _write_parties)
    points += _compare("place", [[c.place for c in s if c.place] for s in said], _is_one_place, _write_finest)
    points += _compare("date", [[c.date for c in s if c.date] for s in said], PartialDate.overlaps, _write_narrowest)
    for kind in get_args(TollKind):
        counts = [_last_count(s, kind) for s in said]
        points += _compare(kind, counts, tolls_meet, lambda met: write_count(met[0]))
    return tuple(points)


def _compare_acts(said: Sequence[Sequence[Claim]]) -> Iterator[Point]:
    stating = frozenset(n for n, claims in enumerate(said) if any(c.modality != "negated" for c in claims))
    denying = frozenset(range(len(said))) - stating
    if stating:
        happened = any(c.modality == "actual" for n in stating for c in said[n])
        yield Point("act", "it happened" if happened else "it is to happen", stating, denying)
    elif denying:
        yield Point("act", "it did not happen", denying, frozenset())


def _compare_actors(values: Sequence[Sequence[Party]]) -> Iterator[Point]:
    """As `_compare`; a speaker who says no more than "men" agrees with the one actor whom that may mean.

    Where it may mean several of them he is silent. Of parties that he names side by side each is taken at its word.
    """
    vague = {n: given[0] for n, given in enumerate(values) if len(given) == 1 and count_meanings(given[0])}
    firm = [() if n in vague else given for n, given in enumerate(values)]
    met = _gather(firm, is_same_party)
    agree = [{n for n, given in enumerate(firm) if any(is_same_party(p, group[0]) for p in given)} for group in met]
    silent = set()
    # who leaves less open comes first: "gunmen" is what "men" then agrees with
    for n, party in sorted(vague.items(), key=lambda told: count_meanings(told[1])):
        fits = [at for at, group in enumerate(met) if is_same_party(party, group[0])]
        fits = fits or [at for at, group in enumerate(met) if may_be_one(party, group[0])]
        if not fits:
            met.append([party])
            agree.append({n})
        elif len(fits) == 1:
            agree[fits[0]].add(n)
        else:
            silent.add(n)
    speaking = {n for n, given in enumerate(values) if given} - silent
    told = sorted(zip(met, agree, strict=True), key=lambda point: min(point[1]))
    for group, saying in told[:_MOST_OF_A_KIND]:
        yield Point("actor", _write_parties(group), frozenset(saying), frozenset(speaking - saying))


def _compare(
    kind: str,
    values: Sequence[Sequence[T]],
    is_same: Callable[[T, T], bool],
    write: Callable[[Sequence[T]], str],
) -> Iterator[Point]:
    """One point for each value that is not the same as an earlier one."""
    speaking = frozenset(n for n, given in enumerate(values) if given)
    for group in _gather(values, is_same)[:_MOST_OF_A_KIND]:
        agree = frozenset(n for n in speaking if any(is_same(value, group[0]) for value in values[n]))
        yield Point(kind, write(group), agree, speaking - agree)


def _gather(values: Sequence[Sequence[T]], is_same: Callable[[T, T], bool]) -> list[list[T]]:
    """The different values, each with what is the same as it, in order of first mention."""
    met: list[list[T]] = []
    for value in (v for given in values for v in given):
        home = next((group for group in met if is_same(value, group[0])), None)
        if home is None:
            met.append([value])
        elif value not in home:
            home.append(value)
    return met


def _parties(claims: Sequence[Claim], role: str) -> list[Party]:
    stated = [c for c in claims if c.modality != "negated"]
    return list(dict.fromkeys(p for c in stated for p in (c.actor if role == "actor" else c.recipient)))


def _last_count(claims: Sequence[Claim], kind: TollKind) -> list[Count]:
    """A speaker's latest total of a kind: who counts again updates. Who denies twelve dead counts none of them."""
    for claim in reversed(claims):
        counts = [(t.low, t.high) for t in claim.tolls if t.kind == kind and (claim.modality != "negated" or not t.low)]
        if counts:
            return [max(counts, key=lambda count: count[0])]
    return []


def _is_one_place(one: Place, other: Place) -> bool:
    key, other_key = place_key(one), place_key(other)
    return key == other_key or key in other.within or other_key in one.within


def _write_parties(group: Sequence[Party]) -> str:
    return name_best(group).text


def _write_finest(group: Sequence[Place]) -> str:
    return max(group, key=lambda place: len(place.within)).shown_name


def _write_narrowest(group: Sequence[PartialDate]) -> str:
    return str(min(group, key=lambda date: date.days))
