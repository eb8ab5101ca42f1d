"""A worker that has another process read: as much is taken in, and nothing is lost with who reads."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import NOW
from tocsin.desk import Desk
from tocsin.desk.opening import ReadElsewhere, make_desk_of
from tocsin.errors import ReaderUnavailableError, ReadingError, WorkerError
from tocsin.intake import Options
from tocsin.service.meters import Meters
from tocsin.service.reading_apart import MOST_ASKED, DeskReadingApart, make_desk_reading_apart
from tocsin.settings import Settings

REPORT = "EXERCISE: Villagers blocked a road near Zvecan on Monday, police said. Report {}."
PATIENCE = 60.0


def take(desk: Desk, number: int) -> Any:
    return desk.take_text(REPORT.format(number), Options(outlet="Hill Wire", published_at=NOW))


def wait_until(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


class Reader:
    """Stands where the process that reads would."""

    is_knowing = True

    def __init__(self, answer: Callable[[], Any]) -> None:
        self._answer = answer
        self.at_once = self.most = 0
        self._lock = threading.Lock()

    def ask(self, name: str, args: tuple[Any, ...], *, is_repeatable: bool) -> Any:
        assert name == "read"
        assert is_repeatable
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        try:
            return self._answer()
        finally:
            with self._lock:
                self.at_once -= 1

    def wait_for_knowledge(self, seconds: float) -> None:
        pass

    def stop(self, seconds: float) -> None:
        pass


def open_with(home: Path, answer: Callable[[], Any]) -> DeskReadingApart:
    desk = make_desk_of(DeskReadingApart, Settings(home=home), reader=ReadElsewhere())
    desk.reader = Reader(answer)  # type: ignore[assignment]
    return desk


def raise_(error: Exception) -> Any:
    raise error


def test_a_report_that_nobody_could_read_is_told_and_not_kept(
    tmp_path: Path, lend_gazetteer: Callable[[Path], Path]
) -> None:
    """It is no fault of the report: who hands it in again has it read."""
    why = WorkerError("reader", "read", "ended in the middle of it")
    with open_with(lend_gazetteer(tmp_path), lambda: raise_(why)) as desk:
        taken = take(desk, 1)
        assert (taken.new, taken.known) == (0, 0)
        assert "not read" in taken.faults[0].why
        assert "ended in the middle" in taken.faults[0].why
        assert desk.store.counts().articles == 0
        desk.reader = Reader(lambda: ())  # type: ignore[assignment]
        assert take(desk, 1).new == 1


def test_what_cannot_be_read_has_its_fault_as_in_one_process(
    tmp_path: Path, lend_gazetteer: Callable[[Path], Path]
) -> None:
    why = ReadingError("article", "art_1", "is not English")
    with open_with(lend_gazetteer(tmp_path), lambda: raise_(why)) as desk:
        taken = take(desk, 1)
        assert taken.new == 1
        assert desk.store.article(taken.articles[0].id).fault


def test_no_more_wait_at_the_readers_door_than_it_needs(tmp_path: Path, lend_gazetteer: Callable[[Path], Path]) -> None:
    go = threading.Event()
    with open_with(lend_gazetteer(tmp_path), lambda: (go.wait(PATIENCE), ())[1]) as desk:
        threads = [threading.Thread(target=take, args=(desk, n)) for n in range(8)]
        for thread in threads:
            thread.start()
        wait_until(lambda: desk.reader.at_once == MOST_ASKED)  # type: ignore[attr-defined]
        time.sleep(0.2)
        go.set()
        for thread in threads:
            thread.join(PATIENCE)
        assert desk.reader.most == MOST_ASKED  # type: ignore[attr-defined]
        assert desk.store.counts().articles == 8
        assert desk.store.underived_article_ids() == []


def test_the_same_report_handed_in_side_by_side_is_kept_once(
    tmp_path: Path, lend_gazetteer: Callable[[Path], Path]
) -> None:
    both = threading.Barrier(2, timeout=PATIENCE)
    took: list[Any] = []
    with open_with(lend_gazetteer(tmp_path), lambda: (both.wait(), ())[1]) as desk:
        threads = [threading.Thread(target=lambda: took.append(take(desk, 1))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert sorted((t.new, t.known) for t in took) == [(0, 1), (1, 0)]
        assert desk.store.counts().articles == 1


@pytest.mark.parametrize("given", [{"reader_apart": False}, {"reader": "endpoint"}])
def test_who_wants_none_has_none(tmp_path: Path, given: dict[str, Any]) -> None:
    def launch() -> Any:
        raise AssertionError("no process is started")

    with make_desk_reading_apart(Settings(home=tmp_path, **given), launch=launch) as desk:
        assert type(desk) is Desk


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs to hold a process")
def test_who_reads_is_started_again_and_asked_again(tmp_path: Path, lend_gazetteer: Callable[[Path], Path]) -> None:
    desk = make_desk_reading_apart(Settings(home=lend_gazetteer(tmp_path)))
    assert isinstance(desk, DeskReadingApart)
    with desk:
        desk.observer = Meters(desk.store, desk.clock)
        assert take(desk, 0).claims == 1
        with pytest.raises(ReaderUnavailableError):  # no encoder is loaded here
            desk.knowledge().reader.read_article(SimpleNamespace(id="art_1"))  # type: ignore[arg-type]
        first, took = desk.reader.pid, []
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        threads = [threading.Thread(target=lambda n=n: took.append(take(desk, n))) for n in range(1, 6)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(desk.reader._asked) == MOST_ASKED)
        os.kill(first, signal.SIGKILL)
        for thread in threads:
            thread.join(PATIENCE)
        assert [(t.new, t.claims) for t in took] == [(1, 1)] * 5
        assert desk.store.underived_article_ids() == []
        assert desk.reader.pid not in (None, first)
        assert b"tocsin_worker_restarts_total 1.0" in desk.observer.write_text()
        last = desk.reader.pid
    assert last is not None
    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)
