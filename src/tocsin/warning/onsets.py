"""Scores to onset alarms: first crossing, a least level, and a while of rest after each alarm."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tocsin.warning.detectors import (
    find_crossings,
    score_cusum,
    score_ears_c1,
    score_ears_c2,
    score_ears_c3,
    score_ewma,
    score_ewma_ratio,
    score_ratio,
    score_tail,
)
from tocsin.warning.surprise import Floats, sum_windows

if TYPE_CHECKING:
    from tocsin.knowledge.detectors import DetectorName, OnsetRule

Scorer = Callable[[npt.ArrayLike, "OnsetRule"], Floats]


def score_onsets(values: npt.ArrayLike, rule: OnsetRule) -> Floats:
    """The rule's score of each day of a place's daily values (NaN: nobody was heard)."""
    return SCORERS[rule.detector](values, rule)


def find_onsets(values: npt.ArrayLike, rule: OnsetRule) -> tuple[int, ...]:
    """The days (positions, ascending) on which a place's daily values make an onset alarm.

    A day hits if its score and its level reach the rule's. It rings if no alarm lies within `refractory_days` before it
    and at least `rearm_days` heard days without a hit lie between it and the hit before: a stretch of hits rings once.
    No alarm depends on a later day.
    """
    return pick_alarms(values, score_onsets(values, rule), rule)


def pick_alarms(values: npt.ArrayLike, scores: npt.ArrayLike, rule: OnsetRule) -> tuple[int, ...]:
    """As `find_onsets`, from scores that were made before."""
    series, found = np.asarray(values, np.float64), np.asarray(scores, np.float64)
    if series.shape != found.shape:
        raise ValueError(f"scores: {found.shape}: must have the shape of the values, {series.shape}")
    level = sum_windows(np.where(np.isnan(series), 0.0, series), rule.level_days)
    hits = find_crossings(found, rule.threshold) & (level >= rule.least_level)
    calm_days = np.cumsum(~np.isnan(found) & ~hits)
    alarms: list[int] = []
    calm_at_hit = -math.inf
    for day in np.flatnonzero(hits).tolist():
        is_rested = not alarms or day - alarms[-1] > rule.refractory_days
        if is_rested and calm_days[day] - calm_at_hit >= rule.rearm_days:
            alarms.append(day)
        calm_at_hit = calm_days[day]
    return tuple(alarms)


def _ratio(window: int) -> Scorer:
    return lambda values, rule: score_ratio(
        values, window, past=rule.past_days, least_past=rule.least_past_days, mean_floor=rule.mean_floor
    )


def _tail(window: int) -> Scorer:
    return lambda values, rule: score_tail(values, window, past=rule.past_days, least_past=rule.least_past_days)


SCORERS: Mapping[DetectorName, Scorer] = {
    "ratio-5": _ratio(5),
    "ratio-7": _ratio(7),
    "ewma-ratio": lambda values, rule: score_ewma_ratio(
        values, past=rule.past_days, least_past=rule.least_past_days, mean_floor=rule.mean_floor
    ),
    "tail-3": _tail(3),
    "tail-7": _tail(7),
    "ewma": lambda values, rule: score_ewma(values, past=rule.past_days, least_past=rule.least_past_days),
    "cusum": lambda values, rule: score_cusum(values, past=rule.past_days, least_past=rule.least_past_days),
    "ears-c1": lambda values, _: score_ears_c1(values),
    "ears-c2": lambda values, _: score_ears_c2(values),
    "ears-c3": lambda values, _: score_ears_c3(values),
}
