"""The order of feeds, and what stands in each row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.desk.outlets import FEED_ORDERS, FeedRow, sort_feeds
from tocsin.errors import RecordError
from tocsin.records import Feed, Outlet, feed_id
from tocsin.records.outlet import OutletPace

NOW = datetime(2031, 5, 14, 12, tzinfo=UTC)
TIMES = st.none() | st.integers(-5_000, 5_000).map(lambda minutes: NOW + timedelta(minutes=minutes))


@st.composite
def _rows(draw: st.DrawFn) -> list[FeedRow]:
    rows = []
    for number in draw(st.lists(st.integers(0, 99), max_size=12, unique=True)):
        address = f"https://f{number}.example/"
        feed = Feed(
            feed_id(address), address, None, draw(st.none() | st.sampled_from(["Alder", "birch"])),
            confirmed_at=draw(TIMES), is_off=draw(st.booleans()), fetched_at=draw(TIMES), succeeded_at=draw(TIMES),
            next_due_at=draw(TIMES), failures=draw(st.integers(0, 2)), articles=draw(st.integers(0, 9)),
        )  # fmt: skip
        pace = OutletPace(*draw(st.tuples(*[st.integers(0, 9)] * 4)))
        rows.append(FeedRow(feed, feed.state(NOW), Outlet("out_a", "Alder") if draw(st.booleans()) else None, pace))
    return rows


@given(_rows(), st.sampled_from(sorted(FEED_ORDERS)), st.randoms())
def test_an_order_is_whole_and_the_same_however_the_feeds_came(rows: list[FeedRow], order: str, chance: object) -> None:
    shown = sort_feeds(rows, order)
    assert len(shown) == len(rows)
    assert all(row in rows for row in shown)
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands out a Random without saying so
    assert sort_feeds(shuffled, order) == shown


@given(_rows())
def test_each_order_puts_first_what_it_says(rows: list[FeedRow]) -> None:
    ranks = ["failing", "late", "unconfirmed", "waiting", "off", "fresh"]
    health = [ranks.index(row.state) for row in sort_feeds(rows, "health")]
    assert health == sorted(health)
    week = [row.pace.articles_7 for row in sort_feeds(rows, "week")]
    assert week == sorted(week, reverse=True)
    claims = [row.pace.claims_28 for row in sort_feeds(rows, "claims")]
    assert claims == sorted(claims, reverse=True)
    fetched = [row.feed.fetched_at for row in sort_feeds(rows, "fetched")]
    assert fetched == sorted(fetched, key=lambda at: (at is not None, at or NOW))
    waiting = [row.state in ("unconfirmed", "off") for row in sort_feeds(rows, "next")]
    assert waiting == sorted(waiting), "what is never fetched comes last"
    names = [row.name.casefold() for row in sort_feeds(rows, "name")]
    assert names == sorted(names)


@pytest.mark.parametrize("order", ["", "state", "-name", "name ", "x" * 500])
def test_another_order_is_refused(order: str) -> None:
    with pytest.raises(RecordError, match="must be one of name, health") as caught:
        sort_feeds([], order)
    assert len(str(caught.value)) < 250
