"""Incidents in ACLED's columns: to the letter, with nothing invented and nothing that did not happen."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.examples import (
    AREAS,
    COUNTRY,
    DAY,
    DISTRICT,
    INCIDENT,
    NORTH,
    ORLE,
    POLICE,
    PROTESTERS,
    REBELS,
    VILLAGERS,
    back,
)  # fmt: skip
from tests.strategies import incidents
from tocsin.export import tabulate_acled
from tocsin.export.backing import BackedIncident
from tocsin.records import Incident, PartialDate, Party, Place, TollRange

HEAD = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,"
    "actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,"
    "latitude,longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp"
)


def _read(*backed: BackedIncident) -> list[dict[str, str]]:
    table = tabulate_acled(backed, tlp="TLP:AMBER", find_area=AREAS.get, footnotes={"kosovo-1244": "Our words."})
    frame = pd.read_csv(io.StringIO("".join(table.to_csv())), dtype=str, keep_default_na=False)
    assert ",".join(frame.columns) == HEAD
    return frame.to_dict("records")


def _row(**changes: Any) -> dict[str, str]:
    (row,) = _read(back(**changes))
    return row


def test_an_attack_in_their_words() -> None:
    row = _row()
    expected = {
        "event_id_cnty": "inc_1", "event_date": "2031-03-01", "year": "2031", "time_precision": "1",
        "disorder_type": "Political violence", "event_type": "Violence against civilians", "sub_event_type": "Attack",
        "actor1": "the Orle Front", "assoc_actor_1": "", "inter1": "Rebel group", "actor2": "three villagers",
        "inter2": "Civilians", "interaction": "Rebel group-Civilians", "civilian_targeting": "Civilian targeting",
        "iso": "", "region": "", "country": "Kosovo", "admin1": "The North", "admin2": "Orle district", "admin3": "",
        "location": "Orle / Orla", "latitude": "42.871", "longitude": "20.864", "geo_precision": "1",
        "source": "Hill Wire; Radio Orle", "source_scale": "", "fatalities": "3",
        "timestamp": str(int(INCIDENT.reported_at.timestamp())),
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert row["notes"].endswith("Our words.")
    assert "Hill Wire: “Three villagers were shot at Orle.”" in row["notes"]
    tags = row["tags"].split("; ")
    assert {
        "TLP:AMBER",
        "state=reported",
        "origins=2",
        "fatalities=2-5",
        "mapping=exports/3",
        "plover=ASSAULT firearms",
    } <= set(tags)


def test_absent_is_absent() -> None:
    row = _row(date=None, place=None, actor=(), recipient=(), tolls=())
    for name in ("event_date", "year", "time_precision", "latitude", "location", "country", "geo_precision",
                 "fatalities", "actor1", "inter1", "interaction", "event_type"):  # fmt: skip
        assert row[name] == "", name
    assert row["disorder_type"] == "Political violence"


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (PartialDate.of_week(DAY), ("", "2031", "2")),
        (PartialDate.of_month(2031, 3), ("", "2031", "3")),
        (PartialDate.of_year(2031), ("", "2031", "")),
        (PartialDate(date(2031, 3, 1), date(2031, 3, 3), "day"), ("", "2031", "2")),
        (PartialDate(date(2030, 12, 30), date(2031, 1, 5), "week"), ("", "", "2")),
    ],
)
def test_a_stretch_of_days_is_no_day(dates: PartialDate, expected: tuple[str, str, str]) -> None:
    row = _row(date=dates)
    assert (row["event_date"], row["year"], row["time_precision"]) == expected
    assert f"dates={dates}" in row["tags"]


@pytest.mark.parametrize(("place", "code"), [(DISTRICT, "2"), (NORTH, "3"), (COUNTRY, "")])
def test_areas_have_their_precision_and_no_point(place: object, code: str) -> None:
    row = _row(place=place)
    assert (row["geo_precision"], row["latitude"], row["longitude"]) == (code, "", "")
    assert (row["iso"], row["country"]) == ("688", "Serbia")
    assert (row["location"] == "") == (place is COUNTRY)


def test_a_clash_has_two_sides() -> None:
    row = _row(actor=(POLICE, REBELS), recipient=())
    assert (row["event_type"], row["sub_event_type"]) == ("Battles", "Armed clash")
    assert (row["actor1"], row["actor2"]) == ("the police", "the Orle Front")
    assert row["interaction"] == "State forces-Rebel group"
    turned = _row(actor=(REBELS, POLICE), recipient=())
    assert turned["interaction"] == "State forces-Rebel group", "their order does not hang on ours"
    assert row["civilian_targeting"] == ""


def test_forces_abroad_are_external() -> None:
    row = _row(actor=(Party("the army", "SRB", "MIL"),), recipient=(VILLAGERS,), place=ORLE)
    assert row["inter1"] == "External/Other forces"
    assert row["interaction"] == "External/Other forces-Civilians"


def test_crowds_are_protesters_or_rioters() -> None:
    march = back(type="PROTEST", mode="demo", actor=(PROTESTERS,), recipient=(), tolls=())
    riot = back(type="PROTEST", mode="riot", actor=(Party("a crowd", None, "CVL"),), recipient=(), tolls=())
    first, second = _read(march, riot)
    assert (first["inter1"], first["interaction"], first["disorder_type"]) == (
        "Protesters", "Protesters only", "Demonstrations",
    )  # fmt: skip
    assert (second["inter1"], second["event_type"]) == ("Rioters", "Riots")


@pytest.mark.parametrize("crowd", [Party("pupils of both schools"), Party("the Orle Front", "XKX", "REB")])
def test_whoever_marches_is_a_crowd(crowd: Party) -> None:
    row = _row(type="PROTEST", mode="demo", actor=(crowd,), recipient=(), tolls=())
    assert (row["inter1"], row["interaction"]) == ("Protesters", "Protesters only")


def test_whom_a_peaceful_protest_is_addressed_to_did_not_meet_it() -> None:
    minister = Party("the minister; and his house", "XKX", "GOV")
    row = _row(type="PROTEST", mode="demo", actor=(PROTESTERS,), recipient=(minister,), tolls=())
    assert (row["actor2"], row["inter2"], row["interaction"]) == ("", "", "Protesters only")
    assert "addressed=the minister, and his house" in row["tags"].split("; ")
    blocked = _row(type="PROTEST", mode="obstruct", actor=(VILLAGERS,), recipient=(minister,), tolls=())
    assert (blocked["disorder_type"], blocked["inter1"], blocked["actor2"]) == ("Demonstrations", "", "")
    riot = _row(type="PROTEST", mode="riot", actor=(PROTESTERS,), recipient=(POLICE,), tolls=())
    assert (riot["actor2"], riot["interaction"]) == ("the police", "State forces-Rioters")


def test_who_attacks_protesters_is_none_of_them() -> None:
    gunmen = _row(actor=(Party("gunmen"),), recipient=(PROTESTERS,), tolls=())
    assert (gunmen["event_type"], gunmen["sub_event_type"]) == ("Protests", "Excessive force against protesters")
    assert (gunmen["inter1"], gunmen["inter2"], gunmen["interaction"]) == ("", "Protesters", "")


def test_violence_among_civilians_is_no_armed_groups() -> None:
    row = _row(actor=(Party("a neighbour", "XKX", "CVL"),))
    assert (row["disorder_type"], row["event_type"], row["sub_event_type"]) == ("", "", "")
    assert row["civilian_targeting"] == ""
    assert row["fatalities"] == "3"


def test_a_place_that_is_only_named_has_no_precision() -> None:
    row = _row(place=Place("the old tannery", "site"))
    assert (row["location"], row["geo_precision"], row["latitude"]) == ("the old tannery", "", "")


def test_forces_of_a_body_that_is_no_state_are_external() -> None:
    assert _row(actor=(Party("KFOR", "IGO", "MIL"),))["inter1"] == "External/Other forces"


def test_a_spreadsheet_runs_nothing() -> None:
    row = _row(actor=(Party("=cmd|' /C calc'!A0", "XKX", "REB"),))
    assert row["actor1"] == "'=cmd|' /C calc'!A0"
    hostile = back(actor=(Party("=cmd", "XKX", "REB"),))
    frame = pd.read_parquet(io.BytesIO(b"".join(tabulate_acled([hostile]).to_parquet())))
    assert list(frame["actor1"]) == ["=cmd"], "values stay as they are where no spreadsheet opens them"


def test_what_did_not_happen_has_no_row() -> None:
    unsaid = [back(modality=m) for m in ("planned", "conditional", "negated")]
    unsaid += [back(state=s) for s in ("planned", "denied", "retracted")]
    assert _read(*unsaid) == []
    assert len(_read(back(state="disputed"))) == 1


def test_words_that_acled_lacks_are_left_empty_and_the_row_kept() -> None:
    row = _row(type="ACCUSE", mode=None, tolls=())
    assert (row["event_type"], row["sub_event_type"], row["disorder_type"]) == ("", "", "")
    assert "plover=ACCUSE" in row["tags"]


def test_marks_travel() -> None:
    row = _row(is_exercise=True, background=True, tolls=(TollRange("killed", 2, 3, None, "x"),))
    assert row["tags"].startswith("EXERCISE; TLP:AMBER")
    assert {"background", "fatalities=2+"} <= set(row["tags"].split("; "))


@settings(max_examples=20, deadline=None)
@given(st.lists(incidents(), max_size=4))
def test_rows_read_back_with_their_types(made: list[Incident]) -> None:
    backed = [BackedIncident(replace(incident, modality="actual")) for incident in made]
    frame = pd.read_parquet(io.BytesIO(b"".join(tabulate_acled(backed, footnotes={}).to_parquet())))
    assert ",".join(frame.columns) == HEAD
    assert list(frame["event_id_cnty"]) == [incident.id for incident in made]
    for row, incident in zip(frame.to_dict("records"), made, strict=True):
        is_point = incident.place is not None and incident.place.is_point
        assert pd.notna(row["latitude"]) == is_point
        if incident.date and incident.date.precision == "day" and incident.date.days == 1:
            assert row["event_date"] == incident.date.start
        else:
            assert pd.isna(row["event_date"])
