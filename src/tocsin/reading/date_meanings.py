"""What the forms of words for dates mean, seen from the day of publication or from the date told before them.

Each function takes a `Reading` (a match with its circumstances) and gives a date, or None where it says none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tocsin.reading import calendar as cal
from tocsin.records import PartialDate


@dataclass(frozen=True, slots=True)
class Reading:
    """A match with its circumstances.

    published   the day the text is seen from, or None
    is_future   whether the words are read as looking ahead
    anchor      the date told last before these words, for rules that lean on it
    """

    match: re.Match[str]
    published: date | None
    is_future: bool
    anchor: PartialDate | None = None

    def __getitem__(self, group: str) -> str:
        """The words of a group in lower case, empty where the rule has no such group or it did not take part."""
        return (self.match.groupdict().get(group) or "").lower()


def as_day(value: date | None) -> PartialDate | None:
    """A day as a date, None as none."""
    return PartialDate.of_day(value) if value else None


TENS = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80,
        "nineties": 90}  # fmt: skip
#: Far from the ends of the calendar, where a year more or less does not exist.
YEARS = range(1000, 9000)
#: A heading of day and month alone lies no further than this many days from publication.
_NEAR_HEADING = 62


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


def read_year(r: Reading) -> PartialDate | None:
    """A year; one that lies more than 30 years ahead is a number."""
    year = int(r["y"])
    if r.published is not None and year > r.published.year + 30:
        return None
    return PartialDate.of_year(year)


def read_decade(r: Reading) -> PartialDate | None:
    """ "The 1990s"."""
    first = int(r["y"])
    return PartialDate(date(first, 1, 1), date(first + 9, 12, 31), "year")


def read_tens(r: Reading) -> PartialDate | None:
    """ "The nineties": the last such ten years that had begun by publication."""
    if r.published is None:
        return None
    years = TENS[r["t"]] + r.published.year // 100 * 100
    first = years if years <= r.published.year else years - 100
    return PartialDate(date(first, 1, 1), date(first + 9, 12, 31), "year")


def read_week_of(r: Reading) -> PartialDate | None:
    """ "The week of 18 May": that day and the six after it."""
    when = read_month_day(r)
    return PartialDate(when.start, when.start + timedelta(days=6), "week") if when else None


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


def shift_units(day: date, count: int, unit: str, step: int) -> PartialDate | None:
    """So many units on (`step` 1) or back (-1): days and weeks to the day, longer units to the unit."""
    if unit.startswith("hour"):
        return PartialDate.of_day(day + timedelta(days=step * (count // 24)))
    if unit.startswith(("day", "night", "morning", "evening")):
        return PartialDate.of_day(day + timedelta(days=step * count))
    if unit.startswith(("week", "fortnight")):
        return PartialDate.of_day(day + timedelta(days=step * count * (14 if unit.startswith("f") else 7)))
    if unit.startswith("month"):
        return cal.shift_month(day, step * count)
    year = day.year + step * count * (10 if unit.startswith("decade") else 1)
    return PartialDate.of_year(year) if 1 <= year <= 9998 else None


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


def days_of(unit: str, count: int) -> int:
    """How many days so many units are, a month for 30: the units of `date_words.UNIT`."""
    days = {"h": 1, "d": 1, "n": 1, "w": 7, "f": 14, "m": 30, "y": 365}[unit[0]]
    return (count + 23) // 24 if unit.startswith("h") else count * days


def read_within(r: Reading) -> PartialDate | None:
    """ "Within three months", "in the coming ten days": from publication on.

    Told of what happened, it counts from the date told before: "guards fired on Monday; marines came within the hour".
    """
    if r.published is None:
        return None
    if not r.is_future and r["b"]:
        return _read_within_story(r)
    if r["n"] in ("", "the"):
        return period_of(r["u"], r.published)
    count = cal.read_count(r["n"])
    if count is None:
        return None
    unit = r["u"]
    if unit.startswith("month"):
        return PartialDate(r.published, cal.add_months(r.published, count), "month")
    return PartialDate(r.published, r.published + timedelta(days=days_of(unit, count)), "day")


def _read_within_story(r: Reading) -> PartialDate | None:
    if r.anchor is None or r.anchor.days > 3:
        return None
    if r["u"].startswith("hour"):
        return r.anchor
    count = cal.read_count(r["n"])
    end = shift_units(r.anchor.end, count, r["u"], 1) if count is not None else None
    return PartialDate(r.anchor.start, end.end, end.precision) if end is not None else None


def period_of(unit: str, day: date) -> PartialDate:
    """The week, month or year in which a day lies; the day itself for a shorter unit."""
    if unit.startswith("week"):
        return PartialDate.of_week(day)
    if unit.startswith("month"):
        return PartialDate.of_month(day.year, day.month)
    if unit.startswith("year"):
        return PartialDate.of_year(day.year)
    return PartialDate.of_day(day)


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
