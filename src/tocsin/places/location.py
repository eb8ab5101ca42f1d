"""Where each claim's act happened: one place among those named, or none, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.places.act_weights import load_act_place_weights
from tocsin.places.choice import Placed, choose_option
from tocsin.places.context import find_dateline
from tocsin.places.folding import fold_name
from tocsin.places.mentions import find_mentions
from tocsin.places.namesakes import settle_countries
from tocsin.places.offsets import find_offset, find_offset_behind, reckon_place, shift_place
from tocsin.places.options import Option, OptionList, is_verbal
from tocsin.places.phrases import PlacePhrase
from tocsin.places.resolution import Resolution, resolve_mentions
from tocsin.places.sentences import count_sentence_ends
from tocsin.places.weighing import Weighed, make_weigher
from tocsin.places.words import load_place_words
from tocsin.records import Article, Claim, Place, PlaceMention, PlacePrecision, Reason, Span

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer
    from tocsin.places.rows import GazetteerRow

#: So many sentence ends may lie between two deeds of one type in a paragraph.
_CARRIED_SENTENCES = 3


def locate_claims(
    claims: Sequence[Claim],
    article: Article,
    gazetteer: Gazetteer,
    *,
    names: Sequence[PlaceMention] | None = None,
    pointed: Mapping[str, Sequence[PlaceMention]] | None = None,
    outlet_country: str | None = None,
) -> tuple[Claim, ...]:
    """The claims with `place` set where the text says where; the others as they were, with the reason why not.

    names are the reader's names of places in the whole article, if it marks them; they and the gazetteer decide
    together what is one. All names of the article are resolved together.

    pointed are the words that each claim's act points at, by the claim's id: with them all names of the article are
    weighed for each claim. Without them (None) a claim that lacks a mention gets those that stand after "in", "near"
    and the like in its own evidence, or the place of the deed just before; a purely verbal act is placed only where its
    own sentence says where.

    The countries of the parties are set right where a name that gave them is another place: see `namesakes`.
    """
    if not claims:
        return ()
    at, outlet = find_dateline(article.text), fold_name(article.outlet_name or "")
    found = find_mentions(article.text, gazetteer, names=names)
    lister = OptionList(article.text, found, Span(*at) if at else None, outlet, gazetteer, load_place_words())
    weighed = _weigh(claims, lister, pointed) if pointed is not None else [None] * len(claims)
    options = [
        lister.list_options(c) if w is None else _list_weighed(c, w, lister)
        for c, w in zip(claims, weighed, strict=True)
    ]
    wanted = list(dict.fromkeys(o.mention for offered in options for o in offered))
    asked = [*wanted, *(m for m in found if m not in wanted)]
    resolutions = resolve_mentions(asked, article.text, gazetteer, outlet_country=outlet_country, beside=())
    resolved = dict(zip(asked, resolutions, strict=True))
    placed = [(m.span, row) for m in found if m.span and (row := resolved[m].row) is not None]
    located = tuple(
        _locate(c, o, resolved, gazetteer, article.text, placed, is_weighed=pointed is not None)
        for c, o in zip(claims, options, strict=True)
    )
    if pointed is not None:
        told = tuple(_tell_weighed(c, w) for c, w in zip(located, weighed, strict=True) if w is not None)
    else:
        told = tuple(_carry_over(c, located, article.text) for c in located)
    return settle_countries(told, article.text, found, resolved, gazetteer)


def _weigh(
    claims: Sequence[Claim], lister: OptionList, pointed: Mapping[str, Sequence[PlaceMention]]
) -> list[Weighed | None]:
    usable, names = lister.drop_faulty(claims)
    weigher = make_weigher(lister.text, usable, names, pointed, lister.dateline, lister.words)
    return [weigher.weigh(claim, load_act_place_weights()) for claim in usable]


def _list_weighed(claim: Claim, weighed: Weighed, lister: OptionList) -> tuple[Option, ...]:
    """The name chosen first, and behind it the claim's own mentions, which may make it finer; none without a choice."""
    if weighed.mention is None:
        return ()
    first = Option(lister.find_fuller(lister.join_site(weighed.mention, claim.mentions)))
    owned = [Option(m) for m in lister.find_owned(weighed.mention)]
    return (first, *owned, *(o for o in lister.list_options(claim) if o.refused is None and o.mention != first.mention))


def _tell_weighed(claim: Claim, weighed: Weighed) -> Claim:
    if claim.place is None:
        return replace(claim, reasons=(*claim.reasons, *weighed.reasons))
    return replace(claim, place=replace(claim.place, reasons=(*weighed.reasons, *claim.place.reasons)))


