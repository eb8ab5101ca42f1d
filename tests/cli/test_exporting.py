"""`tocsin export`: the form that a file's name says, and the conditions that the address of a list says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.web.worlds import World, fill, open_empty
from tocsin.cli.commands import app
from tocsin.cli.exporting import parse_where
from tocsin.errors import IntakeError, RecordError, StoreError
from tocsin.export.forms import ALL_FORMS, FORMS, find_form_of_file
from tocsin.records import Filter


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_empty(tmp_path) as desk:
        yield fill(desk)


def export(home: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["export", *arguments, "--home", str(home)])
    if result.exception:
        raise result.exception
    return result.stdout


@pytest.mark.parametrize(("what", "form"), [(what, form) for what, forms in FORMS.items() for form in forms])
def test_the_name_that_an_export_is_given_on_the_desk_says_its_form(what: str, form: str) -> None:
    assert find_form_of_file(what, f"tocsin-{what}.{ALL_FORMS[form].suffix}") == form
    assert find_form_of_file(what, f"MARCH.{ALL_FORMS[form].suffix}".upper()) == form


def test_a_name_without_an_ending_is_csv_and_one_with_another_ending_is_refused() -> None:
    assert find_form_of_file("incidents", "march") == "csv"
    assert find_form_of_file("incidents", "stdout") == "csv"
    assert find_form_of_file("nonsense", "x.kml") == "csv", "what there is not is refused by its own name"
    for what, name in (("incidents", "march.xlsx"), ("claims", "march.kml"), ("alerts", "march.geojson")):
        with pytest.raises(StoreError, match=r"must end in one of \.csv"):
            find_form_of_file(what, name)


def test_a_file_is_what_it_is_called(world: World, tmp_path: Path) -> None:
    out = tmp_path / "march.geojson"
    told = export(tmp_path, "incidents", "--out", str(out))
    assert told == f"{out}: TLP:AMBER, incidents as GeoJSON, {out.stat().st_size} bytes\n"
    assert len(json.loads(out.read_text())["features"]) == len(world.desk.store.incidents(Filter(limit=0)))
    with pytest.raises(StoreError, match="must end in"):
        export(tmp_path, "incidents", "--out", str(tmp_path / "march.xlsx"))
    assert not (tmp_path / "march.xlsx").exists()
    export(tmp_path, "incidents", "--format", "csv", "--out", str(tmp_path / "march.txt"))
    assert (tmp_path / "march.txt").read_text().startswith('"id"'), "what is asked for by name outranks the ending"


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("certainty=hedged", Filter(certainty="hedged", limit=0)),
        ("?actor=police&type=ASSAULT", Filter(actor="police", type="ASSAULT", limit=0)),
        ("http://127.0.0.1:8765/incidents?modality=negated#top", Filter(modality="negated", limit=0)),
        ("realm=real&with_background=1&limit=2", Filter(realm="real", with_background=True, limit=2)),
    ],
)
def test_the_address_of_a_list_is_exported_as_the_list_is_shown(
    world: World, tmp_path: Path, where: str, wanted: Filter
) -> None:
    assert parse_where(world.desk.store, where) == wanted
    out = tmp_path / "x.parquet"
    export(tmp_path, "incidents", "--where", where, "--out", str(out))
    assert list(pd.read_parquet(out)["id"]) == [i.id for i in world.desk.store.incidents(wanted)]


def test_a_window_ends_with_the_newest_report_as_on_the_screen(world: World) -> None:
    newest = world.desk.store.newest_report(Filter(realm="real"))
    assert newest
    assert parse_where(world.desk.store, "realm=real&last=24h").reported_since == newest - timedelta(hours=24)


@pytest.mark.parametrize("where", ["actorr=police", "", "x", "https://127.0.0.1/incidents", "certainty=perhaps"])
def test_a_condition_that_there_is_not_is_refused_and_not_passed_over(world: World, where: str) -> None:
    with pytest.raises(RecordError):
        parse_where(world.desk.store, where)


def test_conditions_stand_in_one_place(world: World, tmp_path: Path) -> None:
    assert world.incidents
    with pytest.raises(IntakeError, match="put them all into it"):
        export(tmp_path, "incidents", "--where", "type=ASSAULT", "--query", "tear")
