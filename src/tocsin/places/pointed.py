"""What the reader's arcs to places say of the names of an article: of one for an act, and of all acts of a type."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tocsin.records import Claim, PlaceMention, Span

#: Log-odds of the reader's arc are cut off here: no single word decides alone, and fainter ones are not told.
FAINTEST, SUREST = -6.0, 4.0

Pointed = Mapping[str, Sequence[PlaceMention]]


def find_odds(span: Span, words: Sequence[PlaceMention], starts: Sequence[int]) -> float:
    """The log-odds of the word of a name that an arc points at most surely; `starts` are those of the words."""
    best = max((word.score or 0.0 for word in _find_touched(span, words, starts)), default=0.0)
    if not 0.0 < best < 1.0:
        return SUREST if best else FAINTEST
    return max(FAINTEST, min(SUREST, math.log(best / (1 - best))))


@dataclass(frozen=True, slots=True)
class Common:
    """How surely the acts of each type are at each name: the surest claim's chance and id, and the next one's."""

    tops: Mapping[tuple[str, str], tuple[float, str, float]]

    def read(self, name: str, claim: Claim) -> float:
        """How surely another act of the claim's type is at the name, 0..1."""
        first, id_, second = self.tops.get((name, claim.type), (0.0, "", 0.0))
        return second if id_ == claim.id else first


def find_common(claims: Sequence[Claim], named: Sequence[tuple[Span, str]], pointed: Pointed) -> Common:
    """What acts of one type have in common; named are the names of the article, in order of where they start."""
    firsts = [span.start for span, _ in named]
    reach = max((span.end - span.start for span, _ in named), default=0)
    tops: dict[tuple[str, str], tuple[float, str, float]] = {}
    for claim in claims:
        sure: dict[str, float] = {}
        for word in pointed.get(claim.id, ()):
            if word.span is None:
                continue
            low, high = bisect_left(firsts, word.span.start - reach), bisect_left(firsts, word.span.end)
            for span, name in named[low:high]:
                if span.overlaps(word.span):
                    sure[name] = max(sure.get(name, 0.0), word.score or 0.0)
        for name, chance in sure.items():
            first, id_, second = tops.get((name, claim.type), (0.0, "", 0.0))
            is_surer = chance > first
            tops[name, claim.type] = (chance, claim.id, first) if is_surer else (first, id_, max(second, chance))
    return Common(tops)


def _find_touched(span: Span, words: Sequence[PlaceMention], starts: Sequence[int]) -> Iterator[PlaceMention]:
    for word in words[max(0, bisect_left(starts, span.start) - 1) : bisect_left(starts, span.end)]:
        if word.span is not None and word.span.end > span.start:
            yield word
