"""Invented histories (EXERCISE): places with known ways of being peaceful, at war, or neither."""

from __future__ import annotations

from typing import Any

import numpy as np

from tocsin.forecast.history import History, Unit
from tocsin.forecast.periods import Period, read_period

JANUARY = read_period("2001-01", "month")


def make_history(*rows: Any, period: Period = "month", first: int | None = None, measure: Any = "deaths") -> History:
    """A history of the given rows of counts; None is a gap."""
    counts = np.array([[np.nan if v is None else float(v) for v in row] for row in rows]).reshape(len(rows), -1)
    units = tuple(Unit(f"orle-{n}", f"Orle {n}") for n in range(len(rows)))
    start = first if first is not None else JANUARY if period == "month" else read_period("2001-W01", "week")
    return History(units, period, start, counts, measure)


def draw_history(units: int = 20, periods: int = 72, seed: int = 7, period: Period = "month") -> History:
    """Units from quiet to warlike, whose violence comes and goes slowly."""
    dice = np.random.default_rng(seed)
    heat = dice.normal(-2, 2, (units, 1)) + np.cumsum(dice.normal(0, 0.35, (units, periods)), axis=1)
    return make_history(*dice.poisson(np.exp(np.clip(heat, -8, 6))), period=period)
