"""What PostgreSQL does otherwise than SQLite, and what is said of a server or database that cannot be used."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from tests.postgresql import Server, find_binaries, start_server
from tests.store.worlds import make_readings, run_flow
from tocsin.errors import StoreError
from tocsin.ports import Store
from tocsin.records import Filter, Outlet, Party
from tocsin.store import open_store
from tocsin.store.connecting import Connections
from tocsin.store.postgresql import check_server, is_passing
from tocsin.store.sql_store import SqlStore

pytestmark = pytest.mark.postgresql
SECRET = "hush-0-hush"


@pytest.fixture
def address(postgresql: Server) -> Iterator[str]:
    with postgresql.lending() as lend:
        yield lend()


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    opened = open_store(address)
    yield opened
    opened.close()


def refusal(address: str) -> str:
    with pytest.raises(StoreError) as caught:
        open_store(address)
    assert SECRET not in str(caught.value)
    return str(caught.value)


# --- who is let in
def test_a_wrong_password_is_said_and_no_password_is_shown(postgresql: Server) -> None:
    postgresql.execute(
        postgresql.address, f"DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'"
    )
    address = make_url(postgresql.make_bare("OWNER guarded")).set(username="guarded", password=SECRET)
    if postgresql.asks_for_passwords:
        told = refusal(address.set(password=f"{SECRET}!").render_as_string(hide_password=False))
        assert "does not accept this name and password" in told
        told = refusal(address._replace(password=None).render_as_string(hide_password=False))
        assert ".pgpass" in told
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    opened = open_store(plain)
    assert opened.counts().articles == 0
    opened.close()
    with pytest.raises(StoreError, match="is closed") as caught:
        opened.counts()
    assert SECRET not in str(caught.value)


def test_a_password_in_the_query_of_an_address_is_hidden_too(postgresql: Server) -> None:
    address = postgresql.address.set(database="tocsin_none", drivername="postgresql")
    told = refusal(address.update_query_dict({"password": SECRET}).render_as_string(hide_password=False))
    assert "has no such database; make it once: createdb" in told


def test_a_role_that_is_not_there(address: str) -> None:
    told = refusal(make_url(address).set(username="nobody_here").render_as_string(hide_password=False))
    assert "does not let this user in" in told


def test_a_server_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    told = refusal(f"postgresql://me:{SECRET}@/desk?host={tmp_path}")
    assert "cannot be reached; see that the server runs" in told
    assert "No such file" in told


def test_the_driver_that_is_missing_is_named() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from tocsin.errors import StoreError; from tocsin.store import open_store\n"
        "try: open_store('postgresql://me@host/desk')\n"
        "except StoreError as why: print(why)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "pip install 'tocsin[postgres]'" in ran.stdout


# --- what the desk works with
def test_an_older_server_is_refused(store: Store) -> None:
    assert isinstance(store, SqlStore)
    with store._connections.reading() as connection:
        check_server(connection, "desk")
        connection.dialect.server_version_info = (14, 12)
        with pytest.raises(StoreError, match="is PostgreSQL 14: Tocsin needs 15 or later"):
            check_server(connection, "desk")


def test_a_database_that_cannot_hold_every_text_is_refused(postgresql: Server) -> None:
    address = postgresql.make_bare("ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C'")
    assert "has the encoding LATIN1" in refusal(address)


def test_a_newer_schema_and_another_programs_database_are_refused(postgresql: Server) -> None:
    address = postgresql.make_bare()
    postgresql.execute(address, "CREATE TABLE bookmarks (address text)")
    assert "belongs to something else: it has a table 'bookmarks'" in refusal(address)
    newer = postgresql.make_bare()
    open_store(newer).close()
    postgresql.execute(newer, "UPDATE alembic_version SET version_num = '0999'")
    assert "has schema '0999' of a newer Tocsin" in refusal(newer)


def test_every_session_is_bounded(store: Store) -> None:
    assert isinstance(store, SqlStore)
    with store._connections.reading() as connection:
        asked = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "application_name")
        assert [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in asked] == [
            "30s", "10min", "10min", "tocsin",
        ]  # fmt: skip


# --- texts
def test_every_column_of_text_sorts_by_the_numbers_of_its_letters(store: Store) -> None:
    assert isinstance(store, SqlStore)
    query = (
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'"
        " AND a.attnum > 0 AND NOT a.attisdropped AND a.attcollation NOT IN (0, '\"C\"'::regcollation)"
    )
    with store._connections.reading() as connection:
        assert connection.exec_driver_sql(query).all() == []
        order = connection.exec_driver_sql("SELECT 'a' < 'B'").scalar()
    assert order, "the database itself orders otherwise, or this test shows nothing"


def test_a_null_character_is_refused_by_name_and_the_rest_goes_on(store: Store) -> None:
    with pytest.raises(StoreError, match="NUL"):
        store.save_outlet(Outlet("out_x", "Hill\x00Wire"))
    store.save_outlet(Outlet("out_x", "Hill Wire"))
    assert store.outlet("out_x").name == "Hill Wire"


def test_an_escaped_null_character_fails_no_list(store: Store) -> None:
    reading = make_readings(1)[0]
    claim = replace(reading.claims[0], actor=(Party("po\x00lice", "TLK", "COP"),), background=False)
    store.add_reading(replace(reading, claims=(claim,)))
    assert store.claims(Filter(by_party="TLK/COP")) == [claim]


def test_long_words_and_places_are_kept_and_found(store: Store) -> None:
    from tests.store.worlds import make_article, make_claim
    from tocsin.ports import Reading
    from tocsin.records import Place

    article = make_article(1, "y" * 200_000 + " bridge")
    place = Place("Orle", "settlement", "TLK", 1.5, 2.5, "toy:" + "o" * 2000, "Orle", ("toy:" + "n" * 2000,))
    claim = make_claim(article, 200_001, 200_007, place=place)
    store.add_reading(Reading(article, (claim,)))
    assert store.articles(Filter(query="y" * 60)) == [article]
    assert store.claims(Filter(place_id=place.within[0])) == [claim]


# --- a connection that breaks
def test_a_desk_goes_on_when_its_connections_are_cut(postgresql: Server, address: str, store: Store) -> None:
    run_flow(store, make_readings(2))
    with pytest.raises(StoreError, match=r"terminating connection|closed the connection"):
        read_while_cut(postgresql, address, store)
    assert store.counts().articles == 2
    store.set_note("a", "b")
    assert store.check() == []


def read_while_cut(server: Server, address: str, store: Store) -> None:
    assert isinstance(store, SqlStore)
    with store._connections.reading() as connection:
        server.disconnect(address)
        connection.exec_driver_sql("SELECT 1")


def test_a_desk_waits_for_a_server_that_starts_anew(tmp_path_factory: pytest.TempPathFactory) -> None:
    import tempfile

    binaries = find_binaries()
    if binaries is None:
        pytest.skip("the server is named by an address: it is not ours to stop")
    with tempfile.TemporaryDirectory(prefix="tocsin-pg-") as folder:
        with start_server(binaries, Path(folder)) as address:
            store = open_store(address.render_as_string(hide_password=False))
            store.set_note("a", "b")
        got: list[str | None] = []
        asking = threading.Thread(target=lambda: got.append(store.note("a")))
        asking.start()
        asking.join(0.3)
        assert got == [], "it waits"
        with start_server(binaries, Path(folder)):
            asking.join(20)
            store.close()
            assert got == ["b"]


def test_what_passes_is_told_from_what_does_not() -> None:
    for told in ("connection to server failed: Connection refused", "FATAL:  the database system is starting up"):
        assert is_passing(OperationalError("", {}, Exception(told)))
    for told in ('FATAL:  password authentication failed for user "me"', 'FATAL:  database "x" does not exist'):
        assert not is_passing(OperationalError("", {}, Exception(told)))
    assert not is_passing(ValueError("Connection refused"))


def test_an_address_of_another_driver_is_refused() -> None:
    with pytest.raises(StoreError, match="the driver is psycopg") as caught:
        Connections(f"postgresql+asyncpg://me:{SECRET}@host/desk")
    assert SECRET not in str(caught.value)
