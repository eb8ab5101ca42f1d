"""A restore is ended before each step that changes a name: there is always a whole desk, earlier or restored."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.store.worlds import make_readings, run_flow
from tocsin.service.backups import write_backup
from tocsin.service.restoring import restore_backup
from tocsin.settings import Settings
from tocsin.store import copying, open_store

#: What Python tells of before it is done.
STEPS = ("os.rename", "os.link", "os.remove")
EARLIER, RESTORED = 4, 2


def count_articles(path: Path) -> int:
    store = open_store(path)
    try:
        assert store.check() == []
        return store.counts().articles
    finally:
        store.close()


def restore_in_child(desk: Settings, backup: Path, steps: int) -> bool:
    """Restore in a process that ends before it has taken one step more than these; whether it came to its end."""
    child = os.fork()
    if child == 0:
        taken = 0

        def count(event: str, _: object) -> None:
            nonlocal taken
            if event in STEPS:
                taken += 1
                if taken > steps:
                    os._exit(9)

        status = 1
        try:
            sys.addaudithook(count)
            restore_backup(desk, backup, now=NOW)
            status = 0
        finally:
            os._exit(status)
    return {0: True, 9: False}[os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_restore_cut_short_leaves_a_whole_desk(tmp_path: Path) -> None:
    desk, path, backup = Settings(home=tmp_path), tmp_path / "desk.sqlite", tmp_path / "b.tar"
    for count in (RESTORED, EARLIER):
        store = open_store(path)
        run_flow(store, make_readings(count))
        store.close()
        if count == RESTORED:
            write_backup(desk, backup, now=NOW)
    held, steps = [], 0
    while not restore_in_child(desk, backup, steps):
        assert path.exists(), f"after {steps} steps a start would make an empty desk"
        held.append(count_articles(path))
        if held[-1] == RESTORED:  # what it was is kept, and put back for the next
            aside = max(tmp_path.glob("desk.sqlite.before-*"), key=lambda p: p.stat().st_ctime)
            assert count_articles(aside) == EARLIER
            os.replace(aside, path)
        steps += 1
    assert {EARLIER, RESTORED} >= set(held)
    assert held[0] == EARLIER
    assert steps >= 2
    assert count_articles(path) == RESTORED


def test_a_desk_that_is_started_meanwhile_goes_on_with_what_was_restored(tmp_path: Path) -> None:
    path, restored, aside = tmp_path / "desk.sqlite", tmp_path / "restored.sqlite", tmp_path / "before.sqlite"
    for file, word in ((path, "earlier"), (restored, "restored")):
        store = open_store(file)
        store.set_note("it is", word)
        store.close()
    seen = []

    def start() -> None:
        store = open_store(path)
        seen.append(store.note("it is"))
        store.set_note("since", "kept")
        store.close()

    starting = threading.Thread(target=start)
    with copying.having_alone(path):
        starting.start()
        time.sleep(0.5)  # it waits for the earlier file
        copying.put_in_place(restored, path, aside)
    starting.join()
    assert seen == ["restored"]
    for file, word in ((path, "kept"), (aside, None)):
        store = open_store(file)
        assert store.note("since") == word
        store.close()
