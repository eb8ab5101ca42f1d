"""Months and weeks as whole numbers, so that leads and gaps are plain differences."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

from tocsin.errors import RecordError

Period = Literal["month", "week"]

#: Periods in a year, and the spans (in periods) over which a past is summed up.
YEAR: dict[Period, int] = {"month": 12, "week": 52}
SPANS: dict[Period, tuple[int, ...]] = {"month": (3, 6, 12, 24, 60), "week": (4, 13, 26, 52, 156)}

_MONTH = re.compile(r"(\d{4})-(\d\d)(?:-\d\d)?")
_WEEK = re.compile(r"(\d{4})-W(\d\d)")


def number_period(day: date, period: Period) -> int:
    """The number of the month (from year 0) or of the ISO week (Monday to Sunday, from year 1) that holds `day`."""
    return day.year * 12 + day.month - 1 if period == "month" else (day.toordinal() - 1) // 7


def start_period(number: int, period: Period) -> date:
    """The first day of a period."""
    if period == "month":
        return date(number // 12, number % 12 + 1, 1)
    return date.fromordinal(number * 7 + 1)


def end_period(number: int, period: Period) -> date:
    """The last day of a period."""
    return start_period(number + 1, period) - timedelta(days=1)


def label_period(number: int, period: Period) -> str:
    """ "2019-03" for a month, "2019-W07" for an ISO week."""
    start = start_period(number, period)
    if period == "month":
        return f"{start:%Y-%m}"
    year, week, _ = start.isocalendar()
    return f"{year:04d}-W{week:02d}"


def read_period(text: str, period: Period) -> int:
    """The number of a written period: "2019-03" or a day of it; for weeks "2019-W07" or a day of it.

    Raises RecordError for text of another form or a date that does not exist.
    """
    text = text.strip()
    try:
        if period == "month" and (m := _MONTH.fullmatch(text)):
            day = date.fromisoformat(text) if len(text) > 7 else date(int(m[1]), int(m[2]), 1)
        elif period == "week" and (m := _WEEK.fullmatch(text)):
            day = date.fromisocalendar(int(m[1]), int(m[2]), 1)
        else:
            day = date.fromisoformat(text)
    except ValueError as why:
        form = "2019-03" if period == "month" else "2019-W07"
        raise RecordError(period, text[:40], f"must be written {form}, or be a day such as 2019-03-21") from why
    return number_period(day, period)
