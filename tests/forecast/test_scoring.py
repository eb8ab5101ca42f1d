"""Scores against a peer's, and against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import RecordError
from tocsin.forecast.scoring import (
    compare_units,
    cover_outcomes,
    measure_spread,
    rank_chances,
    score_brier,
    score_crps,
    score_crps_log,
    tabulate_calibration,
    tabulate_ranks,
)

counts = st.floats(0, 5000, allow_nan=False)
forecasts = st.lists(counts, min_size=1, max_size=30)


@given(forecasts, counts)
def test_crps_is_that_of_the_peer(samples: list[float], outcome: float) -> None:
    ours = score_crps(np.array([samples]), np.array([outcome]))[0]
    theirs = scoringrules.crps_ensemble(outcome, np.array(samples), estimator="nrg")
    assert ours == pytest.approx(float(theirs), abs=1e-6)


@given(forecasts, counts)
def test_crps_is_the_area_between_the_distributions(samples: list[float], outcome: float) -> None:
    """The quadratic identity: the integral of (F(z) - 1{y <= z})^2, exact over the steps."""
    edges = np.sort(np.array([*samples, outcome]))
    cdf = np.searchsorted(np.sort(samples), edges[:-1], side="right") / len(samples)
    area = float((np.diff(edges) * (cdf - (edges[:-1] >= outcome)) ** 2).sum())
    assert score_crps(np.array([samples]), np.array([outcome]))[0] == pytest.approx(area, abs=1e-6)


def test_crps_of_a_certain_forecast_is_its_error() -> None:
    samples, outcomes = np.array([[3.0, 3.0], [0.0, 0.0]]), np.array([5.0, 0.0])
    np.testing.assert_allclose(score_crps(samples, outcomes), [2, 0])
    np.testing.assert_allclose(score_crps_log(samples, outcomes), [np.log(6 / 4), 0])


@given(forecasts)
def test_spread_is_the_mean_difference_of_all_pairs(samples: list[float]) -> None:
    x = np.array(samples)
    assert measure_spread(x[None])[0] == pytest.approx(np.abs(x[:, None] - x).mean(), abs=1e-6)


def test_an_interval_holds_its_share_and_its_ends() -> None:
    samples = np.repeat(np.arange(101.0)[None], 4, axis=0)
    np.testing.assert_array_equal(cover_outcomes(samples, np.array([5.0, 95, 4, 96]), 0.9), [True, True, False, False])


def test_chances_are_ranked_with_ties_half() -> None:
    happened = np.array([False, False, True, True])
    assert rank_chances(np.array([1.0, 2, 2, 3]), happened) == 0.875
    assert rank_chances(np.zeros(4), happened) == 0.5
    assert rank_chances(np.zeros(4), np.zeros(4, bool)) is None
    assert rank_chances(np.zeros(0), np.zeros(0, bool)) is None


def test_brier_and_calibration() -> None:
    chances, happened = np.array([0.0, 0.005, 0.3, 1.0]), np.array([False, True, False, True])
    assert score_brier(chances, happened) == pytest.approx((0 + 0.995**2 + 0.09 + 0) / 4)
    rows = tabulate_calibration(chances, happened)
    assert [(r.low, r.cases, r.came) for r in rows] == [(0.0, 2, 0.5), (0.2, 1, 0.0), (0.8, 1, 1.0)]
    assert sum(r.cases for r in rows) == len(chances)
    assert tabulate_calibration(np.zeros(0), np.zeros(0, bool)) == ()


def test_skill_is_told_unit_by_unit() -> None:
    units = compare_units(["a", "b", "a"], np.array([1.0, 5, 1]), np.array([2.0, 5, 2]))
    assert [(u.unit, u.cases, u.skill) for u in units] == [("a", 2, 0.5), ("b", 1, 0.0)]
    assert compare_units(["a"], np.array([0.0]), np.array([0.0]))[0].skill is None
    with pytest.raises(RecordError, match="as many"):
        compare_units(["a"], np.zeros(2), np.zeros(1))


def test_truths_drawn_from_their_forecasts_rank_evenly() -> None:
    dice = np.random.default_rng(7)
    mean = dice.gamma(1.0, 4.0, 4000)
    samples = dice.poisson(mean[:, None], (4000, 200)).astype(float)
    np.testing.assert_allclose(tabulate_ranks(samples, dice.poisson(mean).astype(float)), [0.1] * 10, atol=0.02)


def test_ranks_tell_narrow_forecasts_from_high_ones() -> None:
    dice = np.random.default_rng(7)
    truths = dice.poisson(20, 2000).astype(float)
    narrow = tabulate_ranks(np.tile(np.linspace(19, 21, 50), (2000, 1)), truths)
    assert narrow[0] > 0.3
    assert narrow[-1] > 0.3
    high = tabulate_ranks(np.full((2000, 50), 90.0), truths)
    assert high == (1.0, *[0.0] * 9)
    assert tabulate_ranks(np.full((5, 50), 0.0), np.full(5, 3.0)) == (*[0.0] * 9, 1.0)
    assert tabulate_ranks(np.zeros((0, 50)), np.zeros(0)) == ()


def test_a_truth_that_all_expected_spreads_over_the_whole() -> None:
    assert tabulate_ranks(np.zeros((4, 50)), np.zeros(4), bins=4) == pytest.approx([0.25] * 4)
