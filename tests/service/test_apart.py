"""A desk with a worker: what it is asked comes to what one process comes to, and nobody's death loses or doubles it."""

from __future__ import annotations

import inspect
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOW
from tocsin import errors
from tocsin.desk import Desk
from tocsin.errors import ConflictError, DeliveryError, TocsinError, UnknownIdError, WorkerError
from tocsin.intake import Options
from tocsin.records import Filter
from tocsin.service.apart import _WITH_CALLBACKS, ONCE, REPEATABLE, DeskApart, make_desk_apart
from tocsin.service.meters import Meters
from tocsin.settings import Settings
from tocsin.web.serving import open_served_desk

REPORT = "EXERCISE: Villagers blocked a road near Zvecan on Monday, police said. Report {}."
#: What answers from here, or is what a worker's desk does inside.
KEPT = frozenset({"close", "knowledge", "read_article"})
PATIENCE = 60.0
#: A program that holds a desk with a worker, and says which process that is.
HOLDER = """
import sys, time
from pathlib import Path
from tocsin.service.apart import make_desk_apart
from tocsin.settings import Settings
desk = make_desk_apart(Settings(home=Path(sys.argv[1])))
desk.take_text("EXERCISE: Police arrested four men in Zvecan on Monday.")
print(desk.worker.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, lend_gazetteer: Callable[[Path], Path]) -> Path:
    return lend_gazetteer(tmp_path_factory.mktemp("apart"))


@pytest.fixture(scope="module")
def desk(home: Path) -> Iterator[DeskApart]:
    with make_desk_apart(Settings(home=home)) as made:
        made.observer = Meters(made.store, made.clock)
        yield made


def take(desk: Desk, number: int) -> Any:
    return desk.take_text(REPORT.format(number), Options(outlet="Hill Wire", published_at=NOW))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_is_handed_in_is_read_and_derived_elsewhere(desk: DeskApart) -> None:
    taken = take(desk, 1)
    assert (taken.new, taken.claims) == (1, 1)
    assert take(desk, 1).known == 1
    assert [i.type for i in desk.store.incidents(Filter())] == ["PROTEST"]
    assert len(desk._memory._held.stream if desk._memory._held else ()) == 0, "nothing is grouped in this process"
    assert desk.worker.pid not in (None, os.getpid())
    wait_until(lambda: desk.is_knowing)
    assert desk.knowledge().reader.version == "elsewhere", "this process loads no encoder"


def test_figures_and_log_lines_come_over(desk: DeskApart, caplog: pytest.LogCaptureFixture) -> None:
    take(desk, 2)
    told = desk.observer.write_text().decode()  # type: ignore[attr-defined]
    assert 'tocsin_articles_taken_total{outcome="new"}' in told
    assert "tocsin_reading_seconds_count 0.0" not in told
    assert "tocsin_derivation_seconds_count 0.0" not in told
    with caplog.at_level(logging.ERROR, "tocsin"), pytest.raises(RuntimeError, match="TypeError"):
        desk.merge_incidents(1, 2, 3, 4)  # type: ignore[arg-type, call-arg, misc]
    wait_until(lambda: "merge_incidents failed" in caplog.text)
    lines = [r for r in caplog.records if r.getMessage() == "merge_incidents failed"]
    assert lines[0].name == "tocsin.worker"
    assert "Traceback" in (lines[0].exc_text or "")


def test_errors_of_ours_are_raised_as_in_one_process(desk: DeskApart) -> None:
    with pytest.raises(UnknownIdError, match="is not in the store") as caught:
        desk.merge_incidents("inc_none", ["inc_neither"], why="they are one")
    assert caught.value.which == "inc_none"
    refused = desk.take_file("broken.pdf", b"%PDF-1.4 broken", "application/pdf")
    assert refused.is_refused
    assert "PDF" in refused.faults[0].why


def test_every_error_of_ours_can_be_sent() -> None:
    kinds = [k for k in vars(errors).values() if inspect.isclass(k) and issubclass(k, TocsinError)]
    assert len(kinds) > 8
    made: list[TocsinError] = [k("what", "which", "why") for k in kinds if k is not DeliveryError]
    made.append(ConflictError("a", "b", "c", field="type", theirs="1", yours="2"))
    made.append(DeliveryError("a", "b", "c", is_final=True, retry_after_seconds=3.0))
    for error in made:
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_every_method_of_the_desk_has_its_place() -> None:
    """Who adds one decides where it is done, and whether it may be asked for twice."""
    public = {n for n, m in inspect.getmembers(Desk, inspect.isfunction) if not n.startswith("_")}
    assert public == REPEATABLE | ONCE | KEPT
    assert not REPEATABLE & ONCE
    for name in REPEATABLE | ONCE:
        assert getattr(DeskApart, name) is not getattr(Desk, name), name
    for name in (REPEATABLE | ONCE) - _WITH_CALLBACKS:
        asked = inspect.signature(getattr(Desk, name)).parameters.values()
        assert not [p for p in asked if "Callable" in str(p.annotation) or "Progress" in str(p.annotation)], name


def test_each_step_of_the_exercise_is_told(tmp_path: Path, lend_gazetteer: Callable[[Path], Path]) -> None:
    steps: list[str] = []
    with make_desk_apart(Settings(home=lend_gazetteer(tmp_path))) as desk:
        taken = desk.load_exercise(steps.append)
    assert taken.new == len(steps) > 10


def test_a_round_of_the_watch_ends_when_it_is_asked_to(desk: DeskApart) -> None:
    asked = threading.Event()

    def is_stopped() -> bool:
        asked.set()
        return True

    assert desk.poll_feeds(is_stopped=is_stopped).new == 0
    assert desk.poll_feeds().new == 0


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs to hold a process")
def test_a_worker_that_dies_is_started_again_and_nothing_is_lost_or_doubled(desk: DeskApart) -> None:
    before, restarts = desk.store.counts().articles, desk.worker.restarts
    took: list[Any] = []
    first = desk.worker.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    threads = [threading.Thread(target=lambda n=n: took.append(take(desk, n))) for n in range(10, 16)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(desk.worker._asked) == len(threads))
    os.kill(first, signal.SIGKILL)
    for thread in threads:
        thread.join(PATIENCE)
    assert [t.new + t.known for t in took] == [1] * len(threads)
    assert desk.store.counts().articles == before + len(threads)
    assert desk.store.underived_article_ids() == []
    assert desk.worker.restarts == restarts + 1
    assert desk.worker.pid not in (None, first)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs to find the process that reads")
def test_a_desk_whose_reader_died_says_that_it_cannot_read_until_the_next_one_can(desk: DeskApart) -> None:
    """The process that reads is the worker's: whoever answers pages hears of its death by the worker alone."""
    take(desk, 20)
    wait_until(lambda: desk.is_knowing)
    first = find_children(desk.worker.pid)
    assert len(first) == 1
    os.kill(first[0], signal.SIGKILL)
    wait_until(lambda: not desk.is_knowing)
    wait_until(lambda: desk.is_knowing)
    assert find_children(desk.worker.pid) not in ([], first)
    assert take(desk, 21).new == 1


