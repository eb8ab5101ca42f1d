"""What forms of words mean that are seen from the day of publication: "on Monday", "two weeks ago", "next spring".

Each function takes a `Reading` and gives a date, or None where it says none, as it does wherever that day is unknown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tocsin.reading import calendar as cal
from tocsin.reading.date_reading import YEARS, Reading, as_day, days_of, period_of, shift_units
from tocsin.records import PartialDate

#: A heading of day and month alone lies no further than this many days from publication.
_NEAR_HEADING = 62
#: Units that are counted by the calendar.
_MONTHS = {"month": 1, "year": 12, "decade": 120}


def read_weekday(r: Reading) -> PartialDate | None:
    """ "On Monday", "last Monday", "Friday week"."""
    if r.published is None:
        return None
    name, which = cal.read_weekday(r["d"]), r["w"].split()
    if r["of_week"]:
        week = r.published + timedelta(weeks={"last": -1, "this": 0, "next": 1}[r["of_week"]])
        return as_day(cal.weekday_of_week(name, week))
    if r["in_a_week"] or r["week_on"]:
        return as_day(cal.next_weekday(name, r.published) + timedelta(days=7))
    if "last" in which:
        return as_day(cal.previous_weekday(name, r.published))
    if "next" in which or "coming" in which:
        return as_day(cal.next_weekday(name, r.published))
    return as_day(cal.nearest_weekday(name, r.published, is_future=r.is_future))


def read_weekday_number(r: Reading) -> PartialDate | None:
    """ "Mon 23", "Friday the 2nd": the nearest such day, where that is the weekday named."""
    number, name = cal.read_day_number(r["n"]), cal.read_weekday(r["d"])
    if r.published is None or number is None:
        return None
    days = [cal.nearest_day_number(number, r.published, is_future=ahead) for ahead in (r.is_future, not r.is_future)]
    return next((as_day(day) for day in days if day is not None and cal.is_weekday(name, day)), None)


def read_short_heading(r: Reading) -> PartialDate | None:
    """ "06/09 -" at the head of a line: the day first, unless only the other order lies near publication."""
    if r.published is None:
        return None
    first, second = int(r["a"]), int(r["b"])
    for day, month in ((first, second), (second, first)):
        if not (1 <= month <= 12 and day >= 1):
            continue
        when = cal.nearest_month_day(month, day, r.published, is_future=r.is_future)
        if when is not None and abs((when - r.published).days) <= _NEAR_HEADING:
            return as_day(when)
    return None


def read_near_day(r: Reading) -> PartialDate | None:
    """ "Yesterday", "overnight", "this morning"."""
    if r.published is None:
        return None
    words = " ".join(r.match.group(0).lower().split())
    if words == "overnight":
        return PartialDate(r.published - timedelta(days=1), r.published, "day")
    steps = {
        "day before yesterday": -2,
        "day after tomorrow": 2,
        "yesterday": -1,
        "tomorrow": 1,
        "last night": -1,
        "last evening": -1,
    }
    step = next((n for name, n in steps.items() if name in words), 0)
    return as_day(r.published + timedelta(days=step))


def read_ago(r: Reading) -> PartialDate | None:
    """ "Two weeks ago"."""
    count = cal.read_count(r["n"])
    if r.published is None or count is None:
        return None
    return shift_units(r.published, count, r["u"], -1)


def read_ahead(r: Reading) -> PartialDate | None:
    """ "In two weeks' time"."""
    count = cal.read_count(r["n"])
    if r.published is None or count is None:
        return None
    return shift_units(r.published, count, r["u"], 1)


def read_within(r: Reading) -> PartialDate | None:
    """ "Within three months", "in the coming ten days": from publication on.

    Told of what happened, it counts from the date told before: "guards fired on Monday; marines came within the hour".
    """
    if r.published is None:
        return None
    if not r.is_future and r["b"]:
        return _read_within_story(r)
    unit = r["u"]
    if r["n"] in ("", "the") and not unit.startswith("fortnight"):
        return period_of(unit, r.published)
    count = cal.read_count("a" if r["n"] == "the" else r["n"])
    if count is None:
        return None
    months = next((months for name, months in _MONTHS.items() if unit.startswith(name)), 0) * count
    if r.published.year + months // 12 >= YEARS.stop:
        return None
    if months:
        return PartialDate(r.published, cal.add_months(r.published, months), "month")
    return PartialDate(r.published, r.published + timedelta(days=days_of(unit, count)), "day")


def _read_within_story(r: Reading) -> PartialDate | None:
    if r.anchor is None or r.anchor.days > 3:
        return None
    if r["u"].startswith("hour"):
        return r.anchor
    count = cal.read_count(r["n"])
    end = shift_units(r.anchor.end, count, r["u"], 1) if count is not None else None
    return PartialDate(r.anchor.start, end.end, end.precision) if end is not None else None


def read_period(r: Reading) -> PartialDate | None:
    """ "Last week", "this month", "next spring"; what happened "this year" happened before it was told."""
    if r.published is None:
        return None
    unit = r["u"]
    step = {"last": -1, "previous": -1, "past": -1, "this": 0, "current": 0, "next": 1, "coming": 1}[r["w"]]
    if step == 0 and unit in ("week", "month", "year") and (r["part"] == "earlier" or not r.is_future):
        return replace(period_of(unit, r.published), end=r.published)
    if unit == "week":
        return PartialDate.of_week(r.published + timedelta(weeks=step))
    if unit == "month":
        return cal.shift_month(r.published, step)
    if unit == "year":
        return PartialDate.of_year(r.published.year + step)
    if step:
        return cal.neighbouring_season(unit, r.published, is_next=step > 0)
    return cal.nearest_season(unit, r.published, is_future=r.is_future)


def read_period_end(r: Reading) -> PartialDate | None:
    """ "By the end of the month", "before the year is out": from publication to the last day."""
    if r.published is None:
        return None
    unit = r["u"] or r["u2"]
    return PartialDate(r.published, period_of(unit, r.published).end, "month" if unit == "month" else "day")


def read_week_to(r: Reading) -> PartialDate | None:
    """ "The week to Thursday"."""
    if r.published is None:
        return None
    last = cal.nearest_weekday(r["d"], r.published)
    return PartialDate(last - timedelta(days=6), last, "week")


def read_weekend(r: Reading) -> PartialDate | None:
    """ "At the weekend", "last weekend"."""
    if r.published is None:
        return None
    which = r["w"]
    return cal.weekend_of(r.published, is_future=which in ("next", "coming") or (r.is_future and which != "last"))


def read_season(r: Reading) -> PartialDate | None:
    """ "In spring", "summer 2020"."""
    if r["y"]:
        return cal.season_of(r["s"], int(r["y"]))
    if r.published is None:
        return None
    return cal.nearest_season(r["s"], r.published, is_future=r.is_future)


def read_feast(r: Reading) -> PartialDate | None:
    """ "Before Christmas", "on New Year's Day"."""
    if r.published is None:
        return None
    name = " ".join(r["f"].replace("\u2019", "'").split())
    return as_day(cal.nearest_feast(name, r.published, is_future=r.is_future))


def read_before_last(r: Reading) -> PartialDate | None:
    """ "The month before last"."""
    if r.published is None:
        return None
    if r["u"] == "week":
        return PartialDate.of_week(r.published - timedelta(weeks=2))
    return cal.shift_month(r.published, -2) if r["u"] == "month" else PartialDate.of_year(r.published.year - 2)


def read_day_of_month(r: Reading) -> PartialDate | None:
    """ "The 20th of last month", "the first of the month"."""
    day = cal.read_day_number(r["d"])
    if r.published is None or day is None:
        return None
    month = cal.shift_month(r.published, {"last": -1, "next": 1}.get(r["w"], 0)).start
    return as_day(cal.make_day(month.year, month.month, day))


def read_day_number(r: Reading) -> PartialDate | None:
    """ "On the 19th", "between the 6th and the 9th"."""
    first, last = (
        cal.nearest_day_number(day, r.published, is_future=r.is_future)
        if r.published is not None and (day := cal.read_day_number(r[group])) is not None
        else None
        for group in ("d", "d2")
    )
    return PartialDate(first, last, "day") if first and last and first < last else as_day(first)


def read_clock_line(r: Reading) -> PartialDate | None:
    """The time that heads a line of a running report stands for the day of publication."""
    return as_day(r.published)
