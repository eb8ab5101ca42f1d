"""From an article's arrival to its notice in the outbox: ``python -m benchmarks.notices [--rate 20] [--seconds 60]``.

A desk that already holds three months of invented flashes takes more at a steady rate, each handed in alone as a feed
or a client would; among them, now and then, two outlets tell of people killed in a town where nothing was told before,
which rings. Measured is the time from the moment the second of such a pair was due to arrive until its notice stands in
the outbox. Flashes are short (about 25 words): reading costs what words cost, and `--words` pads them.
"""

from __future__ import annotations

import argparse
import queue
import random
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.timing import write_result
from tocsin.desk import Desk, open_desk
from tocsin.intake import Options
from tocsin.settings import Settings

TOWNS = (
    "Zvecan", "Leposavic", "Zubin Potok", "Jarinje", "Rudare", "Gjilan", "Ferizaj", "Prizren", "Peja", "Gjakova",
    "Podujevo", "Vushtrri", "Istog", "Klina", "Lipjan", "Kamenica", "Kacanik", "Decan", "Malisheva", "Suhareka",
)  # fmt: skip
ACTS = (
    "Villagers blocked a road near {town} on {day}, police said.",
    "Police arrested four men in {town} on {day}, a spokesman said.",
    "Several hundred people demonstrated in {town} on {day}.",
    "The mayor of {town} met delegates of the opposition on {day}.",
    "Unknown men threw stones at a patrol in {town} on {day}, witnesses said.",
)
ONSETS = (
    "Gunmen shot dead three police officers in {town} on {day}, a hospital doctor said.",
    "Three policemen were killed in {town} on {day} when unknown men opened fire at their car, residents said.",
)
PAD = "Officials gave no further details and said that they would speak to reporters later."


@dataclass(frozen=True, slots=True)
class Flash:
    """One report; `due` in seconds from the beginning, `onset` the number of the pair it belongs to or None."""

    due: float
    outlet: str
    text: str
    onset: int | None = None


def make_flashes(dice: random.Random, rate: float, seconds: float, words: int, day: str) -> list[Flash]:
    """Flashes at a steady rate; every fifth second a pair of them is an onset, one right after the other."""
    flashes, onset = [], 0
    number = int(rate * seconds)
    for n in range(number):
        due = n / rate
        if n and n % int(rate * 5) in (0, 1):
            town = TOWNS[onset % len(TOWNS)]
            first = n % int(rate * 5) == 0
            flashes.append(
                Flash(due, "Wire A" if first else "Wire B", _write(ONSETS[not first], town, day, words), onset)
            )
            onset += not first
        else:
            text = _write(dice.choice(ACTS), dice.choice(TOWNS), day, words)
            flashes.append(Flash(due, f"Outlet {dice.randrange(30)}", f"{text} Report {n}."))
    return flashes


def _write(form: str, town: str, day: str, words: int) -> str:
    text = f"EXERCISE: {form.format(town=town, day=day)}"
    while len(text.split()) < words:
        text += f" {PAD}"
    return text


def fill(desk: Desk, dice: random.Random, number: int, now: datetime) -> None:
    """Three months of earlier flashes, read and derived at once."""
    from unittest.mock import patch

    with patch.object(Desk, "derive", lambda *_: None):
        for n in range(number):
            at = now - timedelta(days=90 * (1 - n / number) + 1)
            text = _write(dice.choice(ACTS), dice.choice(TOWNS), f"{at:%A}", 0)
            desk.take_text(f"{text} Note {n}.", Options(outlet=f"Outlet {dice.randrange(30)}", published_at=at))
    desk.derive()


def run(desk: Desk, flashes: list[Flash], now: datetime, clients: int) -> tuple[list[float], float]:
    """Waits in seconds of the second report of each onset, and how long the last flash was behind when it was taken.

    A report is handed in by whichever client is free; when its call comes back, what it rings stands in the outbox.
    """
    waiting: queue.Queue[Flash | None] = queue.Queue()
    began = time.monotonic()
    told: dict[int, float] = {}
    behind: list[float] = []

    def hand_in() -> None:
        while (flash := waiting.get()) is not None:
            desk.take_text(flash.text, Options(outlet=flash.outlet, published_at=now))
            behind.append(time.monotonic() - began - flash.due)
            if flash.onset is not None and flash.outlet == "Wire B":
                told[flash.onset] = behind[-1]

    threads = [threading.Thread(target=hand_in, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for flash in flashes:
        time.sleep(max(0.0, began + flash.due - time.monotonic()))
        waiting.put(flash)
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.join()
    return list(told.values()), behind[-1]


def main() -> int:
    """Measure and print; the result is kept beside the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20.0, help="articles a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--words", type=int, default=25, help="least words of a flash")
    parser.add_argument("--clients", type=int, default=8, help="that hand in side by side")
    parser.add_argument("--history", type=int, default=2000, help="flashes that the desk already holds")
    options = parser.parse_args()
    dice, now = random.Random(1), datetime.now(UTC)
    with tempfile.TemporaryDirectory() as home, open_desk(Settings(home=Path(home))) as desk:
        fill(desk, dice, options.history, now)
        flashes = make_flashes(dice, options.rate, options.seconds, options.words, f"{now:%A}")
        waits, late = run(desk, flashes, now, options.clients)
        notices = len(desk.store.notices(500))
    ordered = sorted(waits)
    figures = {
        "rate": options.rate, "words": options.words, "history": options.history, "flashes": len(flashes),
        "onsets": len(waits), "notices": notices, "median_seconds": round(statistics.median(ordered), 3),
        "p95_seconds": round(ordered[max(0, int(len(ordered) * 0.95) - 1)], 3), "last_behind_seconds": round(late, 2),
    }  # fmt: skip
    sys.stdout.write(f"{figures}\n")
    write_result("notices", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
