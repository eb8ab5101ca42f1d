"""The desk's gazetteer: what is wished for, fetched, laid on top, and told of."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.places.dumping import make_line, write_table
from tocsin.desk.gazetteers import (
    Wish,
    add_layer,
    build_gazetteer,
    describe_gazetteer,
    load_own_places,
    load_own_shapes,
    open_desk_gazetteer,
)
from tocsin.desk.layers import remove_layer
from tocsin.desk.opening import load_knowledge
from tocsin.errors import FetchError, KnowledgeError
from tocsin.intake.downloading import Downloader
from tocsin.places.gazetteer import BUILT_NAME
from tocsin.settings import Settings, load_settings

WORLD = (make_line(1, "Orle", people=900), make_line(2, "Stone Bridge", **{"class": "S", "code": "BDG"}))
LAYER = (
    "id,name,alternate_names,precision,country,lat,lon,parent,population,feature\nc1,Oak,,site,XKX,42.9,20.8,,,camp\n"
)


@pytest.fixture
def geonames(tmp_path: Path) -> Iterator[tuple[Settings, Downloader, dict[str, bytes], list[str]]]:
    """A TLS server with GeoNames' files: settings that lead to it, a downloader, the files by path, what was asked."""
    files: dict[str, bytes] = {}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = files.get(self.path.removeprefix("/dump/"))
            self.send_response(200 if body is not None else 404)
            self.send_header("ETag", '"1"')
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("dumps.example").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    address = f"https://dumps.example:{server.server_port}/dump"
    settings = Settings(home=tmp_path, fetch_private=True, gazetteer_address=address)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    yield settings, Downloader(settings, resolver=lambda *_: ["127.0.0.1"], ssl_context=trusting), files, asked
    server.shutdown()
    thread.join()
    server.server_close()


def pack(folder: Path, name: str, *lines: str) -> bytes:
    return write_table(folder / name, *lines).read_bytes()


def test_a_world_is_fetched_checked_built_and_told_of(
    geonames: tuple[Settings, Downloader, dict[str, bytes], list[str]], tmp_path: Path
) -> None:
    settings, downloader, files, asked = geonames
    made = tmp_path / "made"
    made.mkdir()
    files["allCountries.zip"] = pack(made, "allCountries.zip", *WORLD)
    files["alternateNamesV2.zip"] = pack(made, "alternateNamesV2.zip", "1\t1\tde\tOrlen\t\t\t\t\t\t")
    files["hierarchy.zip"] = pack(made, "hierarchy.zip", "1\t2\tADM")
    files["admin1CodesASCII.txt"] = b"XK.30\tMarch\tMarch\t7\n"
    files["admin2Codes.txt"] = b"XK.30.1\tMarch\tMarch\t8\n"
    files["countryInfo.txt"] = b"#ISO\n"
    steps: list[str] = []
    home = tmp_path / "home"
    wish = Wish("world", downloads=True)
    build_gazetteer(settings, home, wish, lambda what, *_: steps.append(what), downloader=downloader)
    status = describe_gazetteer(settings, home)
    assert (status["profile"], status["missing"]) == ("world", [])
    assert status["inputs"]["allCountries.zip"]["etag"] == '"1"'
    assert len(status["inputs"]["hierarchy.zip"]["sha256"]) == 64
    assert status["counts"]["feature"]["bridge"] >= 1
    assert {"downloading allCountries.zip", "checking allCountries.zip", "sorting names"} <= set(steps)
    gazetteer = open_desk_gazetteer(settings, home)
    assert "geonames:1" in {row.id for row in gazetteer.find("Orlen")}
    assert gazetteer.within("geonames:2")[0] == "geonames:1"
    gazetteer.close()
    # What was fetched lies there for the next time, and serves without the network.
    asked.clear()
    build_gazetteer(settings, home, Wish("world"), downloader=downloader)
    assert asked == []
    # The bundled one takes its place again.
    build_gazetteer(settings, home, Wish("bundled"))
    assert not (home / BUILT_NAME).exists()
    bundled = describe_gazetteer(settings, home)
    assert bundled["profile"] == "bundled"
    assert bundled["missing"][0]["remedy"] == "tocsin gazetteer build --country XX --download"


def test_a_download_that_is_damaged_is_not_kept(
    geonames: tuple[Settings, Downloader, dict[str, bytes], list[str]], tmp_path: Path
) -> None:
    settings, downloader, files, asked = geonames
    whole = pack(tmp_path, "XK.zip", *WORLD)
    files["XK.zip"] = whole[:-20]
    with pytest.raises(KnowledgeError, match=r"XK\.zip.*cut short or damaged"):
        build_gazetteer(settings, tmp_path, Wish(countries=("XKX",), downloads=True), downloader=downloader)
    assert list((tmp_path / "geonames").glob("*.zip")) == []
    with pytest.raises(FetchError, match="status 404"):
        build_gazetteer(settings, tmp_path, Wish(countries=("NO",), downloads=True), downloader=downloader)
    assert asked == ["/dump/XK.zip", "/dump/NO.zip"]
    assert not (tmp_path / BUILT_NAME).exists()


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Wish("moon"), "must be one of bundled, country, world"),
        (Wish("bundled", countries=("XK",)), "comes with Tocsin"),
        (Wish("world", countries=("XK",)), "takes all countries"),
        (Wish("country", downloads=True), "needs --country"),
        (Wish(downloads=True), "say what to download"),
        (Wish(countries=("Kosovo",)), "such as XK or XKX"),
        (Wish("world"), "--from FOLDER, or say --download"),
        (Wish(given=(Path("gone.zip"),)), "is not there"),
    ],
)
def test_a_wish_that_cannot_be_met_says_what_is_wanted(tmp_path: Path, wish: Wish, why: str) -> None:
    with pytest.raises(KnowledgeError, match=why):
        build_gazetteer(Settings(), tmp_path, wish)


