"""Texts as sets of word triples: what two copies of one text share however little else they do."""

from __future__ import annotations

import hashlib
import re

import numpy as np
import numpy.typing as npt

#: Sorted, without repetition: one 64-bit number for each run of three words.
Triples = npt.NDArray[np.uint64]

_WORD = re.compile(r"\w+")
#: Odd multipliers (splitmix64 and Knuth), so that the order of the three words counts.
_FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_MIX_SHIFT = np.uint64(29)
#: Beyond this a text is a book, not an article; its beginning is enough to know a copy by.
MAX_CHARS = 200_000


class TripleHasher:
    """Turns texts into their word triples; remembers each word's number while it lives.

    The numbers come from BLAKE2b, so they are the same on every machine and in every run.
    """

    def __init__(self) -> None:
        self._numbers = _Numbers()

    def hash_triples(self, text: str) -> Triples:
        """The text's triples; a text of fewer than three words is one run of what it has, an empty one has none."""
        words = _WORD.findall(text[:MAX_CHARS].casefold())
        if not words:
            return np.zeros(0, np.uint64)
        numbers = np.array(list(map(self._numbers.__getitem__, words)), np.uint64)
        if len(numbers) < len(_FACTORS):
            numbers = np.concatenate([numbers, np.zeros(len(_FACTORS) - len(numbers), np.uint64)])
        last = len(numbers) - len(_FACTORS) + 1
        sums = sum((numbers[i : i + last] * f for i, f in enumerate(_FACTORS)), np.zeros(last, np.uint64))
        mixed = np.sort(sums ^ (sums >> _MIX_SHIFT))
        distinct: Triples = mixed[np.concatenate([[True], mixed[1:] != mixed[:-1]])]
        return distinct


class _Numbers(dict[str, int]):
    """Each word's number, made when first asked for."""

    def __missing__(self, word: str) -> int:
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        number = self[word] = int.from_bytes(digest, "big")
        return number


def count_shared(one: Triples, other: Triples) -> int:
    """How many triples two texts have in common."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    if not len(small):
        return 0
    at = np.searchsorted(large, small)
    at[at == len(large)] = 0
    return int(np.count_nonzero(large[at] == small))


def sample_triples(triples: Triples, every: int, least: int) -> list[int]:
    """About one triple in `every`, the same ones in every text that holds them; of a short text the `least` smallest.

    Sampling by the value of the hash (Broder's "mod m" sketch, 1997) keeps containment estimable however much the
    lengths of two texts differ, which a sketch of fixed size does not.
    """
    chosen: list[int] = triples[triples % np.uint64(every) == 0].tolist()
    return chosen if len(chosen) >= least else triples[:least].tolist()
