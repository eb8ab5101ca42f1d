"""Offered load: ``python -m benchmarks.load [--rate 50] [--minutes 30] [--readers 20]``.

A desk of its own is started as people start it (`tocsin serve`), and articles are offered over its API at a steady
rate, whether or not it keeps up, while readers open one page after the other. What the desk cannot take it must refuse
(503 with Retry-After); nothing may pile up in it. Kept are: what was taken in and refused, the articles that wait for
grouping, page times, and memory and open files over time, those of the process that answers pages and of its worker
together. The articles are short (about 25 words).

The load is made on the same machine, and costs it about a third of a core.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.loopback import (
    count_handles,
    find_share,
    find_slope,
    list_family,
    measure_memory,
    measure_work,
    write_report,
)
from benchmarks.timing import write_result

PAGES = ("/", "/incidents", "/claims", "/articles", "/map", "/alerts", "/places", "/search?query=police", "/outlets")
#: A reader looks at a page for so long before the next, on average.
LOOK_SECONDS = 2.0
#: A client gives up after so long, and does not hold more than so many offers open: it must not be the queue itself.
PATIENCE_SECONDS, MOST_OPEN = 30.0, 400
SAMPLE_SECONDS = 5.0


@dataclass(slots=True)
class Seen:
    """What was measured; times in seconds from the beginning."""

    answers: Counter[str] = field(default_factory=Counter)
    intake: list[float] = field(default_factory=list)
    pages: list[tuple[str, float]] = field(default_factory=list)
    samples: list[dict[str, float]] = field(default_factory=list)


async def offer(client: httpx.AsyncClient, seen: Seen, rate: float, seconds: float) -> None:
    """Hand articles in when they are due, in a task each."""
    began, open_ = time.monotonic(), set[asyncio.Task[None]]()
    for n in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + n / rate - time.monotonic()))
        if len(open_) >= MOST_OPEN:
            seen.answers["not offered: the client is full"] += 1
            continue
        task = asyncio.create_task(_hand_in(client, seen, n))
        open_.add(task)
        task.add_done_callback(open_.discard)
    await asyncio.gather(*open_)


async def _hand_in(client: httpx.AsyncClient, seen: Seen, n: int) -> None:
    body = {"text": write_report(n, datetime.now(UTC)), "outlet": f"Outlet {n % 30}"}
    began = time.monotonic()
    try:
        answer = await client.post("/api/articles", json=body, timeout=PATIENCE_SECONDS)
    except httpx.HTTPError as why:
        seen.answers[f"failed: {type(why).__name__}"] += 1
        return
    seen.answers[str(answer.status_code)] += 1
    if answer.status_code in (200, 201):
        seen.intake.append(time.monotonic() - began)
    elif answer.status_code == 503 and "retry-after" not in answer.headers:
        seen.answers["503 without Retry-After"] += 1


async def browse(client: httpx.AsyncClient, seen: Seen, dice: random.Random, until: float) -> None:
    """One reader, who opens pages one after the other."""
    while time.monotonic() < until:
        await asyncio.sleep(dice.expovariate(1 / LOOK_SECONDS))
        path = dice.choice(PAGES)
        began = time.monotonic()
        try:
            answer = await client.get(path, timeout=PATIENCE_SECONDS)
        except httpx.HTTPError as why:
            seen.answers[f"page failed: {type(why).__name__}"] += 1
            continue
        if answer.status_code != 200:
            seen.answers[f"page {answer.status_code}"] += 1
        seen.pages.append((path, time.monotonic() - began))


async def sample(client: httpx.AsyncClient, seen: Seen, pid: int, until: float) -> None:
    """Look at the desk's processes from outside, and at its own metrics."""
    began = time.monotonic()
    while time.monotonic() < until:
        family = list_family(pid)
        row = {
            "at": round(time.monotonic() - began, 1),
            "memory_mb": round(measure_memory(pid), 1),
            "workers_memory_mb": round(_sum_up(measure_memory, family[1:]), 1),
            "processor_seconds": round(_sum_up(measure_work, family), 1),
            "handles": int(_sum_up(count_handles, family)),
            "taken": seen.answers["201"],
            "refused": seen.answers["503"],
        }
        try:
            text = (await client.get("/metrics", timeout=PATIENCE_SECONDS)).text
        except httpx.HTTPError:
            text = ""
        if found := re.search(r"^tocsin_underived_articles (\S+)", text, re.MULTILINE):
            row["underived"] = float(found[1])
        seen.samples.append(row)
        await asyncio.sleep(SAMPLE_SECONDS)


