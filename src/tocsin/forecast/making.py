"""A history to the forecasts that are kept and shown, and why some are not made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tocsin.errors import RecordError
from tocsin.forecast.features import MANY
from tocsin.forecast.history import History
from tocsin.forecast.ledger import KEPT, Forecast
from tocsin.forecast.models import find_model, sample_models
from tocsin.forecast.periods import Period, end_period
from tocsin.forecast.samples import chance_of, spread_evenly

#: Observed periods that a unit needs before anything is said of it.
LEAST_HISTORY: dict[Period, int] = {"month": 24, "week": 52}
#: How far ahead at most.
MOST_HORIZON: dict[Period, int] = {"month": 36, "week": 26}


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a unit has no forecast by a model."""

    unit: str
    name: str
    model: str
    reason: str


def make_forecasts(
    history: History, *, made_on: date, horizon: int, models: Sequence[str] = ("mix", "conflictology"), seed: int = 1
) -> tuple[Forecast, ...]:
    """For each unit that is ready, each model and each lead 1..horizon a forecast, in that order.

    The same arguments give the same forecasts. What could not be forecast is absent; `explain_missing` says why.
    Raises RecordError for a horizon out of range or a history that is not over by `made_on` (its last period would be
    counted low), SettingError for an unknown model.
    """
    most = MOST_HORIZON[history.period]
    if not 1 <= horizon <= most:
        raise RecordError("horizon", horizon, f"must be 1 to {most} {history.period}s")
    for name in models:
        find_model(name)
    ready = [n for n in range(len(history.units)) if _why_unready(history, n) is None]
    if not ready:
        return ()
    if end_period(history.last, history.period) >= made_on:
        raise RecordError("history", history.label(history.last), f"is not over on {made_on}: leave that period out")
    leads = tuple(range(1, horizon + 1))
    sampled = sample_models(history, leads, models, seed=seed)
    kept = {name: (spread_evenly(s, KEPT), chance_of(s, 1.0), chance_of(s, MANY)) for name, s in sampled.items()}
    forecasts = []
    for n in ready:
        unit = history.units[n]
        for name, (quantiles, some, many) in kept.items():
            for at, lead in enumerate(leads):
                if np.isnan(quantiles[n, at, 0]):
                    continue
                forecasts.append(Forecast(
                    unit.id, unit.name, made_on, history.label(history.last), history.label(history.last + lead),
                    history.period, lead, history.measure, name, find_model(name).version,
                    tuple(float(q) for q in quantiles[n, at]), float(some[n, at]), float(many[n, at]),
                ))  # fmt: skip
    return tuple(forecasts)


def explain_missing(
    forecasts: Iterable[Forecast], history: History, models: Sequence[str] = ("mix", "conflictology")
) -> tuple[Missing, ...]:
    """For each unit and model without a forecast the reason, as a sentence's part for a screen."""
    made = {(f.unit, f.model) for f in forecasts}
    few = f"too few examples in the whole history to teach {{}}: {int(history.observed.sum())} observed periods"
    return tuple(
        Missing(unit.id, unit.name, model, _why_unready(history, n) or few.format(model))
        for n, unit in enumerate(history.units)
        for model in models
        if (unit.id, model) not in made
    )


def _why_unready(history: History, unit: int) -> str | None:
    seen, least = int(history.observed[unit].sum()), LEAST_HISTORY[history.period]
    if seen < least:
        return f"too little history: {seen} of {least} {history.period}s"
    if not history.observed[unit, -1]:
        return f"not observed in {history.label(history.last)}, the last {history.period} of the history"
    return None
