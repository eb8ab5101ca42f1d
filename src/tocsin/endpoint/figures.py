"""Dates and counts of an answer: believed only where the calendar and the article's own words bear them out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tocsin.endpoint.choosing import choose
from tocsin.endpoint.passages import Passages
from tocsin.endpoint.tally import Tally
from tocsin.records import DatePrecision, Modality, PartialDate, Span, Toll, TollKind

MAX_TOLLS = 20
#: A greater count is a slip of the model.
_MAX_COUNT = 100_000_000
#: What ended longer ago is background (codebook, field `background`).
BACKGROUND_DAYS = 14
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMERAL = re.compile(r"\d[\d,]*")
_SCALE = re.compile(r"\b(?:hundred|thousand|million|billion)|%", re.IGNORECASE)
#: "Nearly 7,000" may stand for 6,500 to 7,000.
_SLACK = 0.15


def read_date(
    given: object, near: Span, passages: Passages, published: date | None, modality: Modality, tally: Tally
) -> PartialDate | None:
    """The date of a claim, or None.

    The phrase that gives it must stand in the article; what is said to have happened cannot lie after publication; and
    without a day of publication only a phrase that names its year counts.
    """
    if given is None:
        return None
    found = _make_date(given)
    if found is None or not isinstance(given, Mapping):
        tally.drop("date", given)
        return None
    words = given.get("words")
    span = passages.find_near(words, near) if isinstance(words, str) else None
    if span is None:
        tally.drop("date", words)
        return None
    phrase = span.cut(passages.text)
    is_grounded = published is not None or str(found.start.year) in phrase
    is_ahead = published is not None and found.start > published + timedelta(days=1)
    if not is_grounded or (is_ahead and modality in ("actual", "negated")):
        tally.drop("date", f"{phrase} as {found}")
        return None
    tally.note("date", f"{phrase!r} is {found} by the model")
    return found


def _make_date(given: object) -> PartialDate | None:
    if not isinstance(given, Mapping):
        return None
    start, end = _read_day(given.get("start")), _read_day(given.get("end"))
    precision: DatePrecision | None = choose(given.get("precision"), DatePrecision)
    if start is None or end is None or end < start or precision is None:
        return None
    return PartialDate(start, end, precision)


def _read_day(given: object) -> date | None:
    if not isinstance(given, str) or not _ISO_DAY.fullmatch(given):
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def is_long_past(when: PartialDate | None, published: date | None) -> bool:
    """Whether a date ended more than 14 days before publication."""
    return when is not None and published is not None and when.end < published - timedelta(days=BACKGROUND_DAYS)


def read_tolls(given: object, near: Span, passages: Passages, tally: Tally) -> tuple[Toll, ...]:
    """The counts whose words stand in the article, and whose numerals, where there are any, are those of the words."""
    if not isinstance(given, list):
        if given is not None:
            tally.drop("toll", given)
        return ()
    if len(given) > MAX_TOLLS:
        tally.drop("field", f"{len(given)} tolls")
    tolls = (_read_toll(one, near, passages, tally) for one in given[:MAX_TOLLS])
    return tuple(toll for toll in tolls if toll is not None)


def _read_toll(given: Any, near: Span, passages: Passages, tally: Tally) -> Toll | None:
    if not isinstance(given, dict):
        tally.drop("toll", given)
        return None
    words, kind = given.get("words"), choose(given.get("kind"), TollKind)
    low, high = _read_count(given.get("low")), _read_count(given.get("high"))
    span = passages.find_near(words, near) if isinstance(words, str) else None
    is_range = low is not None and (high >= low if high is not None else given.get("high") is None)
    if span is None or kind is None or low is None or not is_range or not _agree(span.cut(passages.text), low, high):
        tally.drop("toll", f"{words if isinstance(words, str) else '?'} as {low} to {high}")
        return None
    return Toll(kind, low, high, _read_whom(given.get("whom"), near, passages, tally))


def _read_whom(given: object, near: Span, passages: Passages, tally: Tally) -> str | None:
    if given is None or given == "":
        return None
    span = passages.find_near(given, near) if isinstance(given, str) else None
    if span is None:
        tally.drop("whom", given)
        return None
    return span.cut(passages.text)


def _read_count(given: object) -> int | None:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= _MAX_COUNT:
        return None
    return given


def _agree(words: str, low: int, high: int | None) -> bool:
    """Whether a count fits the numerals in its words; words without numerals, or with a scale, are believed."""
    if _SCALE.search(words):
        return True
    numbers = [int(digits) for m in _NUMERAL.findall(words) if len(digits := m.replace(",", "")) <= 9]
    counts = [low] if high is None else [low, high]
    return not numbers or any(abs(c - n) <= max(1, _SLACK * n) for c in counts for n in numbers)
