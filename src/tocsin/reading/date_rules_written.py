"""Which forms of words are dates written out, with a number, a month or a year; `date_written` says what they mean."""

from __future__ import annotations

import re

from tocsin.reading import date_written as written
from tocsin.reading.date_rule import DateRule, make_rule
from tocsin.reading.date_words import (
    CLEAR_MONTH,
    DAYNUM,
    JOINED,
    MONTH,
    MONTH_PART,
    MONTH_PART_ASKED,
    NO_OTHER_YEAR,
    NO_THING,
    TENS,
    WEEKDAY,
    YEAR,
    YEAR_AFTER,
    S,
)

WRITTEN_RULES: tuple[DateRule, ...] = (
    make_rule("iso", "number", r"\b(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)", written.read_iso),
    make_rule(
        "numeric",
        "number",
        rf"(?<![\d./])(?P<a>\d\d?)(?P<s>[./])(?P<b>\d\d?)(?P=s)(?P<y>{YEAR})(?![\d./]*\d)",
        written.read_numeric,
    ),
    make_rule(
        "day-month",
        "month",
        rf"\b(?:(?P<wd>{WEEKDAY}),?{S}(?:the{S})?)?(?P<d>{DAYNUM})(?:{JOINED}(?P<d2>{DAYNUM}))?(?:{S}of)?{S}"
        rf"(?P<m>{MONTH})\b{YEAR_AFTER}",
        written.read_month_day,
    ),
    make_rule(
        "month-day",
        "month",
        rf"\b(?:(?P<wd>{WEEKDAY}),?{S})?(?P<m>{MONTH}){S}(?P<d>{DAYNUM})\b(?:{JOINED}(?P<d2>{DAYNUM}))?(?!,?\d)"
        rf"{YEAR_AFTER}",
        written.read_month_day,
    ),
    make_rule(
        "week-of",
        "month",
        rf"\b(?i:(?:the{S})?week{S}(?:of|beginning|starting)){S}(?:the{S})?(?P<d>{DAYNUM})(?:{S}of)?{S}"
        rf"(?P<m>{MONTH})\b{YEAR_AFTER}",
        written.read_week_of,
    ),
    make_rule(
        "week-of",
        "month",
        rf"\b(?i:(?:the{S})?week{S}(?:of|beginning|starting)){S}(?P<m>{MONTH}){S}(?P<d>{DAYNUM})\b{YEAR_AFTER}",
        written.read_week_of,
    ),
    make_rule(
        "month",
        "month",
        rf"\b(?i:(?P<by>in|since|by|until|till|from|during|of|before|after|for|between|to|and|around|the)[\s-]{{1,3}})"
        rf"(?P<core>{MONTH_PART}(?P<m>{MONTH})\b(?!{S}\d\d?\b(?!,\d)){YEAR_AFTER})",
        written.read_month_name,
    ),
    make_rule(
        "month",
        "month",
        rf"\b(?:(?i:(?P<w>last|next|this)){S}(?P<m>{MONTH})|{MONTH_PART_ASKED}(?P<m2>{MONTH}))\b"
        rf"(?!{S}\d\d?\b(?!,\d)){NO_OTHER_YEAR}",
        written.read_month_name,
    ),
    make_rule(
        "month-bare",
        "month",
        rf"(?<!every )(?<!each )\b{MONTH_PART}(?P<m>{CLEAR_MONTH})\b(?!{S}\d\d?\b(?!,\d)){YEAR_AFTER}",
        written.read_month_name,
    ),
    make_rule("month-year", "month", rf"\b{MONTH_PART}(?P<m>{MONTH}){S}(?P<y>{YEAR})\b", written.read_month_name),
    make_rule("month-end", "month", rf"\b(?P<m>{CLEAR_MONTH})['\u2019]s{S}end\b", written.read_month_name),
    make_rule(
        "decade",
        "number",
        rf"\b(?:the|in){S}(?P<core>(?:(?:early|late|mid)[\s-])?(?P<y>(?:19|20)\d0)['\u2019]?s)\b",
        written.read_decade,
        re.I,
    ),
    make_rule(
        "decade",
        "tens",
        rf"\b(?:in|of|since|from|during|until|by){S}the{S}(?P<core>(?:(?:early|late|mid)[\s-])?(?P<t>{TENS}))\b",
        written.read_tens,
        re.I,
    ),
    make_rule(
        "year",
        "number",
        rf"\b(?:in|(?:late|early|recently){S}as|since|of|by|until|till"
        r"|from|during|between|and|to|back in|early|late|mid|the|an?|before|after|for"
        rf"|spring|summer|autumn|winter)[\s-]{{1,3}}(?P<core>(?P<y>{YEAR}))\b{NO_THING}",
        written.read_year,
        re.I,
    ),
)
