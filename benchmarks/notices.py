"""From an article's arrival to its notice in the outbox: ``python -m benchmarks.notices [--rate 20] [--seconds 60]``.

A desk that already holds three months of invented flashes takes more at a steady rate, each handed in alone as a feed
or a client would; among them, now and then, two outlets tell of people killed in a town where nothing was told before,
which rings. Measured is the time from the moment the second of such a pair was due to arrive until its notice stands in
the outbox. Each onset's notice is looked up there; onsets without one, which the reader or the rules pass over, are
counted apart (`onsets_untold`). Onsets lie in regions of their own, since a second one in a region is told when its
notices' pace allows. Flashes are short (about 25 words): reading costs what words cost, and `--words` pads them, with
other sentences each, for copies are other work.

The desk is opened as `tocsin serve` opens it, with processes beside this one that read and derive; `--together` keeps
all in one. As many hand in side by side as the setting intake_waiting lets in.
"""

from __future__ import annotations

import argparse
import json
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
from tocsin.service.apart import make_desk_apart
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
#: Each in a region of its own, and none of them among the others.
ONSET_TOWNS = (
    "Tetovo", "Mostar", "Podgorica", "Kharkiv", "Timbuktu", "Maiduguri", "Bukavu", "Agadez", "Bangui", "Juba",
    "Mogadishu", "Gyumri", "Kandahar", "Aleppo", "Mosul", "Taiz", "Benghazi", "Bunia", "Mekelle", "Quetta",
)  # fmt: skip
ONSETS = (
    (
        "Gunmen shot dead three police officers in {town} on {day}, a hospital doctor said.",
        "In {town}, three officers of the police were shot dead by unknown men on {day}, medics said.",
    ),
    (
        "Three policemen were killed in {town} on {day} when unknown men opened fire at their car, residents said.",
        "Residents of {town} said that gunmen had killed three police officers on {day}.",
    ),
)
#: What fills a report up: one of each, so that no two reports share their padding.
PADS = (
    (
        "Officials", "A clerk of the town hall", "The market's traders", "Teachers of the school", "An elder",
        "Drivers at the bus station", "The radio's correspondent", "A baker on the square", "Two shopkeepers",
        "The water company", "A pensioner", "Members of the council",
    ),
    (
        "gave no further details", "spoke of a quiet morning", "had no comment", "waited for word from the capital",
        "hoped for an early answer", "said that shops stay open", "could not be reached by telephone",
        "asked for patience", "pointed to the rain of the last days", "remembered better years",
        "counted few people in the streets", "would speak to reporters later",
    ),
    (
        "before noon", "at the end of the shift", "when the bells rang", "while trains ran late", "after the prayers",
        "as the market closed", "in the afternoon", "under grey skies", "at the bridge", "near the old mill",
        "outside the post office", "behind the stadium",
    ),
)  # fmt: skip
#: The rule that an onset fires.
RULE = "deadly-violence"


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
            town = ONSET_TOWNS[onset % len(ONSET_TOWNS)]
            first = n % int(rate * 5) == 0
            text = _write(dice.choice(ONSETS[not first]), town, day, words, dice)
            flashes.append(Flash(due, "Wire A" if first else "Wire B", text, onset))
            onset += not first
        else:
            text = _write(dice.choice(ACTS), dice.choice(TOWNS), day, words, dice)
            flashes.append(Flash(due, f"Outlet {dice.randrange(30)}", f"{text} Report {n}."))
    return flashes


def _write(form: str, town: str, day: str, words: int, dice: random.Random) -> str:
    text = f"EXERCISE: {form.format(town=town, day=day)}"
    while len(text.split()) < words:
        text += f" {' '.join(dice.choice(some) for some in PADS)}."
    return text


