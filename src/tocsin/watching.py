"""Fetching feeds on their schedule until told to stop."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable

from tocsin.desk import Desk
from tocsin.errors import TocsinError
from tocsin.taken import Taken

#: How often the schedule is looked at; each feed has an interval of its own, never under 15 minutes.
TICK_SECONDS = 30.0

log = logging.getLogger("tocsin.watch")


class Watcher:
    """Looks at the schedule every tick and takes in what is new; one failing round never ends the watch."""

    def __init__(
        self, desk: Desk, *, on_round: Callable[[Taken], None] | None = None, tick_seconds: float = TICK_SECONDS
    ) -> None:
        self._desk, self._on_round, self._tick = desk, on_round, tick_seconds
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run_once(self) -> Taken:
        """One round over the feeds that are due."""
        self._desk.derive()
        taken = self._desk.poll_feeds()
        self._desk.advance()
        return taken

    def run_until_interrupted(self) -> None:
        """Watch in the foreground until SIGINT or SIGTERM."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stop.set())
        self._loop()

    def start(self) -> None:
        """Watch in a thread of its own."""
        self._thread = threading.Thread(target=self._loop, name="tocsin-watch", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Ask the watch to end after the feed in hand, and wait for it."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout)

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                taken = self.run_once()
            except TocsinError as why:
                log.warning("watch round failed: %s", why)
            except Exception:  # a defect in one round must not silence the desk for the night
                log.exception("watch round failed")
            else:
                if self._on_round and (taken.new or taken.faults):
                    self._on_round(taken)
            self._stop.wait(self._tick)
