"""From the pieces of lines on a page to paragraphs: columns in their order, words joined that a line end parted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

HYPHENS = "-\u00ad\u2010\x02\ufffe"
"""What may stand at the end of a line within a word; the last two are how PDFium marks a hyphen that it found."""

_ENDS = re.compile(r"[.!?:;\u2026\u3002\u061f][\"'\u201d\u2019\u00bb)\]]*$")
_HYPHENATED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_LAST_WORD = re.compile(rf"([^\W\d_]+)[{HYPHENS}]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_EDGE = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line, in the page's own units; y grows upwards."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        """From the lowest to the highest letter."""
        return max(self.top - self.bottom, 0.1)


def join_pages(pages: Sequence[Sequence[Piece]]) -> str:
    """The text of all pages: a blank line between paragraphs, without what repeats at the edges of most pages."""
    kept = drop_repeats(pages)
    known = {word.lower() for page in kept for piece in page for word in _HYPHENATED.findall(piece.text)}
    paragraphs: list[str] = []
    for page in kept:
        for number, paragraph in enumerate(join_pieces(arrange_pieces(page), known)):
            if number == 0 and paragraphs and _goes_on(paragraphs[-1], paragraph):
                paragraphs[-1] = _join(paragraphs[-1], paragraph, known)
            else:
                paragraphs.append(paragraph)
    return "\n\n".join(paragraphs)


def drop_repeats(pages: Sequence[Sequence[Piece]]) -> list[list[Piece]]:
    """The pages without running heads and page numbers: lines at an edge that most pages have, digits aside."""
    if len(pages) < 3:
        return [list(page) for page in pages]
    edges = [_find_edges(page) for page in pages]
    counts = Counter(key for page in edges for key in {_key(piece) for piece in page})
    common = {key for key, count in counts.items() if count >= max(3, len(pages) / 2)}
    kept = (
        [piece for piece in page if not (piece in edge and _key(piece) in common)]
        for page, edge in zip(pages, edges, strict=True)
    )
    # A page that holds nothing else is not all running head.
    return [left or list(page) for left, page in zip(kept, pages, strict=True)]


def _find_edges(page: Sequence[Piece]) -> set[Piece]:
    by_height = sorted(page, key=lambda piece: piece.bottom)
    return {*by_height[:_EDGE], *by_height[-_EDGE:]}


def _key(piece: Piece) -> str:
    return _DIGITS.sub("#", " ".join(piece.text.lower().split()))


def arrange_pieces(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces in reading order: as they were drawn, unless they were drawn across two columns line by line."""
    gutter = _find_gutter(pieces)
    if gutter is None or not _is_interleaved(pieces, gutter):
        return list(pieces)
    ordered: list[Piece] = []
    left: list[Piece] = []
    right: list[Piece] = []
    for piece in pieces:
        if piece.right <= gutter:
            left.append(piece)
        elif piece.left >= gutter:
            right.append(piece)
        else:
            # What runs over both columns parts what stands above it from what stands below.
            ordered += [*left, *right, piece]
            left, right = [], []
    return [*ordered, *left, *right]


def _find_gutter(pieces: Sequence[Piece]) -> float | None:
    """Where a strip runs down the middle of the page that hardly a line crosses, filled lines on both sides of it."""
    if len(pieces) < 8:
        return None
    start, end = min(p.left for p in pieces), max(p.right for p in pieces)
    places = [start + (end - start) * step / 40 for step in range(12, 29)]
    crossing = {x: sum(p.left < x < p.right for p in pieces) for x in places}
    least = min(crossing.values())
    if least > 0.15 * len(pieces):
        return None
    best = [x for x in places if crossing[x] == least]
    gutter = best[len(best) // 2]
    for side, width in (
        ([p for p in pieces if p.right <= gutter], gutter - start),
        ([p for p in pieces if p.left >= gutter], end - gutter),
    ):
        # The lines of a column fill it; the cells of a table do not.
        if len(side) < 3 or median(p.right - p.left for p in side) < 0.6 * width:
            return None
    return gutter


def _is_interleaved(pieces: Sequence[Piece], gutter: float) -> bool:
    sides = [piece.left >= gutter for piece in pieces if not piece.left < gutter < piece.right]
    switches = sum(a != b for a, b in pairwise(sides))
    return switches >= 4 and switches >= len(sides) / 4


def join_pieces(pieces: Sequence[Piece], known: Iterable[str]) -> list[str]:
    """Paragraphs from pieces in reading order; `known` are the words that the document writes with a hyphen."""
    known = set(known)
    steps = [a.bottom - b.bottom for a, b in pairwise(pieces) if a.bottom - b.bottom > 1]
    # A page may hold more paragraphs than lines within them: the usual step is among the smaller ones.
    usual = sorted(steps)[len(steps) // 4] if steps else 0.0
    paragraphs: list[str] = []
    for place, piece in enumerate(pieces):
        text = " ".join(piece.text.split())
        if not text:
            continue
        before = pieces[place - 1] if place else None
        if before is None or not paragraphs or _begins(piece, before, pieces[max(place - 2, 0)], usual):
            paragraphs.append(text)
        else:
            paragraphs[-1] = _join(paragraphs[-1], text, known)
    return paragraphs


def _begins(piece: Piece, before: Piece, earlier: Piece, usual: float) -> bool:
    """Whether a paragraph begins with `piece`."""
    step = before.bottom - piece.bottom
    if abs(step) < 0.5 * piece.height:
        return False
    if step < 0:  # the next column
        return not _goes_on(before.text, piece.text)
    if step > min(1.4 * usual, 2.2 * piece.height) and not _goes_on(before.text, piece.text):
        return True
    if max(piece.height, before.height) > 1.25 * min(piece.height, before.height):  # a heading
        return True
    edge = max(earlier.right, piece.right)
    is_short = before.right < edge - 0.15 * max(edge - piece.left, 1.0)
    return is_short and _ENDS.search(before.text.rstrip()) is not None


def _goes_on(before: str, after: str) -> bool:
    return _ENDS.search(before.rstrip()) is None and after.lstrip()[:1].islower()


def _join(before: str, after: str, known: set[str]) -> str:
    tail, head = _LAST_WORD.search(before), _FIRST_WORD.match(after)
    if tail and head and after[0].islower():
        is_compound = f"{tail[1]}-{head[0]}".lower() in known
        return f"{before[:-1]}{'-' if is_compound else ''}{after}"
    return f"{before} {after}"
