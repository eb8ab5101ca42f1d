"""A consistent copy of a database that is in use, and putting such a copy in another's place."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tocsin.errors import StoreError
from tocsin.store.base import put_rows
from tocsin.store.connecting import Connections, parse_address
from tocsin.store.dumps import dump_database
from tocsin.store.tables import REVISIONS, notes

#: Tables whose rows a manifest counts.
COUNTED = (
    "articles", "claims", "incidents", "links", "alerts", "notices", "corrections", "reports", "outlets", "feeds",
)  # fmt: skip


def copy_database(address: str | Path, target: Path) -> tuple[str, dict[str, int]]:
    """Write a checked copy of one state of the database to a new file, while others read and write.

    What it gives are the copy's schema, and rows by table. SQLite's own online backup in one step: it reads as any
    reader does, and whoever writes is not held up. On PostgreSQL `pg_dump` does it. The database itself is left at the
    schema that it has: a desk of an earlier version may be at work on it. Raises StoreError.
    """
    url = parse_address(address)
    if url.get_backend_name() == "postgresql":
        return dump_database(url, target, COUNTED)
    path = Path(str(url.database))
    if not path.is_file():
        raise StoreError("database", path, "is not there: there is nothing to back up")
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        with closing(sqlite3.connect(path, timeout=30)) as held, closing(sqlite3.connect(target)) as made:
            held.execute("PRAGMA query_only = ON").close()
            held.backup(made, pages=-1)
            made.execute("PRAGMA journal_mode = DELETE").close()  # one file, without a log beside it
    except sqlite3.Error as why:
        raise StoreError("database", path, f"cannot be copied ({why})") from why
    return check_copy(target)


def set_note(address: str | Path, key: str, value: str) -> None:
    """Let a database remember a small value, without bringing it forward; raises StoreError."""
    connections = Connections(address)
    try:
        with connections.writing() as connection:
            put_rows(connection, notes.c.key, [{"key": key, "value": value}])
    finally:
        connections.close()


def check_copy(path: Path) -> tuple[str, dict[str, int]]:
    """Schema and counts of a copied SQLite database; raises StoreError where it is not sound."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            problems = [row[0] for row in copy.execute("PRAGMA integrity_check")]
            problems = [] if problems == ["ok"] else problems
            problems += [f"table {row[0]}: row {row[1]}" for row in copy.execute("PRAGMA foreign_key_check")]
            if problems:
                raise StoreError("copy of the database", path, f"is not sound: {problems[0]}")
            schema = str(copy.execute("SELECT version_num FROM alembic_version").fetchone()[0])
            there = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            counts = {t: copy.execute(f'SELECT count(*) FROM "{t}"').fetchone()[0] for t in COUNTED if t in there}  # noqa: S608 - our own names
    except (sqlite3.Error, TypeError) as why:
        raise StoreError("copy of the database", path, f"cannot be read ({why})") from why
    return schema, counts


def refuse_unknown_schema(schema: str) -> None:
    """Raise StoreError where this version cannot bring a copy of that schema forward."""
    if schema not in REVISIONS:
        told = f"is of a newer Tocsin; this one knows up to {REVISIONS[-1]}: use the newer one"
        raise StoreError("backup's schema", schema, told)


@contextmanager
def having_alone(path: Path, act: str = "restore") -> Iterator[None]:
    """Have an SQLite database for oneself; raises StoreError where a desk has it open. A broken one is had as it is.

    `act` is what the person wants to do then, for the refusal.
    """
    if not path.exists():
        yield
        return
    held = sqlite3.connect(path, timeout=1, isolation_level=None)
    with closing(held):
        try:
            # only where nobody else has it open can its log be done away with
            held.execute("PRAGMA journal_mode = DELETE").close()
            held.execute("PRAGMA locking_mode = EXCLUSIVE").close()
            held.execute("BEGIN EXCLUSIVE").close()
        except sqlite3.OperationalError as why:
            if why.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                told = f"is in use: stop tocsin serve and tocsin watch first, then {act}"
                raise StoreError("database", path, told) from why
        except sqlite3.DatabaseError:  # it is no database any more: that may be why somebody restores
            pass
        yield


def find_aside(path: Path) -> Path:
    """The first name that is free: that one, or with -2 behind it, …; nothing that is kept is written over."""
    number = 1
    while (aside := path if number == 1 else path.with_name(f"{path.name}-{number}")).exists():
        number += 1
    return aside


def put_in_place(made: Path, path: Path, aside: Path | None) -> None:
    """Give a database's name to another file, and keep the earlier one as `aside` where there is one.

    Whenever it is cut short, the name belongs to a whole database, the earlier or the later: one that is looked for and
    not found would be made anew, empty.
    """
    if aside is not None:
        # None but a database that was broken already has anything beside it: `having_alone` has folded up the log. It
        # must not stay beside the new one, to which it would be applied.
        for suffix in ("-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
        try:
            os.link(path, aside)
        except OSError:  # a file system without second names
            _copy_file(path, aside)
        sync_folder(path.parent)
    os.replace(made, path)
    sync_folder(path.parent)


def _copy_file(path: Path, target: Path) -> None:
    with path.open("rb") as held, open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as made:
        shutil.copyfileobj(held, made, 1 << 20)
        made.flush()
        os.fsync(made.fileno())


def sync_folder(folder: Path) -> None:
    """Let a rename be on the disk; not every system lets a folder be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
