"""Places told by distance and direction from another."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.places.offsets import Offset, find_offset, move_point, shift_place
from tocsin.records import Place, PlaceMention, Reason, Span

ZVECAN = Place("Zvecan", "settlement", "XKX", 42.91, 20.84, "geonames:783770", "Zvečan", ("country:XKX",))


def find(text: str, name: str) -> Offset | None:
    at = text.index(name)
    return find_offset(PlaceMention(name, Span(at, at + len(name))), text)


@pytest.mark.parametrize(
    ("text", "km", "bearing"),
    [
        ("A mine went off 3 km north of Zvecan.", 3, 0),
        ("A mine went off about five kilometres to the south-east of Zvecan.", 5, 135),
        ("A mine went off ten miles west of the town of Zvecan.", 16.09, 270),
        ("A mine went off twenty-five km northwest of Zvecan.", 25, 315),
        ("A mine went off 2.5km east of Zvecan.", 2.5, 90),
    ],
)
def test_distance_and_direction(text: str, km: float, bearing: float) -> None:
    found = find(text, "Zvecan")
    assert found is not None
    assert (round(found.km, 2), found.bearing) == (km, bearing)


def test_the_readers_own_words_may_hold_it() -> None:
    text = "A mine went off 3 km north of Zvecan."
    found = find(text, "3 km north of Zvecan")
    assert found is not None
    assert (found.km, found.lead, found.name) == (3, "3 km north of", "Zvecan")


@pytest.mark.parametrize(
    "text", ["They met north of Zvecan.", "It is 3 km from Zvecan.", "They walked 3 km in Zvecan.", "Zvecan"]
)
def test_without_both_there_is_none(text: str) -> None:
    assert find(text, "Zvecan") is None


def test_the_point_is_reckoned_and_says_so() -> None:
    place = shift_place(ZVECAN, Offset(3, 0, "3 km north of", "Zvecan"))
    assert (place.name, place.shown_name) == ("3 km north of Zvecan", "3 km north of Zvečan")
    assert (place.precision, place.lat, place.lon, place.gazetteer_id) == ("site", 42.937, 20.84, None)
    assert place.within == ("geonames:783770", "country:XKX")
    assert place.reasons[0].rule == "offset"


@pytest.mark.parametrize("km", [61.0, 300.0])
def test_too_far_to_say(km: float) -> None:
    place = shift_place(ZVECAN, Offset(km, 0, "far north of", "Zvecan"))
    assert (place.lat, place.lon, place.is_point) == (None, None, False)


def test_no_point_is_reckoned_from_an_area_or_an_open_place() -> None:
    area = Place("Vojvodina", "region", "SRB", 45.3, 19.9, "admin1:RS.VO")
    open_ = Place("San Jose", "settlement", reasons=(Reason("too-close", ""),))
    for place in (area, open_):
        assert shift_place(place, Offset(5, 90, "5 km east of", "it")).lat is None


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(0.1, 60), st.sampled_from(range(0, 360, 45)))
def test_the_moved_point_lies_so_far_away(lat: float, lon: float, km: float, bearing: int) -> None:
    there = move_point(lat, lon, Offset(km, bearing, "", ""))
    a, b = math.radians(lat), math.radians(there[0])
    turn = math.radians(there[1] - lon)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    assert math.isclose(2 * 6371.0088 * math.asin(math.sqrt(h)), km, rel_tol=1e-3, abs_tol=1e-3)
    assert -180 <= there[1] <= 180
