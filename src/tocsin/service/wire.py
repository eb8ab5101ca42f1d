"""What goes over the pipes between the desk that answers pages and the one that reads and derives for it.

Both ends are this program, started by the same user from the same files; nothing from outside reaches the pipes but as
a text or a record inside a message. So the messages are pickled: that is what records, options and errors go through
without a form of their own.
"""

from __future__ import annotations

import contextlib
import pickle
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from tocsin.service.observing import Work
from tocsin.settings import Settings

if TYPE_CHECKING:
    from tocsin.service.worker import Working


# --- to the worker
@dataclass(frozen=True, slots=True)
class Opening:
    """The first message: how the worker opens its desk. `make` is a function of a module, or a class.

    most_calls  how many calls may be at work side by side; None: as many as the settings let reports in, and some more
    """

    make: Callable[[Settings], Working]
    settings: Settings
    most_calls: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Something that the desk is to do; `name` is that of a method of `Desk`.

    is_telling  whether the caller wants to be told of each step (`progress`)
    is_halting  whether the caller may want it to end early (`is_stopped`): a `Halt` then says so
    """

    number: int
    name: str
    args: Sequence[Any]
    given: Mapping[str, Any]
    is_telling: bool = False
    is_halting: bool = False


@dataclass(frozen=True, slots=True)
class Halt:
    """The caller of a call wants no more of it than what is in hand."""

    number: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Finish what is at work and end."""


# --- from the worker
@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to: its value, or what it raised.

    error   an error of ours, to be raised again
    defect  the kind of another error, whose traceback is in the log
    """

    number: int
    value: Any = None
    error: Exception | None = None
    defect: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a call, in words."""

    number: int
    told: str


@dataclass(frozen=True, slots=True)
class Took:
    """How many seconds something took; see `observing.Observer`."""

    work: Work
    seconds: float


@dataclass(frozen=True, slots=True)
class Came:
    """What became of articles; see `observing.Observer`."""

    new: int
    known: int
    faults: int


@dataclass(frozen=True, slots=True)
class Restarted:
    """A process that the worker had started for itself had died, and another is started."""


@dataclass(frozen=True, slots=True)
class Rang:
    """Notices were put into the outbox."""


@dataclass(frozen=True, slots=True)
class Knows:
    """The reader and the gazetteer are loaded, or cannot be."""

    is_well: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A log line, as the fields of a `logging.LogRecord`: the process that answers pages alone writes the log."""

    fields: Mapping[str, Any]


class Sender:
    """Writes messages to a pipe, each as a whole; safe to use from several threads."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._lock = pipe, threading.Lock()

    def send(self, message: object) -> None:
        """Write one; raises OSError or ValueError where the other end is gone. What cannot be pickled is not begun."""
        written = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        with self._lock:
            self._pipe.write(written)
            self._pipe.flush()

    def close(self) -> None:
        """Let the other end know that there is no more."""
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._pipe.close()


def receive(pipe: IO[bytes]) -> Any:
    """The next message; raises EOFError where the other end is gone, also in the middle of one.

    What cannot be read is as good as gone: where the next message begins is not known any more.
    """
    try:
        return pickle.load(pipe)  # noqa: S301 - our own program at the other end, see above
    except Exception as why:
        raise EOFError from why