def test_a_profile_needs_its_table(tmp_path: Path) -> None:
    country, world = tmp_path / "country", tmp_path / "world"
    country.mkdir()
    world.mkdir()
    write_table(country / "XK.txt", *WORLD)
    write_table(world / "allCountries.txt", *WORLD)
    with pytest.raises(KnowledgeError, match=r"needs allCountries\.zip; there is XK\.txt"):
        build_gazetteer(Settings(), tmp_path, Wish("world", (country,)))
    with pytest.raises(KnowledgeError, match="needs --country XX, since"):
        build_gazetteer(Settings(), tmp_path, Wish("country", (world,)))


def test_layers_lie_on_top_of_the_desk_and_not_of_the_exercise(knowledge_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for built in knowledge_home.glob("places-*.sqlite"):
        (home / built.name).write_bytes(built.read_bytes())
    (tmp_path / "own.csv").write_text(LAYER)
    target, layer = add_layer(Settings(), home, tmp_path / "own.csv")
    assert target == home / "places" / "own.csv"
    assert [row.id for row in layer.rows] == ["c1"]
    with pytest.raises(KnowledgeError, match="--replace"):
        add_layer(Settings(), home, tmp_path / "own.csv")
    add_layer(Settings(), home, tmp_path / "own.csv", replace=True)
    named = tmp_path / "named.geojson"
    named.write_text(json.dumps({
        "type": "Feature", "id": "r1", "properties": {"name": "Route Pine", "parent": "gone"},
        "geometry": {"type": "LineString", "coordinates": [[20, 42], [21, 42]]},
    }))  # fmt: skip
    settings = load_settings({"TOCSIN_PLACE_LAYERS": str(named)})
    assert [row.id for row in load_own_places(settings, home)] == ["r1", "c1"]
    status = describe_gazetteer(settings, home)
    assert [entry["places"] for entry in status["layers"]] == [1, 1]
    assert status["extra"] == 2
    assert load_knowledge(settings, home).gazetteer.find("oak")[0].id == "c1"
    assert load_knowledge(settings, home, is_exercise=True).gazetteer.row("c1") is None


def test_a_layer_is_removed_by_its_name_from_the_desks_folder_alone(knowledge_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "places").mkdir(parents=True)
    for built in knowledge_home.glob("places-*.sqlite"):
        (home / built.name).write_bytes(built.read_bytes())
    for name in ("own.csv", "own.geojson", "bad.csv"):
        (home / "places" / name).write_text(LAYER)
    named = tmp_path / "named.csv"
    named.write_text(LAYER)
    settings = replace(Settings(), place_layers=(named,))
    with pytest.raises(KnowledgeError, match="is named in the setting place_layers"):
        remove_layer(settings, home, "named")
    with pytest.raises(KnowledgeError, match=r"is one of own\.csv, own\.geojson: give its ending"):
        remove_layer(settings, home, "own")
    with pytest.raises(KnowledgeError, match="is not in"):
        remove_layer(settings, home, "../../named.csv/..")
    # the others cannot be laid on one another: that keeps none from being taken out
    assert remove_layer(settings, home, "own.geojson") == (home / "places" / "own.geojson", ())
    assert remove_layer(settings, home, "bad")[0] == home / "places" / "bad.csv"
    assert (named.exists(), [path.name for path in (home / "places").iterdir()]) == (True, ["own.csv"])


def test_a_layer_that_clashes_with_another_is_not_added(knowledge_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "places").mkdir(parents=True)
    (home / "places" / "first.csv").write_text(LAYER)
    (tmp_path / "second.csv").write_text(LAYER)
    with pytest.raises(KnowledgeError, match=r"second\.csv, line 2.*already taken in .*first\.csv, line 2"):
        add_layer(Settings(), home, tmp_path / "second.csv")
    with pytest.raises(KnowledgeError, match=r"gone\.csv"):
        load_own_places(replace(Settings(), place_layers=(tmp_path / "gone.csv",)), home)


SECTOR: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "Sector North", "precision": "district", "country": "XKX"},
            "geometry": {"type": "Polygon", "coordinates": [[[20, 42], [21, 42], [21, 43], [20, 42]]]},
        },
        {
            "type": "Feature",
            "properties": {"name": "Gate 1", "country": "XKX"},
            "geometry": {"type": "Point", "coordinates": [20.5, 42.5]},
        },
    ],
}


def test_areas_of_a_layer_keep_their_shapes(tmp_path: Path) -> None:
    path = tmp_path / "sectors.geojson"
    path.write_text(json.dumps(SECTOR), "utf-8")
    (feature,) = load_own_shapes([path])
    assert feature["id"] == "layer:sectors:sector-north"
    assert feature["geometry"] == SECTOR["features"][0]["geometry"]
    assert (feature["properties"]["name"], feature["properties"]["kind"]) == ("Sector North", "district")
