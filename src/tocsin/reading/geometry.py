"""How far words stand from one another, in the classes that the encoder's arcs know."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tocsin.reading.labels import DISTANCES, SENTENCES

_EDGES = np.asarray(DISTANCES)


def class_distances(triggers: NDArray[np.int64], words: int) -> NDArray[np.int64]:
    """Class of the signed distance from each trigger (a word's number) to each word, [triggers, words]."""
    steps = np.arange(words)[None, :] - triggers[:, None]
    size = np.searchsorted(_EDGES, np.abs(steps), side="right")
    return np.asarray(np.where(steps < 0, -size, size) + len(DISTANCES), dtype=np.int64)


def class_sentences(triggers: NDArray[np.int64], sentences: NDArray[np.int64]) -> NDArray[np.int64]:
    """Class of the number of sentences between each trigger and each word, [triggers, words]."""
    apart = sentences[None, :] - sentences[triggers][:, None]
    return np.asarray(np.clip(apart, -SENTENCES, SENTENCES) + SENTENCES, dtype=np.int64)
