"""Which of the places named around a claim is that of its act."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tocsin.places.context import lies_in
from tocsin.places.options import Option
from tocsin.places.resolution import Resolution
from tocsin.places.scanning import is_led
from tocsin.places.sentences import count_sentence_ends
from tocsin.places.words import load_place_words
from tocsin.records import PlaceMention, Reason, Span

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer
    from tocsin.places.rows import GazetteerRow

_FINENESS = {"site": 0, "settlement": 1, "district": 2, "region": 3, "country": 4}
_NEAR_CHARS = 400
#: A site is in the town that the text spoke of last, at most so many characters before.
_TOWN_CHARS = 600
#: What leads a place told for the first time, or the one at hand; "the town" goes back to a name.
_NEW = frozenset({"a", "an", "this"})
_DETERMINERS = _NEW | {"the", "his", "her", "its", "their"}
#: The kind of a spot whose words are of no kind of site ("the watchtower").
_SPOT = "spot"
#: Sites that stand in towns even where they have names of their own ("Victors Avenue"); a named bridge or camp may not.
_IN_TOWNS = frozenset({"building", "square", "road"})

_BORDER = re.compile(r"\b(?:borders?|frontiers?|boundary)\s(?:line\s)?(?:with|to|into)\s(?:(?:the|neighbou?ring)\s)?$")
_BORDER_CHARS = 40

#: Where the article names a recorded place, in order.
Placed = Sequence[tuple[Span, "GazetteerRow"]]


@dataclass(frozen=True, slots=True)
class Choice:
    """The mention chosen, what is named around it, and the recorded site it stands for, if any.

    is_spot says that its words name nothing and are kept as they are ("the pier").
    """

    resolution: Resolution
    container: GazetteerRow | None = None
    site: GazetteerRow | None = None
    reasons: tuple[Reason, ...] = ()
    is_spot: bool = False


def choose_option(
    options: Sequence[Option],
    resolved: Mapping[PlaceMention, Resolution],
    gazetteer: Gazetteer,
    text: str,
    placed: Placed = (),
    *,
    is_weighed: bool = False,
) -> Choice | None:
    """The nearest mention that names a place, made as fine as the mentions inside it allow.

    A site that names nothing ("the market") is in the town that the text spoke of last. is_weighed says that the first
    option was weighed against all others: it is kept even where it names nothing, and the others only say what is
    around it.
    """
    usable = [found for o in options if _names_a_place(found := resolved[o.mention])]
    if is_weighed and options and _is_spot(spot := resolved[options[0].mention]):
        return _place_spot(spot, usable, gazetteer, text, placed)
    generic = next((resolved[o.mention] for o in options if resolved[o.mention].phrase.site), None)
    if not usable:
        town = _find_town(generic, placed) if generic is not None else None
        return Choice(generic, town, _find_site(generic, town, gazetteer)) if generic and town else None
    first = usable[0]
    finest, area, reasons = _refine(first, usable[1:], gazetteer, text)
    if finest.row is None:
        around = area or _find_container(finest, usable, text)
        if around is None and finest.phrase.site in _IN_TOWNS and not finest.rivals:
            around = _find_town(finest, placed)
        return Choice(finest, around, _find_site(finest, around, gazetteer), reasons)
    if generic is not None and generic.row is None and finest.row.precision == "settlement":
        site = _find_site(generic, finest.row, gazetteer) if _are_close(generic, finest, text) else None
        if site is not None:
            return Choice(generic, finest.row, site, (_tell_only_site(site, finest.row), *reasons))
        if not finest.phrase.site:
            why = Reason("site-in-town", f"the text names {generic.mention.name}, and {finest.row.name} around it")
            return Choice(generic, finest.row, None, (why, *reasons))
    return Choice(finest, None, None, reasons)


def _is_spot(found: Resolution) -> bool:
    """Whether the words mean a spot without naming it: "the pier", "this border town"; not "the town", named before.

    The words need be of no known kind of site, for the reader took them for where the act happened.
    """
    phrase = found.phrase
    if found.row is not None or found.rivals or phrase.names or phrase.part:
        return False
    first = phrase.written.split()[0].lower()
    if phrase.kind:
        return first in _NEW
    return phrase.site is not None or first in _DETERMINERS


def _place_spot(
    found: Resolution, usable: Sequence[Resolution], gazetteer: Gazetteer, text: str, placed: Placed
) -> Choice:
    """A spot without a name, in the town named with it, else in the one that the text spoke of last."""
    spot = found if found.phrase.site else replace(found, phrase=replace(found.phrase, site=_SPOT))
    beside = next(
        (r.row for r in usable if r.row is not None and r.row.precision == "settlement" and _are_close(spot, r, text)),
        None,
    )
    town = beside or _find_town(spot, placed)
    if town is not None and (site := _find_site(spot, town, gazetteer)) is not None:
        return Choice(spot, town, site, (_tell_only_site(site, town),), is_spot=True)
    told = f"the text names {spot.mention.name}, and {beside.name} around it" if beside else ""
    return Choice(spot, town, None, (Reason("site-in-town", told),) if told else (), is_spot=True)


def _tell_only_site(site: GazetteerRow, town: GazetteerRow) -> Reason:
    return Reason("only-site", f"{site.name} is the only {site.feature} recorded in {town.name}")


def _names_a_place(found: Resolution) -> bool:
    """Whether the mention names something: "a road in X" does not, where X is not known."""
    if found.row is not None or found.rivals:
        return True
    is_lost = found.phrase.site is not None and found.phrase.container is not None and found.around is None
    return bool(found.phrase.names) and not is_lost


def _refine(
    first: Resolution, others: Sequence[Resolution], gazetteer: Gazetteer, text: str
) -> tuple[Resolution, GazetteerRow | None, tuple[Reason, ...]]:
    """Go down from an area to the place inside it that the same sentence names: Kosovo, Mitrovica, the bridge.

    Gives the finest mention, what is known to contain it where it is not recorded itself, and why.
    """
    finest, reasons = first, tuple[Reason, ...]()
    for other in others:
        if finest.row is None or finest.phrase.site or not _are_close(first, other, text):
            continue  # a site is as fine as can be told: a road beside a police station is no part of it
        if other.row is None:
            if _is_finer_name(other, finest.row, text):
                why = f"{other.mention.name} is named with {finest.row.name}; it is not recorded"
                return other, finest.row, (Reason("finest", why),)
        elif _FINENESS[other.row.precision] < _FINENESS[finest.row.precision] and lies_in(
            other.row, finest.row, gazetteer
        ):
            reasons = (Reason("finest", f"{other.row.name} lies in {finest.row.name}, which is named too"),)
            finest = other
    return finest, None, reasons


def _is_finer_name(other: Resolution, area: GazetteerRow, text: str) -> bool:
    """Whether an unrecorded name is finer than the area named with it: led by "at" in a region, or a site in a town."""
    if other.rivals or not other.phrase.names or other.mention.span is None:
        return False
    if not is_led(text, other.mention.span.start, load_place_words()):
        return False
    return _FINENESS[area.precision] >= _FINENESS["district"] or (
        area.precision == "settlement" and other.phrase.site is not None
    )


def _find_container(named: Resolution, usable: Sequence[Resolution], text: str) -> GazetteerRow | None:
    """What is named around a place that is not recorded: in its own words first, else the nearest recorded one."""
    if named.phrase.container or named.around is not None:
        return named.around
    if named.rivals:
        return None
    return next(
        (
            r.row
            for r in usable
            if r.row is not None and r is not named and _are_close(named, r, text) and not _is_beyond(r, text)
        ),
        None,
    )


def _is_beyond(found: Resolution, text: str) -> bool:
    """Whether a land is named as what lies beyond a border: "Ogossagou, near the border with Burkina Faso"."""
    span = found.mention.span
    return span is not None and _BORDER.search(text, max(0, span.start - _BORDER_CHARS), span.start) is not None


def _find_town(site: Resolution, placed: Placed) -> GazetteerRow | None:
    """The town named last before a site that names none itself, in the same stretch of text; None for "a road in X"."""
    span = site.mention.span
    if span is None or site.phrase.container:
        return None
    before = [(s, row) for s, row in placed if s.end <= span.start and row.precision in ("settlement", "country")]
    if not before or span.start - before[-1][0].end > _TOWN_CHARS:
        return None
    town = before[-1][1]
    return town if town.precision == "settlement" else None


def _find_site(named: Resolution, around: GazetteerRow | None, gazetteer: Gazetteer) -> GazetteerRow | None:
    """ "the bridge in Orle", where exactly one bridge of Orle is recorded; never for "a bridge" or a named one."""
    words = named.mention.name.split()
    if around is None or not named.phrase.site or not words or words[0].lower() != "the":
        return None
    if any(c.isupper() for c in named.phrase.names[0].split(" in ")[0]) if named.phrase.names else False:
        return None
    sites = gazetteer.sites_in(around.id, named.phrase.site)
    return sites[0] if len(sites) == 1 else None


def _are_close(a: Resolution, b: Resolution, text: str) -> bool:
    """Whether the two mentions stand in one sentence (or one has no place in the text to compare)."""
    first, second = a.mention.span, b.mention.span
    if first is None or second is None:
        return True
    low, high = min(first.end, second.end), max(first.start, second.start)
    return high - low < _NEAR_CHARS and not (low < high and count_sentence_ends(text, low, high + 1))
