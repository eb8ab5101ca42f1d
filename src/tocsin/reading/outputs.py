"""What the encoder says of one window, and the arcs that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tocsin.reading.geometry import class_distances, class_sentences
from tocsin.reading.labels import ROLES, load_heads
from tocsin.reading.wordpieces import Window

Numbers = NDArray[np.float32]


def to_chances(odds: Numbers) -> Numbers:
    """Log-odds as probabilities, however large they are."""
    return np.asarray((1 + np.tanh(odds / 2)) / 2, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class ArcWeights:
    """What arcs add to the product of their two sides.

    distance  by role and class of distance, [roles, 2 * len(DISTANCES) + 1]
    sentence  by role and class of sentences between, [roles, 2 * SENTENCES + 1]
    filler    how much the head `filler` counts, [roles]
    """

    distance: Numbers
    sentence: Numbers
    filler: Numbers


@dataclass(frozen=True, slots=True)
class Outputs:
    """Logits and arc sides of the words of one window.

    heads         logits of all heads, [words, columns]
    from_trigger  [words, roles * width]; `to_filler` likewise
    """

    window: Window
    heads: Numbers
    from_trigger: Numbers
    to_filler: Numbers
    weights: ArcWeights

    def logits(self, head: str, first: int = 0, stop: int | None = None) -> Numbers:
        """The columns of one head for the words from `first` to `stop` (exclusive), [words, classes]."""
        return self.heads[first:stop, load_heads()[head].columns]

    def chances(self, head: str, first: int = 0, stop: int | None = None) -> Numbers:
        """Probabilities of one head's classes for these words, [words, classes]; exclusive classes sum to one."""
        return _to_classes(head, self.logits(head, first, stop))

    def chances_of(self, head: str, words: NDArray[np.int64]) -> Numbers:
        """The same for chosen words, in their order."""
        return _to_classes(head, self.heads[words, load_heads()[head].columns])

    def score_arcs(self, triggers: NDArray[np.int64]) -> Numbers:
        """Log-odds that each word fills each role of each trigger, [triggers, roles, words]."""
        width = self.from_trigger.shape[1] // len(ROLES)
        sides = self.from_trigger[triggers].reshape(len(triggers), len(ROLES), width)
        words = self.to_filler.reshape(-1, len(ROLES), width)
        score = np.einsum("trd,wrd->trw", sides, words, optimize=True) / np.sqrt(width)
        steps = class_distances(triggers, self.window.words)
        apart = class_sentences(triggers, self.window.sentences)
        score = score + self.weights.distance[:, steps].transpose(1, 0, 2)
        score = score + self.weights.sentence[:, apart].transpose(1, 0, 2)
        return np.asarray(score + (self.logits("filler") * self.weights.filler).T[None], dtype=np.float32)


def _to_classes(head: str, logits: Numbers) -> Numbers:
    if not load_heads()[head].exclusive:
        return to_chances(logits)
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True), dtype=np.float32)
