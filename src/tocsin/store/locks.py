"""Locks between processes on one database: the turn to derive and decide, and the watch over the feeds.

Either goes with the process that holds it, however that ends.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from tocsin.errors import StoreError

#: So long another process may be at work before this one gives up.
TURN_SECONDS = 600.0
#: Keys of PostgreSQL's advisory locks: "tocsin" in ASCII and a number.
_BASE = 0x746F6373696E << 8
WRITERS_KEY, TURN_KEY, WATCH_KEY = _BASE + 1, _BASE + 2, _BASE + 3


class Locks(Protocol):
    """The locks of one store; safe to use from any thread."""

    @contextmanager
    def taking_turn(self) -> Iterator[None]:
        """Be alone in deriving and deciding."""
        yield

    def hold_watch(self) -> bool:
        """Take the watch if it is free; whether this store has it."""
        ...

    def release_watch(self) -> None:
        """Let the watch go, if it is held."""
        ...


class FileLocks:
    """On SQLite: a small file beside the database for each lock; SQLite's own lock on it is what is held."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._watch: sqlite3.Connection | None = None
        self._guard = threading.Lock()

    @contextmanager
    def taking_turn(self) -> Iterator[None]:
        """See `Locks`."""
        path = self._beside(".turn")
        try:
            lock = _lock_file(path, TURN_SECONDS)
        except sqlite3.Error as why:
            if getattr(why, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:  # a full disk is not another desk
                raise StoreError("database", self._database, f"refuses ({why})") from why
            raise _tell_no_turn(path, why) from why
        with closing(lock):
            yield

    def hold_watch(self) -> bool:
        """See `Locks`."""
        path = self._beside(".watch")
        with self._guard:
            if self._watch is None:
                try:
                    self._watch = _lock_file(path, 0)
                except sqlite3.OperationalError as why:
                    if why.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                        raise StoreError("watch", path, f"cannot be had ({why})") from why
            return self._watch is not None

    def release_watch(self) -> None:
        """See `Locks`."""
        with self._guard:
            if self._watch is not None:
                self._watch.close()
            self._watch = None

    def _beside(self, suffix: str) -> Path:
        is_taken = self._database.suffix in (".turn", ".watch")
        return Path(f"{self._database}{suffix}") if is_taken else self._database.with_suffix(suffix)


def _lock_file(path: Path, timeout: float) -> sqlite3.Connection:
    lock = sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("begin immediate").close()
    except BaseException:
        lock.close()
        raise
    return lock


class ServerLocks:
    """On PostgreSQL: advisory locks, each held by a connection of its own.

    Whoever has the turn also writes on its connection. So where the server has let the turn go, because that connection
    broke, nothing more can be written by whom it was taken from.
    """

    def __init__(self, connect: Callable[[], Connection], name: str) -> None:
        self._connect, self._name = connect, name
        self._turn = threading.local()
        self._watch: Connection | None = None
        self._guard = threading.Lock()

    @property
    def turn_connection(self) -> Connection | None:
        """The connection that holds the turn of this thread; raises StoreError where it is lost."""
        connection: Connection | None = getattr(self._turn, "connection", None)
        if connection is not None and connection.invalidated:
            raise StoreError("turn to derive", self._name, "was lost with the connection: what was at work starts anew")
        return connection

    @contextmanager
    def taking_turn(self) -> Iterator[None]:
        """See `Locks`."""
        with self._connect() as plain:
            connection = plain.execution_options(isolation_level="READ COMMITTED")
            try:
                with connection.begin():
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{TURN_SECONDS:.0f}s'")
                    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                    connection.exec_driver_sql(f"SELECT pg_advisory_lock({TURN_KEY})")
            except SQLAlchemyError as why:
                raise _tell_no_turn(self._name, getattr(why, "orig", None) or why) from why
            self._turn.connection = connection
            try:
                yield
            finally:
                self._turn.connection = None
                _unlock(connection, TURN_KEY)

    def hold_watch(self) -> bool:
        """See `Locks`. A connection that broke meanwhile has lost the watch: it is asked for anew."""
        with self._guard:
            if self._watch is not None and not _is_alive(self._watch):
                self._watch.close()
                self._watch = None
            if self._watch is None:
                connection = self._connect()
                try:
                    with connection.begin():
                        is_ours = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({WATCH_KEY})").scalar()
                except BaseException:
                    connection.close()
                    raise
                if not is_ours:
                    connection.close()
                    return False
                self._watch = connection
            return True

    def release_watch(self) -> None:
        """See `Locks`."""
        with self._guard:
            if self._watch is not None:
                _unlock(self._watch, WATCH_KEY)
                self._watch.close()
            self._watch = None


def _is_alive(connection: Connection) -> bool:
    if connection.invalidated:
        return False
    try:
        with connection.begin():
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError:
        return False
    return True


def _unlock(connection: Connection, key: int) -> None:
    """Let a lock go; a connection that cannot is thrown away, and the lock with it."""
    if connection.invalidated:
        return
    with suppress(SQLAlchemyError):
        if connection.in_transaction():  # what failed inside is rolled back already
            connection.rollback()
        with connection.begin():
            if connection.exec_driver_sql(f"SELECT pg_advisory_unlock({key})").scalar():
                return
    with suppress(SQLAlchemyError):
        connection.invalidate()


def _tell_no_turn(which: object, why: object) -> StoreError:
    told = str(why).strip().splitlines()
    return StoreError("turn to derive", which, f"cannot be had ({told[0] if told else why}): is another desk at work?")
