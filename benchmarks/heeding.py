"""What news adds to the forecast of onsets in quiet places, on invented worlds (`benchmarks/planting.py`).

``python -m benchmarks.heeding [--choosing]``. EXERCISE: every place and count is made by chance. A month of 28 days has
the deaths that violence brought, and the news the weights of all that was reported; from the end of each quarter of a
world's last two years the desk's own model (`forecast.onset` with `forecast.news_onset`) says how likely a first death
is in the next, from nothing later. Worlds differ in how many onsets a build-up precedes; where none is, news can only
mislead. Recall is taken at the threshold that alarms a third (a tenth) of the place-quarters of the worlds for
choosing: the model's numbers were chosen on those, and other worlds are reported.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.planting import KINDS, LOUD, MONTH, Floats, World, plant_world
from benchmarks.timing import write_result
from tocsin.forecast.history import History, Unit
from tocsin.forecast.news import SERIES, News
from tocsin.forecast.news_onset import heed_news
from tocsin.forecast.onset import rate_onsets
from tocsin.forecast.periods import read_period
from tocsin.forecast.scoring import rank_chances
from tocsin.knowledge.weights import load_tension_weights

CHOOSING, REPORTED = range(100, 104), range(200, 208)
WORLDS: Mapping[str, Mapping[str, Any]] = {
    "0% foretold": {"foretold": 0.0},
    "70% foretold": {"foretold": 0.7},
    "as loud as the literature": LOUD,
}
ALARM_RATES = (0.31, 0.10)
LEADS = (1, 2, 3)
#: Which series of the news each kind of incident is part of, as `forecasting.news` has it.
SERIES_OF = {
    "ACCUSE": "words",
    "THREATEN": "pressure",
    "MOBILIZE": "pressure",
    "PROTEST": "pressure",
    "ASSAULT": "force",
}
#: Quarters at the end of a world from whose ends is forecast.
_QUARTERS = 8
_FIRST = read_period("2000-01", "month")


def main() -> int:
    """Measure and write benchmarks/results/heeding.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--choosing", action="store_true", help="print the worlds for choosing alone, write nothing")
    parser.add_argument("--places", type=int, default=60)
    parser.add_argument("--years", type=int, default=8)
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    for name, settings in WORLDS.items():
        began = time.perf_counter()
        shape = {"places": options.places, "years": options.years, **settings}
        chosen = gather_chances([plant_world(seed, **shape) for seed in CHOOSING])
        asked = chosen if options.choosing else gather_chances([plant_world(seed, **shape) for seed in REPORTED])
        figures[name] = compare_chances(chosen, asked)
        sys.stderr.write(f"{name} ({time.perf_counter() - began:.0f} s): {figures[name]}\n")
    if not options.choosing:
        write_result("heeding", figures)
    return 0


def count_deaths(world: World) -> History:
    """The deaths of each place and month: what violence there was in the planted episodes."""
    deaths = _by_month(np.where(world.episodes, world.counts["ASSAULT"], 0.0))
    units = tuple(Unit(f"place-{n}", f"Place {n}") for n in range(len(deaths)))
    return History(units, "month", _FIRST, deaths, "deaths")


def weigh_news(world: World) -> News:
    """The weights of what was reported; a month in which fewer than half of the days were heard is a gap."""
    weights = load_tension_weights()
    heard = _by_month(world.heard.astype(np.float64)) >= MONTH / 2
    sums = {name: np.where(heard, 0.0, np.nan) for name in SERIES}
    for kind in KINDS:
        sums[SERIES_OF[kind]] = sums[SERIES_OF[kind]] + abs(weights.weigh(kind, None)) * _by_month(world.counts[kind])
    return News(tuple(f"place-{n}" for n in range(len(heard))), "month", _FIRST, sums)


def _by_month(days: Floats) -> Floats:
    months: Floats = days.reshape(len(days), -1, MONTH).sum(axis=2)
    return months


def cut_news(news: News, length: int) -> News:
    """The first `length` periods."""
    return News(news.places, news.period, news.first, {name: v[:, :length] for name, v in news.sums.items()})


def gather_chances(worlds: Sequence[World]) -> dict[str, Floats]:
    """Of each peaceful place at the end of each quarter: the chance by each way, and whether the next had a death.

    "with news" is what the desk would say: history alone where the news did not speak; `heeded` is 1 where it did.
    """
    rows: dict[str, list[Floats]] = {"history alone": [], "with news": [], "heeded": [], "truth": []}
    for world in worlds:
        history, news = count_deaths(world), weigh_news(world)
        for back in range(_QUARTERS, 0, -1):
            origin = history.last - len(LEADS) * back
            known = history.truncate(origin)
            alone = rate_onsets(known, LEADS, 1.0, seed=1)
            heeding = heed_news(known, cut_news(news, known.counts.shape[1]), LEADS, 1.0, alone, seed=1)
            told = np.where(np.isnan(heeding.chances), alone, heeding.chances)
            asked = ~np.isnan(alone[:, 0])
            truth = (history.outcomes(origin, LEADS) > 0).any(axis=1)
            for name, values in (
                ("history alone", _join_leads(alone)), ("with news", _join_leads(told)),
                ("heeded", ~np.isnan(heeding.chances[:, 0])), ("truth", truth),
            ):  # fmt: skip
                rows[name].append(values[asked].astype(np.float64))
    return {name: np.concatenate(values) for name, values in rows.items()}


def _join_leads(chances: Floats) -> Floats:
    """The chance of a death in any of the months, were they independent."""
    joined: Floats = 1 - np.prod(1 - chances, axis=1)
    return joined


def compare_chances(chosen: Mapping[str, Floats], asked: Mapping[str, Floats]) -> dict[str, Any]:
    """AUC, Brier score and recall of both ways; a random alarm finds as large a share as it alarms."""
    truth = asked["truth"] > 0
    figures: dict[str, Any] = {
        "place_quarters": len(truth), "onsets": int(truth.sum()), "with_news": round(float(asked["heeded"].mean()), 3),
    }  # fmt: skip
    for name in ("history alone", "with news"):
        chances = asked[name]
        row: dict[str, Any] = {
            "auc": round(rank_chances(chances, truth) or 0.0, 3),
            "brier": round(float(((chances - truth) ** 2).mean()), 4),
        }
        for rate in ALARM_RATES:
            alarm = chances >= np.quantile(chosen[name], 1 - rate)
            row[f"recall_at_{rate:.2f}"] = {
                "recall": round(float(alarm[truth].mean()), 3),
                "alarm_rate_and_random_recall": round(float(alarm.mean()), 3),
            }  # fmt: skip
        figures[name] = row
    return figures


if __name__ == "__main__":
    sys.exit(main())
