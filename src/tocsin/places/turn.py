"""One build at a time: of the processes that want a file of one folder, one builds it and the others wait for it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

#: A build of the bundled places takes a quarter of a minute, minutes on a busy machine.
_PATIENCE_SECONDS = 600
#: Waited for in one go: between two of them Ctrl C is heard.
_STEP_SECONDS = 1.0


@contextlib.contextmanager
def building_turn(folder: Path, *, patience_seconds: int = _PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the folder's turn to build; whoever holds it and dies has given it back.

    SQLite's lock on an empty file does it, for every system has that one. Where it cannot be had at all, or not within
    so many seconds, the block runs without it: twice the work is better than none.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError, sqlite3.Error):
            folder.mkdir(parents=True, exist_ok=True)
            lock = sqlite3.connect(folder / ".turn", timeout=_STEP_SECONDS, isolation_level=None)
            held.enter_context(contextlib.closing(lock))
            _wait(lock, patience_seconds)
        yield


def _wait(lock: sqlite3.Connection, patience_seconds: int) -> None:
    for _ in range(patience_seconds):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as why:
            if why.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
        else:
            return
