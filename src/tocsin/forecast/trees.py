"""Boosted trees over all units together: for a ladder of counts, the chance that each is reached."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

from tocsin.errors import KnowledgeError
from tocsin.forecast.features import Bools, Features, Ints, ask_last, describe_history, draw_training
from tocsin.forecast.history import Floats, History
from tocsin.forecast.samples import cut_blocks, spread_evenly

#: The rungs: how likely is it that at least so many are counted? About even steps of the logarithm, and 25.
_RUNGS = (1, 2, 4, 8, 15, 25, 50, 100, 200, 400, 800, 1600, 3200, 6400)
#: Units with a mean of so many a period in the last year are at war, and these are their rungs, as shares of that mean.
_WAR = 60.0
_SHARES = (0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 5.0, 10.0)
#: A rung reached in fewer examples is left out.
_LEAST_REACHED = 30
#: Fewer examples than this teach nothing.
LEAST_ROWS = 300
# Every number here was chosen on country-months of the windows 2001-2011 alone; with 4 to 16 leaves and 80 to 200
# rounds the scores lay within one per cent. That wars need a ladder of their own was seen in later windows
# (docs/forecast.md).
_MOST_ROWS = 60_000
_ROUNDS = 200
_SETTINGS: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.03, "num_leaves": 8, "min_data_in_leaf": 100, "lambda_l2": 10.0,
    "feature_fraction": 0.4, "bagging_fraction": 0.5, "bagging_freq": 1, "max_bin": 63, "verbose": -1,
    "num_threads": 1, "deterministic": True, "force_row_wise": True,
}  # fmt: skip


def sample_trees(history: History, leads: Sequence[int], size: int, seed: int) -> Floats:
    """units x leads x size; NaN for a unit that was not observed in the last period.

    LightGBM (Ke and others, NeurIPS 2017) classifies, for each rung c of the ladder, whether the count reaches c; each
    lead is forecast directly, the lead being a column. The chances are made to fall along the ladder, and between two
    rungs counts are spread as all counts seen between them were. This is the CRPS taken apart: it is the integral of
    the Brier scores of all such questions (Hersbach, 2000). Learns from nothing later than the history's last period.
    All NaN where the history holds fewer than three hundred examples.
    """
    leads = tuple(leads)
    answer = np.full((len(history.units), len(leads), size), np.nan)
    if not history.counts.size:
        return answer
    features = describe_history(history)
    training = draw_training(history, features, leads, most=_MOST_ROWS, seed=seed)
    alive, asked = ask_last(history, features, leads)
    if len(training.outcomes) < LEAST_ROWS or not len(alive):
        return answer
    laid = climb_ladder(training.columns, training.outcomes, _RUNGS, asked, size, seed)
    answer[alive] = laid.reshape(len(alive), len(leads), size)
    units, wars = _sample_wars(history, features, leads, size, seed)
    beyond = features.level[units, -1] >= _find_reach(training.outcomes)
    pooled = spread_evenly(np.concatenate([answer[units], wars], axis=2), size)
    answer[units] = np.where(beyond[:, None, None], wars, pooled)
    return answer


def _find_reach(outcomes: Floats) -> float:
    """Half the highest rung with examples enough: of a war at a higher level the ladder has seen too little."""
    return max((rung for rung in _RUNGS if (outcomes >= rung).sum() >= _LEAST_REACHED), default=0) / 2


def _sample_wars(
    history: History, features: Features, leads: tuple[int, ...], size: int, seed: int
) -> tuple[Ints, Floats]:
    """The same ladder for units at war, of the count relative to the mean of the year before: which units, samples.

    Trees cannot say more than they have seen; this ladder tells a war by how wars go on from their own level, whatever
    that is. It is pooled half and half with the other, and stands alone where the level is beyond what that has seen.
    """
    training = draw_training(history, features, leads, most=_MOST_ROWS, seed=seed, among=features.level >= _WAR)
    alive, asked = ask_last(history, features, leads)
    level = features.level[alive, -1]
    if len(training.outcomes) < LEAST_ROWS or not (level >= _WAR).any():
        return np.zeros(0, dtype=np.intp), np.zeros((0, len(leads), size))
    rows = np.repeat(level >= _WAR, len(leads))
    scale = np.repeat(level, len(leads))[rows]
    laid = climb_ladder(training.columns, training.outcomes / training.level, _SHARES, asked[rows], size, seed)
    counts = np.rint(laid * scale[:, None])
    return alive[level >= _WAR], counts.reshape(-1, len(leads), size)


def climb_ladder(
    columns: Floats, outcomes: Floats, rungs: Sequence[float], asked: Floats, size: int, seed: int
) -> Floats:
    """Samples of the outcome of each asked row, taught by rows of columns with their outcomes: cases x size."""
    held = [rung for rung in rungs if (outcomes >= rung).sum() >= _LEAST_REACHED]
    chances = [ask_trees(columns, outcomes >= rung, asked, seed) for rung in held]
    if not held:
        return np.zeros((len(asked), size))
    return lay_out(np.minimum.accumulate(np.stack(chances)), held, outcomes, size)


def load_lightgbm() -> ModuleType:
    """The library that builds the trees; raises KnowledgeError where the machine lacks the OpenMP it was built with."""
    try:
        import lightgbm
    except OSError as why:
        remedy = "on Debian `apt-get install libgomp1` brings it"
        raise KnowledgeError("package", "lightgbm", f"cannot be loaded ({why}); {remedy}") from why
    return lightgbm


def ask_trees(columns: Floats, happened: Bools, asked: Floats, seed: int) -> Floats:
    """The chance of each asked row, taught by whether it happened in each row of columns."""
    lightgbm = load_lightgbm()
    taught = lightgbm.Dataset(columns, happened.astype(np.float64), params={"verbose": -1})
    trees = lightgbm.train(_SETTINGS | {"seed": seed}, taught, _ROUNDS)
    return np.asarray(trees.predict(asked), dtype=np.float64)


def lay_out(chances: Floats, rungs: Sequence[float], seen: Floats, size: int) -> Floats:
    """Samples of distributions given by P(count >= rung): rungs x cases, falling along the rungs -> cases x size.

    Below the first rung all is 0; between rungs stand the counts of `seen` that lie there, evenly.
    """
    ordered, laid = np.sort(seen), np.zeros((chances.shape[1], size))
    for block in cut_blocks(len(laid)):
        laid[block] = _lay_out_block(chances[:, block], rungs, ordered, size)
    return laid


def _lay_out_block(chances: Floats, rungs: Sequence[float], ordered: Floats, size: int) -> Floats:
    laid = np.zeros((chances.shape[1], size))
    level = ((np.arange(size) + 0.5) / size)[None, :]
    ends = [*rungs[1:], np.inf]
    for n, (rung, end) in enumerate(zip(rungs, ends, strict=True)):
        between = ordered[np.searchsorted(ordered, rung) : np.searchsorted(ordered, end)]
        between = between if len(between) else np.array([float(rung)])
        begin = 1 - chances[n][:, None]
        width = chances[n][:, None] - (chances[n + 1][:, None] if n + 1 < len(rungs) else 0.0)
        within = np.clip((level - begin) / np.maximum(width, 1e-12), 0, 1 - 1e-9)
        laid = np.where(level >= begin, between[(within * len(between)).astype(np.intp)], laid)
    return laid
