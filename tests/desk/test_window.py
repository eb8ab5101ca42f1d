"""The incidents that tension looks back on are read once, and are those of the store all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from benchmarks.newsflow import NewsFlow

from tests.conftest import FixedClock
from tests.desk.test_remembering import tell
from tocsin.desk import Desk, window
from tocsin.desk.window import IncidentWindow
from tocsin.records import Incident
from tocsin.store import derivation_log

MakeDesk = Callable[..., Desk]


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk(FixedClock())


def count_reads(desk: Desk) -> Any:
    return patch.object(desk.store, "incidents_between", wraps=desk.store.incidents_between)


def by_id(incidents: list[Incident]) -> dict[str, Incident]:
    return {i.id: i for i in incidents}


def assert_same(held: IncidentWindow, desk: Desk, since: datetime, until: datetime) -> None:
    assert by_id(held.read(desk.store, since, until)) == by_id(desk.store.incidents_between(since, until))


def test_a_running_desk_reads_them_once(desk: Desk) -> None:
    flow = NewsFlow(8, seed=3)
    tell(desk, news := flow.next_day(), news[-1][0].taken_at)
    with count_reads(desk) as reads:
        for _ in range(3):
            half = flow.next_day()
            tell(desk, half, news[-1][0].taken_at)
    assert reads.call_count == 0
    assert_same(desk._memory.window, desk, news[0][0].taken_at - timedelta(days=30), news[-1][0].taken_at)


def test_what_somebody_else_derived_or_removed_is_seen(desk: Desk, make_desk: MakeDesk) -> None:
    flow, held, other = NewsFlow(8, seed=4), IncidentWindow(), make_desk(FixedClock())
    tell(desk, news := flow.next_day(), news[-1][0].taken_at)
    since, until = news[0][0].taken_at - timedelta(days=9), news[-1][0].taken_at + timedelta(days=9)
    assert held.read(desk.store, since, until)
    tell(other, news := flow.next_day(), news[-1][0].taken_at)
    assert_same(held, desk, since, until)
    other.retract_article(news[0][0].id, why="taken back")
    assert_same(held, desk, since, until)


def test_a_stretch_beyond_what_is_held_is_read(desk: Desk) -> None:
    flow, held = NewsFlow(8, seed=5), IncidentWindow()
    days = [flow.next_day() for _ in range(3)]
    for news in days:
        tell(desk, news, news[-1][0].taken_at)
    first, last = days[0][0][0].taken_at, days[-1][-1][0].taken_at
    with count_reads(desk) as reads:
        assert_same(held, desk, first + timedelta(days=1), last)
        assert_same(held, desk, first + timedelta(days=2), last)
        assert reads.call_count == 1 + 2, "the second stretch lies within the first"
        assert_same(held, desk, first - timedelta(days=1) - window.SLACK, last)
        assert reads.call_count == 2 + 3


def test_only_what_others_changed_is_read_again(desk: Desk, make_desk: MakeDesk) -> None:
    flow, held, other = NewsFlow(8, seed=6), IncidentWindow(), make_desk(FixedClock())
    tell(desk, news := flow.next_day(), news[-1][0].taken_at)
    since, until = news[0][0].taken_at - timedelta(days=9), news[-1][0].taken_at + timedelta(days=9)
    before = held.read(desk.store, since, until)
    tell(other, news := flow.next_day(), news[-1][0].taken_at)
    with count_reads(desk) as reads:
        after = held.read(desk.store, since, until)
        assert reads.call_count == 0
    assert len(after) > len(before)
    assert_same(held, desk, since, until)


def test_where_it_is_not_listed_what_changed_all_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    flow, held = NewsFlow(8, seed=8), IncidentWindow()
    monkeypatch.setattr(derivation_log, "MOST_KEPT", 2)
    tell(desk, news := flow.next_day(), news[-1][0].taken_at)
    since, until = news[0][0].taken_at - timedelta(days=9), news[-1][0].taken_at + timedelta(days=9)
    held.read(desk.store, since, until)
    for _ in range(3):
        tell(desk, flow.next_day(), news[-1][0].taken_at)
    with count_reads(desk) as reads:
        assert_same(held, desk, since, until)
        assert reads.call_count == 2


def test_of_more_than_memory_may_hold_nothing_is_held(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    flow, held = NewsFlow(8, seed=7), IncidentWindow()
    tell(desk, news := flow.next_day(), news[-1][0].taken_at)
    since, until = datetime(2020, 1, 1, tzinfo=UTC), news[-1][0].taken_at + timedelta(days=9)
    monkeypatch.setattr(window, "MOST_HELD", 1)
    with count_reads(desk) as reads:
        assert len(held.read(desk.store, since, until)) > 1
        assert_same(held, desk, since, until)
    assert reads.call_count == 3
