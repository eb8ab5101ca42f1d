"""Which naming footnote goes with which place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import KnowledgeError
from tocsin.knowledge.footnotes import FootnoteTable, load_footnote_table, read_texts
from tocsin.records import Place

TABLE = FootnoteTable({"a": "Of A.", "b": "Of B.", "c": "Of C."}, {"XAA": "a"}, {"area:north": "b", "area:town": "c"})


def test_the_nearest_comes_first() -> None:
    chain = ("toy:village", "area:town", "area:north", "country:XAA")
    assert TABLE.find_key(None, "XAA", chain) == "c"
    assert TABLE.find_key(None, "XAA", chain[2:]) == "b"
    assert TABLE.find_key(None, "XAA", chain[3:]) == "a"
    assert TABLE.find_key("a", None, chain) == "a"
    assert TABLE.find_key(None, None, (None,)) is None


@pytest.mark.parametrize(
    ("country", "within", "key"),
    [
        ("UKR", ("admin1:UA.11", "country:UKR"), "crimea"),
        ("UKR", ("admin1:UA.12", "country:UKR"), None),
        ("PSE", ("geonames:7303419", "admin1:PS.WE", "country:PSE"), "jerusalem"),
        ("IND", ("admin1:IN.12", "country:IND"), "jammu-kashmir"),
        ("SOM", ("admin1:SO.20", "country:SOM"), "somaliland"),
        ("CYP", ("admin1:CY.02", "country:CYP"), "cyprus"),
        ("CYP", ("admin1:CY.05", "country:CYP"), None),
        ("XKX", ("admin1:XK.10097358", "country:XKX"), "kosovo-1244"),
        ("ESH", ("country:ESH",), "western-sahara"),
    ],
)
def test_a_village_takes_the_footnote_of_what_it_lies_in(
    country: str, within: tuple[str, ...], key: str | None
) -> None:
    place = Place("a village", "settlement", country, 1.0, 1.0, "toy:village", "Village", within)
    assert load_footnote_table().key_of(place) == key


def test_texts_come_once_and_strange_keys_are_refused() -> None:
    assert TABLE.list_texts(["b", None, "a", "b"]) == ("Of B.", "Of A.")
    with pytest.raises(KnowledgeError, match=r"is not in names\.toml; there are a, b, c"):
        TABLE.list_texts(["z"])


@given(st.lists(st.sampled_from([None, "a", "b", "c"])))
def test_no_text_is_said_twice(keys: list[str | None]) -> None:
    texts = TABLE.list_texts(keys)
    assert len(texts) == len(set(texts)) == len({key for key in keys if key})


@pytest.mark.parametrize("table", [{}, {"x": []}, {"x": {"a": 1}}, {"x": {"a": ""}}])
def test_a_section_must_hold_texts(table: dict[str, object]) -> None:
    with pytest.raises(KnowledgeError, match=r"must have a table \[x\] of texts"):
        read_texts(table, "x")
