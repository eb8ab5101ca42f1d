"""Planted onsets: invented places whose violence is known to begin on given days, after a build-up or without one.

``python -m benchmarks.planted [--worlds 8] [--places 60] [--years 6]``. EXERCISE: every place, day and count is made by
chance. Daily counts of five kinds of incident have a weekly rhythm, more spread than Poisson's, a slow drift, days on
which nobody was heard, spells of talk that lead nowhere, and build-ups of threats, mobilisations and protests, some of
which precede violence. In the middle a second outlet doubles the articles, and some days one report is copied thirty
times: neither adds an incident. Measured is

- what a quarter's news says of violence beginning in the next, thresholds from other worlds than those reported, beside
  alarms at random of the same rate, and beside what the counts can tell at all (`benchmarks/observers.py`);
- how many of the beginnings the shipped onset rule finds in the violence itself;
- what a second outlet and a burst of copies do to tension, through the grouping of claims (`benchmarks/echoes.py`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.echoes import measure_echoes
from benchmarks.observers import ask_observer, look_back, teach_observer
from benchmarks.planting import BUILD_UP, KINDS, LOUD, MONTH, QUARTER, YEAR, Bools, Floats, World, plant_world
from benchmarks.timing import write_result
from tocsin.knowledge.detectors import load_detector_weights
from tocsin.knowledge.weights import load_tension_weights
from tocsin.warning.detectors import score_ratio, score_tail
from tocsin.warning.onsets import find_onsets
from tocsin.warning.surprise import sum_windows

#: Shares of places and quarters in which an alarm is given: a third, as the best measured on real news, and a tenth.
ALARM_RATES = (0.31, 0.10)


def main() -> int:
    """Measure and write benchmarks/results/planted.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=8, help="half give the thresholds, half are measured")
    parser.add_argument("--places", type=int, default=60)
    parser.add_argument("--years", type=int, default=6)
    options = parser.parse_args()
    figures: dict[str, Any] = {"next_quarter": {}, "onsets_found": {}}
    for share in (0.0, 0.35, 0.7, 1.0):
        worlds = [
            plant_world(seed, places=options.places, years=options.years, foretold=share)
            for seed in range(options.worlds)
        ]
        half = len(worlds) // 2
        figures["next_quarter"][f"{share:.0%} foretold"] = foretell(worlds[:half], worlds[half:])
        figures["onsets_found"][f"{share:.0%} foretold"] = find_planted(worlds[half:])
    loud = [plant_world(seed, places=options.places, years=options.years, **LOUD) for seed in range(options.worlds)]
    figures["next_quarter"]["as loud as the literature"] = foretell(loud[:half], loud[half:])
    figures["echoes"] = measure_echoes()
    write_result("planted", figures)
    return 0


def foretell(known: Sequence[World], held_out: Sequence[World]) -> dict[str, Any]:
    """Each signal's AUC on the held-out worlds, and its recall at thresholds from the other worlds.

    A place and quarter is asked about if it was quiet: no planted violence in it. The answer is whether any begins in
    the next quarter.
    """
    fitted, measured = gather_quarters(known), gather_quarters(held_out)
    taught = fitted["truth"] > 0.5
    for name in ("violence alone", "violence and news"):
        rows, asked = (np.stack(g.pop(name)) for g in (fitted, measured))
        weights = teach_observer(rows, taught)
        fitted[f"taught by other worlds: {name}"] = ask_observer(weights, rows, rows)
        measured[f"taught by other worlds: {name}"] = ask_observer(weights, rows, asked)
    # equal scores fall on either side of a threshold by lot, so that the alarm rate is the one asked for
    lot = np.random.default_rng(0)
    for scores in (*fitted.values(), *measured.values()):
        scores += 1e-9 * lot.random(len(scores))
    truth = measured.pop("truth") > 0.5
    rows: dict[str, Any] = {"quarters": len(truth), "followed_by_onset": int(truth.sum()), "signals": {}}
    for name, scores in measured.items():
        row: dict[str, Any] = {"auc": round(_area(truth, scores), 3)}
        for rate in ALARM_RATES:
            alarm = scores >= np.quantile(fitted[name], 1 - rate)
            row[f"recall_at_{rate:.2f}"] = {
                "recall": round(float(alarm[truth].mean()), 3),
                "alarm_rate_and_random_recall": round(float(alarm.mean()), 3),
            }  # fmt: skip
        rows["signals"][name] = row
    return rows


