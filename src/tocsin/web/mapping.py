"""What a map may show of incidents: points where the text gave a point, areas counted as areas, and the rest in words.

A district is never pinned at its middle (promise 3): it is listed with its count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.knowledge.wording import title_incident
from tocsin.places.naming import Naming
from tocsin.records import Incident, Place
from tocsin.web.asking import Asked
from tocsin.web.outlines import Outlines
from tocsin.web.phrases import family

#: More than this many are not drawn at once; the page says so and how to narrow.
MOST_DRAWN = 5000
_AREAS = frozenset({"district", "region", "country"})
NOTHING = Outlines()


@dataclass(frozen=True, slots=True)
class Group:
    """Incidents that the map shows as one thing, and the place of the last reported of them.

    place     None where no claim says where
    is_shaded whether the map has a shape for it; False for points and for what is not known
    """

    place: Place | None
    incidents: tuple[Incident, ...]
    is_shaded: bool = False

    @property
    def size(self) -> int:
        """How many incidents."""
        return len(self.incidents)

    @property
    def conflict(self) -> int:
        """How many of them are acts of conflict."""
        return sum(family(i.type) == "conflict" for i in self.incidents)

    @property
    def cooperation(self) -> int:
        """How many of them are acts of cooperation."""
        return self.size - self.conflict

    @property
    def has_exercise(self) -> bool:
        """Whether any of them is invented."""
        return any(i.is_exercise for i in self.incidents)


@dataclass(frozen=True, slots=True)
class Land:
    """One country with what is known of it: its areas, then its points, each most incidents first.

    code  ISO 3166-1 alpha-3; None for what lies in several countries or in none
    """

    code: str | None
    name: str
    areas: tuple[Group, ...]
    spots: tuple[Group, ...]

    @property
    def size(self) -> int:
        """How many incidents."""
        return count_incidents((*self.areas, *self.spots))


@dataclass(frozen=True, slots=True)
class Picture:
    """Incidents by how a map may show them: every one is in exactly one group of the three kinds."""

    spots: tuple[Group, ...]
    areas: tuple[Group, ...]
    unplaced: tuple[Group, ...]

    @property
    def size(self) -> int:
        """How many incidents."""
        return count_incidents((*self.spots, *self.areas, *self.unplaced))

    @property
    def unshaped(self) -> tuple[Group, ...]:
        """The areas that the map has no shape for."""
        return tuple(area for area in self.areas if not area.is_shaded)

    @property
    def has_exercise(self) -> bool:
        """Whether any of them is invented."""
        return any(group.has_exercise for group in (*self.spots, *self.areas, *self.unplaced))


def count_incidents(groups: Iterable[Group]) -> int:
    """How many incidents are in these groups."""
    return sum(group.size for group in groups)


def sort_places(incidents: Sequence[Incident], outlines: Outlines) -> Picture:
    """Points, areas and what has no point, each most incidents first."""
    kinds: dict[str, list[Incident]] = {"point": [], "area": [], "unknown": []}
    for incident in incidents:
        kinds[find_kind(incident.place)].append(incident)
    return Picture(
        _group(kinds["point"], lambda place: name_spot(place, outlines)),
        _group(kinds["area"], name_area, outlines),
        _group(kinds["unknown"], name_area),
    )


def find_kind(place: Place | None) -> str:
    """ "point", "area" or "unknown": a settlement without coordinates, or one of several namesakes, is neither."""
    if place is not None and place.is_point:
        return "point"
    is_area = place is not None and place.precision in _AREAS and not place.is_ambiguous
    return "area" if is_area else "unknown"


def name_spot(place: Place, outlines: Outlines) -> str:
    """What incidents share that are one mark: the point, to about eleven metres, and the division it lies in."""
    return f"{place.lat:.4f},{place.lon:.4f}|{find_cluster(place, outlines) or place.gazetteer_id}"


def name_area(place: Place) -> str:
    """What incidents share that are counted in one area: its gazetteer id, or else its name and country."""
    return place.gazetteer_id or f"{place.name}|{place.country or ''}"


def _group(
    incidents: Iterable[Incident], key: Callable[[Place], str], outlines: Outlines = NOTHING
) -> tuple[Group, ...]:
    held: dict[str, list[Incident]] = {}
    for incident in incidents:
        held.setdefault(key(incident.place) if incident.place else "", []).append(incident)
    groups = [
        Group(first.place, (first, *more), first.place is not None and outlines.has_shape(first.place))
        for first, *more in held.values()
    ]
    return tuple(sorted(groups, key=lambda g: (-g.size, g.place.shown_name if g.place else "")))


def find_cluster(place: Place, outlines: Outlines) -> str | None:
    """What marks must share to be drawn as one: the country and the division right under it; None: never merged."""
    if place.country is None:
        return None
    chain = [place.gazetteer_id or "", *place.within]
    top = next((n for n, id_ in enumerate(chain) if id_.startswith("country:") or id_ in outlines.invented), len(chain))
    return f"{place.country}|{chain[top - 1] if top > 1 else ''}"


def list_lands(picture: Picture, outlines: Outlines, naming: Naming) -> list[Land]:
    """The picture's points and areas by country, most incidents first; what lies in no single country comes last."""
    codes = dict.fromkeys(g.place.country for g in (*picture.areas, *picture.spots) if g.place)
    lands = [
        Land(
            code,
            outlines.name_country(code, naming) if code else "In several countries, or in none",
            tuple(g for g in picture.areas if g.place and g.place.country == code),
            tuple(g for g in picture.spots if g.place and g.place.country == code),
        )
        for code in codes
    ]
    return sorted(lands, key=lambda land: (land.code is None, -land.size, land.name))


