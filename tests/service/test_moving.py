"""A desk on a file moves to a team's PostgreSQL and back, with everything that it holds, and never half."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import NOW
from tests.postgresql import Server
from tests.service.test_backups import dump, make_home
from tests.store.test_forward import make_old
from tests.store.worlds import make_readings, run_flow
from tocsin.cli.commands import app
from tocsin.errors import StoreError
from tocsin.service.moving import move_desk
from tocsin.settings import Settings
from tocsin.store import moving, open_store
from tocsin.store.tables import REVISIONS


@pytest.fixture
def bare(postgresql: Server) -> str:
    """A database without a table, as `createdb` leaves it."""
    return postgresql.make_bare()


def look(address: str | Path) -> tuple[int, list[str], str | None]:
    store = open_store(address)
    try:
        return store.counts().articles, store.check(), store.note("a note")
    finally:
        store.close()


@pytest.mark.postgresql
def test_there_and_back_everything_is_as_it_was(tmp_path: Path, bare: str) -> None:
    make_old(tmp_path / "desk.sqlite", REVISIONS[3])
    store = open_store(tmp_path / "desk.sqlite")
    run_flow(store, make_readings(20, seed=7))
    store.set_note("a note", "kept")
    store.close()
    name, counts = move_desk(Settings(home=tmp_path), bare, now=NOW)
    assert name == bare.replace("+psycopg", "")
    assert counts["silences"] == 1, "what a desk of an earlier version held is among it"
    assert look(bare) == (counts["articles"], [], "kept")
    assert counts["articles"] >= 20
    _, back = move_desk(Settings(home=tmp_path, database=bare), str(tmp_path / "back.sqlite"), now=NOW)
    assert back == counts
    assert list_rows(tmp_path / "back.sqlite") == list_rows(tmp_path / "desk.sqlite")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith((".", "back"))) == ["back.sqlite"]


def list_rows(path: Path) -> list[str]:
    """Every row; of tables of words what they hold, not how SQLite keeps it."""
    rows = [line for line in dump(path) if line.startswith("INSERT INTO") and "_words" not in line[:40]]
    with closing(sqlite3.connect(path)) as held:
        for table in ("article_words", "claim_words", "incident_words"):
            rows += [f"{table} {row}" for row in held.execute(f"SELECT rowid, words FROM {table}")]
    return sorted(rows)


@pytest.mark.postgresql
def test_the_moved_desk_goes_on_counting(tmp_path: Path, bare: str) -> None:
    settings = make_home(tmp_path)
    move_desk(settings, bare, now=NOW)
    store = open_store(bare)
    try:
        run_flow(store, make_readings(12))
        assert store.counts().articles == 12
        assert store.check() == []
    finally:
        store.close()


@pytest.mark.postgresql
def test_a_database_that_is_used_or_in_use_is_refused(tmp_path: Path, bare: str) -> None:
    settings = make_home(tmp_path)
    store = open_store(bare)
    with pytest.raises(StoreError, match="is in use by 1 connections: stop tocsin serve"):
        move_desk(settings, bare, now=NOW)
    run_flow(store, make_readings(2))
    store.close()
    with pytest.raises(StoreError, match=r"is not empty .it has rows in"):
        move_desk(settings, bare, now=NOW)
    assert look(bare)[0] == 2
    with pytest.raises(StoreError, match="is there already"):
        move_desk(Settings(home=tmp_path, database=bare), str(tmp_path / "desk.sqlite"), now=NOW)


@pytest.mark.postgresql
def test_what_does_not_come_back_as_it_was_is_not_kept(
    tmp_path: Path, bare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_home(tmp_path)
    counted = iter(range(100))
    monkeypatch.setattr(moving._Sum, "value", property(lambda _: next(counted), lambda *_: None), raising=False)
    with pytest.raises(StoreError, match=r"gives back other rows of .* nothing is kept"):
        move_desk(settings, bare, now=NOW)
    monkeypatch.undo()
    assert look(bare)[0] == 0


def test_a_desk_that_runs_is_not_moved(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    store = open_store(tmp_path / "desk.sqlite")
    try:
        with pytest.raises(StoreError, match=r"is in use: stop .* then move"):
            move_desk(settings, str(tmp_path / "other.sqlite"), now=NOW)
    finally:
        store.close()
    assert not (tmp_path / "other.sqlite").exists()


def test_a_word_of_a_stranger_arrives_as_it_is(tmp_path: Path) -> None:
    """Dates that an earlier version left empty and every letter there is."""
    make_home(tmp_path)
    with closing(sqlite3.connect(tmp_path / "desk.sqlite")) as held, held:
        held.execute("INSERT INTO notes VALUES ('odd', ?)", ("\U0001f4a5\u202e%s {x} '; --",))
        held.execute("UPDATE incidents SET changed_at = ''")
    move_desk(Settings(home=tmp_path), str(tmp_path / "other.sqlite"), now=NOW)
    assert list_rows(tmp_path / "other.sqlite") == list_rows(tmp_path / "desk.sqlite")


def test_the_command_says_what_to_do_next(tmp_path: Path) -> None:
    make_home(tmp_path)
    target = tmp_path / "other.sqlite"
    done = CliRunner().invoke(app, ["move", str(target), "--home", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert f"moved to {target}: 8 articles" in done.output
    assert "start the desk on the new one (TOCSIN_DATABASE)" in done.output
    assert target.stat().st_mode & 0o077 == 0
