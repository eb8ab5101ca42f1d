"""Answers to the benchmark of onset detection: from a table of dated incidents to alarms for each area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from tocsin.errors import IntakeError
from tocsin.knowledge.detectors import load_detector_weights
from tocsin.settings import Settings
from tocsin.warning.onsets import find_onsets

Record = Mapping[str, Any]
Floats = npt.NDArray[np.float64]

#: What a row must hold, named as in UCDP GED: the area, the first day, how precise that day is, and the deaths.
DETECT_NEEDS: Mapping[str, type] = {"adm_1": str, "date_start": str, "date_prec": str, "best": str}
#: Dates that are known to the day (1) or to a few days (2); coarser ones pile up on the first of a month.
_MOST_DATE_PREC = 2


def answer_detect_deaths(records: Sequence[Record], _settings: Settings) -> Iterator[dict[str, Any]]:
    """The onset alarms of the deaths in each area: {"unit", "date"}, one an alarm."""
    return _answer(records, "deaths")


def answer_detect_incidents(records: Sequence[Record], _settings: Settings) -> Iterator[dict[str, Any]]:
    """The onset alarms of the number of incidents in each area."""
    return _answer(records, "incidents")


def lay_out_series(records: Sequence[Record], quantity: str) -> tuple[date, dict[str, Floats]]:
    """The first day of the table and, for each area, the quantity ("deaths" or "incidents") of each day of the table.

    Rows without an area or with a date coarser than a few days are left out. A day without a row is a zero: the table
    is held to be complete. Raises IntakeError for a value that cannot be read.
    """
    rows = [row for number, record in enumerate(records, 1) if (row := _read_row(record, number)) is not None]
    if not rows:
        return date.min, {}
    first, last = min(day for _, day, _ in rows), max(day for _, day, _ in rows)
    length = (last - first).days + 1
    series: dict[str, Floats] = {unit: np.zeros(length) for unit in sorted({unit for unit, _, _ in rows})}
    for unit, day, deaths in rows:
        series[unit][(day - first).days] += deaths if quantity == "deaths" else 1
    return first, series


def _answer(records: Sequence[Record], quantity: str) -> Iterator[dict[str, Any]]:
    rule = load_detector_weights().onsets[quantity]
    first, series = lay_out_series(records, quantity)
    for unit, values in series.items():
        for at in find_onsets(values, rule):
            yield {"unit": unit, "date": (first + timedelta(days=at)).isoformat()}


def _read_row(record: Record, number: int) -> tuple[str, date, int] | None:
    """Area, day and deaths; None for a row that is of no use by the day."""
    try:
        unit, precision = record["adm_1"].strip(), int(record["date_prec"])
        day, deaths = date.fromisoformat(record["date_start"][:10]), int(record["best"])
    except ValueError as why:
        raise IntakeError("series", f"row {number}", f"cannot be read ({why})") from why
    if deaths < 0:
        raise IntakeError("series", f"row {number}", f"has {deaths} deaths: must be 0 or more")
    return (unit, day, deaths) if unit and precision <= _MOST_DATE_PREC else None
