"""Lethal incidents in UCDP GED's columns: the rule of admission, the ranges, the precision codes."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export.examples import (
    AREAS,
    BRIDGE,
    COUNTRY,
    DAY,
    DISTRICT,
    NORTH,
    ORLE,
    POLICE,
    REBELS,
    VILLAGERS,
    back,
)  # fmt: skip
from tocsin.export import coarsen_backed, find_withheld_names, tabulate_ged
from tocsin.export.backing import BackedIncident
from tocsin.export.ged import number_cell
from tocsin.export.numbers import make_number
from tocsin.export.points import Point
from tocsin.records import PartialDate, Party, Place, TollRange

#: The head of GED 24.1 and 25.1, as public code that reads them quotes it.
HEAD = (
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_name,"
    "dyad_dset_id,dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,side_a,side_b_dset_id,side_b_new_id,side_b,"
    "number_of_sources,source_article,source_office,source_date,source_headline,source_original,where_prec,"
    "where_coordinates,where_description,adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,"
    "region,event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,"
    "low,gwnoa,gwnob"
)


def _read(*backed: BackedIncident) -> list[dict[str, str]]:
    table = tabulate_ged(backed, tlp="TLP:AMBER", find_area=AREAS.get, footnotes={"kosovo-1244": "Our words."})
    frame = pd.read_csv(io.StringIO("".join(table.to_csv())), dtype=str, keep_default_na=False)
    assert ",".join(frame.columns) == HEAD
    return frame.to_dict("records")


def _row(**changes: Any) -> dict[str, str]:
    (row,) = _read(back(**changes))
    return row


def test_a_killing_in_their_words() -> None:
    row = _row()
    expected = {
        "id": str(make_number("inc_1")), "relid": "inc_1", "year": "2031", "code_status": "TLP:AMBER; reported",
        "type_of_violence": "3", "side_a": "the Orle Front", "side_b": "three villagers", "number_of_sources": "2",
        "source_office": "Hill Wire; Radio Orle", "source_date": "2031-03-02; 2031-03-02",
        "source_headline": "Shots at Orle; ",
        "where_prec": "1", "where_coordinates": "Orle / Orla", "where_description": "Orle; Our words.",
        "adm_1": "The North", "adm_2": "Orle district", "latitude": "42.871", "geom_wkt": "POINT (20.864 42.871)",
        "country": "Kosovo", "country_id": "347", "event_clarity": "1", "date_prec": "1",
        "date_start": "2031-03-01 00:00:00.000", "low": "2", "best": "3", "high": "5", "gwnoa": "", "gwnob": "",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert row["source_article"] == "Hill Wire, 2031-03-02, “Shots at Orle”; Radio Orle, 2031-03-02"
    for name in ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "conflict_new_id", "dyad_name",
                 "active_year", "region"):  # fmt: skip
        assert row[name] == "", name


def test_outlet_date_and_headline_of_an_article_stand_at_the_same_place_of_their_lists() -> None:
    held = back()
    first, second = held.list_articles()
    articles = {first.id: replace(first, published_at=None), second.id: replace(second, title="Calm; then shots")}
    (row,) = _read(replace(held, articles=articles))
    lists = [row[name].split("; ") for name in ("source_office", "source_date", "source_headline")]
    assert list(zip(*lists, strict=True)) == [
        ("Hill Wire", "", "Shots at Orle"),
        ("Radio Orle", "2031-03-02", "Calm, then shots"),
    ]
    bare = {id_: replace(a, published_at=None, title=None) for id_, a in articles.items()}
    (row,) = _read(replace(held, articles=bare))
    assert (row["source_date"], row["source_headline"]) == ("", ""), "what no article says is empty"


@pytest.mark.parametrize(
    ("changes", "is_in"),
    [
        ({}, True),
        ({"tolls": (TollRange("killed", 0, 0, 2, "x"),)}, True),
        ({"tolls": (TollRange("killed", 0, 0, 0, "x"),)}, False),
        ({"tolls": (TollRange("killed", 0, 0, None, "x"),)}, False),
        ({"tolls": (TollRange("injured", 9, 9, 9, "x"),)}, False),
        ({"tolls": ()}, False),
        ({"type": "PROTEST", "mode": "riot"}, False),
        ({"modality": "negated"}, False),
        ({"modality": "planned"}, False),
        ({"state": "denied"}, False),
        ({"state": "retracted"}, False),
        ({"state": "disputed"}, True),
    ],
)
def test_only_lethal_assaults_that_are_said_to_have_happened(changes: dict[str, Any], is_in: bool) -> None:
    assert len(_read(back(**changes))) == int(is_in)


def test_no_top_is_no_number() -> None:
    row = _row(tolls=(TollRange("killed", 2, 4, None, "x"),))
    assert (row["low"], row["best"], row["high"]) == ("2", "4", "")


@pytest.mark.parametrize(
    ("side_a", "side_b", "code"),
    [
        (POLICE, REBELS, "1"),
        (REBELS, Party("the army", "SRB", "MIL"), "1"),
        (REBELS, Party("a band", None, "UAF"), "2"),
        (POLICE, VILLAGERS, "3"),
        (Party("unknown men"), VILLAGERS, ""),
        (VILLAGERS, POLICE, ""),
    ],
)
def test_kinds_of_violence(side_a: Party, side_b: Party, code: str) -> None:
    assert _row(actor=(side_a,), recipient=(side_b,))["type_of_violence"] == code


def test_states_have_their_numbers() -> None:
    row = _row(actor=(Party("the army", "SRB", "MIL"),), recipient=(REBELS,))
    assert (row["gwnoa"], row["gwnob"]) == ("340", "")


NAMELESS = Place("the hills", "region", "SRB")
TANNERY = Place("the old tannery", "site", "SRB")


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (BRIDGE, "1"),
        (ORLE, "1"),
        (DISTRICT, "3"),
        (NORTH, "4"),
        (NAMELESS, "5"),
        (TANNERY, ""),
        (COUNTRY, "6"),
        (None, ""),
    ],
)
def test_where_precision(place: Place | None, code: str) -> None:
    row = _row(place=place)
    assert row["where_prec"] == code
    assert bool(row["latitude"]) == bool(row["priogrid_gid"]) == (code == "1")


def test_a_rounded_point_is_near_a_known_one_and_in_no_cell() -> None:
    (row,) = _read(coarsen_backed(back(), {"art_1": find_withheld_names([]), "art_2": find_withheld_names([])}))
    assert (row["where_prec"], row["latitude"], row["longitude"]) == ("2", "42.9", "20.9")
    assert row["priogrid_gid"] == ""


@pytest.mark.parametrize(
    ("dates", "code", "clarity"),
    [
        (PartialDate.of_day(DAY), "1", "1"),
        (PartialDate(date(2031, 3, 1), date(2031, 3, 4), "day"), "2", "2"),
        (PartialDate.of_week(DAY), "3", "2"),
        (PartialDate.of_month(2031, 3), "4", "2"),
        (PartialDate.of_year(2031), "5", "2"),
        (PartialDate(date(2029, 1, 1), date(2031, 3, 1), "year"), "", "2"),
        (None, "", ""),
    ],
)
def test_date_precision(dates: PartialDate | None, code: str, clarity: str) -> None:
    row = _row(date=dates)
    assert (row["date_prec"], row["event_clarity"]) == (code, clarity)


def test_exercise_and_marking_stand_in_the_status() -> None:
    assert _row(is_exercise=True)["code_status"] == "EXERCISE; TLP:AMBER; reported"


def test_cells_of_the_grid() -> None:
    assert number_cell(Point(-90.0, -180.0)) == 1
    assert number_cell(Point(90.0, 180.0)) == 259_200
    # PRIO-GRID: Oslo (59.91 N 10.75 E) lies in the row from 59.5 and the column from 10.5
    assert number_cell(Point(59.91, 10.75)) == 299 * 720 + 381 + 1


@given(st.text(max_size=30))
def test_numbers_are_exact_in_json(id_: str) -> None:
    assert 0 <= make_number(id_) < 2**53
