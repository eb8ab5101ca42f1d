"""Drawings of calibration: inside their frame, honest about few cases, and true to the table beside them."""

from __future__ import annotations

import pytest

from tocsin.forecast.scoring import CalibrationRow
from tocsin.web.calibration import HEIGHT, WIDTH, draw_ranks, draw_reliability, estimate_interval

ROWS = (CalibrationRow(0.0, 0.01, 900, 0.002, 0.0), CalibrationRow(0.8, 1.0, 100, 0.9, 0.95))


def test_a_dot_lies_where_it_was_said_and_came_and_grows_with_its_cases() -> None:
    drawn = draw_reliability(ROWS, "EXERCISE")
    rare, sure = drawn.dots
    assert rare.x < sure.x
    assert rare.y > sure.y, "upwards is a smaller y"
    assert rare.radius > sure.radius
    line = drawn.begin[1] + (sure.x - drawn.begin[0]) * (drawn.end[1] - drawn.begin[1]) / (
        drawn.end[0] - drawn.begin[0]
    )
    assert sure.y < line, "it came more often than said"
    for dot in drawn.dots:
        assert dot.high <= dot.y <= dot.low
        assert 0 < dot.x < WIDTH
        assert 0 < dot.high <= dot.low < HEIGHT
    assert "said 0.900, came 0.950 of 100" in sure.label
    assert drawn.label.startswith("EXERCISE: chances said")


def test_few_cases_say_little() -> None:
    assert estimate_interval(0.0, 3)[1] > 0.4
    low, high = estimate_interval(0.5, 10_000)
    assert (low, high) == pytest.approx((0.4918, 0.5082), abs=1e-3)


def test_bars_stand_on_the_axis_and_even_ones_reach_the_line() -> None:
    drawn = draw_ranks([0.1] * 10, "EXERCISE")
    assert {y for _, y, *_ in drawn.bars} == {drawn.even}
    assert {y + height for _, y, _, height, _ in drawn.bars} == {drawn.ticks[0][0]}
    heaped = draw_ranks([0.9, 0.1], "EXERCISE")
    assert min(y for _, y, *_ in heaped.bars) > 0


def test_nothing_scored_draws_nothing() -> None:
    assert draw_reliability((), "EXERCISE").dots == ()
    assert draw_ranks((), "EXERCISE").bars == ()
