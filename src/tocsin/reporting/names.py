"""The names of a report's places under its naming policy, and the footnotes that go with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tocsin.knowledge.footnotes import load_footnote_table
from tocsin.places.naming import Naming
from tocsin.records import Alert, Incident, Place, Tension
from tocsin.report import Picture
from tocsin.reporting.renaming import Renaming, rename_picture


def find_notes(incidents: Iterable[Incident], named: Iterable[Tension | Alert]) -> dict[str, str]:
    """The naming footnotes of places that are named by id alone; an incident in one tells what lies around it."""
    table = load_footnote_table()
    around: dict[str, tuple[str | None, tuple[str, ...]]] = {}
    for place in (i.place for i in incidents if i.place and i.place.gazetteer_id and not i.is_exercise):
        chain = (place.gazetteer_id or "", *place.within)
        for at, id_ in enumerate(chain):
            around.setdefault(id_, (place.country, chain[at:]))
    keys = {}
    for one in named:
        if not one.is_exercise:
            country, chain = around.get(one.place_id, (None, (one.place_id,)))
            keys[one.place_id] = table.find_key(None, country, chain)
    return {id_: key for id_, key in keys.items() if key}


def name_places(picture: Picture, naming: Naming, *, is_own: bool) -> Picture:
    """The picture with its places under the report's naming policy; `is_own` where it is the desk's, by which
    incidents and claims are named already."""

    def name(place: Place) -> Place:
        if place.gazetteer_id is None:
            return place
        as_written = naming.policy == "as-reported"
        return replace(place, label=None if as_written else naming.labels.get(place.gazetteer_id, place.label))

    how = Renaming(place_name=naming.name)
    return rename_picture(picture, how if is_own else replace(how, place=name))
