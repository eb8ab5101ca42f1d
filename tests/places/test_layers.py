from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.errors import KnowledgeError
from tocsin.places import Gazetteer
from tocsin.places.layers import list_layers, load_layer, load_layers, warn_of_parents

HEAD = "id,name,alternate_names,precision,country,lat,lon,parent,population,feature"


def write_csv(path: Path, *lines: str, head: str = HEAD) -> Path:
    path.write_text("\n".join((head, *lines)) + "\n", "utf-8")
    return path


def write_json(path: Path, *features: dict[str, Any], **more: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}), "utf-8")
    return path


def make_feature(
    name: str | None, form: str | None = "Point", coordinates: Any = (20.8, 42.9), **more: Any
) -> dict[str, Any]:
    geometry = {"type": form, "coordinates": coordinates} if form else None
    properties = {"name": name, "country": "XKX", **more}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_places_of_a_table_outrank_the_gazetteer(tmp_path: Path, gazetteer: Gazetteer) -> None:
    layer = load_layer(
        write_csv(
            tmp_path / "sector north.csv",
            "m:c1,Checkpoint Oak,CP Oak|Oak,site,XKX,42.95,20.81,geonames:783770,,checkpoint",
            ",Zvečan,,site,XKX,42.91,20.84,,,camp",
        )
    )
    assert [row.id for row in layer.rows] == ["m:c1", "layer:sector-north:zvecan"]
    assert layer.warnings == ()
    layered = Gazetteer(gazetteer.path, extra=layer.rows)
    assert layered.find("cp oak")[0].feature == "checkpoint"
    assert [row.id for row in layered.find("Zvecan")][:2] == ["layer:sector-north:zvecan", "geonames:783770"]
    assert layered.within("m:c1")[0] == "geonames:783770"
    assert [row.id for row in layered.search("oak")][:1] == ["m:c1"]
    layered.close()


def test_points_lines_and_areas_of_geojson_become_places(tmp_path: Path) -> None:
    square = [[[20, 42], [22, 42], [22, 44], [20, 44], [20, 42]]]
    layer = load_layer(
        write_json(
            tmp_path / "routes.geojson",
            make_feature(
                "Camp Ash", alternate_names=["Ash", "Ash Camp"], feature="camp", id="camp:ash", population=120
            ),
            make_feature("Route Pine", "LineString", [[20, 42], [22, 42]], alternate_names="MSR Pine|Pine"),
            make_feature("Sector North", "Polygon", square, precision="region"),
            make_feature("Somewhere", None, precision="district"),
        )
    )
    camp, route, sector, somewhere = layer.rows
    assert (camp.id, camp.names, camp.precision, camp.feature, camp.population) == (
        "camp:ash", ("Ash", "Ash Camp"), "site", "camp", 120,
    )  # fmt: skip
    assert (route.id, route.precision, route.lon, route.lat) == ("layer:routes:route-pine", "district", 21, 42)
    assert (sector.precision, sector.lon, sector.lat) == ("region", 21, 43)
    assert (somewhere.lat, somewhere.lon) == (None, None)
    assert layer.warnings == ("feature 4: Somewhere has no coordinates: it is found by name, and no map shows it",)
    assert layer.where["camp:ash"] == "feature 1"


def test_an_unknown_country_and_coordinates_changed_round_are_told(tmp_path: Path) -> None:
    unknown, turned, right = load_layer(
        write_csv(
            tmp_path / "own.csv",
            "a,Ash,,site,ZZZ,42.95,20.81,,,camp",
            "b,Birch,,site,XKX,20.81,42.95,,,camp",
            "c,Cedar,,site,XKX,42.95,20.81,,,camp",
        )
    ).rows
    assert (unknown.country, turned.lat, right.lat) == ("ZZZ", 20.81, 42.95)
    warnings = load_layer(tmp_path / "own.csv").warnings
    assert len(warnings) == 2
    assert "line 2: ZZZ is no country code" in warnings[0]
    assert "line 3: Birch lies far from XKX" in warnings[1]


def test_two_of_one_name_are_kept_and_told(tmp_path: Path) -> None:
    layer = load_layer(
        write_csv(
            tmp_path / "a.csv",
            "a,Checkpoint 1,CP1,site,XKX,42.9,20.8,,,checkpoint",
            "b,Gate,CP1|checkpoint 1,site,XKX,43.1,20.7,,,checkpoint",
            "c,Nowhere,,site,,0,0,,,",
        )
    )
    assert len(layer.rows) == 3
    assert [warning.partition(":")[0] for warning in layer.warnings] == ["line 3", "line 4", "line 4"]
    assert "also that of line 2; both are kept" in layer.warnings[0]


