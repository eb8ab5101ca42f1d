"""What a desk depends on and cannot have for a while: its database, the right time, the network."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.crashing.asking import Asker, expect_again, making_room
from benchmarks.crashing.checks import EVERYTHING
from benchmarks.crashing.desks import Home, Launcher, running
from benchmarks.crashing.ends import Entry
from tocsin.records import feed_id
from tocsin.store import open_store

_HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
held.execute("begin immediate")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def holding_lock(file: Path) -> Iterator[None]:
    """Another program is alone in writing to the database for the block."""
    program = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdin is not None
    assert program.stdout is not None
    try:
        program.stdout.readline()
        yield
    finally:
        program.stdin.close()
        program.wait(30)
        program.stdout.close()


def lock_database(
    folder: Path, launcher: Launcher, gazetteer: Path, *, busy_ms: int | None = None, side_by_side: int = 4
) -> dict[str, Any]:
    """Another program holds the database for longer than the desk waits."""
    faults: list[str] = []
    with making_room(folder, gazetteer) as (home, _), running(home, launcher, busy_ms=busy_ms) as desk:
        asker = Asker(home, faults, patience=200)
        asker.hand_in()
        with holding_lock(home.file), ThreadPoolExecutor(side_by_side) as pool:
            began = time.monotonic()
            asked = [pool.submit(asker.hand_in) for _ in range(side_by_side)]
            slowest = asker.read_pages("on a locked database")
            for one in asked:
                one.result()
            until_refused = round(time.monotonic() - began, 1)
        if len(asker.refused) != side_by_side:
            faults.append(f"{len(asker.refused)} of {side_by_side} reports were refused on a locked database")
        waited = expect_again(asker, faults)
        status = desk.stop()
        asker.check_kept()
    return {
        "busy_seconds": (busy_ms or 30_000) / 1000, "side_by_side": side_by_side, "refused": len(asker.refused),
        "all_refused_after_seconds": until_refused, "sentence": asker.refused[:1], "page_seconds_meanwhile": slowest,
        "seconds_until_taken": waited, "exit_status": status, "faults": faults,
    }  # fmt: skip


#: What the desk's clock is set to, in hours from ours, one after the other.
JUMPS = (0.0, -1.0, 0.0, 24 * 365.0, 0.0)


def jump_clock(folder: Path, launcher: Launcher, gazetteer: Path) -> dict[str, Any]:
    """The clock goes back an hour, ahead a year, and comes back, under a running desk that has something to tell."""
    faults: list[str] = []
    with making_room(folder, gazetteer) as (home, ends), running(home, launcher) as desk:
        asker = Asker(home, faults)
        for town, hours in zip(("Gjilan", "Prizren", "Peja", "Leposavic", "Ferizaj"), JUMPS, strict=True):
            home.shift_clock(hours * 3600)
            asker.ring(town)
            asker.read_pages(f"with the clock {hours:+g} hours off")
            _wait_for_sent(home, faults, f"with the clock {hours:+g} hours off")
        # a desk that is opened when the clock is right again brings the day up to date
        desk.stop()
        with running(home, launcher) as again:
            asker.ring("Istog")
            _wait_for(lambda: not _find_days_ahead(home), 30)
            _wait_for_sent(home, faults, "at the end")
            status = again.stop()
        asker.check_kept()
        store = open_store(home.place)
        try:
            notices = store.notices(10_000)
            fired = [a for n in notices if n.cause == "fired" for a in n.alert_ids]
            if len(fired) != len(set(fired)):
                faults.append("an alert was told as new twice")
            ahead = _find_days_ahead(home)
            if ahead:
                faults.append(f"{len(ahead)} days of tension are left in the future, up to {max(ahead)}")
            repeated = ends.hook.count_repeated().total() + ends.mail.count_repeated().total()
            if repeated:
                faults.append(f"{repeated} notices came twice")
            alerts = store.alerts()
        finally:
            store.close()
    return {
        "jumps_hours": list(JUMPS), "notices": len(notices), "alerts": len(alerts), "came_twice": repeated,
        "acknowledged": len(asker.acknowledged), "exit_status": status, "faults": faults,
    }  # fmt: skip


def _find_days_ahead(home: Home) -> list[Any]:
    store = open_store(home.place)
    try:
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        return [t.day for t in store.tensions(since=tomorrow)]
    finally:
        store.close()


def _wait_for(is_so: Callable[[], object], patience: float) -> bool:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def _wait_for_sent(home: Home, faults: list[str], when: str, patience: float = 20.0) -> None:
    store = open_store(home.place)
    try:

        def is_out() -> bool:
            return all(set(states) == {"sent"} for states in store.delivery_counts().values())

        if not _wait_for(is_out, patience):
            faults.append(f"{when}: notices wait: {_tell_deliveries(home)}")
    finally:
        store.close()


def lose_network(folder: Path, launcher: Launcher, gazetteer: Path) -> dict[str, Any]:
    """Receiver, mail server and feed fail, hang and are gone; the desk's clock is set on to each next try."""
    faults: list[str] = []
    shift, attempts = 0.0, 0
    with making_room(folder, gazetteer, timeout=1) as (home, ends):
        ends.feed_mode = "gone"
        with running(home, launcher) as desk:
            asker = Asker(home, faults)
            given = {"address": ends.feed_address, "outlet": "Feed Wire"}
            asker.ask("POST", "/api/feeds", given).raise_for_status()
            ends.mode = "gone"
            asker.ring("Gjilan")
            for mode, wait in (("gone", 40), ("failing", 150), ("hanging", 800)):
                ends.mode = mode  # type: ignore[assignment]
                attempts += 1
                if not _wait_for(lambda n=attempts: _have_failed(home, n), 30):
                    faults.append(f"attempt {attempts} ({mode}) was not made or not told: {_tell_deliveries(home)}")
                shift += wait
                home.shift_clock(shift)
            asker.read_pages("without a network")
            asker.ask("POST", f"/api/feeds/{feed_id(ends.feed_address)}/confirm").raise_for_status()
            desk.stop()
        now = datetime.now(UTC).replace(microsecond=0)
        text = f"EXERCISE: Villagers blocked a road near Klina on {now:%A}, police said. " * 8
        ends.entries.append(Entry(900, "EXERCISE: Feed report", f"{text} This is report 900.", now))
        with running(home, launcher) as desk:  # its first look at the schedule finds no feed
            if not _wait_for(lambda: _find_problem(home), 30):
                faults.append("a feed that is gone is not told")
            desk.stop()
        problem = _find_problem(home)
        ends.mode = ends.feed_mode = "well"
        ends.released.set()
        shift += 4000
        home.shift_clock(shift)
        with running(home, launcher) as desk:
            _wait_for_sent(home, faults, "when the network was back")
            if not _wait_for(lambda: "This is report 900." in _list_texts(home), 30):
                faults.append("the feed's entry did not come when the network was back")
            status = desk.stop()
        asker.check_kept()
        for name, seen in (("hook", ends.hook), ("mail", ends.mail)):
            if any(len(times) != 1 for id_, times in seen.taken.items()) or not seen.taken:
                faults.append(f"over {name} notices were taken {[len(t) for t in seen.taken.values()]} times")
            if any(len(digests) != 1 for digests in seen.digests.values()):
                faults.append(f"over {name} one notice had several bodies")
    return {
        "failed_attempts_of_each_channel": attempts, "feed_problem": problem,
        "taken_once": {"hook": len(ends.hook.taken), "mail": len(ends.mail.taken)}, "exit_status": status,
        "faults": faults,
    }  # fmt: skip


def _have_failed(home: Home, attempts: int) -> bool:
    store = open_store(home.place)
    try:
        held = store.deliveries()
        return bool(held) and all(d.state == "waiting" and d.attempts >= attempts for d in held)
    finally:
        store.close()


def _tell_deliveries(home: Home) -> list[str]:
    store = open_store(home.place)
    try:
        return [f"{d.channel} {d.state} after {d.attempts}: {d.fault}" for d in store.deliveries()]
    finally:
        store.close()


def _find_problem(home: Home) -> str | None:
    store = open_store(home.place)
    try:
        return next((f.problem for f in store.feeds() if f.problem), None)
    finally:
        store.close()


def _list_texts(home: Home) -> str:
    store = open_store(home.place)
    try:
        return "\n".join(store.article(a.id).text for a in store.articles(EVERYTHING))
    finally:
        store.close()
