"""The mix of several forecasts: weights that would have scored best on past origins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.forecast.history import Floats
from tocsin.forecast.samples import cut_blocks, spread_evenly
from tocsin.forecast.scoring import measure_spread

#: Where there is no past origin to learn from. Chosen on country-months of the windows 2003-2011.
FIRST_WEIGHTS: Mapping[str, float] = {"fading": 0.4, "trees": 0.6}
#: How strongly weights are held to those: few past origins, and few wars among them, say little. Chosen likewise.
_PULL = 1.0
#: How few scored outcomes teach nothing.
_LEAST_CASES = 100


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one past origin teaches: each member's forecasts, and what came.

    samples  name to units x leads x size, of one size; outcomes  units x leads, NaN where not known at the time of
    learning
    """

    samples: Mapping[str, Floats]
    outcomes: Floats


def learn_weights(lessons: Sequence[Lesson], names: Sequence[str], pull: float = _PULL) -> dict[str, float]:
    """Weights (at least 0, together 1) with the least CRPS plus log1p CRPS, each relative to the first member's.

    The CRPS of a linear pool is a quadratic form in its weights, sum_i w_i E|X_i - y| - 1/2 sum_ij w_i w_j E|X_i - X_j|
    (from the kernel form of Gneiting and Raftery, JASA 2007), so that the minimum over the simplex is found exactly.
    `pull` times the squared distance from `FIRST_WEIGHTS` is added; they alone hold with fewer than a hundred outcomes.
    """
    from scipy.optimize import minimize

    parts = [_sum_parts(lesson, names) for lesson in lessons]
    held = np.array([FIRST_WEIGHTS.get(name, 0.0) for name in names])
    held = held / held.sum() if held.sum() else np.full(len(names), 1 / len(names))
    if sum(number for _, _, number in parts) < _LEAST_CASES:
        return {name: float(w) for name, w in zip(names, held, strict=True)}
    misses = np.sum([a for a, _, _ in parts], axis=0)
    spreads = np.sum([b for _, b, _ in parts], axis=0)
    first = misses[:, 0] - spreads[:, 0, 0] / 2
    first = np.where(first > 1e-9, first, 1.0)  # a peer without error is no measure
    miss, spread = (misses / first[:, None]).sum(axis=0), (spreads / first[:, None, None]).sum(axis=0)
    found = minimize(
        lambda w: w @ miss - w @ spread @ w / 2 + pull * (w - held) @ (w - held), held,
        jac=lambda w: miss - spread @ w + 2 * pull * (w - held),
        bounds=[(0, 1)] * len(names), constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, method="SLSQP",
        options={"ftol": 1e-10, "maxiter": 500},
    )  # fmt: skip
    weights = np.clip(found.x, 0, None)
    return {name: float(w) for name, w in zip(names, weights / weights.sum(), strict=True)}


def _sum_parts(lesson: Lesson, names: Sequence[str]) -> tuple[Floats, Floats, int]:
    """Over the scored cases: 2 x members of E|X - y|, 2 x members x members of E|X - X'|, and how many cases.

    The first of the two is of counts, the second of log(1 + count).
    """
    rows = [lesson.samples[name] for name in names]
    scored = ~np.isnan(lesson.outcomes) & np.all([~np.isnan(r[:, :, 0]) for r in rows], axis=0)
    truth = lesson.outcomes[scored]
    misses, spreads = np.zeros((2, len(names))), np.zeros((2, len(names), len(names)))
    if not len(truth):
        return misses, spreads, 0
    for scale in range(2):
        members = [np.log1p(r[scored]) if scale else r[scored] for r in rows]
        outcome = np.log1p(truth) if scale else truth
        own = [float(measure_spread(m).sum()) for m in members]
        for i, member in enumerate(members):
            misses[scale, i] = np.abs(member - outcome[:, None]).mean(axis=1).sum()
            spreads[scale, i, i] = own[i]
            for j in range(i):
                # E|P - P'| of two halves pooled holds the cross term twice
                both = float(measure_spread(np.concatenate([member, members[j]], axis=1)).sum())
                spreads[scale, i, j] = spreads[scale, j, i] = 2 * both - (own[i] + own[j]) / 2
    return misses, spreads, len(truth)


def pool_samples(samples: Mapping[str, Floats], weights: Mapping[str, float], size: int) -> Floats:
    """The linear pool: units x leads x size, from each member as many evenly laid samples as its weight allows.

    Where a member has no forecast (NaN) the others share its weight; NaN where none has one.
    """
    names = [name for name in weights if weights[name] > 0]
    first = samples[names[0]]
    pooled = np.full((*first.shape[:2], size), np.nan)
    share = np.array([weights[name] for name in names])
    for lead in range(first.shape[1]):
        for block in cut_blocks(first.shape[0]):
            pooled[block, lead] = _pool_block([samples[name][block, lead] for name in names], share, size)
    return pooled


def _pool_block(members: Sequence[Floats], share: Floats, size: int) -> Floats:
    """The same of some rows: members x rows x size of the member  ->  rows x size."""
    pooled = np.full((len(members[0]), size), np.nan)
    there = np.stack([~np.isnan(member[:, 0]) for member in members], axis=-1)
    for pattern in np.unique(there, axis=0):
        if not pattern.any():
            continue
        rows = (there == pattern).all(axis=-1)
        chosen = [member for member, present in zip(members, pattern, strict=True) if present]
        ends = np.rint(np.cumsum(share[pattern] / share[pattern].sum()) * size).astype(int)
        numbers = np.diff([0, *ends])
        pieces = [spread_evenly(member[rows], n) for member, n in zip(chosen, numbers, strict=True) if n > 0]
        pooled[rows] = np.sort(np.concatenate(pieces, axis=-1), axis=-1)
    return pooled
