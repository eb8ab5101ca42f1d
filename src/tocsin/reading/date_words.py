"""The words that dates are written with, as parts of patterns. All repetitions are bounded."""

from __future__ import annotations

import re

from tocsin.reading import calendar as cal

MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?|JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?"
    r"|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)"
)
#: Months whose names are no verbs: these stand alone.
CLEAR_MONTH = r"(?:January|February|April|June|July|August|September|October|November|December)"
ORDINAL = (
    r"(?:(?:twenty|thirty)-(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|first|second|third|fourth"
    r"|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth"
    r"|thirtieth)"
)
#: An ordinal that stands for a number in a row.
NTH = rf"(?:{ORDINAL}|\d{{1,2}}(?:st|nd|rd|th))"
DAYNUM = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|(?i:{ORDINAL}))"
WEEKDAY = r"(?i:(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
#: As headings and telegrams write them.
SHORT_DAY = r"(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun|MON|TUES?|WED|THU(?:RS?)?|FRI|SAT|SUN)"
YEAR = r"(?:1[89]\d\d|20\d\d)"
SEASON = r"(?:spring|summer|autumn|winter)"
DAYPART = r"(?:morning|afternoon|evening|night|midday|noon|midnight|lunchtime)"
TENS = r"(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ies"
#: "31 December 9999" is no day of this year: a year out of range leaves the date open.
NO_OTHER_YEAR = r"(?!,?\s{1,3}(?:of\s{1,3})?\d{4}\b(?!\s{1,3}[a-z]))"
YEAR_AFTER = (
    rf"(?:,?\s{{1,3}}(?:of\s{{1,3}})?(?P<y>{YEAR})\b|\s{{1,3}}(?:of\s{{1,3}})?(?P<rel>this|last|next)\s{{1,3}}year\b"
    rf"|{NO_OTHER_YEAR})"
)
COUNT = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|few|several|couple)"
)
UNIT = r"(?:hours?|days?|nights?|weeks?|fortnights?|months?|years?|decades?)"
S = r"\s{1,3}"

FEAST = "|".join(
    re.escape(" ".join(w.capitalize() for w in name.split())).replace("'", "['\u2019]")
    for name in sorted(cal.FEASTS, key=len, reverse=True)
)
#: Names that hold a weekday and no date.
NO_NAME = (
    r"(?!['\u2019]?\s(?:school|times|telegraph|mirror|express|mail|herald|tribune|club|agreement|accords?|massacre)\b)"
)
#: A number that counts something, or goes on, is no year; after the "In" that begins a sentence it is one.
NO_THING = (
    rf"(?!(?<!(?-i:\bIn)\s\d{{4}}){S}(?:people|soldiers|troops|men|women|families|homes|houses|civilians|refugees)\b"
    r"|\s{0,3}[-\u2013]\s{0,3}\d|[,.:]?\d|%)"
)
JOINED = r"\s{0,3}(?:[-/\u2013]|\bto\b|\band\b)\s{0,3}"
PART = (
    rf"(?P<part>early|late|mid|(?:the{S})?(?:(?:first|last)\sweek|end|beginning|start|middle)(?=\sof))"
    r"[\s-]{1,3}(?:of\s)?"
)
MONTH_PART, MONTH_PART_ASKED = rf"(?i:{PART})?", rf"(?i:{PART})"
ENDED = r"\s{0,3}(?:[,.;:)]|$)"
CLOSED = rf"(?={ENDED}|\s{{1,3}}and\b)"
#: Nouns of what goes on for days, and verbs that tell of it.
LASTING = (
    r"strike|walkout|walk-out|stoppage|blockade|siege|sit-in|fast|protests?|march|vigil|curfew|boycott|fighting|clashes"
    r"|offensive|battle|war|unrest|occupation|closure|shutdown|bombardment|shelling|standoff|stand-off"
)
LASTED = (
    r"been|held|kept|stood|lain|sat|slept|camped|blocked|blockaded|occupied|filled|barred|shut|besieged|stayed|remained"
    r"|lasted|raged|fasted|struck|marched|protested|picketed"
)
