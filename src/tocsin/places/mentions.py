"""Which words of a text name places: what the reader saw and what the gazetteer knows, weighed together."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.places.scanning import Scan, scan_text
from tocsin.places.weights import NameWeights, load_name_weights
from tocsin.records import PlaceMention, Span

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer

#: The reader's scores are kept this far from 0 and 1: no single word decides alone.
_EDGE = 0.005


@dataclass(frozen=True, slots=True)
class Weighed:
    """A stretch of text that may name a place, with the values of its cues (`NAME_CUES`)."""

    span: Span
    cues: Mapping[str, float]

    def score(self, table: NameWeights) -> float:
        """How surely it names a place, 0..1."""
        odds = table.start + sum(table.cues[cue] * value for cue, value in self.cues.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def find_mentions(
    text: str,
    gazetteer: Gazetteer,
    *,
    names: Sequence[PlaceMention] | None = None,
    weights: NameWeights | None = None,
) -> tuple[PlaceMention, ...]:
    """Place names in the text, in order, with their spans and scores. Not looked up: `name` is as written.

    names are what a reader took for places, each with its score. Without them (None) plain rules decide by the
    gazetteer alone, and mentions have no score.
    """
    scan = scan_text(text, gazetteer)
    if names is None:
        return tuple(PlaceMention(span.cut(text), span) for span in scan.iterate_names())
    chosen = choose_names(list(weigh_names(scan, names)), weights or load_name_weights())
    return tuple(PlaceMention(span.cut(text), span, round(score, 4)) for span, score in chosen)


def choose_names(stretches: Sequence[Weighed], table: NameWeights) -> list[tuple[Span, float]]:
    """Those that are names, with their scores, in order of the text: the likeliest where some overlap."""
    scored = [(w.score(table), w.span) for w in stretches]
    taken: list[tuple[Span, float]] = []
    for score, span in sorted(scored, key=lambda pair: (-pair[0], -(pair[1].end - pair[1].start), pair[1].start)):
        if score < table.least:
            break
        if not any(span.overlaps(other) for other, _ in taken):
            taken.append((span, score))
    return sorted(taken, key=lambda pair: pair[0].start)


def weigh_names(scan: Scan, names: Sequence[PlaceMention]) -> Iterator[Weighed]:
    """Every stretch that the reader or the gazetteer takes for a name, with its cues."""
    marked = sorted(((m.span, m.score) for m in names if m.span is not None), key=lambda pair: pair[0].start)
    starts = [span.start for span, _ in marked]
    tokens = {token.start(): at for at, token in enumerate(scan.tokens)}
    seen: set[Span] = set()
    whole: list[Span] = []
    for at, size, rows in scan.iterate_known():
        span = scan.span(at, size)
        seen.add(span)
        if any(longer.contains(span) for longer in whole[-1:]):
            continue
        if size > 1 and any(scan.gazetteer.is_by_hand(row.id) for row in rows):
            whole.append(span)  # "the Sea of Japan" is no Japan
        yield Weighed(span, {**dict(scan.list_cues(at, size, rows)), **_list_marks(span, marked, starts)})
    for span, _ in marked:
        if span in seen or any(longer.contains(span) for longer in whole) or (first := tokens.get(span.start)) is None:
            continue
        size = sum(1 for token in scan.tokens[first : first + 20] if token.start() < span.end)
        rows = scan.gazetteer.find(span.cut(scan.text))
        yield Weighed(span, {**dict(scan.list_cues(first, size, rows)), **_list_marks(span, marked, starts)})


def _list_marks(span: Span, marked: Sequence[tuple[Span, float | None]], starts: Sequence[int]) -> dict[str, float]:
    """What the reader says of a stretch: the log-odds of its score, for all of the stretch or for a part of it."""
    near = marked[max(0, bisect_left(starts, span.start) - 3) : bisect_left(starts, span.end)]
    touching = [(other, score) for other, score in near if other.overlaps(span)]
    for other, score in touching:
        if other == span:
            return {"marked": _to_odds(score)}
    if not touching:
        return {"unmarked": 1.0}
    best, score = max(touching, key=lambda pair: pair[1] or 0.0)
    return {"marked-wider" if best.contains(span) else "marked-part": 1.0, "marked-near": _to_odds(score)}


def _to_odds(score: float | None) -> float:
    chance = min(1 - _EDGE, max(_EDGE, score if score is not None else 0.5))
    return math.log(chance / (1 - chance))
