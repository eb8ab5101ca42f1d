"""The forecasts that any other has to beat: zero, the last value, all of the past, and its last year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tocsin.forecast.history import Floats, History
from tocsin.forecast.periods import YEAR
from tocsin.forecast.samples import repeat_leads, spread_observed


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


def _answer(history: History, rows: Floats, leads: Sequence[int]) -> Floats:
    rows = np.where(np.isnan(history.column(history.last))[:, None], np.nan, rows)
    return repeat_leads(rows, len(leads))