def _locate(
    claim: Claim,
    options: Sequence[Option],
    resolved: Mapping[PlaceMention, Resolution],
    gazetteer: Gazetteer,
    text: str,
    placed: Placed,
    *,
    is_weighed: bool,
) -> Claim:
    choice = choose_option(
        [o for o in options if o.refused is None], resolved, gazetteer, text, placed, is_weighed=is_weighed
    )
    if choice is not None and choice.is_spot and choice.container is None:
        # "the pier": a site by its words alone, somewhere in what the article is about
        return replace(claim, place=_unknown_place(choice.resolution, None, gazetteer))
    if choice is None:
        refused = [Reason("no-place", f"{o.mention.name}: {o.refused}") for o in options if o.refused]
        return replace(claim, place=None, reasons=(*claim.reasons, *refused))
    place = make_place(choice.resolution, choice.container, gazetteer, choice.site)
    if place is None:
        return replace(claim, place=None, reasons=(*claim.reasons, *choice.resolution.reasons))
    if (offset := find_offset(choice.resolution.mention, text)) is not None and choice.site is None:
        place = shift_place(place, offset)
    elif place.gazetteer_id is None:
        place = _reckon(place, choice.resolution, text, placed, gazetteer)
    if place.gazetteer_id is None and place.lat is not None and place.lon is not None:
        # a reckoned point may lie in another sector than what it is reckoned from
        place = replace(place, within=gazetteer.move_within(place.within, place.lat, place.lon))
    return replace(claim, place=replace(place, reasons=(*choice.reasons, *place.reasons)))


def _reckon(place: Place, found: Resolution, text: str, placed: Placed, gazetteer: Gazetteer) -> Place:
    """A name that is not recorded, placed by the words behind it: "Barsalogho, some 30 km north of Kaya"."""
    if (behind := find_offset_behind(found.mention, text)) is None:
        return place
    offset, start = behind
    anchor = next((row for span, row in placed if span.start == start), None)
    if anchor is None:
        return place
    return reckon_place(place, offset, _place_of(anchor, anchor.name, anchor.precision, gazetteer, ()))


def _carry_over(claim: Claim, located: Sequence[Claim], text: str) -> Claim:
    """The place of the deed told just before, where the text goes on about it and names no other (codebook, rule 15).

    News to news; a planned act has its own place or none.
    """
    if claim.place is not None or is_verbal(claim) or claim.modality == "planned":
        return claim
    before = [
        c
        for c in located
        if c.place is not None
        and not is_verbal(c)
        and c.background == claim.background
        and c.evidence.start < claim.evidence.start
    ]
    if not before or (place := before[-1].place) is None or not _goes_on(before[-1], claim, text):
        return claim
    why = Reason("carried-over", f"the text goes on about what happened at {place.shown_name}")
    return replace(claim, place=replace(place, reasons=(why, *place.reasons)))


def _goes_on(before: Claim, claim: Claim, text: str) -> bool:
    """Whether a deed is told as part of the one before.

    In `training/data` a deed without a place of its own takes over the one before it in 60 to 77 of 100 cases within
    the sentence. In the next one of the paragraph a deed of the same type does in 76, another one in 47 (and has none
    in 41); over two or three sentence ends, or into a new paragraph, only one of the same type does oftener than not.
    """
    between = text[before.evidence.end : max(before.evidence.end, claim.evidence.start)]
    # one letter more: a sentence ends where the next one is seen to begin
    ends = count_sentence_ends(text, before.evidence.end, claim.evidence.start + 1)
    is_point = before.place is not None and before.place.is_point
    if ends == 0:
        return True
    if "\n" in between:
        return claim.type == before.type and ends == 1 and is_point
    return ends <= _CARRIED_SENTENCES if claim.type == before.type else ends == 1 and is_point


def make_place(
    resolution: Resolution,
    container: GazetteerRow | None,
    gazetteer: Gazetteer,
    site: GazetteerRow | None = None,
) -> Place | None:
    """The place of one resolved mention; None where it names nothing and nothing around it does.

    container is what is named around it, for a mention that is not recorded; site the record it stands for.
    """
    written = resolution.phrase.written
    if site is not None:
        return _place_of(site, written, site.precision, gazetteer, resolution.reasons)
    if resolution.row is not None:
        return _place_of_row(resolution, resolution.row, gazetteer)
    if resolution.rivals:
        return _open_place(resolution, gazetteer)
    if container is not None and container.precision == "settlement" and resolution.phrase.site:
        why = Reason("in-settlement", f"the site is not recorded; placed in {container.name}")
        return _place_of(container, written, "settlement", gazetteer, (why, *resolution.reasons))
    if not resolution.phrase.names or not any(c.isupper() for c in "".join(resolution.phrase.names)):
        if container is None:
            return None
        return _place_of(container, container.name, container.precision, gazetteer, resolution.reasons)
    return _unknown_place(resolution, container, gazetteer)


