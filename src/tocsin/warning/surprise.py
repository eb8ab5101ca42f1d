"""How unlikely a sum is against a place's own past: the tail of a negative binomial."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Tails below this are not told apart.
_LEAST_TAIL = 1e-99


def sum_windows(values: Floats, days: int) -> Floats:
    """For each day the sum of the `days` values that end on it; fewer at the beginning."""
    total: Floats = np.cumsum(values, axis=-1)
    sums = total.copy()
    sums[..., days:] -= total[..., :-days]
    return sums


def describe_past(
    values: Floats, heard: npt.NDArray[np.bool_], window: int, past: int
) -> tuple[Floats, Floats, Floats]:
    """Of the `past` days that end before each day's window: how many were heard, their mean and their variance.

    Days on which nobody was heard are left out: they say nothing, and zero would be a false quiet.
    """
    counts = heard.astype(np.float64)
    kept = values * counts
    number, total, squares = (_delay(sum_windows(v, past), window) for v in (counts, kept, kept * kept))
    safe = np.maximum(number, 1.0)
    mean = total / safe
    # the unbiased estimate; rounding may leave a hair below zero
    variance = np.maximum(squares - safe * mean * mean, 0.0) / np.maximum(number - 1, 1.0)
    return number, mean, variance


def measure_surprise(
    level: Floats, mean: Floats, variance: Floats, window: int, mean_floor: float, dispersion_floor: float
) -> tuple[Floats, Floats]:
    """-log10 P(X >= level) for X negative binomial with the moments of `window` independent days, and its mean.

    Method of moments: with mean m and variance v > m the size is r = m^2 / (v - m) and the success rate m / v, so that
    P(X >= k) = I(1 - m/v; k, r), the regularised incomplete beta function, which also serves the fractional sums that
    weights make (for whole k it equals the usual tail). `mean_floor` keeps m, `dispersion_floor` v / m from below.
    """
    from scipy.special import betainc

    expected = np.maximum(mean * window, mean_floor)
    spread = np.maximum(variance * window, dispersion_floor * expected)
    size = expected * expected / (spread - expected)
    positive = np.maximum(level, 1e-9)
    tail = np.where(level > 0, betainc(positive, size, 1 - expected / spread), 1.0)
    return np.maximum(-np.log10(np.maximum(tail, _LEAST_TAIL)), 0.0), expected


def _delay(values: Floats, days: int) -> Floats:
    """The values so many days later, zeros before them."""
    late = np.zeros_like(values)
    late[..., days:] = values[..., :-days]
    return late
