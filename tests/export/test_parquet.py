"""Parquet and JSON Lines: the rows of the CSV with their types, text as it is, and whole files however few the rows."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.test_tables import ALERT, ARTICLE, CLAIM, INCIDENT, TENSION
from tests.strategies import incidents
from tocsin.export import (
    columns,
    incidents_to_csv,
    incidents_to_geojson,
    parquet,
    tabulate_alerts,
    tabulate_articles,
    tabulate_claims,
    tabulate_incidents,
    tabulate_tensions,
    write_features,
)
from tocsin.export.forms import ALL_FORMS, FORMS
from tocsin.export.table import Table
from tocsin.records import Incident, Party, TollRange


def _read(table: Table) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(b"".join(table.to_parquet())))


def test_values_stay_as_they_are() -> None:
    made = replace(INCIDENT, actor=(Party("=cmd", "TLK", None), Party("+1", None, "CVL")))
    (row,) = _read(tabulate_incidents([made])).to_dict("records")
    assert list(row["actors"]) == ["=cmd", "+1"], "no apostrophe: nothing runs a Parquet file"
    assert list(row["actor_countries"]) == ["TLK", None]
    assert list(row["credibilities"])[1] == 4
    assert row["injured_best"] == 3
    assert pd.isna(row["injured_high"])
    assert row["reported_at"] == INCIDENT.reported_at


def test_what_a_file_cannot_hold_does_not_stop_it() -> None:
    huge = TollRange("killed", 1, 10**30, None, "x")
    (row,) = _read(tabulate_incidents([replace(INCIDENT, actor=(Party("a \ud800 b"),), tolls=(huge,))])).to_dict(
        "records"
    )
    assert list(row["actors"]) == ["a ? b"]
    assert row["killed_low"] == 1
    assert pd.isna(row["killed_best"])


@pytest.mark.parametrize(
    ("table", "names"),
    [
        (tabulate_incidents([]), columns.INCIDENTS),
        (tabulate_claims([]), columns.CLAIMS),
        (tabulate_articles([]), columns.ARTICLES),
        (tabulate_tensions([]), columns.TENSIONS),
        (tabulate_alerts([]), columns.ALERTS),
    ],
)
def test_an_empty_table_has_its_columns(table: Table, names: tuple[str, ...]) -> None:
    frame = _read(table)
    assert (len(frame), list(frame.columns)) == (0, list(names))


def test_types_do_not_hang_on_the_rows() -> None:
    empty = pq.read_schema(io.BytesIO(b"".join(tabulate_incidents([]).to_parquet())))
    assert empty == pq.read_schema(io.BytesIO(b"".join(tabulate_incidents([INCIDENT]).to_parquet())))
    assert str(empty.field("date_start").type) == "date32[day]"
    assert str(empty.field("lat").type) == "double"


def test_all_kinds_are_written() -> None:
    for table in (
        tabulate_claims([(CLAIM, ARTICLE)]),
        tabulate_articles([ARTICLE]),
        tabulate_tensions([TENSION]),
        tabulate_alerts([ALERT]),
    ):
        assert len(_read(table)) == 1


def test_rows_are_written_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS_A_GROUP", 2)
    made = [replace(INCIDENT, id=f"inc_{n}") for n in range(5)]
    pieces = list(tabulate_incidents(made).to_parquet())
    assert len([piece for piece in pieces if piece]) == 4, "three groups and the end"
    file = pq.ParquetFile(io.BytesIO(b"".join(pieces)))
    assert (file.num_row_groups, file.metadata.num_rows) == (3, 5)
    assert list(file.read(["id"]).to_pydict()["id"]) == [incident.id for incident in made]


@settings(max_examples=25, deadline=None)
@given(st.lists(incidents(), max_size=4))
def test_three_ways_to_write_one_table(made: list[Incident]) -> None:
    lines = [json.loads(line) for line in tabulate_incidents(made, footnotes={}).to_lines()]
    frame = _read(tabulate_incidents(made, footnotes={}))
    rows = list(csv.DictReader(io.StringIO("".join(incidents_to_csv(made, footnotes={})), newline="")))
    assert [line["id"] for line in lines] == list(frame["id"]) == [row["id"] for row in rows]
    for line, held in zip(lines, frame.to_dict("records"), strict=True):
        assert list(line) == list(columns.INCIDENTS)
        assert line["actors"] == list(held["actors"])
        assert line["date_start"] == (held["date_start"].isoformat() if held["date_start"] else None)
        assert (line["lat"] is None) == bool(pd.isna(held["lat"]))


@settings(max_examples=25, deadline=None)
@given(st.lists(incidents(), max_size=4))
def test_a_stream_of_features_is_the_same_collection(made: list[Incident]) -> None:
    whole: dict[str, Any] = json.loads(json.dumps(incidents_to_geojson(made, tlp="TLP:RED", footnotes={})))
    streamed = json.loads(
        "".join(write_features(tabulate_incidents(made, tlp="TLP:RED", footnotes={}).rows, "TLP:RED"))
    )
    assert streamed == whole


def test_forms_are_whole() -> None:
    assert {name for names in FORMS.values() for name in names} == set(ALL_FORMS)
    assert len({form.suffix for form in ALL_FORMS.values()}) == len(ALL_FORMS)
    assert {form.name for form in ALL_FORMS.values() if form.is_binary} == {
        "parquet", "acled.parquet", "ged.parquet", "polecat.parquet",
    }  # fmt: skip
