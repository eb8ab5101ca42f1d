"""Two hundred feeds, a third of them broken, polled on one machine: ``python -m benchmarks.feeds [--feeds 200]``.

The feeds are on loopback; the broken ones are refused, never answer, drip, answer 500 or 404, redirect in a circle, are
huge, are no XML, are a gzip bomb, or have a certificate that nobody believes. In each round all feeds are due at the
same moment and each good one has one new entry. Measured is the time from then until that entry stands in the store.
The desk's own guard is on, but for loopback, which it would refuse otherwise.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.loopback import FAULTS, count_handles, find_closed_port, find_share, measure_memory, serving_feeds
from benchmarks.timing import write_result
from tocsin.desk import Desk, open_desk
from tocsin.records import Feed, feed_id
from tocsin.settings import Settings


class SetClock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def now(self) -> datetime:
        """The desk's time."""
        return self.time


def make_feeds(count: int, plain: str, secret: str) -> dict[str, str]:
    """Addresses with what each is: "good", or how it is broken. Every third is broken."""
    closed, kinds, broken = f"http://127.0.0.1:{find_closed_port()}", {}, 0
    for n in range(count):
        if n % 3 != 2:
            kinds[f"{plain}/good/{n}"] = "good"
            continue
        fault = FAULTS[broken % len(FAULTS)]
        broken += 1
        host = {"refused": closed, "bad TLS": secret}.get(fault, plain)
        kinds[f"{host}/{fault.replace(' ', '%20')}/{n}"] = fault
    return kinds


def poll(desk: Desk, good: dict[str, str], wanted: int) -> tuple[dict[str, float], float]:
    """One round: seconds after its beginning at which each good feed had been taken in, and the whole round's."""
    began, seen, done = time.monotonic(), {}, threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            for feed in desk.store.feeds():
                if feed.address in good and feed.address not in seen and feed.articles >= wanted:
                    seen[feed.address] = time.monotonic() - began

    watching = threading.Thread(target=look, daemon=True)
    watching.start()
    desk.poll_feeds()
    whole = time.monotonic() - began
    time.sleep(0.5)
    done.set()
    watching.join()
    return seen, whole


def main() -> int:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=Settings().poll_workers)
    parser.add_argument("--timeout", type=float, default=Settings().fetch_timeout_seconds, help="seconds for a fetch")
    options = parser.parse_args()
    round_number, clock = 0, SetClock()
    rows = []
    with serving_feeds(lambda _: round_number + 1, clock.now) as (plain, secret), tempfile.TemporaryDirectory() as home:
        settings = Settings(
            home=Path(home), fetch_private=True, poll_workers=options.workers, fetch_timeout_seconds=options.timeout
        )
        with open_desk(settings, clock=clock) as desk:
            desk.knowledge()
            kinds = make_feeds(options.feeds, plain, secret)
            desk.store.add_feeds([Feed(feed_id(a), a, confirmed_at=clock.now()) for a in kinds])
            good = {a: kind for a, kind in kinds.items() if kind == "good"}
            for round_number in range(options.rounds):
                seen, whole = poll(desk, good, round_number + 1)
                delays = list(seen.values())
                rows.append({
                    "round": round_number + 1, "good_feeds": len(good), "taken_in": len(seen),
                    "median_seconds": round(find_share(delays, 0.5), 2),
                    "p95_seconds": round(find_share(delays, 0.95), 2),
                    "last_seconds": round(max(delays, default=float("nan")), 2), "round_seconds": round(whole, 2),
                    "memory_mb": round(measure_memory(), 1), "handles": count_handles(),
                })  # fmt: skip
                sys.stderr.write(f"{rows[-1]}\n")
                clock.time += timedelta(minutes=16)
            told = {f.address: f.problem for f in desk.store.feeds()}
    problems = {kind: told[a] for a, kind in kinds.items() if kind != "good"}
    write_result(
        "feeds",
        {"feeds": options.feeds, "broken": len(kinds) - len(good), "workers": options.workers,
         "timeout_seconds": options.timeout, "rounds": rows, "problems": problems},
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
