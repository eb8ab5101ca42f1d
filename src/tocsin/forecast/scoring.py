"""How good a forecast was: proper scores, calibration, discrimination, and skill unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tocsin.errors import RecordError
from tocsin.forecast.history import Floats

Bools = npt.NDArray[np.bool_]


def measure_spread(samples: Floats) -> Floats:
    """E|X - X'| of two independent draws from each row of samples: cases x size -> cases.

    Gini's mean difference of the empirical distribution: 2 / n^2 sum_i (2i - n + 1) x_(i), i from 0.
    """
    size = samples.shape[-1]
    rank = 2 * np.arange(size) - size + 1
    spread: Floats = 2 * (np.sort(samples, axis=-1) * rank).sum(axis=-1) / size**2
    return spread


def score_crps(samples: Floats, outcomes: Floats) -> Floats:
    """Continuous ranked probability score of each case, in counts, lower is better: cases x size, cases -> cases.

    E|X - y| - 1/2 E|X - X'| of the empirical distribution (Gneiting and Raftery, JASA 2007), which equals the integral
    of (F(z) - 1{y <= z})^2.
    """
    crps: Floats = np.abs(samples - outcomes[:, None]).mean(axis=1) - measure_spread(samples) / 2
    return crps


def score_crps_log(samples: Floats, outcomes: Floats) -> Floats:
    """The CRPS of log(1 + count): a few wars do not carry it. Shapes as `score_crps`."""
    return score_crps(np.log1p(samples), np.log1p(outcomes))


def cover_outcomes(samples: Floats, outcomes: Floats, share: float) -> Bools:
    """Whether each outcome lies in the central interval that holds `share` of the distribution (ends included).

    Counts are discrete, so that an honest interval holds more outcomes than its name says.
    """
    miss = (1 - share) / 2
    low, high = np.quantile(samples, miss, axis=1), np.quantile(samples, 1 - miss, axis=1)
    inside: Bools = (outcomes >= low) & (outcomes <= high)
    return inside


def score_brier(chances: Floats, happened: Bools) -> float:
    """Mean squared error of probabilities (Brier, 1950): 0 is perfect, 1 worst; NaN without cases."""
    return float(np.mean((chances - happened) ** 2)) if len(chances) else float("nan")


def rank_chances(chances: Floats, happened: Bools) -> float | None:
    """Area under the ROC curve: how often a case that came was given more than one that did not, ties half.

    None where all or none came. By ranks (Mann and Whitney, 1947).
    """
    from scipy.stats import rankdata

    came = int(happened.sum())
    if came in (0, len(happened)):
        return None
    ranks = rankdata(chances)
    return float((ranks[happened].sum() - came * (came + 1) / 2) / (came * (len(happened) - came)))


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """One bin of probabilities: how many cases, what was said on average, how often it came."""

    low: float
    high: float
    cases: int
    said: float
    came: float


#: Bins grow with the probability: most risks of onset are small.
_EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)


def tabulate_calibration(chances: Floats, happened: Bools) -> tuple[CalibrationRow, ...]:
    """The calibration table of probabilities: bins that hold cases, the lower end included (the last has both)."""
    rows = []
    for low, high in pairwise(_EDGES):
        held = (chances >= low) & ((chances < high) | (high == 1.0))
        if held.any():
            rows.append(
                CalibrationRow(low, high, int(held.sum()), float(chances[held].mean()), float(happened[held].mean()))
            )
    return tuple(rows)


def tabulate_ranks(samples: Floats, outcomes: Floats, bins: int = 10) -> tuple[float, ...]:
    """How the truths lie in their forecasts: for each of `bins` equal parts of the distribution the share of truths.

    Even where forecasts are honest; heaped at both ends where they are too narrow, in the middle where too wide. The
    non-randomised histogram of the probability integral transform for counts (Czado, Gneiting and Held, Biometrics
    2009): a truth y spreads evenly over F(y - 1) to F(y). samples: cases x size, outcomes: cases; empty without cases.
    """
    if not len(outcomes):
        return ()
    below, reached = ((compare(samples, outcomes[:, None])).mean(axis=1) for compare in (np.less, np.less_equal))
    edges = np.linspace(0, 1, bins + 1)
    # a truth that no sample equals has no room to spread over: it counts as a step at its place
    width = np.maximum(reached - below, 1e-9)
    start = np.minimum(below, 1 - 1e-9)
    spread = np.clip((edges[None, :] - start[:, None]) / width[:, None], 0, 1)
    spread[:, -1] = 1.0
    return tuple(float(share) for share in np.diff(spread, axis=1).mean(axis=0))


@dataclass(frozen=True, slots=True)
class UnitSkill:
    """A unit's mean score beside a peer's; skill is 1 - ours / theirs, None where theirs is 0."""

    unit: str
    cases: int
    ours: float
    theirs: float

    @property
    def skill(self) -> float | None:
        """1 perfect, 0 no better than the peer, below 0 worse; None where the peer made no error at all."""
        return 1 - self.ours / self.theirs if self.theirs > 0 else None


def compare_units(units: Sequence[str], ours: Floats, theirs: Floats) -> tuple[UnitSkill, ...]:
    """Skill unit by unit, because a few wars dominate a mean. Three rows of equal length: unit, score, peer's score."""
    if not len(units) == len(ours) == len(theirs):
        raise RecordError("scores", f"{len(units)}, {len(ours)}, {len(theirs)}", "must be as many as the units")
    names = np.asarray(units)
    skills = []
    for unit in dict.fromkeys(units):
        held = names == unit
        skills.append(UnitSkill(unit, int(held.sum()), float(ours[held].mean()), float(theirs[held].mean())))
    return tuple(skills)
