"""Planted onsets: invented places whose violence is known to begin on given days, after a build-up or without one.

``python -m benchmarks.planted [--worlds 8] [--places 60] [--years 6]``. EXERCISE: every place, day and count is made by
chance. Daily counts of five kinds of incident have a weekly rhythm, more spread than Poisson's, a slow drift, days on
which nobody was heard, spells of talk that lead nowhere, and build-ups of threats, mobilisations and protests, some of
which precede violence. In the middle a second outlet doubles the articles, and some days one report is copied thirty
times: neither adds an incident. Measured is

- what a quarter's news says of violence beginning in the next, thresholds from other worlds than those reported, beside
  alarms at random of the same rate;
- how many of the beginnings the shipped onset rule finds in the violence itself;
- what a second outlet and a burst of copies do to tension, through the grouping of claims (`benchmarks/echoes.py`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.echoes import measure_echoes
from benchmarks.timing import write_result
from tocsin.knowledge.detectors import load_detector_weights
from tocsin.knowledge.weights import load_tension_weights
from tocsin.warning.detectors import score_ratio, score_tail
from tocsin.warning.onsets import find_onsets
from tocsin.warning.surprise import sum_windows

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MONTH, QUARTER, YEAR = 28, 91, 364
#: Kinds of incident with the mean number a place has in a day before its own level is drawn.
KINDS: Mapping[str, float] = {"ACCUSE": 0.5, "THREATEN": 0.12, "MOBILIZE": 0.06, "PROTEST": 0.12, "ASSAULT": 0.03}
BUILD_UP = ("THREATEN", "MOBILIZE", "PROTEST")
#: Shares of places and quarters in which an alarm is given: a third, as the best measured on real news, and a tenth.
ALARM_RATES = (0.31, 0.10)
_WEEK = np.array([1.15, 1.15, 1.1, 1.05, 1.1, 0.75, 0.7])


@dataclass(frozen=True, slots=True)
class World:
    """Invented places over some years, with their truth.

    counts    kind to incidents, places x days; 0 where nobody was heard
    articles  reports of them, copies included, places x days
    heard     places x days
    onsets    for each place the days on which violence begins
    foretold  whether a build-up preceded each
    episodes  places x days of planted violence
    swelling  places x days: how many times its usual rate a build-up has reached, 1 without one
    """

    counts: Mapping[str, Floats]
    articles: Floats
    heard: Bools
    onsets: Sequence[Sequence[int]]
    foretold: Sequence[Sequence[bool]]
    episodes: Bools
    swelling: Floats


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
    figures["echoes"] = measure_echoes()
    write_result("planted", figures)
    return 0


def plant_world(seed: int, *, places: int = 60, years: int = 6, foretold: float = 0.7) -> World:
    """A world by seed.

    foretold  share of the onsets that follow a build-up of 6 to 18 weeks; one and a half onsets come in two years
    """
    chance = np.random.default_rng(seed)
    days = years * YEAR
    rates = {kind: np.tile(_WEEK[np.arange(days) % 7] * mean, (places, 1)) for kind, mean in KINDS.items()}
    episodes = np.zeros((places, days), np.bool_)
    swelling = np.ones((places, days))
    onsets, signs = [], []
    for place in range(places):
        level = chance.gamma(2.0, 0.5) + 0.2
        for rate in rates.values():
            rate[place] *= level * np.exp(_drift(chance, days))
        mine = _draw_days(chance, days, each_year=0.75, apart=240)
        told = [bool(chance.random() < foretold) for _ in mine]
        for day, is_told in zip(mine, told, strict=True):
            end = day + int(chance.integers(20, 90))
            episodes[place, day:end] = True
            rates["ASSAULT"][place, day:end] += chance.uniform(0.8, 2.5)
            if is_told:
                _build_up(chance, swelling[place], day)
        for day in _draw_days(chance, days, each_year=0.25, apart=200):
            _build_up(chance, swelling[place], day)  # comes to nothing
        for kind in BUILD_UP:
            rates[kind][place] *= swelling[place]
        for day in _draw_days(chance, days, each_year=1.0, apart=60):
            rates["ACCUSE"][place, day : day + int(chance.integers(20, 70))] *= chance.uniform(3, 6)
        onsets.append(mine)
        signs.append(told)
    heard = _draw_heard(chance, places, days)
    # a gamma day with shape 1.5 around the rate: negative binomial counts
    counts = {
        k: np.where(heard, chance.poisson(r * chance.gamma(1.5, 1 / 1.5, r.shape)), 0.0) for k, r in rates.items()
    }
    articles = sum(counts.values()) * np.where(np.arange(days) < days // 2, 1.0, 2.0)
    articles = articles * np.where(chance.random((places, days)) < 0.01, 30.0, 1.0)
    return World(counts, articles, heard, onsets, signs, episodes, swelling)


def _drift(chance: np.random.Generator, days: int) -> Floats:
    """A slow wander about zero, some months long."""
    steps = np.repeat(chance.normal(0, 0.3, days // 60 + 2), 60)
    return np.convolve(steps, np.ones(60) / 60, "full")[30 : 30 + days]


def _draw_days(chance: np.random.Generator, days: int, *, each_year: float, apart: int) -> list[int]:
    """Days by chance, so far apart, not in the first year, which is everybody's past."""
    drawn: list[int] = []
    for day in sorted(chance.integers(YEAR, days, chance.poisson(each_year * days / YEAR)).tolist()):
        if not drawn or day - drawn[-1] >= apart:
            drawn.append(day)
    return drawn


