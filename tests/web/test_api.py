"""The API: its shapes, its errors, and that it says what the pages say."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from tests.web.checking import parse_page
from tests.web.worlds import World, make_client
from tocsin.desk import Desk
from tocsin.desk.exporting import FORMS
from tocsin.web.api import lists, singles

QUERIES = [
    "",
    "type=ASSAULT",
    "with_background=1",
    "certainty=hedged",
    "modality=negated",
    "country=XKX",
    "actor=police",
    "query=tear",
    "place_id=overlay:orle-district",
    "last=24h",
    "since=2026-03-12",
    "until=2026-03-01",
    "type=ASSAULT&last=7d&query=police",
    "country=AFG",
]


def list_ids(page: str, kind: str) -> list[str]:
    return [a.rsplit("/", 1)[1] for a in parse_page(page).xpath("//a[@class='row-link']/@href") if f"/{kind}/" in a]


@pytest.mark.parametrize("query", QUERIES)
def test_page_api_and_export_show_the_same_incidents(client: TestClient, query: str) -> None:
    page = client.get(f"/incidents?{query}").text
    shown = list_ids(page, "incidents")
    answer = client.get(f"/api/incidents?{query}").json()
    assert [i["id"] for i in answer["incidents"]] == shown
    assert answer["total"] == len(shown)
    table = list(csv.DictReader(io.StringIO(client.get(f"/api/incidents.csv?{query}").text)))
    assert [row["id"] for row in table] == shown
    assert [f["id"] for f in client.get(f"/api/incidents.geojson?{query}").json()["features"]] == shown


@pytest.mark.parametrize("query", [q for q in QUERIES if "last" not in q])
def test_page_api_and_export_show_the_same_articles(client: TestClient, query: str) -> None:
    shown = list_ids(client.get(f"/articles?{query}").text, "articles")
    assert [a["id"] for a in client.get(f"/api/articles?{query}").json()["articles"]] == shown
    table = csv.DictReader(io.StringIO(client.get(f"/api/articles.csv?{query}").text))
    assert [row["id"] for row in table] == shown


@pytest.mark.parametrize("page", ["/incidents?type=ASSAULT", "/articles?query=shot", "/claims?type=ASSAULT", "/map"])
@pytest.mark.parametrize("tlp", ["TLP:AMBER", "TLP:GREEN"])
def test_where_names_are_left_out_a_person_may_decide_otherwise_beside_each_export(
    world: World, page: str, tlp: str
) -> None:
    desk = world.desk
    public = Desk(
        desk.store, desk._make_knowledge, desk._make_fetcher, settings=replace(desk.settings, tlp=tlp), clock=desk.clock
    )
    with make_client(public) as client:
        links = [str(link) for link in parse_page(client.get(page).text).xpath("//a[@download]/@href")]
        plain = [link for link in links if "precise=1" not in link]
        kept = [link for link in links if link not in plain]
        assert plain
        joined = [f"{link}{'&' if '?' in link else '?'}precise=1" for link in plain]
        assert kept == (joined if tlp == "TLP:GREEN" else [])
        assert all(client.get(link).status_code == 200 for link in kept[:3])


def test_the_pages_own_export_links_carry_its_filter(client: TestClient) -> None:
    page = parse_page(client.get("/incidents?type=ASSAULT&last=7d&actor=police").text)
    links = page.xpath("//a[@download]/@href")
    forms = {f"{what}.{form}" for what, names in FORMS.items() for form in names if what in ("incidents", "claims")}
    assert {link.split("?")[0].rsplit("/", 1)[1] for link in links} == forms
    # the window is pinned to times: the file holds what the page shows, whenever it is fetched
    assert len({link.split("?")[1] for link in links}) == 1
    kept = dict(parse_qsl(links[0].split("?")[1]))
    assert kept.pop("reported_since").startswith("2026-")
    assert kept == {"type": "ASSAULT", "actor": "police"}
    shown = list_ids(client.get("/incidents?type=ASSAULT&last=7d&actor=police").text, "incidents")
    assert shown
    (as_csv,) = [link for link in links if "/incidents.csv" in link]
    table = csv.DictReader(io.StringIO(client.get(as_csv).text))
    assert [row["id"] for row in table] == shown
    (on_map,) = [a for a in page.xpath("//a/@href") if a.startswith("/map?")]
    assert on_map.endswith("type=ASSAULT&actor=police&last=7d")


def test_pages_of_a_list_follow_one_another(client: TestClient, world: World) -> None:
    seen: list[str] = []
    address = "/incidents?limit=2&with_background=1"
    while address:
        page = parse_page(client.get(address).text)
        seen += [a.rsplit("/", 1)[1] for a in page.xpath("//a[@class='row-link']/@href")]
        following = page.xpath("//a[@rel='next']/@href")
        if following:
            back = parse_page(client.get(following[0]).text).xpath("//a[@rel='prev']/@href")
            assert len(back) == 1
        address = following[0] if following else ""
    assert len(seen) == len(set(seen)) == len(world.incidents)
    rows = csv.DictReader(io.StringIO(client.get("/api/incidents.csv?with_background=1&limit=2").text))
    assert [r["id"] for r in rows] == seen[:2]


def test_an_export_is_a_file_to_keep(client: TestClient) -> None:
    for name, kind in (
        ("incidents.csv", "text/csv"),
        ("claims.csv", "text/csv"),
        ("articles.csv", "text/csv"),
        ("tensions.csv", "text/csv"),
        ("alerts.csv", "text/csv"),
        ("incidents.geojson", "application/geo+json"),
        ("claims.geojson", "application/geo+json"),
    ):
        answer = client.get(f"/api/{name}")
        assert answer.status_code == 200, name
        assert answer.headers["content-disposition"] == f'attachment; filename="tocsin-{name}"'
        assert answer.headers["content-type"].startswith(kind)
        assert "EXERCISE" in answer.text or name in ("tensions.csv", "alerts.csv"), name


def test_answers_have_the_shapes_that_the_reference_gives(client: TestClient, world: World) -> None:
    """Every GET of the reference, held to its own response model."""
    parts = {
        "{article_id}": world.articles["radio"].id,
        "{incident_id}": world.incidents["clash"].id,
        "{alert_id}": world.alert.id,
        "{gazetteer_id}": "overlay:orle-bridge",
    }
    checked = 0
    for route in [*lists.router.routes, *singles.router.routes]:
        if route.response_model is None:  # type: ignore[attr-defined]
            continue  # a file, not a record
        path = route.path  # type: ignore[attr-defined]
        for name, value in parts.items():
            path = path.replace(name, value)
        answer = client.get(path)
        assert answer.status_code == 200, path
        TypeAdapter(route.response_model).validate_json(answer.content)  # type: ignore[attr-defined]
        checked += 1
    assert checked >= 16


def test_claims_come_in_the_codebooks_fields(client: TestClient, world: World) -> None:
    claims: list[dict[str, Any]] = client.get("/api/claims?type=ASSAULT&certainty=hedged").json()["claims"]
    (claim,) = claims
    assert claim["id"] == world.claims["gas"].id
    assert claim["incident"] == world.incidents["clash"].id
    assert claim["attribution"] == [{"speaker": "local media", "kind": "media", "cue": "said"}]
    assert claim["date"] == {"start": "2026-03-12", "end": "2026-03-12", "precision": "day"}
    text = client.get(f"/api/articles/{claim['article']}").json()["article"]["text"]
    evidence = claim["evidence"]
    assert text[evidence["start"] : evidence["end"]] == evidence["text"]


def test_an_article_names_what_it_copies(client: TestClient, world: World) -> None:
    assert client.get(f"/api/articles/{world.articles['copy'].id}").json()["copy_of"] == world.articles["radio"].id
    assert client.get(f"/api/articles/{world.articles['radio'].id}").json()["copy_of"] is None


def test_errors_are_objects(client: TestClient) -> None:
    for path, status, which in (
        ("/api/incidents/inc_x", 404, "inc_x"),
        ("/api/articles/art_x", 404, "art_x"),
        ("/api/alerts/alt_x", 404, "alt_x"),
        ("/api/nothing", 404, "/api/nothing"),
        ("/api/incidents?type=WAR", 422, "WAR"),
        ("/api/alerts?state=loud", 422, "loud"),
        ("/api/incidents.csv?since=x", 422, "x"),
    ):
        answer = client.get(path)
        assert answer.status_code == status, path
        assert answer.json()["which"] == which
        assert answer.json()["why"]
    answer = client.delete("/api/incidents")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


def test_alerts_by_state(client: TestClient) -> None:
    assert len(client.get("/api/alerts?state=firing").json()["alerts"]) == 1
    assert client.get("/api/alerts?state=resolved").json()["alerts"] == []


def test_health_is_degraded_by_a_failing_feed(client: TestClient) -> None:
    health = client.get("/api/health").json()
    assert health["status"] == "degraded"
    assert health["feeds"] == {"unconfirmed": 1, "waiting": 0, "fresh": 0, "late": 0, "failing": 1, "off": 0}
    assert not health["is_watching"]


def test_the_reference_names_every_operation(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    page = client.get("/api/docs").text
    for path, methods in document["paths"].items():
        assert path.startswith("/api/")
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in page
            assert operation["summary"]
            assert len(operation["description"]) > 10, path
    for name in document["components"]["schemas"]:
        if "properties" in document["components"]["schemas"][name]:
            assert f'id="shape-{name}"' in page
    assert "HTTPValidationError" not in json.dumps(document["components"]["schemas"])
    filters = {p["name"]: p for p in document["paths"]["/api/incidents"]["get"]["parameters"]}
    assert "ASSAULT" in filters["type"]["schema"]["enum"]
    assert all(p["description"] for p in filters.values())
