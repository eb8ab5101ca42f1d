"""The process that reads and derives for a desk that answers pages, or that reads for this one: started by `working`.

It opens the same store and does what it is asked, as many things side by side as are asked for. It ends with the one
that started it, however that ends: then its standard input is at its end, and whatever was not written as a whole is
done again at the next start.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Protocol

from tocsin.errors import TocsinError
from tocsin.service.allocating import settle_allocator
from tocsin.service.observing import Observer, Work
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
from tocsin.settings import Settings

#: Calls besides reports handed in that may be at work side by side: what people decide, the watch, the exercise.
MORE_CALLS = 16
#: Whoever waits for a page goes first (Unix; Windows: see `working`). 5 is about a third of another's share.
NICENESS = 5
log = logging.getLogger("tocsin.worker")


class Working(AbstractContextManager["Working"], Protocol):
    """What a worker holds and calls the methods of by name: a `Desk`, or a room to read in."""

    settings: Settings
    observer: Observer
    on_notices: Callable[[], None]
    on_knowing: Callable[[], None]

    @property
    def is_knowing(self) -> bool:
        """Whether what it reads with is loaded."""
        ...

    def knowledge(self) -> object:
        """Load what it reads with; raises TocsinError where it cannot be loaded."""
        ...


def main() -> None:
    """Work for whoever holds the other ends of standard input and output, until it says stop or is gone."""
    settle_allocator()
    # what any library prints must not get between the messages
    with os.fdopen(os.dup(0), "rb") as asked, os.fdopen(os.dup(1), "wb") as told:
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        work(asked, told)


def work(asked: IO[bytes], told: IO[bytes]) -> None:
    """The same over any two pipes. Signals are for the other process, which then says stop."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sender = Sender(told)
    try:
        opening: Opening = receive(asked)
        _forward_log(sender, opening.settings)
        with opening.make(opening.settings) as desk:
            _Work(desk, sender).go_on(asked, most=opening.most_calls)
    except EOFError:
        _end()


def _end() -> None:
    """End at once: nobody is there any more."""
    sys.stderr.flush()
    os._exit(0)


class _Work:
    """The calls under way."""

    def __init__(self, desk: Working, sender: Sender) -> None:
        self._desk, self._sender = desk, sender
        self._halts: dict[int, threading.Event] = {}
        desk.observer = _Telling(self._tell, desk.observer)
        desk.on_notices = lambda: self._tell(Rang())
        self._knowing, self._has_warmed_up = threading.Lock(), False
        desk.on_knowing = self._tell_knowing

    def go_on(self, asked: IO[bytes], *, most: int | None = None) -> None:
        """Do what is asked until stop is said, and finish it; raises EOFError where nobody is there any more.

        most  calls at work side by side; None: as many reports as the settings let in, and some more
        """
        threading.Thread(target=self._warm_up, name="tocsin-warm-up", daemon=True).start()
        # after that: pages need the gazetteer, too, which is built at the very first start
        if hasattr(os, "nice"):
            with contextlib.suppress(OSError):
                os.nice(NICENESS)
        most = self._desk.settings.intake_waiting + MORE_CALLS if most is None else most
        with ThreadPoolExecutor(most, thread_name_prefix="tocsin-work") as pool:
            while True:
                try:
                    message = receive(asked)
                except EOFError:
                    _end()  # at once: the pool would wait for what is at work
                if isinstance(message, Stop):
                    threading.Thread(target=self._watch, args=(asked,), name="tocsin-asker", daemon=True).start()
                    return
                if isinstance(message, Halt):
                    if halt := self._halts.get(message.number):
                        halt.set()
                else:
                    if message.is_halting:
                        self._halts[message.number] = threading.Event()
                    pool.submit(self._do, message)

    def _watch(self, asked: IO[bytes]) -> None:
        """While the last calls are finished: end at once if nobody waits for them any more."""
        with contextlib.suppress(EOFError):
            while True:
                receive(asked)
        _end()

    def _do(self, call: Call) -> None:
        given = dict(call.given)
        if call.is_telling:
            given["progress"] = lambda told: self._tell(Step(call.number, told))
        if call.is_halting:
            given["is_stopped"] = self._halts[call.number].is_set
        try:
            answer = Answer(call.number, getattr(self._desk, call.name)(*call.args, **given))
        except TocsinError as why:
            answer = Answer(call.number, error=why)
        except Exception as defect:
            log.exception("%s failed", call.name)
            answer = Answer(call.number, defect=f"{type(defect).__name__}: {defect}")
        finally:
            self._halts.pop(call.number, None)
        try:
            self._tell(answer)
        except Exception as defect:  # nothing of it was written: whoever waits must not wait for ever
            log.exception("the answer to %s cannot be sent", call.name)
            self._tell(Answer(call.number, defect=f"its answer cannot be sent ({type(defect).__name__})"))

    def _tell(self, message: object) -> None:
        try:
            self._sender.send(message)
        except (OSError, ValueError):
            _end()

    def _warm_up(self) -> None:
        """Load the reader and the gazetteer, so that the first report does not wait for them."""
        try:
            self._desk.knowledge()
        except TocsinError as why:
            log.warning("the reader could not be loaded beforehand: %s", why)
        except Exception:  # the first report says what is wrong
            log.exception("the reader could not be loaded beforehand")
        self._has_warmed_up = True
        self._tell_knowing()

    def _tell_knowing(self) -> None:
        """Whether it can read: after the warm-up, when a process that reads for this one dies, and when the next can.

        One at a time, so that what is told last is what holds.
        """
        with self._knowing:
            if self._has_warmed_up:
                self._tell(Knows(is_well=self._desk.is_knowing))


class _Telling:
    """An `observing.Observer` that tells the other process, and whoever the desk was opened with."""

    def __init__(self, tell: Callable[[object], None], beside: Observer) -> None:
        self._tell, self._beside = tell, beside

    @contextmanager
    def timing(self, work: Work) -> Iterator[None]:
        """See `Observer`."""
        began = time.perf_counter()
        try:
            with self._beside.timing(work):
                yield
        finally:
            self.note_time(work, time.perf_counter() - began)

    def note_time(self, work: Work, seconds: float) -> None:
        """See `Observer`."""
        self._tell(Took(work, seconds))

    def count_taken(self, new: int, known: int, faults: int) -> None:
        """See `Observer`."""
        self._tell(Came(new, known, faults))

    def count_restart(self) -> None:
        """See `Observer`."""
        self._tell(Restarted())


class _Lines(logging.Handler):
    """Hands log lines to the process that writes the log."""

    def __init__(self, sender: Sender) -> None:
        super().__init__()
        self._sender = sender

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`; a line that cannot be made is no failure of whoever wrote it."""
        with contextlib.suppress(Exception):
            self._hand_over(record)

    def _hand_over(self, record: logging.LogRecord) -> None:
        fault = logging.Formatter().formatException(record.exc_info) if record.exc_info else None
        fields = {
            "name": record.name, "levelno": record.levelno, "levelname": record.levelname, "created": record.created,
            "msg": record.getMessage(), "exc_text": fault,
            "fields": {name: str(value) for name, value in getattr(record, "fields", {}).items()},
        }  # fmt: skip
        self._sender.send(Line(fields))  # where whoever writes the log is gone, so is this process soon


def _forward_log(sender: Sender, settings: Settings) -> None:
    root = logging.getLogger()
    root.handlers[:] = [_Lines(sender)]
    root.setLevel(logging.WARNING)
    logging.getLogger("tocsin").setLevel(settings.log_level.upper())
