from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import KnowledgeError
from tocsin.places import load_places_csv
from tocsin.places.rows import read_whole

HEAD = "id,name,alternate_names,precision,country,lat,lon,parent,population,feature"
GOOD = "m1,Camp Oak,Oak|Camp  Oak East,site,XHV,-47.5,-126,town,,camp"


def test_a_row_is_read_whole() -> None:
    (row,) = load_places_csv(f"{HEAD}\n{GOOD}\n")
    assert (row.id, row.name, row.names) == ("m1", "Camp Oak", ("Oak", "Camp  Oak East"))
    assert (row.precision, row.country, row.lat, row.lon) == ("site", "XHV", -47.5, -126.0)
    assert (row.parent, row.population, row.feature, row.footnote) == ("town", None, "camp", None)


def test_what_is_not_given_is_absent() -> None:
    (row,) = load_places_csv(f"{HEAD}\nr,Somewhere,,region,,,,,,\n")
    assert (row.country, row.lat, row.lon, row.parent, row.population) == (None, None, None, None, None)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text(f"{HEAD}\n{GOOD}\n", encoding="utf-8-sig")
    assert len(load_places_csv(path)) == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("x,X,,site,XHV,91,0,,,", "degrees from -90 to 90"),
        ("x,X,,site,XHV,0,-180.5,,,", "degrees from -180 to 180"),
        ("x,X,,site,XHV,nan,0,,,", "degrees"),
        ("x,X,,site,XHV,north,0,,,", "degrees"),
        ("x,X,,site,XHV,1,,,,", "both"),
        ("x,X,,spot,XHV,1,1,,,", "precision is one of site, settlement"),
        ("x,X,,site,Halvera,1,1,,,", "alpha-3"),
        ("x,X,,site,XHV,1,1,,many,", "whole number"),
        ("x,X,,site,XHV,1,1,x,,", "own parent"),
        (",X,,site,XHV,1,1,,,", "an id and a name"),
        ("x,,,site,XHV,1,1,,,", "an id and a name"),
        ("x,X,,site,XHV,1,1,,", "10 cells"),
        ("x,X,,site,XHV,1,1,,,,,", "10 cells"),
        ("m1,Other,,site,XHV,1,1,,,", "already taken"),
        (f"x,{'X' * 300},,site,XHV,1,1,,,", "at most 200"),
    ],
)
def test_a_bad_row_is_named_with_its_reason(line: str, why: str) -> None:
    with pytest.raises(KnowledgeError, match=why) as caught:
        load_places_csv(f"{HEAD}\n{GOOD}\n{line}\n")
    assert "line 3" in str(caught.value)


def test_an_open_quotation_mark_is_told_where() -> None:
    with pytest.raises(KnowledgeError, match=r"after line 2.*is not CSV"):
        load_places_csv(f'{HEAD}\n{GOOD}\nx,"X,,site,XHV,1,1,,,\n')


@pytest.mark.parametrize("text", ["", "id,name\nx,X\n", f"{HEAD},colour\n{GOOD},red\n", "\x00\x01"])
def test_wrong_columns_are_refused(text: str) -> None:
    with pytest.raises(KnowledgeError, match=r"columns|CSV"):
        load_places_csv(text)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"missing\.csv"):
        load_places_csv(tmp_path / "missing.csv")
    latin = tmp_path / "latin.csv"
    latin.write_bytes(f"{HEAD}\nx,Zve\xe8an,,site,,1,1,,,\n".encode("latin-1"))
    with pytest.raises(KnowledgeError, match="must be UTF-8"):
        load_places_csv(latin)


@given(st.text(max_size=300))
def test_any_text_gives_rows_or_a_knowledge_error(text: str) -> None:
    try:
        load_places_csv(f"{HEAD}\n{text}")
    except KnowledgeError:
        return


@pytest.mark.parametrize("cell", ["", " ", "²", "1_000", "٣", "-5", "+5", "1" * 19, "1.0"])
def test_a_whole_number_is_ascii_digits_that_a_column_can_hold(cell: str) -> None:
    assert read_whole("0") == 0
    assert read_whole("9" * 18) == int("9" * 18)
    with pytest.raises(ValueError, match="whole number"):
        read_whole(cell)


@pytest.mark.parametrize("name", ["Camp \x1b]52;c;AAAA\x07Oak", "Camp\rOak", "Camp \x9b31mOak", '"Camp\nOak"'])
def test_a_name_that_a_terminal_would_obey_is_refused(name: str) -> None:
    for line in (f"m1,{name},,site,,,,,,", f"m1,Oak,{name},site,,,,,,"):
        with pytest.raises(KnowledgeError, match=r"control characters|is not CSV"):
            load_places_csv(f"{HEAD}\n{line}\n")
