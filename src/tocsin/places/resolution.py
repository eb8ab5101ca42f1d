"""Choosing among the places that share a name: a sum of explained parts, or "two candidates too close"."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tocsin.places.context import ArticleContext, count_votes, find_dateline, lies_in, measure_km, read_next_word
from tocsin.places.folding import fold_name
from tocsin.places.mentions import find_mentions
from tocsin.places.named import Named, add_containers, take_apart
from tocsin.places.phrases import PlacePhrase, is_capital
from tocsin.places.ranking import BACKING, Ranked, Ranker, Spread
from tocsin.places.weights import PlaceWeights, load_place_weights
from tocsin.places.words import load_place_words
from tocsin.records import PlaceMention, Reason, Span

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer
    from tocsin.places.rows import GazetteerRow

_ROUNDS = 2
#: Bounds on what a hostile text may cost.
_MOST_OTHERS = 600
_MOST_NEIGHBOURS = 60
_ACTING_VOTE = 0.5
#: So far from an area nobody looks for a place that is named with it, unless it is a city.
_FAR_KM, _WELL_KNOWN = 1500.0, 100_000


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of one mention.

    row      the place chosen, or None
    rivals   candidates too close to tell apart (then `row` is None); empty otherwise
    reasons  the parts of the winner's sum, or why there is none
    around   the place that the mention itself names around its site ("the bridge in Orle"), or None
    near     for a name that is not recorded: the place named nearest to it in its paragraph, or None. It says which
             part of the world is meant, not where the place is
    land     for a name that is not recorded and of which nothing is said: the country that the article speaks of, or
             None
    """

    mention: PlaceMention
    phrase: PlacePhrase
    row: GazetteerRow | None
    rivals: tuple[GazetteerRow, ...] = ()
    reasons: tuple[Reason, ...] = ()
    around: GazetteerRow | None = None
    near: GazetteerRow | None = None
    land: GazetteerRow | None = None


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
    named = name_mentions(mentions, text, gazetteer, beside)
    ranker = build_ranker(named, text, gazetteer, weights or load_place_weights(), outlet_country)
    found = [_resolve(n, text, ranker) for n in named]
    placed = [(r.mention.span, r.row) for r in found if r.mention.span and r.row is not None]
    resolved = found[: len(mentions)]
    land = _find_land(ranker)
    return tuple(_look_around(r, placed, land, text) for r in resolved)


def name_mentions(
    mentions: Sequence[PlaceMention], text: str, gazetteer: Gazetteer, beside: Sequence[PlaceMention] | None = None
) -> list[Named]:
    """The mentions with their candidates, and behind them the article's other names, which are not asked for."""
    words = load_place_words()
    others = find_mentions(text, gazetteer) if beside is None else beside
    spans = [m.span for m in mentions if m.span]
    others = [m for m in others[:_MOST_OTHERS] if m.span and not any(m.span.overlaps(s) for s in spans)]
    bare = [take_apart(m, text, gazetteer, words) for m in (*mentions, *others)]
    return add_containers(bare, text, gazetteer, words)


def build_ranker(
    everything: Sequence[Named], text: str, gazetteer: Gazetteer, table: PlaceWeights, outlet: str | None
) -> Ranker:
    """Rank without context first, then let the likely places speak for one another."""
    at = find_dateline(text)
    dateline = Span(*at) if at else None
    positions = tuple(sorted((n.start, n.key) for n in everything if n.mention.span and n.key))
    ranker = Ranker(ArticleContext(outlet=outlet), gazetteer, table)
    for _ in range(_ROUNDS):
        spreads: dict[tuple[object, ...], Spread] = {}
        for named in everything:
            if named.sense not in spreads:
                spreads[named.sense] = ranker.spread(named)
        likely = [(n, spreads[n.sense]) for n in everything]
        votes = [(n.key, row, sure * _weigh_vote(n, row, text)) for n, spread in likely for row, sure in spread]
        votes += [("", row, 0.5) for n in everything for row in n.containers[:1] if not n.is_repeated]
        countries, regions = count_votes(text, votes)
        context = ArticleContext(
            countries,
            regions,
            neighbours=dict(itertools.islice({n.key: spread for n, spread in likely}.items(), _MOST_NEIGHBOURS)),
            positions=positions,
            dateline=_find_dateline_country(dateline, likely) if dateline else None,
            outlet=outlet,
        )
        ranker = Ranker(context, gazetteer, table)
    return ranker


