"""Feeds polled side by side: all, in the order in which they are ready, and no more at once than allowed."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tocsin.intake.rounds import MOST_TIMES, poll_together
from tocsin.records import Feed, feed_id


def make_feeds(count: int) -> list[Feed]:
    return [Feed(feed_id(f"https://hill.example/{n}"), f"https://hill.example/{n}") for n in range(count)]


def take(rounds: Iterator[tuple[Feed, str | Exception] | None]) -> list[tuple[Feed, str | Exception]]:
    """All that are ready, without the moments at which none was."""
    return [pair for pair in rounds if pair is not None]


@given(st.integers(0, 30), st.integers(1, 12))
def test_each_feed_comes_out_once(count: int, workers: int) -> None:
    feeds = make_feeds(count)
    done = take(poll_together(feeds, lambda feed: feed.id, workers=workers))
    assert sorted(feed.id for feed, _ in done) == sorted(f.id for f in feeds)
    assert all(feed.id == made for feed, made in done)


def test_a_slow_feed_holds_up_no_other() -> None:
    feeds, let = make_feeds(6), threading.Event()

    def poll(feed: Feed) -> str:
        if feed is feeds[0]:
            assert let.wait(30)
        return feed.id

    rounds = (pair for pair in poll_together(feeds, poll, workers=2) if pair is not None)
    others = [next(rounds)[0].id for _ in range(5)]
    assert feeds[0].id not in others
    let.set()
    assert next(rounds)[0] is feeds[0]


def test_slow_ones_that_take_every_place_hold_up_no_other() -> None:
    feeds, let = make_feeds(12), threading.Event()
    slow = feeds[: 3 * (MOST_TIMES - 1)]  # as many more as may be begun beside the three that are asked for

    def poll(feed: Feed) -> str:
        assert feed not in slow or let.wait(60)
        return feed.id

    rounds = (pair for pair in poll_together(feeds, poll, workers=3, slow_seconds=0.01) if pair is not None)
    others = [next(rounds)[0] for _ in range(len(feeds) - len(slow))]
    assert set(others) == set(feeds) - set(slow)
    let.set()
    assert {feed for feed, _ in rounds} == set(slow)


def test_more_slow_ones_than_may_be_begun_wait_for_each_other() -> None:
    feeds, let, begun = make_feeds(20), threading.Event(), []

    def poll(feed: Feed) -> str:
        begun.append(feed)
        assert let.wait(60)
        return feed.id

    rounds = poll_together(feeds, poll, workers=2, slow_seconds=0.0)
    while len(begun) < MOST_TIMES * 2:
        assert next(rounds) is None
    assert next(rounds) is None
    assert len(begun) == MOST_TIMES * 2
    let.set()
    assert len(take(rounds)) == 20


def test_whoever_takes_nothing_over_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    rounds = poll_together(make_feeds(60), lambda feed: feed.id, workers=3, slow_seconds=0.0)
    next(rounds)
    rounds.close()  # type: ignore[attr-defined]
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive()


def test_no_more_are_under_way_than_allowed_and_none_piles_up() -> None:
    lock, at_work, most, begun = threading.Lock(), 0, 0, 0

    def poll(feed: Feed) -> str:
        nonlocal at_work, most, begun
        with lock:
            begun += 1
            at_work += 1
            most = max(most, at_work)
        threading.Event().wait(0.002)
        with lock:
            at_work -= 1
        return feed.id

    rounds = poll_together(make_feeds(40), poll, workers=3)
    first = [next(rounds)]
    threading.Event().wait(0.2)
    assert begun <= 1 + 3 + 3 + 1, "what is not taken over slows the polling down"
    assert len(take(iter(first)) + take(rounds)) == 40
    assert most <= 3


def test_a_defect_in_one_comes_out_with_it() -> None:
    def poll(feed: Feed) -> str:
        if feed.address.endswith("/1"):
            raise ZeroDivisionError
        return "well"

    done = {feed.address[-1]: made for feed, made in take(poll_together(make_feeds(3), poll, workers=1))}
    assert isinstance(done["1"], ZeroDivisionError)
    assert (done["0"], done["2"]) == ("well", "well")


def test_once_stopped_nothing_new_is_begun() -> None:
    stop, begun = threading.Event(), []

    def poll(feed: Feed) -> str:
        begun.append(feed)
        return feed.id

    for _ in poll_together(make_feeds(50), poll, workers=2, is_stopped=stop.is_set):
        stop.set()
    assert len(begun) < 50
