"""Connections: addresses, pragmas, transactions, and one way for anything that goes wrong to be said."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from tocsin.errors import StoreError

BUSY_SECONDS = 30
#: WAL: readers never wait for the writer, nor it for them. FULL: every commit is on the disk before it is reported;
#: under NORMAL a power cut could take back the last ones, and promise 5 says that nothing is lost. It costs one
#: fsync for each article, which is less than reading the article does.
#: trusted_schema off: a file from elsewhere cannot run functions through its own triggers and views.
PRAGMAS = (
    f"busy_timeout = {BUSY_SECONDS * 1000}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cache_size = -16000",
    "journal_size_limit = 67108864",
)
#: The key of the PostgreSQL lock that makes writers take turns, as SQLite's do: "tocsin" in ASCII.
_WRITERS_LOCK = 0x746F6373696E


def parse_address(address: str | Path) -> URL:
    """The address as SQLAlchemy's, checked."""
    if isinstance(address, Path) or "://" not in address:
        return URL.create("sqlite", database=os.fspath(address))
    try:
        url = make_url(address)
    except ArgumentError as why:
        raise StoreError("database address", _hide(address), "is not of the form sqlite:///path") from why
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError("database address", _hide(address), "must begin with sqlite:/// or postgresql://")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StoreError("database address", address, "must name a file: the desk's memory outlives the desk")
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _hide(address: str) -> str:
    """An address that could not be parsed, without what may be a password."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


class Connections:
    """The pool of one database; `reading` and `writing` are its transactions."""

    def __init__(self, address: str | Path) -> None:
        url = parse_address(address)
        self.dialect = url.get_backend_name()
        if self.dialect == "sqlite":
            self.name = str(url.database)
            _make_private_file(Path(self.name))
        else:
            self.name = url.render_as_string(hide_password=True)
        self._engine = self._make_engine(url)
        self._is_closed = False
        self._turn = Lock()  # within this process writers queue here; SQLite's own lock is polled, and unfair

    def _make_engine(self, url: URL) -> Engine:
        # A web desk reads from a pool of 40 threads; a connection that waits costs nothing.
        options: dict[str, Any] = {"pool_size": 8, "max_overflow": 40}
        if self.dialect == "postgresql":
            # A reading that takes several statements sees one state of the desk, as in SQLite's WAL.
            options["isolation_level"] = "REPEATABLE READ"
        try:
            engine = create_engine(url, **options)
        except ImportError as why:
            raise StoreError("database", self.name, f"needs a package that is not installed ({why.name})") from why
        if self.dialect == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database."""
        with self._saying_why(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone in writing: kept as a whole at the end, or not at all."""
        with self._turn, self._saying_why(), self._engine.connect() as connection:
            if self.dialect == "postgresql":
                # The lock is taken before the snapshot is: whoever waited sees what the one before has written.
                connection = connection.execution_options(isolation_level="READ COMMITTED")
            else:
                connection = connection.execution_options(tocsin_writes=True)
            with connection.begin():
                if self.dialect == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")
                yield connection

    def close(self) -> None:
        """Give the file free; a closed store refuses everything."""
        self._is_closed = True
        self._engine.dispose()

    @contextmanager
    def _saying_why(self) -> Iterator[None]:
        if self._is_closed:
            raise StoreError("database", self.name, "is closed")
        try:
            yield
        except DBAPIError as why:
            reason = str(why.orig).strip().splitlines()[0] if str(why.orig).strip() else type(why.orig).__name__
            raise StoreError("database", self.name, f"refuses ({reason})") from why
        except SQLAlchemyError as why:
            raise StoreError("database", self.name, f"cannot be used ({str(why).splitlines()[0]})") from why
        except UnicodeEncodeError as why:
            raise StoreError("text", why.object[why.start : why.end], "cannot be stored as UTF-8") from why


def _make_private_file(path: Path) -> None:
    """Make the file, for its owner alone, where there is none: what a desk knows may put people at risk."""
    if not path.parent.is_dir():
        raise StoreError("database", path, f"its folder {str(path.parent)!r} does not exist")
    if path.is_dir():
        raise StoreError("database", path, "is a folder; name a file")
    with suppress(FileExistsError):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            raise
        except OSError as why:
            raise StoreError("database", path, f"cannot be made ({why.strerror})") from why


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing of its own accord: `_begin_sqlite` does
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later could find its place taken: a writer says so at once.
    writes = connection.get_execution_options().get("tocsin_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
