"""The hurdle negative binomial: whether anybody dies, and how many if so, each from the unit's own recent past."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tocsin.forecast.history import Floats, History
from tocsin.forecast.periods import YEAR
from tocsin.forecast.samples import repeat_leads

#: The past that counts, in years, and how many periods the mean of all units weighs beside it.
_YEARS = 3
_PRIOR = 4.0


def sample_hurdle(history: History, leads: Sequence[int], size: int, _seed: int) -> Floats:
    """units x leads x size, whole counts; NaN for a unit that was not observed in the last period.

    Hurdle model of Mullahy (Journal of Econometrics, 1986): P(Y > 0) = p, and Y - 1 given Y > 0 negative binomial with
    mean m and variance v by moments (size m^2 / (v - m); Poisson-like where v <= m). p, m and v / m lean on the mean of
    all units with the weight of four periods, so that a unit without deaths still has a chance of some.
    """
    from scipy.stats import nbinom

    recent = history.counts[:, -_YEARS * YEAR[history.period] :]
    answer = np.full((len(history.units), size), np.nan)
    alive = ~np.isnan(history.column(history.last))
    if not alive.any():
        return repeat_leads(answer, len(leads))
    seen = ~np.isnan(recent)
    number, deadly = seen.sum(axis=1), np.nan_to_num(recent) > 0
    above = np.where(deadly, np.nan_to_num(recent) - 1, 0.0)
    shared_chance = deadly.sum() / max(1, seen.sum())
    chance = (deadly.sum(axis=1) + _PRIOR * shared_chance) / (number + _PRIOR)
    shared_mean = float(above.sum() / max(1, deadly.sum()))
    mean = (above.sum(axis=1) + _PRIOR * _tame(shared_mean)) / (deadly.sum(axis=1) + _PRIOR)
    squares = (np.where(deadly, above - mean[:, None], 0.0) ** 2).sum(axis=1)
    variance = (squares + _PRIOR * mean * (1 + mean)) / (deadly.sum(axis=1) + _PRIOR)
    # the floors keep the quantiles defined where every deadly period had one death
    mean = np.maximum(mean, 1e-6)
    shape = np.maximum(mean**2 / np.maximum(variance - mean, 1e-3 * mean), 1e-3)
    levels = (np.arange(size) + 0.5) / size
    for n in np.flatnonzero(alive):
        over = (levels - (1 - chance[n])) / max(chance[n], 1e-12)
        drawn = nbinom.ppf(np.clip(over, 0.0, 1 - 1e-9), shape[n], shape[n] / (shape[n] + mean[n]))
        answer[n] = np.where(over > 0, 1 + np.maximum(drawn, 0.0), 0.0)
    return repeat_leads(answer, len(leads))


def _tame(mean: float) -> float:
    """The mean that units share, in the middle between nothing and the wars' on the scale of logarithms."""
    return float(np.expm1(np.log1p(mean) / 2))
