"""Invented quiet places (EXERCISE) with news: pressure that swells before violence, or means nothing."""

from __future__ import annotations

import numpy as np

from tests.forecast.valdena import JANUARY, make_history
from tocsin.forecast.history import History
from tocsin.forecast.news import SERIES, News

#: The pressure of a month before an onset, and of any other.
BEFORE, USUALLY = 40.0, 4.0


def draw_quiet(units: int = 40, months: int = 96, seed: int = 3, *, is_telling: bool = True) -> tuple[History, News]:
    """Places with two deaths in single months a few years apart; the four months before them are full of pressure,
    or, where news does not tell, as many months by chance.
    """
    dice = np.random.default_rng(seed)
    deaths, pressure = np.zeros((units, months)), np.full((units, months), USUALLY)
    for unit in range(units):
        for onset in range(int(dice.integers(6, 30)), months, int(dice.integers(24, 40))):
            deaths[unit, onset] = 2.0
            until = onset if is_telling else int(dice.integers(4, months))
            pressure[unit, until - 4 : until] = BEFORE
    sums = {name: dice.poisson(1.0, deaths.shape) * 5.0 for name in SERIES}
    sums["pressure"] = dice.poisson(pressure / 4) * 4.0
    history = make_history(*deaths)
    return history, News(tuple(u.id for u in history.units), "month", JANUARY, sums)


def cut(news: News, until: int) -> News:
    """What was reported in the first `until` periods."""
    return News(news.places, news.period, news.first, {name: v[:, :until] for name, v in news.sums.items()})


def make_news(*rows: list[float | None], first: int = JANUARY, places: tuple[str, ...] = ()) -> News:
    """News whose series all have the same rows; None is a gap."""
    sums = np.array([[np.nan if v is None else float(v) for v in row] for row in rows]).reshape(len(rows), -1)
    names = places or tuple(f"orle-{n}" for n in range(len(rows)))
    return News(names, "month", first, {name: sums.copy() for name in SERIES})
