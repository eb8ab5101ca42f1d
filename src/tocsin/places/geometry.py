"""One point for a GeoJSON geometry: on it or inside it, where a person would put the label.

The mean of the corners of a bent road lies beside the road, and that of a ring outside of what it encloses; so a point
is itself, a line has its middle along the way, and an area the middle of its widest stretch from west to east.
Longitudes are shortened by the cosine of the latitude where lengths are compared; lines that cross the 180th meridian
come cut there, as RFC 7946 (section 3.1.9) asks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
"""Longitude and latitude, in degrees, as GeoJSON orders them."""
Line = Sequence[Point]
Rings = Sequence[Line]
"""The outer ring of one area, then its holes."""

#: Heights at which the widest stretch of an area is looked for, the middle first; one further off must be wider by a
#: tenth to be taken instead.
_CUTS = 25
_WIDER = 1.1
FORMS = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")


def find_point(geometry: dict[str, Any]) -> Point:
    """The point that stands for a geometry; raises ValueError, saying why, for one malformed or out of range."""
    form, parts = geometry.get("type"), geometry.get("coordinates")
    match form:
        case "Point":
            return _read_point(parts)
        case "MultiPoint":
            return _choose_middle(_read_line(parts, 1))
        case "LineString":
            return _cut_half(_read_line(parts, 2))
        case "MultiLineString":
            lines = [_read_line(part, 2) for part in _read_list(parts)]
            return _cut_half(max(lines, key=_measure_length))
        case "Polygon":
            return _find_inside(_read_rings(parts))
        case "MultiPolygon":
            areas = [_read_rings(part) for part in _read_list(parts)]
            return _find_inside(max(areas, key=_measure_area))
    raise ValueError(f"geometry must be one of {', '.join(FORMS)}, not {form!r}")


def read_areas(geometry: dict[str, Any]) -> list[Rings]:
    """The areas of a Polygon or MultiPolygon; none of another form. Raises ValueError as `find_point` does."""
    form, parts = geometry.get("type"), geometry.get("coordinates")
    if form == "Polygon":
        return [_read_rings(parts)]
    return [_read_rings(part) for part in _read_list(parts)] if form == "MultiPolygon" else []


def holds_point(rings: Rings, point: Point) -> bool:
    """Whether a point lies in an area and in none of its holes.

    A southern or western edge belongs to the area, a northern or eastern one does not: of two areas that share an edge
    one holds what lies on it.
    """
    lon, lat = point
    return any(west <= lon < east for west, east in _stretches(rings, lat))


def _read_list(parts: object) -> list[Any]:
    if not isinstance(parts, list) or not parts:
        raise ValueError("coordinates must be a list that is not empty")
    return parts


def _read_point(pair: object) -> Point:
    match pair:
        case [int() | float() as lon, int() | float() as lat, *_]:
            if not (-180 <= lon <= 180 and -90 <= lat <= 90):
                raise ValueError(f"coordinates {lon}, {lat} are out of range: longitude comes first, in degrees")
            return float(lon), float(lat)
    raise ValueError(f"a position must be longitude and latitude, not {str(pair)[:60]}")


def _read_line(parts: object, least: int) -> list[Point]:
    points = [_read_point(pair) for pair in _read_list(parts)]
    if len(points) < least:
        raise ValueError(f"a line must have at least {least} positions")
    return points


def _read_rings(parts: object) -> list[list[Point]]:
    rings = [_read_line(ring, 4) for ring in _read_list(parts)]
    if any(ring[0] != ring[-1] for ring in rings):
        raise ValueError("a polygon's ring must end where it begins")
    return rings


def _choose_middle(points: Line) -> Point:
    """The one of the points that lies nearest to their mean."""
    lon, lat = (sum(part) / len(points) for part in zip(*points, strict=True))
    return min(points, key=lambda point: _measure((lon, lat), point))


def _cut_half(line: Line) -> Point:
    """The point half way along a line."""
    left = _measure_length(line) / 2
    for a, b in _pairs(line):
        length = _measure(a, b)
        if length >= left and length > 0:
            share = left / length
            return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
        left -= length
    return line[-1]


def _find_inside(rings: Sequence[Line]) -> Point:
    """The middle of the widest stretch inside an area, of those at evenly spaced heights; holes are left out."""
    lats = sorted({lat for _, lat in rings[0]})
    low, high = lats[0], lats[-1]
    best: tuple[float, Point] | None = None
    for cut in sorted(range(_CUTS), key=lambda cut: abs(cut - _CUTS // 2)):
        # Between two corners' heights, so that no cut runs through a corner or along an edge.
        wanted = low + (high - low) * (cut + 0.5) / _CUTS
        above = next((lat for lat in lats if lat > wanted), None)
        below = next((lat for lat in reversed(lats) if lat <= wanted), None)
        if above is None or below is None:
            continue
        lat = wanted if below < wanted < above else (below + above) / 2
        for west, east in _stretches(rings, lat):
            width = (east - west) * math.cos(math.radians(lat))
            if best is None or width > best[0] * _WIDER:
                best = width, ((west + east) / 2, lat)
    if best is None or best[0] <= 0:  # an area without extent is a line
        return _cut_half([min(rings[0]), max(rings[0])])
    return best[1]


def _stretches(rings: Sequence[Line], lat: float) -> Iterator[tuple[float, float]]:
    """From where to where a parallel runs inside the rings: every second crossing leads out again."""
    crossings = sorted(
        a[0] + (b[0] - a[0]) * (lat - a[1]) / (b[1] - a[1])
        for ring in rings
        for a, b in _pairs(ring)
        if (a[1] > lat) != (b[1] > lat)
    )
    return zip(crossings[::2], crossings[1::2], strict=False)


def _measure_length(line: Line) -> float:
    return sum(_measure(a, b) for a, b in _pairs(line))


def _measure_area(rings: Sequence[Line]) -> float:
    """Size of the outer ring (the shoelace formula), longitudes shortened at its first corner's latitude."""
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in _pairs(rings[0]))
    return abs(twice) / 2 * math.cos(math.radians(rings[0][0][1]))


def _measure(a: Point, b: Point) -> float:
    return math.hypot((b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2)), b[1] - a[1])


def _pairs(line: Line) -> Iterator[tuple[Point, Point]]:
    return pairwise(line)
