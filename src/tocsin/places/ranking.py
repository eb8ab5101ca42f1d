"""Weighing the places that a name may mean: a sum of parts, each of which can be told."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.places.context import ArticleContext, lies_in, measure_km
from tocsin.places.folding import fold_name
from tocsin.places.named import Named
from tocsin.places.phrases import PlacePhrase
from tocsin.places.weights import PlaceWeights
from tocsin.records import Reason

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer
    from tocsin.places.rows import GazetteerRow

#: Parts that come from the article and not from the gazetteer.
BACKING = frozenset({
    "named-container", "repeated-container", "article-country", "article-region", "neighbours", "beside", "dateline",
    "kind",
})  # fmt: skip
#: Bounds on what a hostile text may cost.
_MOST_RANKED = 60
_MOST_SPREAD = 12
#: In Kosovo or Slovenia a first division is a municipality: the town that lends it its name is what news means.
_FEW_PEOPLE, _SMALL_AREA = 3_000_000, 0.3
#: Names that stand so many characters away still count as standing beside.
_BESIDE_CHARS = 160

#: From so many people on, and so many times those of the next of the name, a city is the one that everybody means.
_CITY, _DWARFS = 100_000, 5

Spread = tuple[tuple["GazetteerRow", float], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a candidate's sum before it is weighed: the rule, its value, and the words that tell it."""

    rule: str
    value: float
    detail: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its sum and the parts of it."""

    sum: float
    row: GazetteerRow
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weighs the candidates of a name in one article's context."""

    context: ArticleContext
    gazetteer: Gazetteer
    table: PlaceWeights

    def rank(self, named: Named) -> list[Ranked]:
        """All candidates with their sums and parts, best first."""
        inside = {r.id for r in named.rows if any(lies_in(r, area, self.gazetteer) for area in named.containers)}
        towns = {r.parent for r in named.rows if r.precision == "settlement"}
        best_known = _find_best_known(named.rows)
        ranked = []
        for row in named.rows[:_MOST_RANKED]:
            parts = tuple(self._weigh(row, named, inside, towns))
            if row is best_known:
                parts = (*parts, Part("best-known", 1.0, "all other towns of the name are far smaller"))
            ranked.append(Ranked(sum(self.table.parts[p.rule] * p.value for p in parts), row, parts))
        ranked.sort(key=lambda r: (-r.sum, r.row.id))
        return ranked

    def spread(self, named: Named) -> Spread:
        """The first candidates with how likely each is (softmax of the sums), those below one in fifty left out."""
        ranked = self.rank(named)[:_MOST_SPREAD]
        shares = [(r.row, math.exp(r.sum - ranked[0].sum)) for r in ranked]
        total = sum(share for _, share in shares)
        return tuple((row, share / total) for row, share in shares if share / total >= 0.02)

    def tell(self, ranked: Ranked) -> tuple[Reason, ...]:
        """The parts as reasons, each with its share of the sum."""
        return tuple(
            Reason(p.rule, p.detail, round(self.table.parts[p.rule] * p.value, 3), self.table.version)
            for p in ranked.parts
        )

    def _weigh(self, row: GazetteerRow, named: Named, inside: set[str], towns: set[str | None]) -> Iterator[Part]:
        """The parts of a candidate's sum: first what the gazetteer knows, then what stands beside the name."""
        phrase = named.phrase
        if fold_name(row.name) in {fold_name(n) for n in phrase.names}:
            yield Part("main-name", 1.0, f"{row.name} is its first name")
        if row.population and row.precision != "country":
            yield Part("population", math.log10(row.population), f"{row.population:,} people")
        if row.precision in ("country", "region", "district"):
            yield Part(row.precision, self._measure_area(row), f"it is a {row.precision}")
        if row.id in towns and named.kind != row.precision:
            yield Part("same-town", 1.0, f"a town called {phrase.names[-1]} lies in it")
        if row.feature == "capital":
            yield Part("capital", 1.0, "it is a capital")
        if row.id.startswith("overlay:"):
            yield Part("overlay", 1.0, "it was entered by hand")
        if self.gazetteer.is_extra(row.id):
            yield Part("mission", 1.0, "it was given by the exercise or the mission")
        if named.kind and _bears_kind(row, phrase):
            yield Part("kind", 1.0, f"it is called {phrase.names[0]}")
        elif named.kind:
            rule = "kind" if row.precision == named.kind else "other-kind"
            yield Part(rule, 1.0, f"the words ask for a {named.kind}, it is a {row.precision}")
        if inside:
            areas = ", ".join(dict.fromkeys(a.name for a in named.containers[:3]))
            where = "beside an earlier mention" if named.is_repeated else "beside it"
            rule = "repeated-container" if named.is_repeated else "named-container"
            yield Part(rule if row.id in inside else "other-container", 1.0, f"{where} stands {areas}")
        yield from self._weigh_context(row, named)

    def _measure_area(self, row: GazetteerRow) -> float:
        """How much of an area it is: the first divisions of a small country are as seldom meant as districts are."""
        country = self.gazetteer.row(f"country:{row.country}") if row.precision == "region" else None
        is_small = country is not None and (country.population or _FEW_PEOPLE) < _FEW_PEOPLE
        return _SMALL_AREA if is_small else 1.0

    def _weigh_context(self, row: GazetteerRow, named: Named) -> Iterator[Part]:
        """The parts that the rest of the article gives."""
        context, key = self.context, named.key
        if row.country:
            if share := context.countries.share(row.country, key):
                yield Part("article-country", share, f"the article speaks of {row.country}")
            elif other := context.countries.find_other(row.country, key):
                yield Part("elsewhere", 1.0, f"the article speaks of {other} and not of {row.country}")
            if row.country == context.dateline:
                yield Part("dateline", 1.0, f"the dateline lies in {row.country}")
            if row.country == context.outlet:
                yield Part("outlet-country", 1.0, f"the outlet sits in {row.country}")
        region = row.id if row.precision == "region" else row.parent
        if region and (share := context.regions.share(region, key)):
            yield Part("article-region", share, "the article speaks of its region")
        if row.precision != "country":
            near, name = self._measure_neighbours(row, key)
            if near:
                yield Part("neighbours", near, f"{name} is named too")
            close, name = self._measure_beside(row, named)
            if close:
                yield Part("beside", close, f"{name} is named beside it")

    def _measure_neighbours(self, row: GazetteerRow, key: str) -> tuple[float, str]:
        """How near the article's other places are, 0..1 (each adds less than the last), and the nearest's name."""
        total, most, name = 0.0, 0.0, ""
        for other, spread in self.context.neighbours.items():
            if other == key:
                continue
            near, nearest = self._measure_nearness(row, spread)
            total += near
            if near > most:
                most, name = near, nearest
        return (round(1 - math.exp(-total), 3), name) if total >= 0.05 else (0.0, "")

    def _measure_beside(self, row: GazetteerRow, named: Named) -> tuple[float, str]:
        """How near the nearest of the places is whose names stand within `_BESIDE_CHARS`, 0..1, and its name."""
        most, name = 0.0, ""
        for start, other in self.context.around(named.start, _BESIDE_CHARS):
            if other == named.key or start == named.start:
                continue
            near, nearest = self._measure_nearness(row, self.context.neighbours.get(other, ()))
            if near > most:
                most, name = near, nearest
        return (round(most, 3), name) if most >= 0.05 else (0.0, "")

    def _measure_nearness(self, row: GazetteerRow, spread: Sequence[tuple[GazetteerRow, float]]) -> tuple[float, str]:
        """How near a name's likely places are to `row`, 1 at the same spot, and the name of what counts most."""
        total, most, name = 0.0, 0.0, ""
        for neighbour, sure in spread:
            km = measure_km(row, neighbour) if neighbour.precision != "country" else None
            near = 0.0 if km is None else sure * math.exp(-km / self.table.neighbour_km)
            total += near
            if near > most:
                most, name = near, neighbour.name
        return total, name


def _bears_kind(row: GazetteerRow, phrase: PlacePhrase) -> bool:
    """Whether the kind is part of the place's own name: "Mitrovica District" is called so, though it is a region."""
    if len(phrase.names) < 2:
        return False
    whole = fold_name(phrase.names[0])
    return any(whole == fold_name(name) for name in (row.name, *row.names))


def _find_best_known(rows: Sequence[GazetteerRow]) -> GazetteerRow | None:
    """The city that dwarfs all others of its name, or None."""
    towns = sorted((r for r in rows if r.precision == "settlement"), key=lambda r: -(r.population or 0))
    if len(towns) < 2 or (towns[0].population or 0) < _CITY:
        return None
    return towns[0] if (towns[1].population or 0) * _DWARFS <= (towns[0].population or 0) else None
