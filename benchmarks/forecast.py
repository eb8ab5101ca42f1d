"""Forecasts of deaths: each model on rolling origins beside the twelve-month bootstrap, and the time of one run.

``python -m benchmarks.forecast --history FILE.csv[.gz] [--from 2012] [--to 2019]``: a file with columns unit, iso3,
country, month, value, a row for each unit and month that existed. Each window is a calendar year, forecast from the
October before (leads 3 to 14), by models that are fitted anew on what was known then. The file is for measuring: it is
not in the repository, nothing fitted on it is kept, and the models' settings were chosen on windows before 2012.
``--speed`` times one forecast run over 200 generated units (``--units``), 12 leads, and its memory.
Figures go to benchmarks/results/forecast.json.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import write_result
from tocsin.forecast.history import CountRow, History, Unit, build_history
from tocsin.forecast.making import make_forecasts
from tocsin.forecast.periods import read_period
from tocsin.forecast.rolling import Cases, join_cases, rank_units, roll_windows, score_window, sum_scores
from tocsin.forecast.scoring import tabulate_calibration

LEADS = tuple(range(3, 15))
#: Where the developers keep the counts.
SHARED = Path(__file__).resolve().parents[2] / "shared" / "gold" / "warning" / "country_month_to_2019.csv.gz"
NAMES = ("zero", "last", "climatology", "conflictology", "fading", "hurdle", "trees", "mix")
PEER = "conflictology"


def main() -> int:
    """Measure and write benchmarks/results/forecast.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--history", type=Path, default=SHARED, help="long table of counts, not in the repository")
    parser.add_argument("--from", dest="since", type=int, default=2012)
    parser.add_argument("--to", dest="until", type=int, default=2019)
    parser.add_argument("--speed", action="store_true", help="time one run on generated counts")
    parser.add_argument("--units", type=int, default=200, help="of the history that --speed generates")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--result", help="name of the result")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    if options.speed:
        figures["speed"] = measure_speed(options.seed, options.units)
    elif not options.history.exists():
        sys.stderr.write(f"{options.history} is not here: nothing is measured; --speed needs no history\n")
        return 0
    else:
        history = read_table(options.history)
        figures["accuracy"] = measure_accuracy(history, range(options.since, options.until + 1), options.seed)
    write_result(options.result or ("forecast-speed" if options.speed else "forecast"), figures)
    return 0


def read_table(path: Path) -> History:
    """A table of counts as a history of deaths by month."""
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    units = {r["unit"]: Unit(r["unit"], r["country"], r["iso3"] or None) for r in rows}
    counts = [CountRow(r["unit"], read_period(r["month"], "month"), float(r["value"])) for r in rows]
    return build_history(counts, units, period="month", measure="deaths")


def measure_accuracy(history: History, years: range, seed: int) -> dict[str, Any]:
    """Every model in every window, and over all of them."""
    origins = [read_period(f"{year - 1}-10", "month") for year in years]
    scored: list[Mapping[str, Cases]] = []
    windows = []
    for year, window in zip(years, roll_windows(history, origins, LEADS, names=NAMES, seed=seed), strict=True):
        cases = score_window(window, history)
        scored.append(cases)
        row = {name: _round(asdict(sum_scores(cases[name]))) for name in NAMES}
        windows.append({"window": year, "weights": _round(dict(window.weights)), "models": row})
        for name in NAMES:
            sys.stderr.write(f"{year} {_line(name, cases[name], cases[PEER])}\n")
    joined = {name: join_cases([cases[name] for cases in scored]) for name in NAMES}
    for name in NAMES:
        sys.stderr.write(f"all  {_line(name, joined[name], joined[PEER])}\n")
    return {"windows": windows, "all": {n: _round(asdict(sum_scores(c))) for n, c in joined.items()}} | _look_closer(
        joined
    )


def _look_closer(joined: Mapping[str, Cases]) -> dict[str, Any]:
    """What a mean hides: the mix unit by unit, and whether its chances come true."""
    mix, peer = joined["mix"], joined[PEER]
    units = rank_units(mix, peer)
    skills = [u.skill for u in units if u.skill is not None and u.theirs > 0.01]
    without = np.isin(mix.units, _worst_units(peer, 5), invert=True)
    return {
        "units": {
            "with_deaths_forecast_or_seen": len(skills),
            "mix_better_on_log1p": sum(s > 0 for s in skills),
            "median_skill": round(float(np.median(skills)), 3),
            "crps_ratio_without_five_hardest": round(float(mix.crps[without].mean() / peer.crps[without].mean()), 3),
        },
        "calibration_some": [_round(asdict(r)) for r in tabulate_calibration(mix.some, mix.outcomes > 0)],
        "calibration_many": [_round(asdict(r)) for r in tabulate_calibration(mix.many, mix.outcomes >= 25)],
    }


def _worst_units(peer: Cases, number: int) -> list[str]:
    totals: dict[str, float] = {}
    for unit, score in zip(peer.units, peer.crps, strict=True):
        totals[unit] = totals.get(unit, 0.0) + float(score)
    return sorted(totals, key=lambda unit: -totals[unit])[:number]


def _line(name: str, cases: Cases, peer: Cases) -> str:
    s, p = sum_scores(cases), sum_scores(peer)
    auc = [f"{a:.3f}" if a is not None else "-" for a in (s.auc_quiet, s.auc_peaceful)]
    return (
        f"{name:14} crps {s.crps:7.3f} ({s.crps / p.crps:.3f})  "
        f"log1p {s.crps_log:.4f} ({s.crps_log / p.crps_log:.3f})  "
        f"inside90 {s.coverage:.3f}/{s.coverage_where_deadly:.3f}  brier {s.brier_some:.4f} {s.brier_many:.4f}  "
        f"auc25 quiet {auc[0]} ({s.onsets_quiet})  auc1 peaceful {auc[1]} ({s.onsets_peaceful})"
    )


def _round(record: dict[str, Any]) -> dict[str, Any]:
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in record.items()}


def measure_speed(seed: int, units: int = 200, months: int = 360) -> dict[str, Any]:
    """Time and memory of one run of the mix and of its peer: fitting, past origins to learn from, forecasting."""
    dice = np.random.default_rng(seed)
    heat = np.cumsum(dice.normal(0, 0.3, (units, months)), axis=1) + dice.normal(-3, 2, (units, 1))
    counts = dice.poisson(np.exp(np.clip(heat, -8, 7))).astype(np.float64)
    places = tuple(Unit(f"u{n:03d}", f"Unit {n}") for n in range(units))
    history = History(places, "month", read_period("1990-01", "month"), counts, "deaths")
    wall, cpu = time.perf_counter(), time.process_time()
    made = make_forecasts(history, made_on=date(2026, 1, 1), horizon=12, seed=seed, step=_tell_step)
    return {
        "units": units, "months": months, "leads": 12, "forecasts": len(made),
        "seconds": round(time.perf_counter() - wall, 1), "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


def _tell_step(told: str) -> None:
    sys.stderr.write(f"{time.process_time():6.1f} s  {told}\n")


if __name__ == "__main__":
    sys.exit(main())
