"""Dates, times and numbers as a sentence writes them, in digits or words: what a check must find in the records."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from tocsin.knowledge.numbers import load_numbers

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?(?![^\W\d_])"
)
_DAY = r"(?<![\w.,])(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_TO = r"(?:\s?[-\u2013\u2014]\s?|\s(?:to|and|or)\s)"
#: Other four-digit numbers after a month count something: "on 12 March 1500 people".
_CENTURY = r"(?:1[89]|2[01])\d{2}(?!\d)"
_YEAR = rf"(?:,?\s(?P<year>{_CENTURY}))?"
#: In this order: what a longer form has taken is not read again.
_DATES = tuple(
    re.compile(form)
    for form in (
        r"(?<![\w-])(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})(?![\w-])",
        rf"{_DAY}{_TO}(?P<last>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}{_YEAR}",
        rf"{_DAY}\s(?:of\s)?{_MONTH}{_YEAR}",
        rf"(?<![^\W_]){_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:{_TO}(?P<last>\d{{1,2}}))?(?!\d|[\w:.]\d){_YEAR}",
        rf"(?<![^\W_]){_MONTH}\s(?P<year>{_CENTURY})",
        r"(?<![\w.])(?P<day>\d{1,2})[./](?P<number>\d{1,2})[./](?P<year>[12]\d{3})(?!\d)",
        r"(?<![^\W_])(?P<month>January|February|March|April|June|July|August|September|October|November|December)(?![^\W\d_])",
    )
)
_WEEKDAY = re.compile(rf"(?<![^\W_])({'|'.join(d.capitalize() for d in WEEKDAYS)})(?![^\W\d_])")
_TIME = re.compile(r"(?<![\w:.])(\d{1,2}:\d{2})(?::\d{2})?(?![\w:])")
#: Hours that have a name.
_HOUR = re.compile(r"(?i)(?<![^\W_])(noon|midday|midnight)(?![^\W_])")
_HOURS = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}
_FIGURE = re.compile(r"(?<![^\W_])(?<![^\W\d_]-)(\d{1,3}(?:[,\u202f\u00a0]\d{3})+(?!\d)|\d+)(?:\.(\d+))?")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
#: "one" that counts nothing.
_NO_ONE = re.compile(r"(?i)\bno[ -]one\b|\bone (?:another|of|side|side's|who|which|day|by one)\b|\bany one\b")
#: Shares: "half of the crowd", "two-thirds of them". An ordinal ("the third attack") and a quarter of a town are none.
_SHARE = re.compile(
    r"(?i)(?<![^\W_])(?:half|(?:a|one|two)[ -]thirds?|(?:a|one|three)[ -](?:quarter|fifth|tenth)s?)"
    r"(?=[ ](?:of|the|a|an)\b)"
)
#: Figures of one sign that are no digits: "½", "③". A small one after a letter ("km²", "said¹") counts nothing.
_SIGN = re.compile(r"[¼-¾⅐-⅞\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]|(?<![^\W\d_])[²³¹⁰⁴-⁹₀-₉]+")
#: A scale that counts by itself ("a hundred") follows no digit: "12 million" is read with its digits.
_AFTER_DIGIT = re.compile(r"\d\s?$")
_SKIPPED = frozenset({"a", "an", "no", "none", "nobody", "zero", "both"})
#: Words that count as well as the number words that the reader knows.
_COUNTING = {"pair": 2, "couple": 2, "twice": 2, "thrice": 3}
_LOOSE = frozenset({"dozens", "scores", "hundreds", "thousands", "millions"})
#: Longer figures are compared as they are written.
_LONGEST = 15


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as written; None was not said. `swapped` is the other reading of 3/8/2026, `span` where it stands."""

    text: str
    year: int | None
    month: int | None
    day: int | None
    swapped: tuple[int, int] | None = None
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number as written.

    value     what it says; None for a share, and for a loose word ("dozens"), whose `least` is what it claims at least
    decimals  digits after the point: a record's value counts as the same where it rounds to it
    is_cut    it ends in "…", so that only its beginning is known
    """

    text: str
    value: float | None
    decimals: int = 0
    least: int = 0
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything of the kind in one text; `rest` is the text with blanks in place of dates, weekdays and times."""

    dates: tuple[WrittenDate, ...]
    weekdays: tuple[str, ...]
    times: tuple[str, ...]
    numbers: tuple[WrittenNumber, ...]
    rest: str


