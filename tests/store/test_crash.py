"""A desk killed at any instant loses nothing, repeats nothing, and goes on to the very same content."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.store.worlds import make_readings, run_flow
from tocsin.store import open_store

KILLS, REPORTS = 25, 80
ROOT = Path(__file__).parents[2]


def _dump(path: Path) -> list[str]:
    """Every row of every table, as SQL."""
    connection = sqlite3.connect(path)
    try:
        return [line for line in connection.iterdump() if not line.startswith(("CREATE", "PRAGMA"))]
    finally:
        connection.close()


def test_killed_flow_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    killed, calm = tmp_path / "killed.sqlite", tmp_path / "calm.sqlite"
    program = [sys.executable, "-m", "tests.store.crash_rounds", str(killed), str(calm), str(KILLS), str(REPORTS)]
    ran = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False)
    assert ran.returncode == 0, ran.stderr
    kills, states = map(int, ran.stdout.split())
    assert kills >= KILLS // 3, "the kills must come before the end, or the test shows nothing"
    assert states >= KILLS // 3, "and into the work"
    store = open_store(killed)
    run_flow(store, make_readings(REPORTS, seed=5))
    assert store.check() == []
    store.close()
    assert _dump(killed) == _dump(calm)
