"""Choosing among the places that share a name: a sum of explained parts, or "two candidates too close"."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tocsin.places.candidates import find_candidates
from tocsin.places.context import (
    ArticleContext,
    count_votes,
    find_dateline,
    lies_in,
    measure_km,
)
from tocsin.places.folding import fold_name
from tocsin.places.mentions import find_mentions
from tocsin.places.phrases import PlacePhrase, is_capital, parse_phrase
from tocsin.places.weights import PlaceWeights, load_place_weights
from tocsin.places.words import PlaceWords, load_place_words
from tocsin.records import PlaceMention, Reason, Span

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer
    from tocsin.places.rows import GazetteerRow

#: What may stand between a place and the area that contains it.
_INSIDE = re.compile(r"^(?:, (?:in )?|,? in | \()(?:the )?(?:[a-z-]+ )?(?:[a-z-]+ of )?$")
_AREAS = frozenset({"region", "district", "country"})
_ROUNDS = 2
#: Parts that come from the article and not from the gazetteer.
_BACKING = frozenset({"named-container", "article-country", "article-region", "neighbours", "dateline", "kind"})
#: Bounds on what a hostile text may cost.
_MOST_BESIDE = 600
_MOST_NEIGHBOURS = 60
_MOST_RANKED = 60
_MOST_SPREAD = 12
_MOST_HELP = 2.0

_Ranked = tuple[float, "GazetteerRow", tuple[Reason, ...]]
_Spread = tuple[tuple["GazetteerRow", float], ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of one mention.

    row      the place chosen, or None
    rivals   candidates too close to tell apart (then `row` is None); empty otherwise
    reasons  the parts of the winner's sum, or why there is none
    around   the place that the mention itself names around its site ("the bridge in Orle"), or None
    """

    mention: PlaceMention
    phrase: PlacePhrase
    row: GazetteerRow | None
    rivals: tuple[GazetteerRow, ...] = ()
    reasons: tuple[Reason, ...] = ()
    around: GazetteerRow | None = None


@dataclass(frozen=True, slots=True)
class _Named:
    """A mention with its candidates, and the areas named beside it."""

    mention: PlaceMention
    phrase: PlacePhrase
    key: str
    rows: tuple[GazetteerRow, ...]
    containers: tuple[GazetteerRow, ...] = ()

    @property
    def sense(self) -> tuple[object, ...]:
        """What decides its place: two mentions of one sense get one place."""
        return (self.phrase.names, self.phrase.kind, tuple(row.id for row in self.containers))


def resolve_mentions(
    mentions: Sequence[PlaceMention],
    text: str,
    gazetteer: Gazetteer,
    *,
    outlet_country: str | None = None,
    beside: Sequence[PlaceMention] | None = None,
    weights: PlaceWeights | None = None,
) -> tuple[Resolution, ...]:
    """Choose a place for each mention, all of one article together; one Resolution per mention, in order.

    beside are the article's other place names, which speak for one another; None: they are looked for.
    """
    words, table = load_place_words(), weights or load_place_weights()
    others = find_mentions(text, gazetteer) if beside is None else beside
    spans = [m.span for m in mentions if m.span]
    others = [m for m in others[:_MOST_BESIDE] if m.span and not any(m.span.overlaps(s) for s in spans)]
    bare = [_take_apart(m, gazetteer, words) for m in (*mentions, *others)]
    starts = {n.mention.span.start: n for n in bare if n.mention.span}
    everything = [_with_containers(n, starts, text, gazetteer, words) for n in bare]
    ranker = _build_ranker(everything, text, gazetteer, table, outlet_country)
    return tuple(
        replace(ranker.resolve(named), around=_resolve_around(named, ranker, words))
        for named in everything[: len(mentions)]
    )


def _take_apart(mention: PlaceMention, gazetteer: Gazetteer, words: PlaceWords) -> _Named:
    phrase = parse_phrase(mention.name, words)
    rows = find_candidates(phrase, gazetteer, words)
    return _Named(mention, phrase, fold_name(phrase.names[-1]) if phrase.names else "", rows)


def _with_containers(
    named: _Named, starts: Mapping[int, _Named], text: str, gazetteer: Gazetteer, words: PlaceWords
) -> _Named:
    """Add the areas that stand right behind the name: "Paris, Texas", "Goma in North Kivu", "Alexandria, LA"."""
    found: list[GazetteerRow] = []
    if named.phrase.container and (inner := parse_phrase(named.phrase.container, words).names):
        found += gazetteer.find(inner[0])
    if (span := named.mention.span) is not None:
        after = text[span.end : span.end + 60]
        found += _read_state(after, gazetteer, words)
        for start in range(span.end + 1, span.end + 40):
            if start in starts and _INSIDE.match(text[span.end : start]):
                found += [r for r in starts[start].rows if r.precision in _AREAS]
    return replace(named, containers=tuple(found))


