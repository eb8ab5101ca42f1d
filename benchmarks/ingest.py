"""Taking in the whole exercise: reading, locating, grouping, tension, alerts and writing, on a desk of its own.

The ratio says what everything after reading costs: whole ingest over reading alone, in the same run.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.timing import Timing, write_result
from tocsin.desk import open_desk
from tocsin.exercise import load_exercise
from tocsin.pipeline import read_claims
from tocsin.settings import Settings

RUNS = 3


def main() -> None:
    """Measure and write benchmarks/results/ingest.json."""
    whole, reading, again = [], [], []
    counts = None
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder, open_desk(Settings(home=Path(folder))) as desk:
            knowledge = desk.knowledge(is_exercise=True)
            articles = list(load_exercise().articles(desk.clock.now()))
            read_claims(articles[0], knowledge)
            start = time.perf_counter()
            for article in articles:
                read_claims(article, knowledge)
            reading.append(time.perf_counter() - start)
            start = time.perf_counter()
            desk.load_exercise()
            whole.append(time.perf_counter() - start)
            start = time.perf_counter()
            desk.load_exercise()
            again.append(time.perf_counter() - start)
            counts = desk.store.counts()
    assert counts is not None
    write_result(
        "ingest",
        {
            "articles": counts.articles,
            "claims": counts.claims,
            "incidents": counts.incidents,
            "seconds": round(Timing(tuple(whole)).median, 2),
            "articles_per_second": round(counts.articles / Timing(tuple(whole)).median, 1),
            "ratio_to_reading_alone": round(Timing(tuple(whole)).median / Timing(tuple(reading)).median, 2),
            "seconds_second_ingest": round(Timing(tuple(again)).median, 3),
            "runs": RUNS,
        },
    )


if __name__ == "__main__":
    main()
