"""Incidents added to a draft from the inbox and from their own page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.report.test_page import draft, press, read, send
from tests.web.checking import find_faults, parse_page
from tests.web.worlds import World, fill, make_client, open_empty
from tocsin.records import Filter
from tocsin.reporting.kept import open_report

QUIET = {"from": "2026-01-01", "to": "2026-01-07"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_empty(tmp_path) as desk:
        yield fill(desk)


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with make_client(world.desk) as made:
        made.get("/reports")
        yield made


def test_from_the_incidents_page(world: World, client: TestClient) -> None:
    home, clash = draft(client, **QUIET), world.incidents["clash"]
    page = read(client, f"/incidents/{clash.id}")
    (address,) = page.xpath("//a[@data-shortcut='r']/@href")
    assert list(find_faults(client.get(address).text)) == []
    answer = press(client, parse_page(client.get(address).text), "/reports/add")
    assert answer.headers["location"].startswith(f"{home}?notice=report-added#s-incidents/added/")
    (first, *_) = open_report(world.desk, home.rsplit("/", 1)[-1]).edits
    assert (first.kind, first.made_by, first.cites[0]) == ("added", "desk", clash.id)
    again = press(client, parse_page(client.get(address).text), "/reports/add")
    assert again.headers["location"] == f"{home}?notice=report-told"


def test_from_the_inbox_the_ticked_ones(world: World, client: TestClient) -> None:
    home = draft(client, **QUIET)
    real = [i.id for i in world.desk.store.incidents(Filter(limit=0)) if not i.is_exercise][:2]
    page = send(client, "/inbox/report", incident=[f"{id_}:" for id_ in real])
    assert page.status_code == 200
    assert all(id_ in page.text for id_ in real)
    added = send(client, "/reports/add", report=home.rsplit("/", 1)[-1], incident=real)
    assert added.status_code == 303
    assert {c for e in open_report(world.desk, home.rsplit("/", 1)[-1]).edits for c in e.cites} >= set(real)
    assert send(client, "/inbox/report").status_code == 422, "none is ticked"


def test_only_drafts_of_the_same_kind_are_offered(world: World, client: TestClient) -> None:
    address = f"/reports/add?incident={world.incidents['clash'].id}"
    assert "No draft to add to" in client.get(address).text
    home = draft(client, **QUIET)
    assert home.rsplit("/", 1)[-1] in client.get(address).text
    assert press(client, read(client, home), "/finalize").status_code == 303
    assert "No draft to add to" in client.get(address).text
    drill = next(i for i in world.desk.store.incidents(Filter(limit=0, with_background=True)) if i.is_exercise)
    assert "never stand in one report" in client.get(f"{address}&incident={drill.id}").text


def test_bad_input(world: World, client: TestClient) -> None:
    clash = world.incidents["clash"].id
    assert client.get("/reports/add").status_code == 422
    assert client.get("/reports/add?incident=inc_none").status_code == 404
    assert send(client, "/reports/add", incident=clash).status_code == 422, "no draft is chosen"
    assert send(client, "/reports/add", incident=clash, report="rep_none").status_code == 404
