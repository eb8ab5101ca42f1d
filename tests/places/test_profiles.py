from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.places.dumping import XK, make_line, write_table
from tocsin.errors import KnowledgeError
from tocsin.places import Gazetteer, open_gazetteer, resolve_mentions
from tocsin.places.features import load_features
from tocsin.places.gazetteer import BUILT_NAME
from tocsin.places.geonames import Divisions, PlaceTable
from tocsin.places.mentions import find_mentions
from tocsin.places.profiles import LOST, build_profile, find_files, name_input


def build(tmp_path: Path, *given: Path, **more: object) -> Gazetteer:
    build_profile(tmp_path / "made" / BUILT_NAME, find_files(given), **more)  # type: ignore[arg-type]
    return Gazetteer(tmp_path / "made" / BUILT_NAME)


@pytest.fixture(scope="module")
def kosovo(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    """A country profile from GeoNames' own table of Kosovo."""
    return build(tmp_path_factory.mktemp("kosovo"), XK)


def test_the_places_of_a_real_table_are_found(kosovo: Gazetteer) -> None:
    for number, names in {
        834414: ("Jarinje", "Јариње"),
        792265: ("Brnjak", "Bërnjak"),
        783770: ("Zvečan", "Zvecan"),
    }.items():
        for name in names:
            assert f"geonames:{number}" in {row.id for row in kosovo.find(name)}, name
    station = kosovo.row("geonames:783769")
    assert station is not None
    assert (station.precision, station.feature, station.country) == ("site", "station", "XKX")
    assert (station.lat, station.lon) == (42.91028, 20.84667)
    assert {row.feature for row in kosovo.find("Maja e Ksula e Priftit")} == {"mountain"}


def test_the_overlay_our_countries_and_other_countries_towns_stay(kosovo: Gazetteer) -> None:
    assert kosovo.find("Jarinje crossing")[0].id == "overlay:jarinje-crossing"
    assert kosovo.within("geonames:783770")[-1] == "country:XKX"
    assert (mitrovica := kosovo.row("geonames:789225")) is not None
    assert "Kosovska Mitrovica" in mitrovica.names
    assert (brussels := kosovo.find("Brussels")[0]).country == "BEL"
    assert kosovo.within(brussels.id)[-1] == "country:BEL"
    assert len([row for row in kosovo.find("Kosovo") if row.precision == "country"]) == 1
    assert (capital := kosovo.capital("XKX")) is not None
    assert capital.name == "Pristina"


def test_divisions_keep_their_ids_and_are_found_by_number_too(kosovo: Gazetteer) -> None:
    division = kosovo.row("admin1:XK.30")
    assert division is not None
    assert (division.geonames_id, division.precision) == (831106, "region")
    assert kosovo.row("geonames:831106") == division
    assert kosovo.within("geonames:783769")[:1] == ("admin1:XK.30",)


def test_the_town_is_meant_and_not_the_municipality_that_bears_its_name(kosovo: Gazetteer) -> None:
    text = "Men blocked a road in Podujevo and another near Zubin Potok in Kosovo."
    found = resolve_mentions(find_mentions(text, kosovo), text, kosovo)
    rows = {r.mention.name: r.row for r in found if r.row}
    assert {rows[name].precision for name in ("Podujevo", "Zubin Potok")} == {"settlement"}


def test_a_table_and_its_alternate_names_are_told_apart() -> None:
    names = [name_input(Path(p)) for p in ("/x/XK.zip", "/x/alternatenames/XK.zip")]
    assert names == ["XK.zip", "alternatenames/XK.zip"]


def test_the_file_says_what_it_was_made_from(kosovo: Gazetteer) -> None:
    held = kosovo.contents()
    assert held["profile"] == "country"
    assert held["profile_countries"] == ["XKX"]
    assert held["missing"] == LOST
    assert held["inputs"]["XK.txt"]["bytes"] == XK.stat().st_size
    assert len(held["inputs"]["XK.txt"]["sha256"]) == 64
    assert held["counts"]["feature"]["bridge"] >= 6
    assert held["faults"] == {"count": 0, "first": []}


def test_words_and_beginnings_of_names_are_found(kosovo: Gazetteer) -> None:
    assert "geonames:783769" in {row.id for row in kosovo.search("stanica zve", country="XKX")}
    assert kosovo.search("zvecan")[0].id == "geonames:783770"
    assert kosovo.search("zvecan", country="NOR") == ()
    assert kosovo.search("main bri", country="XKX")[0].id == "overlay:ibar-bridge"
    with pytest.raises(KnowledgeError, match="at least one letter"):
        kosovo.search(" - ")


TABLE = (
    make_line(1, "Halvera", **{"class": "A", "code": "PCLI", "admin1": "00"}),
    make_line(2, "North March", **{"class": "A", "code": "ADM1", "admin1": "01"}),
    make_line(3, "North March (old)", **{"class": "A", "code": "ADM1", "admin1": "01"}),
    make_line(4, "Orle District", **{"class": "A", "code": "ADM2", "admin1": "01", "admin2": "07"}),
    make_line(5, "Orle", names="ORL,orle,Orlé,Ђор", admin1="01", admin2="07", people=900),
    make_line(6, "Old Quarter", code="PPLX", admin1="01", admin2="07"),
    make_line(7, "Stone Bridge", **{"class": "S", "code": "BDG", "admin1": "01"}),
    make_line(8, "Vell", **{"class": "H", "code": "STM", "admin1": "00"}),
)


def test_parents_come_from_the_hierarchy_then_districts_then_provinces(tmp_path: Path) -> None:
    write_table(tmp_path / "allCountries.zip", *TABLE)
    bare = build(tmp_path / "a", tmp_path / "allCountries.zip")
    assert [bare.row(f"geonames:{n}").parent for n in (5, 6, 7, 8)] == [  # type: ignore[union-attr]
        "admin1:XK.01", "admin1:XK.01", "admin1:XK.01", "country:XKX",
    ]  # fmt: skip
    assert bare.row("admin1:XK.01").geonames == 2  # type: ignore[union-attr]
    write_table(tmp_path / "admin1CodesASCII.txt", "XK.01\tNorth March\tNorth March\t3")
    write_table(tmp_path / "admin2Codes.txt", "XK.01.07\tOrle District\tOrle District\t4")
    write_table(tmp_path / "hierarchy.zip", "99\t6\ttourism", "1\t6\t", "5\t6\tADM", "3\t4\tADM", "831053\t3\tADM")
    write_table(tmp_path / "countryInfo.txt", "#ISO\tISO3", "XK\tXKX" + "\t" * 17)
    full = build(tmp_path / "b", tmp_path)
    assert full.row("admin1:XK.01").geonames == 3  # type: ignore[union-attr]
    assert full.within("geonames:6") == ("geonames:5", "geonames:4", "admin1:XK.01", "country:XKX")
    assert full.within("geonames:5") == ("geonames:4", "admin1:XK.01", "country:XKX")
    assert full.contents()["missing"].keys() == {"alternateNamesV2.zip"}


def test_codes_of_airports_and_historical_names_leave_and_other_languages_come(tmp_path: Path) -> None:
    write_table(tmp_path / "allCountries.txt", *TABLE)
    write_table(
        tmp_path / "alternateNamesV2.zip",
        "11\t5\ten\tOrle-on-Vell\t\t\t\t\t\t",
        "12\t5\tlink\thttps://orle.example/\t\t\t\t\t\t",
        "13\t5\tpost\t40000\t\t\t\t\t\t",
        "14\t5\tiata\tORLE\t\t\t\t\t\t",
        "15\t5\tde\tOrlé\t\t\t\t1\t1800\t1918",
        "16\t5\tmk\tЂор\t1\t\t\t\t\t",  # noqa: RUF001
        "17\t999\ten\tNowhere\t\t\t\t\t\t",
    )
    gazetteer = build(tmp_path, tmp_path)
    assert gazetteer.row("geonames:5").names == ("Ђор", "Orle-on-Vell")  # type: ignore[union-attr]
    assert gazetteer.find("Orle-on-Vell")[0].id == "geonames:5"
    assert gazetteer.find("https://orle.example/") == gazetteer.find("Nowhere") == ()
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == [BUILT_NAME]


def test_a_world_profile_takes_its_rows_alone_and_a_country_may_be_cut_out_of_it(tmp_path: Path) -> None:
    write_table(tmp_path / "allCountries.zip", *TABLE, make_line(20, "Brussels", country="BE", admin1="BRU"))
    world = build(tmp_path / "a", tmp_path)
    assert world.contents()["profile"] == "world"
    assert [row.id for row in world.find("Brussels") if row.precision == "settlement"] == ["geonames:20"]
    assert world.find("Springfield") == ()
    table = PlaceTable(Divisions({"XK": "XKX"}, {}), load_features(), skipped=frozenset({5}), only=frozenset({"XK"}))
    ids = {row.id for row in table.read(tmp_path / "allCountries.zip")}
    assert "geonames:6" in ids
    assert not {"geonames:20", "geonames:5"} & ids
    assert table.countries == {"XKX"}
    with pytest.raises(KnowledgeError, match="holds no places of NO"):
        build(tmp_path / "c", tmp_path, countries=["NO"])


def test_a_line_that_cannot_be_read_is_left_out_and_told(tmp_path: Path) -> None:
    odd = (make_line(30, "Far Off", lat="95"), make_line(31, "Nowhere", lon="east"), "32\tx", make_line(33, "Sarn"))
    write_table(tmp_path / "allCountries.txt", *TABLE, *odd)
    gazetteer = build(tmp_path, tmp_path)
    faults = gazetteer.contents()["faults"]
    assert faults["count"] == 3
    assert faults["first"][0] == "allCountries.txt, line 9: has coordinates out of range: 95, 20.25"
    assert gazetteer.find("Far Off") == ()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((), "holds no places"),
        (("id,name", "1,Orle"), "line 1.*no table of places.*must have 19"),
        ((*TABLE, TABLE[4][:30]), "line 9.*cut short in its last line"),
        ((*TABLE, TABLE[4]), "geonames:5.*twice"),
        ((TABLE[0], *["x"] * 1_001, TABLE[1]), "no table of places"),
    ],
)
def test_a_table_that_is_none_builds_nothing(tmp_path: Path, lines: tuple[str, ...], why: str) -> None:
    write_table(tmp_path / "allCountries.txt", *lines, end="")
    with pytest.raises(KnowledgeError, match=why):
        build(tmp_path, tmp_path)
    assert list((tmp_path / "made").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "line", "why"),
    [
        ("admin1CodesASCII.txt", "XK.01,North", "code, name, ASCII name and number"),
        ("admin2Codes.txt", "XK.01.07\tOrle\tOrle\tmany", "code, name, ASCII name and number"),
        ("countryInfo.txt", "XK\tXKX", "must have 19 columns"),
        ("hierarchy.txt", "x\t6\tADM", "a parent and its child"),
        ("alternateNamesV2.txt", "1\tfive\ten\tOrle", "8 or 10 columns"),
        ("admin1CodesASCII.txt", "XK.01\tNorth\tNorth\t²", "code, name, ASCII name and number"),
        ("hierarchy.txt", "²\t6\tADM", "a parent and its child"),
        ("alternateNamesV2.txt", "1\t²\ten\tOrle\t\t\t\t", "whole number"),
        ("alternateNamesV2.txt", f"1\t{10**30}\ten\tOrle\t\t\t\t", "whole number"),
    ],
)
def test_another_table_that_is_none_is_named_by_line(tmp_path: Path, name: str, line: str, why: str) -> None:
    write_table(tmp_path / "allCountries.txt", *TABLE)
    write_table(tmp_path / name, line)
    with pytest.raises(KnowledgeError, match=why) as caught:
        build(tmp_path, tmp_path)
    assert f"{name}, line 1" in str(caught.value)