def area_to_plain(area: Group, asked: Asked) -> dict[str, object]:
    """An area as the map's script reads it."""
    place = area.place
    return {
        "id": name_area(place) if place else "",
        "name": place.shown_name if place else "",
        "precision": place.precision if place else None,
        "country": place.country if place else None,
        "count": area.size,
        "conflict": area.conflict,
        "cooperation": area.cooperation,
        "is_exercise": area.has_exercise,
        "is_shaded": area.is_shaded,
        "url": asked.link("/incidents", place_id=place.gazetteer_id) if place and place.gazetteer_id else None,
    }


def incident_to_feature(incident: Incident, outlines: Outlines) -> dict[str, Any]:
    """An incident as the map's script reads it: a point only where the text gave one, else its area in words."""
    place = incident.place
    kind = find_kind(place)
    point = {"type": "Point", "coordinates": [place.lon, place.lat]} if place and kind == "point" else None
    area = place if kind == "area" else None
    return {
        "type": "Feature",
        "id": incident.id,
        "geometry": point,
        "properties": {
            "id": incident.id,
            "url": f"/incidents/{incident.id}",
            "type": incident.type,
            "mode": incident.mode,
            "family": family(incident.type),
            "title": str(title_incident(incident)),
            "where": kind,
            "place": place.shown_name if place else None,
            "date": str(incident.date) if incident.date else None,
            "origins": incident.origins,
            "state": incident.state,
            "modality": incident.modality,
            "certainty": incident.certainty,
            "is_exercise": incident.is_exercise,
            "area_id": name_area(area) if area else None,
            "area_name": area.shown_name if area else None,
            "precision": place.precision if place else None,
            "country": place.country if place else None,
            "spot": name_spot(place, outlines) if place and point else None,
            "cluster": find_cluster(place, outlines) if place and point else None,
        },
    }


def draw_incidents(incidents: Sequence[Incident], outlines: Outlines, asked: Asked) -> dict[str, Any]:
    """Incidents as the GeoJSON that the map draws; the export of the same filter holds more and is made to be kept."""
    picture = sort_places(incidents, outlines)
    return {
        "type": "FeatureCollection",
        "features": [incident_to_feature(i, outlines) for i in incidents],
        "areas": [area_to_plain(area, asked) for area in picture.areas],
    }
