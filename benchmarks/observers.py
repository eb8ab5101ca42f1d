"""What a planted world's counts can tell at all: an observer taught by other worlds, with the news and without it.

A build-up that nobody has reported yet cannot be seen by anybody, so that the truth of the build-up is no bound for a
detector. An observer that has learnt from whole worlds, with their answers, comes near to what the counts hold; beside
it the same observer who sees the violence alone shows what news adds to a forecast from own history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tocsin.warning.surprise import sum_windows

Floats = npt.NDArray[np.float64]
#: Days that are set against the year before.
_SPANS = (14, 28, 56, 91)
_YEAR = 364
_RIDGE = 5.0


def look_back(counts: Mapping[str, Floats], heard: npt.NDArray[np.bool_], kinds: Sequence[str]) -> Floats:
    """places x days x columns: each kind alone and all together, over several spans against the year before each.

    A column is log((n + 1) / (m + 1)): n what was counted, m what the past's mean would give for the days heard.
    """
    days_heard = heard.astype(np.float64)
    series = [counts[kind] for kind in kinds]
    columns = []
    for values in [*series, sum(series, np.zeros_like(days_heard))] if len(series) > 1 else series:
        for span in _SPANS:
            before, known = (_delay(sum_windows(v, _YEAR), span) for v in (values, days_heard))
            usual = before / np.maximum(known, 1.0) * sum_windows(days_heard, span)
            columns.append(np.log((sum_windows(values, span) + 1) / (usual + 1)))
    return np.stack(columns, axis=-1)


def teach_observer(columns: Floats, truth: npt.NDArray[np.bool_]) -> Floats:
    """Weights of a ridge logistic regression on standardised columns, the first the constant; rows x columns."""
    from scipy.optimize import minimize

    known, happened = _widen(columns, columns), truth.astype(np.float64)

    def lose(weights: Floats) -> tuple[float, Floats]:
        odds, held = known @ weights, np.concatenate([[0.0], weights[1:]])
        loss = np.logaddexp(0, odds).sum() - happened @ odds + _RIDGE * held @ held
        return float(loss), known.T @ (1 / (1 + np.exp(-odds)) - happened) + 2 * _RIDGE * held

    weights: Floats = minimize(lose, np.zeros(known.shape[1]), jac=True, method="L-BFGS-B").x
    return weights


def ask_observer(weights: Floats, taught: Floats, asked: Floats) -> Floats:
    """The log odds of each asked row; `taught` are the rows that the observer learnt from."""
    odds: Floats = _widen(taught, asked) @ weights
    return odds


def _widen(taught: Floats, asked: Floats) -> Floats:
    spread = np.maximum(taught.std(axis=0), 1e-9)
    return np.column_stack([np.ones(len(asked)), (asked - taught.mean(axis=0)) / spread])


def _delay(values: Floats, days: int) -> Floats:
    late = np.zeros_like(values)
    late[..., days:] = values[..., :-days]
    return late
