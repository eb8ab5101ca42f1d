"""What goes wrong between the two processes of a desk leaves nobody waiting; the worker here is a thread."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import pytest

from tocsin.service.observing import Unobserved
from tocsin.service.wire import Answer, Call, Opening, Rang, Sender, Step, Stop, receive
from tocsin.service.worker import _Lines, _Work
from tocsin.service.working import Worker
from tocsin.settings import Settings

PATIENCE = 20.0


class Thread:
    """A `working.Program`: two pipes, and a thread that answers over them."""

    pid = 1

    def __init__(self, answer: Callable[[Call, Sender, IO[bytes]], None]) -> None:
        asked, into = _make_pipe()
        out, told = _make_pipe()
        self.stdin: IO[bytes] | None = into
        self.stdout: IO[bytes] | None = out
        self._answer = answer
        self._thread = threading.Thread(target=self._work, args=(asked, told), daemon=True)
        self._thread.start()

    def _work(self, asked: IO[bytes], told: IO[bytes]) -> None:
        with asked, told, contextlib.suppress(EOFError):
            assert isinstance(receive(asked), Opening)
            while not isinstance(call := receive(asked), Stop):
                self._answer(call, Sender(told), told)

    def wait(self, timeout: float | None = None) -> int:
        self._thread.join(PATIENCE if timeout is None else timeout)
        return 0

    def kill(self) -> None:
        pass


def _make_pipe() -> tuple[IO[bytes], IO[bytes]]:
    out, into = os.pipe()
    return os.fdopen(out, "rb"), os.fdopen(into, "wb")


def ring() -> None:
    raise OSError("EXERCISE: whoever listens has a defect")


def ask(answer: Callable[[Call, Sender, IO[bytes]], None], name: str = "derive", **given: Any) -> Any:
    """What a worker's desk answers, asked in a thread that is not waited for without end."""
    listener = SimpleNamespace(observer=Unobserved(), on_notices=ring, on_knowing=ring)
    opening = Opening(Path, Settings())  # type: ignore[arg-type]  # nobody opens a desk with it
    worker = Worker(opening, listener, launch=lambda: Thread(answer))
    worker.start()
    told: list[Any] = []
    thread = threading.Thread(target=lambda: told.append(worker.ask(name, is_repeatable=True, **given)), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "it would wait for ever"
    worker.stop(PATIENCE)
    return told[0]


def test_a_listener_with_a_defect_keeps_nobody_waiting(caplog: pytest.LogCaptureFixture) -> None:
    def answer(call: Call, sender: Sender, _: IO[bytes]) -> None:
        sender.send(Rang())
        sender.send(Step(call.number, "one"))
        sender.send(Answer(call.number, "done"))

    def progress(_: str) -> None:
        raise RuntimeError("EXERCISE: whoever is told has a defect")

    with caplog.at_level(logging.ERROR, "tocsin.worker"):
        assert ask(answer, progress=progress) == "done"
    assert caplog.text.count("could not be passed on") == 2


def test_a_message_that_cannot_be_read_counts_as_the_end_of_the_worker() -> None:
    asked: list[str] = []

    def answer(call: Call, sender: Sender, told: IO[bytes]) -> None:
        asked.append(call.name)
        if len(asked) == 1:
            told.write(b"cno_such_module\nno_such_name\n.")  # a pickle of something that is not there
            told.flush()
        else:
            sender.send(Answer(call.number, "done"))

    assert ask(answer) == "done"
    assert asked == ["derive", "derive"], "what was asked of the first was asked of the next"


def test_an_answer_that_cannot_be_sent_is_an_answer_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    out, into = _make_pipe()
    desk = SimpleNamespace(observer=Unobserved(), on_notices=None, on_knowing=None, derive=threading.Lock)
    with out, into:
        _Work(desk, Sender(into))._do(Call(7, "derive", (), {}))  # type: ignore[arg-type]
        answer = receive(out)
    assert (answer.number, answer.defect) == (7, "its answer cannot be sent (TypeError)")
    assert "the answer to derive cannot be sent" in caplog.text


def test_a_line_that_cannot_be_made_is_no_failure_of_whoever_wrote_it() -> None:
    out, into = _make_pipe()
    with out, into:
        record = logging.LogRecord("x", logging.WARNING, "x.py", 1, "%d articles", ("many",), None)
        _Lines(Sender(into)).emit(record)
