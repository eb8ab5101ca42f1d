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
    rows, words = inside.shape
    stayed = np.zeros((words, rows), dtype=bool)  # best path into `inside here` comes from inside
    ended = np.zeros((words, rows), dtype=bool)  # best path into `outside here` comes from inside
    within = inside[:, 0] + opening[:, 0]
    without = np.zeros(rows, dtype=np.float32)
    for j in range(1, words):
        begun, gone = without + opening[:, j], within + closing[:, j - 1]
        stayed[j], ended[j] = within > begun, gone > without
        within, without = inside[:, j] + np.maximum(within, begun), np.maximum(without, gone)
    is_inside = within + closing[:, -1] > without
    belongs = np.zeros((words, rows), dtype=bool)
    for j in range(words - 1, -1, -1):
        belongs[j] = is_inside
        is_inside = np.where(is_inside, stayed[j], ended[j])
    return [_cut_runs(belongs[:, r], inside[r]) for r in range(rows)]


def _cut_runs(belongs: NDArray[np.bool_], inside: Numbers) -> list[Segment]:
    if not belongs.any():
        return []
    edges = np.flatnonzero(np.diff(np.concatenate(([False], belongs, [False]))))
    chances = (1 + np.tanh(inside.astype(np.float64) / 2)) / 2
    return [
        Segment(int(first), int(stop), float(chances[first:stop].mean()))
        for first, stop in zip(edges[::2], edges[1::2], strict=True)
    ]
