"""Date expressions in English news, resolved against the day of publication (codebook: field `date`, rule 15).

Own rules, no statistics: the same words and the same day always give the same date. What cannot be resolved (no day of
publication, no year) is left out: absent is absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tocsin.reading import calendar as cal
from tocsin.records import PartialDate, Span

#: Codebook, field `background`: it ended more than this many days before publication.
BACKGROUND_DAYS = 14
#: Far from the ends of the calendar, where a year more or less does not exist.
_YEARS = range(1000, 9000)


@dataclass(frozen=True, slots=True)
class DatedPhrase:
    """One expression: where it stands in the text handed in, what it means and which rule read it."""

    span: Span
    date: PartialDate
    rule: str


def is_long_past(when: PartialDate | None, published: date | None) -> bool:
    """Whether a date ended more than 14 days before publication; False where either is unknown."""
    return when is not None and published is not None and (published - when.end).days > BACKGROUND_DAYS


def find_dates(text: str, published: date | None, *, is_future: bool = False) -> tuple[DatedPhrase, ...]:
    """All date expressions of a passage in order, the longer one where two overlap.

    `is_future`: the passage speaks of what is to come, so "on Friday" is the next one.
    """
    if published is not None and published.year not in _YEARS:
        published = None
    found: list[DatedPhrase] = []
    for rule, pattern, resolve in _RULES:
        for m in pattern.finditer(text):
            reading = _Reading(m, published, is_future)
            when = resolve(reading)
            if when is not None:
                found.append(_apply_preposition(text, m, when, rule, published))
    found.sort(key=lambda p: (p.span.start - p.span.end, p.span.start))
    kept: list[DatedPhrase] = []
    for phrase in found:
        if not any(phrase.span.overlaps(k.span) for k in kept):
            kept.append(phrase)
    return tuple(sorted(kept, key=lambda p: p.span))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A match with its circumstances."""

    match: re.Match[str]
    published: date | None
    is_future: bool

    def __getitem__(self, group: str) -> str:
        return self.match.group(group) or ""

    @property
    def ahead(self) -> bool:
        """Whether the words, or else the passage, look ahead."""
        return self.is_future


def _apply_preposition(
    text: str, m: re.Match[str], when: PartialDate, rule: str, published: date | None
) -> DatedPhrase:
    """ "Since Monday" runs until publication, "until Friday" and "by Friday" from publication on."""
    before = _PREPOSITION.search(text[max(0, m.start() - 24) : m.start()])
    inside = _INNER_PREPOSITION.match(m.group(0))
    word = (before or inside or _NOTHING)[1].lower()
    start = m.start() - (len(before.group(0)) if before else 0)
    if published is not None and word == "since" and when.start <= published:
        when = PartialDate(when.start, max(published, when.start), when.precision)
    elif published is not None and word in ("until", "till", "by", "before") and when.end >= published:
        end = when.start - timedelta(days=1) if word == "before" else when.end
        if end >= published:
            when = PartialDate(published, end, when.precision)
    return DatedPhrase(Span(start, m.end()), when, f"date-{rule}")


# --- resolvers: each takes a reading and gives a date or None
def _day(value: date | None) -> PartialDate | None:
    return PartialDate.of_day(value) if value else None


def _iso(r: _Reading) -> PartialDate | None:
    month = int(r["m"])
    return _day(cal.make_day(int(r["y"]), month, int(r["d"]))) if 1 <= month <= 12 else None


def _month_day(r: _Reading) -> PartialDate | None:
    month, day = cal.read_month(r["m"]), cal.read_day_number(r["d"])
    if month is None or day is None:
        return None
    last = cal.read_day_number(r["d2"]) if "d2" in r.match.groupdict() and r["d2"] else None
    first = _place_day(month, day, r)
    if first is None or last is None:
        return _day(first)
    end = cal.make_day(first.year, month, last)
    return PartialDate(first, end, "day") if end and end >= first else _day(first)


def _place_day(month: int, day: int, r: _Reading) -> date | None:
    if r["y"]:
        return cal.make_day(int(r["y"]), month, day)
    return cal.nearest_month_day(month, day, r.published, is_future=r.ahead) if r.published else None


def _month(r: _Reading) -> PartialDate | None:
    month = cal.read_month(r["m"])
    if month is None:
        return None
    if r["y"]:
        return PartialDate.of_month(int(r["y"]), month)
    if r.published is None:
        return None
    if r["w"].lower() == "last" and month == r.published.month:
        return PartialDate.of_month(r.published.year - 1, month)
    return cal.nearest_month(month, r.published, is_future=r.ahead or r["w"].lower() == "next")