def _sum_up(measure: Callable[[int], float], pids: Iterable[int]) -> float:
    """A figure of several processes, of which some may have ended meanwhile."""
    total = 0.0
    for pid in pids:
        with suppress(OSError):
            total += measure(pid)
    return total


async def press(address: str, pid: int, options: argparse.Namespace) -> Seen:
    """The load, the readers and the measuring side by side."""
    seen, seconds = Seen(), options.minutes * 60
    until = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=MOST_OPEN + 50, max_keepalive_connections=100)
    async with httpx.AsyncClient(base_url=address, limits=limits, follow_redirects=True) as client:
        for path in PAGES:  # the first of each loads what later ones use
            await client.get(path, timeout=60)
        await asyncio.gather(
            offer(client, seen, options.rate, seconds),
            sample(client, seen, pid, until),
            *(browse(client, seen, random.Random(n), until) for n in range(options.readers)),
        )
    return seen


def wait_until_ready(address: str, patience: float = 180.0) -> None:
    """Wait until the desk says that it is ready."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/ready", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise TimeoutError(f"the desk at {address} is not ready after {patience:g} s")


def start_desk(home: Path, **given: str) -> tuple[subprocess.Popen[bytes], str]:
    """`tocsin serve` on a free port of loopback; the program and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = os.environ | {"TOCSIN_HOME": str(home), "TOCSIN_LOG_REQUESTS": "no"} | given
    command = [sys.executable, "-m", "tocsin.cli", "serve", "--port", str(port), "--no-exercise"]
    program = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    return program, f"http://127.0.0.1:{port}"


def sum_up(seen: Seen, options: argparse.Namespace) -> dict[str, Any]:
    """The figures to quote."""
    times = [seconds for _, seconds in seen.pages]
    last = seen.samples[len(seen.samples) // 3 :]
    by_page = {path: round(1000 * find_share([s for p, s in seen.pages if p == path], 0.95)) for path in PAGES}
    return {
        "rate": options.rate, "minutes": options.minutes, "readers": options.readers,
        "offered": int(options.rate * options.minutes * 60), "answers": dict(seen.answers),
        "taken_per_second": round(seen.answers["201"] / (60 * options.minutes), 1),
        "intake_p95_ms": round(1000 * find_share(seen.intake, 0.95)),
        "pages": len(times), "page_median_ms": round(1000 * find_share(times, 0.5)),
        "page_p95_ms": round(1000 * find_share(times, 0.95)), "page_p95_ms_by_page": by_page,
        "underived_most": max((row.get("underived", 0.0) for row in seen.samples), default=0.0),
        "memory_mb_begin": _add_memory(seen.samples[0]), "memory_mb_end": _add_memory(seen.samples[-1]),
        "memory_mb_end_pages": seen.samples[-1]["memory_mb"],
        "memory_mb_end_worker": seen.samples[-1]["workers_memory_mb"],
        "memory_mb_per_hour_last_two_thirds": round(
            3600 * find_slope([(r["at"], _add_memory(r)) for r in last]), 1
        ),
        "processor_share": round(seen.samples[-1]["processor_seconds"] / (60 * options.minutes), 2),
        "handles_most": max(row["handles"] for row in seen.samples),
        "samples": seen.samples[:: len(seen.samples) // 60 + 1],
    }  # fmt: skip


def _add_memory(row: dict[str, float]) -> float:
    """Of all processes together, with what they share counted twice."""
    return round(row["memory_mb"] + row["workers_memory_mb"], 1)


def main() -> int:
    """Start, press, stop; the figures are kept beside the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=50.0, help="articles offered a second")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--readers", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        program, address = start_desk(Path(home))
        try:
            wait_until_ready(address)
            seen = asyncio.run(press(address, program.pid, options))
        finally:
            began = time.monotonic()
            program.send_signal(signal.SIGTERM)
            status = program.wait(90)
        figures = sum_up(seen, options) | {"stop_seconds": round(time.monotonic() - began, 1), "exit_status": status}
        write_result("load", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
