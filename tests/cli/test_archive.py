"""`tocsin archive ...`: what people type, see and leave with."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tocsin.archive.tables import read_rows
from tocsin.cli.commands import app
from tocsin.desk import Desk
from tocsin.errors import TocsinError

REPORTS = [
    {"title": "EXERCISE Bridge closed", "text": "Villagers blocked the bridge at Orle on Monday, police said.",
     "outlet": "Orle Gazette", "published": "2024-03-05"},
    {"text": "EXERCISE. Gunmen killed three farmers near Orle on Tuesday, witnesses said.", "outlet": "Radio Torin",
     "published": "2024-03-06T10:00Z"},
    {"text": "EXERCISE. Three farmers were killed by gunmen near Orle on Tuesday, the mayor said.",
     "outlet": "Orle Gazette", "published": "2024-03-06T12:00Z"},
]  # fmt: skip


def run(*given: str) -> Any:
    return CliRunner().invoke(app, ["archive", *given])


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    path = tmp_path / "reports.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in REPORTS) + "no json\n")
    return path


def test_an_archive_is_read_and_grouped_as_a_desk_takes_the_same_file(
    tmp_path: Path, reports: Path, knowledge_home: Path, make_desk: Callable[..., Desk]
) -> None:
    out = tmp_path / "out"
    home = ("--home", str(knowledge_home))
    done = run("read", str(reports), str(out), "--workers", "0", "--json", "--partition-mb", "0.001", *home)
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0] | {"seconds": 0} == {
        "step": "reading", "done": 0, "total": 1, "articles": 0, "set_aside": 0, "seconds": 0,
    }  # fmt: skip
    assert (lines[-1]["articles"], lines[-1]["set_aside"], lines[-1]["state"]) == (3, 1, "read")
    done = run("group", str(out), "--workers", "0", *home)
    assert done.exit_code == 0, done.output
    desk = make_desk()
    desk.take_paths([reports])
    incidents = [row for path in (out / "incidents").glob("*.parquet") for row in read_rows(path)]
    stored = desk.store.incidents_by_id([row["id"] for row in incidents])
    assert incidents
    assert {row["id"]: tuple(row["claim_ids"]) for row in incidents} == {i.id: i.claim_ids for i in stored.values()}
    claims = [row["id"] for path in (out / "claims").glob("*.parquet") for row in read_rows(path)]
    assert sorted(claims) == sorted(desk.store.claims_by_id(claims))
    assert desk.store.counts().claims == len(claims)
    told = run("status", str(out))
    assert f"{len(incidents)} of {len(claims)} claims" in " ".join(told.output.split())
    assert "set_aside/ says which and why" in " ".join(told.output.split())


def test_input_of_which_nothing_can_be_read_is_a_failure(tmp_path: Path, knowledge_home: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("no json\n")
    done = run("read", str(path), str(tmp_path / "out"), "--workers", "0", "--home", str(knowledge_home))
    assert done.exit_code == 2


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("read", "alone"), "give the input and then the folder"),
        (("status", "nowhere"), "is none"),
        (("group", "nowhere", "--workers", "0"), "is not read to its end"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: Any, why: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path))
    done = run(*given)
    assert isinstance(done.exception, TocsinError)
    assert why in str(done.exception)


def test_without_dask_it_is_said_how_to_get_it(
    tmp_path: Path, reports: Path, knowledge_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setitem(sys.modules, "dask", None)
    done = run("read", str(reports), str(tmp_path / "out"), "--workers", "2", "--home", str(knowledge_home))
    assert isinstance(done.exception, TocsinError)
    assert "pip install 'tocsin[archive]'" in str(done.exception)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_being_stopped_leaves_what_is_finished_and_says_so(
    tmp_path: Path, reports: Path, knowledge_home: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    from tocsin.archive import reading

    def stop(*_: object) -> None:
        os.kill(os.getpid(), number)

    monkeypatch.setattr(reading, "drop_doubles", stop)
    given = ("read", str(reports), str(tmp_path / "out"), "--workers", "0", "--home", str(knowledge_home))
    done = run(*given)
    assert done.exit_code == 130
    assert "the same command goes on" in done.output
    monkeypatch.undo()
    assert run(*given).exit_code == 0
