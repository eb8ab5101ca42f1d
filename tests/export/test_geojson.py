"""GeoJSON as RFC 7946 has it: points only where a point was given, and markings that travel."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.test_tables import ARTICLE, CLAIM, INCIDENT, ORLE, SOUTH
from tests.strategies import incidents
from tocsin.export import claims_to_geojson, columns, incidents_to_geojson
from tocsin.records import Incident, Place


def _check_rfc7946(collection: dict[str, Any]) -> None:
    assert collection["type"] == "FeatureCollection"
    for feature in collection["features"]:
        assert feature["type"] == "Feature"
        assert set(feature) == {"type", "id", "geometry", "properties"}
        geometry = feature["geometry"]
        if geometry is not None:
            assert set(geometry) == {"type", "coordinates"}
            assert geometry["type"] == "Point"
            lon, lat = geometry["coordinates"]
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90
    assert not {"geometry", "properties", "coordinates"} & set(collection), "reserved for features (section 7.1)"


def test_point_is_longitude_first() -> None:
    collection = incidents_to_geojson([INCIDENT], tlp="TLP:RED")
    (feature,) = collection["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [-20.25, 1.5]}
    assert feature["id"] == "inc_1"
    assert feature["properties"]["claim_ids"] == ["clm_1", "clm_2"]
    assert (collection["tlp"], feature["properties"]["tlp"]) == ("TLP:RED", "TLP:RED")
    assert (collection["exercise"], feature["properties"]["exercise"]) == ("EXERCISE", "EXERCISE")
    assert collection["footnotes"].keys() == {"kosovo-1244"}
    assert "1244" in feature["properties"]["footnote_text"]


def test_areas_are_never_pinned() -> None:
    for precision in ("district", "region", "country"):
        made = replace(INCIDENT, place=replace(SOUTH, precision=precision))
        (feature,) = incidents_to_geojson([made])["features"]
        assert feature["geometry"] is None
        assert (feature["properties"]["place"], feature["properties"]["place_precision"]) == ("South", precision)
    (nowhere,) = incidents_to_geojson([replace(INCIDENT, place=None)])["features"]
    assert (nowhere["geometry"], nowhere["properties"]["place"]) == (None, None)
    unknown = replace(ORLE, lat=None, lon=None)
    (unpinned,) = incidents_to_geojson([replace(INCIDENT, place=unknown)])["features"]
    assert unpinned["geometry"] is None


def test_claims_open_their_article() -> None:
    collection = claims_to_geojson([CLAIM], {"art_1": ARTICLE}, footnotes={"kosovo-1244": "Our words."})
    _check_rfc7946(collection)
    (feature,) = collection["features"]
    assert collection["exercise"] is None
    assert collection["footnotes"] == {"kosovo-1244": "Our words."}
    assert feature["properties"]["article_id"] == "art_1"
    assert set(feature["properties"]) == set(columns.CLAIMS) - {"lat", "lon"}


def test_a_place_brings_the_footnote_of_the_area_it_lies_in() -> None:
    within = ("admin1:UA.11", "country:UKR")
    village = Place("Yalta", "settlement", "UKR", 44.5, 34.2, "toy:yalta", "Yalta", within)
    collection = incidents_to_geojson([replace(INCIDENT, place=village)])
    assert collection["footnotes"].keys() == {"crimea"}
    (feature,) = collection["features"]
    assert feature["properties"]["footnote"] == "crimea"
    assert "68/262" in feature["properties"]["footnote_text"]


def test_empty_collection() -> None:
    collection = incidents_to_geojson([])
    assert collection["features"] == []
    assert collection["exercise"] is None
    assert "endorse" in collection["note"]


@settings(max_examples=50, deadline=None)
@given(st.lists(incidents(), max_size=4))
def test_incidents_read_back(made: list[Incident]) -> None:
    collection = json.loads(json.dumps(incidents_to_geojson(made, footnotes={}), allow_nan=False))
    _check_rfc7946(collection)
    assert [f["id"] for f in collection["features"]] == [i.id for i in made]
    for feature, incident in zip(collection["features"], made, strict=True):
        properties, place = feature["properties"], incident.place
        assert set(properties) == set(columns.INCIDENTS) - {"lat", "lon"}
        assert properties["actors"] == [p.text for p in incident.actor]
        assert properties["place"] == (place.shown_name if place else None)
        assert feature["geometry"] == _point_of(place)


def _point_of(place: Place | None) -> dict[str, object] | None:
    if place is None or not place.is_point:
        return None
    return {"type": "Point", "coordinates": [place.lon, place.lat]}
