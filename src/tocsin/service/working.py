"""A process beside this one that reads and derives: started, asked, and started again where it dies.

What was asked of one that died is asked again of the next where asking twice is the same as asking once; else the
caller is told that it may or may not have been done.
"""

from __future__ import annotations

import itertools
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from tocsin.errors import WorkerError
from tocsin.service.observing import Observer
from tocsin.service.wire import (
    Answer,
    Call,
    Came,
    Halt,
    Knows,
    Line,
    Opening,
    Rang,
    Restarted,
    Sender,
    Step,
    Stop,
    Took,
    receive,
)

_START = "import sys; sys.path.insert(0, sys.argv[1]); from tocsin.service.worker import main; main()"
#: A call waits so long for a worker that is being started; opening a large database may take a while.
PATIENCE_SECONDS = 60.0
#: One that dies sooner than this is started again after a while that doubles, from the first of these to the last.
SHORT_LIFE_SECONDS, LEAST_WAIT_SECONDS, MOST_WAIT_SECONDS = 10.0, 0.5, 30.0
#: So often a caller who may end a call early is asked whether to.
_HALT_SECONDS = 0.1
#: What took down two workers on end is not asked of a third.
_MOST_TRIES = 2
log = logging.getLogger("tocsin.worker")


class Program(Protocol):
    """A process that works: what of `subprocess.Popen` is needed. Both pipes are there."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None

    @property
    def pid(self) -> int:
        """The number of the process."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status; raises subprocess.TimeoutExpired."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


class Listener(Protocol):
    """Who is told of what the worker does by itself."""

    observer: Observer
    on_notices: Callable[[], None]
    on_knowing: Callable[[], None]


def launch_program() -> Program:
    """A fresh interpreter (not a fork: it shares nothing with this process) that runs `worker`."""
    package = Path(__file__).resolve().parent.parent.parent
    # Windows knows no niceness; elsewhere the worker makes itself nice
    lower = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        [sys.executable, "-c", _START, os.fspath(package)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        close_fds=True,
        creationflags=lower,
    )


@dataclass(slots=True)
class _Asked:
    """A call, and what came of it: an answer, or nothing where its worker died."""

    call: Call
    progress: Callable[[str], None] | None
    answer: Answer | None = None
    is_done: threading.Event = field(default_factory=threading.Event)


