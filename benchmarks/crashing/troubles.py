"""Troubles other than kills: each is made, the desk is watched in it, it ends, and everything must go on.

Each returns its figures, "faults" among them: what was not as promised, in words.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from benchmarks.crashing.desks import Launcher, launching
from benchmarks.crashing.disks import fill_disk, forbid_writing, protect_files
from benchmarks.crashing.outages import jump_clock, lock_database, lose_network
from tocsin.errors import TocsinError

#: Each trouble by its name.
TROUBLES: dict[str, Callable[[Path, Launcher, Path], dict[str, Any]]] = {
    "disk full": fill_disk, "disk read only": forbid_writing, "files protected": protect_files,
    "database locked": lock_database, "clock jumps": jump_clock, "network gone": lose_network,
}  # fmt: skip


def run_troubles(folder: Path, gazetteer: Path, *, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """All of them, one after the other; their figures by name."""
    figures: dict[str, Any] = {}
    with launching() as launcher:
        for name, make in TROUBLES.items():
            try:
                figures[name] = make(folder / name.replace(" ", "-"), launcher, gazetteer)
            except (TocsinError, TimeoutError, httpx.HTTPError, OSError) as why:
                figures[name] = {"faults": [f"{type(why).__name__}: {why}"]}
            say(f"{name}: {figures[name]}")
    return figures
