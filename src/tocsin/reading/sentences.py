"""Sentences and windows of a text by its punctuation: what the encoder sees at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LINE = re.compile(r"[^\n]+")
_END = re.compile(
    r"[.!?\u2026][\"'\u201d\u2019)\]\u00bb]*"
    r"(?=\s+[\"'\u201c\u2018(\[\u00ab\u2013\u2014-]?\s?[A-Z\u00c0-\u00de0-9])|;(?=\s)"
)
_NOT_AN_END = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Lt|Col|Gen|Maj|Capt|Sgt|Cpl|Brig|Adm|Cmdr|Rev|Hon|Sen|Rep|Gov|Pres|Jr|Sr|vs|etc|No|"
    r"Nos|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|approx|Inc|Ltd|Co|Corp|Supt|Insp|Messrs|Fr)|\b[A-Z](?:\.[A-Z])*)\.$"
)


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every sentence, in order; a line's end always ends one. Blank stretches are left out."""
    for line in _LINE.finditer(text):
        start, stop = line.span()
        for mark in _END.finditer(text, start, stop):
            if text[mark.start()] == "." and _NOT_AN_END.search(text, max(start, mark.start() - 8), mark.start() + 1):
                continue
            yield from _trim(text, start, mark.end())
            start = mark.end()
        yield from _trim(text, start, stop)


def _trim(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    piece = text[start:stop]
    bare = piece.strip()
    if bare:
        lead = len(piece) - len(piece.lstrip())
        yield start + lead, start + lead + len(bare)