def _build_up(chance: np.random.Generator, swelling: Floats, day: int) -> None:
    """Threats, mobilisations and protests that swell until the day."""
    lead = min(day, int(chance.integers(42, 127)))
    swelling[day - lead : day] = np.linspace(1.0, chance.uniform(3.0, 6.0), lead)


def _draw_heard(chance: np.random.Generator, places: int, days: int) -> Bools:
    heard = np.ones((places, days), np.bool_)
    for place in range(places):
        for day in chance.integers(0, days, chance.poisson(days / YEAR)):
            heard[place, day : day + int(chance.integers(5, 26))] = False
    return heard


def foretell(known: Sequence[World], held_out: Sequence[World]) -> dict[str, Any]:
    """Each signal's AUC on the held-out worlds, and its recall at thresholds from the other worlds.

    A place and quarter is asked about if it was quiet: no planted violence in it. The answer is whether any begins in
    the next quarter.
    """
    fitted, measured = gather_quarters(known), gather_quarters(held_out)
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


def gather_quarters(worlds: Sequence[World]) -> dict[str, Floats]:
    """The signals at the end of each quiet quarter, and the truth of the next."""
    gathered: dict[str, list[float]] = {}
    for world in worlds:
        places, days = world.heard.shape
        signals = [_make_signals(world, place) for place in range(places)]
        for place in range(places):
            for end in range(YEAR + QUARTER - 1, days - QUARTER, QUARTER):
                if world.episodes[place, end - QUARTER + 1 : end + 1].any():
                    continue
                row = {name: float(series[end]) for name, series in signals[place].items()}
                row["truth"] = float(any(end < day <= end + QUARTER for day in world.onsets[place]))
                for name, value in row.items():
                    gathered.setdefault(name, []).append(value)
    return {name: np.array(values) for name, values in gathered.items()}


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
        "tension of the quarter": _ratio(tension, QUARTER),
        "tension of its last month": _ratio(tension, MONTH),
        "highest surprise of the quarter": _highest(score_tail(tension, 7, dispersion_floor=8.0)),
        "violence of the quarter": _ratio(hostile["ASSAULT"] + gap, QUARTER),
        "articles of the quarter": _ratio(world.articles[place] + gap, QUARTER),
    }


def _ratio(values: Floats, days: int) -> Floats:
    """The last score that there was, 0 before any: the end of a quarter may lie in a gap."""
    scores = score_ratio(values, days, past=YEAR, least_past=YEAR // 3, mean_floor=0.5)
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
