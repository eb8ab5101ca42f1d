"""A street map is used whole or refused by name."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiles import write_street_map
from tocsin.desk.streets import StreetsError, read_streets
from tocsin.service.doctor import Finding, _look_at_streets
from tocsin.settings import Settings, load_settings

STREETS = {"Coast road": [(-126.5, -47.5), (-125.4, -47.6)], "Mill Lane": [(-125.72, -47.54), (-125.70, -47.55)]}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return write_street_map(tmp_path / "isle.pmtiles", STREETS)


def test_a_file_says_what_it_holds(made: Path) -> None:
    streets = read_streets(made)
    assert (streets.kind, streets.least, streets.most, streets.layers) == ("vector", 8, 8, ("roads",))
    assert streets.bounds == (-127.5, -48.6, -124.4, -46.5)
    assert streets.attribution == "Streets of Maravane, invented © the tests"


def test_its_address_changes_with_the_file(made: Path) -> None:
    before = read_streets(made).version
    write_street_map(made, STREETS, zoom=7)
    assert read_streets(made).version != before


def test_a_file_without_an_attribution_says_so(tmp_path: Path) -> None:
    path = write_street_map(tmp_path / "x.pmtiles", STREETS, attribution=None)
    assert read_streets(path).attribution is None
    (finding,) = _look_at_streets(Settings(tiles=path))
    assert (finding.state, finding.remedy is not None) == ("missing", True)


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ({"version": 2}, "is PMTiles version 2: convert it to version 3"),
        ({"outer": 3}, "is packed in Brotli: browsers unpack gzip"),
        ({"inner": 4}, "is packed in Zstandard"),
        ({"tile_kind": 6}, "holds MapLibre tiles: the map draws vector tiles, PNG, JPEG and WebP"),
        ({"tile_kind": 77}, "holds tiles of kind 77"),
        ({"most": 3}, "has bounds or zoom levels out of range"),
        ({"inner": 1}, "has a broken description"),
    ],
)
def test_what_the_map_cannot_draw_is_refused_with_the_reason(tmp_path: Path, head: dict[str, Any], why: str) -> None:
    path = write_street_map(tmp_path / "x.pmtiles", STREETS, **head)
    with pytest.raises(StreetsError, match=why) as caught:
        read_streets(path)
    assert str(path) in str(caught.value)


def test_missing_foreign_and_cut_files_are_told_apart(tmp_path: Path, made: Path) -> None:
    whole = made.read_bytes()
    for body, why in (
        (b"", "does not begin with PMTiles"),
        (b"SQLite format 3\0" + bytes(200), "is an SQLite file, as MBTiles are"),
        (whole[:100], "does not begin with PMTiles"),
        (whole[:-1], f"is cut short: {len(whole)} bytes were promised, {len(whole) - 1} are there"),
    ):
        made.write_bytes(body)
        with pytest.raises(StreetsError, match=why):
            read_streets(made)
    with pytest.raises(StreetsError, match="cannot be read \\(No such file"):
        read_streets(tmp_path / "none.pmtiles")
    with pytest.raises(StreetsError, match="is a folder"):
        read_streets(tmp_path)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_bytes_whatever_do_more_than_be_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.pmtiles"
    body = bytearray(write_street_map(path, STREETS).read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=12)):
        body[at] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(body[: data.draw(st.integers(0, len(body)))]))
    with suppress(StreetsError):
        assert read_streets(path).kind in ("vector", "raster")


def test_the_doctor_looks_at_the_file_only_where_one_is_set(made: Path, tmp_path: Path) -> None:
    assert list(_look_at_streets(Settings())) == []
    (sound,) = _look_at_streets(Settings(tiles=made))
    assert (sound.what, sound.state) == ("street map", "ok")
    assert "Streets of Maravane" in sound.found
    (broken,) = _look_at_streets(Settings(tiles=tmp_path / "none"))
    assert isinstance(broken, Finding)
    assert broken.state == "broken"
    assert "TOCSIN_TILES" in str(broken.remedy)


def test_the_setting_is_a_path() -> None:
    assert load_settings({"TOCSIN_TILES": "~/isle.pmtiles"}).tiles == Path("~/isle.pmtiles").expanduser()
