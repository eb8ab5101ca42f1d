"""Finding quoted words in an article: verbatim, but for white space and the shape of quotation marks.

Both are folded one for one, or many to one, and every folded character knows where it came from: what is found is cut
out of the article's own text, with exact offsets.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from unicodedata import normalize

from tocsin.records import Span

#: Longer quotations are not looked for.
MAX_CHARS = 4_000
#: So many hits inside longer words are passed over before a search is given up.
_MOST_TRIES = 1_000
_MARKS = {ord(c): '"' for c in "“”„‟«»\u2033"} | {ord(c): "'" for c in "\u2018\u2019\u201a\u201b\u2032\u0060\u00b4"}


class Passages:
    """One article's text, ready to be searched. Offsets are code points of the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folded, self._starts = _fold(text)

    def find(self, quote: str, within: Span | None = None) -> Span | None:
        """The first place in `within` (or in the whole text) where the words stand whole; None where they do not."""
        words = fold_quote(quote)
        if not words:
            return None
        low, high = self._bounds(within)
        return self._search(words, low, high)

    def find_near(self, quote: str, near: Span) -> Span | None:
        """The words inside `near`, or else the last before it, or else the first after it."""
        words = fold_quote(quote)
        if not words:
            return None
        low, high = self._bounds(near)
        return (
            self._search(words, low, high)
            or self._search_back(words, high)
            or self._search(words, 0, len(self._folded))
        )

    def _bounds(self, within: Span | None) -> tuple[int, int]:
        if within is None:
            return 0, len(self._folded)
        return bisect_left(self._starts, within.start), bisect_left(self._starts, within.end)

    def _search(self, words: str, low: int, high: int) -> Span | None:
        at = self._folded.find(words, low, high)
        for _ in range(_MOST_TRIES):
            if at < 0:
                break
            if span := self._cut(at, len(words)):
                return span
            at = self._folded.find(words, at + 1, high)
        return None

    def _search_back(self, words: str, high: int) -> Span | None:
        at = self._folded.rfind(words, 0, high)
        for _ in range(_MOST_TRIES):
            if at < 0:
                break
            if span := self._cut(at, len(words)):
                return span
            at = self._folded.rfind(words, 0, at + len(words) - 1)
        return None

    def _cut(self, at: int, length: int) -> Span | None:
        """The span of a hit in the text itself; None where it begins or ends inside a word."""
        stop = at + length
        is_whole = not _is_inside_word(self._folded, at) and not _is_inside_word(self._folded, stop)
        # a quotation neither begins nor ends with white space, so its last character stands for itself alone
        return Span(self._starts[at], self._starts[stop - 1] + 1) if is_whole else None


def fold_quote(quote: str) -> str:
    """The words as they are compared; empty for one that is empty or too long."""
    return _fold(normalize("NFC", quote))[0].strip() if len(quote) <= MAX_CHARS else ""


def _is_inside_word(folded: str, at: int) -> bool:
    return 0 < at < len(folded) and folded[at - 1].isalnum() and folded[at].isalnum()


def _fold(text: str) -> tuple[str, array[int]]:
    letters: list[str] = []
    starts: array[int] = array("Q")
    for at, letter in enumerate(text.translate(_MARKS)):
        if not letter.isspace():
            letters.append(letter)
        elif letters and letters[-1] == " ":
            continue
        else:
            letters.append(" ")
        starts.append(at)
    return "".join(letters), starts
