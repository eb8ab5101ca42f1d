"""Taking out of a sentence what stands in a record word for word: the rest is what has to be looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tocsin.report.mentions import OPENERS

#: Neither a letter nor a blank: what is masked opens no sentence and joins no name.
MASK = "_"
#: A word or a number with its points: nothing is masked that begins or ends inside one.
_TOKEN = re.compile(r"[^\W_]+(?:(?<=\d)[.,:\u202f](?=\d)[^\W_]+)*")


def mask_texts(sentence: str, texts: Iterable[str], whole: Sequence[tuple[int, int]] = ()) -> str:
    """The sentence with each of the texts masked where it stands whole, or cut short before "…"; its length is kept.

    `whole` are stretches that are masked as a whole or not at all: a text may not cover only a part of one.
    """
    known = sorted(set(texts), key=len, reverse=True)
    inside = frozenset(at for found in _TOKEN.finditer(sentence) for at in range(found.start() + 1, found.end()))

    def may_mask(start: int, end: int) -> bool:
        tears = any(start < last and first < end and not (start <= first and last <= end) for first, last in whole)
        return not tears and start not in inside and end not in inside

    for text in known:
        for start in _find_all(sentence, text):
            if may_mask(start, start + len(text)):
                sentence = _cover(sentence, start, start + len(text))
    # from the last: a text may hold a "…" of its own before the one that cuts it
    for end in [at for at, c in reversed(list(enumerate(sentence))) if c == "…"]:
        for text in known:
            for start in _find_all(sentence[:end], text[:1]):
                if text.startswith(sentence[start:end]) and may_mask(start, end):
                    sentence = _cover(sentence, start, end)
    for start, end in whole:
        sentence = _cover(sentence, start, end)
    return sentence


def _find_all(sentence: str, text: str) -> Iterator[int]:
    start = sentence.find(text) if text else -1
    while start >= 0:
        yield start
        start = sentence.find(text, start + 1)


def _cover(sentence: str, start: int, end: int) -> str:
    """The stretch masked but for the marks at its end: after them a sentence may begin."""
    length = len(sentence[start:end].rstrip(OPENERS))
    return sentence[:start] + MASK * length + sentence[start + length :]
