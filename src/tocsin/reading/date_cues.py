"""Where in a text dates can stand: the patterns of `date_rules` are tried only around words that betray them."""

from __future__ import annotations

import re

from tocsin.reading.date_words import COUNT, ORDINAL, SEASON, SHORT_DAY, TENS

#: Words that betray a form: the patterns are tried only around them, which makes reading four times as fast.
CUES = {
    "month": r"(?-i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)",
    "weekday": r"(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    "shortday": rf"(?-i:{SHORT_DAY})\b",
    "number": r"\d{1,4}[-/.]\d|\d{4}",
    "near": r"yesterday|tomorrow|today|tonight|overnight|last (?:night|evening)"
    r"|this (?:morning|afternoon|evening|lunch)",
    "which": r"last|next|this|past|current|previous|coming|following|preceding",
    "ago": r"ago\b",
    "now": r"from\s{1,3}(?:now|today)\b",
    "time": r"time\b",
    "within": r"within\b",
    "weekend": r"weekend\b",
    "season": SEASON,
    "feast": r"(?-i:Christmas|New Year|Easter|Good|Boxing|Palm)",
    "ordinal": rf"(?:the|a|its|their)\s{{1,3}}(?:\d|{ORDINAL})",
    "same": r"(?:same|that)\s{1,3}(?:day|night|morning|afternoon|evening|week|month|year|spring|summer|autumn|winter)",
    "after": r"after\b|before\b|later\b|earlier\b",
    "end": r"end\b",
    "tens": TENS,
    "since": r"since\b",
    "lasting": rf"for\s{{1,3}}{COUNT}\s{{1,3}}(?:day|night|week)",
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