def test_numbers_that_no_column_can_hold_are_faults_of_their_line_alone(tmp_path: Path) -> None:
    odd = (
        make_line(30, "Too Many", people=10**30),
        make_line(31, "Too Few", people=-5),
        make_line(10**30, "Too Far"),
        make_line(33, "Sarn", people=7),
    )
    write_table(tmp_path / "allCountries.txt", *TABLE, *odd)
    gazetteer = build(tmp_path, tmp_path)
    assert gazetteer.contents()["faults"]["count"] == 3
    assert "whole number" in gazetteer.contents()["faults"]["first"][0]
    assert gazetteer.find("Sarn")[0].population == 7
    assert not [name for name in ("Too Many", "Too Few", "Too Far") if gazetteer.find(name)]


@pytest.mark.skipif(sys.platform == "win32", reason="a bound on the size of files is Unix's")
def test_no_room_for_the_alternate_names_is_told_by_name(tmp_path: Path) -> None:
    import resource

    write_table(tmp_path / "allCountries.txt", *TABLE)
    write_table(tmp_path / "alternateNamesV2.txt", *(f"{n}\t5\ten\tOrle {n}\t\t\t\t" for n in range(60_000)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(KnowledgeError, match=r"gazetteer file.*cannot be built"):
            build(tmp_path, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list((tmp_path / "made").iterdir()) == []


def test_files_are_told_by_their_names(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="hold no table of places"):
        find_files([tmp_path])
    write_table(tmp_path / "XK.txt", *TABLE)
    write_table(tmp_path / "XK.zip", *TABLE)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "alternatenames").mkdir()
    write_table(tmp_path / "alternatenames" / "XK.zip", "1\t5\ten\tOrle\t\t\t\t")
    files = find_files([tmp_path])
    assert files.tables == (tmp_path / "XK.zip",)
    assert files.others == {"alternateNamesV2.zip": (tmp_path / "alternatenames" / "XK.zip",)}
    with pytest.raises(KnowledgeError, match="no file that GeoNames exports"):
        find_files([tmp_path / "notes.txt"])
    with pytest.raises(KnowledgeError, match="is not there"):
        find_files([tmp_path / "gone"])
    with pytest.raises(KnowledgeError, match=r"NO.*has no table"):
        build(tmp_path, tmp_path, countries=["NO"])


def test_a_build_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    write_table(tmp_path / "allCountries.txt", *TABLE)
    before = build(tmp_path, tmp_path / "allCountries.txt")
    before.close()
    write_table(tmp_path / "allCountries.txt", "nonsense")
    with pytest.raises(KnowledgeError, match="no table"):
        build(tmp_path, tmp_path / "allCountries.txt")
    assert Gazetteer(tmp_path / "made" / BUILT_NAME).row("geonames:5").population == 900  # type: ignore[union-attr]


def test_the_built_profile_is_what_the_desk_opens(tmp_path: Path, kosovo: Gazetteer) -> None:
    shutil.copy(kosovo.path, tmp_path / BUILT_NAME)
    opened = open_gazetteer(tmp_path)
    assert opened.status()["profile"] == "country"
    opened.close()
    whole = (tmp_path / BUILT_NAME).read_bytes()
    (tmp_path / BUILT_NAME).write_bytes(whole[:-100])
    with pytest.raises(KnowledgeError, match=r"cut short.*tocsin gazetteer build"):
        open_gazetteer(tmp_path)


def test_the_table_of_kinds_answers_for_every_code() -> None:
    features = load_features()
    assert features.kind("S", "BDG") == ("site", "bridge")
    assert features.kind("H", "STM") == ("district", "river")
    assert features.kind("S", "UNHEARD-OF") == ("site", "building")
    assert features.kind("X", "") == features.kind("", "") == ("site", "place")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[class]\nP = ["settlement", "town"]', "without a class"),
        ('[class]\n"" = ["spot", "place"]', "a precision"),
        ('[class]\n"" = ["site", "place"]\n[[kind]]\ncodes = ["S.X"]\nprecision = "site"', "and a feature"),
        (
            '[class]\n"" = ["site", "place"]\n[[kind]]\ncodes = ["S.X", "S.X"]\nprecision = "site"\nfeature = "x"',
            r"the code S\.X twice",
        ),
    ],
)
def test_a_table_of_kinds_that_is_malformed_is_refused(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(KnowledgeError, match=why):
        load_features(tmp_path / "mine.toml")
