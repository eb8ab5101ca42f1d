"""The grammar of date expressions: which forms of words are dates.

A rule is a pattern and a function of `date_meanings`. Months and feasts are read with their capitals only ("may" and
"march" are verbs); everything else in any case. All repetitions are bounded, so that no text can make a pattern slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.reading import date_lasting as lasting
from tocsin.reading import date_leanings as leaning
from tocsin.reading import date_meanings as meaning
from tocsin.reading.date_meanings import Reading
from tocsin.reading.date_words import (
    CLEAR_MONTH,
    CLOSED,
    COUNT,
    DAYNUM,
    DAYPART,
    ENDED,
    FEAST,
    JOINED,
    LASTED,
    LASTING,
    MONTH,
    MONTH_PART,
    MONTH_PART_ASKED,
    NO_NAME,
    NO_OTHER_YEAR,
    NO_THING,
    NTH,
    SEASON,
    SHORT_DAY,
    TENS,
    UNIT,
    WEEKDAY,
    YEAR,
    YEAR_AFTER,
    S,
)
from tocsin.records import PartialDate

Resolver = Callable[[Reading], "PartialDate | None"]


@dataclass(frozen=True, slots=True)
class DateRule:
    """One form of words. `leans`: it says nothing without a date told before it.

    cues    keys of `date_cues.CUES`, one of which stands in every match; none: try the whole text
    leans   it says nothing without a date told before it

    A group `core` in the pattern is the expression itself where the pattern asks for a word before it.
    """

    name: str
    pattern: re.Pattern[str]
    resolve: Resolver
    cues: frozenset[str] = frozenset()
    leans: bool = False


def _rule(name: str, cues: str, pattern: str, resolve: Resolver, flags: int = 0, *, leans: bool = False) -> DateRule:
    return DateRule(name, re.compile(pattern, flags), resolve, frozenset(cues.split()), leans)


RULES: tuple[DateRule, ...] = (
    _rule("iso", "number", r"\b(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)", meaning.read_iso),
    _rule(
        "numeric",
        "number",
        rf"(?<![\d./])(?P<a>\d\d?)(?P<s>[./])(?P<b>\d\d?)(?P=s)(?P<y>{YEAR})(?![\d./]*\d)",
        meaning.read_numeric,
    ),
    _rule(
        "day-month",
        "month",
        rf"\b(?:(?P<wd>{WEEKDAY}),?{S}(?:the{S})?)?(?P<d>{DAYNUM})(?:{JOINED}(?P<d2>{DAYNUM}))?(?:{S}of)?{S}"
        rf"(?P<m>{MONTH})\b{YEAR_AFTER}",
        meaning.read_month_day,
    ),
    _rule(
        "month-day",
        "month",
        rf"\b(?:(?P<wd>{WEEKDAY}),?{S})?(?P<m>{MONTH}){S}(?P<d>{DAYNUM})\b(?:{JOINED}(?P<d2>{DAYNUM}))?(?!,?\d)"
        rf"{YEAR_AFTER}",
        meaning.read_month_day,
    ),
    _rule(
        "week-of",
        "month",
        rf"\b(?i:(?:the{S})?week{S}(?:of|beginning|starting)){S}(?:the{S})?(?P<d>{DAYNUM})(?:{S}of)?{S}"
        rf"(?P<m>{MONTH})\b{YEAR_AFTER}",
        meaning.read_week_of,
    ),
    _rule(
        "week-of",
        "month",
        rf"\b(?i:(?:the{S})?week{S}(?:of|beginning|starting)){S}(?P<m>{MONTH}){S}(?P<d>{DAYNUM})\b{YEAR_AFTER}",
        meaning.read_week_of,
    ),
    _rule(
        "month",
        "month",
        rf"\b(?i:(?P<by>in|since|by|until|till|from|during|of|before|after|for|between|to|and|around|the)[\s-]{{1,3}})"
        rf"(?P<core>{MONTH_PART}(?P<m>{MONTH})\b(?!{S}\d\d?\b(?!,\d)){YEAR_AFTER})",
        meaning.read_month_name,
    ),
    _rule(
        "month",
        "month",
        rf"\b(?:(?i:(?P<w>last|next|this)){S}(?P<m>{MONTH})|{MONTH_PART_ASKED}(?P<m2>{MONTH}))\b"
        rf"(?!{S}\d\d?\b(?!,\d)){NO_OTHER_YEAR}",
        meaning.read_month_name,
    ),
    _rule(
        "month-bare",
        "month",
        rf"(?<!every )(?<!each )\b{MONTH_PART}(?P<m>{CLEAR_MONTH})\b(?!{S}\d\d?\b(?!,\d)){YEAR_AFTER}",
        meaning.read_month_name,
    ),
    _rule("month-year", "month", rf"\b{MONTH_PART}(?P<m>{MONTH}){S}(?P<y>{YEAR})\b", meaning.read_month_name),
    _rule("month-end", "month", rf"\b(?P<m>{CLEAR_MONTH})['\u2019]s{S}end\b", meaning.read_month_name),
    _rule(
        "decade",
        "number",
        rf"\b(?:the|in){S}(?P<core>(?:(?:early|late|mid)[\s-])?(?P<y>(?:19|20)\d0)['\u2019]?s)\b",
        meaning.read_decade,
        re.I,
    ),
    _rule(
        "decade",
        "tens",
        rf"\b(?:in|of|since|from|during|until|by){S}the{S}(?P<core>(?:(?:early|late|mid)[\s-])?(?P<t>{TENS}))\b",
        meaning.read_tens,
        re.I,
    ),
    _rule(
        "year",
        "number",
        rf"\b(?:in|(?:late|early|recently){S}as|since|of|by|until|till"
        r"|from|during|between|and|to|back in|early|late|mid|the|an?|before|after|for"
        rf"|spring|summer|autumn|winter)[\s-]{{1,3}}(?P<core>(?P<y>{YEAR}))\b{NO_THING}",
        meaning.read_year,
        re.I,
    ),
    _rule(
        "weekday",
        "weekday",
        rf"(?:\b(?P<week_on>a{S}week{S}(?:on|from)){S})?"
        rf"\b(?:(?P<w>last|next|this|(?:(?:this|the){S})?coming|this{S}past){S})?"
        r"(?-i:(?<!Bloody )(?<!Black )(?<!every )(?<!each ))"
        rf"(?P<d>{WEEKDAY})\b{NO_NAME}(?P<in_a_week>{S}week\b)?(?:{S}{DAYPART}\b)?"
        rf"(?:{S}(?:of{S})?(?P<of_week>last|this|next){S}week\b)?",
        meaning.read_weekday,
        re.I,
    ),
    _rule(
        "weekday",
        "shortday",
        rf"^[ \t\[(\u2022*-]{{0,4}}(?P<core>(?P<d>{SHORT_DAY})\b\.?)(?=\s{{0,3}}(?:[-\u2013\u2014:/)]|$|\d{{4}}\b))",
        meaning.read_weekday,
        re.M,
    ),
    _rule(
        "weekday",
        "shortday",
        rf"\b(?i:on|since|until|till|by|before|late|early|from){S}(?P<core>(?P<d>{SHORT_DAY})\b\.?)"
        r"(?!['\u2019]|\s{1,3}[A-Z])",
        meaning.read_weekday,
    ),
    _rule(
        "weekday",
        "shortday",
        rf"\b(?P<d>{SHORT_DAY}){S}(?:\d{{4}}(?:h|hrs)?|(?i:{DAYPART}))\b",
        meaning.read_weekday,
    ),
    _rule(
        "weekday-number",
        "weekday shortday",
        rf"\b(?P<d>{WEEKDAY}|{SHORT_DAY}\.?),?{S}(?:the{S})?(?P<n>\d{{1,2}}(?:st|nd|rd|th)\b"
        r"|\d{1,2}(?=\s{0,3}(?:[-\u2013\u2014:,;/)]|\.(?!\d)|$))(?!:\d))",
        meaning.read_weekday_number,
        re.M,
    ),
    _rule(
        "day-heading",
        "number",
        r"^[ \t\[(\u2022*-]{0,4}(?P<core>(?P<a>\d\d?)/(?P<b>\d\d?))\b(?=[\])]?\s{0,3}(?:[-\u2013\u2014:.]|$))",
        meaning.read_short_heading,
        re.M,
    ),
    _rule(
        "near-day",
        "near",
        rf"\b(?:the day before yesterday|the day after tomorrow|(?:yesterday|tomorrow)(?:{S}{DAYPART})?|today|tonight"
        r"|overnight|last (?:night|evening)|this (?:morning|afternoon|evening|lunchtime))\b",
        meaning.read_near_day,
        re.I,
    ),
    _rule(
        "ago",
        "ago",
        rf"\b(?:(?:some|about|nearly|almost){S})?(?:a{S})?(?P<n>{COUNT}){S}(?:of{S})?(?P<u>{UNIT}){S}ago\b",
        meaning.read_ago,
        re.I,
    ),
    _rule("in-time", "time", rf"\bin{S}(?P<n>{COUNT}){S}(?P<u>{UNIT})['\u2019]?s?{S}time\b", meaning.read_ahead, re.I),
    _rule("from-now", "now", rf"\b(?P<n>{COUNT}){S}(?P<u>{UNIT}){S}from{S}(?:now|today)\b", meaning.read_ahead, re.I),
    _rule("within", "within", rf"\b(?P<b>within){S}(?P<n>the|{COUNT}){S}(?P<u>{UNIT})\b", meaning.read_within, re.I),
    _rule(
        "coming-stretch",
        "which",
        rf"\b(?:in|over){S}the{S}(?:next|coming){S}(?P<n>{COUNT}){S}(?P<u>{UNIT})\b",
        meaning.read_within,
        re.I,
    ),
    _rule(
        "past-stretch",
        "which",
        rf"\b(?:in|over|during|for){S}the{S}(?:past|last){S}(?:(?P<n>{COUNT}){S})?"
        rf"(?P<u>hours?|days?|weeks?|fortnight|months?|years?)\b(?!{S}of\b)",
        lasting.read_past_stretch,
        re.I,
    ),
    _rule(
        "running",
        "ordinal",
        rf"\bfor{S}(?:a|the|its|their){S}(?P<n>{NTH}){S}"
        rf"(?:(?:straight|consecutive|successive){S})?(?P<u>day|week)\b(?:{S}(?:running|in a row))?",
        lasting.read_running,
        re.I,
    ),
    _rule(
        "in-its",
        "ordinal",
        rf"\b(?:(?:is|are|now){S}(?:on|in|into)|in(?={S}its|{S}their)|into|entered|enters|entering){S}"
        rf"(?P<core>(?:its|their){S}(?P<n>{NTH}){S}(?P<u>day|week)\b"
        rf"|the{S}(?P<n2>{NTH}){S}(?P<u2>day|week)"
        rf"(?={S}of{S}(?:an?|the|their|its){S}(?:\S{{1,12}}{S})?(?:{LASTING})\b))",
        lasting.read_in_its,
        re.I,
    ),
    _rule(
        "lasting",
        "lasting",
        rf"(?:\b(?:have|has)|['\u2019]ve){S}(?:(?:not|now|all|also|both|again|already){S})?(?:{LASTED})\b"
        rf"[^.;:!?\n]{{0,40}}?\b(?P<core>for{S}(?P<n>{COUNT}){S}(?P<u>days|nights|weeks?))\b",
        lasting.read_lasting,
        re.I,
    ),
    _rule(
        "period",
        "which",
        rf"\b(?:(?P<part>earlier|later|late|early){S})?(?P<w>last|previous|past|this|current|next|coming){S}"
        rf"(?P<u>week|month|year|{SEASON})\b(?!\s?-?ends?\b)",
        meaning.read_period,
        re.I,
    ),
    _rule(
        "before-last",
        "after",
        rf"\b(?:the{S})?(?P<u>week|month|year){S}before{S}last\b",
        meaning.read_before_last,
        re.I,
    ),
    _rule(
        "day-of-month",
        "ordinal",
        rf"\bthe{S}(?P<d>{DAYNUM}){S}(?:day{S})?of{S}(?P<w>last|this|next|the){S}month\b(?!['\u2019]s)",
        meaning.read_day_of_month,
        re.I,
    ),
    _rule(
        "period-end",
        "end",
        rf"\b(?:by|before|until){S}(?:the{S})?(?:(?:end{S}of{S}(?:the|this){S}(?P<u>week|month|year))"
        r"|(?P<u2>week|month|year)['\u2019]?s?[\s-]end\b)",
        meaning.read_period_end,
        re.I,
    ),
    _rule(
        "week-to",
        "weekday",
        rf"\bthe{S}week{S}(?:to|ending(?:{S}on)?){S}(?P<d>{WEEKDAY})\b",
        meaning.read_week_to,
        re.I,
    ),
    _rule(
        "weekend",
        "weekend",
        rf"\b(?:(?:at|over|during|on){S})?(?:the{S})?(?:(?P<w>last|this|next|coming|past){S})?(?<!-)weekend\b",
        meaning.read_weekend,
        re.I,
    ),
    _rule(
        "season",
        "season",
        rf"\b(?:early|late|in|since|by|of){S}(?P<core>(?:the{S})?(?P<s>{SEASON}))\b(?!-)",
        meaning.read_season,
        re.I,
    ),
    _rule("season", "season", rf"\b(?P<s>{SEASON}){S}(?:of{S})?(?P<y>{YEAR})\b", meaning.read_season, re.I),
    _rule("feast", "feast month weekday", rf"\b(?P<f>{FEAST})\b(?!['\u2019]s|\s[A-Z][a-z])", meaning.read_feast),
    _rule(
        "day-number",
        "ordinal",
        rf"\b(?:on|by|since|until|from|before|for|(?:night|morning|evening){S}of){S}"
        rf"(?P<core>the{S}(?P<d>{DAYNUM}))\b"
        rf"(?![.,]\d)(?={ENDED}|{S}(?:and|at|in|to|by|with|but|was|were|had|after|when|while|near|an?|the|some|several"
        r"|he|she|it|they|we)\b)",
        meaning.read_day_number,
        re.I,
    ),
    _rule(
        "day-number",
        "ordinal",
        rf"\b(?:between|from){S}(?P<core>the{S}(?P<d>{NTH}){S}(?:and|to|until){S}the{S}"
        rf"(?P<d2>{NTH}))\b(?!{S}(?!and\b)[a-z])",
        meaning.read_day_number,
        re.I,
    ),
    _rule(
        "day-number",
        "ordinal",
        rf"\b(?:night|morning|evening){S}of{S}(?P<core>the{S}(?P<d>{NTH}))\b",
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
        rf"\b(?:(?:the{S})?(?:very{S})?same|that){S}(?P<u>day|night|morning|afternoon|evening|week|month|year"
        rf"|{SEASON})\b(?!-)",
        leaning.read_same,
        re.I,
        leans=True,
    ),
    _rule(
        "beside",
        "which",
        rf"\bthe{S}(?P<w>following|next|previous|preceding){S}(?P<u>day|night|morning|afternoon|evening|week|month"
        r"|year)\b",
        leaning.read_beside,
        re.I,
        leans=True,
    ),
    _rule(
        "beside",
        "after",
        rf"\bthe{S}(?P<u>day|night|evening|morning|week|month|year){S}(?P<after>before|after)\b{CLOSED}",
        leaning.read_beside,
        re.I,
        leans=True,
    ),
    _rule(
        "beside",
        "after",
        rf"\b(?:a{S})?(?P<n>{COUNT}){S}(?:of{S})?(?P<u>{UNIT}){S}(?P<after>later\b|earlier\b"
        rf"|(?:after|before)\b{CLOSED})",
        leaning.read_beside,
        re.I,
        leans=True,
    ),
    _rule(
        "clause-before",
        "after",
        rf"\b(?:(?:a|the){S})?(?P<n>{COUNT}){S}(?P<u>{UNIT}){S}(?P<after>after|before)\b(?!{ENDED})",
        leaning.read_clause_before,
        re.I,
        leans=True,
    ),
    _rule(
        "that-month",
        "month",
        rf"\b(?P<m>{MONTH}){S}of{S}(?:that|the{S}same){S}year\b",
        leaning.read_month_beside,
        leans=True,
    ),
    _rule(
        "that-month",
        "month",
        rf"\b(?:[Tt]hat|the{S}(?P<w>following|previous|same)){S}(?P<m>{MONTH})\b(?!{S}\d)",
        leaning.read_month_beside,
        leans=True,
    ),
    _rule(
        "that-weekday",
        "weekday",
        rf"\bthe{S}(?P<w>following|previous|next){S}(?P<d>{WEEKDAY})\b",
        leaning.read_weekday_beside,
        re.I,
        leans=True,
    ),
    _rule(
        "since-then",
        "since",
        rf"\bsince{S}then\b|\b(?:has|have|had){S}(?P<core>since)\b(?!{S}(?:then\b|the\b|last\b|(?-i:[A-Z])|\d))"
        r"|\bsince(?=\s{0,3}[.;,])",
        leaning.read_since_then,
        re.I,
        leans=True,
    ),
)