class Worker:
    """One worker at a time. Safe to use from several threads."""

    def __init__(
        self,
        opening: Opening,
        listener: Listener,
        *,
        launch: Callable[[], Program] = launch_program,
        name: str = "worker",
    ) -> None:
        """`name` is what errors and the log call it."""
        self._opening, self._listener, self._launch, self._name = opening, listener, launch, name
        self._numbers = itertools.count(1)
        self._asked: dict[int, _Asked] = {}
        self._changed = threading.Condition()
        self._sender: Sender | None = None
        self._program: Program | None = None
        self._is_stopping = False
        self._keeper = threading.Thread(target=self._keep, name=f"tocsin-{name}", daemon=True)
        self._has_tried = threading.Event()
        #: Whether the worker has loaded what it reads with.
        self.is_knowing = False
        #: How many were started after one had died.
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """The worker's process, or None while there is none."""
        with self._changed:
            return self._program.pid if self._program and self._sender else None

    def start(self) -> None:
        """Start the worker, and keep one going; returns before it is ready."""
        self._keeper.start()

    def stop(self, timeout: float) -> None:
        """Let it finish what is at work, so many seconds at most, and end."""
        with self._changed:
            self._is_stopping = True
            sender, program = self._sender, self._program
            self._changed.notify_all()
        if sender is not None:
            with suppress(OSError, ValueError):
                sender.send(Stop())
        self._keeper.join(timeout)
        if self._keeper.is_alive() and program is not None:
            log.warning("the %s is ended in the middle of its work; what was not finished is done again", self._name)
            program.kill()
            self._keeper.join(timeout)

    def wait_for_knowledge(self, seconds: float) -> None:
        """Wait until a worker has loaded what it reads with, or could not, so many seconds at most."""
        self._has_tried.wait(seconds)

    def ask(
        self,
        name: str,
        args: Sequence[Any] = (),
        given: Mapping[str, Any] | None = None,
        *,
        is_repeatable: bool,
        progress: Callable[[str], None] | None = None,
        is_stopped: Callable[[], bool] | None = None,
    ) -> Any:
        """Have a method of the worker's desk called: what it returned or raised.

        is_repeatable  whether it may be asked again of the next worker where this one dies before it answers
        progress       told of each step
        is_stopped     asked now and then; once it says so the worker is told to end early

        Raises WorkerError where there is no worker, or it died.
        """
        for _ in range(_MOST_TRIES if is_repeatable else 1):
            asked = self._send(name, args, given or {}, progress, is_halting=is_stopped is not None)
            answer = self._await(asked, is_stopped)
            if answer is None:
                continue
            if answer.error is not None:
                raise answer.error
            if answer.defect is not None:
                raise RuntimeError(f"{name}: {answer.defect}; the log holds the worker's traceback")
            return answer.value
        told = "ended in the middle of it: " + (
            "hand it in again, and look into the log"
            if is_repeatable
            else "it may or may not have been done; look before you do it again"
        )
        raise WorkerError(self._name, name, told)

    # --- one call
    def _send(
        self,
        name: str,
        args: Sequence[Any],
        given: Mapping[str, Any],
        progress: Callable[[str], None] | None,
        *,
        is_halting: bool,
    ) -> _Asked:
        call = Call(next(self._numbers), name, args, given, progress is not None, is_halting)
        asked = _Asked(call, progress)
        with self._changed:
            if not self._changed.wait_for(lambda: self._sender or self._is_stopping, PATIENCE_SECONDS):
                raise WorkerError(self._name, name, "does not start; its log says why")
            if self._sender is None or self._is_stopping:
                raise WorkerError(self._name, name, "is stopping: nothing of it was done")
            sender = self._sender
            self._asked[call.number] = asked
        try:
            sender.send(call)
        except (OSError, ValueError):
            pass  # it is gone: the keeper says so to all who wait
        except BaseException:
            with self._changed:
                self._asked.pop(call.number, None)
            raise
        return asked

    def _await(self, asked: _Asked, is_stopped: Callable[[], bool] | None) -> Answer | None:
        if is_stopped is not None:
            while not asked.is_done.wait(_HALT_SECONDS):
                if is_stopped():
                    self._halt(asked.call.number)
                    break
        asked.is_done.wait()
        return asked.answer

    def _halt(self, number: int) -> None:
        with self._changed:
            sender = self._sender
        if sender is not None:
            with suppress(OSError, ValueError):
                sender.send(Halt(number))

    # --- the worker's life
    def _keep(self) -> None:
        """Start workers one after the other until stop is said."""
        wait = LEAST_WAIT_SECONDS
        while True:
            began = time.monotonic()
            try:
                program = self._launch()
            except OSError:
                log.exception("the %s cannot be started", self._name)
            else:
                self._live(program)
            with self._changed:
                if self._is_stopping:
                    return
                self.restarts += 1
                self._listener.observer.count_restart()
                wait = LEAST_WAIT_SECONDS if time.monotonic() - began > SHORT_LIFE_SECONDS else wait
                log.error("a new %s is started in %g s", self._name, wait)
                if self._changed.wait_for(lambda: self._is_stopping, wait):
                    return
            wait = min(2 * wait, MOST_WAIT_SECONDS)

    def _live(self, program: Program) -> None:
        """One worker, from its start to its end."""
        assert program.stdin is not None  # noqa: S101 - they are pipes
        assert program.stdout is not None  # noqa: S101
        sender = Sender(program.stdin)
        with suppress(OSError, ValueError):
            sender.send(self._opening)
            with self._changed:
                if self._is_stopping:
                    sender.send(Stop())
                self._sender, self._program = sender, program
                self._changed.notify_all()
        with suppress(EOFError), program.stdout as told:
            while True:
                self._hear_safely(receive(told))
        sender.close()
        status = program.wait()
        with self._changed:
            self._sender, self.is_knowing = None, False
            lost, self._asked = self._asked, {}
            is_expected = self._is_stopping and status == 0
        for asked in lost.values():
            asked.is_done.set()
        if not is_expected:
            log.error("the %s ended with status %d while %d calls were at work", self._name, status, len(lost))
            try:
                self._listener.on_knowing()
            except Exception:  # a listener's defect: in this thread the next one is started
                log.exception("that the %s is gone could not be passed on", self._name)

    def _hear_safely(self, message: object) -> None:
        try:
            self._hear(message)
        except Exception:  # a listener's defect: with this thread all who ask would wait for ever
            log.exception("what the worker told could not be passed on")

    def _hear(self, message: object) -> None:
        match message:
            case Answer():
                with self._changed:
                    asked = self._asked.pop(message.number, None)
                if asked is not None:
                    asked.answer = message
                    asked.is_done.set()
            case Step():
                held = self._asked.get(message.number)
                if held is not None and held.progress is not None:
                    held.progress(message.told)
            case Took():
                self._listener.observer.note_time(message.work, message.seconds)
            case Came():
                self._listener.observer.count_taken(message.new, message.known, message.faults)
            case Restarted():
                self._listener.observer.count_restart()
            case Rang():
                self._listener.on_notices()
            case Knows():
                self.is_knowing = message.is_well
                self._has_tried.set()
                self._listener.on_knowing()
            case Line():
                logging.getLogger(message.fields["name"]).handle(logging.makeLogRecord(dict(message.fields)))
