"""Being alone: one derives or decides at a time, in this process and in all others on the same database."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from tocsin.ports import Store


class Turn:
    """A lock that a thread may take again while it holds it; the store's own turn is taken with it.

    Whoever decides holds it as well as whoever derives, else a derivation would save what it saw before the decision.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.RLock()
        self._depth = 0
        self._held = ExitStack()

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            if self._depth == 0:
                self._held.enter_context(self._store.taking_turn())
        except BaseException:
            self._lock.release()
            raise
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        try:
            if self._depth == 0:
                self._held.close()
        finally:
            self._lock.release()
