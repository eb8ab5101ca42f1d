"""Which forms of words are dates that lean on one told before them; `date_leanings` says what they mean."""

from __future__ import annotations

import re

from tocsin.reading import date_leanings as leaning
from tocsin.reading.date_rule import DateRule, make_rule
from tocsin.reading.date_words import CLOSED, COUNT, ENDED, MONTH, SEASON, UNIT, WEEKDAY, S

LEANING_RULES: tuple[DateRule, ...] = (
    make_rule(
        "same",
        "same",
        rf"\b(?:(?:the{S})?(?:very{S})?same|that){S}(?P<u>day|night|morning|afternoon|evening|week|month|year"
        rf"|{SEASON})\b(?!-)",
        leaning.read_same,
        re.I,
        leans=True,
    ),
    make_rule(
        "beside",
        "which",
        rf"\bthe{S}(?P<w>following|next|previous|preceding){S}(?P<u>day|night|morning|afternoon|evening|week|month"
        r"|year)\b",
        leaning.read_beside,
        re.I,
        leans=True,
    ),
    make_rule(
        "beside",
        "after",
        rf"\bthe{S}(?P<u>day|night|evening|morning|week|month|year){S}(?P<after>before|after)\b{CLOSED}",
        leaning.read_beside,
        re.I,
        leans=True,
    ),
    make_rule(
        "beside",
        "after",
        rf"\b(?:a{S})?(?P<n>{COUNT}){S}(?:of{S})?(?P<u>{UNIT}){S}(?P<after>later\b|earlier\b"
        rf"|(?:after|before)\b{CLOSED})",
        leaning.read_beside,
        re.I,
        leans=True,
    ),
    make_rule(
        "clause-before",
        "after",
        rf"\b(?:(?:a|the){S})?(?P<n>{COUNT}){S}(?P<u>{UNIT}){S}(?P<after>after|before)\b(?!{ENDED})",
        leaning.read_clause_before,
        re.I,
        leans=True,
    ),
    make_rule(
        "that-month",
        "month",
        rf"\b(?P<m>{MONTH}){S}of{S}(?:that|the{S}same){S}year\b",
        leaning.read_month_beside,
        leans=True,
    ),
    make_rule(
        "that-month",
        "month",
        rf"\b(?:[Tt]hat|the{S}(?P<w>following|previous|same)){S}(?P<m>{MONTH})\b(?!{S}\d)",
        leaning.read_month_beside,
        leans=True,
    ),
    make_rule(
        "that-weekday",
        "weekday",
        rf"\bthe{S}(?P<w>following|previous|next){S}(?P<d>{WEEKDAY})\b",
        leaning.read_weekday_beside,
        re.I,
        leans=True,
    ),
    make_rule(
        "since-then",
        "since",
        rf"\bsince{S}then\b|\b(?:has|have|had){S}(?P<core>since)\b(?!{S}(?:then\b|the\b|last\b|(?-i:[A-Z])|\d))"
        r"|\bsince(?=\s{0,3}[.;,])",
        leaning.read_since_then,
        re.I,
        leans=True,
    ),
)
