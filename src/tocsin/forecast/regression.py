"""Logistic regression with a ridge penalty: the small model that many columns and few onsets allow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.forecast.history import Floats

#: Log odds beyond this are not told apart.
_MOST_ODDS = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A fitted regression.

    mean, spread  of the columns that it was taught on; an unknown value (NaN) stands at the mean
    weights       the constant first, then one for each standardised column
    """

    mean: Floats
    spread: Floats
    weights: Floats

    def scale(self, columns: Floats) -> Floats:
        """The columns standardised, behind one of ones: rows x (1 + columns)."""
        return np.column_stack([np.ones(len(columns)), np.nan_to_num((columns - self.mean) / self.spread)])

    def ask(self, columns: Floats) -> Floats:
        """The log odds of each row, without any offset."""
        odds: Floats = self.scale(columns) @ self.weights
        return np.clip(odds, -_MOST_ODDS, _MOST_ODDS)


def teach_regression(
    columns: Floats, happened: npt.NDArray[np.bool_], penalty: float, offset: Floats | None = None
) -> Regression:
    """The regression with the greatest penalised likelihood: rows x columns, rows.

    penalty  half of it times the sum of squared weights is taken off; the constant is free
    offset   rows: log odds that are known before; the regression says what is to be added to them
    """
    from scipy.optimize import minimize

    with np.errstate(invalid="ignore"):
        number = np.maximum((~np.isnan(columns)).sum(axis=0), 1)
        mean = np.nansum(columns, axis=0) / number
        spread = np.sqrt(np.nansum((columns - mean) ** 2, axis=0) / number)
    spread = np.where(spread > 1e-9, spread, 1.0)
    plain = Regression(mean, spread, np.zeros(columns.shape[1] + 1))
    known, truth = plain.scale(columns), happened.astype(np.float64)

    def lose(weights: Floats) -> tuple[float, Floats]:
        odds = known @ weights
        if offset is not None:
            odds = odds + offset
        held = np.concatenate([[0.0], weights[1:]])
        loss = np.logaddexp(0, odds).sum() - truth @ odds + penalty / 2 * held @ held
        return float(loss), known.T @ (1 / (1 + np.exp(-odds)) - truth) + penalty * held

    found = minimize(lose, plain.weights, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return Regression(mean, spread, found.x)
