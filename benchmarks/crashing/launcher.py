"""Starts desks that are to be killed, quickly: ``python -m benchmarks.crashing.launcher`` takes orders on stdin.

It has imported what a desk imports and put its routes together; no file, database or model is open. Each desk is a
fork of it that does what `tocsin serve` does, in a session of its own, so that it can be killed with all its children:
its worker is a fork as well, made before there is any thread, so that a desk that lives for a second has one.
An order is a line of JSON, and so is its answer:

    {"do": "start", "environ": {…}, "log": path, "clock": path, "phases": path, "busy_ms": 500, "most_bytes": 10000}
    {"do": "reap", "pid": 1}
    {"do": "end"}

clock       a file that says by how many seconds the desk's clock is ahead, read each time; or null
phases      a file of `PHASES` bytes: how many blocks of each kind of work are under way, which outlives a kill
busy_ms     SQLite's busy time-out in place of the desk's own, for tests that cannot wait half a minute; or null
most_bytes  largest size of a file that the desk may write (RLIMIT_FSIZE), where no small disk can be mounted; or null
"""

from __future__ import annotations

import json
import mmap
import os
import resource
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, NoReturn

from tocsin.service.observing import Unobserved, Work

#: What the desk itself can say of what it is doing, in the order of the bytes of the file.
PHASES = ("reading", "derivation", "fetch", "retention")


class ShiftingClock:
    """The machine's clock, off by what a file says."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The desk's time."""
        return datetime.now(UTC) + timedelta(seconds=read_shift(self._path))


def read_shift(path: Path) -> float:
    """Seconds that the clock is ahead."""
    return float(path.read_text() or 0)


class Phases:
    """Counts the blocks of work under way in a file, without the cost of a write."""

    def __init__(self, path: Path) -> None:
        with path.open("wb+") as file:
            file.write(bytes(len(PHASES)))
            file.flush()
            self._counts = mmap.mmap(file.fileno(), len(PHASES))
        self._lock = threading.Lock()

    @contextmanager
    def noting(self, work: str) -> Iterator[None]:
        """A block of such work."""
        self._add(work, 1)
        try:
            yield
        finally:
            self._add(work, -1)

    def _add(self, work: str, number: int) -> None:
        at = PHASES.index(work)
        with self._lock:
            self._counts[at] = max(0, min(255, self._counts[at] + number))


class NotingObserver(Unobserved):
    """Says in the file what the worker is doing."""

    def __init__(self, phases: Phases) -> None:
        self._phases = phases

    @contextmanager
    def timing(self, work: Work) -> Iterator[None]:
        """See `observing.Observer`."""
        with self._phases.noting(work):
            yield


class ForkedWorker:
    """The worker of one desk: a fork that waits for its first message, in place of a fresh interpreter."""

    def __init__(self) -> None:
        asked, ask = os.pipe()
        told, tell = os.pipe()
        self.pid = os.fork()
        self.is_child = self.pid == 0
        ours, theirs = ((asked, tell), (ask, told)) if self.is_child else ((ask, told), (asked, tell))
        for handle in theirs:
            os.close(handle)
        self._handles = ours
        self.stdin: IO[bytes] | None = None
        self.stdout: IO[bytes] | None = None

    def launch(self) -> ForkedWorker:
        """See `working.launch_program`; a second one is not to be had, for the whole desk is killed."""
        if self.stdin is not None:
            raise OSError("the worker of this desk has died by itself")
        self.stdin, self.stdout = os.fdopen(self._handles[0], "wb"), os.fdopen(self._handles[1], "rb")
        return self

    def work(self, clock: Any, phases: Phases) -> NoReturn:
        """The child's whole life."""
        from tocsin.service import worker

        _noted["clock"], _noted["phases"] = clock, phases
        try:
            worker.work(os.fdopen(self._handles[0], "rb"), os.fdopen(self._handles[1], "wb"))
        finally:
            sys.stderr.flush()
            os._exit(0)

    def wait(self, timeout: float | None = None) -> int:  # noqa: ARG002 - the protocol's
        """See `subprocess.Popen`; waits for ever."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def kill(self) -> None:
        """See `subprocess.Popen`."""
        os.kill(self.pid, signal.SIGKILL)


#: What the worker's desk is opened with: it cannot be sent to it.
_noted: dict[str, Any] = {}


def open_noted_desk(settings: Any) -> Any:
    """The worker's desk, with the clock and the phases of the one that it works for."""
    from tocsin.desk.opening import make_desk

    desk = make_desk(settings, clock=_noted["clock"])
    desk.observer = NotingObserver(_noted["phases"])
    return desk


def serve(order: dict[str, Any]) -> None:
    """What `tocsin serve` does, with a clock and an observer of ours."""
    from tocsin.ports import SystemClock
    from tocsin.service.apart import make_desk_apart
    from tocsin.service.delivering import open_courier
    from tocsin.service.logs import start_logging
    from tocsin.service.meters import Meters
    from tocsin.settings import load_settings
    from tocsin.store import connecting
    from tocsin.web.serving import open_listener, run_server

    if order.get("busy_ms"):
        connecting.BUSY_SECONDS = order["busy_ms"] / 1000
    if order.get("most_bytes"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["most_bytes"], resource.RLIM_INFINITY))
    settings = load_settings()
    clock = ShiftingClock(Path(order["clock"])) if order.get("clock") else SystemClock()
    phases = Phases(Path(order["phases"]))

    class NotingMeters(Meters):
        @contextmanager
        def timing(self, work: Any) -> Iterator[None]:
            with phases.noting(work), super().timing(work):
                yield

    start_logging(settings)
    worker = ForkedWorker()
    if worker.is_child:
        worker.work(clock, phases)
    with (
        open_listener(settings) as listener,
        make_desk_apart(settings, clock=clock, make=open_noted_desk, launch=worker.launch) as desk,
    ):
        desk.observer = NotingMeters(desk.store, desk.clock)
        courier = open_courier(desk.store, settings, clock=desk.clock)
        run_server(desk, settings, listener, with_watch=True, courier=courier, announce=lambda _: None)


def _fork(order: dict[str, Any]) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.setsid()
        log = os.open(order["log"], os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for held, ours in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(held, ours)
        for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
            del os.environ[name]
        os.environ.update(order["environ"])
        serve(order)
        status = 0
    except BaseException:  # noqa: BLE001 - this is the whole program of the child: what ends it goes to its log
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def main() -> int:
    """Take orders until there are none."""
    import uvicorn  # noqa: F401

    import tocsin.cli.commands
    import tocsin.desk.opening
    import tocsin.forecasting.running
    import tocsin.reading
    import tocsin.store
    import tocsin.web  # noqa: F401
    from tocsin.desk import open_desk
    from tocsin.intake import GuardedFetcher  # noqa: F401
    from tocsin.reading.runtime import load_runtime
    from tocsin.settings import Settings
    from tocsin.web import make_app

    load_runtime()  # once, for all desks
    with tempfile.TemporaryDirectory() as folder, open_desk(Settings(home=Path(folder))) as desk:
        make_app(desk, warm_up=False)  # its routes and forms are put together once, for all desks
    sys.stdout.write("{}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        order = json.loads(line)
        match order["do"]:
            case "start":
                answer: dict[str, Any] = {"pid": _fork(order)}
            case "reap":
                answer = {"status": os.waitstatus_to_exitcode(os.waitpid(order["pid"], 0)[1])}
            case _:
                break
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
