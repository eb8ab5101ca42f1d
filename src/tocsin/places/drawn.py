"""The areas that people have drawn (a mission's sectors): which of them a place lies in, whatever its parent says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from tocsin.places.geometry import Point, Rings, holds_point, read_areas
from tocsin.places.rows import GazetteerRow
from tocsin.records import PlacePrecision

#: Finest first. What is drawn as a country holds nothing that its places do not say themselves.
_ORDER = get_args(PlacePrecision)
_DRAWN = ("district", "region")
_NEARER = 0.01


@dataclass(frozen=True, slots=True)
class _Area:
    id: str
    precision: PlacePrecision
    rings: tuple[Rings, ...]
    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a point lies in it; the box around it is asked first."""
        if not (self.west <= lon <= self.east and self.south <= lat <= self.north):
            return False
        return any(holds_point(rings, (lon, lat)) for rings in self.rings)


class DrawnAreas:
    """Districts and regions with a polygon, and what lies in them."""

    def __init__(self, rows: Iterable[GazetteerRow]) -> None:
        drawn = (row for row in rows if row.shape is not None and row.precision in _DRAWN)
        self._areas = {row.id: _measure_area(row) for row in drawn}

    def __bool__(self) -> bool:
        return bool(self._areas)

    def __contains__(self, id: str) -> bool:
        return id in self._areas

    def find(self, row: GazetteerRow) -> tuple[str, ...]:
        """Ids of the areas that a place lies in, finest first: a point in them, or an area drawn wholly inside.

        Of an area that nobody has drawn one point alone is known, which does not say that the rest lies there too.
        """
        if row.is_point:
            return () if row.lat is None or row.lon is None else self.find_at(row.lat, row.lon)
        own = self._areas.get(row.id)
        if own is None:
            return ()
        inner = [_draw_in(corner, row) for rings in own.rings for corner in rings[0]]
        return self._sort(a for a in self._areas.values() if a is not own and all(a.holds(*point) for point in inner))

    def find_at(self, lat: float, lon: float) -> tuple[str, ...]:
        """Ids of the areas that a point (WGS 84 degrees) lies in, finest first."""
        return self._sort(area for area in self._areas.values() if area.holds(lon, lat))

    def _sort(self, areas: Iterable[_Area]) -> tuple[str, ...]:
        def size(area: _Area) -> tuple[int, float, str]:
            box = (area.east - area.west) * (area.north - area.south)
            return _ORDER.index(area.precision), box, area.id

        return tuple(area.id for area in sorted(areas, key=size))


def lay_between(chain: Sequence[tuple[str, PlacePrecision]], id: str, precision: PlacePrecision) -> Iterator[str]:
    """The ids of a chain of containers with one more in it: behind those as fine as it is, before all that are wider.

    So a municipality still comes before the sector drawn over it, and a sector before the country.
    """
    at = sum(1 for _, other in chain if _ORDER.index(other) <= _ORDER.index(precision))
    ids = [held for held, _ in chain]
    yield from (*ids[:at], id, *ids[at:])


def _draw_in(corner: Point, row: GazetteerRow) -> Point:
    """A corner a little nearer to the area's own point: a part of a sector shares the sector's border."""
    lon, lat = corner
    if row.lat is None or row.lon is None:
        return corner
    return lon + (row.lon - lon) * _NEARER, lat + (row.lat - lat) * _NEARER


def _measure_area(row: GazetteerRow) -> _Area:
    rings = tuple(read_areas(dict(row.shape or {})))
    corners = [point for area in rings for point in area[0]]
    lons, lats = [lon for lon, _ in corners], [lat for _, lat in corners]
    return _Area(row.id, row.precision, rings, min(lons), min(lats), max(lons), max(lats))
