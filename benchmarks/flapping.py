"""Does noise move a place? ``python -m benchmarks.flapping [--worlds 2] [--draws 3]``.

The daily hostile sums of planted worlds (see `benchmarks/planted.py`; all of it EXERCISE) are scored and staged as they
are, and again with every day's sum multiplied by a number between 0.9 and 1.1. A place flaps where it goes up and down
again, or down and up again, in less than `quiet_days` days. A flap is the noise's where the clean series changes at
neither end of it, give or take a day. Beside them: in what share of place-days the noisy stage is another, and, on the
clean series, how soon a place where violence begins stands at "alert": what keeps a stage still may also keep it late.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from benchmarks.planting import KINDS, plant_world
from benchmarks.timing import write_result
from tocsin.knowledge.policy import AlertPolicy, load_alert_policy
from tocsin.knowledge.weights import TensionWeights, load_tension_weights
from tocsin.records import Tension
from tocsin.warning.stages import STAGES, set_stages
from tocsin.warning.surprise import describe_past, measure_surprise, sum_windows

_FIRST = date(2001, 1, 1)
Floats = npt.NDArray[np.float64]


def stage_places(
    hostile: Floats, heard: npt.NDArray[np.bool_], weights: TensionWeights, policy: AlertPolicy
) -> npt.NDArray[np.int8]:
    """The stage of each place and day as a rank, -1 where none is told; arrays are places x days."""
    level = sum_windows(hostile, weights.window_days)
    number, mean, variance = describe_past(hostile, heard, weights.window_days, weights.past_days)
    surprise, _ = measure_surprise(
        level, mean, variance, weights.window_days, weights.mean_floor, weights.dispersion_floor
    )
    ranks = np.full(hostile.shape, -1, np.int8)
    for place in range(len(hostile)):
        rows = [
            Tension(
                str(place), str(place), _FIRST + timedelta(days=day), 0.0, 0.0, float(level[place, day]),
                float(surprise[place, day]) if number[place, day] >= weights.least_past_days else None, None,
                "scored" if number[place, day] >= weights.least_past_days else "too-little-history",
            )
            for day in range(hostile.shape[1])
        ]  # fmt: skip
        for day, row in enumerate(set_stages(rows, (), policy)):
            ranks[place, day] = -1 if row.stage is None else STAGES.index(row.stage)
    return ranks


def find_flaps(ranks: npt.NDArray[np.int8], within: int) -> list[tuple[int, int, int]]:
    """Place and the two days of each change of stage that is undone in less than so many days."""
    flaps = []
    for place, row in enumerate(ranks):
        steps = np.diff(row.astype(int))
        at = np.nonzero(steps)[0]
        flaps += [(place, int(a), int(b)) for a, b in pairwise(at) if b - a < within and steps[a] * steps[b] < 0]
    return flaps


def count_made(flaps: list[tuple[int, int, int]], clean: npt.NDArray[np.int8]) -> int:
    """How many flaps have no change of the clean series at either end."""
    changes = np.diff(clean.astype(int), axis=1) != 0
    return sum(not any(changes[place, max(0, at - 1) : at + 2].any() for at in (a, b)) for place, a, b in flaps)


def find_rises(ranks: npt.NDArray[np.int8], onsets: Sequence[Sequence[int]], least: int = 2) -> list[int | None]:
    """For each planted onset the days until its place stands so high, at most two weeks; None where it does not."""
    rises = []
    for place, days in enumerate(onsets):
        for day in days:
            high = np.flatnonzero(ranks[place, day : day + 15] >= least)
            rises.append(int(high[0]) if len(high) else None)
    return rises


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=4)
    parser.add_argument(
        "--first", type=int, default=2, help="seed of the first world; the bounds were chosen on 0 and 1"
    )
    parser.add_argument("--draws", type=int, default=3, help="draws of noise for each world")
    options = parser.parse_args()
    weights, policy = load_tension_weights(), load_alert_policy()
    figures = dict.fromkeys(
        ("place_years", "changes_clean", "flaps_clean", "flaps_noisy", "flaps_by_noise", "days_otherwise"), 0.0
    )
    rises: list[int | None] = []
    for seed in range(options.first, options.first + options.worlds):
        world = plant_world(seed, places=40, years=4)
        hostile = sum(
            (abs(weights.weigh(kind, None)) * world.counts[kind] for kind in KINDS), np.zeros(world.heard.shape)
        )
        clean = stage_places(hostile, world.heard, weights, policy)
        figures["place_years"] += clean.size / 365.25
        figures["changes_clean"] += int(np.count_nonzero(np.diff(clean.astype(int), axis=1)))
        figures["flaps_clean"] += len(find_flaps(clean, policy.quiet_days))
        rises += find_rises(clean, world.onsets)
        for draw in range(options.draws):
            chance = np.random.default_rng(1000 * seed + draw)
            noisy = stage_places(hostile * chance.uniform(0.9, 1.1, hostile.shape), world.heard, weights, policy)
            flaps = find_flaps(noisy, policy.quiet_days)
            figures["flaps_noisy"] += len(flaps) / options.draws
            figures["flaps_by_noise"] += count_made(flaps, clean) / options.draws
            figures["days_otherwise"] += float((noisy != clean).mean()) / options.draws / options.worlds
    days = [rise for rise in rises if rise is not None]
    figures["onsets"], figures["stood_at_alert"] = len(rises), round(len(days) / len(rises), 4)
    figures["mean_days_to_alert"] = float(np.mean(days))
    told = {name: round(value, 4) for name, value in figures.items()}
    sys.stdout.write(f"{told}\n")
    write_result("flapping", told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
