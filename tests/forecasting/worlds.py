"""Invented counts (EXERCISE) as files and as kept histories, for tests of the store, the pages and the commands."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from tocsin.forecast.periods import label_period, number_period
from tocsin.ports import KeptForecast, Store

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
#: A country that is on the map, two more, and one of the exercise that is not.
COUNTRIES = (("Kosovo", "XKX"), ("Chad", "TCD"), ("Mali", "MLI"), ("Valdena", ""))
NAME = "EXERCISE counts"


def draw_rows(months: int = 30, last: date = date(2026, 2, 1), seed: int = 5) -> list[tuple[str, str, int, str]]:
    """Unit, month, count and country code: one warlike, the others less and less."""
    dice = np.random.default_rng(seed)
    end = number_period(last, "month")
    return [
        (unit, label_period(end - months + 1 + n, "month"), int(dice.poisson(30 / 8**rank)), code)
        for n in range(months)
        for rank, (unit, code) in enumerate(COUNTRIES)
    ]


def write_counts(path: Path, rows: Iterable[tuple[str, str, int, str]]) -> Path:
    """A table of counts in the desk's own form."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(["unit", "month", "value", "country"])
        table.writerows(rows)
    return path


def list_kept(store: Store, name: str = NAME) -> list[KeptForecast]:
    """All forecasts of a history."""
    return store.forecasts(name)
