"""Which pairs of claims are worth comparing: those that share a kind of act, a day, and a place, party or origin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from tocsin.incidents.facts import Facts, proper_words

#: A longer stretch is filed under its own two ends, not under each of its days: "in 2022" is no key for a day.
_LONGEST_STRETCH_DAYS = 10


def pair_claims(facts: Sequence[Facts], block_limit: int) -> set[tuple[int, int]]:
    """Index pairs (smaller first) of claims that share at least one block key.

    A block of more than `block_limit` claims is compared along a sorted neighbourhood (Hernandez and Stolfo 1995):
    each claim with the next ones in an order of place, day and parties, so that cost stays linear in the claims.
    """
    blocks: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for i, one in enumerate(facts):
        for key in block_keys(one):
            blocks[key].append(i)
    pairs: set[tuple[int, int]] = set()
    width = max(2, block_limit // 10)
    for key, members in blocks.items():
        if "country" in key:
            pairs.update(_pair_placeless(members, facts, width))
        elif len(members) <= block_limit:
            pairs.update((a, b) for at, a in enumerate(members) for b in members[at + 1 :])
            continue
        near = sorted(members, key=lambda i: _likeness_key(facts[i]))
        for at, a in enumerate(near):
            pairs.update((min(a, b), max(a, b)) for b in near[at + 1 : at + width])
    return pairs


def _pair_placeless(members: Sequence[int], facts: Sequence[Facts], width: int) -> Iterator[tuple[int, int]]:
    """Within a country and a day: the claims without a place, with their like; two that have places meet elsewhere."""
    near = sorted(members, key=lambda i: (sorted(facts[i].actor_words), sorted(facts[i].recipient_words), i))
    for at, a in enumerate(near):
        for b in near[at + 1 : at + width]:
            if facts[a].place is None or facts[b].place is None:
                yield min(a, b), max(a, b)


def block_keys(facts: Facts) -> Iterator[tuple[object, ...]]:
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


def _likeness_key(facts: Facts) -> tuple[object, ...]:
    claim = facts.claim
    return (
        facts.place_key or "",
        claim.type,
        claim.mode or "",
        str(claim.date or ""),
        sorted(facts.actor_words),
        sorted(facts.recipient_words),
        sorted(facts.tolls.items(), key=str),
        sorted(facts.words),
        facts.order,
    )