def fill(desk: Desk, dice: random.Random, number: int, now: datetime) -> None:
    """Three months of earlier flashes, handed in as one file: read one by one and derived together."""
    lines = []
    for n in range(number):
        at = now - timedelta(days=90 * (1 - n / number) + 1)
        text = _write(dice.choice(ACTS), dice.choice(TOWNS), f"{at:%A}", 0, dice)
        outlet = f"Outlet {dice.randrange(30)}"
        lines.append(json.dumps({"text": f"{text} Note {n}.", "outlet": outlet, "published": at.isoformat()}))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "earlier.jsonl")
        file.write_text("\n".join(lines), "utf-8")
        desk.take_paths([file])


@dataclass(frozen=True, slots=True)
class Outcome:
    """`waits` in seconds of the second reports of onsets that were told, `untold` those that were not, `late` how many
    seconds behind the last flash was when it was taken."""

    waits: tuple[float, ...]
    untold: tuple[int, ...]
    late: float


def run(desk: Desk, flashes: list[Flash], now: datetime, clients: int) -> Outcome:
    """Hand flashes in as they are due, by whichever client is free; when a call comes back, its report is derived."""
    waiting: queue.Queue[Flash | None] = queue.Queue()
    began = time.monotonic()
    back: dict[int, tuple[str, float]] = {}
    behind: list[float] = []

    def hand_in() -> None:
        while (flash := waiting.get()) is not None:
            taken = desk.take_text(flash.text, Options(outlet=flash.outlet, published_at=now))
            behind.append(time.monotonic() - began - flash.due)
            if flash.onset is not None and flash.outlet == "Wire B":
                back[flash.onset] = taken.articles[0].id, behind[-1]

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
    told = _find_told(desk, [article for article, _ in back.values()])
    waits = tuple(wait for article, wait in back.values() if article in told)
    return Outcome(waits, tuple(n for n, (article, _) in sorted(back.items()) if article not in told), behind[-1])


def _find_told(desk: Desk, article_ids: list[str]) -> set[str]:
    """The articles of whose incident an alert of the rule stands in a notice."""
    noticed = {id_ for notice in desk.store.notices(1_000) for id_ in notice.alert_ids}
    alerts = [a for a in desk.store.alerts() if a.rule == RULE and a.id in noticed]
    ringing = {id_ for alert in alerts for id_ in alert.incident_ids}
    claims = {c for i in desk.store.incidents_by_id(ringing).values() for c in i.claim_ids}
    return {c.article_id for c in desk.store.claims_of_articles(article_ids) if c.id in claims}


def main() -> int:
    """Measure and print; the result is kept beside the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20.0, help="articles a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--words", type=int, default=25, help="least words of a flash")
    parser.add_argument("--clients", type=int, default=Settings().intake_waiting, help="that hand in side by side")
    parser.add_argument("--together", action="store_true", help="read and derive in this process")
    parser.add_argument("--history", type=int, default=2000, help="flashes that the desk already holds")
    options = parser.parse_args()
    dice, now = random.Random(1), datetime.now(UTC)
    open_ = open_desk if options.together else make_desk_apart
    with tempfile.TemporaryDirectory() as home, open_(Settings(home=Path(home))) as desk:
        fill(desk, dice, options.history, now)
        flashes = make_flashes(dice, options.rate, options.seconds, options.words, f"{now:%A}")
        outcome = run(desk, flashes, now, options.clients)
        notices = len(desk.store.notices(500))
    ordered = sorted(outcome.waits)
    figures = {
        "rate": options.rate,
        "words": options.words,
        "history": options.history,
        "clients": options.clients,
        "together": options.together,
        "flashes": len(flashes),
        "onsets": len(ordered),
        "onsets_untold": len(outcome.untold),
        "notices": notices,
        "median_seconds": round(statistics.median(ordered), 3),
        "p95_seconds": round(ordered[max(0, int(len(ordered) * 0.95) - 1)], 3),
        "last_behind_seconds": round(outcome.late, 2),
    }
    sys.stdout.write(f"{figures}\n")
    write_result("notices", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
