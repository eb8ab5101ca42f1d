"""Connections: addresses, pragmas, transactions, and one way for anything that goes wrong to be said."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, RootTransaction, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from tocsin.errors import StoreError
from tocsin.store import postgresql
from tocsin.store.locks import WRITERS_KEY, FileLocks, Locks, ServerLocks

BUSY_SECONDS = 30
QUICK_SECONDS = 1
#: WAL: readers never wait for the writer, nor it for them. FULL: every commit is on the disk before it is reported;
#: under NORMAL a power cut could take back the last ones, and promise 5 says that nothing is lost. It costs one
#: fsync for each article, which is less than reading the article does.
#: trusted_schema off: a file from elsewhere cannot run functions through its own triggers and views.
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    # KiB for each connection, of which there are as many as threads that answer: while news comes in, each commit
    # empties the caches of all others anyway, and the system's own cache of the file stands behind them
    "cache_size = -1000",
    "journal_size_limit = 67108864",
)
#: Connections of one process that stay open, at 0.2 MB each and what `PRAGMAS` let each keep of the file.
KEPT_CONNECTIONS = 24
#: So often another file may have come to bear a database's name while it is opened.
MOST_RESTORES = 5
#: What to do about what SQLite says most; its own words stand before it.
_REMEDIES = (
    ("is locked", "another program holds it; try again, and if it lasts see which (fuser FILE)"),
    ("is full", "make room on its disk; what was kept stays"),
    ("readonly", "let this user write the file and its folder"),
    ("unable to open", "let this user write the file and its folder"),
    ("disk I/O error", "its disk fails or is full; look at the system's own log"),
    ("malformed", "it is damaged; put a backup in its place: tocsin restore BACKUP"),
    ("not a database", "name the desk's own file; if it is damaged, put a backup in its place: tocsin restore BACKUP"),
)
#: What an address may hold that nobody may see, besides the password before the host.
HIDDEN = ("password", "sslpassword")


def parse_address(address: str | Path) -> URL:
    """The address as SQLAlchemy's, checked."""
    if isinstance(address, Path) or "://" not in address:
        return URL.create("sqlite", database=os.fspath(address))
    try:
        url = make_url(address)
    except ArgumentError as why:
        told = "is not of the form sqlite:///path or postgresql://user@host/database"
        raise StoreError("database address", _hide(address), told) from why
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError("database address", _hide(address), "must begin with sqlite:/// or postgresql://")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StoreError("database address", address, "must name a file: the desk's memory outlives the desk")
    if url.get_backend_name() == "postgresql" and url.drivername not in ("postgresql", "postgresql+psycopg"):
        raise StoreError(
            "database address", _hide(address), "must begin with postgresql:// alone: the driver is psycopg"
        )
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def name_address(url: URL) -> str:
    """The address as it may be shown: without any password."""
    kept = {key: value for key, value in url.query.items() if key not in HIDDEN}
    shown = url.set(query=kept, drivername=url.get_backend_name())
    return shown.render_as_string(hide_password=True)


