"""A PostgreSQL server of the tests' own: found, started in a folder that goes again, and stopped at the end.

TOCSIN_TEST_POSTGRESQL   not set: the binaries that are here start a private server
                         off: the tests on PostgreSQL are left out
                         an address, as postgresql://user@host/postgres: that server; its user must be a superuser, and
                         makes databases whose names begin with "tocsin_test_"
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from glob import glob
from itertools import count
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

SWITCH = "TOCSIN_TEST_POSTGRESQL"
#: The text that the end of a run shows where the tests were left out.
LEFT_OUT = f"THE TESTS ON POSTGRESQL WERE LEFT OUT: no server here, or {SWITCH}=off. apt-get install postgresql"
#: Speed in place of safety, and an order of letters that is not that of their numbers, so that a query that leans on
#: the server's own order shows.
_OPTIONS = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=200",
    "listen_addresses=", "shared_buffers=64MB", "lc_messages=C",
)  # fmt: skip
_ORDER = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")


#: Takes every row out and starts every count anew, past all guards: in a hundredth of the time a new database takes.
_EMPTY = """
DO $$ DECLARE name text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""


class Server:
    """A running server; `lending` gives databases of it."""

    def __init__(self, address: URL, *, asks_for_passwords: bool = False) -> None:
        """A server; `asks_for_passwords` of the role "guarded", as one of our own does."""
        self.address, self.asks_for_passwords = address, asks_for_passwords
        self._engine = create_engine(address, isolation_level="AUTOCOMMIT")
        self._numbers = count()
        self._made: list[str] = []
        self._free: list[str] = []

    @contextmanager
    def lending(self) -> Iterator[Callable[[], str]]:
        """Lend databases with the newest schema and nothing in them; at the end they are taken back and emptied."""
        lent: list[str] = []

        def lend() -> str:
            lent.append(self._free.pop() if self._free else self._make_desk())
            return lent[-1]

        yield lend
        for address in lent:
            self.disconnect(address)
            self.execute(address, _EMPTY)
        self._free += lent

    def make_bare(self, more: str = "") -> str:
        """The address of a database without any table, which goes when the server is let go of."""
        name = f"tocsin_test_{os.getpid()}_{next(self._numbers)}"
        self.execute(self.address, f'CREATE DATABASE "{name}" TEMPLATE template0 {more}')
        self._made.append(name)
        return self.address.set(database=name).render_as_string(hide_password=False)

    def _make_desk(self) -> str:
        from tocsin.store import open_store

        address = self.make_bare()
        open_store(address).close()
        return address

    def disconnect(self, address: str) -> None:
        """End every session on a database, as a server does that starts anew."""
        with self._engine.connect() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name"),
                {"name": make_url(address).database},
            )

    def execute(self, address: str | URL, *statements: str) -> None:
        """Run statements as the server's owner."""
        import psycopg

        plain = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def close(self) -> None:
        """Drop what was made."""
        self._engine.dispose()
        for name in self._made:
            self.execute(self.address, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def is_here() -> bool:
    """Whether there is a server to use, or one that can be started."""
    asked = os.environ.get(SWITCH, "")
    return asked.lower() != "off" and ("://" in asked or find_binaries() is not None)


@contextmanager
def run_server() -> Iterator[Server]:
    """The server to use; started for this where none is named."""
    asked = os.environ.get(SWITCH, "")
    if "://" in asked:
        server = Server(make_url(asked).set(drivername="postgresql+psycopg"))
        yield server
        server.close()
        return
    binaries = find_binaries()
    assert binaries is not None
    # a short path: that of a socket may be a hundred letters long
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-pg-", ignore_cleanup_errors=True) as folder,
        start_server(binaries, Path(folder)) as address,
    ):
        server = Server(address, asks_for_passwords=True)
        yield server
        server.close()


@contextmanager
def start_server(binaries: Path, folder: Path, *options: str) -> Iterator[URL]:
    """A server whose files lie in a folder, made there at first, on a socket there; stopped at the end."""
    user: dict[str, str | int] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = {"user": "postgres", "group": "postgres"}
        shutil.chown(folder, "postgres", "postgres")
    files, given = folder / "data", [word for o in (*_OPTIONS, *options) for word in ("-c", o)]
    if not files.exists():
        made = [binaries / "initdb", "-D", files, "-A", "trust", "-U", "tocsin", "-E", "UTF8", "--no-sync", *_ORDER]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, timeout=60, **user)  # type: ignore[call-overload]
        rules = files / "pg_hba.conf"
        rules.write_text(f"local all guarded scram-sha-256\n{rules.read_text()}")
    running = [binaries / "postgres", "-D", files, "-k", folder, *given]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(running, cwd=folder, stdout=log, stderr=log, **user)  # type: ignore[call-overload]
    try:
        address = URL.create("postgresql+psycopg", "tocsin", database="postgres", query={"host": str(folder)})
        while not _answers(address):
            assert child.poll() is None, (folder / "log").read_text("utf-8", "replace")
            time.sleep(0.02)
        yield address
    finally:
        child.send_signal(signal.SIGINT)  # at once, without waiting for those who are connected
        child.wait(30)


def _answers(address: URL) -> bool:
    engine = create_engine(address)
    try:
        engine.connect().close()
    except OperationalError:
        return False
    finally:
        engine.dispose()
    return True


@cache
def find_binaries() -> Path | None:
    """The folder of the newest server that is installed here."""
    on_path = shutil.which("postgres")
    found = [Path(on_path).parent] if on_path else []
    installed = (Path(folder) for folder in glob("/usr/lib/postgresql/*/bin"))
    found += sorted(installed, key=lambda f: int(f.parent.name) if f.parent.name.isdigit() else 0, reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None)
