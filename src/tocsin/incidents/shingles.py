"""Texts as runs of three words (triples): what two copies of one text share however little else they do."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: One number for each run of three words.
Numbers = npt.NDArray[np.uint64]

_WORD = re.compile(r"\w+")
#: Odd multipliers (splitmix64 and Knuth), so that the order of the three words counts.
_FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_MIX_SHIFT = np.uint64(29)
#: Beyond this a text is a book, not an article; its beginning is enough to know a copy by.
MAX_CHARS = 200_000
#: A text is compared in stretches of so many triples, about a sentence.
STRETCH = 16
#: A stretch is covered where the other text holds this share of its triples: of a sentence with every fourth word
#: changed it holds less than half, of another reporter's sentence on the same happening hardly any.
FULL_SHARE = 0.5
#: A short text shares phrases with many others: fewer shared triples cover nothing.
LEAST_SHARED = 5


@dataclass(frozen=True, slots=True)
class Triples:
    """The triples of one text.

    distinct  sorted, each once
    running   as they stand in the text, with repetitions
    """

    distinct: Numbers
    running: Numbers

    def __len__(self) -> int:
        """How many different triples there are."""
        return len(self.distinct)


class TripleHasher:
    """Turns texts into their word triples; remembers each word's number while it lives.

    The numbers come from BLAKE2b, so they are the same on every machine and in every run.
    """

    #: So many words are remembered; then the memory begins anew.
    MOST_WORDS = 500_000

    def __init__(self) -> None:
        self._numbers = _Numbers()

    def hash_triples(self, text: str) -> Triples:
        """The text's triples; a text of fewer than three words is one run of what it has, an empty one has none."""
        words = _WORD.findall(text[:MAX_CHARS].casefold())
        if not words:
            return Triples(np.zeros(0, np.uint64), np.zeros(0, np.uint64))
        if len(self._numbers) > self.MOST_WORDS:
            self._numbers = _Numbers()
        numbers = np.array(list(map(self._numbers.__getitem__, words)), np.uint64)
        if len(numbers) < len(_FACTORS):
            numbers = np.concatenate([numbers, np.zeros(len(_FACTORS) - len(numbers), np.uint64)])
        last = len(numbers) - len(_FACTORS) + 1
        sums = sum((numbers[i : i + last] * f for i, f in enumerate(_FACTORS)), np.zeros(last, np.uint64))
        running = sums ^ (sums >> _MIX_SHIFT)
        return Triples(np.unique(running), running)


class _Numbers(dict[str, int]):
    """Each word's number, made when first asked for."""

    def __missing__(self, word: str) -> int:
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        number = self[word] = int.from_bytes(digest, "big")
        return number


def find_shared(some: Numbers, distinct: Numbers) -> npt.NDArray[np.bool_]:
    """For each of `some`: whether the sorted numbers hold it."""
    if not len(distinct):
        return np.zeros(len(some), np.bool_)
    at = np.searchsorted(distinct, some)
    at[at == len(distinct)] = 0
    held: npt.NDArray[np.bool_] = distinct[at] == some
    return held


def measure_coverage(one: Triples, other: Triples) -> float:
    """Share of the shorter text's stretches that the longer one holds too, 0..1.

    Containment (Broder 1997) over stretches instead of over single triples: a copy with words changed throughout is
    covered nearly everywhere though half of its triples are gone, while a text joined from two reports is covered
    by either in its own part alone, however faithful that part is.
    """
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    if not len(small):
        return 0.0
    shared = find_shared(small.running, large.distinct)
    length, least = len(shared), min(LEAST_SHARED, len(small))
    if np.count_nonzero(shared) < max(least, 0.1 * length):  # then no more than a fifth is covered
        return 0.0
    count = max(1, round(length / STRETCH))
    edges = np.arange(count + 1) * length // count
    sums = np.concatenate(([0], np.cumsum(shared)))[edges]
    shares = (sums[1:] - sums[:-1]) / (edges[1:] - edges[:-1])
    return float(np.minimum(1.0, shares / FULL_SHARE).sum() / count)


def sample_triples(distinct: Numbers, every: int, least: int) -> Numbers:
    """About one triple in `every`, the same ones in every text that holds them; of a short text the `least` smallest.

    Sampling by the value of the hash (Broder's "mod m" sketch, 1997) keeps containment estimable however much the
    lengths of two texts differ, which a sketch of fixed size does not.
    """
    chosen = distinct[distinct % np.uint64(every) == 0]
    return chosen if len(chosen) >= least else distinct[:least]
