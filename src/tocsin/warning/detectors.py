"""Detectors: from a place's daily values to a score a day, larger the less the day looks like the days before.

All take a one-dimensional array of daily values (counts or weighted sums, none below zero; NaN: nobody was heard that
day) and give an array of the same length. A score is NaN where it is not defined: on a day that was not heard, and
where too few of the past days were. No score looks at a later day.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tocsin.warning.surprise import Floats, describe_past, measure_surprise, sum_windows

Bools = npt.NDArray[np.bool_]

#: Past days that EARS compares with. It asks for all of them; here two may be missing.
_EARS_DAYS, _EARS_LEAST = 7, 5
#: C2 and C3 leave out so many days before today.
_EARS_GAP = 2


def score_tail(
    values: npt.ArrayLike,
    window: int,
    *,
    past: int = 84,
    least_past: int = 28,
    mean_floor: float = 0.5,
    dispersion_floor: float = 1.5,
) -> Floats:
    """-log10 P(X >= s) of the sum s of the `window` days that end today, X negative binomial with the past's moments.

    The `past` days end before the window, so that a burst does not hide itself. X has mean w m and variance w v, where
    m and v are the mean and variance of a past day and w the days of the window that were heard; `mean_floor` keeps
    w m, `dispersion_floor` v / m from below. Moments, not maximum likelihood, as in the quasi-Poisson of Farrington,
    Andrews, Beale and Catchpole (1996), J. R. Statist. Soc. A 159, 547-563, whose limit an exact tail replaces here.
    """
    series, heard = _read_series(values)
    _check_days(window=window, past=past, least_past=least_past)
    _check_floor(mean_floor=mean_floor)
    filled = np.where(heard, series, 0.0)
    number, mean, variance = describe_past(filled, heard, window, past)
    share = sum_windows(heard.astype(np.float64), window) / window
    surprise, _ = measure_surprise(
        sum_windows(filled, window), mean * share, variance * share, window, mean_floor, dispersion_floor
    )
    return _blank(surprise, heard & (number >= least_past))


def score_ratio(
    values: npt.ArrayLike, window: int, *, past: int = 84, least_past: int = 28, mean_floor: float = 0.5
) -> Floats:
    """How many times the past: the mean of the `window` days that end today over the mean of the `past` days before it.

    The ratio of Stroup, Williamson, Herndon and Karon (1989), Statistics in Medicine 8, 323-329 ("historical limits"),
    with daily values in place of months. The mean below the line is at least `mean_floor` (a day), so that a place
    where nothing happens does not ring at the first incident. Days not heard are left out above and below the line.
    """
    series, heard = _read_series(values)
    _check_days(window=window, past=past, least_past=least_past)
    _check_floor(mean_floor=mean_floor)
    filled = np.where(heard, series, 0.0)
    number, mean, _ = describe_past(filled, heard, window, past)
    days = np.maximum(sum_windows(heard.astype(np.float64), window), 1.0)
    return _blank(sum_windows(filled, window) / days / np.maximum(mean, mean_floor), heard & (number >= least_past))


def score_ewma(
    values: npt.ArrayLike,
    *,
    smoothing: float = 0.25,
    past: int = 84,
    gap: int = 7,
    least_past: int = 28,
    deviation_floor: float = 0.5,
) -> Floats:
    """How many of its own standard deviations the moving average z lies above the past.

    z_t = a x_t + (1 - a) z_(t-1), score (z_t - m_t) / (s_t sqrt(a / (2 - a))), a the `smoothing`: Roberts (1959,
    Technometrics 1, 239-250). The control chart's fixed mean and deviation are here m and s of the `past` days that end
    `gap` days before today; s is at least sqrt(m), a Poisson day's, and at least `deviation_floor`. z begins at the
    first value heard; a day not heard leaves it as it is.
    """
    series, heard = _read_series(values)
    if not 0 < smoothing <= 1:
        raise ValueError(f"smoothing: {smoothing!r}: must lie above 0 and be at most 1")
    mean, deviation, number = _describe_day(series, heard, past, gap, deviation_floor)
    average = _smooth(series, heard, smoothing)
    score = (average - mean) / (deviation * math.sqrt(smoothing / (2 - smoothing)))
    return _blank(score, heard & (number >= least_past))


def score_ewma_ratio(
    values: npt.ArrayLike,
    *,
    smoothing: float = 0.1,
    past: int = 84,
    gap: int = 7,
    least_past: int = 28,
    mean_floor: float = 0.5,
) -> Floats:
    """How many times the past the moving average z of `score_ewma` is: z over the mean of the `past` days before.

    The ratio of `score_ratio` with Roberts's weights in place of a window: of 0.1, half lies on the last week. The past
    ends `gap` days before today, and its mean is at least `mean_floor` a day.
    """
    series, heard = _read_series(values)
    if not 0 < smoothing <= 1:
        raise ValueError(f"smoothing: {smoothing!r}: must lie above 0 and be at most 1")
    _check_days(past=past, gap=gap, least_past=least_past)
    _check_floor(mean_floor=mean_floor)
    number, mean, _ = describe_past(np.where(heard, series, 0.0), heard, gap, past)
    score = _smooth(series, heard, smoothing) / np.maximum(mean, mean_floor)
    return _blank(score, heard & (number >= least_past))


def score_cusum(
    values: npt.ArrayLike,
    *,
    slack: float = 0.5,
    past: int = 84,
    gap: int = 7,
    least_past: int = 28,
    deviation_floor: float = 0.5,
    most: float = 4.0,
) -> Floats:
    """Deviations above the past, added up as long as they last.

    S_t = max(0, S_(t-1) + min(d_t, most) - slack), d_t = (x_t - m_t) / s_t: Page (1954, Biometrika 41, 100-115), with
    the deviations cut at `most` as in Lucas and Crosier (1982, Communications in Statistics A 11, 2669-2687), so that
    one day cannot hold the sum up for weeks. m and s as in `score_ewma`. A day not heard, or without a past, adds
    nothing.
    """
    series, heard = _read_series(values)
    mean, deviation, number = _describe_day(series, heard, past, gap, deviation_floor)
    known = heard & (number >= least_past)
    steps = np.where(known, np.minimum((np.where(heard, series, 0.0) - mean) / deviation, most) - slack, 0.0)
    # max(0, S + step) unrolled: the running sum above its own lowest point so far
    total = np.cumsum(steps)
    return _blank(total - np.minimum(np.minimum.accumulate(total), 0.0) if len(total) else total, known)


def score_ears_c1(values: npt.ArrayLike, *, deviation_floor: float = 0.5) -> Floats:
    """EARS C1: (x_t - m) / s over the 7 days before today. Usual threshold 3.

    Hutwagner, Thompson, Seeman and Treadwell (2003), The bioterrorism preparedness and response Early Aberration
    Reporting System, Journal of Urban Health 80 (suppl. 1), i89-i96. s is the sample deviation (n - 1), at least
    `deviation_floor`; at least 5 of the 7 days must have been heard.
    """
    return _score_ears(values, 0, deviation_floor)


def score_ears_c2(values: npt.ArrayLike, *, deviation_floor: float = 0.5) -> Floats:
    """EARS C2: as C1 over the 7 days that end 3 days before today, so that the two before it may rise too."""
    return _score_ears(values, _EARS_GAP, deviation_floor)


def score_ears_c3(values: npt.ArrayLike, *, deviation_floor: float = 0.5) -> Floats:
    """EARS C3: the sum of max(0, C2 - 1) over today and the two days before. Usual threshold 2.

    A day before without a C2 adds nothing; without one today there is no C3.
    """
    c2 = _score_ears(values, _EARS_GAP, deviation_floor)
    over = np.maximum(np.where(np.isnan(c2), 0.0, c2) - 1.0, 0.0)
    return _blank(sum_windows(over, 3), ~np.isnan(c2))


def find_crossings(scores: npt.ArrayLike, threshold: float) -> Bools:
    """The days whose score is at least `threshold`; a day without a score is none."""
    if math.isnan(threshold):
        raise ValueError("threshold: nan: must be a number")
    with np.errstate(invalid="ignore"):
        return np.asarray(np.asarray(scores, np.float64) >= threshold, np.bool_)


def _smooth(series: Floats, heard: Bools, smoothing: float) -> Floats:
    """The moving average of the days heard, from the first; NaN on the others."""
    average = np.full(len(series), np.nan)
    held = math.nan
    for at in np.flatnonzero(heard):
        held = series[at] if math.isnan(held) else smoothing * series[at] + (1 - smoothing) * held
        average[at] = held
    return average


def _score_ears(values: npt.ArrayLike, gap: int, deviation_floor: float) -> Floats:
    series, heard = _read_series(values)
    _check_floor(deviation_floor=deviation_floor)
    number, mean, variance = describe_past(np.where(heard, series, 0.0), heard, gap + 1, _EARS_DAYS)
    deviation = np.maximum(np.sqrt(variance), deviation_floor)
    return _blank((series - mean) / deviation, heard & (number >= _EARS_LEAST))


def _describe_day(
    series: Floats, heard: Bools, past: int, gap: int, deviation_floor: float
) -> tuple[Floats, Floats, Floats]:
    """Mean and deviation of the `past` days that end `gap` days before each day, and how many of them were heard."""
    _check_days(past=past, gap=gap)
    _check_floor(deviation_floor=deviation_floor)
    number, mean, variance = describe_past(np.where(heard, series, 0.0), heard, gap, past)
    return mean, np.maximum(np.sqrt(np.maximum(variance, mean)), deviation_floor), number


def _read_series(values: npt.ArrayLike) -> tuple[Floats, Bools]:
    """The values as an array, and which of them were heard; raises ValueError for what is no series of values."""
    series = np.asarray(values, np.float64)
    if series.ndim != 1:
        raise ValueError(f"series: {series.ndim} dimensions: must have one, a value a day")
    if np.isinf(series).any() or (series < 0).any():
        raise ValueError("series: infinite or below zero: daily values are counts or sums of weights")
    return series, ~np.isnan(series)


def _check_days(**days: int) -> None:
    for name, number in days.items():
        if number < 1:
            raise ValueError(f"{name}: {number!r}: must be at least 1 day")


def _check_floor(**floors: float) -> None:
    for name, floor in floors.items():
        if not floor > 0:
            raise ValueError(f"{name}: {floor!r}: must be above 0")


def _blank(scores: Floats, known: Bools) -> Floats:
    return np.where(known, scores, np.nan)
