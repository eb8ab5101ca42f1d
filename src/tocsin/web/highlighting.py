"""An article's text cut where evidence begins and ends, so that overlapping passages can each be marked and reached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tocsin.records import Claim, Evidence, Span

#: Stops of several scripts, and the quotation marks and brackets that may close after one.
_STOPS = r"[.!?\u2026\u3002\u061f\u06d4\u0964]"
_CLOSERS = r"[\"'\u201d\u2019\u00bb)\]]"
#: Where a sentence ends: a stop with what closes after it, before white space; or the end of a line.
_SENTENCE_END = re.compile(rf"{_STOPS}+{_CLOSERS}*(?=\s)|\n+")
_ENDS_SENTENCE = re.compile(rf"{_STOPS}{_CLOSERS}*\s*$")
#: A sentence is shown this far to each side of its evidence.
REACH = 280


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of text that the same claims cover.

    claims  those whose evidence covers it, in order of the text; empty between passages
    opens   those whose evidence begins here: their anchors stand before it
    """

    text: str
    claims: tuple[Claim, ...] = ()
    opens: tuple[Claim, ...] = ()


def cut_stretches(text: str, claims: Sequence[Claim], within: Span | None = None) -> list[Stretch]:
    """`text` (or the part `within`) as stretches that together give it back; each claim opens in exactly one of them.

    Evidence that reaches beyond the part is cut to it; a claim wholly outside opens nowhere.
    """
    part = within or Span(0, len(text))
    shown = [
        (max(c.evidence.start, part.start), min(c.evidence.end, part.end), c)
        for c in claims
        if c.evidence.span.overlaps(part)
    ]
    cuts = sorted({part.start, part.end, *(s for s, _, _ in shown), *(e for _, e, _ in shown)})
    stretches = []
    for start, end in pairwise(cuts):
        covering = tuple(c for s, e, c in shown if s <= start and end <= e)
        opening = tuple(c for s, _, c in shown if s == start)
        stretches.append(Stretch(text[start:end], covering, opening))
    return stretches


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage within its sentence."""

    before: str
    passage: str
    after: str


def quote_sentence(text: str, evidence: Evidence) -> Quote:
    """The evidence with the rest of its sentence, each side at most `REACH` characters; "…" where it is cut."""
    left = text[max(0, evidence.start - REACH - 1) : evidence.start]
    ends = list(_SENTENCE_END.finditer(left))
    before = left[ends[-1].end() :] if ends else left
    if len(before) > REACH:
        before = "…" + before[-REACH:]
    right = text[evidence.end : evidence.end + REACH + 1]
    if _ENDS_SENTENCE.search(evidence.text):
        after = ""
    else:
        end = _SENTENCE_END.search(right + "\n")
        after = right[: end.end()].rstrip("\n") if end else right
        if len(after) > REACH:
            after = after[:REACH] + "…"
    return Quote(before.lstrip(), evidence.text, after.rstrip())