def _year(r: _Reading) -> PartialDate | None:
    year = int(r["y"])
    if r.published is not None and year > r.published.year + 30:
        return None
    return PartialDate.of_year(year)


def _decade(r: _Reading) -> PartialDate | None:
    first = int(r["y"])
    return PartialDate(date(first, 1, 1), date(first + 9, 12, 31), "year")


def _weekday(r: _Reading) -> PartialDate | None:
    if r.published is None:
        return None
    name, which = r["d"].lower(), r["w"].lower()
    if which == "last":
        return _day(cal.previous_weekday(name, r.published))
    if which in ("next", "coming"):
        return _day(cal.next_weekday(name, r.published))
    return _day(cal.nearest_weekday(name, r.published, is_future=r.ahead))


def _weekday_range(r: _Reading) -> PartialDate | None:
    if r.published is None:
        return None
    last = cal.nearest_weekday(r["d2"].lower(), r.published, is_future=r.ahead)
    first = cal.nearest_weekday(r["d"].lower(), last)
    return PartialDate(first, last, "day")


def _near_day(r: _Reading) -> PartialDate | None:
    if r.published is None:
        return None
    words = " ".join(r.match.group(0).lower().split())
    if words == "overnight":
        return PartialDate(r.published - timedelta(days=1), r.published, "day")
    steps = {"day before yesterday": -2, "day after tomorrow": 2, "yesterday": -1, "tomorrow": 1, "last night": -1}
    step = next((n for name, n in steps.items() if name in words), 0)
    return _day(r.published + timedelta(days=step))


