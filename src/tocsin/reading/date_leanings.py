"""What the forms of words mean that say nothing without the date told before them ("two days later", "that May").

Each function takes a `Reading` and gives a date, or None where it says none.
"""

from __future__ import annotations

from datetime import timedelta

from tocsin.reading import calendar as cal
from tocsin.reading.date_reading import Reading, as_day, period_of, shift_units
from tocsin.records import PartialDate


def read_same(r: Reading) -> PartialDate | None:
    """ "The same day", "that week", "that year"; "that night" needs a date no wider than a few days."""
    if r.anchor is None:
        return None
    if r["u"].startswith(("week", "month", "year")):
        return period_of(r["u"], r.anchor.start)
    if r["u"] in ("spring", "summer", "autumn", "winter"):
        return cal.season_of(r["u"], r.anchor.start.year)
    return r.anchor if r.anchor.days <= 3 else None


def read_beside(r: Reading) -> PartialDate | None:
    """ "The following day", "the year before", "two days later": one or more units from the date told before."""
    if r.anchor is None:
        return None
    count = cal.read_count(r["n"]) if r["n"] else 1
    if count is None:
        return None
    words = {r["w"], r["after"]}
    step = -1 if words & {"previous", "before", "earlier", "preceding"} else 1
    unit = r["u"]
    is_short = not unit.startswith(("year", "decade", "month"))
    if is_short and r.anchor.days > (31 if unit.startswith(("week", "fortnight")) else 7):
        return None
    if unit.startswith("week") and not r["n"]:
        return PartialDate.of_week(r.anchor.start + timedelta(weeks=step))
    return shift_units(r.anchor.end if step > 0 else r.anchor.start, count, unit, step)


def read_clause_before(r: Reading) -> PartialDate | None:
    """ "On Tuesday, three days after guards fired": the date of what follows the words."""
    count = cal.read_count(r["n"])
    if r.anchor is None or count is None or r.anchor.days > 7:
        return None
    day = shift_units(r.anchor.start, count, r["u"], 1 if r["after"] == "before" else -1)
    # "a week after" is told of a day, "seven weeks after" is not
    is_rough = r["u"].startswith("week") and count > 1
    return PartialDate.of_week(day.start) if day and is_rough else day


def read_month_beside(r: Reading) -> PartialDate | None:
    """ "That May", "the following February", "March of that year"."""
    month = cal.read_month(r["m"])
    if month is None or r.anchor is None:
        return None
    year = r.anchor.start.year
    if r["w"] == "following":
        year = r.anchor.end.year + (month <= r.anchor.end.month or r.anchor.precision == "year")
    elif r["w"] == "previous":
        year = r.anchor.start.year - (month >= r.anchor.start.month)
    return PartialDate.of_month(year, month)


def read_weekday_beside(r: Reading) -> PartialDate | None:
    """ "The following Friday"."""
    if r.anchor is None or r.anchor.days > 7:
        return None
    if r["w"] == "previous":
        before = r.anchor.start - timedelta(days=1)
        return as_day(cal.nearest_weekday(r["d"], before))
    return as_day(cal.next_weekday(r["d"], r.anchor.end))


def read_since_then(r: Reading) -> PartialDate | None:
    """ "Since then", "has since": up to publication."""
    if r.anchor is None or r.published is None or r.anchor.start > r.published:
        return None
    return PartialDate(r.anchor.start, r.published, r.anchor.precision)
