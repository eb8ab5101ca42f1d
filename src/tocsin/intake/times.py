"""Times of publication as pages, feeds and people write them.

Two choices, made once and used everywhere in this room:

- a bare date is midnight UTC of that date, so that its day is the day that was written;
- a time without a zone, or with one that has only a name ("CET"; such names are not unique), is read as UTC, so that
  its day, too, is the day that was written. It may be off by up to 14 h.

What is not understood is None: a time of publication is never guessed. ``1970-01-01T00:00:00Z`` and the year 1 are
what programs write for "none" and are None as well, with all that lies before there was news.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from tocsin.errors import IntakeError

FUTURE_SLACK = timedelta(hours=24)
"""How far ahead of the desk's clock a publication may lie: clocks and time zones differ."""

_ISO = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2})?)(?:[.,](?P<fraction>\d{1,9}))?"
    r"\s?(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?",
    re.IGNORECASE,
)
_BASIC_ISO = re.compile(r"(\d{4})[/.]?(\d{2})[/.]?(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(.*))?", re.IGNORECASE)
_RFC = re.compile(r"(?:[A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\s+\d{2,4}\s+\d{1,2}:\d{2}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_CLOCK = (
    r"(?:,?\s+(?:at\s+|-\s+|\|\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::\d{2})?\s?(?P<half>[ap]\.?m\.?)?"
    r"\s?\(?(?P<zone>Z|[A-Z]{2,4}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?\)?)?"
)
_IN_WORDS = (
    re.compile(rf"{_WEEKDAY}(?P<day>\d{{1,2}})\s+{_MONTH},?\s+(?P<year>\d{{4}}){_CLOCK}", re.IGNORECASE),
    re.compile(rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}){_CLOCK}", re.IGNORECASE),
)
_MAX_CHARS = 80
FIRST_PUBLICATION = datetime(1500, 1, 1, tzinfo=UTC)
"""No news was published before: an earlier time is a mistake, and days counted back from it leave the calendar."""
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def parse_time(text: str | None) -> datetime | None:
    """A date or time as an aware one in UTC; None if it is not understood in exactly one way.

    Understood are ISO 8601, RFC 5322 (the feeds' form), 2022/07/31, and days with the month in English words, with or
    without a time of day (31 July 2022, 21:38; July 31, 2022 9:38 pm).
    """
    text = " ".join((text or "")[: _MAX_CHARS + 1].split())
    if not text or len(text) > _MAX_CHARS:
        return None
    try:
        when = _parse_iso(text) if text[:4].isdecimal() else (_parse_rfc(text) or _parse_words(text))
        when = when and when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None if when is None or when == _NO_TIME or when < FIRST_PUBLICATION else when


def read_time(text: str) -> datetime:
    """What a person gave as time of publication; raises IntakeError where `parse_time` understands nothing."""
    when = parse_time(text)
    if when is None:
        raise IntakeError("time of publication", text, "must be like 2022-07-31 or 2022-07-31T18:05+02:00")
    return when


def is_exact(text: str) -> bool:
    """Whether a date that `parse_time` understands carries a time of day with its zone."""
    text = text.strip()
    if match := _ISO.fullmatch(text):
        return match["zone"] is not None
    return _RFC.match(text) is not None and re.search(r"([+-]\d{4}|[A-Z]{1,4})$", text) is not None


def _parse_iso(text: str) -> datetime | None:
    if basic := _BASIC_ISO.fullmatch(text):
        year, month, day, hour, minute, second, zone = basic.groups("")
        text = f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second or '00'}{zone}" if hour else "")
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    zone = (match["zone"] or "Z").upper()
    zone = "+00:00" if zone.isalpha() else f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}"
    return datetime.fromisoformat(f"{match['day']}T{match['time'] or '00:00'}{zone}")


def _parse_rfc(text: str) -> datetime | None:
    if not _RFC.match(text):
        return None
    when = parsedate_to_datetime(text)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _parse_words(text: str) -> datetime | None:
    match = next(filter(None, (form.fullmatch(text) for form in _IN_WORDS)), None)
    if match is None:
        return None
    hour, minute = int(match["hour"] or 0), int(match["minute"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    month = _MONTHS.index(match["month"].lower()) + 1
    return datetime(int(match["year"]), month, int(match["day"]), hour, minute, tzinfo=_zone(match["zone"]))


def _zone(text: str | None) -> timezone:
    """An offset as written ("+02:00", "GMT+2"); a zone's name that is not UTC itself is not told apart from it."""
    match = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", text or "", re.IGNORECASE)
    if match is None:
        return UTC
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(offset if match[1] == "+" else -offset)
