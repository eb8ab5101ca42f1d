"""Names by the desk's policy and the footnotes under a page, for what is kept by a place's id alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tocsin.desk import Desk
from tocsin.knowledge.footnotes import load_footnote_table
from tocsin.places.naming import load_naming
from tocsin.ports import Store
from tocsin.records import Alert, Filter, Place, Tension

#: Claims that are asked how they write a place, the newest; names shown, and those shown of the gazetteer.
MOST_CLAIMS, MOST_NAMES, MOST_LISTED = 300, 8, 16


def name_alert(desk: Desk, alert: Alert) -> Alert:
    """The alert with its place under the desk's naming policy: no single article wrote that name."""
    return replace(alert, place_name=name_place(desk, alert.place_id, alert.place_name))


def name_tension(desk: Desk, tension: Tension) -> Tension:
    """The same of a place-day."""
    return replace(tension, place_name=name_place(desk, tension.place_id, tension.place_name))


def name_place(desk: Desk, place_id: str, usual: str) -> str:
    """The name of a place under the desk's naming policy."""
    return load_naming(desk.settings.naming_policy).name(place_id, usual)


def find_told_name(store: Store, place_id: str, places: Iterable[Place | None] = ()) -> str | None:
    """The name that a place has in the news, whether or not any of it meets the filter; None where none names it."""
    told = (*places, store.told_places([place_id]).get(place_id))
    named = next((place.shown_name for place in told if place and place.gazetteer_id == place_id), None)
    if named is not None:
        return named
    series = store.tensions(place_id=place_id)
    return series[-1].place_name if series else None


@dataclass(frozen=True, slots=True)
class NamesInUse:
    """How a place is called.

    written  as the newest claims located there write it, with how many do, the commonest first
    listed   the gazetteer's other names; none where it is not loaded
    left_out further names of the gazetteer that are not listed
    """

    written: tuple[tuple[str, int], ...] = ()
    listed: tuple[str, ...] = ()
    left_out: int = 0


def find_names(desk: Desk, place_id: str) -> NamesInUse:
    """The names of a place in the news and in the gazetteer; that is not opened for it."""
    claims = desk.store.claims(Filter(place_id=place_id, with_background=True, limit=MOST_CLAIMS))
    there = (c.place.name for c in claims if c.place is not None and c.place.gazetteer_id == place_id)
    written = tuple(Counter(there).most_common(MOST_NAMES))
    if not desk.is_knowing:
        return NamesInUse(written)
    row = desk.knowledge(desk.store.counts().exercise_articles > 0).gazetteer.row(place_id)
    names = tuple(dict.fromkeys((row.name, *row.names))) if row is not None else ()
    return NamesInUse(written, names[:MOST_LISTED], len(names[MOST_LISTED:]))


def list_footnotes(
    desk: Desk, places: Iterable[Place | None] = (), held: Iterable[Alert | Tension] = ()
) -> tuple[str, ...]:
    """The footnotes of everything a page names: places of incidents and claims, and those of alerts and tensions."""
    table = load_footnote_table()
    keys = [table.key_of(place) for place in places if place is not None]
    ids = dict.fromkeys(one.place_id for one in held if not one.is_exercise)
    return table.list_texts([*keys, *_find_keys(desk.store, list(ids))])


def _find_keys(store: Store, place_ids: Sequence[str]) -> Iterator[str | None]:
    """The footnotes of places by their ids: what lies around one is told by an incident in it."""
    table = load_footnote_table()
    known = [id_ for id_ in place_ids if id_ in table.by_area or id_.startswith("country:")]
    yield from (table.find_key(None, id_.removeprefix("country:"), (id_,)) for id_ in known)
    for place_id, place in store.told_places([id_ for id_ in place_ids if id_ not in known]).items():
        chain = (place.gazetteer_id, *place.within)
        around = chain[chain.index(place_id) :] if place_id in chain else ()
        yield table.find_key(place.footnote if around == chain else None, place.country, around)