def _hide(address: str) -> str:
    """An address that could not be parsed, without what may be a password."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


class Connections:
    """The pool of one database; `reading` and `writing` are its transactions, `locks` what processes share."""

    def __init__(self, address: str | Path) -> None:
        url = parse_address(address)
        self.dialect = url.get_backend_name()
        self.locks: Locks
        self._server_locks: ServerLocks | None = None
        if self.dialect == "sqlite":
            self.name = str(url.database)
            _make_private_file(Path(self.name))
            self._engine = _make_sqlite_engine(url)
            self.locks = FileLocks(Path(self.name))
        else:
            self.name = name_address(url)
            self._engine = postgresql.make_engine(url, self.name)
            self.locks = self._server_locks = ServerLocks(self._connect, self.name)
        self._is_closed = False
        self._is_known = False  # whether the server has answered once
        self._busy_until = 0.0  # so long writers do not wait for another program
        self._writers = Lock()  # within this process writers queue here; SQLite's own lock is polled, and unfair

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database."""
        with self._saying_why(), self._connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone in writing: kept as a whole at the end, or not at all."""
        with self._writers, self._saying_why():
            if self._server_locks is None:
                with self._connect() as connection, self._begin_writing(connection):
                    yield connection
            elif held := self._server_locks.turn_connection:
                with _writing_alone(held) as connection:
                    yield connection
            else:
                with self._connect() as connection, _writing_alone(connection) as alone:
                    yield alone

    def _begin_writing(self, connection: Connection) -> RootTransaction:
        """Begin a transaction of SQLite that writes.

        Writers queue here: where one has waited for another program in vain, those behind it wait for a second only, or
        the last of them would be refused after minutes.
        """
        seconds = QUICK_SECONDS if time.monotonic() < self._busy_until else BUSY_SECONDS
        try:
            begun = connection.execution_options(tocsin_writes=seconds).begin()
        except DBAPIError:
            self._busy_until = time.monotonic() + BUSY_SECONDS
            raise
        self._busy_until = 0.0
        return begun

    def check_server(self) -> None:
        """Raises StoreError for a server that the desk cannot work with."""
        if self.dialect == "postgresql":
            with self.reading() as connection:
                postgresql.check_server(connection, self.name)
        self._is_known = True

    @contextmanager
    def taking_turn(self) -> Iterator[None]:
        """Be alone, among all processes on this database, in deriving and deciding."""
        with self._saying_why(), self.locks.taking_turn():
            yield

    def hold_watch(self) -> bool:
        """Take the watch over the feeds if no other process has it; whether this one has it."""
        with self._saying_why():
            return self.locks.hold_watch()

    def close(self) -> None:
        """Give the file free; a closed store refuses everything."""
        self._is_closed = True
        self.locks.release_watch()
        self._engine.dispose()

    def _connect(self) -> Connection:
        """A connection; a server that was there before is given some time to come back."""
        if not self._is_known or self.dialect == "sqlite":
            return self._engine.connect()
        import stamina  # SQLite's desk does not need it here

        for attempt in stamina.retry_context(
            on=postgresql.is_passing, attempts=None, timeout=postgresql.PATIENCE_SECONDS, wait_initial=0.1, wait_max=2.0
        ):
            with attempt:
                return self._engine.connect()
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _saying_why(self) -> Iterator[None]:
        if self._is_closed:
            raise StoreError("database", self.name, "is closed")
        try:
            yield
        except DBAPIError as why:
            reason = str(why.orig).strip().splitlines()[0] if str(why.orig).strip() else type(why.orig).__name__
            told = explain_sqlite(reason) if self.dialect == "sqlite" else postgresql.explain(why, reason)
            raise StoreError("database", self.name, told) from why
        except SQLAlchemyError as why:
            raise StoreError("database", self.name, f"cannot be used ({str(why).splitlines()[0]})") from why
        except UnicodeEncodeError as why:
            raise StoreError("text", why.object[why.start : why.end], "cannot be stored as UTF-8") from why


def explain_sqlite(reason: str) -> str:
    """What SQLite says, and what to do about it."""
    remedy = next((remedy for words, remedy in _REMEDIES if words in reason), None)
    return f"refuses ({reason}){f': {remedy}' if remedy else ''}"


@contextmanager
def _writing_alone(connection: Connection) -> Iterator[Connection]:
    """A transaction of PostgreSQL that waits for all other writers, as SQLite's do."""
    # The lock is taken before the snapshot is: whoever waited sees what the one before has written.
    connection = connection.execution_options(isolation_level="READ COMMITTED")
    with connection.begin():
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_KEY})")
        yield connection


def _make_sqlite_engine(url: URL) -> Engine:
    # A web desk reads from a pool of 40 threads. To open a connection takes as long as eight short questions, so that
    # what many readers have opened stays; the last one given back is taken first, and the rest hold next to nothing.
    engine = create_engine(url, pool_size=KEPT_CONNECTIONS, max_overflow=48 - KEPT_CONNECTIONS, pool_use_lifo=True)
    event.listen(engine, "do_connect", _connect_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


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


def _connect_sqlite(dialect: Any, _record: object, args: Any, given: Any) -> sqlite3.Connection:
    """A connection to the file that bears the name, and not to one that bore it a moment ago.

    Whoever opens a desk while one is restored waits for the earlier file, which then has another name: nothing may be
    written there any more.
    """
    for _ in range(MOST_RESTORES):
        before = _identify(args[0])
        connection: sqlite3.Connection = dialect.connect(*args, **given)
        try:
            connection.isolation_level = None  # the driver begins nothing of its own accord: `_begin_sqlite` does
            connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}").close()
            connection.execute("SELECT count(*) FROM sqlite_master").close()  # waits, and changes nothing
            if _identify(args[0]) == before:
                for pragma in PRAGMAS:
                    connection.execute(f"PRAGMA {pragma}").close()
                if _identify(args[0]) == before:
                    return connection
        except BaseException:
            connection.close()
            raise
        connection.close()
    raise sqlite3.OperationalError("the file is another one each time")


def _identify(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later could find its place taken: a writer says so at once.
    seconds = connection.get_execution_options().get("tocsin_writes")
    if seconds is not None:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {1000 * seconds:.0f}")
    connection.exec_driver_sql("BEGIN" if seconds is None else "BEGIN IMMEDIATE")
