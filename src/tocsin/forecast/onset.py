"""The risk that a quiet place does not stay quiet: the first death among the peaceful, 25 among the quiet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tocsin.forecast.features import MANY, ask_last, describe_history, draw_training
from tocsin.forecast.history import Floats, History
from tocsin.forecast.regression import teach_regression
from tocsin.forecast.samples import spread_evenly
from tocsin.forecast.trees import LEAST_ROWS, ask_trees

# Chosen on country-months of the windows 2001-2011 alone.
PENALTY = 50.0
_MOST_ROWS = 60_000
#: Fewer onsets than this teach nothing.
_LEAST_ONSETS = 20


def rate_onsets(history: History, leads: Sequence[int], least: float, seed: int) -> Floats:
    """P(count >= `least`) for the units whose last year had no period that bad; units x leads.

    NaN for the other units, for those not observed in the last period, and everywhere where the history holds fewer
    than twenty such onsets. The mean, on the scale of log odds, of boosted trees and of a ridge logistic regression,
    both taught by quiet origins alone.
    """
    leads = tuple(leads)
    answer = np.full((len(history.units), len(leads)), np.nan)
    if not history.counts.size:
        return answer
    features = describe_history(history)
    training = draw_training(history, features, leads, most=_MOST_ROWS, seed=seed, among=features.worst < least)
    alive, asked = ask_last(history, features, leads)
    happened = training.outcomes >= least
    if len(happened) < LEAST_ROWS or happened.sum() < _LEAST_ONSETS or not len(alive):
        return answer
    chances = np.clip(ask_trees(training.columns, happened, asked, seed), 1e-9, 1 - 1e-9)
    odds = (np.log(chances / (1 - chances)) + teach_regression(training.columns, happened, PENALTY).ask(asked)) / 2
    answer[alive] = (1 / (1 + np.exp(-odds))).reshape(len(alive), len(leads))
    answer[features.worst[:, -1] >= least] = np.nan
    return answer


def impose_chances(samples: Floats, some: Floats, many: Floats) -> Floats:
    """The samples (units x leads x size) with P(>= 1) = `some` and P(>= 25) = `many` (units x leads; NaN: as it is).

    Three classes (none, some, many) get new weights; within each the samples stay as they are. A class of a quiet unit
    that is empty takes the samples that quiet units together have in it.
    """
    quiet = ~np.isnan(some) | ~np.isnan(many)
    pool = samples[quiet]
    donors = [np.zeros(1), _take_class(pool, 1, MANY, 1.0), _take_class(pool, MANY, np.inf, MANY)]
    changed = samples.copy()
    for unit, lead in np.argwhere(quiet & ~np.isnan(samples[:, :, 0])):
        changed[unit, lead] = _reweigh(samples[unit, lead], some[unit, lead], many[unit, lead], donors)
    return changed


def _take_class(pool: Floats, low: float, high: float, default: float) -> Floats:
    found = np.sort(pool[(pool >= low) & (pool < high)])
    return spread_evenly(found, min(len(found), 200)) if len(found) else np.array([default])


def _reweigh(row: Floats, some: float, many: float, donors: Sequence[Floats]) -> Floats:
    size = len(row)
    classes = [row[row < 1], row[(row >= 1) & (row < MANY)], row[row >= MANY]]
    share = [len(c) / size for c in classes]
    top = share[2] if np.isnan(many) else many
    if np.isnan(some):  # a unit with some deaths: the other two classes share what is left as they did
        rest = share[0] + share[1]
        some = top + (1 - top) * (share[1] / rest if rest > 0 else 1.0)
    top = min(top, some)
    ends = np.rint(np.cumsum([1 - some, some - top]) * size).astype(int)
    numbers = np.diff([0, *ends, size])
    return np.concatenate([
        spread_evenly(own if len(own) else donor, n)
        for own, donor, n in zip(classes, donors, numbers, strict=True)
        if n > 0
    ])  # fmt: skip
