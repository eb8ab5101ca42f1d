"""Invented counts (EXERCISE) as files and as kept histories, for tests of the store, the pages and the commands."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from tests.store.worlds import make_article, make_claim, make_incident
from tocsin.forecast import Forecast
from tocsin.forecast.ledger import NewsBasis, NewsPart
from tocsin.forecast.news_telling import NEWS_MODEL
from tocsin.forecast.periods import label_period, number_period
from tocsin.knowledge.countries import load_countries
from tocsin.ports import Derivation, KeptForecast, Reading, Store
from tocsin.records import Incident, PartialDate, Place, TollRange, from_json, make_id, to_json

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


KOSOVO = Place("Orle", "settlement", "XKX", 42.9, 20.8, "overlay:orle", "Orle", ("country:XKX",))


def keep_incidents(store: Store, days: list[date], *, killed: int = 2, is_exercise: bool = False) -> list[Incident]:
    """Deadly incidents (EXERCISE), one reported on each day."""
    made = []
    for number, day in enumerate(days):
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        text = f"EXERCISE: report {number} of {day}{' in the drill' if is_exercise else ''}."
        article = make_article(number, text, published_at=at, taken_at=at, is_exercise=is_exercise)
        claim = make_claim(article, type="ASSAULT")
        store.add_reading(Reading(article, (claim,)))
        toll = TollRange("killed", killed, killed, killed, "by hand")
        made.append(make_incident(
            [claim], at, is_exercise=is_exercise, place=KOSOVO, date=PartialDate.of_day(day), tolls=(toll,)
        ))  # fmt: skip
    store.save_derivation(Derivation(incidents=tuple(made)))
    return made


#: What the news had to do with a forecast, by hand.
BASIS = NewsBasis(
    "helped", 12.5, 1, 0.02, 0.061,
    (NewsPart("pressure", "ratio", 3, 0.875, 0.9), NewsPart("hostile", "share", 6, 0.25, -0.3),
     NewsPart("words", "amount", 1, 1.0, 0.1)),
    -0.05,
)  # fmt: skip


def add_news_forecasts(store: Store, unit: str, since: str = "") -> None:
    """Of each kept forecast of a unit by the mix (known to `since` or later) one with news, of the same counts."""
    rows = store.forecasts(NAME, units=[unit], model="mix")
    store.add_forecasts([
        replace(
            row, id=make_id("fct", row.id), model=NEWS_MODEL,
            payload=to_json(replace(from_json(Forecast, row.payload), model=NEWS_MODEL, version="1", news=BASIS)),
        )
        for row in rows
        if row.known_to >= since
    ])  # fmt: skip


#: Months of the desk that heard a build-up before each onset.
TELLING_MONTHS = 48


def draw_telling(seed: int = 2, countries: int = 36) -> tuple[list[tuple[str, str, int, str]], dict[str, list[int]]]:
    """Rows of counts of quiet countries with a few onsets, and the threats heard of each in each month before March
    2026: many in the four months before an onset.
    """
    dice = np.random.default_rng(seed)
    end = number_period(date(2026, 2, 1), "month")
    rows: list[tuple[str, str, int, str]] = []
    threats: dict[str, list[int]] = {}
    for code in sorted(load_countries().by_code)[:countries]:
        deaths, heard = np.zeros(TELLING_MONTHS, int), dice.poisson(0.3, TELLING_MONTHS)
        # one that lies ahead: its build-up is the newest that there is
        for onset in [*range(int(dice.integers(5, 22)), TELLING_MONTHS, 18), TELLING_MONTHS + int(dice.integers(0, 9))]:
            deaths[onset:][:1] = 3
            heard[max(0, onset - 4) : onset] = 5
        threats[code] = heard.tolist()
        labels = (label_period(end - TELLING_MONTHS + 1 + n, "month") for n in range(TELLING_MONTHS))
        rows += [(code, label, int(n), code) for label, n in zip(labels, deaths, strict=True)]
    return rows, threats


def keep_telling(store: Store, threats: dict[str, list[int]]) -> None:
    """The same threats as incidents (EXERCISE), in a desk whose one outlet was heard every day until March 2026."""
    start = date(2022, 3, 1)
    days = [start + timedelta(days=n) for n in range((NOW.date() - start).days)]
    texts = {day: make_article(n, f"EXERCISE: the paper of {day}.", published_at=_noon(day), taken_at=_noon(day))
             for n, day in enumerate(days)}  # fmt: skip
    made = []
    claims: dict[date, list[object]] = {}
    for code, heard in threats.items():
        place = Place(code, "country", code, gazetteer_id=f"country:{code}")
        for month, number in enumerate(heard):
            begin = date(2022 + (month + 2) // 12, (month + 2) % 12 + 1, 1)
            for n in range(number):
                day = begin + timedelta(days=2 * n)
                at = len(claims.setdefault(day, []))
                claim = make_claim(texts[day], 0, at + 1, type="THREATEN", id=f"clm_{code}_{month}_{n}")
                claims[day].append(claim)
                made.append(make_incident([claim], _noon(day), place=place, outlets=(texts[day].outlet_id,)))
    for day in days:
        store.add_reading(Reading(texts[day], tuple(claims.get(day, ()))))  # type: ignore[arg-type]
    store.save_derivation(Derivation(incidents=tuple(made)))


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
