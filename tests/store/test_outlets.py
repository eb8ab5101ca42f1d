"""Outlets with their grades, and feeds with their health."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.worlds import START, make_article, make_readings
from tocsin.errors import StoreError, UnknownIdError
from tocsin.ports import Reading, Store
from tocsin.records import Feed, Outlet, feed_id, from_json, outlet_id
from tocsin.records.outlet import OutletPace


def _make_feed(address: str, **given: object) -> Feed:
    return Feed(feed_id(address), address, **given)  # type: ignore[arg-type]


def test_outlets_by_name(store: Store) -> None:
    made = [
        Outlet(outlet_id(name), name, is_state_media=flag) for name, flag in (("b", None), ("A", True), ("c", False))
    ]
    for outlet in made:
        store.save_outlet(outlet)
    assert store.outlets() == [made[1], made[0], made[2]]
    changed = replace(made[0], kind="radio", country="TLK")
    store.save_outlet(changed)
    assert store.outlet(changed.id) == changed
    assert len(store.outlets()) == 3


def test_grade_keeps_its_reason(store: Store) -> None:
    outlet = Outlet(outlet_id("Hill Wire"), "Hill Wire")
    store.save_outlet(outlet)
    graded = store.grade_outlet(outlet.id, "B", "right in nine of ten", by="ana", at=START)
    assert graded == replace(outlet, reliability="B", reliability_reason="right in nine of ten")
    assert store.outlet(outlet.id) == graded
    with pytest.raises(UnknownIdError, match="out_none"):
        store.grade_outlet("out_none", "A", "why not", by="ana", at=START)
    with pytest.raises(StoreError, match="must be one of A, B, C, D, E, F"):
        store.grade_outlet(outlet.id, "Z", "why not", by="ana", at=START)  # type: ignore[arg-type]


def test_feeds(store: Store) -> None:
    a, b = _make_feed("https://b.example/feed"), _make_feed("https://a.example/feed", confirmed_at=START)
    assert store.add_feeds([a, b, a]) == 2
    assert store.add_feeds([replace(a, failures=3), _make_feed("https://c.example/feed")]) == 1
    assert store.feed(a.id) == a, "a known feed keeps its health"
    assert [f.address for f in store.feeds()] == [b.address, a.address, "https://c.example/feed"]
    failing = replace(a, failures=2, problem="timed out", fetched_at=START)
    store.save_feed(failing)
    assert store.feed(a.id) == failing
    store.remove_feed(a.id)
    with pytest.raises(UnknownIdError):
        store.feed(a.id)
    with pytest.raises(UnknownIdError, match=a.id):
        store.remove_feed(a.id)
    assert store.add_feeds([]) == 0


def test_facts_of_an_outlet_are_kept_and_may_be_missing(store: Store) -> None:
    outlet = Outlet(outlet_id("Hill Wire"), "Hill Wire", owner="a state", terms="not stated", is_state_media=True)
    store.save_outlet(outlet)
    assert store.outlet(outlet.id) == outlet
    assert from_json(Outlet, '{"id":"out_a","name":"A"}') == Outlet("out_a", "A"), "written before there were owners"


def _count_by_hand(readings: list[Reading], now: datetime, days: int) -> tuple[Counter[str], Counter[str]]:
    articles: Counter[str] = Counter()
    claims: Counter[str] = Counter()
    for reading in readings:
        if now - timedelta(days=days) < reading.article.shown_at <= now:
            articles[reading.article.outlet_id or ""] += 1
            claims[reading.article.outlet_id or ""] += len(reading.claims)
    return articles, claims


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(-200, 2_000))
def test_paces_equal_a_count_by_hand(world: tuple[Store, list[Reading]], hours: int) -> None:
    store, readings = world
    now = START + timedelta(hours=hours)
    week, month = (_count_by_hand(readings, now, days) for days in (7, 28))
    assert store.outlet_paces(now) == {
        outlet: OutletPace(week[0][outlet], week[1][outlet], month[0][outlet], month[1][outlet]) for outlet in month[0]
    }


@pytest.fixture
def world(store: Store) -> tuple[Store, list[Reading]]:
    readings = make_readings(120)
    readings.append(Reading(replace(make_article(500, outlet="Nobody"), outlet_id=None, outlet_name=None)))
    for reading in readings:
        store.add_reading(reading)
    return store, readings
