"""Kills: a desk under load is killed at random moments and started again, and in the end is checked."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.crashing.checks import Found, check_all, check_soundness, now_utc
from benchmarks.crashing.clients import Clients
from benchmarks.crashing.desks import ROOT, Home, Launcher, RunningDesk, make_environ, make_home, running
from benchmarks.crashing.ends import Ends, serving_ends
from tocsin.errors import StoreError
from tocsin.records import feed_id
from tocsin.service.backups import list_backups
from tocsin.service.bundles import unpack_backup
from tocsin.settings import load_settings
from tocsin.store import copying, open_store

#: Seconds that a desk lives on average once it is ready. Some are not let get ready at all.
MEAN_LIFE, SHARE_AT_START = 1.0, 0.2
#: One start in so many is made as people make it, with all its imports.
PLAIN_EVERY = 10
#: The clock is set ahead before the last life, so that no lease of a killed courier is waited for.
SETTLED_AHEAD = 600.0
_PATIENCE = 180.0


@dataclass(slots=True)
class Killed:
    """What the kills of one desk came to; times in seconds."""

    kills: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    ready: list[float] = field(default_factory=list)
    ready_plain: list[float] = field(default_factory=list)
    backups_made: int = 0
    backups_killed: int = 0
    exit_status: int | None = None
    seconds: float = 0.0


class Backup:
    """`tocsin backup` beside the desk, killed with it."""

    def __init__(self, home: Home) -> None:
        self._home, self._folder = home, home.beside / "backups"
        self._folder.mkdir(exist_ok=True)
        self._program: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin one, unless one is under way."""
        if self.is_running:
            return
        # one file a second is named: a name is not given twice
        target = self._folder / f"tocsin-{now_utc():%Y%m%dT%H%M%SZ}.tar.gz"
        with (self._home.beside / "log").open("ab") as log:
            self._program = subprocess.Popen(
                [sys.executable, "-m", "tocsin.cli", "backup", str(target)], env=make_environ(self._home), cwd=ROOT,
                stdout=log, stderr=log,
            )  # fmt: skip

    @property
    def is_running(self) -> bool:
        """Whether one is under way."""
        return self._program is not None and self._program.poll() is None

    def kill(self) -> None:
        """SIGKILL."""
        if self._program is not None:
            self._program.kill()
            self._program.wait()
            self._program = None

    def check(self, scratch: Path) -> tuple[int, list[str]]:
        """How many backups bear their name, and what is wrong with any: each must be whole."""
        found, held = [], list_backups(self._folder)
        for number, backup in enumerate(held):
            folder = scratch / f"backup-{number}"
            folder.mkdir(parents=True)
            try:
                _, members = unpack_backup(backup, folder, wanted="desk.sqlite")
                copying.check_copy(members["desk.sqlite"])
            except StoreError as why:
                found.append(f"backup {backup.name}: {why}")
        return len(held), found