def find_children(pid: int | None) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs to hold a process")
def test_what_people_decide_is_not_asked_of_a_second_worker(desk: DeskApart) -> None:
    [incident] = desk.store.incidents(Filter(limit=1))
    pid = desk.worker.pid
    assert pid is not None
    failed: list[TocsinError] = []

    def decide() -> None:
        try:
            desk.release_incident(incident.id, why="as the rules say")
        except TocsinError as why:
            failed.append(why)

    os.kill(pid, signal.SIGSTOP)
    thread = threading.Thread(target=decide)
    thread.start()
    wait_until(lambda: desk.worker._asked)
    os.kill(pid, signal.SIGKILL)
    thread.join(PATIENCE)
    assert [type(why) for why in failed] == [WorkerError]
    assert "may or may not" in failed[0].why
    wait_until(lambda: desk.worker.pid)
    assert desk.release_incident(incident.id, why="as the rules say") == 0


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a word of Unix")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_a_worker_ends_with_whoever_started_it(home: Path, number: str) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(home)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        worker = int(holder.stdout.readline())
        assert is_alive(worker)
        os.kill(worker, signal.SIGTERM)  # signals to the whole group are not for the worker
        os.kill(worker, signal.SIGINT)
        time.sleep(0.3)
        assert is_alive(worker)
        holder.send_signal(getattr(signal, number))
        holder.wait(PATIENCE)
        wait_until(lambda: not is_alive(worker))


def test_a_closed_desk_has_no_worker(
    tmp_path: Path, lend_gazetteer: Callable[[Path], Path], caplog: pytest.LogCaptureFixture
) -> None:
    desk = make_desk_apart(Settings(home=lend_gazetteer(tmp_path)))
    assert take(desk, 1).new == 1
    pid = desk.worker.pid
    with caplog.at_level(logging.WARNING, "tocsin"):
        desk.close()
    assert pid is not None
    assert not is_alive(pid)
    assert caplog.records == [], "it ended in order"
    with pytest.raises(WorkerError, match="stopping"):
        take(desk, 2)


def test_the_setting_chooses(tmp_path: Path) -> None:
    with open_served_desk(Settings(home=tmp_path, worker=False)) as desk:
        assert type(desk) is Desk
    with open_served_desk(Settings(home=tmp_path)) as desk:
        assert isinstance(desk, DeskApart)
