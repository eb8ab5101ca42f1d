"""The operator's street map, served a part at a time from this desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.tiles import write_street_map
from tests.web.checking import parse_page
from tests.web.worlds import make_client, open_empty
from tocsin.web.guards import SECURITY_HEADERS

STREETS = {"Coast road": [(-126.5, -47.5), (-125.4, -47.6)]}


@contextmanager
def serve(folder: Path, tiles: Path | None) -> Iterator[TestClient]:
    with open_empty(folder, tiles=tiles) as desk, make_client(desk) as client:
        yield client


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return write_street_map(tmp_path / "isle.pmtiles", STREETS)


def test_a_browser_takes_the_parts_it_asks_for(tmp_path: Path, made: Path) -> None:
    whole = made.read_bytes()
    with serve(tmp_path, made) as client:
        told = client.get("/api/streets").json()
        assert told["state"] == "ok"
        part = client.get(told["address"], headers={"range": "bytes=0-126"})
        assert (part.status_code, part.content) == (206, whole[:127])
        assert part.headers["content-range"] == f"bytes 0-126/{len(whole)}"
        # The first question asks for more than a small file holds.
        assert client.get(told["address"], headers={"range": "bytes=0-16383"}).content == whole
        assert client.get(told["address"], headers={"range": f"bytes={len(whole)}-"}).status_code == 416
        assert client.get(told["address"]).content == whole
        for name, value in SECURITY_HEADERS.items():
            assert part.headers[name] == value


def test_without_a_file_nothing_is_served_and_the_map_does_not_ask(tmp_path: Path, made: Path) -> None:
    with serve(tmp_path, None) as client:
        assert client.get("/api/streets").json()["state"] == "none"
        answer = client.get("/api/streets.pmtiles")
        assert (answer.status_code, answer.json()["why"]) == (404, "no file is set; see the setting TOCSIN_TILES")
        assert not parse_page(client.get("/map").text).xpath("//*[@data-streets]")
    with serve(tmp_path, made) as client:
        page = parse_page(client.get("/map").text)
        assert not page.xpath("//*[@id='map']") or page.xpath("//*[@id='map']/@data-streets") == ["/api/streets"]


@pytest.mark.parametrize("body", [None, b"PMTiles", b"not a map"])
def test_a_missing_or_broken_file_is_told_and_never_served(tmp_path: Path, body: bytes | None) -> None:
    path = tmp_path / "gone.pmtiles"
    if body is not None:
        path.write_bytes(body)
    with serve(tmp_path, path) as client:
        told = client.get("/api/streets")
        assert (told.status_code, told.json()["state"], told.json()["address"]) == (200, "broken", None)
        assert "gone.pmtiles" in told.json()["problem"]
        assert client.get("/api/streets.pmtiles").status_code >= 400
        assert client.get("/map").status_code == 200


def test_only_the_set_file_is_ever_served(tmp_path: Path, made: Path) -> None:
    (tmp_path / "other.pmtiles").write_bytes(made.read_bytes() + b"other")
    with serve(tmp_path, made) as client:
        asked = client.get("/api/streets.pmtiles?version=../other.pmtiles&path=other.pmtiles")
        assert asked.content == made.read_bytes()