def _weigh_vote(named: Named, row: GazetteerRow, text: str) -> float:
    """How much a name says of where the article plays: a country that attacks does so abroad as often as at home."""
    if row.precision != "country" or named.mention.span is None:
        return 1.0
    words, behind = load_place_words(), read_next_word(text, named.mention.span.end)
    if behind in words.bodies:  # "US troops" as "American troops"
        return 0.0
    return _ACTING_VOTE if behind in words.deeds else 1.0


def _find_dateline_country(dateline: Span, likely: Iterable[tuple[Named, Spread]]) -> str | None:
    countries: dict[str, float] = {}
    for named, spread in likely:
        if named.mention.span and named.mention.span.overlaps(dateline):
            for row, sure in spread:
                if row.country:
                    countries[row.country] = countries.get(row.country, 0.0) + sure
    return max(countries, key=lambda c: countries[c]) if countries else None


def _resolve(named: Named, text: str, ranker: Ranker) -> Resolution:
    """The best candidate, if it leads by the margin over all that lie elsewhere."""
    mention, phrase, table = named.mention, named.phrase, ranker.table
    around = _resolve_around(named, text, ranker)
    ranked = ranker.rank(named)
    if not ranked:
        return replace(_resolve_unnamed(named, ranker), around=around or _find_area(named))
    best = ranked[0]
    is_backed = any(p.rule in BACKING for p in best.parts)
    margin = table.margin if is_backed else table.margin_alone * math.log(len(ranked) + 1)
    rivals = [r for r in ranked[1:] if best.sum - r.sum < margin and not _are_alike(best.row, r.row, ranker)]
    if (area := _find_outer_area(named, ranked)) is not None:
        why = f"{area.name} stands beside it, and {_tell(best.row)}, the best of {len(ranked)}, lies far from there"
        return Resolution(mention, phrase, None, (), (Reason("not-there", why, None, table.version),), area)
    if best.sum < table.least and not _is_chosen_name(best.row, phrase, ranker.gazetteer):
        why = f"{_tell(best.row)} is the best of {len(ranked)}, but {best.sum:.2f} is less than {table.least}"
        why += ": too little speaks for it"
        return Resolution(mention, phrase, None, (), (Reason("too-faint", why, None, table.version),), around)
    if rivals:
        reason = Reason("too-close", _tell_rivals(best, rivals[0], margin, is_backed), None, table.version)
        return Resolution(mention, phrase, None, (best.row, *(r.row for r in rivals)), (reason,), around)
    told = f"{_tell(best.row)}, {best.sum:.2f}, the best of {len(ranked)}"
    chosen = Reason("chosen", told, round(best.sum, 3), table.version)
    return Resolution(mention, phrase, best.row, (), (chosen, *ranker.tell(best)), around)


def _find_land(ranker: Ranker) -> GazetteerRow | None:
    """The country that the article speaks of at least twice as much as of any other, if its dateline is not abroad.

    Of 1,478 names of our own articles that no gazetteer has and that no area is told of, 1,337 lie there.
    """
    main = ranker.context.countries.find_main(least=1.0)
    if main is None or ranker.context.dateline not in (None, main):
        return None
    return ranker.gazetteer.row(f"country:{main}")


def _look_around(
    found: Resolution, placed: Sequence[tuple[Span, GazetteerRow]], land: GazetteerRow | None, text: str
) -> Resolution:
    """What a name that is not recorded lies near, and its country where that does not lie abroad."""
    near = _find_near(found, placed, text)
    is_lost = found.row is None and not found.rivals and bool(found.phrase.names)
    is_there = land is not None and (near is None or near.country == land.country)
    return replace(found, near=near, land=land if is_lost and is_there else None)


