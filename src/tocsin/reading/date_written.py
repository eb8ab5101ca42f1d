"""What dates mean that are written out, with a number, a month or a year: "3/5/2021", "5 May", "in March 2019".

Each function takes a `Reading` and gives a date, or None where it says none. The day of publication tells only the year
and the order of day and month where they are not written.
"""

from __future__ import annotations

from datetime import date, timedelta

from tocsin.reading import calendar as cal
from tocsin.reading.date_reading import YEARS, Reading, as_day, decade_of
from tocsin.records import PartialDate

_TENS = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80,
        "nineties": 90}  # fmt: skip


def read_iso(r: Reading) -> PartialDate | None:
    """2021-05-03."""
    year, month = int(r["y"]), int(r["m"])
    return as_day(cal.make_day(year, month, int(r["d"]))) if year in YEARS and 1 <= month <= 12 else None


def read_numeric(r: Reading) -> PartialDate | None:
    """3/5/2021 or 3.5.2021: the day first, unless only the other order is a day by publication."""
    year, first, second = int(r["y"]), int(r["a"]), int(r["b"])
    days = [
        found
        for day, month in ((first, second), (second, first))
        if 1 <= month <= 12 and day >= 1 and (found := cal.make_day(year, month, day))
    ]
    if len(days) == 2 and days[0] != days[1] and r.match.group("s") == "/":
        if r.published is None:
            return None
        return as_day(next((d for d in days if d <= r.published), days[0]))
    return as_day(days[0]) if days else None


def read_month_day(r: Reading) -> PartialDate | None:
    """ "5 May", "May 5, 2021", "3 to 5 May"."""
    month, day = cal.read_month(r["m"]), cal.read_day_number(r["d"])
    if month is None or day is None:
        return None
    last = cal.read_day_number(r["d2"]) if r["d2"] else None
    first = _place_day(month, day, r)
    if first is None or last is None:
        return as_day(first)
    end = cal.make_day(first.year, month, last)
    return PartialDate(first, end, "day") if end and end >= first else as_day(first)


def _year_of(r: Reading) -> int | None:
    """The year written out, or "this year" and the like counted from publication."""
    if r["y"]:
        return int(r["y"])
    if r["rel"] and r.published is not None:
        return r.published.year + {"last": -1, "this": 0, "next": 1}[r["rel"]]
    return None


def _place_day(month: int, day: int, r: Reading) -> date | None:
    year = _year_of(r)
    if year is not None:
        return cal.make_day(year, month, day)
    if r.published is None:
        return None
    both = [cal.nearest_month_day(month, day, r.published, is_future=ahead) for ahead in (r.is_future, not r.is_future)]
    # a day of the week written beside it says which year is meant
    named = [d for d in both if d is not None and r["wd"] and cal.is_weekday(r["wd"], d)]
    return named[0] if named else both[0]


def read_month_name(r: Reading) -> PartialDate | None:
    """ "In May", "March 2019", "the first week of June", "mid-March"."""
    month = cal.read_month(r["m"] or r["m2"])
    if month is None:
        return None
    when = _place_month(month, r)
    if when is None or not r["part"]:
        return when
    year, last = when.start.year, when.end.day
    match r["part"].split():
        case ["mid" | "mid-"]:
            return PartialDate(when.start, date(year, month, 15), "month") if r["by"] in ("by", "until") else when
        case [*_, "first", "week"]:
            return PartialDate(date(year, month, 1), date(year, month, 7), "week")
        case [*_, "last", "week"]:
            return PartialDate(date(year, month, last - 6), date(year, month, last), "week")
    return when


def _place_month(month: int, r: Reading) -> PartialDate | None:
    year = _year_of(r)
    if year is not None:
        return PartialDate.of_month(year, month)
    if r.published is None:
        return None
    if r["w"] == "last" and month == r.published.month:
        return PartialDate.of_month(r.published.year - 1, month)
    if r["w"] == "next" and month == r.published.month:
        return PartialDate.of_month(r.published.year + 1, month)
    return cal.nearest_month(month, r.published, is_future=r.is_future or r["w"] == "next")


def read_week_of(r: Reading) -> PartialDate | None:
    """ "The week of 18 May": that day and the six after it."""
    when = read_month_day(r)
    return PartialDate(when.start, when.start + timedelta(days=6), "week") if when else None


def read_year(r: Reading) -> PartialDate | None:
    """A year; one that lies more than 30 years ahead is a number."""
    year = int(r["y"])
    if r.published is not None and year > r.published.year + 30:
        return None
    return PartialDate.of_year(year)


def read_decade(r: Reading) -> PartialDate | None:
    """ "The 1990s"."""
    return decade_of(int(r["y"]))


def read_tens(r: Reading) -> PartialDate | None:
    """ "The nineties": the last such ten years that had begun by publication."""
    if r.published is None:
        return None
    years = _TENS[r["t"]] + r.published.year // 100 * 100
    return decade_of(years if years <= r.published.year else years - 100)
