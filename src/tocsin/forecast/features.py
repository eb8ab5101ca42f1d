"""What the past of a unit looks like from a given period: the columns that trees and regressions learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.forecast.history import Floats, History
from tocsin.forecast.periods import SPANS, YEAR
from tocsin.forecast.surroundings import map_neighbours

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]

_LAGS = 6
#: "Never", as a number of periods.
_NEVER = 999.0
#: Deaths that make a period a bad one; the same as the onset that is forecast.
MANY = 25.0


@dataclass(frozen=True, slots=True)
class Features:
    """Columns for each unit and period; those of a period use no later one.

    values  units x periods x names, float64; NaN where unknown
    names   of the columns
    worst   units x periods: the greatest count of the year that ends with the period
    level   units x periods: the mean count of that year
    """

    values: Floats
    names: tuple[str, ...]
    worst: Floats
    level: Floats


def describe_history(history: History) -> Features:
    """The features of every unit at every period of a history that has at least one of each.

    Lags, means of log(1 + count) and of counts over several spans, shares of deadly and of bad periods, time since the
    last of each, trend, and the same of the neighbours, where countries are known.
    """
    counts, seen = np.nan_to_num(history.counts), history.observed
    logs, spans, year = np.log1p(counts), SPANS[history.period], YEAR[history.period]
    everything = counts.shape[1]
    columns: dict[str, Floats] = {f"lag{k}": _lag(np.log1p(history.counts), k) for k in range(_LAGS)}
    for name, span in [*((str(s), s) for s in spans), ("all", everything)]:
        number = np.maximum(sum_past(seen.astype(np.float64), span), 1.0)
        columns[f"log_mean_{name}"] = sum_past(logs, span) / number
        columns[f"mean_log_{name}"] = np.log1p(sum_past(counts, span) / number)
        if name == "all" or span >= year:
            columns[f"share_deadly_{name}"] = sum_past((counts > 0).astype(np.float64), span) / number
            columns[f"share_many_{name}"] = sum_past((counts >= MANY).astype(np.float64), span) / number
    columns["since_deadly"] = np.log1p(count_since(counts > 0))
    columns["since_many"] = np.log1p(count_since(counts >= MANY))
    worst = _greatest(counts, year)
    columns["worst_year"] = np.log1p(worst)
    columns["worst_longest"] = np.log1p(_greatest(counts, spans[-1]))
    columns["age"] = np.log1p(sum_past(seen.astype(np.float64), everything))
    columns["trend"] = columns[f"log_mean_{spans[0]}"] - columns[f"log_mean_{year}"]
    for half_life in (year / 2, 2.0 * year):
        columns[f"faded_{half_life:g}"] = _fade(logs, seen, half_life)
    columns |= _look_around(history, columns, seen, year, spans[-1])
    level = np.expm1(columns[f"mean_log_{year}"])
    return Features(np.stack(list(columns.values()), axis=2), tuple(columns), worst, level)


def _look_around(
    history: History, columns: dict[str, Floats], seen: Bools, year: int, longest: int
) -> dict[str, Floats]:
    neighbours, sizes = map_neighbours(history)
    number = neighbours @ seen.astype(np.float64)
    around: dict[str, Floats] = {}
    for span in (year, longest):
        for kind in ("log_mean", "share_deadly"):
            total = neighbours @ (columns[f"{kind}_{span}"] * seen)
            around[f"near_{kind}_{span}"] = np.where(number > 0, total / np.maximum(number, 1.0), np.nan)
    for n, name in enumerate(("population", "area")):
        around[name] = np.repeat(sizes[:, n : n + 1], seen.shape[1], axis=1)
    return around


def sum_past(values: Floats, span: int) -> Floats:
    """For each period the sum of the `span` values that end with it; rows x periods, fewer at the beginning."""
    total = np.concatenate([np.zeros((values.shape[0], 1)), np.cumsum(values, axis=1)], axis=1)
    ends = np.arange(1, values.shape[1] + 1)
    sums: Floats = total[:, ends] - total[:, np.maximum(ends - span, 0)]
    return sums


def count_since(marks: Bools) -> Floats:
    """For each period how many have passed since the last marked one: 0 on it, 999 before the first."""
    at = np.where(marks, np.arange(marks.shape[1]), -1)
    newest = np.maximum.accumulate(at, axis=1)
    return np.where(newest < 0, _NEVER, np.arange(marks.shape[1]) - newest)


def _lag(values: Floats, periods: int) -> Floats:
    lagged = np.full(values.shape, np.nan)
    lagged[:, periods:] = values[:, : values.shape[1] - periods]
    return lagged


def _greatest(values: Floats, span: int) -> Floats:
    padded = np.concatenate([np.zeros((values.shape[0], span - 1)), values], axis=1)
    greatest: Floats = np.lib.stride_tricks.sliding_window_view(padded, span, axis=1).max(axis=2)
    return greatest


def _fade(values: Floats, seen: Bools, half_life: float) -> Floats:
    """Mean of the observed past in which a period weighs half as much as one that is `half_life` later."""
    keep = 0.5 ** (1 / half_life)
    faded = np.zeros(values.shape)
    total, weight = np.zeros(values.shape[0]), np.zeros(values.shape[0])
    for t in range(values.shape[1]):
        total, weight = keep * total + values[:, t], keep * weight + seen[:, t]
        faded[:, t] = total / np.maximum(weight, 1e-9)
    return faded


@dataclass(frozen=True, slots=True)
class Training:
    """Rows to learn from, none with an outcome later than the history's end.

    columns  rows x (names + lead); outcomes  rows; level  rows: the mean count of the year before
    unit, origin, lead  rows: which unit (row of the history), from which period (column), how far ahead
    """

    columns: Floats
    outcomes: Floats
    level: Floats
    unit: Ints
    origin: Ints
    lead: Ints


def draw_training(
    history: History, features: Features, leads: tuple[int, ...], *, most: int, seed: int, among: Bools | None = None
) -> Training:
    """At most `most` (unit, origin, lead) triples, drawn evenly, whose outcome is known in the history.

    Origins start after two years, where the features mean something. `among` (units x periods) says which origins may
    be drawn; None: all.
    """
    counts = history.counts
    start = min(2 * YEAR[history.period], counts.shape[1] // 3)
    unit, origin = np.nonzero(history.observed if among is None else history.observed & among)
    unit, origin = unit[origin >= start], origin[origin >= start]
    lead_of = np.repeat(np.asarray(leads, dtype=np.intp), len(unit))
    unit, origin = np.tile(unit, len(leads)), np.tile(origin, len(leads))
    known = origin + lead_of < counts.shape[1]
    unit, origin, lead_of = unit[known], origin[known], lead_of[known]
    seen = ~np.isnan(counts[unit, origin + lead_of])
    unit, origin, lead_of = unit[seen], origin[seen], lead_of[seen]
    if len(unit) > most:
        chosen = np.sort(np.random.default_rng(seed).choice(len(unit), most, replace=False))
        unit, origin, lead_of = unit[chosen], origin[chosen], lead_of[chosen]
    columns = np.column_stack([features.values[unit, origin], lead_of])
    return Training(columns, counts[unit, origin + lead_of], features.level[unit, origin], unit, origin, lead_of)


def ask_last(history: History, features: Features, leads: tuple[int, ...]) -> tuple[Ints, Floats]:
    """The units observed in the last period, and their columns for each lead, unit by unit: (units * leads) x names."""
    alive = np.flatnonzero(history.observed[:, -1])
    columns = np.repeat(features.values[alive, -1], len(leads), axis=0)
    return alive, np.column_stack([columns, np.tile(np.asarray(leads, dtype=np.float64), len(alive))])
