"""What a unit's own counts say without a fit: zero, the last value, all of the past, its last year, the fading past."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tocsin.forecast.history import Floats, History
from tocsin.forecast.periods import YEAR
from tocsin.forecast.samples import repeat_leads, spread_observed

#: How far back the fading past goes: what is older weighs nothing.
_FADING_YEARS = 4


def sample_zero(history: History, leads: Sequence[int], size: int, _seed: int) -> Floats:
    """Nothing will happen. units x leads x size; NaN for a unit that was not observed in the last period."""
    return _answer(history, np.zeros((len(history.units), size)), leads)


def sample_last(history: History, leads: Sequence[int], size: int, _seed: int) -> Floats:
    """The last period again (the "no-change" forecast). Shapes as `sample_zero`."""
    return _answer(history, np.repeat(history.column(history.last)[:, None], size, axis=1), leads)


def sample_climatology(history: History, leads: Sequence[int], size: int, _seed: int) -> Floats:
    """All that the unit has ever seen, each period as likely. Shapes as `sample_zero`."""
    return _answer(history, spread_observed(history.counts, size), leads)


def sample_conflictology(history: History, leads: Sequence[int], size: int, _seed: int) -> Floats:
    """The unit's last twelve months (fifty-two weeks), each as likely. Shapes as `sample_zero`.

    The benchmark "conflictology" of the VIEWS 2023/24 prediction challenge (Hegre and others, 2025), there with the
    last twelve months as the samples. Of fewer observed periods those there are.
    """
    return _answer(history, spread_observed(history.counts[:, -YEAR[history.period] :], size), leads)


def sample_fading(history: History, leads: Sequence[int], size: int, _seed: int) -> Floats:
    """The last four years, a period half as likely as one a quarter of a year later. Shapes as `sample_zero`.

    Conflictology whose past fades in place of ending, as weights fade in exponential smoothing (Brown 1959). Span and
    half-life were chosen on country-months of the windows 2003-2011.
    """
    quarter, span = YEAR[history.period] / 4, _FADING_YEARS * YEAR[history.period]
    recent = history.counts[:, -span:]
    weights = 0.5 ** (np.arange(recent.shape[1])[::-1] / quarter)
    levels = (np.arange(size) + 0.5) / size
    rows = np.full((len(history.units), size), np.nan)
    for n, row in enumerate(recent):
        seen = ~np.isnan(row)
        if seen.any():
            order = np.argsort(row[seen], kind="stable")
            reached = np.cumsum(weights[seen][order])
            # the inverse of the weighted distribution function; rounding may leave its end a hair below 1
            at = np.minimum(np.searchsorted(reached / reached[-1], levels), len(order) - 1)
            rows[n] = row[seen][order][at]
    return _answer(history, rows, leads)


def _answer(history: History, rows: Floats, leads: Sequence[int]) -> Floats:
    rows = np.where(np.isnan(history.column(history.last))[:, None], np.nan, rows)
    return repeat_leads(rows, len(leads))
