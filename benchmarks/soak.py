"""A day in half an hour: ``python -m benchmarks.soak [--hours 24] [--minutes 30]``.

One desk with everything that runs for months: the watch over feeds on loopback, derivation, the daily advance of
tension, notices over a webhook, the digest, the retention (there is a year-old stock to let go of), a backup every six
hours, and a reader of its pages. Its clock goes `hours / minutes` times as fast as ours; the network and the disk do
not. Kept are memory, threads and open files over time, and how much they grow an hour of the desk's time.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from benchmarks.load import PAGES
from benchmarks.loopback import (
    FastClock,
    count_handles,
    find_share,
    find_slope,
    list_family,
    measure_memory,
    open_fast_desk,
    serving_feeds,
)
from benchmarks.notices import fill
from benchmarks.timing import write_result
from tocsin.desk import open_desk
from tocsin.records import Feed, Filter, feed_id
from tocsin.service.allocating import settle_allocator
from tocsin.service.apart import DeskApart, make_desk_apart
from tocsin.service.backups import rotate_backups
from tocsin.service.delivering import open_courier
from tocsin.service.meters import Meters
from tocsin.service.retaining import DAY_NOTE
from tocsin.service.watching import Watcher
from tocsin.settings import Settings
from tocsin.web import make_app
from tocsin.web.serving import _make_server, open_listener

FEEDS = 20
#: A new entry of each feed comes so often, in the desk's time.
ENTRY_EVERY = timedelta(minutes=30)
BACKUP_EVERY = timedelta(hours=6)
CHANNELS = """
[[channel]]
name = "soak-hook"
kind = "webhook"
address = "http://127.0.0.1:{port}/hook"
secret_env = "SOAK_HOOK_KEY"
allow_private = true
"""


class Receiver:
    """A webhook that counts."""

    def __init__(self) -> None:
        self.count = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                receiver.count += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def age_stock(settings: Settings, number: int, now: datetime) -> None:
    """Articles of more than a year ago, taken in then."""
    then = now - timedelta(days=400)
    with open_desk(settings, clock=FastClock(then, 0.0)) as desk:
        fill(desk, random.Random(2), number, then)
        desk.store.set_note(DAY_NOTE, "")


def browse(address: str, seen: list[float], faults: list[str], stop: threading.Event) -> None:
    """One reader."""
    dice = random.Random(3)
    with httpx.Client(base_url=address, timeout=60, follow_redirects=True) as client:
        while not stop.wait(0.5):
            began, page = time.monotonic(), dice.choice(PAGES)
            try:
                answer = client.get(page)
            except httpx.HTTPError as why:
                faults.append(f"{page}: {type(why).__name__}")
                continue
            seen.append(time.monotonic() - began)
            if answer.status_code != 200:
                faults.append(f"{page}: {answer.status_code}")


def look(began: float, speed: float, desk: DeskApart) -> dict[str, float]:
    """The processes as they are now; `hours` of the desk's time."""
    worker = list_family(desk.worker.pid) if desk.worker.pid else []
    apart = [measure_memory(pid) for pid in worker]
    return {
        "hours": round((time.monotonic() - began) * speed / 3600, 2),
        "memory_mb": round(measure_memory() + sum(apart), 1), "pages_mb": round(measure_memory(), 1),
        "worker_mb": round(apart[0], 1) if apart else 0.0, "reader_mb": round(sum(apart[1:]), 1),
        "handles": count_handles() + sum(count_handles(pid) for pid in worker), "threads": threading.active_count(),
    }  # fmt: skip


def run(home: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The soak itself; its figures."""
    speed = options.hours * 60 / options.minutes
    settle_allocator()
    receiver = Receiver()
    (home / "channels.toml").write_text(CHANNELS.format(port=receiver.server.server_port))
    (home / "backups").mkdir()
    settings = Settings(home=home, fetch_private=True, retain_days=183, port=0, log_requests=False)
    age_stock(settings, options.stock, datetime.now(UTC))
    begin = datetime.now(UTC)
    clock = FastClock(begin, speed)
    clock.share()
    entries = lambda _: int((clock.now() - begin) / ENTRY_EVERY) + 1  # noqa: E731
    pages: list[float] = []
    faults: list[str] = []
    samples: list[dict[str, float]] = []
    backups, backed_up = 0, begin
    with (
        serving_feeds(entries, clock.now) as (plain, _),
        make_desk_apart(settings, clock=clock, make=open_fast_desk) as desk,
    ):
        desk.observer = Meters(desk.store, clock)
        addresses = [f"{plain}/good/{n}" for n in range(FEEDS)]
        desk.store.add_feeds([Feed(feed_id(a), a, confirmed_at=begin) for a in addresses])
        stock = desk.store.counts()
        stop = threading.Event()
        watcher = Watcher(desk, tick_seconds=60 / speed)
        with open_listener(settings) as listener, open_courier(desk.store, settings, clock=clock).running(desk):
            server = _make_server(make_app(desk), settings)
            pages_thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            pages_thread.start()
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            reader = threading.Thread(target=browse, args=(address, pages, faults, stop), daemon=True)
            watcher.start()
            reader.start()
            began = time.monotonic()
            while time.monotonic() - began < options.minutes * 60:
                time.sleep(5)
                samples.append(look(began, speed, desk))
                if clock.now() - backed_up >= BACKUP_EVERY:
                    rotate_backups(settings, home / "backups", 2, now=clock.now())
                    backups, backed_up = backups + 1, clock.now()
            stop.set()
            watcher.stop(60)
            reader.join(60)
            server.should_exit = True
            pages_thread.join(30)
        counts, problems = desk.store.counts(), desk.store.check()
        left = desk.store.count_articles(Filter(until=(begin - timedelta(days=183)).date(), with_background=True))
        failing = [f.problem for f in desk.store.feeds() if f.problem]
    last = samples[len(samples) // 3 :]
    return {
        "hours": options.hours, "minutes": options.minutes, "speed": speed, "feeds": FEEDS,
        "taken_in": counts.articles - left, "retired": stock.articles - left,
        "expected": FEEDS * entries(0), "stock_before": stock.articles,
        "articles": counts.articles, "incidents": counts.incidents, "alerts": counts.alerts, "backups": backups,
        "notices_received": receiver.count, "feeds_failing": failing, "problems_found": problems,
        "pages": len(pages), "page_p95_ms": round(1000 * find_share(pages, 0.95)), "page_faults": faults[:20],
        "memory_mb_begin": samples[0]["memory_mb"], "memory_mb_end": samples[-1]["memory_mb"],
        "memory_mb_per_desk_hour": round(find_slope([(r["hours"], r["memory_mb"]) for r in last]), 3),
        "handles_per_desk_hour": round(find_slope([(r["hours"], r["handles"]) for r in last]), 3),
        "threads_per_desk_hour": round(find_slope([(r["hours"], r["threads"]) for r in last]), 3),
        "handles_most": max(r["handles"] for r in samples), "threads_most": max(r["threads"] for r in samples),
        "samples": samples[:: max(1, len(samples) // 60)],
    }  # fmt: skip


def main() -> int:
    """Measure, print and keep the figures."""
    import os

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0, help="of the desk's time")
    parser.add_argument("--minutes", type=float, default=30.0, help="of ours")
    parser.add_argument("--stock", type=int, default=2000, help="articles of more than a year ago")
    options = parser.parse_args()
    os.environ["SOAK_HOOK_KEY"] = "not a secret but a benchmark's own word"
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as home:
        write_result("soak", run(Path(home), options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
