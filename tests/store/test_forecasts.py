"""Histories are replaced whole, forecasts never changed, and the check sees what was tampered with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from tests.store.worlds import START, make_readings
from tocsin.errors import StoreError, UnknownIdError
from tocsin.ports import ForecastRun, KeptForecast, KeptHistory, Store
from tocsin.records import make_id
from tocsin.store import open_store
from tocsin.store.sql_store import SqlStore

COUNTS = KeptHistory("EXERCISE counts", "deaths", "month", "country", START, "invented", False, '{"units":[]}')


def make_forecast(unit: str = "Orle", target: str = "2026-04", **more: str) -> KeptForecast:
    key = {"unit": unit, "measure": "deaths", "model": "mix", "known_to": "2026-02", "target": target}
    key |= {name: value for name, value in more.items() if name in key}
    history, basis = more.get("history", COUNTS.name), more.get("basis", "b1")
    payload = json.dumps(key | {"p1": 0.5})
    return KeptForecast(
        make_id("fct", history, basis, *key.values()), history, basis, **key, made_on=date(2026, 3, 14), payload=payload
    )  # fmt: skip


def test_a_new_import_replaces_the_whole_history(store: Store) -> None:
    store.save_history(COUNTS)
    later = replace(COUNTS, measure="deadly incidents", licence=None, payload='{"units":[1]}')
    store.save_history(later)
    assert store.history(COUNTS.name) == later
    assert store.histories() == [later]
    assert store.history_digests(is_own=False) == {COUNTS.name: later.digest}
    assert store.history_digests(is_own=True) == {}


def test_imported_histories_come_before_own_ones(store: Store) -> None:
    own = replace(COUNTS, name="a", is_own=True)
    for history in (own, replace(COUNTS, name="z"), replace(COUNTS, name="b")):
        store.save_history(history)
    assert [h.name for h in store.histories()] == ["b", "z", "a"]


@pytest.mark.parametrize("name", ["", " x", "two\nlines", "a  b", "x" * 81])
def test_a_name_is_one_short_line(store: Store, name: str) -> None:
    with pytest.raises(StoreError, match="one line of 1 to 80"):
        store.save_history(replace(COUNTS, name=name))
    assert store.histories() == []


def test_an_import_never_takes_the_name_of_an_own_history(store: Store) -> None:
    own = replace(COUNTS, is_own=True)
    store.save_history(own)
    with pytest.raises(StoreError, match="other kind"):
        store.save_history(COUNTS)
    assert store.history(COUNTS.name) == own


def test_an_unknown_history_is_refused(store: Store) -> None:
    with pytest.raises(UnknownIdError, match="tocsin forecast list"):
        store.history("nothing")
    assert store.newest_run("nothing") is None
    assert store.forecasts("nothing") == []


def test_a_forecast_is_kept_once_and_as_it_was(store: Store, reopen: Callable[[], Store]) -> None:
    first = make_forecast()
    assert store.add_forecasts([first, first]) == 1
    assert store.add_forecasts([replace(first, payload="{}"), make_forecast("Sarn")]) == 1
    assert store.add_forecasts([]) == 0
    assert reopen().forecasts(COUNTS.name, units=["Orle"]) == [first]


def test_forecasts_are_narrowed_and_ordered(store: Store) -> None:
    march = make_forecast(target="2026-03")
    peer = make_forecast(target="2026-03", model="conflictology")
    april, again = make_forecast(), make_forecast(basis="b2")
    elsewhere = make_forecast(history="other")
    store.add_forecasts([march, peer, april, elsewhere, again])
    assert store.forecasts(COUNTS.name) == [again, april, peer, march]
    assert store.forecasts(COUNTS.name, model="mix", limit=2) == [again, april]
    assert store.forecasts(COUNTS.name, until="2026-03") == [peer, march]
    assert store.forecasts(COUNTS.name, basis="b1", known_to="2026-02") == [april, peer, march]
    assert store.forecasts(COUNTS.name, basis="b1", known_to="2026-01") == []
    assert store.forecasts(COUNTS.name, units=["Sarn"]) == []
    newest = store.newest_run(COUNTS.name)
    assert newest == ForecastRun(COUNTS.name, "b2", "2026-02", date(2026, 3, 14), newest.last_seq if newest else 0)
    older = store.newest_run(COUNTS.name, basis="b1")
    assert older is not None
    assert older.basis == "b1"


def test_nobody_changes_or_removes_a_forecast(store: Store) -> None:
    assert isinstance(store, SqlStore)
    store.add_forecasts([make_forecast()])
    for statement in ("UPDATE forecasts SET model = 'x'", "DELETE FROM forecasts"):
        with pytest.raises(StoreError, match="append-only"), store._connections.writing() as connection:
            connection.execute(text(statement))


def test_the_end_of_the_exercise_leaves_histories_and_forecasts(store: Store) -> None:
    store.save_history(COUNTS)
    store.add_forecasts([make_forecast()])
    for reading in make_readings(2, is_exercise=True):
        store.add_reading(reading)
    store.remove_exercise()
    assert (store.histories(), store.forecasts(COUNTS.name)) == ([COUNTS], [make_forecast()])
    assert store.check() == []


def test_the_check_finds_a_changed_history_and_a_forecast_that_is_another(store: Store) -> None:
    assert isinstance(store, SqlStore)
    store.save_history(COUNTS)
    good, other, broken = make_forecast(), make_forecast("Sarn"), make_forecast("Valdena")
    store.add_forecasts([good, replace(other, payload=good.payload), replace(broken, payload="[]")])
    assert [p.split(":")[0] for p in store.check()] == [f"forecast {other.id}", f"forecast {broken.id}"]
    with store._connections.writing() as connection:
        connection.execute(text("UPDATE histories SET payload = '{}'"))
    assert any("EXERCISE counts" in p and "import it again" in p for p in store.check())


@pytest.mark.parametrize(
    ("read", "index"),
    [
        (lambda s: s.newest_run("a"), "ix_forecasts_newest"),
        (lambda s: s.forecasts("a", model="mix", basis="b", known_to="2026-02"), "ix_forecasts_run"),
        (lambda s: s.forecasts("a", units=["u"], model="mix", until="2026-02", limit=9), "ix_forecasts_unit"),
        (lambda s: s.forecasts("a", model="mix", until="2026-02", limit=9), "ix_forecasts_target"),
    ],
)
def test_lists_use_their_indices(tmp_path: Path, read: Callable[[Store], object], index: str) -> None:
    store = open_store(tmp_path / "desk.sqlite")
    assert isinstance(store, SqlStore)
    plans: list[str] = []

    def explain(connection: Connection, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        plans.extend(str(row[3]) for row in rows)

    event.listen(store._connections._engine, "before_cursor_execute", explain)
    read(store)
    store.close()
    assert any(index in plan for plan in plans), plans
