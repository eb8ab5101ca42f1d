"""Names by the desk's policy and the footnotes under a page, for what is kept by a place's id alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tocsin.desk import Desk
from tocsin.knowledge.footnotes import load_footnote_table
from tocsin.places.naming import load_naming
from tocsin.ports import Store
from tocsin.records import Alert, Filter, Place, Tension


def name_alert(desk: Desk, alert: Alert) -> Alert:
    """The alert with its place under the desk's naming policy: no single article wrote that name."""
    return replace(alert, place_name=name_place(desk, alert.place_id, alert.place_name))


def name_tension(desk: Desk, tension: Tension) -> Tension:
    """The same of a place-day."""
    return replace(tension, place_name=name_place(desk, tension.place_id, tension.place_name))


def name_place(desk: Desk, place_id: str, usual: str) -> str:
    """The name of a place under the desk's naming policy."""
    return load_naming(desk.settings.naming_policy).name(place_id, usual)


def list_footnotes(
    desk: Desk, places: Iterable[Place | None] = (), held: Iterable[Alert | Tension] = ()
) -> tuple[str, ...]:
    """The footnotes of everything a page names: places of incidents and claims, and those of alerts and tensions."""
    table = load_footnote_table()
    keys = [table.key_of(place) for place in places if place is not None]
    ids = dict.fromkeys(one.place_id for one in held if not one.is_exercise)
    return table.list_texts([*keys, *(_find_key(desk.store, id_) for id_ in ids)])


def _find_key(store: Store, place_id: str) -> str | None:
    """The footnote of a place by its id: what lies around it is told by an incident in it."""
    table = load_footnote_table()
    if place_id in table.by_area or place_id.startswith("country:"):
        return table.find_key(None, place_id.removeprefix("country:"), (place_id,))
    for incident in store.incidents(Filter(place_id=place_id, with_background=True, limit=1)):
        if incident.place is not None:
            chain = (incident.place.gazetteer_id, *incident.place.within)
            around = chain[chain.index(place_id) :] if place_id in chain else ()
            own = incident.place.footnote if around == chain else None
            return table.find_key(own, incident.place.country, around)
    return None
