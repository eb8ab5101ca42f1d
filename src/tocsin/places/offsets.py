"""Places told by how far and in which direction they lie from another: "3 km north of Zvecan"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from tocsin.knowledge.numbers import load_numbers
from tocsin.records import Place, PlaceMention, Reason

_WINDS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")
_KM = {"k": 1.0, "m": 1.609344}
_EARTH_KM = 6371.0088
#: Further off than this the words say which part of the world, not where.
_FURTHEST_KM = 60.0
_REACH = 70
_WAY = (
    r"(?:\b(?:about|around|some|roughly|approximately|nearly|almost|just|over)\s)?"
    r"(?P<number>\d{1,3}(?:[.,]\d)?|[a-z]+(?:-[a-z]+)?)[\s-]?(?P<unit>km|kms|kilomet(?:re|er)s?|miles?)\s"
    r"(?:\([^)]{1,20}\)\s)?"
    r"(?:(?:to\sthe|due|further)\s)?(?P<wind>(?:north|south)[\s-]?(?:east|west)?|east|west)(?:ern)?(?:wards?)?"
    r"\s(?:of|from)\s(?:the\s)?"
    r"(?:(?:(?:provincial|regional|state)\s)?(?:town|city|village|hamlet|capital|centre|center|border\stown)\sof\s)?"
)
_OFFSET = re.compile(_WAY + "$", re.IGNORECASE)
#: "Barsalogho, some 30 km north of Kaya": the way from elsewhere to the name that it follows.
_BEHIND = re.compile(
    r"(?:,?\s\(?|,\s(?:which\s|that\s)?(?:is|lies)\s|,\sa\s(?:[\w-]+\s){0,2}(?:village|town|hamlet|settlement|locality)\s)"
    r"(?:(?:located|situated|lying)\s)?" + _WAY,
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Offset:
    """How far and where a place lies from another: kilometres and degrees clockwise from north.

    lead  the words before the other place's name ("3 km north of"); `name` is that name as written
    """

    km: float
    bearing: float
    lead: str
    name: str


def find_offset(mention: PlaceMention, text: str) -> Offset | None:
    """The distance and direction right before a place's name, in the mention's own words or in front of them."""
    name = mention.name
    first = next((m.start() for m in re.finditer(r"\b[^\W\d_]", name) if name[m.start()].isupper()), 0)
    before = text[max(0, mention.span.start - _REACH) : mention.span.start] if mention.span else ""
    found = _OFFSET.search(before + name[:first])
    if found is None or (km := _read_km(found["number"].lower(), found["unit"].lower())) is None:
        return None
    wind = re.sub(r"[\s-]", "", found["wind"].lower())
    return Offset(km, 45.0 * _WINDS.index(wind), found.group(0).strip(), name[first:])


def find_offset_behind(mention: PlaceMention, text: str) -> tuple[Offset, int] | None:
    """The distance and direction right behind a place's name, and where the name that it is reckoned from begins."""
    if mention.span is None or (found := _BEHIND.match(text, mention.span.end)) is None:
        return None
    if (km := _read_km(found["number"].lower(), found["unit"].lower())) is None:
        return None
    wind = re.sub(r"[\s-]", "", found["wind"].lower())
    return Offset(km, 45.0 * _WINDS.index(wind), found.group(0).strip(" ,("), mention.name), found.end()


def reckon_place(place: Place, offset: Offset, anchor: Place) -> Place:
    """A place whose name is not recorded, by how far it lies from one that is: in its areas, with a reckoned point."""
    around = replace(place, country=anchor.country, within=anchor.within, footnote=anchor.footnote)
    told = f"{offset.lead} {anchor.shown_name}"
    if not anchor.is_point or anchor.lat is None or anchor.lon is None or offset.km > _FURTHEST_KM:
        why = Reason("offset", f"{told}: no point can be reckoned from that")
        return replace(around, reasons=(why, *place.reasons))
    lat, lon = move_point(anchor.lat, anchor.lon, offset)
    why = Reason("offset", f"reckoned: {offset.km:.3g} km at {offset.bearing:.0f} degrees from {anchor.shown_name}")
    return replace(around, lat=round(lat, 4), lon=round(lon, 4), reasons=(why, *place.reasons))


def _read_km(number: str, unit: str) -> float | None:
    words = load_numbers().words
    if number[0].isdigit():
        count: float | None = float(number.replace(",", "."))
    else:
        parts = [words.get(part) for part in number.split("-")]
        count = None if None in parts else float(sum(part or 0 for part in parts))
    return count * _KM[unit[0]] if count else None


def shift_place(place: Place, offset: Offset) -> Place:
    """The place so far from another: a site with a reckoned point, or without one where it is too far to say."""
    around = (place.gazetteer_id, *place.within) if place.gazetteer_id else place.within
    written, told = f"{offset.lead} {offset.name}", f"{offset.lead} {place.label or offset.name}"
    moved = replace(place, name=written, precision="site", gazetteer_id=None, within=around, label=told)
    if not place.is_point or place.lat is None or place.lon is None or offset.km > _FURTHEST_KM:
        why = Reason("offset", f"{told}: no point can be reckoned from that")
        return replace(moved, lat=None, lon=None, reasons=(why, *place.reasons))
    lat, lon = move_point(place.lat, place.lon, offset)
    why = Reason(
        "offset", f"reckoned: {offset.km:.3g} km at {offset.bearing:.0f} degrees from {place.label or offset.name}"
    )
    return replace(moved, lat=round(lat, 4), lon=round(lon, 4), reasons=(why, *place.reasons))


def move_point(lat: float, lon: float, offset: Offset) -> tuple[float, float]:
    """The point at a distance and bearing from another, in degrees (the direct problem on a great circle)."""
    way, course = offset.km / _EARTH_KM, math.radians(offset.bearing)
    phi, lam = math.radians(lat), math.radians(lon)
    end = math.asin(math.sin(phi) * math.cos(way) + math.cos(phi) * math.sin(way) * math.cos(course))
    turn = math.atan2(math.sin(course) * math.sin(way) * math.cos(phi), math.cos(way) - math.sin(phi) * math.sin(end))
    return math.degrees(end), (math.degrees(lam + turn) + 540) % 360 - 180
