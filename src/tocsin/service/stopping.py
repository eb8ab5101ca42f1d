"""Ending when asked: the first signal lets what is at work finish, within a bound; the second ends at once.

Cutting off is safe: whatever was not written as a whole is not written, and is done again at the next start.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

#: Exit status where the bound was reached (EX_TEMPFAIL of sysexits.h).
CUT_OFF = 75
log = logging.getLogger("tocsin.stop")


class Stop:
    """A signal handler.

    ask      called once, at the first signal: it must return at once
    seconds  so long after it the process ends, whatever is still at work
    """

    def __init__(self, ask: Callable[[], None], seconds: float) -> None:
        self._ask, self._seconds = ask, seconds
        self.is_asked = False

    def install(self) -> None:
        """Handle SIGINT and SIGTERM from now on; only the main thread may."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self)

    def __call__(self, number: int, _frame: FrameType | None = None) -> None:
        """One signal; see the class."""
        if self.is_asked:
            os._exit(128 + number)
        self.is_asked = True
        cut_off = threading.Timer(self._seconds, _cut_off, [self._seconds])
        cut_off.daemon = True
        cut_off.start()
        # In a thread: a handler may interrupt the very line that holds the log's lock.
        threading.Thread(target=log.info, args=("stopping: what is at work is finished",), daemon=True).start()
        self._ask()


def _cut_off(seconds: float) -> None:
    log.warning("not stopped after %g s: ending all the same; what was not finished is done again", seconds)
    os._exit(CUT_OFF)
