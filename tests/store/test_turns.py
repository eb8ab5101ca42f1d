"""One process derives at a time and one watches; what a process held is free when it is gone."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.postgresql import Server
from tests.store.worlds import START, make_readings
from tocsin.desk.turns import Turn
from tocsin.errors import StoreError, UnknownIdError
from tocsin.ports import Store
from tocsin.store import open_store
from tocsin.store.locks import FileLocks

ROOT = Path(__file__).parents[2]
#: Takes the turn and the watch as a program of its own, says so, and waits to be killed.
HOLDING = """
import sys
from tocsin.store import open_store
from tocsin.store.locks import FileLocks
store = open_store(sys.argv[1])
assert store.hold_watch()
with store.taking_turn():
    print("holding", flush=True)
    sys.stdin.read()
"""


def test_one_derives_after_the_other(reopen: Callable[[], Store]) -> None:
    stores, order = [reopen(), reopen()], []
    is_in, may_go = threading.Event(), threading.Event()

    def first() -> None:
        with stores[0].taking_turn():
            is_in.set()
            may_go.wait(30)
            order.append("first")

    def second() -> None:
        with stores[1].taking_turn():
            order.append("second")

    threads = [threading.Thread(target=job) for job in (first, second)]
    threads[0].start()
    is_in.wait(30)
    threads[1].start()
    may_go.set()
    for thread in threads:
        thread.join(30)
    assert order == ["first", "second"]


def test_a_turn_that_does_not_come_is_said(reopen: Callable[[], Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.store.locks.TURN_SECONDS", 1.0)
    one, other = reopen(), reopen()
    with one.taking_turn(), pytest.raises(StoreError, match="is another desk at work"), other.taking_turn():
        pass
    with other.taking_turn():
        other.set_note("a", "b")
    assert one.note("a") == "b"


def test_what_is_wrong_with_the_disk_is_not_put_on_another_desk(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path / "desk.sqlite")
    (tmp_path / "desk.turn").mkdir()  # no lock can be had there, whoever is at work
    with pytest.raises(StoreError, match=r"^database: .*desk\.sqlite.*refuses") as told, locks.taking_turn():
        pass
    assert "another desk" not in str(told.value)


def test_what_is_written_in_a_turn_is_kept_and_others_write_beside_it(reopen: Callable[[], Store]) -> None:
    one, other = reopen(), reopen()
    readings = make_readings(3)
    with one.taking_turn():
        assert one.add_reading(readings[0])
        assert other.add_reading(readings[1]), "taking in does not wait for who derives"
        with pytest.raises(StoreError, match="belongs to article"):
            one.add_reading(replace(readings[2], article=readings[0].article))
        with pytest.raises(UnknownIdError):
            one.grade_outlet("out_none", "A", "because", by="ana", at=START)
        assert one.add_reading(readings[2])
    assert other.counts().articles == 3


def test_a_turn_is_taken_again_by_the_thread_that_has_it(reopen: Callable[[], Store]) -> None:
    one, other = reopen(), reopen()
    mine, theirs = Turn(one), Turn(other)
    with mine:
        with mine:
            one.set_note("a", "1")
        one.set_note("a", "2")
    with theirs:
        assert other.note("a") == "2"


def test_a_turn_that_fails_is_let_go(reopen: Callable[[], Store]) -> None:
    one, other = reopen(), reopen()

    def fail() -> None:
        with Turn(one):
            one.set_note("a", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with Turn(other):
        other.set_note("a", "2")
    assert one.note("a") == "2"


def test_a_closed_store_gives_no_turn_and_no_watch(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="is closed"), store.taking_turn():
        pass
    with pytest.raises(StoreError, match="is closed"):
        store.hold_watch()


def test_one_watches_and_the_next_takes_over(reopen: Callable[[], Store]) -> None:
    one, other, third = reopen(), reopen(), reopen()
    assert one.hold_watch()
    assert one.hold_watch(), "it keeps it"
    assert not other.hold_watch()
    one.release_watch()
    assert other.hold_watch()
    assert not one.hold_watch()
    other.close()
    assert third.hold_watch(), "a store that is closed lets it go"
    one.set_note("a", "b")


def test_who_is_killed_holds_nothing(address: str, reopen: Callable[[], Store]) -> None:
    store = reopen()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, address], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"holding\n"
        assert not store.hold_watch()
        child.kill()
    with store.taking_turn():
        pass
    waiting = threading.Event()
    while not store.hold_watch():  # a server may take a moment to see that the other end is gone
        waiting.wait(0.02)


@pytest.mark.postgresql
def test_a_turn_that_is_lost_on_the_way_writes_nothing_more(postgresql: Server) -> None:
    with postgresql.lending() as lend:
        address = lend()
        store, other = open_store(address), open_store(address)
        with store.taking_turn():
            store.set_note("a", "before")
            postgresql.disconnect(address)
            with other.taking_turn():
                other.set_note("a", "other")
            for _ in range(2):
                with pytest.raises(StoreError):
                    store.set_note("a", "after")
        assert store.note("a") == "other"
        with store.taking_turn():
            store.set_note("a", "again")
        for opened in (store, other):
            opened.close()


@pytest.mark.postgresql
def test_a_watch_whose_connection_broke_is_asked_for_anew(postgresql: Server) -> None:
    with postgresql.lending() as lend:
        address = lend()
        store, other = open_store(address), open_store(address)
        assert store.hold_watch()
        postgresql.disconnect(address)
        assert other.hold_watch(), "the server has let it go"
        assert not store.hold_watch()
        for opened in (store, other):
            opened.close()


@pytest.mark.postgresql
def test_desks_that_start_at_once_make_the_tables_once(postgresql: Server) -> None:
    address = postgresql.make_bare()

    def start(_: int) -> int:
        store = open_store(address)
        try:
            return store.counts().articles
        finally:
            store.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [0, 0, 0, 0]
