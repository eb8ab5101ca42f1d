"""Dates as news gives them: a day, a week, a month or a year."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from tocsin.errors import RecordError

DatePrecision = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A stretch of days, both ends inclusive, and how finely the text gave it.

    "Saturday" is one day with precision day; "earlier this week" is a week; "in May" a month. A range ("from Monday to
    Wednesday") keeps the precision of its ends.
    """

    start: date
    end: date
    precision: DatePrecision

    def __post_init__(self) -> None:
        if self.precision not in get_args(DatePrecision):
            raise RecordError("date precision", self.precision, f"must be one of {', '.join(get_args(DatePrecision))}")
        if self.end < self.start:
            raise RecordError("date", f"{self.start}..{self.end}", "must not end before it starts")

    @classmethod
    def of_day(cls, day: date) -> PartialDate:
        """One day."""
        return cls(day, day, "day")

    @classmethod
    def of_week(cls, day: date) -> PartialDate:
        """The week, Monday to Sunday, that holds `day`."""
        monday = day - timedelta(days=day.weekday())
        return cls(monday, monday + timedelta(days=6), "week")

    @classmethod
    def of_month(cls, year: int, month: int) -> PartialDate:
        """A calendar month."""
        return cls(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")

    @classmethod
    def of_year(cls, year: int) -> PartialDate:
        """A calendar year."""
        return cls(date(year, 1, 1), date(year, 12, 31), "year")

    @property
    def days(self) -> int:
        """How many days it covers, at least 1."""
        return (self.end - self.start).days + 1

    def overlaps(self, other: PartialDate, slack_days: int = 0) -> bool:
        """Whether the two share a day, or come within `slack_days` of it."""
        slack = timedelta(days=slack_days)
        return self.start - slack <= other.end and other.start - slack <= self.end

    def __str__(self) -> str:
        match self.precision:
            case "year" if self == PartialDate.of_year(self.start.year):
                return f"{self.start.year:04d}"
            case "month" if self == PartialDate.of_month(self.start.year, self.start.month):
                return f"{self.start:%Y-%m}"
            case _ if self.start == self.end:
                return self.start.isoformat()
            case _:
                return f"{self.start.isoformat()}..{self.end.isoformat()}"
