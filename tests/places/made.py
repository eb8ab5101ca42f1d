"""Names, arcs and claims made of a text's own words."""

from __future__ import annotations

import re

from tocsin.records import Claim, EventType, Evidence, PlaceMention, Span


def mark(text: str, words: str, score: float | None = None) -> PlaceMention:
    """The last place in the text where the words stand, marked as a name."""
    at = text.rindex(words)
    return PlaceMention(words, Span(at, at + len(words)), score)


def point(text: str, words: str, chance: float) -> tuple[PlaceMention, ...]:
    """Each word of the last such phrase of the text, pointed at alike."""
    start = text.rindex(words)
    return tuple(
        PlaceMention(w.group(), Span(start + w.start(), start + w.end()), chance) for w in re.finditer(r"\w+", words)
    )


def make_claim(text: str, words: str, type_: EventType = "COERCE", id_: str = "c") -> Claim:
    """A claim whose passage is the sentence of the words, and whose trigger they are."""
    at = text.index(words)
    low, high = text.rfind(". ", 0, at) + 1, text.find(".", at) + 1
    evidence = Evidence.cut_from(text, low + (text[low] == " "), high)
    return Claim(id_, "a", type_, evidence, trigger=Span(at, at + len(words)))