def _read_state(after: str, gazetteer: Gazetteer, words: PlaceWords) -> list[GazetteerRow]:
    found = re.match(r", ([A-Z][A-Za-z.]{1,5})(?![a-z])", after)
    if not found:
        return []
    written = found.group(1)
    id_ = words.postal.get(written) or words.states.get(written) or words.states.get(written.rstrip(".") + ".")
    row = gazetteer.row(id_) if id_ else None
    return [row] if row else []


def _resolve_around(named: _Named, ranker: _Ranker, words: PlaceWords) -> GazetteerRow | None:
    if not named.phrase.container:
        return None
    inner = _take_apart(PlaceMention(named.phrase.container), ranker.gazetteer, words)
    areas = tuple(row for row in named.containers if row not in inner.rows)
    return ranker.resolve(replace(inner, containers=areas)).row


def _build_ranker(
    everything: Sequence[_Named], text: str, gazetteer: Gazetteer, table: PlaceWeights, outlet: str | None
) -> _Ranker:
    """Rank without context first, then let the likely places speak for one another."""
    at = find_dateline(text)
    dateline = Span(*at) if at else None
    ranker = _Ranker(ArticleContext(outlet=outlet), gazetteer, table)
    for _ in range(_ROUNDS):
        spreads: dict[tuple[object, ...], _Spread] = {}
        for named in everything:
            if named.sense not in spreads:
                spreads[named.sense] = ranker.spread(named)
        likely = [(n, spreads[n.sense]) for n in everything]
        votes = [(n.key, row, sure) for n, spread in likely for row, sure in spread]
        votes += [("", row, 0.5) for n in everything for row in n.containers[:1]]
        countries, regions = count_votes(text, votes)
        context = ArticleContext(
            countries,
            regions,
            neighbours=dict(itertools.islice({n.key: spread for n, spread in likely}.items(), _MOST_NEIGHBOURS)),
            dateline=_find_dateline_country(dateline, likely) if dateline else None,
            outlet=outlet,
        )
        ranker = _Ranker(context, gazetteer, table)
    return ranker


def _find_dateline_country(dateline: Span, likely: Iterable[tuple[_Named, _Spread]]) -> str | None:
    countries: dict[str, float] = {}
    for named, spread in likely:
        if named.mention.span and named.mention.span.overlaps(dateline):
            for row, sure in spread:
                if row.country:
                    countries[row.country] = countries.get(row.country, 0.0) + sure
    return max(countries, key=lambda c: countries[c]) if countries else None


