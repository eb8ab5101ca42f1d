from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.places.geometry import find_point

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]


@pytest.mark.parametrize(
    ("form", "coordinates", "point"),
    [
        ("Point", [20.5, 43.25, 540], (20.5, 43.25)),
        ("MultiPoint", [[0, 0], [1, 1], [9, 9]], (1, 1)),
        ("LineString", [[0, 0], [4, 0]], (2, 0)),
        ("LineString", [[0, 0], [3, 0], [3, 0], [3, 1]], (2, 0)),
        ("LineString", [[5, 5], [5, 5]], (5, 5)),
        ("MultiLineString", [[[0, 0], [1, 0]], [[10, 0], [14, 0]]], (12, 0)),
        ("Polygon", [SQUARE], (2, 2)),
        ("Polygon", [[[0, 0], [4, 0], [2, 0], [0, 0]]], (2, 0)),
        ("MultiPolygon", [[[[50, 0], [51, 0], [51, 1], [50, 1], [50, 0]]], [SQUARE]], (2, 2)),
    ],
)
def test_each_form_has_its_point(form: str, coordinates: object, point: tuple[float, float]) -> None:
    assert find_point({"type": form, "coordinates": coordinates}) == pytest.approx(point, abs=0.01)


def test_the_point_of_an_area_lies_in_it_and_not_in_its_holes() -> None:
    hole = [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]
    lon, lat = find_point({"type": "Polygon", "coordinates": [SQUARE, hole]})
    assert 0 < lon < 4
    assert 0 < lat < 4
    assert not (1 <= lon <= 3 and 1 <= lat <= 3)
    horseshoe = [[0, 0], [6, 0], [6, 6], [5, 6], [5, 1], [1, 1], [1, 6], [0, 6], [0, 0]]
    assert is_inside(find_point({"type": "Polygon", "coordinates": [horseshoe]}), horseshoe)


def is_inside(point: tuple[float, float], ring: list[list[float]]) -> bool:
    """The winding number, so that nothing is judged by the way it was found."""
    turned = 0.0
    for a, b in pairwise(ring):
        ax, ay, bx, by = a[0] - point[0], a[1] - point[1], b[0] - point[0], b[1] - point[1]
        turned += math.atan2(ax * by - ay * bx, ax * bx + ay * by)
    return abs(turned) > math.pi


@given(st.lists(st.floats(0.2, 5), min_size=4, max_size=14), st.floats(-150, 150), st.floats(-60, 60))
def test_the_point_of_any_star_lies_inside(spokes: list[float], lon: float, lat: float) -> None:
    turns = [2 * math.pi * at / len(spokes) for at in range(len(spokes))]
    ring = [[lon + r * math.cos(t), lat + r * math.sin(t)] for r, t in zip(spokes, turns, strict=True)]
    ring.append(ring[0])
    assert is_inside(find_point({"type": "Polygon", "coordinates": [ring]}), ring)


@pytest.mark.parametrize(
    ("geometry", "why"),
    [
        ({}, "must be one of Point"),
        ({"type": "GeometryCollection", "geometries": []}, "not 'GeometryCollection'"),
        ({"type": "Point", "coordinates": [20]}, "longitude and latitude"),
        ({"type": "Point", "coordinates": ["20", "40"]}, "longitude and latitude"),
        ({"type": "Point", "coordinates": [43.2, 120.7]}, "out of range: longitude comes first"),
        ({"type": "Point", "coordinates": [181, 0]}, "out of range"),
        ({"type": "LineString", "coordinates": [[0, 0]]}, "at least 2"),
        ({"type": "LineString", "coordinates": []}, "not empty"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}, "must end where it begins"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]}, "at least 4"),
        ({"type": "MultiPolygon", "coordinates": {}}, "not empty"),
    ],
)
def test_a_malformed_geometry_is_refused_with_its_reason(geometry: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        find_point(geometry)
