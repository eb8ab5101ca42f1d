"""The map and its list: the same incidents, each once, points as points and areas as areas."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import HtmlElement
from starlette.testclient import TestClient

from tests.strategies import incidents
from tests.web.checking import open_drawing, parse_page, read_words
from tests.web.worlds import DISTRICT, ORLE, World
from tocsin.errors import KnowledgeError
from tocsin.knowledge.wording import title_incident
from tocsin.places.naming import load_naming
from tocsin.ports import Derivation, Sketch
from tocsin.records import Filter, Incident, Place, Reason, to_plain
from tocsin.settings import Settings
from tocsin.store.sketching import key_place, sketch_incident
from tocsin.web.asked import Asked
from tocsin.web.assets import Assets
from tocsin.web.drawing import Answers, draw_sketches
from tocsin.web.mapping import (
    MOST_DRAWN,
    NOTHING,
    count_incidents,
    find_cluster,
    find_kind,
    list_lands,
    sort_places,
    tally_incidents,
)
from tocsin.web.outlines import Outlines, find_own_shapes, join_shapes, load_outlines
from tocsin.web.phrases import describe_precision, family

KOSOVO = Outlines(frozenset({"XKX"}))
#: Two villages a hundred metres apart, on two sides of a boundary.
THIS_SIDE = Place("Jarinje", "settlement", "XKX", 43.2270, 20.6920, "toy:this", None, ("admin1:XK.1", "country:XKX"))
THAT_SIDE = Place("Jarinje", "settlement", "SRB", 43.2279, 20.6920, "toy:that", None, ("admin1:RS.1", "country:SRB"))
QUERIES = (
    "", "type=ASSAULT", "last=1h", "last=24h", "last=90d", "since=2026-03-12&until=2026-03-12", "with_background=1",
    "country=XKX", "credibility=3", "reliability=B", "reliability=F", "query=tear+gas",
    "actor=police", "certainty=hedged",
    "reported_since=2026-03-12T12:00Z&reported_until=2026-03-12T13:00Z", "place_id=overlay:orle-district",
    "type=ASSAULT&reliability=B&last=30d&with_background=1",
)  # fmt: skip


def draw_one(incident: Incident, outlines: Outlines) -> dict[str, Any]:
    """What the map is told of an incident."""
    plain = to_plain(incident)
    sketch = Sketch(sketch_incident(plain), key_place(plain["place"]), incident.place)
    drawing = json.loads(draw_sketches([sketch], outlines, Asked(Filter()), total=1))
    assert drawing["total"] == 1
    (drawn,) = open_drawing(drawing)
    assert drawn["id"] == incident.id
    assert drawn["title"] == str(title_incident(incident))
    assert [drawn[name] for name in ("type", "mode", "modality", "certainty", "state", "origins", "is_exercise")] == [
        plain[name] for name in ("type", "mode", "modality", "certainty", "state", "origins", "is_exercise")
    ]
    assert drawn["reported_at"] == plain["reported_at"]
    assert drawn["date"] == (str(incident.date) if incident.date else None)
    assert sum(area["count"] for area in drawing["areas"]) == (drawn["where"] == "area")
    return drawn


@settings(max_examples=60, deadline=None)
@given(st.lists(incidents(), max_size=12, unique_by=lambda incident: incident.id))
def test_every_incident_is_in_one_group(made: list[Incident]) -> None:
    picture = sort_places(tally_incidents(made), KOSOVO)
    groups = (*picture.spots, *picture.areas, *picture.unplaced)
    assert len(
        {(n, group.key) for n, kind in enumerate((picture.spots, picture.areas, picture.unplaced)) for group in kind}
    ) == len(groups)
    assert picture.size == len(made)
    assert sum(group.conflict for group in groups) == sum(family(i.type) == "conflict" for i in made)
    assert picture.has_exercise == any(i.is_exercise for i in made)
    assert all(group.conflict + group.cooperation == group.size for group in groups)
    lands = list_lands(picture, KOSOVO, load_naming("un"))
    assert sum(land.size for land in lands) + count_incidents(picture.unplaced) == len(made)


@settings(max_examples=60, deadline=None)
@given(incidents())
def test_only_a_site_or_settlement_becomes_a_point(incident: Incident) -> None:
    drawn = draw_one(incident, KOSOVO)
    place = incident.place
    assert drawn["point"] == ([place.lon, place.lat] if place is not None and place.is_point else None)
    assert (drawn["where"] == "area") == (find_kind(place) == "area")
    assert (drawn["area_id"] is None) == (find_kind(place) != "area")


def test_marks_on_two_sides_of_a_boundary_share_nothing() -> None:
    assert find_cluster(THIS_SIDE, NOTHING) == "XKX|admin1:XK.1"
    assert find_cluster(THAT_SIDE, NOTHING) == "SRB|admin1:RS.1"
    nearby = replace(THIS_SIDE, gazetteer_id="toy:near", within=("toy:town", "admin1:XK.1", "country:XKX"))
    assert find_cluster(nearby, NOTHING) == find_cluster(THIS_SIDE, NOTHING)
    other_region = replace(THIS_SIDE, within=("admin1:XK.2", "country:XKX"))
    assert find_cluster(other_region, NOTHING) != find_cluster(THIS_SIDE, NOTHING)
    assert find_cluster(replace(THIS_SIDE, country=None), NOTHING) is None


def test_a_country_is_found_in_the_exercise_too() -> None:
    isle = Place("Nendry", "settlement", "XHV", -47.57, -125.63, "ex-nendry", None,
                 ("ex-tarvel", "ex-east-march", "ex-halvera", "ex-maravane"))  # fmt: skip
    outlines = load_outlines(Assets(Path("/nowhere")), has_exercise=True)
    assert find_cluster(isle, outlines) == "XHV|ex-east-march"
    assert outlines.name_country("XHV", load_naming("un")) == "Halvera"
    assert outlines.has_shape(Place("Tarvel", "district", "XHV", gazetteer_id="ex-tarvel"))
    assert not outlines.has_shape(Place("the Ismer", "district", "XHV", gazetteer_id="ex-ismer"))


def test_a_missions_own_area_can_be_shaded(tmp_path: Path) -> None:
    ring = [[20, 42], [21, 42], [21, 43], [20, 42]]
    feature = {
        "type": "Feature",
        "properties": {"name": "Sector North", "precision": "district", "country": "XKX"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    layer = tmp_path / "places" / "sectors.geojson"
    layer.parent.mkdir()
    layer.write_text(json.dumps(feature), "utf-8")
    own = find_own_shapes(Settings(home=tmp_path))
    outlines = load_outlines(Assets(Path("/nowhere")), has_exercise=False, own=own)
    sector = Place("Sector North", "district", "XKX", gazetteer_id="layer:sectors:sector-north")
    assert outlines.has_shape(sector)
    assert not outlines.has_shape(replace(sector, gazetteer_id="layer:sectors:sector-south"))
    assert [f["id"] for f in join_shapes(own, has_exercise=False)["features"]] == ["layer:sectors:sector-north"]
    assert len(join_shapes(own, has_exercise=True)["features"]) > 1
    layer.write_text("{", "utf-8")
    assert find_own_shapes(Settings(home=tmp_path)) == ()


def test_one_of_several_namesakes_is_no_area(world: World) -> None:
    talks = world.incidents["talks"]
    open_ = Place("Victoria", "region", "AUS", reasons=(Reason("too-close", "not resolved: two candidates too close"),))
    picture = sort_places(tally_incidents([replace(talks, place=open_)]), NOTHING)
    assert [group.place for group in picture.unplaced] == [open_]
    assert "not resolved" in describe_precision(open_)


def test_one_point_is_one_mark_within_its_country(world: World) -> None:
    clash = world.incidents["clash"]
    there = [replace(clash, id=f"inc_{n}", place=ORLE) for n in range(3)]
    abroad = replace(clash, id="inc_abroad", place=replace(ORLE, country="SRB", within=("country:SRB",)))
    sizes = [spot.size for spot in sort_places(tally_incidents([*there, abroad]), NOTHING).spots]
    assert sizes == [3, 1]


def test_an_area_without_a_shape_is_told_and_never_shaded_as_its_country(world: World) -> None:
    talks = world.incidents["talks"]
    whole = replace(talks, id="inc_whole", place=Place("Kosovo", "country", "XKX", 42.6, 20.9, "country:XKX"))
    picture = sort_places(tally_incidents([talks, whole]), KOSOVO)
    assert [area.place for area in picture.unshaped] == [DISTRICT]
    assert {area.is_shaded for area in picture.areas} == {True, False}
    assert all(draw_one(i, KOSOVO)["point"] is None for i in (talks, whole))


def test_outlines_that_cannot_be_read_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"boundaries/shapes.json": "shapes.json"}')
    (tmp_path / "shapes.json").write_text("{")
    with pytest.raises(KnowledgeError, match="map shapes"):
        load_outlines(Assets(tmp_path), has_exercise=False)
    assert load_outlines(Assets(Path("/nowhere")), has_exercise=False) == NOTHING


def _number(page: HtmlElement, name: str, kind: str = "count") -> int:
    (shown,) = page.xpath(f"//*[@data-{kind}='{name}']")
    return int(shown.text_content().replace("\u202f", ""))


def _list_page(page: HtmlElement) -> list[str]:
    return [a.rsplit("/", 1)[1] for a in page.xpath("//section[@aria-labelledby='h-list']//a[@class='row-link']/@href")]


@pytest.mark.parametrize("query", QUERIES)
def test_the_list_equals_the_map(client: TestClient, query: str) -> None:
    """Marks, areas and unknown places together are the list, over all its pages, and what the API counts."""
    listed: list[str] = []
    address: str | None = f"/map?{query}&limit=2"
    while address:
        page = parse_page(client.get(address).text)
        listed += _list_page(page)
        address = next(iter(page.xpath("//a[@rel='next']/@href")), None)
    drawing = client.get(f"/api/map?{query}").json()
    drawn = open_drawing(drawing)
    assert listed == [one["id"] for one in drawn]
    assert len(listed) == len(set(listed)) == drawing["total"]
    assert drawing["total"] == client.get(f"/api/incidents?{query}").json()["total"]
    counted = [_number(page, name) for name in ("points", "areas", "unknown")]
    timed = [_number(page, name, "timed") for name in ("conflict", "cooperation")]
    assert sum(counted) == sum(timed) == len(listed)
    kinds = [one["where"] for one in drawn]
    assert counted == [kinds.count(kind) for kind in ("point", "area", "unknown")]
    assert sum(area["count"] for area in drawing["areas"]) == counted[1]
    exported = client.get(f"/api/incidents.geojson?{query}").json()["features"]
    assert [f["id"] for f in exported] == listed
    assert [f["geometry"] and f["geometry"]["coordinates"] for f in exported] == [one["point"] for one in drawn]


def test_the_map_draws_the_same_on_every_page_of_the_list(client: TestClient) -> None:
    first, second = (parse_page(client.get(f"/map?limit=2&offset={n}").text) for n in (0, 2))
    for name in ("points", "areas", "unknown"):
        assert _number(first, name) == _number(second, name)
    assert (
        first.xpath("//*[@id='h-where']/../..")[0].text_content()
        == second.xpath("//*[@id='h-where']/../..")[0].text_content()
    )
    assert set(_list_page(first)).isdisjoint(_list_page(second))


def test_the_drawing_says_how_many_there_are(client: TestClient) -> None:
    whole = client.get("/api/map").json()
    part = client.get("/api/map?limit=2&offset=1").json()
    assert open_drawing(part) == open_drawing(whole)[:2]
    assert part["total"] == whole["total"] == len(whole["incidents"]) <= MOST_DRAWN
    assert whole["names"]["TUR"] == "Türkiye"


def test_the_page_names_areas_without_a_shape_and_unknown_places(client: TestClient) -> None:
    page = parse_page(client.get("/map").text)
    unshaped = read_words(page.xpath("//section[@aria-labelledby='h-unshaped']")[0])
    assert "Orle district somewhere in this district, XKX" in unshaped
    assert "no claim says where" in read_words(page.xpath("//section[@aria-labelledby='h-unplaced']")[0])
    land = read_words(page.xpath("//*[@class='card-body where']/details")[0])
    assert land.startswith("Kosovo XKX 2")


def test_chips_and_range_keep_the_rest_of_the_filter(client: TestClient) -> None:
    page = parse_page(client.get("/map?type=ASSAULT&last=7d").text)
    chips = page.xpath("//*[@id='results']//nav/a")
    assert [chip.text for chip in chips] == ["1 h", "6 h", "24 h", "3 days", "7 days", "30 days", "90 days", "All"]
    assert [chip.text for chip in chips if chip.get("aria-current")] == ["7 days"]
    assert all("type=ASSAULT" in chip.get("href") for chip in chips)
    hidden = page.xpath("//details[@class='range']//input[@type='hidden']")
    assert {i.get("name"): i.get("value") for i in hidden} == {"type": "ASSAULT"}
    assert all("type=ASSAULT" in address for address in page.xpath("//a[@download]/@href"))
    ranged = parse_page(client.get("/map?since=2026-03-12&until=2026-03-13").text)
    assert ranged.xpath("//details[@class='range']/@open")
    assert ranged.xpath("//*[@id='r-since']/@value") == ["2026-03-12"]
    assert not ranged.xpath("//*[@id='results']//nav/a[@aria-current]")


def test_a_drawing_that_still_holds_is_not_sent_again(client: TestClient, world: World) -> None:
    first = client.get("/api/map?type=ASSAULT")
    tag = {"if-none-match": first.headers["etag"]}
    again = client.get("/api/map?type=ASSAULT", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/map", headers=tag).status_code == 200, "another filter is another drawing"
    assert client.get("/api/map?type=ASSAULT&limit=1", headers=tag).status_code == 200
    world.desk.store.save_derivation(Derivation())
    later = client.get("/api/map?type=ASSAULT", headers=tag)
    assert later.status_code == 200
    assert later.json() == first.json()


def test_whoever_opens_the_map_next_waits_for_no_store(
    client: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    read = type(world.desk.store).sketches

    def sketches(store: Any, wanted: Filter) -> Any:
        asked.append(wanted)
        return read(store, wanted)

    monkeypatch.setattr(type(world.desk.store), "sketches", sketches)
    world.desk.store.save_derivation(Derivation())
    first = client.get("/api/map?type=ASSAULT")
    again = client.get("/api/map?type=ASSAULT")
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert len(asked) == 1
    world.desk.store.save_derivation(Derivation())
    client.get("/api/map?type=ASSAULT")
    client.get("/api/map?reliability=B")
    client.get("/api/map?reliability=B")
    assert len(asked) == 4, "a new derivation, and what has no tag, are drawn anew"


def test_a_few_answers_are_kept_those_asked_for_last() -> None:
    answers = Answers(most=2)
    for tag in ("a", "b"):
        answers.keep(tag, tag.encode())
    assert answers.find("a") == b"a"
    answers.keep("c", b"c")
    assert [answers.find(tag) for tag in ("a", "b", "c", None)] == [b"a", None, b"c", None]
    answers.keep(None, b"x")
    assert answers.find(None) is None


def test_a_map_asks_for_shapes_of_its_own_only_where_there_are_any(client: TestClient, world: World) -> None:
    box = parse_page(client.get("/map").text).get_element_by_id("map")
    held = client.get("/api/shapes.geojson").json()["features"]
    assert (box.get("data-own-shapes") is not None) == bool(held)
    preloaded = parse_page(client.get("/map").text).xpath("//link[@rel='preload']/@href")
    asked_for = [box.get(name) for name in ("data-incidents", "data-world", "data-countries", "data-own-shapes")]
    assert preloaded == [address for address in asked_for if address]


def test_a_drawing_narrowed_by_grade_has_no_tag(client: TestClient) -> None:
    """A grade changes without a derivation."""
    assert "etag" not in client.get("/api/map?reliability=B").headers
