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
    # of the best paths that end inside and outside a stretch: what it costs to change sides at each word, and by how
    # much staying was better. One array for both, in place: a step is taken for each word, and making arrays is dear
    costs = np.stack((opening[1:], closing[:-1]), axis=1)
    better = np.empty((words - 1, 2, rows), dtype=np.float32)
    best = np.stack((inside[0] + opening[0], np.zeros(rows, dtype=np.float32)))
    within, swapped, changed = best[0], best[::-1], np.empty_like(best)
    for cost, lead, own in zip(costs, better, inside[1:], strict=True):
        np.add(swapped, cost, out=changed)
        np.subtract(best, changed, out=lead)
        np.maximum(best, changed, out=best)
        np.add(within, own, out=within)
    came_from_inside = better[:, 0] > 0, better[:, 1] < 0
    differ = came_from_inside[0] ^ came_from_inside[1]
    belongs = np.empty((words, rows), dtype=bool)
    np.greater(within + closing[-1], best[1], out=belongs[-1])
    for j in range(words - 2, -1, -1):
        np.bitwise_and(belongs[j + 1], differ[j], out=belongs[j])
        np.bitwise_xor(belongs[j], came_from_inside[1][j], out=belongs[j])
    return belongs
