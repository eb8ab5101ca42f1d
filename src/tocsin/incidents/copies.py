"""Articles to origins: which texts are copies, rewrites or cuts of one another.

Two sketches find the texts worth comparing, the exact sets of word triples decide:

* MinHash (Broder 1997; rensa's R-MinHash), 64 bands of 2, finds texts that resemble each other as wholes;
* a sample of the triples by value finds a text that is a small part of another, which MinHash overlooks.

A text joins the origin whose text it holds, or that holds it. Copies of a copy are not chained: two reports that were
joined in one bulletin stay two origins, though each shares most of its words with the bulletin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.incidents.shingles import TripleHasher, Triples, count_shared, sample_triples
from tocsin.records import Article

#: Least share of the shorter text's triples that the other must hold. Chosen on edited copies of news texts, where .3
#: to .4 is a plateau; different reports of the same happening share less than .2.
LEAST_CONTAINMENT = 0.33
#: A short text shares phrases with many others: below so many shared triples nothing is called a copy.
LEAST_SHARED = 5
PERMUTATIONS, BANDS, SEED = 128, 64, 7
SAMPLE_EVERY, SAMPLE_LEAST = 8, 8
#: Beyond the first text with a key, so many more are remembered.
MOST_WITH_KEY = 5
#: A text is compared with at most so many origins, those with most keys in common first.
MOST_COMPARED = 12
#: A later text that a copy holds joins the copy's origin only if the two leave this share of the copy uncovered:
#: else the copy is a joining of two reports, and they stay apart.
JOINED_UNCOVERED = 0.25
#: How much of a cut the longer copy must hold when the origin itself does not hold it.
CUT_CONTAINMENT = 0.6
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class _Known:
    """A text that later ones are compared with, and the origin it stands for."""

    origin_id: str
    triples: Triples
    root: Triples


class OriginIndex:
    """Texts seen so far by their sketch keys, in the order in which they were added.

    A key leads to the first few texts that had it: a copy shares many keys with its origin and is found by those that
    hardly any other text has, while boilerplate ("all rights reserved") costs no more than any other key.
    """

    def __init__(self) -> None:
        self._known: list[_Known] = []
        self._first_with: dict[int, int] = {}
        self._also_with: dict[int, list[int]] = {}

    def find_origin(self, triples: Triples, keys: Sequence[int]) -> tuple[str, Triples] | None:
        """The origin that the text is a copy of, with the origin's own triples, or None."""
        best: tuple[float, float, int] | None = None
        for place in self._nearest(keys):
            known = self._known[place]
            shared = count_shared(known.triples, triples)
            if not _is_copy(shared, known, triples):
                continue
            score = (shared / max(1, min(len(triples), len(known.triples))), shared / max(1, len(triples)), -place)
            best = max(best, score) if best else score
        if best is None:
            return None
        known = self._known[-best[2]]
        return known.origin_id, known.root

    def add(self, origin_id: str, triples: Triples, keys: Iterable[int], root: Triples | None = None) -> None:
        """Let later texts be compared with this one."""
        place = len(self._known)
        self._known.append(_Known(origin_id, triples, triples if root is None else root))
        for key in keys:
            if self._first_with.setdefault(key, place) != place:
                also = self._also_with.setdefault(key, [])
                if len(also) < MOST_WITH_KEY:
                    also.append(place)

    def _nearest(self, keys: Sequence[int]) -> list[int]:
        hits = Counter(self._first_with[key] for key in keys if key in self._first_with)
        for also in filter(None, map(self._also_with.get, keys)):
            hits.update(also)
        return sorted(hits, key=lambda place: (-hits[place], place))[:MOST_COMPARED]


def find_origins(articles: Sequence[Article]) -> dict[str, str]:
    """Article id to the id of the earliest article of the same origin (itself, where it is the earliest).

    Exact, near, lightly rewritten and trimmed copies (down to a quarter) share an origin. Earliest is by publication
    (or taking in, where no page says), then by id; the order of `articles` does not matter. A text without words is
    an origin of its own. Cost grows with the number of articles, not with its square.
    """
    ordered = sorted({a.id: a for a in articles}.values(), key=lambda a: (a.shown_at, a.id))
    origins: dict[str, str] = {}
    index, hasher = OriginIndex(), TripleHasher()
    exact: dict[bytes, str] = {}
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        triples = [hasher.hash_triples(a.text) for a in chunk]
        for article, mine, keys in zip(chunk, triples, _sketch_texts(triples), strict=True):
            origins[article.id] = _place_text(article.id, mine, keys, index, exact)
    return origins


def _place_text(id_: str, triples: Triples, keys: list[int], index: OriginIndex, exact: dict[bytes, str]) -> str:
    if not len(triples):
        return id_
    same = triples.tobytes()
    if same in exact:
        return exact[same]
    found = index.find_origin(triples, keys)
    exact[same] = found[0] if found else id_
    if found is None:
        index.add(id_, triples, keys)
    elif len(triples) - count_shared(found[1], triples) > len(triples) / 2:
        # it holds much that its origin does not: cuts of that part are known by this text alone
        index.add(found[0], triples, keys, found[1])
    return exact[same]


def _is_copy(shared: int, known: _Known, triples: Triples) -> bool:
    least = min(len(known.triples), len(triples))
    if shared < min(LEAST_SHARED, least):
        return False
    if known.root is known.triples:
        return shared >= LEAST_CONTAINMENT * least
    covered = np.union1d(known.root, triples)
    uncovered = 1 - count_shared(covered, known.triples) / len(known.triples)
    return shared >= CUT_CONTAINMENT * len(triples) and uncovered >= JOINED_UNCOVERED


def _sketch_texts(texts: Sequence[Triples]) -> list[list[int]]:
    """The keys under which each text is filed: its bands of MinHash values and its sampled triples."""
    # two 32-bit values make one 64-bit band; its number is mixed in, for equal values in other bands mean nothing
    bands = np.ascontiguousarray(_digest_texts(texts)).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    numbered = bands + np.arange(BANDS, dtype=np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    samples = (sample_triples(t, SAMPLE_EVERY, SAMPLE_LEAST) for t in texts)
    return [row + sample for row, sample in zip(numbered.tolist(), samples, strict=True)]


def _digest_texts(texts: Sequence[Triples]) -> npt.NDArray[np.uint32]:
    """MinHash digests, one row a text (PERMUTATIONS wide)."""
    from rensa import RMinHash

    if not texts:
        return np.zeros((0, PERMUTATIONS), np.uint32)
    sets = [t.tolist() for t in texts]
    rows = RMinHash.digest_matrix_from_token_hash_sets(sets, num_perm=PERMUTATIONS, seed=SEED).to_rows()
    return np.array(rows, np.uint32).reshape(len(texts), PERMUTATIONS)
