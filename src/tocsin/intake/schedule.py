"""When feeds are fetched: every interval, less and less often while they fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from tocsin.records import Feed

LEAST_MINUTES = 15
"""No feed is fetched more often than this."""

MOST_WAIT = timedelta(hours=24)
"""The longest wait after failures, or at a server's wish."""

CLOCK_SLACK = timedelta(minutes=5)
"""So far the clocks of two machines that watch in turn may differ."""


def due_feeds(feeds: Iterable[Feed], now: datetime) -> list[Feed]:
    """The feeds to fetch at `now`, in this order: confirmed by a person, not off, and due.

    Those that failed the last time come last: they are the ones that may keep others waiting. A machine is asked for
    one thing at a time, so the first feed of each comes before the second of any; and those waiting longest come first.
    """
    never = datetime.min.replace(tzinfo=UTC)
    due = [feed for feed in feeds if feed.confirmed_at is not None and not feed.is_off and _is_due(feed, now)]
    due.sort(key=lambda feed: (feed.next_due_at or never, feed.id))
    met: Counter[tuple[bool, str]] = Counter()
    turns: dict[str, tuple[bool, int]] = {}
    for feed in due:
        place = (feed.failures > 0, _name_machine(feed.address))
        turns[feed.id] = (place[0], met[place])
        met[place] += 1
    return sorted(due, key=lambda feed: turns[feed.id])


def _name_machine(address: str) -> str:
    return address.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()


def _is_due(feed: Feed, now: datetime) -> bool:
    if feed.next_due_at is None or feed.next_due_at <= now:
        return True
    # What was settled by a clock that was ahead and has been put right would wait for as long as it was ahead.
    is_of_future = feed.fetched_at is not None and feed.fetched_at > now + CLOCK_SLACK
    return is_of_future or feed.next_due_at > now + max(MOST_WAIT, _interval(feed)) + CLOCK_SLACK


def note_success(feed: Feed, now: datetime) -> Feed:
    """The feed after a fetch that worked."""
    due = now + _interval(feed)
    return replace(feed, fetched_at=now, succeeded_at=now, next_due_at=due, failures=0, problem=None)


def note_failure(feed: Feed, problem: str, now: datetime, *, retry_after_seconds: int | None = None) -> Feed:
    """The feed after a failure: the wait doubles with each, is never shorter than the server asks, at most a day."""
    failures = feed.failures + 1
    # The exponent is bounded before it is used: a feed may fail for years.
    wait = _interval(feed) * 2 ** min(failures - 1, 10)
    wait = min(max(wait, timedelta(seconds=retry_after_seconds or 0)), MOST_WAIT)
    return replace(feed, fetched_at=now, next_due_at=now + wait, failures=failures, problem=problem)


def note_gone(feed: Feed, problem: str, now: datetime) -> Feed:
    """The feed after its server said that it is gone for good: off until a person turns it on again."""
    return replace(note_failure(feed, problem, now), is_off=True, next_due_at=None)


def join_changes(asked: Feed, polled: Feed, held: Feed) -> Feed:
    """What to keep after a round: what people, or another desk, have changed meanwhile stands, the rest is the round's.

    asked   the feed as it was when the round began; `polled` after it; `held` as it is kept now
    """
    untouched = (f.name for f in fields(Feed) if getattr(held, f.name) == getattr(asked, f.name))
    joined = replace(held, **{name: getattr(polled, name) for name in untouched})
    return replace(joined, articles=held.articles + polled.articles - asked.articles)


def _interval(feed: Feed) -> timedelta:
    return timedelta(minutes=max(LEAST_MINUTES, feed.interval_minutes))
