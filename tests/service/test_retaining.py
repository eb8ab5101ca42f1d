"""Once a day the desk lets go of what is old; by default of nothing that anybody said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.conftest import NOW, FixedClock
from tocsin.desk import Desk
from tocsin.errors import SettingError
from tocsin.intake import Options
from tocsin.ports import Retained
from tocsin.records import Fault, Filter
from tocsin.service.retaining import (
    BELIEVED_AFTER,
    DAY_NOTE,
    RETAINED_NOTE,
    describe_retained,
    find_limit,
    find_wait,
    retain_daily,
)
from tocsin.service.watching import Watcher
from tocsin.settings import load_settings

OLD = "Villagers blocked the bridge at Orle on Monday, police said."
#: Nothing that comes later can be a copy of it.
OTHER = "Soldiers moved forty trucks to the crossing at Vasht on Tuesday. The mayor of Teleska accused the army."
EVERYTHING = Filter(limit=0, with_background=True)


def take(desk: Desk, clock: FixedClock, days: int) -> str:
    clock.time = NOW - timedelta(days=days)
    text = OTHER if days == 400 else f"{OLD} Report {days}."
    taken = desk.take_text(text, Options(outlet=f"Outlet {days}", published_at=clock.time))
    clock.time = NOW
    return taken.articles[0].id


def test_by_default_no_article_ever_goes(make_desk: Callable[..., Desk]) -> None:
    clock = FixedClock()
    desk = make_desk(clock)
    take(desk, clock, 3000)
    desk.store.add_faults([Fault("flt_old", "a", "b", NOW - timedelta(days=91))])
    done = retain_daily(desk)
    assert done == Retained(faults=1)
    assert desk.store.counts().articles == 1
    assert find_limit(desk.settings, NOW) is None
    assert desk.store.note(RETAINED_NOTE) is None


def test_what_is_old_goes_once_a_day(make_desk: Callable[..., Desk]) -> None:
    clock = FixedClock()
    desk = make_desk(clock, retain_days=200)
    take(desk, clock, 400)
    kept = take(desk, clock, 100)
    done = retain_daily(desk)
    assert done is not None
    assert done.articles == 1
    assert [a.id for a in desk.store.articles(EVERYTHING)] == [kept]
    assert desk.store.check() == []
    assert retain_daily(desk) is None, "it was done today"
    clock.time = NOW + timedelta(days=1)
    assert retain_daily(desk) == Retained()
    assert desk.store.note(DAY_NOTE) == "2026-03-21"


def test_a_stopped_run_is_done_again(make_desk: Callable[..., Desk]) -> None:
    clock = FixedClock()
    desk = make_desk(clock, retain_days=200)
    take(desk, clock, 400)
    assert retain_daily(desk, is_stopped=lambda: True) == Retained()
    done = retain_daily(desk)
    assert done is not None
    assert done.articles == 1


def test_a_clock_that_leaps_ahead_loses_nothing_within_a_week(
    make_desk: Callable[..., Desk], caplog: pytest.LogCaptureFixture
) -> None:
    clock = FixedClock()
    desk = make_desk(clock, retain_days=200)
    assert retain_daily(desk) == Retained()
    desk.store.add_faults([Fault("flt_young", "a", "b", NOW - timedelta(days=1))])
    ahead = NOW + timedelta(days=365)
    for day in range(BELIEVED_AFTER.days):
        clock.time = ahead + timedelta(days=day)
        assert retain_daily(desk) is None
        assert find_wait(desk.store, clock.time) == ahead.date() + BELIEVED_AFTER
    assert "the clock has leapt from 2026-03-20 to 2027-03-20" in caplog.text
    clock.time = NOW + timedelta(days=1)
    assert find_wait(desk.store, clock.time) is None, "it was put right"
    assert retain_daily(desk) == Retained()
    assert [fault.id for fault in desk.store.faults()] == ["flt_young"]
    assert desk.store.note(RETAINED_NOTE) == (clock.time - timedelta(days=200)).isoformat()


def test_a_desk_that_was_off_for_long_lets_go_a_week_later(make_desk: Callable[..., Desk]) -> None:
    clock = FixedClock()
    desk = make_desk(clock, retain_days=200)
    retain_daily(desk)
    desk.store.add_faults([Fault("flt_old", "a", "b", NOW)])
    for days in (120, 121, 300, *range(301, 307)):  # the second leap begins anew
        clock.time = NOW + timedelta(days=days)
        assert retain_daily(desk) is None
    clock.time = NOW + timedelta(days=307)
    assert retain_daily(desk) == Retained(faults=1)


def test_the_watch_does_it(make_desk: Callable[..., Desk]) -> None:
    clock = FixedClock()
    desk = make_desk(clock, retain_days=200)
    take(desk, clock, 400)
    Watcher(desk).run_once()
    assert desk.store.counts().articles == 0


def test_after_it_the_desk_goes_on_deriving(make_desk: Callable[..., Desk]) -> None:
    clock = FixedClock()
    desk = make_desk(clock, retain_days=200)
    take(desk, clock, 400)
    take(desk, clock, 3)
    retain_daily(desk)
    take(desk, clock, 2)
    assert desk.store.underived_article_ids() == []
    assert desk.store.check() == []
    [incident] = desk.store.incidents(EVERYTHING)
    assert len(incident.claim_ids) == 2


def test_an_old_archive_that_is_handed_in_today_is_young(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(FixedClock(), retain_days=200)
    desk.take_text(OLD, Options(outlet="Hill Wire", published_at=NOW - timedelta(days=900)))
    done = retain_daily(desk)
    assert done is not None
    assert (done.articles, done.incidents) == (0, 0)
    assert desk.store.counts().articles == 1


@pytest.mark.parametrize(("name", "value"), [("RETAIN_DAYS", "30"), ("DELIVERY_DAYS", "3"), ("RETAIN_DAYS", "-1")])
def test_a_limit_that_would_take_what_is_needed_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=r"must be (0 .never. or )?at least"):
        load_settings({f"TOCSIN_{name}": value})


def test_it_is_told_in_words() -> None:
    assert describe_retained(Retained(articles=1200, claims=3)).startswith("1,200 articles with 3 claims")