def find_figures(text: str) -> Figures:
    """The dates, weekdays, times and numbers of a text."""
    dates: list[WrittenDate] = []
    rest = text
    for form in _DATES:
        for found in form.finditer(rest):
            dates += _read_date(found)
        rest = form.sub(_blank, rest)
    weekdays = tuple(found[0].casefold() for found in _WEEKDAY.finditer(rest))
    rest = _WEEKDAY.sub(_blank, rest)
    times = (
        *(found[1].zfill(5) for found in _TIME.finditer(rest)),
        *(_HOURS[found[1].casefold()] for found in _HOUR.finditer(rest)),
    )
    rest = _TIME.sub(_blank, rest)
    signs = (_read_sign(found[0]) for found in _SIGN.finditer(rest))
    return Figures(tuple(dates), weekdays, times, (*_find_digits(rest), *signs, *_find_words(rest)), rest)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _read_date(found: re.Match[str]) -> list[WrittenDate]:
    held = found.groupdict()
    month = _number_month(held["month"]) if held.get("month") else None
    number = int(held["number"]) if held.get("number") else None
    year = int(held["year"]) if held.get("year") else None
    days: list[int | None] = [int(held[name]) for name in ("day", "last") if held.get(name)]
    text = found[0].rstrip(".")
    span = (found.start(), found.start() + len(text))
    swapped = (days[0], number) if days and days[0] and number and "-" not in text else None
    return [WrittenDate(text, year, month or number, day, swapped, span) for day in days or [None]]


def _number_month(name: str) -> int:
    head = name.casefold()[:3]
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(head))


def _find_digits(text: str) -> list[WrittenNumber]:
    scales = load_numbers().scales
    numbers = []
    for found in _FIGURE.finditer(text):
        digits = re.sub(r"\D", "", found[1])
        decimals = len(found[2] or "")
        tail = text[found.end() :]
        value = float(f"{int(digits)}.{found[2] or 0}") if len(digits) + decimals <= _LONGEST else None
        after = _WORD.match(tail.lstrip())
        scale = scales.get(after[0].casefold()) if after and value is not None else None
        if value is not None and scale:
            value, decimals = value * scale, 0
        numbers.append(WrittenNumber(found[0], value, decimals, is_cut=tail.startswith("…")))
    return numbers


def _read_sign(text: str) -> WrittenNumber:
    """A figure of other signs than digits: its number, or a share ("½") that must be written so."""
    if len(text) > 1:
        digits = unicodedata.normalize("NFKC", text)
        return WrittenNumber(text, float(digits) if len(digits) <= _LONGEST else None)
    value = unicodedata.numeric(text)
    return WrittenNumber(text, value if value == int(value) else None)


def _find_words(text: str) -> list[WrittenNumber]:
    """Number words: "twenty-three", "two hundred and five", "a hundred", "dozens", "half of"."""
    plain = _NO_ONE.sub(_blank, text)
    numbers = [WrittenNumber(" ".join(re.split(r"[ -]", s[0].casefold())), None) for s in _SHARE.finditer(plain)]
    plain = _SHARE.sub(_blank, plain)
    run: list[str] = []
    end = -1
    for found in _WORD.finditer(plain):
        gap = plain[end : found.start()] if end >= 0 else ""
        for piece in found[0].casefold().split("-"):
            if run and (gap.strip() or not _continues(run, piece)):
                numbers += _read_run(run)
                run = []
            gap = ""
            if piece in _LOOSE:
                numbers.append(WrittenNumber(piece, None, least=_vague()[piece]))
            elif piece in _values() or (run and piece == "and") or _counts(piece, run, plain[: found.start()]):
                run.append(piece)
            elif run:
                numbers += _read_run(run)
                run = []
        end = found.end()
    return numbers + _read_run(run)


def _counts(piece: str, run: list[str], before: str) -> bool:
    """Whether a scale is part of a number in words: after one of its words, or by itself ("a hundred")."""
    return piece in _scales() and (bool(run) or not _AFTER_DIGIT.search(before[-2:]))


def _continues(run: list[str], piece: str) -> bool:
    """Whether a word belongs to the number before it: "twenty three", "two hundred", but not "two three"."""
    if piece in _scales() or piece == "and":
        return True
    if piece not in _values():
        return False
    last = run[-1]
    if last in _scales() or last == "and":
        return True
    return 20 <= _values().get(last, 0) <= 90 and _values()[piece] < 10


def _read_run(run: list[str]) -> list[WrittenNumber]:
    while run and run[-1] == "and":
        run = run[:-1]
    if "and" in run and not any(piece in _scales() for piece in run):
        at = run.index("and")  # "two and three" are two numbers
        return _read_run(run[:at]) + _read_run(run[at + 1 :])
    if not run:
        return []
    total, current = 0, 0
    for piece in run:
        if piece in _values():
            current += _values()[piece]
        elif piece in _scales():
            current = max(current, 1) * _scales()[piece]
            if _scales()[piece] >= 1000:
                total, current = total + current, 0
    return [WrittenNumber(" ".join(run), float(total + current))]


@lru_cache(maxsize=1)
def _values() -> dict[str, int]:
    words = {**load_numbers().words, **_COUNTING}
    return {word: value for word, value in words.items() if word not in _SKIPPED and value}


@lru_cache(maxsize=1)
def _scales() -> dict[str, int]:
    return {**load_numbers().scales, "dozen": 12}


@lru_cache(maxsize=1)
def _vague() -> dict[str, int]:
    vague = load_numbers().vague
    return {word: vague[word] for word in _LOOSE}
