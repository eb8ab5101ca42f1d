"""What is tied together through however many pairs, over the whole archive: the ties alone, as numbers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from tocsin.archive.doubles import Numbers, number_ids
from tocsin.archive.files import write_whole
from tocsin.archive.shuffle import gather_rows

_CHUNK = 200_000


class Knots:
    """Which bucket a claim belongs to: that of all claims it is tied to. The file is mapped, not loaded."""

    def __init__(self, path: Path) -> None:
        self._claims, self._labels = np.load(path, mmap_mode="r")

    def find_bucket(self, claim_id: str, buckets: int) -> int:
        """The bucket of a claim that stands for itself."""
        (number,) = number_ids([claim_id])
        at = int(np.searchsorted(self._claims, number))
        if at < len(self._claims) and self._claims[at] == number:
            return int(self._labels[at]) % buckets
        return crc32(claim_id.encode()) % buckets


def find_knots(shares: Iterable[Path], target: Path) -> dict[str, Any]:
    """Number the knots of all ties and write down to which each tied claim belongs.

    Claims are known by numbers of 64 bits: two that share one would only come to be settled by the same worker.
    It takes some 40 bytes a tie for as long as it works: 20 GB for five hundred million.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = [chunk for share in shares for chunk in _number_ties(share)]
    ties = np.concatenate(pairs) if pairs else np.zeros((0, 2), np.uint64)
    claims, ends = np.unique(ties, return_inverse=True)
    ends = ends.reshape(-1, 2)
    links = coo_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(len(claims), len(claims)))
    count, labels = connected_components(links, directed=False) if len(claims) else (0, np.zeros(0, np.int64))
    with write_whole(target) as scratch, scratch.open("wb") as file:
        np.save(file, np.stack([claims, labels.astype(np.uint64)]))
    widest = int(np.bincount(labels).max()) if count else 0
    return {"ties": len(ties), "tied": len(claims), "knots": int(count), "widest": widest}


def _number_ties(share: Path) -> Iterable[Numbers]:
    held: list[str] = []
    for row in gather_rows([share], "ties"):
        held += row["t"][:2]
        if len(held) >= 2 * _CHUNK:
            yield number_ids(held).reshape(-1, 2)
            held = []
    if held:
        yield number_ids(held).reshape(-1, 2)
