"""Outlets with their grades, and feeds with their health."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.worlds import START
from tocsin.errors import StoreError, UnknownIdError
from tocsin.ports import Store
from tocsin.records import Feed, Outlet, feed_id, outlet_id


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
    graded = store.grade_outlet(outlet.id, "B", "right in nine of ten")
    assert graded == replace(outlet, reliability="B", reliability_reason="right in nine of ten")
    assert store.outlet(outlet.id) == graded
    with pytest.raises(UnknownIdError, match="out_none"):
        store.grade_outlet("out_none", "A", "why not")
    with pytest.raises(StoreError, match="must be one of A, B, C, D, E, F"):
        store.grade_outlet(outlet.id, "Z", "why not")  # type: ignore[arg-type]


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
