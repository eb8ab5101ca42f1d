"""A desk that has another process read, so that the next article is read while the last one is kept and derived.

The worker opens its desk so. The encoder is loaded there and not here; grouping, warning and the store are here alone.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from tocsin.desk.desk import Desk
from tocsin.desk.opening import ReadElsewhere, find_home, load_knowledge, make_desk, make_desk_of
from tocsin.errors import ReaderUnavailableError, WorkerError
from tocsin.pipeline import Knowledge, read_claims
from tocsin.ports import Clock
from tocsin.records import Article, Claim, Outlet
from tocsin.service.observing import Observer, Unobserved
from tocsin.service.wire import Opening
from tocsin.service.working import Program, Worker, launch_program
from tocsin.settings import Settings

#: The gazetteer is built at the first start, which takes half a minute on a slow machine; it is built there.
BUILDING_SECONDS = 120.0
#: So many articles may be with the process that reads: one in hand, and the next ones at its door, so that it never
#: waits for this one. The others wait here.
MOST_ASKED = 3
#: What is in hand when a desk is closed: three articles at most, the longest of them some seconds.
_PATIENCE_SECONDS = 10.0


class ReadingRoom:
    """All that the process that reads has: no store, and nothing that would be lost with it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.observer: Observer = Unobserved()
        self.on_notices: Callable[[], None] = _do_nothing
        self.on_knowing: Callable[[], None] = _do_nothing
        self._knowledge: dict[bool, Knowledge] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    @property
    def is_knowing(self) -> bool:
        """See `Desk`."""
        return False in self._knowledge

    def knowledge(self, is_exercise: bool = False) -> Knowledge:
        """See `Desk`; calls come one at a time, and loading beforehand twice is no harm."""
        if is_exercise not in self._knowledge:
            made = load_knowledge(self.settings, find_home(self.settings), is_exercise=is_exercise)
            self._knowledge.setdefault(is_exercise, made)
        return self._knowledge[is_exercise]

    def read(self, article: Article, outlet: Outlet | None) -> tuple[Claim, ...]:
        """See `pipeline.read_claims`."""
        return read_claims(article, self.knowledge(article.is_exercise), outlet=outlet)


class DeskReadingApart(Desk):
    """A `Desk` that reads in another process; one that died is started again, and asked again what was with it."""

    reads_beside = MOST_ASKED
    #: Who reads; there from `start_reader` on.
    reader: Worker

    def start_reader(self, launch: Callable[[], Program]) -> None:
        """Start the process that reads; returns before it is ready."""
        # one article after the other: two threads that read take turns at the interpreter, and both are late
        opening = Opening(ReadingRoom, self.settings, most_calls=1)
        self.reader = Worker(opening, self, launch=launch, name="reader")
        self.reader.start()

    def close(self) -> None:
        """Let the process that reads end, and the store go."""
        self.reader.stop(_PATIENCE_SECONDS)
        super().close()

    @property
    def is_knowing(self) -> bool:
        """Whether both processes have loaded what they know."""
        return self.reader.is_knowing and super().is_knowing

    def knowledge(self, is_exercise: bool = False) -> Knowledge:
        """See `Desk`; who reads loads first, so that the gazetteer is not built twice side by side."""
        self.reader.wait_for_knowledge(BUILDING_SECONDS)
        return super().knowledge(is_exercise)

    def _read_claims(self, article: Article, outlet: Outlet | None) -> tuple[Claim, ...]:
        try:
            claims: tuple[Claim, ...] = self.reader.ask("read", (article, outlet), is_repeatable=True)
        except WorkerError as why:
            raise ReaderUnavailableError("reader", article.id, why.why) from why
        return claims


def make_desk_reading_apart(
    settings: Settings, *, clock: Clock | None = None, launch: Callable[[], Program] = launch_program
) -> Desk:
    """A desk over the settings' files that reads in a process of its own, which is started at once.

    Where the settings say otherwise, or a language model elsewhere reads (which leaves this machine idle), it reads
    here.
    """
    if not settings.reader_apart or settings.reader != "encoder":
        return make_desk(settings, clock=clock)
    desk = make_desk_of(DeskReadingApart, settings, clock=clock, reader=ReadElsewhere())
    desk.start_reader(launch)
    return desk


def _do_nothing() -> None:
    """Nobody is told anything by who only reads."""
