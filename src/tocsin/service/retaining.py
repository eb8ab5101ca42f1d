"""Letting go of what is old, once a day: how far back, and what else is bounded.

`store/retention.py` says what stays. A clock that leaps ahead makes all old at once. So a leap is not believed before
days have gone by under it: who puts the clock right within a week has lost nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tocsin.ports import Retained, Store
from tocsin.settings import Settings

if TYPE_CHECKING:
    from tocsin.desk import Desk

#: The store's note of the time before which things were taken out: what is older is no longer whole.
RETAINED_NOTE = "retained"
#: The store's note of the day on which the retention last ran to its end.
DAY_NOTE = "retention-day"
#: The store's note of a leap of the clock: the first and the last day seen since.
LEAP_NOTE = "retention-leap"
#: So many days without a run are no leap; a leap is believed when the days have gone on for so long.
MOST_GAP, BELIEVED_AFTER = timedelta(days=3), timedelta(days=7)
log = logging.getLogger("tocsin.retention")


def find_limit(settings: Settings, now: datetime) -> datetime | None:
    """The time before which what nobody stands on goes; None: nothing goes."""
    return now - timedelta(days=settings.retain_days) if settings.retain_days else None


def plan_retention(store: Store, settings: Settings, now: datetime) -> Retained:
    """What a run would take out now; faults and deliveries are not counted beforehand."""
    limit = find_limit(settings, now)
    return store.plan_retention(limit) if limit else Retained()


def retain_now(desk: Desk, *, is_stopped: Callable[[], bool] = lambda: False) -> Retained:
    """Take out what is due, in many short steps between which others derive and write."""
    now, settings, store = desk.clock.now(), desk.settings, desk.store
    done = Retained()
    with desk.observer.timing("retention"):
        if limit := find_limit(settings, now):
            # noted first: a run that is cut short has taken things out as well
            if limit.isoformat() > (store.note(RETAINED_NOTE) or ""):
                store.set_note(RETAINED_NOTE, limit.isoformat())
            done = store.retain(limit, now, is_stopped=is_stopped)
        faults = store.drop_faults(now - timedelta(days=settings.fault_days))
        deliveries = 0
        if settings.delivery_days:
            deliveries = store.drop_deliveries(now - timedelta(days=settings.delivery_days))
    return replace(done, faults=faults, deliveries=deliveries)


def retain_daily(desk: Desk, *, is_stopped: Callable[[], bool] = lambda: False) -> Retained | None:
    """The same where it has not been done today; None where it has, or the clock has leapt."""
    now = desk.clock.now()
    today = now.date().isoformat()
    if desk.store.note(DAY_NOTE) == today:
        return None
    if waits := find_wait(desk.store, now):
        _note_leap(desk.store, now.date(), waits)
        return None
    done = retain_now(desk, is_stopped=is_stopped)
    if not is_stopped():
        desk.store.set_note(DAY_NOTE, today)
    if done != Retained():
        log.info("retention: %s", describe_retained(done))
    return done


def find_wait(store: Store, now: datetime) -> date | None:
    """The day before which nothing goes because the clock has leapt since the last run; None: it has not."""
    last, today = store.note(DAY_NOTE), now.date()
    if not last or today - date.fromisoformat(last) <= MOST_GAP:
        return None
    waits = (_find_leap(store, today) or today) + BELIEVED_AFTER
    return waits if waits > today else None


def _find_leap(store: Store, today: date) -> date | None:
    """The first of the days that have gone on from a leap until now; None where it is first seen today."""
    first, _, seen = (store.note(LEAP_NOTE) or "").partition(" ")
    if not seen or not timedelta(0) <= today - date.fromisoformat(seen) <= MOST_GAP:
        return None
    return date.fromisoformat(first)


def _note_leap(store: Store, today: date, waits: date) -> None:
    first = (waits - BELIEVED_AFTER).isoformat()
    if store.note(LEAP_NOTE) != f"{first} {today}":
        store.set_note(LEAP_NOTE, f"{first} {today}")
        last = store.note(DAY_NOTE)
        log.warning("the clock has leapt from %s to %s: nothing old is taken out before %s", last, today, waits)


def describe_retained(done: Retained) -> str:
    """ "12 articles with 30 claims, 4 incidents, …"."""
    return (
        f"{done.articles:,} articles with {done.claims:,} claims, {done.incidents:,} incidents, {done.tensions:,} days "
        f"of tension, {done.faults:,} faults, {done.deliveries:,} deliveries; {done.texts_bytes:,} bytes of texts and "
        "records"
    )
