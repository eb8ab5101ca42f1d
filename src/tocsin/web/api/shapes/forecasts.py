"""Forecasts, the histories behind them, and how earlier ones turned out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from typing_extensions import TypedDict


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A history without its counts; `first` and `last` are the periods that it reaches from and to."""

    name: str
    measure: str
    period: str
    level: str
    imported_at: datetime
    licence: str | None
    is_own: bool
    units: int
    first: str
    last: str


class NewsPartForm(TypedDict):
    """One column of the news (a ratio as its logarithm) and what it added to the log odds; `span` in periods."""

    series: str
    kind: str
    span: int
    value: float
    added: float


@dataclass(frozen=True, slots=True)
class NewsBasisForm:
    """Whether the desk's news has a part in a forecast, and which.

    rule           helped: it has; else why history alone stands; `why` is the same as a sentence's part
    onset          the count, 1 or 25, whose chance is told of
    alone, chance  that chance by history alone, and with the news
    parts          what moved the log odds most; `rest` what all else moved them by
    """

    rule: str
    why: str
    onset: int | None
    alone: float | None
    chance: float | None
    parts: list[NewsPartForm]
    rest: float


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """What is forecast of one period: counts at the median and the ends of the 50 % and 80 % ranges, and chances.

    p1, p25  chances of at least 1 and of at least 25
    news     what the desk's news has to do with it; null where none was given
    """

    target: str
    lead: int
    median: float
    low50: float
    high50: float
    low80: float
    high80: float
    p1: float
    p25: float
    news: NewsBasisForm | None


@dataclass(frozen=True, slots=True)
class RecordForm:
    """How a model's newest scored forecasts of a unit turned out; mean_error above 0 is too high."""

    model: str
    number: int
    mean_error: float
    mean_absolute_error: float
    crps: float
    crps_log: float
    coverage80: float
    brier1: float
    brier25: float


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """What lies ahead of one unit by one history, the next period first; `missing` says why nothing does.

    record        of past forecasts by history alone; given where a place is asked for, as are the next two
    with_news     of those made with the news as well; `without_news` of those by history alone for the same periods
    """

    history: str
    unit: str
    name: str
    place_id: str | None
    measure: str
    period: str
    known_to: str | None
    made_on: date | None
    model: str | None
    version: str | None
    ahead: list[ForecastPoint]
    missing: str | None
    record: RecordForm | None
    with_news: RecordForm | None
    without_news: RecordForm | None


@dataclass(frozen=True, slots=True)
class ForecastList:
    """All histories, and the forecasts of one of them or of one place.

    note  what the figures are not
    """

    histories: list[HistoryLine]
    forecasts: list[ForecastLine]
    note: str
