"""Date expressions in English news, resolved against the day of publication (codebook: field `date`, rule 15).

Own rules, no statistics: the same words and the same day always give the same date. What cannot be resolved (no day of
publication, no year) is left out: absent is absent.

>>> found = find_dates("Talks opened on Monday. They will end on 3 June.", date(2022, 5, 25))
>>> [(str(p.date), str(p.looking(ahead=True))) for p in found]
[('2022-05-23', '2022-05-30'), ('2022-06-03', '2022-06-03')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tocsin.reading import calendar as cal
from tocsin.reading.date_cues import find_windows, merge_windows
from tocsin.reading.date_reading import YEARS, Reading
from tocsin.reading.date_rule import DateRule
from tocsin.reading.date_rules import RULES
from tocsin.records import PartialDate, Span

#: Codebook, field `background`: it ended more than this many days before publication.
BACKGROUND_DAYS = 14
#: A date leans on one told no further back than this many characters.
_ANCHOR_REACH = 1500


@dataclass(frozen=True, slots=True)
class DatedPhrase:
    """One expression: where it stands in the text handed in, what it means and which rule read it.

    date   its meaning in a passage that tells what happened
    ahead  its meaning in a passage that speaks of what is to come, or None where it is the same
    rule   "date-" and the form of words; "date-dateline" for the date that heads a report
    named  the date the words name themselves where a preposition made it a stretch ("since Monday"), else None
    since  offset of the "since" that it belongs to: right at its start, or before the clause that it ends; else None
    """

    span: Span
    date: PartialDate
    rule: str
    ahead: PartialDate | None = None
    named: PartialDate | None = None
    since: int | None = None

    def looking(self, *, ahead: bool) -> PartialDate:
        """The meaning for one of the two ways of looking."""
        return self.ahead if ahead and self.ahead is not None else self.date


def is_long_past(when: PartialDate | None, published: date | None) -> bool:
    """Whether a date ended more than 14 days before publication; False where either is unknown."""
    return when is not None and published is not None and (published - when.end).days > BACKGROUND_DAYS


def find_dates(text: str, published: date | None, *, is_future: bool = False) -> tuple[DatedPhrase, ...]:
    """All date expressions of a passage in order, the longer one where two overlap, each with both readings.

    `is_future`: put the reading that looks ahead into `date` ("on Friday" is the next one). Expressions that lean on
    another ("two days later", "that May") need it in the same passage: hand in whole articles.
    """
    if published is not None and published.year not in YEARS:
        published = None
    resolved = _join(text, _resolve(_keep_longest(_match_rules(text), len(text)), published))
    phrases = [_mark_dateline(text, _apply_preposition(text, each, published), published) for each in resolved]
    if is_future:
        phrases = [replace(p, date=p.looking(ahead=True)) for p in phrases]
    return tuple(phrases)


# --- matching
@dataclass(frozen=True, slots=True)
class _Found:
    """A match of a rule; `core` is where the expression itself stands."""

    rule: DateRule
    match: re.Match[str]
    core: Span

    def read(self, published: date | None, anchor: PartialDate | None, *, is_future: bool) -> PartialDate | None:
        return self.rule.resolve(Reading(self.match, published, is_future, anchor))


def _match_rules(text: str) -> list[_Found]:
    windows = find_windows(text)
    found = []
    for rule in RULES:
        stretches = [w for cue in rule.cues for w in windows.get(cue, ())] if rule.cues else [(0, len(text))]
        if len(rule.cues) > 1:
            stretches = merge_windows(stretches)
        group = "core" if "core" in rule.pattern.groupindex else 0
        for low, high in stretches:
            for m in rule.pattern.finditer(text, low, high):
                start, end = m.span(group)
                found.append(_Found(rule, m, Span(start, end) if start >= 0 else Span(*m.span())))
    return found


def _keep_longest(found: list[_Found], length: int) -> list[_Found]:
    """The matches that overlap no longer one, in order; of two on the same words the rule named first."""
    taken = bytearray(length)
    kept = []
    for each in sorted(found, key=lambda f: (f.core.start - f.core.end, f.core.start)):
        start, end = each.core.start, each.core.end
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\x01" * (end - start)
            kept.append(each)
    return sorted(kept, key=lambda f: f.core)


# --- resolving
@dataclass(frozen=True, slots=True)
class _Resolved:
    """An expression with its two readings."""

    span: Span
    rule: DateRule
    match: re.Match[str]
    past: PartialDate
    ahead: PartialDate


def _resolve(found: Iterable[_Found], published: date | None) -> list[_Resolved]:
    resolved: list[_Resolved] = []
    for each in found:
        anchor = resolved[-1] if resolved else None
        if anchor is not None and not _holds(anchor, each.core.start):
            anchor = None
        if each.rule.leans and anchor is None:
            continue
        past = each.read(published, anchor.past if anchor else None, is_future=False)
        ahead = each.read(published, anchor.ahead if anchor else None, is_future=True)
        first = past or ahead
        if first is not None:
            resolved.append(_Resolved(each.core, each.rule, each.match, first, ahead or first))
    return resolved


def _holds(anchor: _Resolved, start: int) -> bool:
    """Whether words at `start` may lean on a date: it is near, and far from the ends of the calendar."""
    years = {when.year for each in (anchor.past, anchor.ahead) for when in (each.start, each.end)}
    return start - anchor.span.end <= _ANCHOR_REACH and all(year in YEARS for year in years)


# --- ranges: "from 28 April to 3 May", "between January and March", "on Tuesday and Wednesday"
_THROUGH = re.compile(r"\s{0,3}(?:to|until|till|through|[-\u2013\u2014])\s{0,3}(?:the\s)?", re.I)
_AND = re.compile(r"\s{1,3}and\s{1,3}(?:on\s|in\s)?", re.I)
_OPENED = re.compile(r"\b(?:from|between|on|in|of|during)\s{1,3}(?:the\s)?$", re.I)
#: Forms of words that stand for one stretch, and so can be the ends of a longer one.
_ENDS = frozenset({"iso", "numeric", "day-month", "month-day", "month", "month-bare", "month-year", "year", "weekday",
                   "near-day"})  # fmt: skip
_WITHOUT_YEAR = frozenset({"day-month", "month-day", "month", "month-bare"})


def _join(text: str, resolved: list[_Resolved]) -> list[_Resolved]:
    joined: list[_Resolved] = []
    for each in resolved:
        whole = _join_pair(text, joined[-1], each) if joined else None
        if whole is not None:
            joined[-1] = whole
        else:
            joined.append(each)
    return joined


def _join_pair(text: str, first: _Resolved, second: _Resolved) -> _Resolved | None:
    if first.rule.name not in _ENDS or second.rule.name not in _ENDS or second.span.start - first.span.end > 16:
        return None
    between = text[first.span.end : second.span.start]
    is_list = _AND.fullmatch(between) is not None
    if is_list and not _OPENED.search(text, max(0, first.span.start - 16), first.span.start):
        return None
    if not is_list and not _THROUGH.fullmatch(between):
        return None
    past = _span_over(first, second, first.past, second.past)
    ahead = _span_over(first, second, first.ahead, second.ahead)
    either = past or ahead
    if either is None:
        return None
    return _Resolved(Span(first.span.start, second.span.end), second.rule, second.match, either, ahead or either)


def _span_over(first: _Resolved, second: _Resolved, a: PartialDate, b: PartialDate) -> PartialDate | None:
    """From the start of `a` to the end of `b`, `a` moved before `b` where its words leave the week or the year open."""
    if a.precision != b.precision and not (a.days == b.days == 1):
        return None
    name = first.rule.name
    if name == second.rule.name == "weekday":
        late = max((a.start - b.start).days, 0)
        a = _moved(a, -7 * ((late + 6) // 7))
        a = _moved(a, 7 * ((b.start - a.start).days // 7))
    elif name in _WITHOUT_YEAR and not first.match.groupdict().get("y") and not 0 <= (b.start - a.start).days <= 366:
        year = b.start.year - ((a.start.month, a.start.day) > (b.start.month, b.start.day))
        start = cal.make_day(year, a.start.month, a.start.day)
        a = a if start is None else _moved(a, (start - a.start).days)
    return PartialDate(a.start, b.end, b.precision) if a.start <= b.start else None


def _moved(when: PartialDate, days: int) -> PartialDate:
    step = timedelta(days=days)
    return PartialDate(when.start + step, when.end + step, when.precision)


# --- the words before
_PREPOSITION = re.compile(
    r"\b(since|until|till|by|before|from|on|in|at|during|between)\s{1,3}(?:(?:late|early)\s(?:on\s)?)?(?:the\s)?$",
    re.I,
)
_INNER_PREPOSITION = re.compile(r"(since|until|till|by|before)\b", re.I)
_REACH = 24


def _apply_preposition(text: str, found: _Resolved, published: date | None) -> DatedPhrase:
    """ "Since Monday" runs until publication, "until Friday" and "by Friday" from publication on."""
    start, end = found.span.start, found.span.end
    before = _PREPOSITION.search(text, max(0, start - _REACH), start)
    inside = _INNER_PREPOSITION.match(text, start, end)
    word = before[1].lower() if before else inside[1].lower() if inside else ""
    past, ahead = found.past, found.ahead
    if published is not None and found.rule.name != "period-end":
        if word == "since":
            past = ahead = PartialDate(past.start, published, past.precision) if past.start <= published else past
        elif word in ("until", "till", "by", "before"):
            lasts = word in ("until", "till")
            word = "before" if "New Year" in found.match.group(0) else word
            past, ahead = (_open_from(published, when, word) for when in (past, ahead))
            # what is said to last "until Monday" is told as going on
            past = ahead if lasts else past
    span = Span(before.start() if before else start, end)
    named = found.past if past != found.past else found.ahead if ahead != found.ahead else None
    since = _find_since(text, span.start)
    return DatedPhrase(span, past, f"date-{found.rule.name}", ahead if ahead != past else None, named, since)


_SINCE = re.compile(r"since\b", re.I)
_SINCE_CLAUSE = re.compile(r"\bsince\s(?:[^\s.,;:!?]{1,30}\s){1,8}$", re.I)
_SINCE_REACH = 90


def _find_since(text: str, start: int) -> int | None:
    """Where the "since" stands that words at `start` belong to."""
    if _SINCE.match(text, start):
        return start
    clause = _SINCE_CLAUSE.search(text, max(0, start - _SINCE_REACH), start)
    return clause.start() if clause else None


def _open_from(published: date, when: PartialDate, word: str) -> PartialDate:
    end = when.start - timedelta(days=1) if word == "before" else when.end
    return PartialDate(published, end, when.precision) if end >= published else when


# --- datelines: "ORLE, March 9 (Agency) -", "Morning bulletin, 21 January"
_HEAD = 400
_DATELINE_RULES = frozenset({"date-day-month", "date-month-day", "date-iso", "date-numeric"})
_AFTER_DATELINE = re.compile(r"\s{0,3}(?:\([^)\n]{1,40}\)\s{0,3})?(?:[-\u2013\u2014.|]|,\s[A-Z]{3}|$)", re.M)


def _mark_dateline(text: str, phrase: DatedPhrase, published: date | None) -> DatedPhrase:
    """A day at publication that heads a report says when it was written and not when anything happened."""
    if published is None or phrase.span.start > _HEAD or phrase.rule not in _DATELINE_RULES or phrase.date.days > 1:
        return phrase
    line = text[text.rfind("\n", 0, phrase.span.start) + 1 : phrase.span.start]
    is_fresh = 0 <= (published - phrase.date.end).days <= 1
    if is_fresh and len(line) <= 90 and ". " not in line and _AFTER_DATELINE.match(text, phrase.span.end):
        return replace(phrase, rule="date-dateline")
    return phrase
