"""The migrations make what the code expects, and the lists find their way by indices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text

from tests.store.worlds import START, make_readings, run_flow
from tocsin.ports import Store
from tocsin.records import Filter
from tocsin.store import open_store
from tocsin.store.sql_store import SqlStore
from tocsin.store.tables import REVISIONS, metadata
from tocsin.store.upgrading import MIGRATIONS


def test_migrations_make_the_tables(store: Store) -> None:
    assert isinstance(store, SqlStore)

    def is_ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        return kind != "table" or not str(name).startswith(("article_words", "claim_words", "incident_words"))

    with store._connections.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_ours, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []


def test_revisions_are_those_of_the_files() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_heads() == [REVISIONS[-1]]
    assert [r.revision for r in script.walk_revisions()][::-1] == list(REVISIONS)


PAGES: list[tuple[Callable[[Store], object], tuple[str, ...]]] = [
    (lambda s: s.articles(Filter()), ("ix_articles_newest",)),
    (lambda s: s.articles(Filter(outlet_id="out_a")), ("ix_articles_outlet",)),
    (lambda s: s.claims(Filter()), ("ix_claims_newest",)),
    (lambda s: s.claims(Filter(since=START.date(), modality="actual")), ("COVERING INDEX ix_claims_newest",)),
    (lambda s: s.claims(Filter(type="ASSAULT")), ("ix_claims_type",)),
    (lambda s: s.claims(Filter(country="TLK")), ("ix_claims_country",)),
    (lambda s: s.claims_of_articles(["art_a"]), ("ix_claims_article",)),
    (lambda s: s.claims(Filter(place_id="toy:orle")), ("sqlite_autoindex_claim_areas_1|PRIMARY KEY",)),
    (lambda s: s.count_claims(Filter()), ("COVERING INDEX ix_claims_newest",)),
    (lambda s: s.incidents(Filter()), ("COVERING INDEX ix_incidents_newest",)),
    (lambda s: s.incidents(Filter(type="ASSAULT")), ("ix_incidents_type",)),
    (lambda s: s.incidents(Filter(outlet_id="out_a")), ("PRIMARY KEY",)),
    (lambda s: s.incidents_between(START, START), ("ix_incidents_newest",)),
    (lambda s: s.incidents_of_claims(["clm_a"]), ("PRIMARY KEY",)),
    (lambda s: s.link_history(["clm_a"]), ("ix_links_claim",)),
    (lambda s: s.newest_links(["clm_a"]), ("ix_links_claim",)),
    (lambda s: s.known_addresses(["a"]), ("ix_sightings_address",)),
    (lambda s: s.tensions(place_id="toy:orle"), ("sqlite_autoindex_tensions_1",)),
    (lambda s: s.faults(), ("ix_faults_at",)),
    (lambda s: s.notices(9, group="grp_a", below=3), ("ix_notices_chain",)),
    (lambda s: s.notices(9, alert_id="alt_a"), ("PRIMARY KEY",)),
    (lambda s: s.last_notices(["grp_a"]), ("ix_notices_chain",)),
    (lambda s: s.claim_deliveries(START, 9, 9.0, channel="mail"), ("ix_deliveries_due",)),
    (lambda s: s.deliveries(limit=9), ("ix_deliveries_changed",)),
]


@pytest.mark.parametrize(("read", "expected"), PAGES)
def test_lists_use_their_indices(tmp_path: Path, read: Callable[[Store], object], expected: tuple[str, ...]) -> None:
    store = open_store(tmp_path / "desk.sqlite")
    assert isinstance(store, SqlStore)
    run_flow(store, make_readings(2))
    plans: list[str] = []

    def explain(connection: Connection, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("SELECT"):
            rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            plans.extend(str(row[3]) for row in rows)

    event.listen(store._connections._engine, "before_cursor_execute", explain)
    read(store)
    store.close()
    plan = "\n".join(plans)
    assert all(any(way in plan for way in wanted.split("|")) for wanted in expected), plan


def test_guards_are_there_on_either_database(store: Store) -> None:
    from tocsin.errors import StoreError

    assert isinstance(store, SqlStore)
    run_flow(store, make_readings(2))
    for statement in ("UPDATE articles SET title = 'x'", "DELETE FROM claims", "UPDATE links SET claim_id = 'x'"):
        with pytest.raises(StoreError, match="append-only"), store._connections.writing() as connection:
            connection.execute(text(statement))


def test_a_database_of_the_first_schema_is_brought_forward(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    from tocsin.store.connecting import Connections

    path = tmp_path / "old.sqlite"
    connections = Connections(path)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with connections.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    connections.close()
    store = open_store(path)
    readings = make_readings(3)
    for reading in readings:
        store.add_reading(reading)
    assert store.withdrawals([r.article.id for r in readings]) == {}
    assert store.notices(1) == []
    assert store.check() == []
    store.close()