def gather_quarters(worlds: Sequence[World]) -> dict[str, Any]:
    """The signals at the end of each quiet quarter, the truth of the next, and the columns that observers see."""
    gathered: dict[str, list[Any]] = {}
    for world in worlds:
        places, days = world.heard.shape
        seen = {
            "violence alone": look_back(world.counts, world.heard, ("ASSAULT",)),
            "violence and news": look_back(world.counts, world.heard, tuple(KINDS)),
        }
        signals = [_make_signals(world, place) for place in range(places)]
        for place in range(places):
            for end in range(YEAR + QUARTER - 1, days - QUARTER, QUARTER):
                if world.episodes[place, end - QUARTER + 1 : end + 1].any():
                    continue
                row: dict[str, Any] = {name: float(series[end]) for name, series in signals[place].items()}
                row |= {name: columns[place, end] for name, columns in seen.items()}
                row["truth"] = float(any(end < day <= end + QUARTER for day in world.onsets[place]))
                for name, value in row.items():
                    gathered.setdefault(name, []).append(value)
    return {name: values if name in seen else np.array(values) for name, values in gathered.items()}


def _make_signals(world: World, place: int) -> dict[str, Floats]:
    """What a desk may look at, by day: the last quarter or month against the year before."""
    weights = load_tension_weights()
    hostile = {kind: abs(weights.weigh(kind, None)) * counts[place] for kind, counts in world.counts.items()}
    gap = np.where(world.heard[place], 0.0, np.nan)
    threats, tension = sum(hostile[k] for k in BUILD_UP) + gap, sum(hostile.values()) + gap
    return {
        "truth of the build-up": world.swelling[place],
        "threats, mobilisations, protests of the quarter": _ratio(threats, QUARTER),
        "threats, mobilisations, protests of its last month": _ratio(threats, MONTH),
        "surprise of threats, mobilisations, protests of two months": _surprise(threats, 2 * MONTH),
        "tension of the quarter": _ratio(tension, QUARTER),
        "tension of its last month": _ratio(tension, MONTH),
        "highest surprise of the quarter": _highest(score_tail(tension, 7, dispersion_floor=8.0)),
        "violence of the quarter": _ratio(hostile["ASSAULT"] + gap, QUARTER),
        "articles of the quarter": _ratio(world.articles[place] + gap, QUARTER),
    }


def _ratio(values: Floats, days: int) -> Floats:
    return _carry(score_ratio(values, days, past=YEAR, least_past=YEAR // 3, mean_floor=0.5))


def _surprise(values: Floats, days: int) -> Floats:
    return _carry(score_tail(values, days, past=YEAR, least_past=YEAR // 3, dispersion_floor=8.0))


def _carry(scores: Floats) -> Floats:
    """The last score that there was, 0 before any: the end of a quarter may lie in a gap."""
    at = np.maximum.accumulate(np.where(np.isnan(scores), 0, np.arange(len(scores))))
    return np.nan_to_num(scores[at])


def _highest(scores: Floats) -> Floats:
    filled = np.nan_to_num(scores)
    return np.array([filled[max(0, at - QUARTER + 1) : at + 1].max() for at in range(len(filled))])


def _area(truth: Bools, scores: Floats) -> float:
    """The chance that a quarter before an onset scores above one that is not, ties counted half."""
    from scipy.stats import rankdata

    ranks, hits = rankdata(scores), int(truth.sum())
    return float((ranks[truth].sum() - hits * (hits + 1) / 2) / (hits * (len(truth) - hits)))


def find_planted(worlds: Sequence[World]) -> dict[str, Any]:
    """The shipped rule for incidents on the violence of each place: onsets found within two weeks, and false alarms."""
    rule = load_detector_weights().onsets["incidents"]
    delays: list[int] = []
    onsets, false, alarms, years = 0, 0, 0, 0.0
    for world in worlds:
        for place, mine in enumerate(world.onsets):
            values = np.where(world.heard[place], world.counts["ASSAULT"][place], np.nan)
            rung = find_onsets(values, rule)
            alarms, onsets = alarms + len(rung), onsets + len(mine)
            near = sum_windows(world.episodes[place].astype(np.float64), 15) > 0
            false, years = false + sum(not near[a] for a in rung), years + float((~near).sum()) / 365.25
            delays += [min(found) for day in mine if (found := [a - day for a in rung if 0 <= a - day <= 14])]
    days = sum(world.heard.size for world in worlds)
    return {
        "onsets": onsets, "recall": round(len(delays) / onsets, 3), "median_delay_days": float(np.median(delays)),
        "false_alarms_per_place_year": round(false / years, 3),
        "random_recall": round(1 - (1 - alarms / days) ** 15, 3),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
