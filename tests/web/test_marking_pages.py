"""Marks on pages: put on by hand with an article, shown, loosened by editors alone, and kept to by exports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.checking import find_faults
from tests.web.worlds import World, fill, make_client, open_empty
from tocsin.desk.marking import mark_record
from tocsin.records import Article, Findings
from tocsin.web.guards import TOKEN_COOKIE


class EmptyReader:
    """Reads everything and finds nothing: these tests are about who may read it."""

    version = "none/0"

    def read_article(self, article: Article) -> Findings:
        return Findings()


@pytest.fixture
def world(tmp_path: Path, get_knowledge: Any) -> Iterator[World]:
    def without_reader(is_exercise: bool) -> Any:
        return replace(get_knowledge(is_exercise), reader=EmptyReader())

    with open_empty(tmp_path, knowledge=without_reader) as desk:
        yield fill(desk)


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with make_client(world.desk) as made:
        made.get("/take")
        yield made


def send(client: TestClient, address: str, **fields: Any) -> Any:
    return client.post(address, data={"token": client.cookies[TOKEN_COOKIE]} | fields, follow_redirects=False)


def test_a_pasted_report_bears_the_mark_that_was_chosen(world: World, client: TestClient) -> None:
    answer = send(client, "/take", text="EXERCISE. A note by hand of the Orle office.", tlp="TLP:RED")
    home = answer.headers["location"]
    assert 'title="marked by desk">TLP:RED' in client.get(home).text
    assert list(find_faults(client.get(home).text)) == []
    unmarked = send(client, "/take", text="EXERCISE. Another note by hand of the Orle office.").headers["location"]
    assert world.desk.store.marking_history(unmarked.rsplit("/", 1)[-1]) == []
    assert send(client, "/take", text="Third.", tlp="secret").status_code == 422


def test_a_mark_is_changed_on_the_page_with_who_and_why(world: World, client: TestClient) -> None:
    article = world.articles["radio"]
    home = f"/articles/{article.id}"
    for tlp, why in (("TLP:AMBER+STRICT", "asked by <the> sender"), ("", "free now")):
        assert send(client, f"{home}/marking", tlp=tlp, why=why).status_code == 303
    text = client.get(home).text
    assert "asked by &lt;the&gt; sender" in text
    assert "free now" in text
    assert [m.tlp for m in world.desk.store.marking_history(article.id)] == [None, "TLP:AMBER+STRICT"]
    assert send(client, "/articles/art_none/marking", tlp="TLP:RED").status_code == 404
    assert send(client, f"{home}/marking", tlp="TLP:PINK").status_code == 422


def test_an_outlets_mark_shows_on_its_articles_and_incidents(world: World, client: TestClient) -> None:
    article = world.articles["radio"]
    assert article.outlet_id
    assert send(client, f"/outlets/{article.outlet_id}/marking", tlp="TLP:RED").status_code == 303
    assert "its outlet is marked TLP:RED" in client.get(f"/articles/{article.id}").text
    for address in (f"/outlets/{article.outlet_id}", "/outlets", f"/incidents/{world.incidents['clash'].id}"):
        assert "TLP:RED</span>" in client.get(address).text, address


@pytest.mark.parametrize("what", ["incidents.csv", "claims.csv", "articles.csv", "incidents.geojson", "incidents.stix"])
def test_an_export_that_holds_anything_marked_is_refused_laxer(world: World, client: TestClient, what: str) -> None:
    assert client.get(f"/api/{what}").status_code == 200
    mark_record(world.desk.store, world.desk.clock, world.articles["radio"].id, "TLP:RED", who="ben")
    refused = client.get(f"/api/{what}")
    assert refused.status_code == 422
    assert f"article {world.articles['radio'].id}" in refused.json()["why"]
    assert client.get(f"/api/{what}", params={"tlp": "TLP:RED"}).status_code == 200
    assert client.get(f"/api/{what}", params={"tlp": "TLP:AMBER+STRICT"}).status_code == 422


def test_an_export_without_what_is_marked_goes_on(world: World, client: TestClient) -> None:
    mark_record(world.desk.store, world.desk.clock, world.articles["radio"].id, "TLP:RED", who="ben")
    assert client.get("/api/incidents.csv", params={"query": "zzzz"}).status_code == 200
    assert client.get("/api/actors.csv").status_code == 422
    assert client.get("/api/actors.csv", params={"tlp": "TLP:RED"}).status_code == 200


def test_an_export_is_never_laxer_than_the_desk_is_set(client: TestClient) -> None:
    answer = client.get("/api/incidents.csv", params={"tlp": "TLP:CLEAR"})
    assert answer.status_code == 422
    assert "as the desk is set" in answer.json()["why"]
    strict = client.get("/api/incidents.csv", params={"tlp": "TLP:RED"}).text
    assert "TLP:RED" in strict
    assert "TLP:AMBER" not in strict


def test_a_draft_marked_too_laxly_comes_back_filled_in(world: World, client: TestClient) -> None:
    mark_record(world.desk.store, world.desk.clock, world.articles["radio"].id, "TLP:RED", who="ben")
    asked = {"from": "2026-03-08", "to": "2026-03-14", "only": "real", "title": "Morning", "tlp": "TLP:GREEN"}
    asked["laxer_because"] = "for the press"
    answer = send(client, "/reports", **asked)
    assert answer.status_code == 422
    assert "must be TLP:RED or stricter" in answer.text
    assert 'value="Morning"' in answer.text
    assert world.desk.store.reports() == []


def test_programs_mark_as_pages_do(world: World, client: TestClient) -> None:
    article = next(one.id for one in world.articles.values())
    outlet = next(one.id for one in world.desk.store.outlets())
    told = client.post(f"/api/articles/{article}/marking", json={"tlp": "TLP:RED", "reason": "EXERCISE, by hand"})
    assert (told.status_code, told.json()["tlp"], told.json()["reason"]) == (200, "TLP:RED", "EXERCISE, by hand")
    assert client.post(f"/api/outlets/{outlet}/marking", json={"tlp": "TLP:AMBER"}).json()["marked_id"] == outlet
    held = world.desk.store.markings([article, outlet])
    assert {id_: mark.tlp for id_, mark in held.items()} == {article: "TLP:RED", outlet: "TLP:AMBER"}
    assert client.post(f"/api/articles/{article}/marking", json={"tlp": None}).json()["tlp"] is None
    assert client.post(f"/api/articles/{outlet}/marking", json={"tlp": "TLP:RED"}).status_code == 404
    assert client.post(f"/api/outlets/{article}/marking", json={"tlp": "TLP:RED"}).status_code == 404
    assert client.post(f"/api/articles/{article}/marking", json={"tlp": "TLP:PINK"}).status_code == 422
