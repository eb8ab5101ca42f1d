"""A history to the forecasts that are kept and shown, and why some are not made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tocsin.errors import RecordError
from tocsin.forecast.features import MANY
from tocsin.forecast.history import Floats, History
from tocsin.forecast.ledger import KEPT, Forecast
from tocsin.forecast.models import Step, find_model, rate_both, sample_models, say_nothing
from tocsin.forecast.news import News
from tocsin.forecast.news_telling import NEWS_MODEL, NEWS_VERSION, NewsTold, tell_news
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
    history: History,
    *,
    made_on: date,
    horizon: int,
    models: Sequence[str] = ("mix", "conflictology"),
    seed: int = 1,
    news: News | None = None,
    step: Step = say_nothing,
) -> tuple[Forecast, ...]:
    """For each unit that is ready, each model and each lead 1..horizon a forecast, in that order.

    With `news` (aligned to the history, `news.align_news`) and the mix among the models, quiet units of which the news
    has something to say are forecast by "mix with news" as well; the others' forecasts by the mix say why not. Those of
    the models asked for are the same with and without news.

    `step` is told of each part before it is made. The same arguments give the same forecasts. What could not be
    forecast is absent; `explain_missing` says why.
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
    sampled, told = _sample(history, leads, models, seed, news, step)
    kept = {name: (spread_evenly(s, KEPT), chance_of(s, 1.0), chance_of(s, MANY)) for name, s in sampled.items()}
    forecasts = []
    for n in ready:
        unit = history.units[n]
        for name, (quantiles, some, many) in kept.items():
            for at, lead in enumerate(leads):
                if np.isnan(quantiles[n, at, 0]):
                    continue
                # of the two forecasts of a unit one says what the news did: the one that speaks for it
                speaks = told is not None and name == (NEWS_MODEL if told.speaks[n] else "mix")
                forecasts.append(Forecast(
                    unit.id, unit.name, made_on, history.label(history.last), history.label(history.last + lead),
                    history.period, lead, history.measure, name,
                    NEWS_VERSION if name == NEWS_MODEL else find_model(name).version,
                    tuple(float(q) for q in quantiles[n, at]), float(some[n, at]), float(many[n, at]),
                    told.basis(n, at) if told is not None and speaks else None,
                ))  # fmt: skip
    return tuple(forecasts)


def _sample(
    history: History, leads: tuple[int, ...], models: Sequence[str], seed: int, news: News | None, step: Step
) -> tuple[dict[str, Floats], NewsTold | None]:
    """The samples of each model, of the mix with news too where it says something; and what the news says."""
    if news is None or "mix" not in models:
        return sample_models(history, leads, models, seed=seed, step=step), None
    step("risks of onset")
    chances = rate_both(history, leads, seed)
    sampled = sample_models(history, leads, models, seed=seed, chances=chances, step=step)
    step("what the news adds")
    told = tell_news(history, news, leads, chances, seed)
    return sampled | ({NEWS_MODEL: told.impose(sampled["mix"])} if told.speaks.any() else {}), told


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
