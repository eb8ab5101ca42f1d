"""Incidents in GDELT's event table: sixty-one columns, tabs, no head, and classes and weights that are GDELT's own."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.examples import AREAS, ARTICLE, DAY, DISTRICT, POLICE, REBELS, back
from tests.strategies import incidents
from tocsin.export import incidents_to_gdelt
from tocsin.export.backing import BackedIncident
from tocsin.export.gdelt import COLUMNS
from tocsin.records import EventType, Incident, PartialDate, Party, Place

HEAD = (
    "GLOBALEVENTID\tSQLDATE\tMonthYear\tYear\tFractionDate\tActor1Code\tActor1Name\tActor1CountryCode\t"
    "Actor1KnownGroupCode\tActor1EthnicCode\tActor1Religion1Code\tActor1Religion2Code\tActor1Type1Code\t"
    "Actor1Type2Code\tActor1Type3Code\tActor2Code\tActor2Name\tActor2CountryCode\tActor2KnownGroupCode\t"
    "Actor2EthnicCode\tActor2Religion1Code\tActor2Religion2Code\tActor2Type1Code\tActor2Type2Code\tActor2Type3Code\t"
    "IsRootEvent\tEventCode\tEventBaseCode\tEventRootCode\tQuadClass\tGoldsteinScale\tNumMentions\tNumSources\t"
    "NumArticles\tAvgTone\tActor1Geo_Type\tActor1Geo_FullName\tActor1Geo_CountryCode\tActor1Geo_ADM1Code\t"
    "Actor1Geo_ADM2Code\tActor1Geo_Lat\tActor1Geo_Long\tActor1Geo_FeatureID\tActor2Geo_Type\tActor2Geo_FullName\t"
    "Actor2Geo_CountryCode\tActor2Geo_ADM1Code\tActor2Geo_ADM2Code\tActor2Geo_Lat\tActor2Geo_Long\t"
    "Actor2Geo_FeatureID\tActionGeo_Type\tActionGeo_FullName\tActionGeo_CountryCode\tActionGeo_ADM1Code\t"
    "ActionGeo_ADM2Code\tActionGeo_Lat\tActionGeo_Long\tActionGeo_FeatureID\tDATEADDED\tSOURCEURL"
)


def _read(*backed: BackedIncident) -> list[dict[str, str]]:
    text = "".join(
        incidents_to_gdelt(backed, tlp="TLP:AMBER", find_area=AREAS.get, footnotes={"kosovo-1244": "Words."})
    )
    if not text:
        return []
    frame = pd.read_csv(io.StringIO(text), sep="\t", header=None, names=list(COLUMNS), dtype=str, keep_default_na=False)
    return frame.to_dict("records")


def _row(**changes: Any) -> dict[str, str]:
    (row,) = _read(back(**changes))
    return row


def test_columns_are_theirs() -> None:
    assert "\t".join(COLUMNS) == HEAD
    assert len(COLUMNS) == 61
    assert "".join(incidents_to_gdelt([], header=True)) == HEAD + "\n"
    assert list(incidents_to_gdelt([])) == []


def test_an_attack_in_their_words() -> None:
    row = _row()
    expected = {
        "SQLDATE": "20310301", "MonthYear": "203103", "Year": "2031", "FractionDate": "2031.1671",
        "Actor1Code": "XKXREB", "Actor1Name": "the Orle Front", "Actor1CountryCode": "XKX", "Actor1Type1Code": "REB",
        "Actor2Code": "XKXCVL", "EventCode": "193", "EventBaseCode": "193", "EventRootCode": "19", "QuadClass": "4",
        "NumMentions": "2", "NumSources": "2", "NumArticles": "2", "ActionGeo_Type": "4",
        "ActionGeo_FullName": "Orle / Orla, The North, Kosovo [TLP:AMBER; Words.]", "ActionGeo_CountryCode": "KV",
        "ActionGeo_Lat": "42.871", "ActionGeo_Long": "20.864", "DATEADDED": "20310302060000",
        "SOURCEURL": "https://hill.example/shots",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert row["GoldsteinScale"] == "-10.0"
    for name in ("AvgTone", "IsRootEvent", "Actor1Geo_Lat", "ActionGeo_FeatureID"):
        assert row[name] == "", name


def test_a_code_that_cannot_be_told_is_empty() -> None:
    unclear = _row(mode=None)
    assert (unclear["EventCode"], unclear["EventRootCode"], unclear["QuadClass"]) == ("", "", "4")
    clash = _row(mode=None, actor=(POLICE, REBELS), recipient=())
    assert (clash["EventCode"], clash["Actor2Name"]) == ("190", "the Orle Front")


@pytest.mark.parametrize(
    ("type_", "mode", "expected"),
    [
        ("CONCEDE", None, ("080", "2", "5.0")),  # PLOVER's CONCEDE is verbal; GDELT has no 080 that is
        ("SANCTION", "convict", ("116", "3", "-2.0")),
        ("RETREAT", "ceasefire", ("0871", "2", "9.0")),
        ("PROTEST", "demo", ("141", "4", "-6.5")),
        ("ASSAULT", "targeted", ("180", "4", "-9.0")),
    ],
)
def test_quad_class_and_goldstein_follow_the_code(
    type_: EventType, mode: str | None, expected: tuple[str, ...]
) -> None:
    row = _row(type=type_, mode=mode)
    assert (row["EventCode"], row["QuadClass"], row["GoldsteinScale"]) == expected


def test_dates_that_are_no_day() -> None:
    month = _row(date=PartialDate.of_month(2031, 3))
    assert (month["SQLDATE"], month["MonthYear"], month["Year"], month["FractionDate"]) == ("", "203103", "2031", "")
    week = _row(date=PartialDate.of_week(DAY))
    assert (week["SQLDATE"], week["MonthYear"], week["Year"]) == ("", "", "2031")
    assert _row(date=None)["Year"] == ""


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2021, 3, 23), "2021.2274"), (date(2026, 7, 2), "2026.4986"), (date(2021, 12, 31), "2021.9890")],
)
def test_the_fraction_of_a_year_is_that_of_gdelts_files(day: date, expected: str) -> None:
    assert _row(date=PartialDate.of_day(day))["FractionDate"] == expected


def test_a_place_that_is_only_named_has_no_kind() -> None:
    row = _row(place=Place("the old tannery", "site"))
    assert (row["ActionGeo_Type"], row["ActionGeo_FullName"]) == ("", "the old tannery [TLP:AMBER]")


def test_areas_and_nowhere_have_no_point() -> None:
    row = _row(place=DISTRICT)
    assert (row["ActionGeo_Type"], row["ActionGeo_Lat"]) == ("5", "")
    nowhere = _row(place=None, is_exercise=True)
    assert (nowhere["ActionGeo_FullName"], nowhere["ActionGeo_Type"]) == ("[EXERCISE; TLP:AMBER]", "")


def test_bodies_that_are_no_country() -> None:
    row = _row(actor=(Party("the mission", "IGO", None),))
    assert (row["Actor1Code"], row["Actor1CountryCode"], row["Actor1Type1Code"]) == ("IGO", "", "IGO")


def test_countries_have_cameos_codes() -> None:
    row = _row(actor=(Party("police", "MNE", "COP"),), recipient=(Party("the army", "ROU", "MIL"),))
    assert (row["Actor1Code"], row["Actor1CountryCode"], row["Actor2Code"]) == ("MTNCOP", "MTN", "ROMMIL")


def test_what_did_not_happen_has_no_row() -> None:
    assert _read(back(modality="planned"), back(state="denied")) == []


def test_tabs_line_ends_and_formulas_cannot_break_the_table() -> None:
    hostile = Party("=cmd|' /C calc'!A0\tnext\r\nline", "XKX", "REB")
    row = _row(actor=(hostile,))
    assert row["Actor1Name"] == "'=cmd|' /C calc'!A0 next line"


@settings(max_examples=60, deadline=None)
@given(st.lists(incidents(), max_size=4))
def test_every_line_has_every_cell(made: list[Incident]) -> None:
    backed = [BackedIncident(replace(incident, modality="actual"), (), {"art_1": ARTICLE}) for incident in made]
    lines = list(incidents_to_gdelt(backed, footnotes={}))
    assert len(lines) == len(made)
    assert all(line.count("\t") == 60 and line.count("\n") == 1 and line.endswith("\n") for line in lines)


def test_an_incident_has_one_number_everywhere() -> None:
    assert _row()["GLOBALEVENTID"] == str(int.from_bytes(sha256(b"inc_1").digest()[:8], "big") >> 11)
