"""What tension costs: all places over ten years, as arrays and as records.

``python -m benchmarks.tension [--places 5000] [--years 10] [--incidents 400000]``: generated incidents, the places in
districts, the districts in one country, two dozen outlets. Records are made for a share of the places alone
(`--record-places`): one a place and day with its reasons is what the arrays do without.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from benchmarks.timing import write_result
from tocsin.knowledge.weights import load_tension_weights
from tocsin.records import Incident, PartialDate, Place
from tocsin.warning import score_tension
from tocsin.warning.series import STATES, lay_out_incidents, score_blocks

FIRST = date(2015, 1, 1)
_ACTS: Sequence[tuple[Any, str | None]] = (
    ("ASSAULT", None), ("ASSAULT", "beat"), ("PROTEST", "demo"), ("THREATEN", None), ("COERCE", None), ("AID", None),
    ("CONSULT", None), ("MOBILIZE", None),
)  # fmt: skip
_OUTLETS, _PER_DISTRICT = tuple(f"out_{n}" for n in range(24)), 50


def main() -> int:
    """Measure and write benchmarks/results/tension.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=5_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--incidents", type=int, default=400_000)
    parser.add_argument("--record-places", type=int, default=50)
    parser.add_argument("--profile", action="store_true", help="show where the records' time goes")
    options = parser.parse_args()
    days = round(365.25 * options.years)
    incidents = make_incidents(options.places, days, options.incidents)
    activity = make_activity(days)
    until = FIRST + timedelta(days=days - 1)
    figures = {
        "places": options.places, "days": days, "incidents": len(incidents),
        "arrays": measure_arrays(incidents, activity, until),
        "records": measure_records(incidents, activity, until, options.record_places, options.profile),
    }  # fmt: skip
    write_result("tension", figures)
    return 0


def make_incidents(places: int, days: int, number: int, *, seed: int = 1) -> list[Incident]:
    """Incidents by chance: some places have many, most few, as in any country."""
    chance = random.Random(seed)
    known = [_make_place(n) for n in range(places)]
    shares = [1 / (1 + n) ** 0.8 for n in range(places)]
    made = []
    for n, place in enumerate(chance.choices(known, shares, k=number)):
        on = FIRST + timedelta(days=chance.randrange(days))
        type_, mode = chance.choice(_ACTS)
        at = datetime(on.year, on.month, on.day, chance.randrange(24), tzinfo=UTC)
        outlets = tuple(chance.sample(_OUTLETS, 1 + n % 3))
        made.append(
            Incident(f"inc_{n}", type_, (f"clm_{n}",), at, mode=mode, date=PartialDate.of_day(on), place=place,
                     outlets=outlets)
        )  # fmt: skip
    return made


def make_activity(days: int) -> dict[date, frozenset[str]]:
    """Which outlets were heard, from a hundred days before the first."""
    chance = random.Random(2)
    return {
        FIRST + timedelta(days=n): frozenset(o for o in _OUTLETS if chance.random() < 0.8) for n in range(-100, days)
    }


def measure_arrays(
    incidents: Sequence[Incident], activity: Mapping[date, frozenset[str]], until: date
) -> dict[str, Any]:
    """Seconds to lay the incidents out and to score every place and day."""
    weights = load_tension_weights()
    start, cpu = time.perf_counter(), time.process_time()
    layout = lay_out_incidents(incidents, weights, until)
    assert layout is not None
    laid_out = time.perf_counter()
    cells, scored, unusual = 0, 0, 0
    for block in score_blocks(layout, activity, weights):
        cells += block.level.size
        scored += int((block.state == STATES.index("scored")).sum())
        unusual += int((np.nan_to_num(block.surprise) >= 2.3).sum())
    done = time.perf_counter()
    return {
        "seconds": round(done - start, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "laying_out": round(laid_out - start, 2),
        "scoring": round(done - laid_out, 2),
        "areas": len(layout.places),
        "place_days": cells,
        "scored": scored,
        "surprise_above_2.3": unusual,
        "resident_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def measure_records(
    incidents: Sequence[Incident], activity: Mapping[date, frozenset[str]], until: date, places: int, profile: bool
) -> dict[str, Any]:
    """Seconds of `score_tension` for some places alone, and for a row."""
    names = {f"g:{n}" for n in range(0, 100 * places, 100)}
    some = [i for i in incidents if i.place is not None and i.place.gazetteer_id in names]
    watch = cProfile.Profile()
    start = time.perf_counter()
    if profile:
        watch.enable()
    rows = score_tension(some, activity, load_tension_weights(), until=until, place_names={})
    watch.disable()
    seconds = time.perf_counter() - start
    if profile:
        pstats.Stats(watch, stream=sys.stderr).sort_stats("tottime").print_stats(14)
    return {
        "places": len(names), "rows": len(rows), "seconds": round(seconds, 2),
        "microseconds_a_row": round(1e6 * seconds / len(rows), 1),
    }  # fmt: skip


def _make_place(number: int) -> Place:
    district = number // _PER_DISTRICT
    return Place(
        f"Place {number}",
        "settlement",
        "XVA",
        40.0,
        20.0,
        f"g:{number}",
        within=(f"admin1:XVA.{district}", "country:XVA"),
    )


if __name__ == "__main__":
    sys.exit(main())