def _ago(r: _Reading) -> PartialDate | None:
    count = cal.read_count(r["n"])
    if r.published is None or count is None:
        return None
    unit = r["u"].lower()
    if unit.startswith("hour"):
        return _day(r.published - timedelta(days=count // 24))
    if unit.startswith("day"):
        return _day(r.published - timedelta(days=count))
    if unit.startswith(("week", "fortnight")):
        return PartialDate.of_week(r.published - timedelta(weeks=count * (2 if unit.startswith("f") else 1)))
    if unit.startswith("month"):
        return cal.shift_month(r.published, -count)
    year = r.published.year - count * (10 if unit.startswith("decade") else 1)
    return PartialDate.of_year(year)


def _past_stretch(r: _Reading) -> PartialDate | None:
    count = cal.read_count(r["n"]) if r["n"] else 1
    if r.published is None or count is None:
        return None
    unit = r["u"].lower()
    days = {"h": 1, "d": 1, "w": 7, "f": 14, "m": 30, "y": 365}[unit[0]]
    days = (count + 23) // 24 if unit.startswith("h") else count * days
    return PartialDate(r.published - timedelta(days=days), r.published, "day")


def _period(r: _Reading) -> PartialDate | None:
    if r.published is None:
        return None
    which, unit = r["w"].lower(), r["u"].lower()
    step = {"last": -1, "previous": -1, "past": -1, "this": 0, "current": 0, "next": 1, "coming": 1}[which]
    if unit == "week":
        return PartialDate.of_week(r.published + timedelta(weeks=step))
    if unit == "month":
        return cal.shift_month(r.published, step)
    if unit == "year":
        return PartialDate.of_year(r.published.year + step)
    return cal.season_of(unit, r.published.year + step)


def _weekend(r: _Reading) -> PartialDate | None:
    if r.published is None:
        return None
    which = r["w"].lower()
    return cal.weekend_of(r.published, is_future=which in ("next", "coming") or (r.ahead and which != "last"))


def _season(r: _Reading) -> PartialDate | None:
    if r["y"]:
        return cal.season_of(r["s"].lower(), int(r["y"]))
    return None


def _day_number(r: _Reading) -> PartialDate | None:
    day = cal.read_day_number(r["d"])
    if r.published is None or day is None:
        return None
    return _day(cal.nearest_day_number(day, r.published, is_future=r.ahead))


# --- patterns
_MONTH = r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"  # noqa: E501
_DAYNUM = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?|(?:twenty-|thirty-)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|"
    r"tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_YEAR = r"(?:1[89]\d\d|20\d\d)"
#: "31 December 9999" is no day of this year: a year out of range leaves the date open.
_NO_OTHER_YEAR = r"(?!,?\s+(?:of\s+)?\d{4}\b(?!\s+[a-z]))"
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|few|several|couple)"  # noqa: E501
_PREPOSITION = re.compile(
    r"\b(since|until|till|by|before|from|on|in|at|during|over|late on|early on)\s+(?:the\s+)?$", re.I
)

_INNER_PREPOSITION = re.compile(r"(since|until|till|by|before)\b", re.I)
_NOTHING = ("", "")

_Resolver = Callable[[_Reading], "PartialDate | None"]
_RULES: tuple[tuple[str, re.Pattern[str], _Resolver], ...] = (
    ("iso", re.compile(r"\b(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)\b"), _iso),
    ("day-month", re.compile(
        rf"\b(?P<d>{_DAYNUM})(?:\s*(?:[-\u2013]|to|and)\s*(?P<d2>{_DAYNUM}))?(?:\s+of)?\s+(?P<m>{_MONTH})\b"
        rf"(?:,?\s+(?P<y>{_YEAR})\b|{_NO_OTHER_YEAR})"), _month_day),
    ("month-day", re.compile(
        rf"\b(?P<m>{_MONTH})\s+(?P<d>{_DAYNUM})\b(?:\s*(?:[-\u2013]|to|and)\s*(?P<d2>{_DAYNUM}))?(?!,?\d)"
        rf"(?:,?\s+(?P<y>{_YEAR})\b|{_NO_OTHER_YEAR})"), _month_day),
    ("month", re.compile(
        rf"\b(?:in|since|by|until|from|during|of|early|late|mid|mid-|end of|before|(?P<w>last|next|this))[\s-]+"
        rf"(?:(?:early|late|mid)[\s-]?)?(?P<m>{_MONTH})\b(?!\s+\d{{1,2}}\b)"
        rf"(?:,?\s+(?:of\s+)?(?P<y>{_YEAR})\b|{_NO_OTHER_YEAR})"), _month),
    ("month-year", re.compile(rf"\b(?P<w>)(?P<m>{_MONTH})\s+(?P<y>{_YEAR})\b"), _month),
    ("decade", re.compile(r"\bthe\s+(?:early\s+|late\s+)?(?P<y>(?:19|20)\d0)s\b"), _decade),
    ("year", re.compile(
        rf"\b(?:in|since|of|by|until|from|during|back in|early|late)\s+(?:early\s+|late\s+|mid-?)?(?P<y>{_YEAR})\b"
        rf"(?!\s*(?:people|soldiers|troops|men|families|homes|[-\u2013]\d))", re.I), _year),
    ("weekday-range", re.compile(
        rf"\b(?:from|between)\s+(?P<d>{_WEEKDAY})\s+(?:to|and|until|through)\s+(?P<d2>{_WEEKDAY})\b",
        re.I), _weekday_range),
    ("weekday", re.compile(rf"\b(?:(?P<w>last|next|this|coming)\s+)?(?P<d>{_WEEKDAY})\b", re.I), _weekday),
    ("near-day", re.compile(
        r"\b(?:the day before yesterday|the day after tomorrow|yesterday|tomorrow|today|tonight|overnight|last night|"
        r"this (?:morning|afternoon|evening))\b", re.I), _near_day),
    ("ago", re.compile(
        rf"\b(?:(?:some|about)\s+)?(?:a\s+)?(?P<n>{_COUNT})\s+(?:of\s+)?"
        rf"(?P<u>hours?|days?|weeks?|fortnights?|months?|years?|decades?)\s+(?:ago|earlier)\b", re.I), _ago),
    ("past-stretch", re.compile(
        rf"\b(?:in|over|during|for)\s+the\s+(?:past|last)\s+(?:(?P<n>{_COUNT})\s+)?"
        rf"(?P<u>hours?|days?|weeks|fortnight|months|years)\b", re.I), _past_stretch),
    ("period", re.compile(
        r"\b(?P<w>last|previous|past|this|current|next|coming)\s+(?P<u>week|month|year|spring|summer|autumn|winter)\b"
        r"(?!\s*end)", re.I), _period),
    ("weekend", re.compile(
        r"\b(?:(?:at|over|during|on|before|by)\s+)?(?:the\s+)?(?:(?P<w>last|this|next|coming)\s+)?weekend\b",
        re.I), _weekend),
    ("season", re.compile(
        rf"\b(?P<s>spring|summer|autumn|winter)\s+(?:of\s+)?(?P<y>{_YEAR})\b", re.I), _season),
    ("day-number", re.compile(
        rf"\b(?:on|by|since|until|from|before)\s+the\s+(?P<d>{_DAYNUM})\b"
        r"(?=\s*(?:[.,;:)]|$|and\b|at\b|in\b|of\s+th|to\b|by\b|with\b|but\b))", re.I), _day_number),
)  # fmt: skip
