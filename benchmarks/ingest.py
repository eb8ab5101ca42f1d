"""Taking in the whole exercise: reading, locating, grouping, tension, alerts and writing, on a desk of its own.

The ratio says what everything after reading costs: whole ingest over reading alone, in the same run. With `--database
ADDRESS`, which must name an empty PostgreSQL database, the same is measured there as well, in turn with SQLite.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.timing import Timing, write_result
from tocsin.desk import Desk, open_desk
from tocsin.exercise import load_exercise
from tocsin.pipeline import read_claims
from tocsin.ports import Counts
from tocsin.settings import Settings

RUNS = 3


@dataclass
class Measured:
    """Seconds of each run on one database."""

    reading: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    counts: Counts | None = None

    def tell(self) -> dict[str, Any]:
        """The figures to keep."""
        assert self.counts is not None
        whole = Timing(tuple(self.whole)).median
        return {
            "articles": self.counts.articles,
            "claims": self.counts.claims,
            "incidents": self.counts.incidents,
            "seconds": round(whole, 2),
            "articles_per_second": round(self.counts.articles / whole, 1),
            "ratio_to_reading_alone": round(whole / Timing(tuple(self.reading)).median, 2),
            "seconds_second_ingest": round(Timing(tuple(self.again)).median, 3),
            "runs": RUNS,
        }


def main() -> None:
    """Measure and write benchmarks/results/ingest.json, or ingest_postgresql.json with a database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="an empty PostgreSQL database, emptied again after each run")
    database = parser.parse_args().database
    alone, team = Measured(), Measured()
    if database is not None and (held := _count_tables(database)):
        parser.error(f"the database holds {held} tables: what is measured on is emptied, so name an empty one")
    for _ in range(RUNS):
        _measure(alone, None)
        if database is not None:
            _measure(team, database)
            _empty(database)
    if database is None:
        write_result("ingest", alone.tell())
        return
    ratio = Timing(tuple(team.whole)).median / Timing(tuple(alone.whole)).median
    write_result(
        "ingest_postgresql",
        {"sqlite": alone.tell(), "postgresql": team.tell(), "ratio_to_sqlite": round(ratio, 2)},
    )


def _measure(into: Measured, database: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder, open_desk(Settings(home=Path(folder), database=database)) as desk:
        knowledge = desk.knowledge(is_exercise=True)
        articles = list(load_exercise().articles(desk.clock.now()))
        read_claims(articles[0], knowledge)
        start = time.perf_counter()
        for article in articles:
            read_claims(article, knowledge)
        into.reading.append(time.perf_counter() - start)
        into.whole.append(_load(desk))
        into.again.append(_load(desk))
        into.counts = desk.store.counts()


def _load(desk: Desk) -> float:
    start = time.perf_counter()
    desk.load_exercise()
    return time.perf_counter() - start


def _count_tables(database: str) -> int:
    from sqlalchemy import create_engine, inspect

    from tocsin.store.connecting import parse_address

    engine = create_engine(parse_address(database))
    with engine.connect() as connection:
        count = len(inspect(connection).get_table_names())
    engine.dispose()
    return count


def _empty(database: str) -> None:
    from sqlalchemy import create_engine, inspect, text

    from tocsin.store.connecting import parse_address

    engine = create_engine(parse_address(database))
    with engine.begin() as connection:
        for name in inspect(connection).get_table_names():
            connection.exec_driver_sql(f'DROP TABLE "{name}" CASCADE')
        ours = "SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
        for name in connection.scalars(text(ours)).all():
            connection.exec_driver_sql(f"DROP FUNCTION {name}")
    engine.dispose()


if __name__ == "__main__":
    main()
