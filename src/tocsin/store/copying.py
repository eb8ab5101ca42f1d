"""A consistent copy of a database that is in use, and putting such a copy in another's place."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL

from tocsin.errors import StoreError
from tocsin.store.connecting import name_address, parse_address
from tocsin.store.tables import REVISIONS

#: Longest time that PostgreSQL's own programs may take.
DUMP_SECONDS = 6 * 3600
#: Tables whose rows a manifest counts.
COUNTED = (
    "articles", "claims", "incidents", "links", "alerts", "notices", "corrections", "reports", "outlets", "feeds",
)  # fmt: skip


def copy_database(address: str | Path, target: Path) -> None:
    """Write a copy of one state of the database to a new file, while others read and write; raises StoreError.

    SQLite's own online backup in one step: it reads as any reader does, and whoever writes is not held up. On
    PostgreSQL `pg_dump` does it.
    """
    url = parse_address(address)
    if url.get_backend_name() == "postgresql":
        _dump(url, target)
        return
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
def having_alone(path: Path) -> Iterator[None]:
    """Have an SQLite database for oneself; raises StoreError where a desk has it open. A broken one is had as it is."""
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
                told = "is in use: stop tocsin serve and tocsin watch first, then restore"
                raise StoreError("database", path, told) from why
        except sqlite3.DatabaseError:  # it is no database any more: that may be why somebody restores
            pass
        yield


def put_aside(path: Path, aside: Path) -> None:
    """Rename an SQLite database with what lies beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        old = path.with_name(path.name + suffix)
        with suppress(FileNotFoundError):
            old.rename(aside.with_name(aside.name + suffix))


# --- PostgreSQL
def _dump(url: URL, target: Path) -> None:
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    _call("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", "--file", str(target)], url)


def restore_dump(address: str, dump: Path) -> None:
    """Put a dump in place of what is in a PostgreSQL database, in one transaction; raises StoreError."""
    options = ["--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _call("pg_restore", [*options, str(dump)], parse_address(address))


def count_others(address: str) -> int:
    """How many desks and tools of Tocsin are connected to a PostgreSQL database."""
    from tocsin.store.connecting import Connections

    connections = Connections(address)
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tocsin' "
        "AND pid <> pg_backend_pid()"
    )
    try:
        with connections.reading() as connection:
            return int(connection.exec_driver_sql(query).scalar() or 0)
    finally:
        connections.close()


def _call(program: str, options: list[str], url: URL) -> None:
    """Call one of PostgreSQL's programs; the password travels in the environment, where no other user sees it."""
    path = shutil.which(program)
    name = name_address(url)
    if path is None:
        told = f"needs PostgreSQL's own program {program}, which is not installed: apt-get install postgresql-client"
        raise StoreError("database", name, told)
    shown = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environ = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    arguments = [path, "--no-password", *(["--dbname", shown] if program == "pg_restore" else [f"--dbname={shown}"])]
    try:
        done = subprocess.run(  # noqa: S603 - the program's own path, no shell
            [*arguments, *options], env=environ, capture_output=True, text=True, timeout=DUMP_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as why:
        raise StoreError("database", name, f"{program} did not come to an end ({why})") from why
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if line.strip()), f"status {done.returncode}")
        raise StoreError("database", name, f"{program} failed ({said.strip()[:300]})")
