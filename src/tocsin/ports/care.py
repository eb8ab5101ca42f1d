"""A store's own upkeep, and what processes on one database agree upon."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from tocsin.ports.kept import (
    Retained,
    Vitals,
)


class CareStore(Protocol):
    """Notes, vitals, retention, turns."""

    # --- the desk's own notes and care
    def note(self, key: str) -> str | None:
        """A small remembered value ("exercise-removed"), or None."""
        ...

    def set_note(self, key: str, value: str) -> None: ...
    def vitals(self) -> Vitals: ...
    def schema(self) -> str:
        """The database's schema revision."""
        ...

    @property
    def newest_schema(self) -> str:
        """The revision that this code works with."""
        ...

    def retain(self, before: datetime, at: datetime, *, is_stopped: Callable[[], bool] = ...) -> Retained:
        """Take out what was shown and taken in before a time and nothing kept stands on; `store/retention.py`."""
        ...

    def plan_retention(self, before: datetime) -> Retained:
        """What `retain` would take out now; nothing is written."""
        ...

    def drop_faults(self, before: datetime) -> int: ...
    def drop_deliveries(self, before: datetime) -> int:
        """Forget how far notices of ended chains got that are done with since before a time; how many."""
        ...

    def remove_exercise(self) -> int:
        """Take out everything marked as exercise; how many articles went."""
        ...

    # --- what processes on one database agree upon
    def taking_turn(self) -> AbstractContextManager[None]:
        """A block that no other process on this database, and no other thread, is in at the same time."""
        ...

    def hold_watch(self) -> bool:
        """Take the watch over the feeds if no other process has it; whether this one has it."""
        ...

    def release_watch(self) -> None: ...

    def check(self) -> list[str]:
        """Problems found in the database, in words; empty when it is sound."""
        ...

    def close(self) -> None: ...
