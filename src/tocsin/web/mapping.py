"""What a map may show of incidents: points where the text gave a point, areas counted as areas, and the rest in words.

A district is never pinned at its middle (promise 3): it is listed with its count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.records import Incident, Place
from tocsin.web.asking import Asked
from tocsin.web.phrases import family
from tocsin.web.wording import title_incident

#: More than this many are not drawn at once; the page says so and how to narrow.
MOST_DRAWN = 500
#: Most incidents in the list beside it: the page stays under 100 kB.
MOST_LISTED = 100
_AREAS = frozenset({"district", "region", "country"})


@dataclass(frozen=True, slots=True)
class Area:
    """An area with the incidents whose place is given no finer than it."""

    place: Place
    incidents: tuple[Incident, ...]

    @property
    def id(self) -> str:
        """The gazetteer's id, or the name where nothing matched."""
        return self.place.gazetteer_id or self.place.name

    @property
    def conflict(self) -> int:
        """How many of them are acts of conflict."""
        return sum(family(i.type) == "conflict" for i in self.incidents)

    @property
    def cooperation(self) -> int:
        """How many of them are acts of cooperation."""
        return len(self.incidents) - self.conflict


@dataclass(frozen=True, slots=True)
class Picture:
    """Incidents by how a map may show them: every one is in exactly one of the three."""

    points: tuple[Incident, ...]
    areas: tuple[Area, ...]
    unplaced: tuple[Incident, ...]

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """All of them."""
        return (*self.points, *(i for area in self.areas for i in area.incidents), *self.unplaced)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.incidents)

    @property
    def has_exercise(self) -> bool:
        """Whether any of them is invented."""
        return any(i.is_exercise for i in self.incidents)


def sort_places(incidents: Sequence[Incident]) -> Picture:
    """Points, areas (most incidents first) and what has no place or no coordinates."""
    points, unplaced = [], []
    areas: dict[str, list[Incident]] = {}
    for incident in incidents:
        place = incident.place
        if place is not None and place.is_point:
            points.append(incident)
        elif place is not None and place.precision in _AREAS:
            areas.setdefault(place.gazetteer_id or place.name, []).append(incident)
        else:
            unplaced.append(incident)
    found = [Area(held[0].place, tuple(held)) for held in areas.values() if held[0].place]
    found.sort(key=lambda area: (-len(area.incidents), area.place.shown_name))
    return Picture(tuple(points), tuple(found), tuple(unplaced))


def area_to_plain(area: Area, asked: Asked) -> dict[str, object]:
    """An area as the map's script reads it."""
    return {
        "id": area.id,
        "name": area.place.shown_name,
        "precision": area.place.precision,
        "country": area.place.country,
        "count": len(area.incidents),
        "conflict": area.conflict,
        "cooperation": area.cooperation,
        "is_exercise": any(i.is_exercise for i in area.incidents),
        "url": asked.link("/incidents", place_id=area.place.gazetteer_id),
    }


def incident_to_feature(incident: Incident) -> dict[str, Any]:
    """An incident as the map's script reads it: a point only where the text gave one, else its area in words."""
    place = incident.place
    is_point = place is not None and place.is_point
    return {
        "type": "Feature",
        "id": incident.id,
        "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]} if place and is_point else None,
        "properties": {
            "id": incident.id,
            "url": f"/incidents/{incident.id}",
            "type": incident.type,
            "mode": incident.mode,
            "family": family(incident.type),
            "title": str(title_incident(incident)),
            "place": place.shown_name if place else None,
            "date": str(incident.date) if incident.date else None,
            "origins": incident.origins,
            "state": incident.state,
            "modality": incident.modality,
            "certainty": incident.certainty,
            "is_exercise": incident.is_exercise,
            "area_id": place.gazetteer_id if place and not is_point else None,
            "area_name": place.shown_name if place and not is_point else None,
            "precision": place.precision if place else None,
            "country": place.country if place else None,
        },
    }


def draw_incidents(incidents: Sequence[Incident]) -> dict[str, Any]:
    """Incidents as the GeoJSON that the map draws; the export of the same filter holds more and is made to be kept."""
    return {"type": "FeatureCollection", "features": [incident_to_feature(i) for i in incidents]}
