"""What several processes on one database agree upon: who derives now, and who watches the feeds."""

from __future__ import annotations

from contextlib import AbstractContextManager

from tocsin.store.base import StoreBase


class Turns(StoreBase):
    """The part of the store that lets processes take turns; neither lock outlives the process that holds it."""

    def taking_turn(self) -> AbstractContextManager[None]:
        """A block that no other process on this database, and no other thread, is in at the same time.

        Not to be entered twice by one thread. Raises StoreError where the turn does not come within ten minutes, or is
        lost on the way; nothing is written after that.
        """
        return self._connections.taking_turn()

    def hold_watch(self) -> bool:
        """Take the watch over the feeds if no other process has it; whether this one has it. Asked before each round.

        It is kept until `release_watch` or `close`, or until the process or its connection is gone.
        """
        return self._connections.hold_watch()

    def release_watch(self) -> None:
        """Let another process watch."""
        self._connections.locks.release_watch()
