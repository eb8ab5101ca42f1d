"""The forecasts that were made, kept, and scored when the truth arrives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

import numpy as np

from tocsin.forecast.features import MANY
from tocsin.forecast.history import Floats, History, Measure
from tocsin.forecast.periods import Period, read_period
from tocsin.forecast.scoring import score_crps, score_crps_log

#: How many evenly laid quantiles a kept forecast has: the i-th lies at (i + 1/2) / 50.
KEPT = 50


@dataclass(frozen=True, slots=True)
class NewsPart:
    """One column of the news as it stood at the origin, and what it added to the log odds of an onset.

    series, kind  see `news.SERIES` and `news.describe_news`
    span          in periods
    value         as the column has it: of a ratio its logarithm
    """

    series: str
    kind: str
    span: int
    value: float
    added: float


#: Why the news has a part ("helped") or history alone stands, in words; the number is that of `NewsBasis`.
NewsRule = Literal["helped", "no-gain", "few-onsets", "not-listening", "not-quiet"]
NEWS_RULES: Mapping[NewsRule, str] = {
    "helped": "on the last third of the past, which it had not seen, the news made the log loss {:g} % lower",
    "no-gain": "on the last third of the past the news did not make the chances of an onset better",
    "few-onsets": "{:g} onsets began while the desk was listening, too few to learn from",
    "not-listening": "the desk was not listening there in the last period, or for half of the last year",
    "not-quiet": "it was not quiet over the last year, or the history has too few onsets to teach",
}


@dataclass(frozen=True, slots=True)
class NewsBasis:
    """Whether the desk's news has a part in a forecast, and which.

    rule           what showed that it helps, or why history alone stands; `number` is what the rule counts, or None
    onset          the count whose chance is told of, 1 or 25; None where the news has no part
    alone, chance  that chance by history alone, and with the news
    parts          what moved the log odds most, the strongest first; `rest` what all else moved them by
    """

    rule: NewsRule
    number: float | None = None
    onset: int | None = None
    alone: float | None = None
    chance: float | None = None
    parts: tuple[NewsPart, ...] = ()
    rest: float = 0.0

    @property
    def is_used(self) -> bool:
        """Whether the news has a part."""
        return self.rule == "helped"

    def __str__(self) -> str:
        return NEWS_RULES[self.rule].format(self.number)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one model said of one unit and one period.

    made_on    the day it was made
    known_to   the last period that was known: "2026-02" or "2026-W09"
    target     the period it speaks of, `lead` periods later
    quantiles  50 counts, rising: the i-th is the quantile at (i + 1/2) / 50
    p1, p25    chances of at least 1 and of at least 25
    news       what the desk's news has to do with it; None where none was given
    """

    unit: str
    name: str
    made_on: date
    known_to: str
    target: str
    period: Period
    lead: int
    measure: Measure
    model: str
    version: str
    quantiles: tuple[float, ...]
    p1: float
    p25: float
    news: NewsBasis | None = None

    @property
    def median(self) -> float:
        """The middle of the distribution."""
        return self.read_quantile(0.5)

    def read_quantile(self, level: float) -> float:
        """The kept quantile nearest to `level` from below, 0 < level < 1."""
        return self.quantiles[min(len(self.quantiles) - 1, int(level * len(self.quantiles)))]


class ForecastKey(NamedTuple):
    """What makes a forecast unique: made again from the same knowledge, the later one replaces it."""

    unit: str
    measure: str
    model: str
    known_to: str
    target: str


def key_forecast(forecast: Forecast) -> ForecastKey:
    """The key that a store may hold a forecast under."""
    return ForecastKey(forecast.unit, forecast.measure, forecast.model, forecast.known_to, forecast.target)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A forecast beside the truth.

    error           median minus truth: above 0 too high
    inside80        whether the central 80 % interval, ends included, held the truth
    brier1, brier25 squared errors of p1 and p25
    """

    forecast: Forecast
    truth: float
    error: float
    crps: float
    crps_log: float
    inside80: bool
    brier1: float
    brier25: float


def score_past(forecasts: Iterable[Forecast], history: History) -> tuple[Outcome, ...]:
    """The forecasts whose truth the history holds, scored, in the order given; the others are still open.

    A forecast of another measure, another length of period or a unit the history does not have is left open too.
    """
    at = {unit.id: n for n, unit in enumerate(history.units)}
    columns: dict[str, Floats] = {}
    held, truths = [], []
    for forecast in forecasts:
        if forecast.measure != history.measure or forecast.period != history.period or forecast.unit not in at:
            continue
        if forecast.target not in columns:
            columns[forecast.target] = history.column(read_period(forecast.target, forecast.period))
        truth = float(columns[forecast.target][at[forecast.unit]])
        if not np.isnan(truth):
            held.append(forecast)
            truths.append(truth)
    if not held:
        return ()
    samples, outcomes = np.array([f.quantiles for f in held]), np.array(truths)
    scores = zip(score_crps(samples, outcomes).tolist(), score_crps_log(samples, outcomes).tolist(), strict=True)
    return tuple(
        _score_one(forecast, truth, crps, crps_log)
        for forecast, truth, (crps, crps_log) in zip(held, truths, scores, strict=True)
    )


def _score_one(forecast: Forecast, truth: float, crps: float, crps_log: float) -> Outcome:
    return Outcome(
        forecast,
        truth,
        error=forecast.median - truth,
        crps=crps,
        crps_log=crps_log,
        inside80=forecast.read_quantile(0.1) <= truth <= forecast.read_quantile(0.9),
        brier1=(forecast.p1 - (truth > 0)) ** 2,
        brier25=(forecast.p25 - (truth >= MANY)) ** 2,
    )


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How a model's newest scored forecasts of one unit turned out.

    number       how many are summed up
    mean_error   median minus truth, mean: above 0 too high
    coverage80   share of truths inside the central 80 % interval
    """

    unit: str
    name: str
    measure: Measure
    model: str
    number: int
    mean_error: float
    mean_absolute_error: float
    crps: float
    crps_log: float
    coverage80: float
    brier1: float
    brier25: float

    def __str__(self) -> str:
        return (
            f"its last {self.number} forecasts: mean error {self.mean_error:+.1f}, coverage of the 80 % interval "
            f"{self.coverage80:.0%}, Brier {self.brier1:.3f}"
        )


def sum_track_records(outcomes: Iterable[Outcome], *, newest: int = 12) -> tuple[TrackRecord, ...]:
    """One record for each unit, measure and model, over its `newest` scored forecasts (by target, then by origin)."""
    groups: dict[tuple[str, str, str], list[Outcome]] = {}
    for outcome in outcomes:
        f = outcome.forecast
        groups.setdefault((f.unit, f.measure, f.model), []).append(outcome)
    records = []
    for key in sorted(groups):
        held = sorted(groups[key], key=lambda o: (o.forecast.target, o.forecast.known_to))[-newest:]
        newest_one = held[-1].forecast
        errors = np.array([o.error for o in held])
        means = np.mean([(o.crps, o.crps_log, o.inside80, o.brier1, o.brier25) for o in held], axis=0)
        crps, crps_log, coverage, brier1, brier25 = (float(v) for v in means)
        records.append(TrackRecord(
            newest_one.unit, newest_one.name, newest_one.measure, newest_one.model, len(held), float(errors.mean()),
            float(np.abs(errors).mean()), crps, crps_log, coverage, brier1, brier25,
        ))  # fmt: skip
    return tuple(records)
