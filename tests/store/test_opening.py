"""A database opens where it should, upgrades by itself, and says in one line why it will not."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.worlds import make_readings
from tocsin.errors import StoreError
from tocsin.ports import Store
from tocsin.records import Filter
from tocsin.store import dumps, open_store
from tocsin.store.connecting import parse_address
from tocsin.store.tables import REVISIONS


def _open_and_count(address: str | Path) -> int:
    store: Store = open_store(address)
    try:
        return store.counts().articles
    finally:
        store.close()


def test_path_and_address_name_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "100% mine.sqlite"
    store = open_store(path)
    store.add_reading(make_readings(1)[0])
    store.close()
    assert _open_and_count(str(path)) == 1
    assert _open_and_count(f"sqlite:///{path}") == 1


def test_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    store = open_store(path)
    store.set_note("a", "b")
    kept = [p for p in tmp_path.iterdir() if p.name.startswith("desk.sqlite")]
    assert len(kept) >= 2, "the write-ahead log lies beside it"
    assert {stat.S_IMODE(p.stat().st_mode) for p in kept} == {0o600}
    store.close()


def test_pragmas_hold_on_every_connection(tmp_path: Path) -> None:
    from tocsin.store.sql_store import SqlStore

    store = open_store(tmp_path / "desk.sqlite")
    assert isinstance(store, SqlStore)
    with store._connections.reading() as first, store._connections.reading() as second:
        for connection in (first, second):
            asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "trusted_schema")
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
            assert found == ["wal", 2, 1, 30_000, 0]
    store.close()


@pytest.mark.parametrize(
    "content", [b"this is a plain text file, not a database\n" * 40, b"PK\x03\x04" + b"\x00" * 4096]
)
def test_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"notes\.txt.*refuses .file is not a database.: .*tocsin restore BACKUP"):
        open_store(path)
    assert path.read_bytes() == content


def test_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (address TEXT)")
    other.commit()
    other.close()
    with pytest.raises(StoreError, match="belongs to something else: it has a table 'bookmarks'"):
        open_store(path)


def test_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    open_store(path).close()
    newer = sqlite3.connect(path)
    newer.execute("UPDATE alembic_version SET version_num = '0999'")
    newer.commit()
    newer.close()
    with pytest.raises(StoreError, match=f"has schema '0999' of a newer Tocsin; this one knows up to {REVISIONS[-1]}"):
        open_store(path)


def test_folder_and_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        open_store(tmp_path)
    with pytest.raises(StoreError, match=r"its folder .* does not exist"):
        open_store(tmp_path / "missing" / "desk.sqlite")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any file, so a read-only one cannot be tried")
def test_read_only_file(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    open_store(path).close()
    path.chmod(0o400)
    with pytest.raises(StoreError, match=r"readonly.*: let this user write the file and its folder"):
        open_store(path)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("mysql://me:secret@host/desk", "must begin with sqlite:/// or postgresql://"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("post gres://me:secret@host:port/desk", "is not of the form"),
    ],
)
def test_bad_addresses(address: str, reason: str) -> None:
    with pytest.raises(StoreError, match=re.escape(reason)) as caught:
        open_store(address)
    assert "secret" not in str(caught.value)


def test_postgresql_by_its_plain_name() -> None:
    assert parse_address("postgresql://me@host/desk").drivername == "postgresql+psycopg"


def test_empty_file_becomes_a_desk(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    path.touch()
    assert _open_and_count(path) == 0


def test_locked_database_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.store.connecting.BUSY_SECONDS", 0.05)
    path = tmp_path / "desk.sqlite"
    store = open_store(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"database is locked.: another program holds it; try again"):
        store.set_note("a", "b")
    assert store.articles(Filter()) == [], "readers do not wait for a writer"
    other.execute("ROLLBACK")
    store.set_note("a", "b")
    other.close()
    store.close()


def test_alembic_is_loaded_only_to_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    open_store(path).close()
    code = (
        "import sys, tocsin.store; assert 'sqlalchemy' not in sys.modules\n"
        f"tocsin.store.open_store({str(path)!r}).close(); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("where", ["desk:{}@db/desk", "desk@db/desk?password={}&sslmode=require"])
def test_no_password_stands_on_the_command_line_of_a_program(where: str) -> None:
    """Everybody on the machine can see the command lines of pg_dump and psql."""
    url = parse_address(f"postgresql://{where.format('lantern')}")
    assert "lantern" not in dumps._show(url)
    assert dumps._hand_over(url) == {"PGPASSWORD": "lantern"}
    assert dumps._hand_over(parse_address("postgresql://desk@db/desk")) == {}
    with pytest.raises(StoreError, match="sslpassword would stand on the command line") as caught:
        dumps._hand_over(parse_address("postgresql://desk@db/desk?sslpassword=lantern"))
    assert "lantern" not in str(caught.value)
