"""Fetching feeds on their schedule until told to stop.

Of all processes that would watch on one database one does: the others stand by, look at every tick whether the watch is
free, and take over when the one that has it ends or dies.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from tocsin.desk import Desk
from tocsin.desk.taken import Taken
from tocsin.errors import TocsinError
from tocsin.service.retaining import retain_daily
from tocsin.service.stopping import Stop

#: How often the schedule is looked at; each feed has an interval of its own, never under 15 minutes.
TICK_SECONDS = 30.0

log = logging.getLogger("tocsin.watch")


class Watcher:
    """Looks at the schedule every tick and takes in what is new; one failing round never ends the watch."""

    def __init__(
        self,
        desk: Desk,
        *,
        on_round: Callable[[Taken], None] | None = None,
        on_change: Callable[[bool], None] | None = None,
        tick_seconds: float = TICK_SECONDS,
    ) -> None:
        """A watch over the desk's feeds.

        on_round   called after a round that brought something
        on_change  called when it is first known, and when it changes, whether this process stands by (True) or watches
        """
        self._desk, self._on_round, self._on_change, self._tick = desk, on_round, on_change, tick_seconds
        #: Whether another process watches; None until that is known.
        self.is_standing_by: bool | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run_once(self) -> Taken:
        """One round over the feeds that are due; nothing is done where another process watches."""
        if self._find_standing():
            return Taken()
        self._desk.derive()
        taken = self._desk.poll_feeds(is_stopped=self._stop.is_set)
        if not self._stop.is_set():
            self._desk.advance()
            retain_daily(self._desk, is_stopped=self._stop.is_set)
        return taken

    def run_until_interrupted(self) -> None:
        """Watch in the foreground until SIGINT or SIGTERM; the setting stop_seconds bounds the end of it."""
        Stop(self._stop.set, self._desk.settings.stop_seconds).install()
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

    def _find_standing(self) -> bool:
        is_standing_by = not self._desk.store.hold_watch()
        if is_standing_by != self.is_standing_by:
            log.info("another process watches: standing by" if is_standing_by else "watching")
            self.is_standing_by = is_standing_by
            if self._on_change:
                self._on_change(is_standing_by)
        return is_standing_by

    def _loop(self) -> None:
        try:
            self._watch()
        finally:
            self._desk.store.release_watch()  # whoever stands by takes over at its next look

    def _watch(self) -> None:
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
