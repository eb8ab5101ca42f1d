"""The detectors against their definitions, written down a second time: day by day, in plain Python, from the papers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, stdev, variance

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom

from tocsin.warning.detectors import (
    score_cusum,
    score_ears_c1,
    score_ears_c2,
    score_ears_c3,
    score_ewma,
    score_ewma_ratio,
    score_ratio,
    score_tail,
)
from tocsin.warning.surprise import Floats

Days = Sequence[float]
#: Quiet days, days of war and days on which nobody was heard.
days = st.lists(
    st.one_of(st.integers(0, 12).map(float), st.integers(0, 20_000).map(float), st.just(math.nan)), max_size=70
)
spans = st.integers(1, 12)
shares = st.floats(0.05, 1.0)


def heard(values: Days) -> list[float]:
    return [v for v in values if not math.isnan(v)]


def look_back(values: Days, day: int, gap: int, past: int) -> list[float]:
    """The days heard among the `past` days that end `gap` days before a day."""
    return heard(values[max(0, day - gap - past + 1) : max(0, day - gap + 1)])


def spread(past: Sequence[float]) -> float:
    return variance(past) if len(past) > 1 else 0.0


def agree(found: Floats, expected: Sequence[float]) -> None:
    assert [float(v) for v in found] == pytest.approx(list(expected), rel=1e-6, abs=1e-6, nan_ok=True)


def define_ears(values: Days, gap: int, floor: float) -> list[float]:
    """C1 compares with days t-7 to t-1, C2 with t-9 to t-3 (Hutwagner and others 2003, and Fricker 2010)."""
    told = []
    for day, value in enumerate(values):
        past = look_back(values, day, gap, 7)
        is_known = not math.isnan(value) and len(past) >= 5
        told.append((value - fmean(past)) / max(stdev(past), floor) if is_known else math.nan)
    return told


@given(days, st.floats(0.1, 3))
def test_ears_c1_to_c3_are_as_their_papers_say(values: Days, floor: float) -> None:
    agree(score_ears_c1(values, deviation_floor=floor), define_ears(values, 1, floor))
    c2 = define_ears(values, 3, floor)
    agree(score_ears_c2(values, deviation_floor=floor), c2)
    over = [0.0 if math.isnan(v) else max(0.0, v - 1) for v in c2]
    c3 = [math.nan if math.isnan(v) else sum(over[max(0, day - 2) : day + 1]) for day, v in enumerate(c2)]
    agree(score_ears_c3(values, deviation_floor=floor), c3)


def define_day(values: Days, day: int, gap: int, past: int, floor: float) -> tuple[float, float, int]:
    held = look_back(values, day, gap, past)
    mean = fmean(held) if held else 0.0
    return mean, max(math.sqrt(max(spread(held), mean)), floor), len(held)


@given(days, shares, spans, spans, spans, st.floats(0.1, 3))
def test_the_ewma_is_roberts_in_the_limits_of_its_own_past(
    values: Days, smoothing: float, past: int, gap: int, least: int, floor: float
) -> None:
    plain, ratio, average = [], [], math.nan
    for day, value in enumerate(values):
        mean, deviation, number = define_day(values, day, gap, past, floor)
        if math.isnan(value):
            plain.append(math.nan)
            ratio.append(math.nan)
            continue
        average = value if math.isnan(average) else average + smoothing * (value - average)
        is_known = number >= least
        limit = deviation * math.sqrt(smoothing / (2 - smoothing))
        plain.append((average - mean) / limit if is_known else math.nan)
        ratio.append(average / max(mean, floor) if is_known else math.nan)
    agree(score_ewma(values, smoothing=smoothing, past=past, gap=gap, least_past=least, deviation_floor=floor), plain)
    agree(score_ewma_ratio(values, smoothing=smoothing, past=past, gap=gap, least_past=least, mean_floor=floor), ratio)


@given(days, st.floats(0, 2), spans, spans, spans, st.floats(0.1, 3), st.floats(1, 6))
def test_the_cusum_is_pages_with_cut_deviations(
    values: Days, slack: float, past: int, gap: int, least: int, floor: float, most: float
) -> None:
    told, held = [], 0.0
    for day, value in enumerate(values):
        mean, deviation, number = define_day(values, day, gap, past, floor)
        if math.isnan(value) or number < least:
            told.append(math.nan)
            continue
        held = max(0.0, held + min((value - mean) / deviation, most) - slack)
        told.append(held)
    agree(
        score_cusum(values, slack=slack, past=past, gap=gap, least_past=least, deviation_floor=floor, most=most), told
    )


@settings(max_examples=60)
@given(days, st.sampled_from([3, 7]), st.integers(2, 40), st.integers(2, 9), st.floats(0.1, 3), st.floats(1.05, 4))
def test_the_tail_is_scipys_and_the_ratio_a_quotient_of_means(
    values: Days, window: int, past: int, least: int, floor: float, dispersion: float
) -> None:
    tails, ratios = [], []
    for day, value in enumerate(values):
        before = look_back(values, day, window, past)
        now = heard(values[max(0, day - window + 1) : day + 1])
        if math.isnan(value) or len(before) < least:
            tails.append(math.nan)
            ratios.append(math.nan)
            continue
        ratios.append(fmean(now) / max(fmean(before), floor))
        mean = max(fmean(before) * len(now), floor)
        ratio = max(spread(before) * len(now), dispersion * mean) / mean
        # P(X >= s) with the size and success rate of scipy; below 1e-99 tails are not told apart
        told = nbinom.logsf(sum(now) - 1, mean / (ratio - 1), 1 / ratio) / math.log(10)
        tails.append(min(max(-told, 0.0), 99.0) + 0.0)
    agree(score_ratio(values, window, past=past, least_past=least, mean_floor=floor), ratios)
    found = score_tail(values, window, past=past, least_past=least, mean_floor=floor, dispersion_floor=dispersion)
    assert [float(v) for v in found] == pytest.approx(tails, rel=1e-4, abs=1e-4, nan_ok=True)


def test_a_week_of_war_long_ago_does_not_blur_the_quiet_since() -> None:
    """Running sums of squares lose what is small beside what was large: it must not show in the figures."""
    quiet = [1.0, 0, 2, 0, 1, 3, 0] * 20
    for scorer in (score_ears_c1, score_cusum, score_ewma):
        after = np.asarray(scorer([800_000.0] * 7 + quiet))[-14:]
        assert after.tolist() == pytest.approx(np.asarray(scorer([0.0] * 7 + quiet))[-14:].tolist(), rel=1e-3, abs=1e-3)
