"""Long articles are asked about in parts, cut at paragraphs, else at sentences, else between words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tocsin.records import Span

#: A run of letters without a space counts as one word for each so many of them.
_LONGEST_WORD = 40
_WORD = re.compile(rf"\S{{1,{_LONGEST_WORD}}}\s*")
_SENTENCE_END = re.compile(r"[.!?…][\"'\u2019”»)]*$")
_CONTEXT_CHARS = 700


def split_text(text: str, max_words: int, within: Span | None = None) -> list[Span]:
    """Spans of at most `max_words` words that cover the text (or `within`) without a gap; [] where there is no word."""
    span = within or Span(0, len(text))
    words = [Span(m.start(), m.end()) for m in _WORD.finditer(text, span.start, span.end)]
    parts: list[Span] = []
    first = 0
    while first < len(words):
        stop = _choose_cut(text, words, first, max_words)
        start = parts[-1].end if parts else span.start
        parts.append(Span(start, words[stop - 1].end))
        first = stop
    return parts


def _choose_cut(text: str, words: Sequence[Span], first: int, max_words: int) -> int:
    """Index of the word after the cut: the last end of a paragraph that leaves no tiny part, or of a sentence."""
    high = first + max_words
    if high >= len(words):
        return len(words)
    least = first + max(1, max_words // 4)
    ends_sentence = 0
    for stop in range(high, least - 1, -1):
        word = text[words[stop - 1].start : words[stop - 1].end]
        if "\n" in word:
            return stop
        if not ends_sentence and word[-1:].isspace() and _SENTENCE_END.search(word.rstrip()):
            ends_sentence = stop
    return ends_sentence or high


def cut_context(text: str, start: int) -> str:
    """The words just before a part, for pronouns and running quotations; empty for the first part."""
    low = max(0, start - _CONTEXT_CHARS)
    before = text[low:start]
    if low:
        before = before.partition(" ")[2]
    return before.strip()
