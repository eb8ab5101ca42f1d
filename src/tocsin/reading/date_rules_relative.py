"""Which forms of words are dates seen from the day of publication; `date_relative` says what they mean."""

from __future__ import annotations

import re

from tocsin.reading import date_lasting as lasting
from tocsin.reading import date_relative as relative
from tocsin.reading.date_rule import DateRule, make_rule
from tocsin.reading.date_words import (
    COUNT,
    DAYNUM,
    DAYPART,
    ENDED,
    FEAST,
    LASTED,
    LASTING,
    NO_NAME,
    NTH,
    SEASON,
    SHORT_DAY,
    UNIT,
    WEEKDAY,
    YEAR,
    S,
)

RELATIVE_RULES: tuple[DateRule, ...] = (
    make_rule(
        "weekday",
        "weekday",
        rf"(?:\b(?P<week_on>a{S}week{S}(?:on|from)){S})?"
        rf"\b(?:(?P<w>last|next|this|(?:(?:this|the){S})?coming|this{S}past){S})?"
        r"(?-i:(?<!Bloody )(?<!Black )(?<!every )(?<!each ))"
        rf"(?P<d>{WEEKDAY})\b{NO_NAME}(?P<in_a_week>{S}week\b)?(?:{S}{DAYPART}\b)?"
        rf"(?:{S}(?:of{S})?(?P<of_week>last|this|next){S}week\b)?",
        relative.read_weekday,
        re.I,
    ),
    make_rule(
        "weekday",
        "shortday",
        rf"^[ \t\[(\u2022*-]{{0,4}}(?P<core>(?P<d>{SHORT_DAY})\b\.?)(?=\s{{0,3}}(?:[-\u2013\u2014:/)]|$|\d{{4}}\b))",
        relative.read_weekday,
        re.M,
    ),
    make_rule(
        "weekday",
        "shortday",
        rf"\b(?i:on|since|until|till|by|before|late|early|from){S}(?P<core>(?P<d>{SHORT_DAY})\b\.?)"
        r"(?!['\u2019]|\s{1,3}[A-Z])",
        relative.read_weekday,
    ),
    make_rule(
        "weekday",
        "shortday",
        rf"\b(?P<d>{SHORT_DAY}){S}(?:\d{{4}}(?:h|hrs)?|(?i:{DAYPART}))\b",
        relative.read_weekday,
    ),
    make_rule(
        "weekday-number",
        "weekday shortday",
        rf"\b(?P<d>{WEEKDAY}|{SHORT_DAY}\.?),?{S}(?:the{S})?(?P<n>\d{{1,2}}(?:st|nd|rd|th)\b"
        r"|\d{1,2}(?=\s{0,3}(?:[-\u2013\u2014:,;/)]|\.(?!\d)|$))(?!:\d))",
        relative.read_weekday_number,
        re.M,
    ),
    make_rule(
        "day-heading",
        "number",
        r"^[ \t\[(\u2022*-]{0,4}(?P<core>(?P<a>\d\d?)/(?P<b>\d\d?))\b(?=[\])]?\s{0,3}(?:[-\u2013\u2014:.]|$))",
        relative.read_short_heading,
        re.M,
    ),
    make_rule(
        "near-day",
        "near",
        rf"\b(?:the day before yesterday|the day after tomorrow|(?:yesterday|tomorrow)(?:{S}{DAYPART})?|today|tonight"
        r"|overnight|last (?:night|evening)|this (?:morning|afternoon|evening|lunchtime))\b",
        relative.read_near_day,
        re.I,
    ),
    make_rule(
        "ago",
        "ago",
        rf"\b(?:(?:some|about|nearly|almost){S})?(?:a{S})?(?P<n>{COUNT}){S}(?:of{S})?(?P<u>{UNIT}){S}ago\b",
        relative.read_ago,
        re.I,
    ),
    make_rule(
        "in-time", "time", rf"\bin{S}(?P<n>{COUNT}){S}(?P<u>{UNIT})['\u2019]?s?{S}time\b", relative.read_ahead, re.I
    ),
    make_rule(
        "from-now", "now", rf"\b(?P<n>{COUNT}){S}(?P<u>{UNIT}){S}from{S}(?:now|today)\b", relative.read_ahead, re.I
    ),
    make_rule(
        "within", "within", rf"\b(?P<b>within){S}(?P<n>the|{COUNT}){S}(?P<u>{UNIT})\b", relative.read_within, re.I
    ),
    make_rule(
        "coming-stretch",
        "which",
        rf"\b(?:in|over){S}the{S}(?:next|coming){S}(?P<n>{COUNT}){S}(?P<u>{UNIT})\b",
        relative.read_within,
        re.I,
    ),
    make_rule(
        "past-stretch",
        "which",
        rf"\b(?:in|over|during|for){S}the{S}(?:past|last){S}(?:(?P<n>{COUNT}){S})?"
        rf"(?P<u>hours?|days?|weeks?|fortnight|months?|years?)\b(?!{S}of\b)",
        lasting.read_past_stretch,
        re.I,
    ),
    make_rule(
        "running",
        "ordinal",
        rf"\bfor{S}(?:a|the|its|their){S}(?P<n>{NTH}){S}"
        rf"(?:(?:straight|consecutive|successive){S})?(?P<u>day|week)\b(?:{S}(?:running|in a row))?",
        lasting.read_running,
        re.I,
    ),
    make_rule(
        "in-its",
        "ordinal",
        rf"\b(?:(?:is|are|now){S}(?:on|in|into)|in(?={S}its|{S}their)|into|entered|enters|entering){S}"
        rf"(?P<core>(?:its|their){S}(?P<n>{NTH}){S}(?P<u>day|week)\b"
        rf"|the{S}(?P<n2>{NTH}){S}(?P<u2>day|week)"
        rf"(?={S}of{S}(?:an?|the|their|its){S}(?:\S{{1,12}}{S})?(?:{LASTING})\b))",
        lasting.read_in_its,
        re.I,
    ),
    make_rule(
        "lasting",
        "lasting",
        rf"(?:\b(?:have|has)|['\u2019]ve){S}(?:(?:not|now|all|also|both|again|already){S})?(?:{LASTED})\b"
        rf"[^.;:!?\n]{{0,40}}?\b(?P<core>for{S}(?P<n>{COUNT}){S}(?P<u>days|nights|weeks?))\b",
        lasting.read_lasting,
        re.I,
    ),
    make_rule(
        "period",
        "which",
        rf"\b(?:(?P<part>earlier|later|late|early){S})?(?P<w>last|previous|past|this|current|next|coming){S}"
        rf"(?P<u>week|month|year|{SEASON})\b(?!\s?-?ends?\b)",
        relative.read_period,
        re.I,
    ),
    make_rule(
        "before-last",
        "after",
        rf"\b(?:the{S})?(?P<u>week|month|year){S}before{S}last\b",
        relative.read_before_last,
        re.I,
    ),
    make_rule(
        "day-of-month",
        "ordinal",
        rf"\bthe{S}(?P<d>{DAYNUM}){S}(?:day{S})?of{S}(?P<w>last|this|next|the){S}month\b(?!['\u2019]s)",
        relative.read_day_of_month,
        re.I,
    ),
    make_rule(
        "period-end",
        "end",
        rf"\b(?:by|before|until){S}(?:the{S})?(?:(?:end{S}of{S}(?:the|this){S}(?P<u>week|month|year))"
        r"|(?P<u2>week|month|year)['\u2019]?s?[\s-]end\b)",
        relative.read_period_end,
        re.I,
    ),
    make_rule(
        "week-to",
        "weekday",
        rf"\bthe{S}week{S}(?:to|ending(?:{S}on)?){S}(?P<d>{WEEKDAY})\b",
        relative.read_week_to,
        re.I,
    ),
    make_rule(
        "weekend",
        "weekend",
        rf"\b(?:(?:at|over|during|on){S})?(?:the{S})?(?:(?P<w>last|this|next|coming|past){S})?(?<!-)weekend\b",
        relative.read_weekend,
        re.I,
    ),
    make_rule(
        "season",
        "season",
        rf"\b(?:early|late|in|since|by|of){S}(?P<core>(?:the{S})?(?P<s>{SEASON}))\b(?!-)",
        relative.read_season,
        re.I,
    ),
    make_rule("season", "season", rf"\b(?P<s>{SEASON}){S}(?:of{S})?(?P<y>{YEAR})\b", relative.read_season, re.I),
    make_rule("feast", "feast month weekday", rf"\b(?P<f>{FEAST})\b(?!['\u2019]s|\s[A-Z][a-z])", relative.read_feast),
    make_rule(
        "day-number",
        "ordinal",
        rf"\b(?:on|by|since|until|from|before|for|(?:night|morning|evening){S}of){S}"
        rf"(?P<core>the{S}(?P<d>{DAYNUM}))\b"
        rf"(?![.,]\d)(?={ENDED}|{S}(?:and|at|in|to|by|with|but|was|were|had|after|when|while|near|an?|the|some|several"
        r"|he|she|it|they|we)\b)",
        relative.read_day_number,
        re.I,
    ),
    make_rule(
        "day-number",
        "ordinal",
        rf"\b(?:between|from){S}(?P<core>the{S}(?P<d>{NTH}){S}(?:and|to|until){S}the{S}"
        rf"(?P<d2>{NTH}))\b(?!{S}(?!and\b)[a-z])",
        relative.read_day_number,
        re.I,
    ),
    make_rule(
        "day-number",
        "ordinal",
        rf"\b(?:night|morning|evening){S}of{S}(?P<core>the{S}(?P<d>{NTH}))\b",
        relative.read_day_number,
        re.I,
    ),
    make_rule(
        "clock-line",
        "",
        r"^[ \t\[(\u2022*-]{0,4}(?:[01]?\d|2[0-3])[:.h][0-5]\d(?:\s?(?:GMT|UTC|CET|am|pm|a\.m\.|p\.m\.))?(?![:.]?\d)",
        relative.read_clock_line,
        re.M,
    ),
)
