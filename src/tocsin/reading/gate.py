"""A gate before the encoder: a sum of weights over a sentence's word pieces says which windows can hold no claim."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.reading.wordpieces import Window

#: Shorter windows give too few sentences to judge by: on passages of one sentence a gate this sharp lost a tenth.
LEAST_SENTENCES, LEAST_WORDS = 6, 200
#: A flash of fewer words says little in each sentence, however many there are, and costs next to nothing to read.
FLASH_WORDS = 100


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights by word piece, [vocabulary], and the least score of its best sentence that opens a window.

    lost    share of the windows with claims that were closed, on articles the gate was not trained on
    closed  share of the windows without claims that were closed
    """

    weights: NDArray[np.float32]
    bias: float
    threshold: float
    lost: float
    closed: float

    def opens(self, window: Window) -> bool:
        """Whether the window may hold a claim; a flash, or a short one of few sentences, always may."""
        if window.words < FLASH_WORDS:
            return True
        sentences = cut_sentences(window)
        is_short = len(sentences) < LEAST_SENTENCES and window.words < LEAST_WORDS
        return is_short or self._score(sentences) >= self.threshold

    def score(self, window: Window) -> float:
        """The highest score of a window's sentences."""
        return self._score(cut_sentences(window))

    def _score(self, sentences: Sequence[NDArray[np.int64]]) -> float:
        return max((float(self.weights[p].sum()) + self.bias for p in sentences), default=float("-inf"))


def cut_sentences(window: Window) -> list[NDArray[np.int64]]:
    """The different word pieces that begin words, of each sentence of a window."""
    edges = np.flatnonzero(np.diff(window.sentences)) + 1
    return [np.unique(window.pieces[part]) for part in np.split(window.firsts, edges)]


def gate_to_plain(gate: Gate) -> dict[str, Any]:
    """The gate for a file: its weights as half floats in base64."""
    packed = base64.b64encode(gate.weights.astype("<f2").tobytes()).decode("ascii")
    return {
        "weights": packed, "bias": gate.bias, "threshold": gate.threshold, "lost": gate.lost, "closed": gate.closed,
    }  # fmt: skip


def gate_from_plain(told: Mapping[str, Any]) -> Gate:
    """The gate of a file."""
    weights = np.frombuffer(base64.b64decode(told["weights"]), dtype="<f2").astype(np.float32)
    return Gate(weights, *(float(told[name]) for name in ("bias", "threshold", "lost", "closed")))
