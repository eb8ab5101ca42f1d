from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from tocsin.warning.surprise import describe_past, measure_surprise, sum_windows


@given(st.integers(1, 60), st.floats(0.2, 5), st.floats(1.1, 9))
def test_the_tail_is_scipys_negative_binomial(level: int, mean: float, ratio: float) -> None:
    window = 7
    surprise, expected = measure_surprise(
        np.array([float(level)]), np.array([mean]), np.array([mean * ratio]), window, 0.01, 1.01
    )
    size = (mean * window) ** 2 / (mean * window * (ratio - 1))
    tail = nbinom.sf(level - 1, size, 1 / ratio)
    assert expected[0] == pytest.approx(mean * window)
    assert surprise[0] == pytest.approx(-math.log10(tail), rel=1e-6, abs=1e-9)


def test_nothing_is_never_surprising_and_more_is_more_so() -> None:
    level = np.array([0.0, 3.5, 9.0, 18.0, 27.0, 1e6])
    past = np.full(6, 0.1)
    surprise, _ = measure_surprise(level, past, past, 7, 0.5, 8.0)
    assert surprise[0] == 0
    assert (np.diff(surprise) > 0).all()
    assert np.isfinite(surprise).all()


def test_a_silent_past_is_held_up_by_the_floor() -> None:
    zero = np.zeros(1)
    surprise, expected = measure_surprise(np.array([9.0]), zero, zero, 7, 0.5, 8.0)
    assert expected[0] == 0.5
    tail = nbinom.sf(8, 0.5**2 / (8 * 0.5 - 0.5), 1 / 8)
    assert surprise[0] == pytest.approx(-math.log10(tail))


def test_windows_sum_what_is_there() -> None:
    assert sum_windows(np.array([1.0, 2.0, 3.0, 4.0]), 3).tolist() == [1, 3, 6, 9]


def test_the_past_ends_before_the_window_and_leaves_unheard_days_out() -> None:
    values = np.array([4.0, 99.0, 2.0, 7.0, 7.0, 0.0])
    heard = np.array([True, False, True, True, True, True])
    number, mean, variance = describe_past(values, heard, window=2, past=3)
    assert number.tolist() == [0, 0, 1, 1, 2, 2]
    assert mean[5] == pytest.approx(np.mean([2.0, 7.0]))
    assert variance[5] == pytest.approx(np.var([2.0, 7.0], ddof=1))
    assert mean[4] == pytest.approx(3.0)