def _find_near(found: Resolution, placed: Sequence[tuple[Span, GazetteerRow]], text: str) -> GazetteerRow | None:
    """The point or area, no country, whose name stands nearest in the paragraph of a name that is not recorded."""
    span = found.mention.span
    if span is None or found.row is not None or found.rivals or not found.phrase.names:
        return None
    low, high = text.rfind("\n", 0, span.start) + 1, text.find("\n", span.end)
    paragraph = Span(low, high if high >= 0 else len(text))
    beside = [
        (abs(s.start - span.start), row) for s, row in placed if row.precision != "country" and paragraph.contains(s)
    ]
    return min(beside, key=lambda pair: pair[0])[1] if beside else None


def _tell_rivals(best: Ranked, rival: Ranked, margin: float, is_backed: bool) -> str:
    why = f"{_tell(best.row)} {best.sum:.2f}, {_tell(rival.row)} {rival.sum:.2f}, less than {margin:.2f} apart"
    why += "" if is_backed else " and nothing in the article speaks for either"
    return f"not resolved: two candidates too close: {why}"


def _resolve_unnamed(named: Named, ranker: Ranker) -> Resolution:
    if is_capital(named.phrase) and (row := _find_capital(ranker)) is not None:
        reason = Reason("capital-of", f"the article speaks of {row.country} most; its capital is {row.name}")
        return Resolution(named.mention, named.phrase, row, (), (reason,))
    why = f"{named.mention.name} is not in the gazetteer" if named.phrase.names else "the words name no place"
    return Resolution(named.mention, named.phrase, None, reasons=(Reason("no-match", why),))


def _resolve_around(named: Named, text: str, ranker: Ranker) -> GazetteerRow | None:
    if not named.phrase.container:
        return None
    inner = take_apart(PlaceMention(named.phrase.container), text, ranker.gazetteer, load_place_words())
    areas = tuple(row for row in named.containers if row not in inner.rows)
    return _resolve(replace(inner, containers=areas), text, ranker).row


def _find_capital(ranker: Ranker) -> GazetteerRow | None:
    """The capital of the country that the article names most, if no other is named half as often."""
    main = ranker.context.countries.find_main()
    return ranker.gazetteer.capital(main) if main else None


def _are_alike(a: GazetteerRow, b: GazetteerRow, ranker: Ranker) -> bool:
    """Whether it matters little which of the two is meant: they lie together, or one contains the other."""
    km = measure_km(a, b)
    is_near = km is not None and km < ranker.table.near_km
    return is_near or lies_in(a, b, ranker.gazetteer) or lies_in(b, a, ranker.gazetteer)


def _find_outer_area(named: Named, ranked: Sequence[Ranked]) -> GazetteerRow | None:
    """The area named right behind the name, where all that bear the name lie far from it: it means none of them.

    Most villages are in no gazetteer of towns; their namesakes abroad are. Near its boundary whose a town is may be
    disputed, and a city or an area is known well enough to be named with anything.
    """
    countries = {area.country for area in named.containers}
    if named.is_repeated or not countries or None in countries:
        return None
    for row in (r.row for r in ranked):
        if row.country in countries or not row.is_point or (row.population or 0) >= _WELL_KNOWN:
            return None
        if any(_is_near(row, area) for area in named.containers):
            return None
    return named.containers[0]


def _find_area(named: Named) -> GazetteerRow | None:
    """The area named right behind the name itself, where it can only be one country's."""
    is_clear = not named.is_repeated and len({area.country for area in named.containers}) == 1
    return named.containers[0] if is_clear else None


def _is_near(row: GazetteerRow, area: GazetteerRow) -> bool:
    km = measure_km(row, area)
    return km is None or km < _FAR_KM


def _is_chosen_name(row: GazetteerRow, phrase: PlacePhrase, gazetteer: Gazetteer) -> bool:
    """Whether people gave the place this name one by one: then it means it, be it a hamlet without a population.

    "Gate 1" and "the market" are names only where something speaks for their country.
    """
    words = load_place_words()
    own = {w for w in fold_name(phrase.names[0]).split() if not w.isdigit()}
    is_proper = any(w not in words.generic and w not in words.sites and w not in words.kinds for w in own)
    return is_proper and gazetteer.is_by_hand(row.id)


def _tell(row: GazetteerRow) -> str:
    return f"{row.name} ({row.feature}, {row.country or 'no country'}, {row.id})"