def test_two_of_one_id_are_an_error_that_names_both(tmp_path: Path) -> None:
    line = "a,Checkpoint 1,,site,XKX,42.9,20.8,,,checkpoint"
    with pytest.raises(KnowledgeError, match=r"line 3.*already taken by line 2"):
        load_layer(write_csv(tmp_path / "a.csv", line, line))
    with pytest.raises(KnowledgeError, match=r"line 3.*already taken by line 2"):  # no ids, one name
        load_layer(write_csv(tmp_path / "a.csv", line[1:], line[1:]))
    with pytest.raises(KnowledgeError, match=r"feature 2.*already taken by feature 1"):
        load_layer(write_json(tmp_path / "a.geojson", make_feature("Oak"), make_feature("OAK")))
    one, two = write_csv(tmp_path / "one.csv", line), write_csv(tmp_path / "two.csv", line)
    with pytest.raises(KnowledgeError, match=r"two\.csv, line 2.*already taken in .*one\.csv, line 2"):
        load_layers([one, two])
    assert [layer.path for layer in load_layers([one])] == [one]


def test_a_parent_that_nobody_knows_is_told(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        "a,Oak,,site,XKX,42.9,20.8,b,,",
        "b,Ash,,site,XKX,42.9,20.8,geonames:1,,",
        "c,Elm,,site,XKX,1,1,gone,,",
    )
    layers = load_layers([path])
    told = list(warn_of_parents(layers, lambda id_: id_ == "geonames:1"))
    assert told == [(path, "line 4: the parent gone of Elm is not known")]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.kml", "<kml/>", r"must end in \.csv or \.geojson"),
        ("a.csv", "", "must have the columns"),
        ("a.csv", HEAD, "holds no places"),
        ("a.csv", f"{HEAD}\na,Oak,,site,XKX,95,0,,,", "line 2: 95.*degrees from -90 to 90"),
        ("a.csv", f"{HEAD},footnote\na,Oak,,site,XKX,5,0,,,,mine", "footnote must be one of"),
        ("a.csv", "name,lat,lon\nOak,1,1", "must have the columns id,name"),
        ("a.geojson", "{", "is not GeoJSON"),
        ("a.geojson", "[" * 100_000, "is not GeoJSON"),
        ("a.geojson", '{"type": "FeatureCollection", "features": [NaN]}', "NaN is no number"),
        ("a.geojson", '{"type": "Topology"}', "FeatureCollection or Feature"),
        ("a.geojson", '{"type": "FeatureCollection", "features": []}', "holds no places"),
        ("a.geojson", '{"type": "FeatureCollection", "features": [7]}', "feature 1.*must be a Feature"),
        ("a.geojson", json.dumps(make_feature(None)), "an id and a name"),
        ("a.geojson", json.dumps(make_feature("Oak", coordinates=[200, 0])), "feature 1.*out of range"),
        ("a.geojson", json.dumps(make_feature("Oak", population="many")), "whole number"),
        ("a.geojson", json.dumps(make_feature("Oak", alternate_names=[1])), "alternate_names must be a text or a list"),
        ("a.geojson", json.dumps(make_feature("Oak", country=True)), "country must be a text"),
        ("a.geojson", json.dumps(make_feature("Oak", None)), "precision is one of"),
    ],
)
def test_a_bad_layer_is_named_with_its_reason(tmp_path: Path, name: str, content: str, why: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(KnowledgeError, match=why) as caught:
        load_layer(tmp_path / name)
    assert name in str(caught.value)


def test_a_layer_on_another_grid_is_refused(tmp_path: Path) -> None:
    def name_grid(name: str) -> dict[str, Any]:
        return {"type": "name", "properties": {"name": name}}

    with pytest.raises(KnowledgeError, match="WGS 84"):
        load_layer(
            write_json(tmp_path / "a.geojson", make_feature("Oak"), crs=name_grid("urn:ogc:def:crs:EPSG::32634"))
        )
    known = write_json(tmp_path / "a.geojson", make_feature("Oak"), crs=name_grid("urn:ogc:def:crs:OGC:1.3:CRS84"))
    assert len(load_layer(known).rows) == 1


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"gone\.csv.*cannot be read"):
        load_layer(tmp_path / "gone.csv")
    (tmp_path / "latin.geojson").write_bytes('{"type": "Zvečan"}'.encode("iso8859-2"))
    with pytest.raises(KnowledgeError, match="must be UTF-8"):
        load_layer(tmp_path / "latin.geojson")


def test_a_folders_layers_are_listed_by_name(tmp_path: Path) -> None:
    for name in ("b.csv", "a.GeoJSON", "notes.txt", ".hidden.csv"):
        (tmp_path / name).write_text("")
    assert [path.name for path in list_layers(tmp_path)] == ["a.GeoJSON", "b.csv"]
    assert list_layers(tmp_path / "none") == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "features", "properties",
        "geometry", "coordinates", "name", "crs"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(_JSON, _JSON, _JSON)
@settings(deadline=None, max_examples=150)
def test_any_geojson_gives_places_or_a_knowledge_error(
    tmp_path_factory: pytest.TempPathFactory, properties: Any, geometry: Any, crs: Any
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.geojson"
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature], "crs": crs}), "utf-8")
    try:
        load_layer(path)
    except KnowledgeError:
        return
