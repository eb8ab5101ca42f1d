"""The point of a place that a map or table may show, and how exact it is: one rule for every format."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.export.coarsening import COARSENED
from tocsin.records import Place

#: A point rounded to a tenth of a degree is at most so far from where it was (half a cell's diagonal, at the equator).
ROUNDED_WITHIN_M = 8_000.0


@dataclass(frozen=True, slots=True)
class Point:
    """WGS 84 degrees; `is_rounded` where it was coarsened for the public."""

    lat: float
    lon: float
    is_rounded: bool = False


def find_point(place: Place | None) -> Point | None:
    """The point of a site or settlement, or the rounded one of what was one; None for an area and where none is known.

    An area's own representative point is never given: nothing is pinned to a centroid.
    """
    if place is None or place.lat is None or place.lon is None:
        return None
    if place.is_point:
        return Point(place.lat, place.lon)
    return Point(place.lat, place.lon, True) if is_rounded(place) else None


def is_rounded(place: Place) -> bool:
    """Whether the place was coarsened for the public."""
    return any(reason.rule == COARSENED for reason in place.reasons)


def is_pinned(place: Place) -> bool:
    """Whether it is known where the place lies: one that is only named ("the old tannery") has no precision."""
    return place.lat is not None or place.gazetteer_id is not None
