"""Feeds polled side by side: all, in the order in which they are ready, and no more at once than allowed."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from tocsin.intake.rounds import poll_together
from tocsin.records import Feed, feed_id


def make_feeds(count: int) -> list[Feed]:
    return [Feed(feed_id(f"https://hill.example/{n}"), f"https://hill.example/{n}") for n in range(count)]


@given(st.integers(0, 30), st.integers(1, 12))
def test_each_feed_comes_out_once(count: int, workers: int) -> None:
    feeds = make_feeds(count)
    done = list(poll_together(feeds, lambda feed: feed.id, workers=workers))
    assert sorted(feed.id for feed, _ in done) == sorted(f.id for f in feeds)
    assert all(feed.id == made for feed, made in done)


def test_a_slow_feed_holds_up_no_other() -> None:
    feeds, let = make_feeds(6), threading.Event()

    def poll(feed: Feed) -> str:
        if feed is feeds[0]:
            assert let.wait(30)
        return feed.id

    rounds = poll_together(feeds, poll, workers=2)
    others = [next(rounds)[0].id for _ in range(5)]
    assert feeds[0].id not in others
    let.set()
    assert next(rounds)[0] is feeds[0]


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
    next(rounds)
    threading.Event().wait(0.2)
    assert begun <= 1 + 3 + 3 + 1, "what is not taken over slows the polling down"
    assert len(list(rounds)) == 39
    assert most <= 3


def test_a_defect_in_one_comes_out_with_it() -> None:
    def poll(feed: Feed) -> str:
        if feed.address.endswith("/1"):
            raise ZeroDivisionError
        return "well"

    done = {feed.address[-1]: made for feed, made in poll_together(make_feeds(3), poll, workers=1)}
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
