"""Desks as processes: started, asked whether they are ready, killed with all their children, stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.crashing.launcher import PHASES

ROOT = Path(__file__).parents[2]
#: Notices as soon as there is anything to tell, and none that time alone brings.
_PACE = """
[precedence.{precedence}]
wait_seconds = 0
update_minutes = 0
repeat_hours = 720
escalate_minutes = 0
digest = false
"""
_CHANNELS = """
[[channel]]
name = "hook"
kind = "webhook"
address = "{hook}"
secret_file = "{secret}"
allow_private = true
timeout_seconds = {timeout}

[[channel]]
name = "mail"
kind = "email"
host = "localhost"
port = {mail}
security = "none"
sender = "desk@example.org"
recipients = ["watch@orle.example.org"]
timeout_seconds = {timeout}
"""


class Launcher:
    """The program that starts desks; safe to use from several threads."""

    def __init__(self) -> None:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_")}
        self._program = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.crashing.launcher"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environ,
        )  # fmt: skip
        self._lock = threading.Lock()
        self._read()

    def ask(self, **order: Any) -> dict[str, Any]:
        """Give an order; its answer."""
        assert self._program.stdin is not None
        with self._lock:
            self._program.stdin.write(json.dumps(order) + "\n")
            self._program.stdin.flush()
            return self._read()

    def close(self) -> None:
        """End it. Desks that still run go on: whoever started them ends them."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.close()
        try:
            self._program.wait(30)
        except subprocess.TimeoutExpired:  # it holds nothing; the figures of an hour must not go with it
            self._program.kill()
            self._program.wait()
        self._program.stdout.close()

    def _read(self) -> dict[str, Any]:
        assert self._program.stdout is not None
        answer: dict[str, Any] = json.loads(self._program.stdout.readline())
        return answer


@contextmanager
def launching() -> Iterator[Launcher]:
    """A launcher for the block."""
    launcher = Launcher()
    try:
        yield launcher
    finally:
        launcher.close()


@dataclass(slots=True)
class Home:
    """A desk's files and the address it serves on.

    folder    its home, which may lie on a disk of its own
    beside    where the log, the clock and the phases lie, on a disk that nothing is done to
    database  address of another database than the file in home
    """

    folder: Path
    beside: Path
    port: int
    database: str | None = None
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def file(self) -> Path:
        """The database, where it is a file."""
        return self.folder / "desk.sqlite"

    @property
    def place(self) -> str | Path:
        """What a store is opened with."""
        return self.database or self.file

    def shift_clock(self, seconds: float) -> None:
        """Set the desk's clock ahead of ours, at once."""
        made = self.beside / "clock.new"
        made.write_text(repr(seconds))
        made.replace(self.beside / "clock")


def make_home(
    folder: Path, beside: Path, gazetteer: Path, *, hook: str, mail: int, timeout: float = 5, **more: Any
) -> Home:
    """A desk's home: channels, a policy of many notices, and the gazetteer as a link to the one in `gazetteer`."""
    from tocsin.knowledge.files import read_knowledge
    from tocsin.knowledge.policy import POLICY_FILE

    folder.mkdir(parents=True, exist_ok=True)
    beside.mkdir(parents=True, exist_ok=True)
    for built in gazetteer.glob("places-*.sqlite"):
        if not (folder / built.name).exists():
            (folder / built.name).symlink_to(built)
    (beside / "hook.secret").write_text("whsec_dG9jc2luIGV4ZXJjaXNlIHNlY3JldCBrZXkgMzIgYnl0ZXM=")
    channels = _CHANNELS.format(hook=hook, mail=mail, secret=beside / "hook.secret", timeout=timeout)
    (beside / "channels.toml").write_text(channels)
    head, _, rest = read_knowledge(POLICY_FILE).partition("[precedence.FLASH]")
    stages = rest[rest.index("[digest]") :]
    paces = "".join(_PACE.format(precedence=p) for p in ("FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"))
    (beside / "policy.toml").write_text(head + paces + stages)
    home = Home(folder, beside, find_free_port(), **more)
    home.shift_clock(0)
    return home


def find_free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_environ(home: Home) -> dict[str, str]:
    """What the desk's process is told by its environment."""
    told = {
        "TOCSIN_HOME": str(home.folder), "TOCSIN_PORT": str(home.port), "TOCSIN_LOG_REQUESTS": "no",
        "TOCSIN_CHANNELS": str(home.beside / "channels.toml"), "TOCSIN_ALERT_POLICY": str(home.beside / "policy.toml"),
        "TOCSIN_FETCH_PRIVATE": "yes", "TOCSIN_STOP_SECONDS": "30", "TOCSIN_RATE_WRITES_PER_MINUTE": "0",
        "TOCSIN_RATE_DEAR_PER_MINUTE": "0",
    }  # fmt: skip
    return told | ({"TOCSIN_DATABASE": home.database} if home.database else {}) | home.environ


class RunningDesk:
    """One life of a desk."""

    def __init__(
        self,
        home: Home,
        launcher: Launcher,
        *,
        is_plain: bool = False,
        busy_ms: int | None = None,
        most_bytes: int | None = None,
    ) -> None:
        """Start it.

        is_plain  as people start it, ``python -m tocsin.cli serve``, with all its imports; else by the launcher
        """
        self.home, self._launcher, self.is_plain = home, launcher, is_plain
        self._phases = home.beside / "phases"
        self.began = time.monotonic()
        self._program: subprocess.Popen[bytes] | None = None
        if is_plain:
            self._phases.unlink(missing_ok=True)
            with (home.beside / "log").open("ab") as log:
                self._program = subprocess.Popen(
                    [sys.executable, "-m", "tocsin.cli", "serve", "--no-exercise"],
                    env={k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_")} | make_environ(home),
                    cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
            self.pid = self._program.pid
        else:
            order = {"log": str(home.beside / "log"), "clock": str(home.beside / "clock"), "phases": str(self._phases)}
            limits = {"busy_ms": busy_ms, "most_bytes": most_bytes}
            self.pid = int(launcher.ask(do="start", environ=make_environ(home), **order, **limits)["pid"])
        self.has_ended = False

    def wait_until_ready(self, patience: float = 60.0) -> float | None:
        """Seconds from the start until /ready says so; None where that did not come."""
        until = time.monotonic() + patience
        while time.monotonic() < until and not self.has_ended:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.home.address}/ready", timeout=2).status_code == 200:
                    return time.monotonic() - self.began
            time.sleep(0.02)
        return None

    def find_phases(self) -> set[str]:
        """What was under way when it died, as far as it could say so itself."""
        counts = self._phases.read_bytes() if self._phases.exists() else b""
        return {name for name, count in zip(PHASES, counts, strict=False) if count}

    def kill(self) -> None:
        """SIGKILL for it and all its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._reap()

    def stop(self) -> int:
        """SIGTERM; its exit status."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        return self._reap()

    def _reap(self) -> int:
        if self.has_ended:
            return 0
        self.has_ended = True
        return self._program.wait() if self._program else int(self._launcher.ask(do="reap", pid=self.pid)["status"])


@contextmanager
def running(home: Home, launcher: Launcher, **options: Any) -> Iterator[RunningDesk]:
    """A desk that is ready, for the block; killed at its end if it still runs."""
    desk = RunningDesk(home, launcher, **options)
    try:
        if desk.wait_until_ready() is None:
            raise TimeoutError(f"the desk is not ready: {(home.beside / 'log').read_text()[-2000:]}")
        yield desk
    finally:
        desk.kill()
