"""A history: what was counted, for each unit and period, as far as it was observed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from tocsin.errors import RecordError
from tocsin.forecast.periods import Period, label_period

Floats = npt.NDArray[np.float64]
#: What is counted. A history never mixes the two.
Measure = Literal["deaths", "deadly incidents"]

#: No history spans more periods than this: a mistyped year must not fill the memory.
_MOST_PERIODS = 12_000
#: And none has more cells: a column of row numbers taken for units must not fill it either.
_MOST_CELLS = 10_000_000


@dataclass(frozen=True, slots=True)
class CountRow:
    """One count of a unit in a period: `number` as `periods.number_period` gives it, `value` at least 0."""

    unit: str
    number: int
    value: float


@dataclass(frozen=True, slots=True)
class Unit:
    """What a row of a history is about: a country or an area.

    id       the key of its counts and forecasts
    name     for a screen
    country  ISO 3166-1 alpha-3 of the country that it is or lies in, or None: then nothing is known of its neighbours
    """

    id: str
    name: str
    country: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Counts of units (rows) in evenly spaced periods (columns).

    first    number of the first period
    counts   units x periods, float64, not writable; NaN where the unit did not exist or was not observed, never 0 then
    """

    units: tuple[Unit, ...]
    period: Period
    first: int
    counts: Floats
    measure: Measure

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or self.counts.shape[0] != len(self.units):
            raise RecordError("history", self.counts.shape, f"must have a row for each of {len(self.units)} units")
        if len({u.id for u in self.units}) != len(self.units):
            raise RecordError("history", len(self.units), "has a unit twice")
        with np.errstate(invalid="ignore"):
            if bool(((self.counts < 0) | np.isinf(self.counts)).any()):
                raise RecordError("history", self.measure, "has a count below 0 or without end")
        frozen = np.array(self.counts, dtype=np.float64)
        frozen.flags.writeable = False
        object.__setattr__(self, "counts", frozen)

    @property
    def last(self) -> int:
        """Number of the last period; `first - 1` where there is none."""
        return self.first + len(self.counts.T) - 1

    @property
    def observed(self) -> npt.NDArray[np.bool_]:
        """Units x periods: where there is a count."""
        return ~np.isnan(self.counts)

    def label(self, number: int) -> str:
        """A period as written, "2019-03" or "2019-W07"."""
        return label_period(number, self.period)

    def truncate(self, last: int) -> History:
        """What was known at the end of period `last`: later columns are gone, units not seen by then remain as NaN."""
        return replace(self, counts=self.counts[:, : max(0, last - self.first + 1)])

    def column(self, number: int) -> Floats:
        """The counts of one period, one a unit; NaN outside the history."""
        at = number - self.first
        if 0 <= at < self.counts.shape[1]:
            column: Floats = self.counts[:, at]
            return column
        return np.full(len(self.units), np.nan)

    def outcomes(self, origin: int, leads: Iterable[int]) -> Floats:
        """Units x leads: the counts so many periods after `origin`; NaN where they are not (yet) known."""
        return np.stack([self.column(origin + lead) for lead in leads], axis=1)


def build_history(
    rows: Iterable[CountRow], units: Mapping[str, Unit], *, period: Period, measure: Measure,
) -> History:  # fmt: skip
    """The history of long rows, from the first period named to the last; what no row names is a gap (NaN).

    Units stand in the order of their ids. Raises RecordError where a (unit, period) is named twice, a unit is not
    among `units`, a value is no count, or the periods lie absurdly far apart.
    """
    rows = list(rows)
    first = min((r.number for r in rows), default=0)
    length = max((r.number for r in rows), default=-1) - first + 1
    order = sorted({r.unit for r in rows})
    check_size(len(order), length, period)
    unknown = [name for name in order if name not in units]
    if unknown:
        raise RecordError("history", unknown[0], "is not among the units given")
    at = {name: n for n, name in enumerate(order)}
    counts = np.full((len(order), length), np.nan)
    for row in rows:
        cell = (at[row.unit], row.number - first)
        if not np.isnan(counts[cell]):
            raise RecordError("history", f"{row.unit} {label_period(row.number, period)}", "is counted twice")
        if not (0 <= row.value < np.inf):
            raise RecordError(
                "history", f"{row.unit} {label_period(row.number, period)}", "must be a count of 0 or more"
            )
        counts[cell] = row.value
    return History(tuple(units[name] for name in order), period, first, counts, measure)


def check_size(units: int, periods: int, period: Period) -> None:
    """Raise RecordError where so many units and periods cannot be meant."""
    if periods > _MOST_PERIODS:
        raise RecordError("history", f"{periods} {period}s", f"is longer than {_MOST_PERIODS}: a date is wrong")
    if units * periods > _MOST_CELLS:
        raise RecordError("history", f"{units} units, {periods} {period}s", "is too large: what is taken for a unit?")
