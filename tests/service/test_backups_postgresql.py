"""Backup and restore of a team's database, by PostgreSQL's own programs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from tests.conftest import NOW
from tests.postgresql import Server
from tests.store.worlds import make_readings, run_flow
from tocsin.errors import StoreError
from tocsin.service.backups import write_backup
from tocsin.service.bundles import DUMP, unpack_backup
from tocsin.service.restoring import restore_backup
from tocsin.settings import Settings
from tocsin.store import dumps, open_store
from tocsin.store.connecting import Connections
from tocsin.store.upgrading import MIGRATIONS, find_revision

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not here"),
]


@pytest.fixture
def desk(postgresql: Server, tmp_path: Path) -> Iterator[Settings]:
    with postgresql.lending() as lend:
        yield Settings(home=tmp_path, database=lend())


def fill(settings: Settings, count: int) -> None:
    store = open_store(str(settings.database))
    run_flow(store, make_readings(count))
    store.close()


def count(settings: Settings) -> int:
    store = open_store(str(settings.database))
    try:
        assert store.check() == []
        return store.counts().articles
    finally:
        store.close()


def test_what_was_there_comes_back_and_what_came_since_is_kept_aside(desk: Settings, tmp_path: Path) -> None:
    fill(desk, 3)
    manifest = write_backup(desk, tmp_path / "b.tar.gz", now=NOW)
    assert set(manifest.members) == {DUMP}
    assert manifest.database == "postgresql"
    assert manifest.counts["articles"] == 3
    fill(desk, 6)
    restored, aside = restore_backup(desk, tmp_path / "b.tar.gz", now=NOW)
    assert restored == manifest
    assert count(desk) == 3
    fill(desk, 4)
    assert count(desk) == 4, "its guards and counts are as they were"
    assert aside is not None
    assert aside.stat().st_size > 0


def find_schema(address: str) -> str | None:
    connections = Connections(address)
    try:
        with connections.reading() as connection:
            return find_revision(connection, connections.name)
    finally:
        connections.close()


def test_a_backup_from_before_an_upgrade_takes_the_place_of_what_came_after(postgresql: Server, tmp_path: Path) -> None:
    desk = Settings(home=tmp_path, database=postgresql.make_bare())
    address, config = str(desk.database), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    connections = Connections(address)
    with connections.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        connection.exec_driver_sql("INSERT INTO notes (key, value) VALUES ('of', 'then')")
    connections.close()
    manifest = write_backup(desk, tmp_path / "b.tar", now=NOW)
    assert manifest.schema == "0009"
    assert find_schema(address) == "0009", "a desk of the earlier version may be at work on it"
    fill(desk, 3)
    restored, aside = restore_backup(desk, tmp_path / "b.tar", now=NOW)
    assert restored == manifest
    store = open_store(address)
    assert (store.counts().articles, store.note("of"), store.check()) == (0, "then", [])
    store.close()
    assert aside is not None
    restore_backup(desk, aside, now=NOW)
    assert count(desk) == 3, "what was kept aside is a backup like any other"


def test_of_a_dump_that_breaks_off_nothing_is_kept(desk: Settings, tmp_path: Path) -> None:
    fill(desk, 3)
    write_backup(desk, tmp_path / "b.tar", now=NOW)
    _, members = unpack_backup(tmp_path / "b.tar", tmp_path, wanted=DUMP)
    whole = members[DUMP].read_bytes()
    for size in (len(whole) * 9 // 10, len(whole) // 2, 100):
        members[DUMP].write_bytes(whole[:size])
        with pytest.raises(StoreError, match="pg_restore failed"):
            dumps.restore_dump(str(desk.database), members[DUMP])
        assert count(desk) == 3


def test_a_desk_that_runs_is_not_restored_over(desk: Settings, tmp_path: Path) -> None:
    fill(desk, 2)
    write_backup(desk, tmp_path / "b.tar", now=NOW)
    store = open_store(str(desk.database))
    store.counts()
    with pytest.raises(StoreError, match="is in use by 1 connection"):
        restore_backup(desk, tmp_path / "b.tar", now=NOW)
    store.close()


def test_a_backup_of_a_file_does_not_fit(desk: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    alone = Settings(home=tmp_path / "file")
    open_store(tmp_path / "file" / "desk.sqlite").close()
    write_backup(alone, tmp_path / "b.tar", now=NOW)
    with pytest.raises(StoreError, match="is of a sqlite desk"):
        restore_backup(desk, tmp_path / "b.tar", now=NOW)


def test_without_the_programs_it_says_what_to_install(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match=r"pg_dump, which is not installed: apt-get install postgresql-client"):
        write_backup(desk, tmp_path / "b.tar", now=NOW)
    assert [p.name for p in tmp_path.iterdir()] == []
