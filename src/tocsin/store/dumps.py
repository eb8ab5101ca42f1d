"""Copies of a PostgreSQL database and putting them in its place, by PostgreSQL's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlalchemy import URL

from tocsin.errors import StoreError
from tocsin.store.connecting import HIDDEN, Connections, name_address, parse_address
from tocsin.store.upgrading import find_revision

#: Longest time that PostgreSQL's own programs may take.
DUMP_SECONDS = 6 * 3600
#: Takes out all that is in the desk's schema, of whatever revision it is. A dump's own list of what to drop knows
#: nothing of what later revisions have added, and those would stand in its way.
_CLEAR = """
SET lock_timeout = '30s';
DO $$ DECLARE it text; BEGIN
  FOR it IN SELECT c.oid::regclass::text FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
  LOOP EXECUTE 'DROP TABLE ' || it || ' CASCADE'; END LOOP;
  FOR it IN SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind = 'f'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE 'DROP FUNCTION ' || it || ' CASCADE'; END LOOP;
END $$;
"""


def dump_database(url: URL, target: Path, counted: Sequence[str]) -> tuple[str, dict[str, int]]:
    """Dump one state of a database to a new file while others read and write: its schema, and rows by table.

    The database is not brought forward: a desk of an earlier version may be at work on it. Raises StoreError.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connections = Connections(url.render_as_string(hide_password=False))
    try:
        with connections.reading() as connection:
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")  # it waits for the dump
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            schema = find_revision(connection, connections.name)
            if schema is None:
                raise StoreError("database", connections.name, "is empty: there is nothing to back up")
            there = set(
                connection.exec_driver_sql(
                    "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                ).scalars()
            )
            counts = {
                t: int(connection.exec_driver_sql(f'SELECT count(*) FROM "{t}"').scalar() or 0)  # noqa: S608 - our own names
                for t in counted
                if t in there
            }
            state = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar()
            options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={state}"]
            _call("pg_dump", [f"--dbname={_show(url)}", *options, "--file", str(target)], url)
    finally:
        connections.close()
    return schema, counts


def restore_dump(address: str, dump: Path) -> None:
    """Put a dump in place of all that is in a PostgreSQL database, in one transaction; raises StoreError.

    The end of the transaction is said only once `pg_restore` has told all: of a dump that breaks off nothing is kept.
    """
    url = parse_address(address)
    with tempfile.TemporaryFile() as reading_said, tempfile.TemporaryFile() as writing_said:
        reading = _start("pg_restore", ["--no-owner", "--no-privileges", "--file=-", str(dump)], url, reading_said)
        options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={_show(url)}"]
        with reading, _start("psql", options, url, writing_said) as writing:
            assert reading.stdout is not None  # noqa: S101 - they are pipes
            assert writing.stdin is not None  # noqa: S101
            with suppress(BrokenPipeError), writing.stdin as told:  # where it ends early its status says so
                told.write(f"BEGIN;\n{_CLEAR}".encode())
                shutil.copyfileobj(reading.stdout, told)
                reading.stdout.close()
                if reading.wait() == 0:
                    told.write(b"\nCOMMIT;\n")
            reading.kill()  # where nobody listens any more
        _judge("psql", writing.returncode, writing_said, url)
        _judge("pg_restore", reading.returncode, reading_said, url)


def count_others(address: str) -> int:
    """How many desks and tools of Tocsin are connected to a PostgreSQL database."""
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
    """Call one of the programs and wait for its end."""
    with tempfile.TemporaryFile() as said:
        with _start(program, options, url, said) as running:
            try:
                running.wait(timeout=DUMP_SECONDS)
            except subprocess.TimeoutExpired as why:
                running.kill()
                raise StoreError("database", name_address(url), f"{program} did not come to an end ({why})") from why
        _judge(program, running.returncode, said, url)


def _start(program: str, options: list[str], url: URL, said: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start one of the programs; the password travels in the environment, where no other user sees it."""
    path = shutil.which(program)
    if path is None:
        told = f"needs PostgreSQL's own program {program}, which is not installed: apt-get install postgresql-client"
        raise StoreError("database", name_address(url), told)
    environ = os.environ | _hand_over(url)
    arguments = [path, *([] if program == "pg_restore" else ["--no-password"]), *options]
    try:
        return subprocess.Popen(  # noqa: S603 - the program's own path, no shell
            arguments,
            env=environ,
            stdin=subprocess.PIPE if program == "psql" else subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "pg_restore" else subprocess.DEVNULL,
            stderr=said,
        )
    except OSError as why:
        raise StoreError("database", name_address(url), f"{program} cannot be started ({why})") from why


def _show(url: URL) -> str:
    """The address for a program's command line, which everybody on the machine can see: without any password."""
    kept = {key: value for key, value in url.query.items() if key not in HIDDEN}
    # made anew: `set(password=None)` would leave the password as it is
    shown = URL.create("postgresql", url.username, None, url.host, url.port, url.database, kept)
    return shown.render_as_string(hide_password=False)


def _hand_over(url: URL) -> dict[str, str]:
    """The password as a variable of the environment; raises StoreError for one that libpq takes from no such."""
    if "sslpassword" in url.query:
        told = "its sslpassword would stand on the command line of a program: use a key file without a password"
        raise StoreError("database", name_address(url), told)
    given = url.query.get("password", url.password)
    word = given[-1] if isinstance(given, tuple) else given
    return {"PGPASSWORD": str(word)} if word else {}


def _judge(program: str, status: int, said: IO[bytes], url: URL) -> None:
    """Raise StoreError with the first line of what a program has said, where it failed."""
    if status:
        said.seek(0)
        lines = said.read(10_000).decode("utf-8", "replace").splitlines()
        first = next((line.strip() for line in lines if line.strip()), f"status {status}")
        raise StoreError("database", name_address(url), f"{program} failed ({first[:300]})")
