"""Onset detection: every detector on dated deaths and incidents by governorate, beside alarms thrown at random.

``python -m benchmarks.onsets [--shared FOLDER]``: the developers' Syria 2016-2017. Each detector's threshold is the
lowest that keeps to 2 false alarms a place-year in one year; recall, delay and false alarms are then measured on the
other. A year begins where a whole past of 84 days lies behind it: 2016 on 25 March. The shipped detector of deaths is
the one with the shortest mean delay (a miss counts 15 days) in 2016, over false-alarm rates of 1.25 to 2.25; that of
incidents, of which 2016 has six onsets, the one with the shortest over both quantities.
Beside them stands how soon an onset has as many deaths or incidents as make it one: who rings sooner rings on less.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import numpy as np

from benchmarks.timing import write_result
from tocsin.knowledge.detectors import DetectorName, OnsetRule, load_detector_weights
from tocsin.predicting.detect import Floats, lay_out_series
from tocsin.warning.detectors import Bools
from tocsin.warning.onsets import pick_alarms, score_onsets

#: An alarm finds an onset from so many days before it to so many after.
BEFORE, AFTER = 7, 14
MOST_FALSE, FALSE_RATES = 2.0, (1.25, 1.5, 1.75, 2.0, 2.25)
_MISS_DAYS = AFTER + 1
YEARS = {2016: (date(2016, 3, 25), date(2016, 12, 31)), 2017: (date(2017, 1, 1), date(2017, 12, 31))}
#: Our name of a quantity and the developers'.
KEYS = {"deaths": "deaths", "incidents": "events"}
#: How many the developers' key asks of the fortnight that an onset begins.
ASKED = {"deaths": 40, "incidents": 15}


@dataclass(frozen=True, slots=True)
class Onsets:
    """What is to be found: values, onsets (positions) and days without blame for an alarm, each by area."""

    first: date
    values: Mapping[str, Floats]
    onsets: Mapping[str, Sequence[int]]
    exempt: Mapping[str, Bools]


@dataclass(frozen=True, slots=True)
class Figures:
    """Found onsets of a stretch, with the false alarms that they cost.

    delays  days from onset to the first alarm near it, None for a miss
    random  the recall that as many alarms at random have
    """

    threshold: float
    delays: tuple[int | None, ...]
    false_rate: float
    random: float

    @property
    def recall(self) -> float:
        """Share of the onsets found."""
        return sum(d is not None for d in self.delays) / len(self.delays)

    @property
    def median_delay(self) -> float:
        """Days, of the onsets that were found."""
        found = [d for d in self.delays if d is not None]
        return float(np.median(found)) if found else float("nan")

    @property
    def capped_delays(self) -> list[int]:
        """A delay for every onset, a miss counted as one day too late."""
        return [_MISS_DAYS if d is None else d for d in self.delays]

    def show(self) -> dict[str, Any]:
        """What is printed."""
        return {
            "recall": round(self.recall, 3), "random_recall": round(self.random, 3),
            "median_delay_days": self.median_delay, "false_alarms_per_place_year": round(self.false_rate, 2),
            "onsets": len(self.delays),
        }  # fmt: skip


def main() -> int:
    """Measure, print a table on standard error and write benchmarks/results/onsets.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    folder = parser.parse_args().shared / "gold" / "warning"
    if not (folder / "syria_2016_2017.csv.gz").exists():
        sys.stderr.write(f"{folder} holds no syria_2016_2017.csv.gz: nothing is measured\n")
        return 0
    gold = {quantity: read_onsets(folder, quantity) for quantity in KEYS}
    rules = load_detector_weights().onsets
    shipped = {
        quantity: {str(y): measure(gold[quantity], rules[quantity], y).show() for y in YEARS} for quantity in KEYS
    }
    detectors = {q: {n: compare(gold[q], rules[q], n) for n in get_args(DetectorName)} for q in KEYS}
    figures = {
        "shipped": {q: {"detector": rules[q].detector, "threshold": rules[q].threshold, **shipped[q]} for q in KEYS},
        "choice_on_2016_mean_delay_days": {
            " and ".join(some): {n: choose({q: gold[q] for q in some}, rules, n) for n in get_args(DetectorName)}
            for some in (("deaths",), ("incidents",), ("deaths", "incidents"))
        },
        "median_days_to_what_makes_an_onset": {q: {str(y): time_onsets(gold[q], q, y) for y in YEARS} for q in KEYS},
        "detectors": detectors,
    }
    print_table(detectors)
    write_result("onsets", figures)
    return 0


