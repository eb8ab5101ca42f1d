"""The best set of stretches, against trying every set."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tocsin.reading.segments import Segment, find_segments

SCORES = st.floats(-8, 8, width=32, allow_subnormal=False)


def rate(belongs: np.ndarray, inside: np.ndarray, opening: np.ndarray, closing: np.ndarray) -> float:
    """What the stretches of words that belong add up to."""
    padded = np.concatenate(([False], belongs, [False]))
    begins, stops = padded[1:-1] & ~padded[:-2], padded[1:-1] & ~padded[2:]
    return float(inside[belongs].sum() + opening[begins].sum() + closing[stops].sum())


@st.composite
def problems(draw: st.DrawFn) -> np.ndarray:
    """Log-odds, costs to begin and costs to end: [3, rows, words]."""
    shape = (3, draw(st.integers(1, 3)), draw(st.integers(1, 9)))
    drawn = draw(arrays(np.float32, shape, elements=SCORES))
    return np.concatenate((drawn[:1], -np.abs(drawn[1:])))


@given(problems())
def test_no_other_stretches_score_higher(problem: np.ndarray) -> None:
    inside, opening, closing = problem
    words = inside.shape[1]
    choices = [np.array([bool(n >> i & 1) for i in range(words)]) for n in range(2**words)]
    for row, found in enumerate(find_segments(inside, opening, closing)):
        belongs = np.zeros(words, dtype=bool)
        for segment in found:
            belongs[segment.first : segment.stop] = True
        # stretches that touched would be one and would not have been told apart
        assert int((np.diff(np.concatenate(([0], belongs.astype(int), [0]))) == 1).sum()) == len(found)
        numbers = [part[row].astype(np.float64) for part in (inside, opening, closing)]
        best = max(rate(choice, *numbers) for choice in choices)
        assert rate(belongs, *numbers) == pytest.approx(best, abs=1e-3)


@given(problems())
def test_segments_are_in_order_with_their_mean_probability(problem: np.ndarray) -> None:
    inside = problem[0]
    for row, found in enumerate(find_segments(*problem)):
        stop = -1
        for segment in found:
            assert stop < segment.first < segment.stop <= inside.shape[1]
            stop = segment.stop
            odds = inside[row, segment.first : segment.stop].astype(np.float64)
            assert segment.score == pytest.approx((1 / (1 + np.exp(-odds))).mean())


def test_marks_cost_but_can_be_paid() -> None:
    inside = np.array([[3, 3, -1, 3, 3]], dtype=np.float32)
    free = np.zeros_like(inside)
    assert [(s.first, s.stop) for s in find_segments(inside, free, free)[0]] == [(0, 2), (3, 5)]
    dear = free.copy()
    dear[0, 3] = -2
    assert [(s.first, s.stop) for s in find_segments(inside, dear, free)[0]] == [(0, 5)]
    assert find_segments(inside, free - 99, free) == [[]]


def test_nothing_to_cut() -> None:
    nothing = np.zeros((0, 4), np.float32)
    assert find_segments(nothing, nothing, nothing) == []
    empty = np.zeros((2, 0), np.float32)
    assert find_segments(empty, empty, empty) == [[], []]
    one = np.ones((1, 1), np.float32)
    assert find_segments(one, one, one) == [[Segment(0, 1, pytest.approx(0.731, abs=1e-3))]]