def kill_desk(
    folder: Path,
    launcher: Launcher,
    gazetteer: Path,
    *,
    kills: int,
    seed: int,
    database: str | None = None,
    check_every: int = 25,
    mean_life: float = MEAN_LIFE,
    plain_every: int = PLAIN_EVERY,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[Killed, Found, Clients, Ends]:
    """One desk's life of so many kills, and what is found in the end."""
    began, dice, done = time.monotonic(), random.Random(seed), Killed()
    with serving_ends() as ends:
        home = make_home(
            folder / "home", folder / "beside", gazetteer, hook=ends.hook_address, mail=ends.mail_port,
            database=database,
        )  # fmt: skip
        clients = Clients(home.address, ends, seed)
        backup = Backup(home)
        unsound: list[str] = []
        _keep_feed(home, launcher, ends)
        clients.start()
        for number in range(1, kills + 1):
            is_plain = number % plain_every == 0
            _live_and_die(home, launcher, ends, clients, backup, dice, done, mean_life, is_plain=is_plain)
            if clients.faults:
                break
            if number % check_every == 0:
                unsound += _look(home, number)
                say(f"{number} kills, {len(clients.told.articles)} articles, {len(clients.told.words)} words")
        settings = load_settings(make_environ(home))
        status, settled = _settle(home, launcher, ends, clients)
        done.exit_status, done.seconds = status, time.monotonic() - began
        store = open_store(home.place)
        try:
            now = now_utc(SETTLED_AHEAD)
            (folder / "calm").mkdir()
            found = check_all(
                store, clients.told, ends, settings=settings, calm_home=folder / "calm", gazetteer=gazetteer, now=now
            )
        finally:
            store.close()
        done.backups_made, wrong = backup.check(folder / "unpacked")
        found.unsound += unsound + wrong + settled + clients.faults
    return done, found, clients, ends


def _keep_feed(home: Home, launcher: Launcher, ends: Ends) -> None:
    """A first life, undisturbed, in which the feed is kept and confirmed."""
    with running(home, launcher), httpx.Client(base_url=home.address, timeout=30) as client:
        given = {"address": ends.feed_address, "outlet": "Feed Wire"}
        client.post("/api/feeds", json=given).raise_for_status()
        client.post(f"/api/feeds/{feed_id(ends.feed_address)}/confirm").raise_for_status()


def _live_and_die(
    home: Home,
    launcher: Launcher,
    ends: Ends,
    clients: Clients,
    backup: Backup,
    dice: random.Random,
    done: Killed,
    mean_life: float,
    *,
    is_plain: bool,
) -> None:
    """One life, from its start to its kill."""
    desk = RunningDesk(home, launcher, is_plain=is_plain)
    if dice.random() < SHARE_AT_START:
        time.sleep(dice.uniform(0, 3.0 if is_plain else 1.0))
        took = None
    else:
        took = desk.wait_until_ready()
        if took is None:
            clients.faults.append(f"not ready after {home}: {(home.beside / 'log').read_text()[-1500:]}")
            desk.kill()
            return
        (done.ready_plain if is_plain else done.ready).append(took)
        if dice.random() < 0.15 and home.database is None:
            backup.start()
        time.sleep(min(10 * mean_life, dice.expovariate(1 / mean_life)))
    phases = {"sending"} if ends.count_open() else set()
    phases |= {"deciding"} if clients.open_words else set()
    phases |= {"backing up"} if backup.is_running else set()
    phases |= {"starting"} if took is None else set()
    desk.kill()
    if "backing up" in phases and dice.random() < 0.7:
        backup.kill()
        done.backups_killed += 1
    phases |= desk.find_phases()
    done.kills += 1
    done.phases.update(phases or {"idle"})


def _look(home: Home, number: int) -> list[str]:
    """What is unsound while the desk lies dead."""
    store = open_store(home.place)
    try:
        return [f"after {number} kills: {w}" for w in check_soundness(store, None if home.database else home.file)]
    finally:
        store.close()


def _settle(home: Home, launcher: Launcher, ends: Ends, clients: Clients) -> tuple[int, list[str]]:
    """Let what was begun be answered, all entries be fetched and all notices leave; exit status, and what was not."""
    wrong: list[str] = []
    home.shift_clock(SETTLED_AHEAD)
    desk = RunningDesk(home, launcher)
    desk.wait_until_ready()
    if not clients.finish():
        wrong.append("clients were not answered within two minutes by a desk that nobody kills")
    with suppress(httpx.HTTPError):
        httpx.post(f"{home.address}/api/feeds/{feed_id(ends.feed_address)}/confirm", timeout=30)
    desk.stop()
    desk = RunningDesk(home, launcher)
    if desk.wait_until_ready() is None:
        return 1, [*wrong, "not ready for its last life"]
    if not _wait_until_still(home, len(ends.entries) + len(clients.told.articles)):
        wrong.append("articles or notices were left over after three minutes")
    return desk.stop(), wrong


def _wait_until_still(home: Home, articles: int) -> bool:
    store = open_store(home.place)
    try:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            sent = store.delivery_counts()
            is_out = all(set(states) <= {"sent", "given-up"} for states in sent.values())
            if is_out and store.counts().articles >= articles and not store.underived_article_ids():
                return True
            time.sleep(0.2)
        return False
    finally:
        store.close()


def tell_times(times: list[float]) -> dict[str, float]:
    """Number, median and 95th percentile of some seconds."""
    if not times:
        return {"count": 0}
    ordered = sorted(times)
    p95 = ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]
    return {"count": len(times), "median": round(statistics.median(ordered), 2), "p95": round(p95, 2)}
