"""Reports that come side by side are derived together: ten cost hardly more than one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: Whoever has read waits at most so long for those who are reading.
LONGEST_SECONDS = 0.25


class Gathering:
    """Counts who is handing in, so that the first to have read waits a moment for the rest."""

    def __init__(self, longest: float = LONGEST_SECONDS) -> None:
        self._longest = longest
        self._changed = threading.Condition()
        self._reading = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While this lasts others may wait for it."""
        with self._changed:
            self._reading += 1
        try:
            yield
        finally:
            with self._changed:
                self._reading -= 1
                if not self._reading:
                    self._changed.notify_all()

    def wait(self) -> None:
        """Until nobody reads, or the time is over: there may be somebody at any moment under load."""
        until = time.monotonic() + self._longest
        with self._changed:
            while self._reading and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
