"""Sketches: a hundred numbers of a text under which its copies are found among hundreds of thousands.

* MinHash (Broder 1997; rensa's R-MinHash), 64 bands of 2, finds texts that resemble each other as wholes;
* a sample of the triples by value finds a text that is a small part of another, which MinHash overlooks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from tocsin.incidents.shingles import Numbers, Triples, sample_triples

PERMUTATIONS, BANDS, SEED = 128, 64, 7
SAMPLE_EVERY, SAMPLE_LEAST = 8, 8
#: So many texts are remembered under one key: boilerplate ("all rights reserved") costs no more than any other key.
MOST_WITH_KEY = 6
#: So many of the newest keys are kept in a dictionary before they are laid down in a sorted array.
_SEAL_AT = 100_000
#: Two neighbouring arrays become one until they reach so many keys.
_MOST_IN_ARRAY = 6_400_000


def sketch_texts(texts: Sequence[Triples]) -> list[Numbers]:
    """The keys under which each text is filed: its bands of MinHash values and its sampled triples."""
    # two 32-bit values make one 64-bit band; its number is mixed in, for equal values in other bands mean nothing
    bands = np.ascontiguousarray(_digest_texts(texts)).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    numbered = bands + np.arange(BANDS, dtype=np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    samples = (sample_triples(t.distinct, SAMPLE_EVERY, SAMPLE_LEAST) for t in texts)
    return [np.unique(np.concatenate([row, sample])) for row, sample in zip(numbered, samples, strict=True)]


def _digest_texts(texts: Sequence[Triples]) -> npt.NDArray[np.uint32]:
    """MinHash digests, one row a text (PERMUTATIONS wide)."""
    from rensa import RMinHash

    if not texts:
        return np.zeros((0, PERMUTATIONS), np.uint32)
    sets = [t.distinct.tolist() for t in texts]
    rows = RMinHash.digest_matrix_from_token_hash_sets(sets, num_perm=PERMUTATIONS, seed=SEED).to_rows()
    return np.array(rows, np.uint32).reshape(len(texts), PERMUTATIONS)


class KeyTable:
    """From keys to the numbers of the texts filed under them, oldest first; old texts can be forgotten.

    The newest keys stand in a dictionary, the older ones in sorted arrays (twelve bytes a key) that are merged as they
    grow: finding costs the same for ten thousand texts as for a million.
    """

    def __init__(self) -> None:
        # nearly every key is that of one text alone: no list is made for it
        self._fresh: dict[int, int] = {}
        self._fresh_more: dict[int, list[int]] = {}
        self._arrays: list[tuple[Numbers, npt.NDArray[np.int64]]] = []

    def add(self, text: int, keys: Numbers) -> None:
        """File a text, whose number is greater than those of all before it."""
        fresh = self._fresh
        for key in keys.tolist():
            if fresh.setdefault(key, text) != text:
                more = self._fresh_more.setdefault(key, [])
                if len(more) < MOST_WITH_KEY - 1:
                    more.append(text)
        if len(fresh) >= _SEAL_AT:
            self._seal()

    def find(self, keys: Numbers) -> Counter[int]:
        """The texts filed under any of the keys, each with the number of keys it shares."""
        hits: Counter[int] = Counter()
        room = np.full(len(keys), MOST_WITH_KEY)
        for filed, texts in self._arrays:
            first = np.searchsorted(filed, keys)
            found = np.minimum(np.searchsorted(filed, keys, side="right") - first, room)
            room -= found
            at = np.repeat(first, found) + np.arange(found.sum()) - np.repeat(np.cumsum(found) - found, found)
            hits.update(texts[at].tolist())
        for key, left in zip(keys.tolist(), room.tolist(), strict=True):
            if left and (first_fresh := self._fresh.get(key)) is not None:
                hits[first_fresh] += 1
                hits.update(self._fresh_more.get(key, ())[: left - 1])
        return hits

    def forget(self, gone: Iterable[int]) -> None:
        """Let go of texts."""
        those = np.unique(np.fromiter(gone, np.int64))
        if not len(those):
            return
        self._arrays = [_leave_out(those, *array) for array in self._arrays]
        self._arrays = [(keys, texts) for keys, texts in self._arrays if len(keys)]
        left = set(those.tolist()) & set(self._fresh.values()).union(*self._fresh_more.values())
        if not left:
            return
        kept = {
            key: [t for t in (first, *self._fresh_more.get(key, ())) if t not in left]
            for key, first in self._fresh.items()
        }
        self._fresh = {key: filed[0] for key, filed in kept.items() if filed}
        self._fresh_more = {key: filed[1:] for key, filed in kept.items() if len(filed) > 1}

    def _seal(self) -> None:
        more = [(key, text) for key, filed in self._fresh_more.items() for text in filed]
        keys = np.fromiter((*self._fresh, *(key for key, _ in more)), np.uint64)
        texts = np.fromiter((*self._fresh.values(), *(text for _, text in more)), np.int64)
        order = np.lexsort((texts, keys))
        self._arrays.append((keys[order], texts[order]))
        self._fresh, self._fresh_more = {}, {}
        while len(self._arrays) > 1:
            (keys, texts), (more_keys, more_texts) = self._arrays[-2:]
            if len(more_keys) * 2 < len(keys) or len(keys) + len(more_keys) > _MOST_IN_ARRAY:
                break
            both, both_texts = np.concatenate([keys, more_keys]), np.concatenate([texts, more_texts])
            order = np.lexsort((both_texts, both))
            self._arrays[-2:] = [_keep_first(both[order], both_texts[order])]


def _keep_first(keys: Numbers, texts: npt.NDArray[np.int64]) -> tuple[Numbers, npt.NDArray[np.int64]]:
    """The first MOST_WITH_KEY texts of each key."""
    kept = np.ones(len(keys), np.bool_)
    kept[MOST_WITH_KEY:] = keys[MOST_WITH_KEY:] != keys[:-MOST_WITH_KEY]
    return keys[kept], texts[kept]


def _leave_out(
    gone: npt.NDArray[np.int64], keys: Numbers, texts: npt.NDArray[np.int64]
) -> tuple[Numbers, npt.NDArray[np.int64]]:
    at = np.searchsorted(gone, texts)
    at[at == len(gone)] = 0
    kept = gone[at] != texts
    return keys[kept], texts[kept]
