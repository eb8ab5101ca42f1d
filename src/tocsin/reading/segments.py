"""From a number for each word to phrases: the best set of stretches, found exactly by dynamic programming."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
_NEVER = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Segment:
    """Words `first` to `stop` (exclusive) of a window; `score` is the mean probability that they belong."""

    first: int
    stop: int
    score: float


def find_segments(inside: Numbers, opening: Numbers, closing: Numbers) -> list[list[Segment]]:
    """For each row the stretches of words whose summed scores are highest and above 0; two stretches never touch.

    inside   log-odds that a word belongs, [rows, words]
    opening  what it costs (0 or less) to begin a stretch at a word, [rows, words]; `closing` to end one there
    """
    if not inside.shape[1]:
        return [[] for _ in inside]
    # marks can only cost: without a word of its own a row can hold no stretch
    hopeful = np.flatnonzero(inside.max(1) > 0)
    found: list[list[Segment]] = [[] for _ in inside]
    for row, segments in zip(hopeful, _search(inside[hopeful], opening[hopeful], closing[hopeful]), strict=True):
        found[row] = segments
    return found


def _search(inside: Numbers, opening: Numbers, closing: Numbers) -> list[list[Segment]]:
    belongs = _find_best(*(np.ascontiguousarray(side.T) for side in (inside, opening, closing)))
    rows = len(inside)
    outside = np.zeros((rows, 1), dtype=bool)
    edges = np.diff(np.concatenate((outside, belongs.T, outside), axis=1).astype(np.int8), axis=1)
    (row, first), (_, stop) = np.nonzero(edges > 0), np.nonzero(edges < 0)  # by row, then by word: they pair up
    chances = (1 + np.tanh(inside.astype(np.float64) / 2)) / 2
    sums = np.concatenate((np.zeros((rows, 1)), np.cumsum(chances, axis=1)), axis=1)
    means = (sums[row, stop] - sums[row, first]) / (stop - first)
    found: list[list[Segment]] = [[] for _ in range(rows)]
    for at, *stretch in zip(row.tolist(), first.tolist(), stop.tolist(), means.tolist(), strict=True):
        found[at].append(Segment(*stretch))
    return found


def _find_best(inside: Numbers, opening: Numbers, closing: Numbers) -> NDArray[np.bool_]:
    """Whether each word belongs to the best stretches of each row; all [words, rows]."""
    words, rows = inside.shape
    stayed = np.zeros((words, rows), dtype=bool)  # best path into `inside here` comes from inside
    ended = np.zeros((words, rows), dtype=bool)  # best path into `outside here` comes from inside
    within = inside[0] + opening[0]
    without = np.zeros(rows, dtype=np.float32)
    for j in range(1, words):
        begun, gone = without + opening[j], within + closing[j - 1]
        np.greater(within, begun, out=stayed[j])
        np.greater(gone, without, out=ended[j])
        within, without = inside[j] + np.maximum(within, begun), np.maximum(without, gone)
    is_inside = within + closing[-1] > without
    belongs = np.zeros((words, rows), dtype=bool)
    for j in range(words - 1, -1, -1):
        belongs[j] = is_inside
        is_inside = np.where(is_inside, stayed[j], ended[j])
    return belongs