@dataclass(frozen=True, slots=True)
class _Ranker:
    """Weighs the candidates of a name in one article's context."""

    context: ArticleContext
    gazetteer: Gazetteer
    table: PlaceWeights

    def resolve(self, named: _Named) -> Resolution:
        """The best candidate, if it leads by the margin over all that lie elsewhere."""
        mention, phrase, version = named.mention, named.phrase, self.table.version
        ranked = self.rank(named)
        if not ranked:
            return self._resolve_unnamed(named)
        best, row, parts = ranked[0]
        is_backed = any(r.rule in _BACKING for r in parts)
        margin = self.table.margin if is_backed else self.table.margin_alone
        rivals = [(sum_, r) for sum_, r, _ in ranked[1:] if best - sum_ < margin and not self._are_alike(row, r)]
        if rivals:
            why = f"{_tell(row)} {best:.2f}, {_tell(rivals[0][1])} {rivals[0][0]:.2f}, less than {margin} apart"
            why += "" if is_backed else " and nothing in the article speaks for either"
            reason = Reason("too-close", f"not resolved: two candidates too close: {why}", None, version)
            return Resolution(mention, phrase, None, (row, *(r for _, r in rivals)), (reason,))
        chosen = Reason("chosen", f"{_tell(row)}, {best:.2f}, the best of {len(ranked)}", round(best, 3), version)
        return Resolution(mention, phrase, row, (), (chosen, *parts))

    def _resolve_unnamed(self, named: _Named) -> Resolution:
        if is_capital(named.phrase) and (row := self._find_capital()) is not None:
            reason = Reason("capital-of", f"the article speaks of {row.country} most; its capital is {row.name}")
            return Resolution(named.mention, named.phrase, row, (), (reason,))
        why = f"{named.mention.name} is not in the gazetteer" if named.phrase.names else "the words name no place"
        return Resolution(named.mention, named.phrase, None, reasons=(Reason("no-match", why),))

    def rank(self, named: _Named) -> list[_Ranked]:
        """All candidates with their sums and parts, best first."""
        inside = {r.id for r in named.rows if any(lies_in(r, area, self.gazetteer) for area in named.containers)}
        towns = {r.parent for r in named.rows if r.precision == "settlement"}
        ranked = []
        for row in named.rows[:_MOST_RANKED]:
            parts = tuple(self._weigh(row, named, inside, towns))
            ranked.append((sum(r.weight or 0.0 for r in parts), row, parts))
        ranked.sort(key=lambda triple: (-triple[0], triple[1].id))
        return ranked

    def spread(self, named: _Named) -> _Spread:
        """The first candidates with how likely each is (softmax of the sums), those below one in fifty left out."""
        ranked = self.rank(named)[:_MOST_SPREAD]
        shares = [(row, math.exp(sum_ - ranked[0][0])) for sum_, row, _ in ranked]
        total = sum(share for _, share in shares)
        return tuple((row, share / total) for row, share in shares if share / total >= 0.02)

    def _weigh(self, row: GazetteerRow, named: _Named, inside: set[str], towns: set[str | None]) -> Iterator[Reason]:
        """The parts of a candidate's sum: first what the gazetteer knows, then what stands beside the name."""
        phrase = named.phrase
        if fold_name(row.name) in {fold_name(n) for n in phrase.names}:
            yield self._part("main-name", f"{row.name} is its first name")
        if row.population and row.precision != "country":
            yield self._part("population", f"{row.population:,} people", math.log10(row.population))
        if row.precision in ("country", "region", "district"):
            yield self._part(row.precision, f"it is a {row.precision}")
        if row.id in towns and phrase.kind != row.precision:
            yield self._part("same-town", f"a town called {phrase.names[-1]} lies in it")
        if row.feature == "capital":
            yield self._part("capital", "it is a capital")
        if row.id.startswith("overlay:"):
            yield self._part("overlay", "it was entered by hand")
        if self.gazetteer.is_extra(row.id):
            yield self._part("mission", "it was given by the exercise or the mission")
        if phrase.kind:
            rule = "kind" if row.precision == phrase.kind else "other-kind"
            yield self._part(rule, f"the words ask for a {phrase.kind}, it is a {row.precision}")
        if inside:
            areas = ", ".join(dict.fromkeys(a.name for a in named.containers[:3]))
            yield self._part("named-container" if row.id in inside else "other-container", f"beside it stands {areas}")
        yield from self._weigh_context(row, named.key)

    def _weigh_context(self, row: GazetteerRow, key: str) -> Iterator[Reason]:
        """The parts that the rest of the article gives."""
        context = self.context
        if row.country:
            if share := context.countries.share(row.country, key):
                yield self._part("article-country", f"the article speaks of {row.country}", share)
            if row.country == context.dateline:
                yield self._part("dateline", f"the dateline lies in {row.country}")
            if row.country == context.outlet:
                yield self._part("outlet-country", f"the outlet sits in {row.country}")
        region = row.id if row.precision == "region" else row.parent
        if region and (share := context.regions.share(region, key)):
            yield self._part("article-region", "the article speaks of its region", share)
        if row.precision != "country":
            near, name = self._measure_neighbours(row, key)
            if near:
                yield self._part("neighbours", f"{name} is named too", near)

    def _part(self, rule: str, detail: str, value: float = 1.0) -> Reason:
        return Reason(rule, detail, round(self.table.parts[rule] * value, 3), self.table.version)

    def _measure_neighbours(self, row: GazetteerRow, key: str) -> tuple[float, str]:
        """How near the article's other places are, at most `_MOST_HELP`, and the name of the nearest."""
        total, most, name = 0.0, 0.0, ""
        for other, spread in self.context.neighbours.items():
            if other == key:
                continue
            for neighbour, sure in spread:
                km = measure_km(row, neighbour) if neighbour.precision != "country" else None
                near = 0.0 if km is None else sure * math.exp(-km / self.table.neighbour_km)
                total += near
                if near > most:
                    most, name = near, neighbour.name
        return (round(min(_MOST_HELP, total), 3), name) if total >= 0.05 else (0.0, "")

    def _find_capital(self) -> GazetteerRow | None:
        """The capital of the country that the article names most, if no other is named half as often."""
        ranked = sorted(self.context.countries.total.items(), key=lambda pair: -pair[1])
        if not ranked or (len(ranked) > 1 and ranked[1][1] > 0.5 * ranked[0][1]):
            return None
        return self.gazetteer.capital(ranked[0][0])

    def _are_alike(self, a: GazetteerRow, b: GazetteerRow) -> bool:
        """Whether it matters little which of the two is meant: they lie together, or one contains the other."""
        km = measure_km(a, b)
        is_near = km is not None and km < self.table.near_km
        return is_near or lies_in(a, b, self.gazetteer) or lies_in(b, a, self.gazetteer)


def _tell(row: GazetteerRow) -> str:
    return f"{row.name} ({row.feature}, {row.country or 'no country'}, {row.id})"
