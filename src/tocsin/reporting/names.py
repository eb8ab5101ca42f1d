"""The names of a report's places under its naming policy, and the footnotes that go with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tocsin.knowledge.footnotes import load_footnote_table
from tocsin.places.naming import Naming
from tocsin.records import Alert, Incident, Place, Tension
from tocsin.report import Picture, PlaceTension, Telling, Version


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
    """The picture with its places under the report's naming policy."""

    def name(place: Place | None) -> Place | None:
        if place is None or place.gazetteer_id is None:
            return place
        as_written = naming.policy == "as-reported"
        return replace(place, label=None if as_written else naming.labels.get(place.gazetteer_id, place.label))

    def incident(held: Incident) -> Incident:
        return replace(held, place=name(held.place))

    def version(held: Version) -> Version:
        return replace(held, claims=tuple(replace(c, place=name(c.place)) for c in held.claims))

    def tension(held: Tension) -> Tension:
        return replace(held, place_name=naming.name(held.place_id, held.place_name))

    def telling(held: Telling) -> Telling:
        versions = tuple(map(version, held.versions))
        return replace(held, incident=incident(held.incident), versions=versions)

    if not is_own:
        picture = replace(
            picture,
            incidents=tuple(map(incident, picture.incidents)),
            late=tuple(map(incident, picture.late)),
            faint=tuple(map(incident, picture.faint)),
            quiet=tuple(map(incident, picture.quiet)),
            behind=tuple(map(incident, picture.behind)),
            tellings={id_: telling(held) for id_, held in picture.tellings.items()},
        )
    return replace(
        picture,
        tensions=tuple(
            PlaceTension(tension(p.last), tension(p.before) if p.before else None) for p in picture.tensions
        ),
        alerts=tuple(replace(a, place_name=naming.name(a.place_id, a.place_name)) for a in picture.alerts),
    )