def _place_of_row(resolution: Resolution, row: GazetteerRow, gazetteer: Gazetteer) -> Place:
    """A recorded place, with the precision that the words give it: a part of a country is a region without a point."""
    phrase, written = resolution.phrase, resolution.phrase.written
    reasons = resolution.reasons
    if phrase.part and not _is_recorded(phrase, row):
        why = Reason("part-of", f"the {phrase.part} part of {row.name}; no record of its own")
        place = _place_of(row, written, row.precision, gazetteer, (why, *reasons))
        place = replace(place, label=f"{phrase.part} {gazetteer.naming.label(row, row.name)}")
        return replace(place, precision="region", lat=None, lon=None) if row.precision == "country" else place
    if phrase.kind == "region" and row.precision == "settlement":
        above = gazetteer.row(row.parent) if row.parent else None
        if above is not None and above.precision == "region":
            why = Reason("region-of-town", f"the words ask for a region: {above.name}, in which {row.name} lies")
            return _place_of(above, written, "region", gazetteer, (why, *reasons))
    if phrase.kind in ("region", "district") and row.precision == "settlement":
        why = Reason("area-of-town", f"the words ask for a {phrase.kind} around {row.name}")
        return _place_of(row, written, phrase.kind, gazetteer, (why, *reasons))
    if phrase.site and row.precision == "settlement":
        why = Reason("in-settlement", f"the {phrase.site} is not recorded; placed in {row.name}")
        return _place_of(row, written, "settlement", gazetteer, (why, *reasons))
    return _place_of(row, written, row.precision, gazetteer, reasons)


def _is_recorded(phrase: PlacePhrase, row: GazetteerRow) -> bool:
    """Whether a part of something ("northern Mali") is a record of its own and not the whole."""
    names = {fold_name(n) for n in (row.name, *row.names)}
    return not names.isdisjoint(map(fold_name, (*phrase.names[:-1], f"{phrase.part} {phrase.names[-1]}")))


def _place_of(
    row: GazetteerRow, written: str, precision: PlacePrecision, gazetteer: Gazetteer, reasons: tuple[Reason, ...]
) -> Place:
    return Place(
        name=written,
        precision=precision,
        country=row.country,
        lat=row.lat,
        lon=row.lon,
        gazetteer_id=row.id,
        label=gazetteer.naming.label(row, written),
        within=gazetteer.within(row.id),
        footnote=gazetteer.naming.footnote(row, gazetteer.within(row.id)),
        reasons=reasons,
    )


def _open_place(resolution: Resolution, gazetteer: Gazetteer) -> Place:
    """Two candidates too close: a name without a point, and what both have in common."""
    rivals = resolution.rivals
    countries = {row.country for row in rivals}
    chains = [gazetteer.within(row.id) for row in rivals]
    shared = tuple(id_ for id_ in chains[0] if all(id_ in chain for chain in chains[1:]))
    country = countries.pop() if len(countries) == 1 else None
    kinds = {row.precision for row in rivals}
    return Place(
        name=resolution.phrase.written,
        precision=_guess_precision(resolution, kinds.pop() if len(kinds) == 1 else "settlement"),
        country=country,
        within=shared,
        footnote=gazetteer.naming.by_country.get(country) if country else None,
        reasons=resolution.reasons,
    )


def _unknown_place(resolution: Resolution, container: GazetteerRow | None, gazetteer: Gazetteer) -> Place:
    """A name that is not recorded: kept as written, without a point, inside what is named around it.

    Where nothing is, it lies in the country that the article speaks of.
    """
    reasons = resolution.reasons
    if container is None and resolution.land is not None:
        container = resolution.land
        why = f"nothing is told around {resolution.mention.name}; the article speaks of {container.name} most"
        reasons = (*reasons, Reason("main-country", why))
    around = (container.id, *gazetteer.within(container.id)) if container else ()
    return Place(
        name=resolution.phrase.written,
        precision=_guess_precision(resolution, "settlement"),
        country=container.country if container else None,
        within=around,
        footnote=gazetteer.naming.footnote(container, gazetteer.within(container.id)) if container else None,
        reasons=reasons,
    )


def _guess_precision(resolution: Resolution, otherwise: PlacePrecision) -> PlacePrecision:
    if resolution.phrase.kind:
        return resolution.phrase.kind
    return "site" if resolution.phrase.site else otherwise
