"""News beside a history: what was reported of its units, in the same periods, as far as anybody was listening."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.errors import RecordError
from tocsin.forecast.features import Bools, sum_past
from tocsin.forecast.history import Floats, History
from tocsin.forecast.periods import YEAR, Period

#: What is told apart. words: demands, accusations, refusals; pressure: threats, protests, sanctions, mobilisations;
#: force: coercion and assaults; announced: hostile acts planned or on a condition, which are none yet.
SERIES = ("words", "pressure", "force", "announced", "cooperative")
#: Those that are hostile acts said to have happened.
HOSTILE = ("words", "pressure", "force")

#: The last month, quarter and half-year; the same in weeks.
SPANS: Mapping[Period, tuple[int, ...]] = {"month": (1, 3, 6), "week": (4, 13, 26)}
#: About the weight of one hostile act: a ratio of small sums must not leap at the first of them.
_ONE_ACT = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """Weights of reported incidents, by place and period.

    places  the key of each row: gazetteer ids, or after `align_news` the units of a history
    first   number of the first period
    sums    series to rows x periods: intensities added up, 0 or more; NaN where nobody was listening, never 0 then

    Each incident stands in the period of its first report, not of its day: what nobody had published at an origin must
    not be seen from there.
    """

    places: tuple[str, ...]
    period: Period
    first: int
    sums: Mapping[str, Floats]

    def __post_init__(self) -> None:
        if tuple(self.sums) != SERIES:
            raise RecordError("news", ", ".join(self.sums), f"must have the series {', '.join(SERIES)}")
        if len(set(self.places)) != len(self.places):
            raise RecordError("news", len(self.places), "has a place twice")
        heard = self.heard
        for name, values in self.sums.items():
            if values.ndim != 2 or values.shape != heard.shape or len(values) != len(self.places):
                raise RecordError(
                    f"news: {name}", values.shape, f"must have a row for each of {len(self.places)} places"
                )
            if not np.array_equal(~np.isnan(values), heard):
                raise RecordError(f"news: {name}", "gaps", "must be those of the other series")
            if bool((values[heard] < 0).any()) or bool(np.isinf(values).any()):
                raise RecordError(f"news: {name}", "sum", "must be 0 or more, and have an end")

    @property
    def heard(self) -> Bools:
        """Rows x periods: where anybody was listening."""
        return ~np.isnan(self.sums[SERIES[0]])


def align_news(news: News, history: History, places: Mapping[str, str]) -> News:
    """The news in the rows and periods of a history; what it says after the history's end is left out.

    places  unit to the key of its news. A unit without one, or whose place is not in the news, was not heard of.
    Raises RecordError where the two are told by periods of another length.
    """
    if news.period != history.period:
        raise RecordError("news", news.period, f"must be told by {history.period}, as the history is")
    at = {place: row for row, place in enumerate(news.places)}
    width = history.counts.shape[1]
    shift = news.first - history.first
    length = news.heard.shape[1]
    begin, end = max(0, shift), min(width, shift + length)
    sums = {}
    for name, values in news.sums.items():
        laid = np.full((len(history.units), width), np.nan)
        for row, unit in enumerate(history.units):
            found = at.get(places.get(unit.id, ""))
            if found is not None and begin < end:
                laid[row, begin:end] = values[found, begin - shift : end - shift]
        sums[name] = laid
    return News(tuple(unit.id for unit in history.units), history.period, history.first, sums)


@dataclass(frozen=True, slots=True, eq=False)
class NewsFeatures:
    """Columns for each row and period; those of a period use no later one.

    values   rows x periods x names, float64
    names    of the columns: a series and a span in periods, with what is said of it
    is_told  rows x periods: whether the period was heard, and half of the last year with it
    """

    values: Floats
    names: tuple[str, ...]
    is_told: Bools


def describe_news(news: News) -> NewsFeatures:
    """How much was reported over several spans, set against each place's own year before the span.

    ratio    log((n + c) / (m + c)): n the sum of the span, m what the year before it would give for the periods heard,
             c about the weight of one act
    amount   log(1 + n / periods heard) over the longest span
    hostile  the hostile share of all over the longest span; one half where nothing was reported
    """
    heard = news.heard
    seen, spans, year = heard.astype(np.float64), SPANS[news.period], YEAR[news.period]
    sums = {name: np.nan_to_num(values) for name, values in news.sums.items()}
    columns: dict[str, Floats] = {}
    for name, values in sums.items():
        for span in spans:
            past, known = (_delay(sum_past(v, year), span) for v in (values, seen))
            usual = past / np.maximum(known, 1.0) * sum_past(seen, span)
            ratio = np.log((sum_past(values, span) + _ONE_ACT) / (usual + _ONE_ACT))
            columns[f"{name} ratio {span}"] = np.where(known > 0, ratio, 0.0)
    longest = spans[-1]
    number = np.maximum(sum_past(seen, longest), 1.0)
    for name, values in sums.items():
        columns[f"{name} amount {longest}"] = np.log1p(sum_past(values, longest) / number)
    hostile = sum_past(np.sum([sums[name] for name in HOSTILE], axis=0), longest)
    friendly = sum_past(sums["cooperative"], longest)
    columns[f"hostile share {longest}"] = (hostile + _ONE_ACT) / (hostile + friendly + 2 * _ONE_ACT)
    is_told = heard & (sum_past(seen, year) >= year / 2)
    return NewsFeatures(np.stack(list(columns.values()), axis=2), tuple(columns), is_told)


def _delay(values: Floats, periods: int) -> npt.NDArray[np.float64]:
    late = np.zeros_like(values)
    late[:, periods:] = values[:, : values.shape[1] - periods]
    return late