def read_onsets(folder: Path, quantity: str) -> Onsets:
    """The developers' series and key of a quantity."""
    with gzip.open(folder / "syria_2016_2017.csv.gz", "rt", encoding="utf-8") as lines:
        first, values = lay_out_series(list(csv.DictReader(lines)), quantity)
    onsets: dict[str, list[int]] = {}
    exempt: dict[str, Bools] = {}
    for line in (folder / f"syria_{KEYS[quantity]}_onsets_dev.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        unit = record["unit"]
        onsets[unit] = [(date.fromisoformat(d) - first).days for d in record["onsets"]]
        exempt[unit] = np.zeros(len(next(iter(values.values()))), np.bool_)
        for begin, end in record["exempt"]:
            exempt[unit][(date.fromisoformat(begin) - first).days : (date.fromisoformat(end) - first).days + 1] = True
    return Onsets(first, values, onsets, exempt)


def measure(gold: Onsets, rule: OnsetRule, year: int, scores: Mapping[str, Floats] | None = None) -> Figures:
    """The rule's alarms against the key, one year."""
    since, until = ((day - gold.first).days for day in YEARS[year])
    delays: list[int | None] = []
    kept, false, free = 0, 0, 0
    for unit, onsets in gold.onsets.items():
        values = gold.values.get(unit, np.zeros(len(gold.exempt[unit])))
        found = score_onsets(values, rule) if scores is None else scores[unit]
        alarms = [a for a in pick_alarms(values, found, rule) if since - BEFORE <= a <= until]
        inside = [a for a in alarms if a >= since]
        kept, false = kept + len(inside), false + sum(not gold.exempt[unit][a] for a in inside)
        free += int((~gold.exempt[unit][since : until + 1]).sum())
        for onset in onsets:
            if since <= onset <= until:
                near = [a - onset for a in alarms if -BEFORE <= a - onset <= AFTER]
                delays.append(min(near) if near else None)
    rate = kept / (len(gold.onsets) * (until - since + 1))
    return Figures(rule.threshold, tuple(delays), 365.25 * false / free, 1 - (1 - rate) ** (BEFORE + AFTER + 1))


def calibrate(gold: Onsets, rule: OnsetRule, year: int, rates: Sequence[float] = (MOST_FALSE,)) -> list[Figures]:
    """For each false-alarm rate the figures at the lowest threshold that keeps to it in that year."""
    since, until = ((day - gold.first).days for day in YEARS[year])
    scores = {unit: score_onsets(gold.values.get(unit, np.zeros(until + 1)), rule) for unit in gold.onsets}
    known = np.concatenate([s[since : until + 1] for s in scores.values()])
    known = known[~np.isnan(known)]
    # steps of 1 per cent from the greatest score down to what three days in ten reach
    low, high = max(float(np.quantile(known, 0.7)), 0.05), float(known.max())
    grid = np.unique(np.round(high * 0.99 ** np.arange(max(1, 1 + int(np.log(low / high) / np.log(0.99)))), 2))[::-1]
    tried: list[Figures] = []
    for threshold in grid:
        tried.append(measure(gold, replace(rule, threshold=float(threshold)), year, scores))
        if tried[-1].false_rate > max(rates) + 1:
            break
    kept = [[f for at, f in enumerate(tried) if max(t.false_rate for t in tried[: at + 1]) <= rate] for rate in rates]
    return [some[-1] if some else tried[0] for some in kept]


def compare(gold: Onsets, rule: OnsetRule, name: DetectorName) -> dict[str, Any]:
    """A detector's threshold from each year, with the figures of that year and of the other."""
    row: dict[str, Any] = {}
    for year, other in ((2016, 2017), (2017, 2016)):
        fitted = calibrate(gold, replace(rule, detector=name), year)[0]
        measured = measure(gold, replace(rule, detector=name, threshold=fitted.threshold), other)
        row[f"threshold_from_{year}"] = {
            "threshold": round(fitted.threshold, 3), str(year): fitted.show(), str(other): measured.show(),
        }  # fmt: skip
    return row


def choose(gold: Mapping[str, Onsets], rules: Mapping[str, OnsetRule], name: DetectorName) -> float:
    """Mean delay in 2016 over the quantities and all false-alarm rates, a miss counted as 15 days."""
    delays = [
        delay
        for quantity, known in gold.items()
        for figures in calibrate(known, replace(rules[quantity], detector=name), 2016, FALSE_RATES)
        for delay in figures.capped_delays
    ]
    return round(float(np.mean(delays)), 2)


def time_onsets(gold: Onsets, quantity: str, year: int) -> dict[str, float]:
    """Median days from an onset to half of, and to all of, the deaths or incidents that the key asks of one."""
    since, until = ((day - gold.first).days for day in YEARS[year])
    waits: dict[str, list[float]] = {"half": [], "all": []}
    for unit, onsets in gold.onsets.items():
        for onset in onsets:
            if since <= onset <= until:
                total = np.cumsum(gold.values[unit][onset : onset + AFTER])
                for name, least in (("half", ASKED[quantity] / 2), ("all", ASKED[quantity])):
                    waits[name].append(float(np.argmax(total >= least)) if total[-1] >= least else _MISS_DAYS)
    return {name: float(np.median(days)) for name, days in waits.items()}


def print_table(detectors: Mapping[str, Mapping[str, Any]]) -> None:
    """One line a quantity, detector and year of the threshold."""
    sys.stderr.write("recall / median delay in days / false alarms a place-year / recall at random\n")
    for quantity, rows in detectors.items():
        for name, row in rows.items():
            for year, other in (("2016", "2017"), ("2017", "2016")):
                fit = row[f"threshold_from_{year}"]
                sys.stderr.write(
                    f"{quantity:<9} {name:<8} {fit['threshold']:>8.2f} from {year}: {_show(fit[year])}"
                    f" | on {other}: {_show(fit[other])}\n"
                )


def _show(row: Mapping[str, Any]) -> str:
    return (
        f"{row['recall']:.2f} {row['median_delay_days']:>5.1f} "
        f"{row['false_alarms_per_place_year']:.2f} {row['random_recall']:.2f}"
    )


if __name__ == "__main__":
    sys.exit(main())
