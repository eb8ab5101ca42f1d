"""An article cut into pieces that a parser can take: paragraphs, and long paragraphs at sentence ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Longest piece handed to the parser, in characters; a few sentences more than any real paragraph.
LONGEST = 2_000
_LINE = re.compile(r"[^\n]+")
#: "ORLE, Veshtia, March 9 (Agency) - " or "Orle - " before the first sentence of a report.
_DATELINE = re.compile(
    r"\s*[A-ZÀ-Ý][\w'\u2019.]*(?:[ ,]+(?:[A-ZÀ-Ý][\w'\u2019.]*|de|of|the|\d{1,2})){0,8}\s*"
    r"(?:\([^)\n]{1,40}\)\s*)?(?:\s[-\u2013—]+|[\u2013—:])\s+(?=\S)"
)
_SENTENCE_END = re.compile(r"[.!?][\"'”\u2019)\]]*\s+(?=[\"'“\u2018(\[]?[A-Z0-9])")


@dataclass(frozen=True, slots=True)
class Window:
    """One piece: ``article.text[start:start + len(text)] == text``.

    paragraph  running number of its line, blank ones not counted; the title is 0 where the text begins with it
    dateline   the words that stood before the first sentence of the paragraph ("ORLE, March 9"), or None
    """

    text: str
    start: int
    paragraph: int
    dateline: str | None = None


def cut_windows(text: str, longest: int = LONGEST) -> Iterator[Window]:
    """The pieces of a text in order, each at most `longest` characters, blank ones left out."""
    for number, line in enumerate(_LINE.finditer(text)):
        start, end = line.span()
        opening = _DATELINE.match(text, start, end)
        dateline = None
        if opening is not None and end - opening.end() > 40:
            dateline, start = opening.group(0).strip(" \t-\u2013—:"), opening.end()
        while start < end:
            stop = _find_stop(text, start, end, longest)
            piece = text[start:stop]
            if piece.strip():
                lead = len(piece) - len(piece.lstrip())
                yield Window(piece.strip(), start + lead, number, dateline)
            start = stop


def _find_stop(text: str, start: int, end: int, longest: int) -> int:
    if end - start <= longest:
        return end
    limit = start + longest
    stops = [m.end() for m in _SENTENCE_END.finditer(text, start, limit)]
    if stops:
        return stops[-1]
    space = text.rfind(" ", start + 1, limit)
    return space + 1 if space > start else limit
