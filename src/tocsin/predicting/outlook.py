"""Answers to the benchmark of forecasts: samples for each unit, month and lead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tocsin.errors import IntakeError, RecordError
from tocsin.forecast.history import CountRow, History, Unit, build_history
from tocsin.forecast.periods import read_period
from tocsin.forecast.rolling import Window, roll_windows
from tocsin.settings import Settings

Record = Mapping[str, Any]

#: A calendar year is forecast from the October before; the last years of the table, with ten years to learn from.
_LEADS = tuple(range(3, 15))
_MOST_YEARS, _LEAST_MONTHS = 8, 120
_SEED = 1


def answer_forecast(records: Sequence[Record], _settings: Settings) -> Iterator[dict[str, Any]]:
    """The mix's samples. Each record is one unit and month: unit, month, value, and iso3 or country where known.

    Records with a lead and without a value are questions: the month is forecast from so many months before. Without
    any, the table's last eight calendar years are forecast, each from the October before (leads 3 to 14); a table that
    ends in October or November is asked for the year to come. Each origin knows nothing later than itself.
    Raises IntakeError for records that make no history.
    """
    history = _read_history([r for r in records if not _is_question(r)])
    asked = _read_questions(records) or _ask_years(history)
    for leads in sorted(set(asked.values())):
        origins = [origin for origin in asked if asked[origin] == leads]
        for window in roll_windows(history, origins, leads, names=["mix"], seed=_SEED):
            yield from _write_window(history, window)


def _write_window(history: History, window: Window) -> Iterator[dict[str, Any]]:
    for unit, rows in zip(history.units, window.samples["mix"], strict=True):
        for lead, samples in zip(window.leads, rows, strict=True):
            if not np.isnan(samples[0]):  # else the unit was not there at the origin
                rounded = [round(float(s), 3) for s in samples]
                yield {"unit": unit.id, "month": history.label(window.origin + lead), "lead": lead, "samples": rounded}


def _is_question(record: Record) -> bool:
    return record.get("lead") is not None and record.get("value") in (None, "")


def _read_history(records: Sequence[Record]) -> History:
    units = {str(r["unit"]): Unit(str(r["unit"]), str(r.get("country") or r["unit"]), r.get("iso3")) for r in records}
    rows = [CountRow(str(r["unit"]), _read_month(r), _read_number(r, "value")) for r in records]
    try:
        return build_history(rows, units, period="month", measure="deaths")
    except RecordError as why:
        raise IntakeError("gold file", "counts", f"give no history: {why}") from why


def _read_month(record: Record) -> int:
    try:
        return read_period(str(record["month"]), "month")
    except RecordError as why:
        raise IntakeError("gold file", record["month"], "is no month such as 2019-03") from why


def _read_number(record: Record, field: str) -> float:
    try:
        return float(record.get(field, ""))
    except (TypeError, ValueError) as why:
        raise IntakeError("gold file", record.get(field), f"is no number in {field}, for {record['month']}") from why


def _read_questions(records: Sequence[Record]) -> dict[int, tuple[int, ...]]:
    """Origin to the leads asked from it."""
    asked: dict[int, set[int]] = defaultdict(set)
    for record in records:
        if _is_question(record):
            lead = int(_read_number(record, "lead"))
            asked[_read_month(record) - lead].add(lead)
    return {origin: tuple(sorted(leads)) for origin, leads in asked.items()}


def _ask_years(history: History) -> dict[int, tuple[int, ...]]:
    last_year, month = divmod(history.last, 12)
    whole = last_year if month == 11 else last_year - 1
    final = last_year + 1 if month in (9, 10) else whole
    origins = [year * 12 - 3 for year in range(whole - _MOST_YEARS + 1, final + 1)]
    return {o: _LEADS for o in origins if history.first + _LEAST_MONTHS <= o <= history.last}
