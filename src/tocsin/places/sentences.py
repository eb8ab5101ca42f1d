"""Where sentences end, as far as the choice of a place needs it."""

from __future__ import annotations

import re

from tocsin.records import Span

_END = re.compile(r"(?<=[a-z0-9\"\u201d\u2019)])[.!?][\"\u201d\u2019)]?\s+(?=[A-Z\"\u201c\u2018(])|\n+")
_WITHIN = 2_000


def find_sentence(text: str, span: Span) -> Span:
    """The sentence (or sentences) in which the passage stands."""
    low, high = max(0, span.start - _WITHIN), min(len(text), span.end + _WITHIN)
    starts = [m.end() for m in _END.finditer(text, low, span.start + 1) if m.end() <= span.start]
    end = _END.search(text, max(span.start, span.end - 1), high)
    return Span(min(starts[-1] if starts else low, span.start), max(end.start() + 1 if end else high, span.end))


def find_sentence_ends(text: str) -> list[int]:
    """Where the sentences and lines of a text end, in order."""
    return [m.start() for m in _END.finditer(text)]


def count_sentence_ends(text: str, start: int, end: int) -> int:
    """How many sentences end between two offsets."""
    return sum(1 for _ in _END.finditer(text, start, end)) if start < end else 0
