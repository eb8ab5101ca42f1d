"""A desk that is killed while it brings its database forward finds it whole at the next start, old or new."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.test_forward import make_old
from tocsin.store import open_store
from tocsin.store.tables import REVISIONS

KILLS = 10


def open_in_child(path: Path) -> int:
    """A process that opens the database, which brings it forward, and ends."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            open_store(path).close()
            status = 0
        finally:
            os._exit(status)
    return child


def find_revision(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(revision)


@pytest.mark.timeout(120)
def test_a_migration_cut_short_is_made_whole_by_the_next_start(tmp_path: Path) -> None:
    old, desk = tmp_path / "old.sqlite", tmp_path / "desk.sqlite"
    make_old(old, REVISIONS[0])
    shutil.copy(old, desk)
    began = time.monotonic()
    open_store(desk).close()
    whole = time.monotonic() - began
    dice, killed, found = random.Random(1), 0, set()
    for _ in range(KILLS):
        for left in tmp_path.glob("desk.sqlite*"):
            left.unlink()
        shutil.copy(old, desk)
        child = open_in_child(desk)
        time.sleep(dice.uniform(0, whole))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        found.add(find_revision(desk))
        store = open_store(desk)
        assert (store.schema(), store.check()) == (REVISIONS[-1], [])
        assert store.counts().articles > 0
        store.close()
    assert killed > 0
    assert found <= {REVISIONS[0], REVISIONS[-1]}, "one schema or the other, never one between"
