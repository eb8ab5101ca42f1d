"""Two who say it together, of whom the encoder has the second: "both the army and the rebels said so"."""

from __future__ import annotations

import re

from tocsin.reading.scene import Setting
from tocsin.records import Span

#: The first of two at the beginning of a sentence or behind "according to".
_FIRST = re.compile(
    r"(?:[.!?]\s+|[,.!?][\u201d\"]\s+|(?:\A|\n)|\b[Aa]ccording to\s+|\bboth\s+)(?P<both>[Bb]oth\s+)?"
    r"(?P<who>[^\s,;:.!?\"\u201c\u201d()]+(?:\s[^\s,;:.!?\"\u201c\u201d()]+){0,5})\s+and\s+\Z"
)
_LOOK_BACK = 90
#: What stands between two people and makes of the first more than a name.
_NO_NAME = re.compile(
    r"\b(?:of|from|with|between|in|on|for|to|by|at|near|and|who|which|that|is|are|was|were|has|had)\b", re.IGNORECASE
)


def join_speakers(span: Span, setting: Setting) -> Span:
    """The words of a speaker with those of the one joined to it by "and" before it, where the table knows that one."""
    text = setting.text
    low = max(0, span.start - _LOOK_BACK)
    low = max(text.rfind("\n", low, span.start) + 1, text.find(" ", low) if low else 0)  # no word is cut
    found = _FIRST.search(text[low : span.start])
    if found is None or (found.start() == 0 and low and text[low - 1] != "\n" and found["both"] is None):
        return span
    if _NO_NAME.search(found["who"]):
        return span
    reading = setting.lexicon.read_phrase(found["who"], setting.context.known)
    if reading.sector is None or not setting.lexicon.read_phrase(span.cut(text), setting.context.known).sector:
        return span
    return Span(low + found.start("who"), span.end)
