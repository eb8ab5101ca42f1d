"""Databases with the newest schema and nothing in them, made once in a process and copied.

To run every migration takes a quarter of a second, and most tests open a database of their own. What tries the making
and the upgrading itself (`tests/store/test_opening.py`, `tests/crashing/test_migration.py`) lets the desk do it.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path


def put_database(path: Path) -> Path:
    """The path of a database; put there if there is a folder for it and no database yet."""
    if path.parent.is_dir() and not path.exists():
        path.write_bytes(_make_empty())
    return path


@cache
def _make_empty() -> bytes:
    from tocsin.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.sqlite"
        open_store(path).close()
        return path.read_bytes()
