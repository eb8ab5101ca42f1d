"""Run as a program: a child writes to the first database, is killed at a random instant, and the rest is looked at.

One process that forks, rather than one program for each kill: what is imported once costs each round nothing.
The second database is written without a disturbance. Prints how many rounds ended by a kill, and
how many different numbers of articles they left behind.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import alembic.command
import alembic.config

from tests.store.worlds import make_readings, run_flow
from tocsin.ports import Reading
from tocsin.store import open_store

assert alembic.command
assert alembic.config


def work(path: Path, readings: list[Reading], ready: int | None = None) -> None:
    """Go on where the database stands; a byte to `ready` says that it is open."""
    store = open_store(path)
    if ready is not None:
        os.write(ready, b"!")
    run_flow(store, readings)
    store.close()


def look(path: Path, readings: list[Reading]) -> int:
    """Assert that nothing is half-written; how many articles there are."""
    store = open_store(path)
    assert store.check() == [], store.check()
    waiting = set(store.underived_article_ids())
    assert len(waiting) <= 1
    held = [r for r in readings if store.has_article(r.article.id)]
    assert held == readings[: len(held)]
    homes = store.incidents_of_claims([c.id for r in held for c in r.claims])
    for reading in held:
        assert tuple(store.claims_of_article(reading.article.id)) == reading.claims
        assert len(store.sightings(reading.article.id)) == 1
        for claim in reading.claims:
            link = store.newest_links([claim.id]).get(claim.id)
            if reading.article.id in waiting:
                assert (link, homes.get(claim.id)) == (None, None)
            else:
                assert link is not None
                assert link.incident_id == homes[claim.id]
                assert claim.id in store.incident(link.incident_id).claim_ids
    store.close()
    return len(held)


def kill_one(path: Path, readings: list[Reading], after: float, *, at_work: bool) -> bool:
    """Fork a child and kill it `after` so many seconds, of its work or of its life; whether the kill came in time."""
    waiting, ready = os.pipe()
    child = os.fork()
    if child == 0:
        work(path, readings, ready)
        os._exit(0)
    os.close(ready)
    if at_work:
        os.read(waiting, 1)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(waiting)
    return os.WIFSIGNALED(status)


def main(path: Path, calm: Path, kills: int, count: int) -> None:
    readings = make_readings(count, seed=5)
    start = time.monotonic()
    work(calm, readings)
    whole = time.monotonic() - start  # so that the kills fall into the work on a fast machine and on a slow one
    rng = random.Random(20310301)
    killed, rounds, states = 0, 0, {0}
    while max(states) < count and (rounds < kills or len(states) < kills // 3):
        # every fifth kill may fall into the opening, or into the making, of the database
        killed += kill_one(path, readings, rng.uniform(0, whole / 14), at_work=rounds % 5 > 0)
        states.add(look(path, readings))
        rounds += 1
    sys.stdout.write(f"{killed} {len(states)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
