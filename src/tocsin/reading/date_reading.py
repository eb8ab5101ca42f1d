"""A form of words for a date as it stands in a text, and the steps of the calendar that its readings share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from tocsin.reading import calendar as cal
from tocsin.records import PartialDate

#: Far from the ends of the calendar, where a year more or less does not exist.
YEARS = range(1000, 9000)


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


def days_of(unit: str, count: int) -> int:
    """How many days so many units are, a month for 30 and a year for 365; a decade is not asked for."""
    days = {"h": 1, "d": 1, "n": 1, "w": 7, "f": 14, "m": 30, "y": 365}[unit[0]]
    return (count + 23) // 24 if unit.startswith("h") else count * days


def period_of(unit: str, day: date) -> PartialDate:
    """The week, month, year or decade in which a day lies; the day itself for a shorter unit."""
    if unit.startswith("week"):
        return PartialDate.of_week(day)
    if unit.startswith("month"):
        return PartialDate.of_month(day.year, day.month)
    if unit.startswith("year"):
        return PartialDate.of_year(day.year)
    if unit.startswith("decade"):
        return decade_of(day.year)
    return PartialDate.of_day(day)


def decade_of(year: int) -> PartialDate:
    """The ten years of one decade ("the 1990s") in which a year lies."""
    first = year // 10 * 10
    return PartialDate(date(first, 1, 1), date(first + 9, 12, 31), "year")
