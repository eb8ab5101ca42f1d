"""What the forms of words mean that tell how long something has gone on ("for a third day", "in its fifth week").

Each function takes a `Reading` and gives a date, or None where it says none.
"""

from __future__ import annotations

from datetime import timedelta

from tocsin.reading import calendar as cal
from tocsin.reading.date_reading import Reading, days_of
from tocsin.records import PartialDate


def read_past_stretch(r: Reading) -> PartialDate | None:
    """ "In the past ten days": up to publication."""
    count = cal.read_count(r["n"]) if r["n"] else 1
    if r.published is None or count is None:
        return None
    return PartialDate(r.published - timedelta(days=days_of(r["u"], count)), r.published, "day")


def read_running(r: Reading) -> PartialDate | None:
    """ "For a third day" runs from the day before yesterday to the day of publication."""
    count = cal.read_day_number(r["n"])
    if r.published is None or count is None or count < 2:
        return None
    if r["u"].startswith("day"):
        return PartialDate(r.published - timedelta(days=count - 1), r.published, "day")
    days = count * 7 - 1
    return PartialDate(r.published - timedelta(days=days), r.published, "week")


def read_in_its(r: Reading) -> PartialDate | None:
    """ "In its fifth week", "on the ninth day of a strike": it began four weeks, or eight days, before publication."""
    count, unit = cal.read_day_number(r["n"] or r["n2"]), r["u"] or r["u2"]
    if r.published is None or count is None or count < 2:
        return None
    return PartialDate(r.published - timedelta(days=days_of(unit, count - 1)), r.published, "day")


def read_lasting(r: Reading) -> PartialDate | None:
    """ "Has been shut for eight days": up to publication."""
    count = cal.read_count(r["n"])
    if r.published is None or count is None:
        return None
    return PartialDate(r.published - timedelta(days=days_of(r["u"], count)), r.published, "day")
