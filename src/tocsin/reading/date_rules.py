"""The grammar of date expressions: which forms of words are dates.

A rule is a pattern and a function of `date_meanings`. Months and feasts are read with their capitals only ("may" and
"march" are verbs); everything else in any case. All repetitions are bounded, so that no text can make a pattern slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.reading import calendar as cal
from tocsin.reading import date_meanings as meaning
from tocsin.reading.date_meanings import Reading
from tocsin.records import PartialDate

Resolver = Callable[[Reading], "PartialDate | None"]


@dataclass(frozen=True, slots=True)
class DateRule:
    """One form of words. `leans`: it says nothing without a date told before it.

    cues    keys of `CUES`, one of which stands in every match; none: try the whole text
    leans   it says nothing without a date told before it

    A group `core` in the pattern is the expression itself where the pattern asks for a word before it.
    """

    name: str
    pattern: re.Pattern[str]
    resolve: Resolver
    cues: frozenset[str] = frozenset()
    leans: bool = False


# --- words
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?|JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?"
    r"|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)"
)
#: Months whose names are no verbs: these stand alone.
_CLEAR_MONTH = r"(?:January|February|April|June|July|August|September|October|November|December)"
_ORDINAL = (
    r"(?:(?:twenty|thirty)-(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|first|second|third|fourth"
    r"|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth"
    r"|thirtieth)"
)
_DAYNUM = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|(?i:{_ORDINAL}))"
_WEEKDAY = r"(?i:(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
_YEAR = r"(?:1[89]\d\d|20\d\d)"
_SEASON = r"(?:spring|summer|autumn|winter)"
_DAYPART = r"(?:morning|afternoon|evening|night|midday|noon|midnight|lunchtime)"
#: "31 December 9999" is no day of this year: a year out of range leaves the date open.
_NO_OTHER_YEAR = r"(?!,?\s{1,3}(?:of\s{1,3})?\d{4}\b(?!\s{1,3}[a-z]))"
_YEAR_AFTER = (
    rf"(?:,?\s{{1,3}}(?:of\s{{1,3}})?(?P<y>{_YEAR})\b|\s{{1,3}}(?:of\s{{1,3}})?(?P<rel>this|last|next)\s{{1,3}}year\b"
    rf"|{_NO_OTHER_YEAR})"
)
_COUNT = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|few|several|couple)"
)
_UNIT = r"(?:hours?|days?|weeks?|fortnights?|months?|years?|decades?)"
_S = r"\s{1,3}"


# --- patterns
_FEAST = "|".join(
    re.escape(" ".join(w.capitalize() for w in name.split())).replace("'", "['\u2019]")
    for name in sorted(cal.FEASTS, key=len, reverse=True)
)
#: Names that hold a weekday and no date.
_NO_NAME = (
    r"(?!['\u2019]?\s(?:school|times|telegraph|mirror|express|mail|herald|tribune|club|agreement|accords?|massacre)\b)"
)
#: A number that counts something, or goes on, is no year.
_NO_THING = (
    rf"(?!{_S}(?:people|soldiers|troops|men|women|families|homes|houses|civilians|refugees)\b"
    r"|\s{0,3}[-\u2013]\s{0,3}\d|[,.:]?\d|%)"
)
_JOINED = r"\s{0,3}(?:[-/\u2013]|\bto\b|\band\b)\s{0,3}"
_PART = (
    rf"(?P<part>early|late|mid|(?:the{_S})?(?:(?:first|last)\sweek|end|beginning|start|middle)(?=\sof))"
    r"[\s-]{1,3}(?:of\s)?"
)
_MONTH_PART, _MONTH_PART_ASKED = rf"(?i:{_PART})?", rf"(?i:{_PART})"
_ENDED = r"\s{0,3}(?:[,.;:)]|$)"
_CLOSED = rf"(?={_ENDED}|\s{{1,3}}and\b)"

#: Words that betray a form: the patterns are tried only around them, which makes reading four times as fast.
CUES = {
    "month": r"(?-i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)",
    "weekday": r"(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    "number": r"\d{1,4}[-/.]\d|\d{4}",
    "near": r"yesterday|tomorrow|today|tonight|overnight|last (?:night|evening)"
    r"|this (?:morning|afternoon|evening|lunch)",
    "which": r"last|next|this|past|current|previous|coming|following|preceding",
    "ago": r"ago\b",
    "now": r"from\s{1,3}(?:now|today)\b",
    "time": r"time\b",
    "within": r"within\b",
    "weekend": r"weekend\b",
    "season": _SEASON,
    "feast": r"(?-i:Christmas|New Year|Easter|Good|Boxing|Palm)",
    "ordinal": rf"(?:the|a|its|their)\s{{1,3}}(?:\d|{_ORDINAL})",
    "same": r"(?:same|that)\s{1,3}(?:day|night|morning|afternoon|evening|week|month|year|spring|summer|autumn|winter)",
    "after": r"after\b|before\b|later\b|earlier\b",
    "end": r"end\b",
    "since": r"since\b",
}
_CUE = re.compile(r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in CUES.items()) + ")", re.I)
#: No match reaches further than this before or after the cue in it.
_BEFORE, _AFTER = 72, 48


def find_windows(text: str) -> dict[str, list[tuple[int, int]]]:
    """For each key of `CUES` the stretches of the text around its words, in order and apart from one another."""
    windows: dict[str, list[tuple[int, int]]] = {}
    end = 0
    while (m := _CUE.search(text, end)) is not None:
        name = m.lastgroup or ""
        stretches = windows.setdefault(name, [])
        low, high = max(0, m.start() - _BEFORE), m.end() + _AFTER
        if stretches and stretches[-1][1] >= low:
            low = stretches.pop()[0]
        stretches.append((low, high))
        end = m.start() + 1
    return windows


def merge_windows(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of several cues as one list, in order and apart from one another."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(stretches):
        if merged and merged[-1][1] >= low:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def _rule(name: str, cues: str, pattern: str, resolve: Resolver, flags: int = 0, *, leans: bool = False) -> DateRule:
    return DateRule(name, re.compile(pattern, flags), resolve, frozenset(cues.split()), leans)


RULES: tuple[DateRule, ...] = (
    _rule("iso", "number", r"\b(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)", meaning.read_iso),
    _rule(
        "numeric",
        "number",
        rf"(?<![\d./])(?P<a>\d\d?)(?P<s>[./])(?P<b>\d\d?)(?P=s)(?P<y>{_YEAR})(?![\d./]*\d)",
        meaning.read_numeric,
    ),
    _rule(
        "day-month",
        "month",
        rf"\b(?:(?P<wd>{_WEEKDAY}),?{_S}(?:the{_S})?)?(?P<d>{_DAYNUM})(?:{_JOINED}(?P<d2>{_DAYNUM}))?(?:{_S}of)?{_S}"
        rf"(?P<m>{_MONTH})\b{_YEAR_AFTER}",
        meaning.read_month_day,
    ),
    _rule(
        "month-day",
        "month",
        rf"\b(?:(?P<wd>{_WEEKDAY}),?{_S})?(?P<m>{_MONTH}){_S}(?P<d>{_DAYNUM})\b(?:{_JOINED}(?P<d2>{_DAYNUM}))?(?!,?\d)"
        rf"{_YEAR_AFTER}",
        meaning.read_month_day,
    ),
    _rule(
        "week-of",
        "month",
        rf"\b(?i:(?:the{_S})?week{_S}(?:of|beginning|starting)){_S}(?:the{_S})?(?P<d>{_DAYNUM})(?:{_S}of)?{_S}"
        rf"(?P<m>{_MONTH})\b{_YEAR_AFTER}",
        meaning.read_week_of,
    ),
    _rule(
        "week-of",
        "month",
        rf"\b(?i:(?:the{_S})?week{_S}(?:of|beginning|starting)){_S}(?P<m>{_MONTH}){_S}(?P<d>{_DAYNUM})\b{_YEAR_AFTER}",
        meaning.read_week_of,
    ),
    _rule(
        "month",
        "month",
        rf"\b(?i:(?P<by>in|since|by|until|till|from|during|of|before|after|for|between|to|and|around|the)[\s-]{{1,3}})"
        rf"(?P<core>{_MONTH_PART}(?P<m>{_MONTH})\b(?!{_S}\d\d?\b){_YEAR_AFTER})",
        meaning.read_month_name,
    ),
    _rule(
        "month",
        "month",
        rf"\b(?:(?i:(?P<w>last|next|this)){_S}(?P<m>{_MONTH})|{_MONTH_PART_ASKED}(?P<m2>{_MONTH}))\b"
        rf"(?!{_S}\d\d?\b){_NO_OTHER_YEAR}",
        meaning.read_month_name,
    ),
    _rule(
        "month-bare",
        "month",
        rf"(?<!every )(?<!each )\b{_MONTH_PART}(?P<m>{_CLEAR_MONTH})\b(?!{_S}\d\d?\b){_YEAR_AFTER}",
        meaning.read_month_name,
    ),
    _rule("month-year", "month", rf"\b{_MONTH_PART}(?P<m>{_MONTH}){_S}(?P<y>{_YEAR})\b", meaning.read_month_name),
    _rule("month-end", "month", rf"\b(?P<m>{_CLEAR_MONTH})['\u2019]s{_S}end\b", meaning.read_month_name),
    _rule(
        "decade",
        "number",
        rf"\b(?:the|in){_S}(?P<core>(?:(?:early|late|mid)[\s-])?(?P<y>(?:19|20)\d0)['\u2019]?s)\b",
        meaning.read_decade,
        re.I,
    ),
    _rule(
        "year",
        "number",
        rf"\b(?:in|since|of|by|until|till|from|during|between|and|to|back in|early|late|mid|the|an?|before|after|for"
        rf"|spring|summer|autumn|winter)[\s-]{{1,3}}(?P<core>(?P<y>{_YEAR}))\b{_NO_THING}",
        meaning.read_year,
        re.I,
    ),
    _rule(
        "weekday",
        "weekday",
        rf"(?:\b(?P<week_on>a{_S}week{_S}(?:on|from)){_S})?"
        rf"\b(?:(?P<w>last|next|this|(?:(?:this|the){_S})?coming|this{_S}past){_S})?"
        r"(?-i:(?<!Bloody )(?<!Black )(?<!every )(?<!each ))"
        rf"(?P<d>{_WEEKDAY})\b{_NO_NAME}(?P<in_a_week>{_S}week\b)?(?:{_S}{_DAYPART}\b)?"
        rf"(?:{_S}(?:of{_S})?(?P<of_week>last|this|next){_S}week\b)?",
        meaning.read_weekday,
        re.I,
    ),
    _rule(
        "near-day",
        "near",
        rf"\b(?:the day before yesterday|the day after tomorrow|(?:yesterday|tomorrow)(?:{_S}{_DAYPART})?|today|tonight"
        r"|overnight|last (?:night|evening)|this (?:morning|afternoon|evening|lunchtime))\b",
        meaning.read_near_day,
        re.I,
    ),
    _rule(
        "ago",
        "ago",
        rf"\b(?:(?:some|about|nearly|almost){_S})?(?:a{_S})?(?P<n>{_COUNT}){_S}(?:of{_S})?(?P<u>{_UNIT}){_S}ago\b",
        meaning.read_ago,
        re.I,
    ),
    _rule(
        "in-time", "time", rf"\bin{_S}(?P<n>{_COUNT}){_S}(?P<u>{_UNIT})['\u2019]?s?{_S}time\b", meaning.read_ahead, re.I
    ),
    _rule(
        "from-now", "now", rf"\b(?P<n>{_COUNT}){_S}(?P<u>{_UNIT}){_S}from{_S}(?:now|today)\b", meaning.read_ahead, re.I
    ),
    _rule("within", "within", rf"\bwithin{_S}(?P<n>the|{_COUNT}){_S}(?P<u>{_UNIT})\b", meaning.read_within, re.I),
    _rule(
        "coming-stretch",
        "which",
        rf"\b(?:in|over){_S}the{_S}(?:next|coming){_S}(?P<n>{_COUNT}){_S}(?P<u>{_UNIT})\b",
        meaning.read_within,
        re.I,
    ),
    _rule(
        "past-stretch",
        "which",
        rf"\b(?:in|over|during|for){_S}the{_S}(?:past|last){_S}(?:(?P<n>{_COUNT}){_S})?"
        rf"(?P<u>hours?|days?|weeks?|fortnight|months?|years?)\b(?!{_S}of\b)",
        meaning.read_past_stretch,
        re.I,
    ),
    _rule(
        "running",
        "ordinal",
        rf"\bfor{_S}(?:a|the|its|their){_S}(?P<n>{_ORDINAL}|\d\d?(?:st|nd|rd|th)){_S}"
        rf"(?:(?:straight|consecutive|successive){_S})?(?P<u>day|week)\b(?:{_S}(?:running|in a row))?",
        meaning.read_running,
        re.I,
    ),
    _rule(
        "period",
        "which",
        rf"\b(?:(?P<part>earlier|later|late|early){_S})?(?P<w>last|previous|past|this|current|next|coming){_S}"
        rf"(?P<u>week|month|year|{_SEASON})\b(?!\s?-?ends?\b)",
        meaning.read_period,
        re.I,
    ),
    _rule(
        "period-end",
        "end",
        rf"\b(?:by|before|until){_S}(?:the{_S})?(?:(?:end{_S}of{_S}(?:the|this){_S}(?P<u>week|month|year))"
        r"|(?P<u2>week|month|year)['\u2019]?s?[\s-]end\b)",
        meaning.read_period_end,
        re.I,
    ),
    _rule(
        "week-to",
        "weekday",
        rf"\bthe{_S}week{_S}(?:to|ending(?:{_S}on)?){_S}(?P<d>{_WEEKDAY})\b",
        meaning.read_week_to,
        re.I,
    ),
    _rule(
        "weekend",
        "weekend",
        rf"\b(?:(?:at|over|during|on){_S})?(?:the{_S})?(?:(?P<w>last|this|next|coming|past){_S})?(?<!-)weekend\b",
        meaning.read_weekend,
        re.I,
    ),
    _rule(
        "season",
        "season",
        rf"\b(?:early|late|in|since|by|of){_S}(?P<core>(?:the{_S})?(?P<s>{_SEASON}))\b(?!-)",
        meaning.read_season,
        re.I,
    ),
    _rule("season", "season", rf"\b(?P<s>{_SEASON}){_S}(?:of{_S})?(?P<y>{_YEAR})\b", meaning.read_season, re.I),
    _rule("feast", "feast month weekday", rf"\b(?P<f>{_FEAST})\b(?!['\u2019]s|\s[A-Z])", meaning.read_feast),
    _rule(
        "day-number",
        "ordinal",
        rf"\b(?:on|by|since|until|from|before|for|(?:night|morning|evening){_S}of){_S}"
        rf"(?P<core>the{_S}(?P<d>{_DAYNUM}))\b"
        r"(?![.,]\d)(?=\s{0,3}(?:[.,;:)]|$|(?:and|at|in|to|by|with|but|was|were|had)\b))",
        meaning.read_day_number,
        re.I,
    ),
    _rule(
        "clock-line",
        "",
        r"^[ \t\[(\u2022*-]{0,4}(?:[01]?\d|2[0-3])[:.h][0-5]\d(?:\s?(?:GMT|UTC|CET|am|pm|a\.m\.|p\.m\.))?(?![:.]?\d)",
        meaning.read_clock_line,
        re.M,
    ),
    # leaning on the date told before
    _rule(
        "same",
        "same",
        rf"\b(?:(?:the{_S})?(?:very{_S})?same|that){_S}(?P<u>day|night|morning|afternoon|evening|week|month|year"
        rf"|{_SEASON})\b(?!-)",
        meaning.read_same,
        re.I,
        leans=True,
    ),
    _rule(
        "beside",
        "which",
        rf"\bthe{_S}(?P<w>following|next|previous|preceding){_S}(?P<u>day|night|morning|afternoon|evening|week|month"
        r"|year)\b",
        meaning.read_beside,
        re.I,
        leans=True,
    ),
    _rule(
        "beside",
        "after",
        rf"\bthe{_S}(?P<u>day|night|evening|morning|week|month|year){_S}(?P<after>before|after)\b{_CLOSED}",
        meaning.read_beside,
        re.I,
        leans=True,
    ),
    _rule(
        "beside",
        "after",
        rf"\b(?:a{_S})?(?P<n>{_COUNT}){_S}(?:of{_S})?(?P<u>{_UNIT}){_S}(?P<after>later\b|earlier\b"
        rf"|(?:after|before)\b{_CLOSED})",
        meaning.read_beside,
        re.I,
        leans=True,
    ),
    _rule(
        "clause-before",
        "after",
        rf"\b(?:(?:a|the){_S})?(?P<n>{_COUNT}){_S}(?P<u>{_UNIT}){_S}(?P<after>after|before)\b(?!{_ENDED})",
        meaning.read_clause_before,
        re.I,
        leans=True,
    ),
    _rule(
        "that-month",
        "month",
        rf"\b(?P<m>{_MONTH}){_S}of{_S}(?:that|the{_S}same){_S}year\b",
        meaning.read_month_beside,
        leans=True,
    ),
    _rule(
        "that-month",
        "month",
        rf"\b(?:[Tt]hat|the{_S}(?P<w>following|previous|same)){_S}(?P<m>{_MONTH})\b(?!{_S}\d)",
        meaning.read_month_beside,
        leans=True,
    ),
    _rule(
        "that-weekday",
        "weekday",
        rf"\bthe{_S}(?P<w>following|previous|next){_S}(?P<d>{_WEEKDAY})\b",
        meaning.read_weekday_beside,
        re.I,
        leans=True,
    ),
    _rule(
        "since-then",
        "since",
        rf"\bsince{_S}then\b|\b(?:has|have|had){_S}(?P<core>since)\b(?!{_S}(?:then\b|the\b|last\b|(?-i:[A-Z])|\d))",
        meaning.read_since_then,
        re.I,
        leans=True,
    ),
)
