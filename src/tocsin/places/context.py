"""What an article tells about the part of the world it speaks of."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tocsin.places.scanning import iterate_peoples
from tocsin.places.words import load_place_words

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer
    from tocsin.places.rows import GazetteerRow

_EARTH_KM = 6371.0
#: "MITROVICA, Kosovo (Reuters) - ", "SARAJEVO - ", at the start of the first lines.
_DATELINE = re.compile(
    r"(?m)^\s*(?P<place>[A-Z][\w'\u2019.-]+(?: [A-Z(][\w'\u2019.-]+){0,3}(?:, [A-Z][\w'\u2019. -]{1,30}?)?)"
    r"(?:, [A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?)?\s*(?:\([^)\n]{2,40}\)\s*[-\u2013\u2014]|[-\u2013\u2014]{1,2}\s)"
)
_NEXT_WORD = re.compile(r" ([a-z]+)\b")
_DATELINE_WITHIN = 600
_DEMONYM_VOTE = 0.5
#: From so many votes on an article speaks of an area.
_NAMED_VOTE = 0.9


@dataclass(frozen=True, slots=True)
class Votes:
    """How often each country (or region) is named, and by which names: a name never votes for itself."""

    total: Mapping[str, float] = field(default_factory=dict)
    by_name: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def share(self, area: str, name: str) -> float:
        """How much the other names speak for `area`: 0..1, logarithmic, so that being named at all counts most."""
        own = self.by_name.get(name, {})
        rest = self.total.get(area, 0.0) - own.get(area, 0.0)
        if rest < 0.02:
            return 0.0
        most = max(vote - own.get(other, 0.0) for other, vote in self.total.items())
        return math.log1p(rest) / math.log1p(max(most, 1.0))

    def find_other(self, area: str, name: str) -> str | None:
        """The area that the other names speak for most, if they name it at all and do not name `area`; else None."""
        own = self.by_name.get(name, {})
        rest = {other: vote - own.get(other, 0.0) for other, vote in self.total.items() if other != area}
        most = max(rest, key=lambda other: rest[other], default=None)
        return most if most is not None and rest[most] >= _NAMED_VOTE else None

    def find_main(self, *, least: float = 0.0) -> str | None:
        """The area that at least so many votes speak for, if no other is spoken for half as often; else None."""
        ranked = sorted(self.total.items(), key=lambda pair: -pair[1])
        if not ranked or ranked[0][1] < least or (len(ranked) > 1 and ranked[1][1] > 0.5 * ranked[0][1]):
            return None
        return ranked[0][0]


@dataclass(frozen=True, slots=True)
class ArticleContext:
    """Hints that hold for the whole article.

    countries, regions  votes by alpha-3 code and by gazetteer id
    neighbours          name to the places it may mean, each with how likely that is, 0..1
    positions           where each name stands: (first character, name), in order
    dateline            country of the dateline, or None; outlet: of the outlet's seat, or None
    """

    countries: Votes = field(default_factory=Votes)
    regions: Votes = field(default_factory=Votes)
    neighbours: Mapping[str, tuple[tuple[GazetteerRow, float], ...]] = field(default_factory=dict)
    positions: tuple[tuple[int, str], ...] = ()
    dateline: str | None = None
    outlet: str | None = None

    def around(self, start: int, reach: int) -> tuple[tuple[int, str], ...]:
        """The names that begin within `reach` characters of `start`, on either side."""
        low = bisect_left(self.positions, (start - reach, ""))
        return self.positions[low : bisect_left(self.positions, (start + reach + 1, ""))]


def find_dateline(text: str) -> tuple[int, int] | None:
    """Where the place of the dateline stands, or None: "MITROVICA, Kosovo (Reuters) - "."""
    found = _DATELINE.search(text[:_DATELINE_WITHIN])
    return found.span("place") if found else None


def count_votes(text: str, named: Iterable[tuple[str, GazetteerRow, float]]) -> tuple[Votes, Votes]:
    """Votes for countries and for regions: from the places that names may mean, and from demonyms in the text."""
    countries: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    regions: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    bodies = load_place_words().bodies
    for span, id_ in iterate_peoples(text):
        scheme, _, code = id_.partition(":")
        if scheme == "country" and read_next_word(text, span.end) not in bodies:
            countries[""][code] += _DEMONYM_VOTE
    for name, row, vote in named:
        if row.country:
            countries[name][row.country] += vote
        region = row.id if row.precision == "region" else row.parent
        if region and row.precision != "country":
            regions[name][region] += vote
    return _add_up(countries), _add_up(regions)


def read_next_word(text: str, end: int) -> str:
    """The word that follows in the same phrase, in small letters; "" where none does."""
    found = _NEXT_WORD.match(text, end)
    return found.group(1) if found else ""


def _add_up(by_name: Mapping[str, Mapping[str, float]]) -> Votes:
    total: dict[str, float] = defaultdict(float)
    for votes in by_name.values():
        for area, vote in votes.items():
            total[area] += vote
    return Votes(total, by_name)


def measure_km(a: GazetteerRow, b: GazetteerRow) -> float | None:
    """Great-circle distance in kilometres (haversine), or None where one has no point."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    lat1, lat2 = math.radians(a.lat), math.radians(b.lat)
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def lies_in(row: GazetteerRow, area: GazetteerRow, gazetteer: Gazetteer) -> bool:
    """Whether the area contains the place, by the gazetteer's hierarchy."""
    if area.precision == "country" and row.country == area.country:
        return row.id != area.id
    return area.id in gazetteer.within(row.id)
