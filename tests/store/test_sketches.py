"""What is kept beside incidents for maps and searches: written with them, gone with them, and made for older desks."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from tests.store.worlds import make_readings, run_flow
from tocsin.ports import Derivation, Store
from tocsin.records import Filter, Grade, Reason
from tocsin.store import open_store
from tocsin.store.connecting import Connections
from tocsin.store.sql_store import SqlStore
from tocsin.store.upgrading import MIGRATIONS

ALL = Filter(limit=0, with_background=True)


def count_kept(store: Store) -> list[int]:
    assert isinstance(store, SqlStore)
    with store._connections.reading() as connection:
        tables = ("incidents", "incident_sketches", "incident_words")
        return [connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables]


def test_sketches_follow_their_incidents(store: Store) -> None:
    run_flow(store, make_readings(8))
    first, *_, last = store.incidents(ALL)
    assert len(set(count_kept(store))) == 1
    graded = replace(first, grades=(Grade(first.claim_ids[0], 2, Reason("toy", "toy")),))
    store.save_derivation(Derivation(incidents=(graded,), gone_incident_ids=(last.id,)))
    assert len(set(count_kept(store))) == 1
    assert [i.id for i in store.incidents(replace(ALL, credibility=2))] == [first.id]
    assert store.claims(replace(ALL, credibility=2)) == [store.claim(first.claim_ids[0])]
    store.save_derivation(Derivation(incidents=(first,)))
    assert store.incidents(replace(ALL, credibility=2)) == []
    assert store.check() == []


def test_a_place_is_found_again_after_its_incident_is_gone(store: Store) -> None:
    run_flow(store, make_readings(8))
    before = store.tally_places(ALL)
    assert {t.place.shown_name for t in before if t.place}
    store.save_derivation(Derivation(gone_incident_ids=tuple(i.id for i in store.incidents(ALL))))
    assert store.tally_places(ALL) == []
    assert store.told_places(["toy:orle"]) == {}
    assert store.count_in_places(["toy:orle"]) == {}


def test_places_are_told_by_what_lies_in_them(store: Store) -> None:
    run_flow(store, make_readings(20))
    areas = ["toy:orle", "toy:north", "toy:none"]
    told, counts = store.told_places(areas), store.count_in_places(areas)
    for area in areas:
        inside = store.incidents(replace(ALL, place_id=area))
        assert counts.get(area, 0) == len(inside)
        assert (area in told) == bool(inside)
        if inside:
            place = told[area]
            assert area in (place.gazetteer_id, *place.within)


@pytest.mark.parametrize("revision", ["0005", "0006", "0009"])
def test_an_older_desk_is_brought_forward(tmp_path: Path, revision: str) -> None:
    """A database of an earlier schema, with what of today's fits into it, becomes today's."""
    new, old = tmp_path / "new.sqlite", tmp_path / "old.sqlite"
    store = open_store(new)
    run_flow(store, make_readings(12))
    held = store.incidents(ALL)
    sketches = store.sketches(ALL)
    store.close()
    make_older(old, new, revision)
    again = open_store(old)
    assert again.incidents(ALL) == held
    assert again.sketches(ALL) == sketches
    assert again.count_incidents(replace(ALL, query="villagers")) > 0
    assert again.check() == []
    again.close()


def make_older(path: Path, full: Path, revision: str) -> None:
    """A database of a revision, filled with the columns of another that it has too."""
    connections = Connections(path)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with connections.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    connections.close()
    database = sqlite3.connect(path)
    database.execute("ATTACH ? AS full", (str(full),))
    of_ours = "type = 'table' AND name NOT GLOB '*_words_*' AND name NOT GLOB 'sqlite*'"
    plain = "SELECT name FROM {}.sqlite_master WHERE " + of_ours
    tables = {row[0] for row in database.execute(plain.format("main"))}
    for table in sorted(tables & {row[0] for row in database.execute(plain.format("full"))} - {"alembic_version"}):
        columns = [
            {row[1] for row in database.execute(f"PRAGMA {which}.table_info({table})")} for which in ("main", "full")
        ]
        shared = ", ".join(
            sorted(
                {f'"{name}"' for name in columns[0] & columns[1]} | ({"rowid"} if table.endswith("_words") else set())
            )
        )
        database.execute(f"INSERT INTO main.{table} ({shared}) SELECT {shared} FROM full.{table}")
    database.commit()
    database.close()
