"""A desk that answers for itself and has another process read, derive and decide: what `tocsin serve` opens.

Whoever looks something up asks the store from here. Whatever takes in, derives or keeps a decision is handed over, so
that one process alone takes turns with itself and keeps the incidents of the last weeks in memory, and no page waits
for an article that is being read.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tocsin.desk.desk import Desk
from tocsin.desk.opening import ReadElsewhere, make_desk_of
from tocsin.desk.taken import Taken
from tocsin.desk.taking import Progress
from tocsin.intake import Options
from tocsin.pipeline import Knowledge
from tocsin.ports import Clock
from tocsin.records.marking import AskedMark
from tocsin.service.reading_apart import BUILDING_SECONDS, make_desk_reading_apart
from tocsin.service.wire import Opening
from tocsin.service.working import Program, Worker, launch_program
from tocsin.settings import Settings

#: Asked twice they come to the same as asked once: the identifiers of what they make follow from what is handed in.
REPEATABLE = frozenset({
    "take_text", "take_file", "take_address", "take_paths", "poll_feeds", "derive", "advance", "announce",
    "load_exercise", "remove_exercise", "keep_feed", "add_feed", "add_starter_feeds", "confirm_feed", "turn_off_feed",
})  # fmt: skip
#: What people decide: after the death of a worker nobody knows whether it was kept, and a second time is a second word.
ONCE = frozenset({
    "remove_feed", "grade_outlet", "merge_incidents", "split_incident", "release_incident", "retract_article",
    "reinstate_article", "mark_alert", "silence", "end_silence", "correct_claim", "correct_incident", "accept_claim",
    "reject_claim", "reopen_claim", "add_claim", "grade_claim", "grade_incident", "note_incident",
})  # fmt: skip
#: These are called with what cannot be sent, and have methods of their own below.
_WITH_CALLBACKS = frozenset({"take_paths", "poll_feeds", "load_exercise"})
#: So long the worker has to finish what is in hand; the setting stop_seconds bounds the whole.
_PATIENCE_SECONDS = 20.0


class DeskApart(Desk):
    """A `Desk` whose work is done by a worker; every other process on the database is as free as it was."""

    #: What it hands its work to; there from `start_worker` on.
    worker: Worker

    def start_worker(self, make: Callable[[Settings], Desk], launch: Callable[[], Program]) -> None:
        """Start the worker; `make` opens its desk, there."""
        self.worker = Worker(Opening(make, self.settings), self, launch=launch)
        self.worker.start()

    def close(self) -> None:
        """Let the worker finish and end, and the store go."""
        self.worker.stop(_PATIENCE_SECONDS)
        super().close()

    @property
    def is_knowing(self) -> bool:
        """Whether the worker has loaded the knowledge for real news."""
        return self.worker.is_knowing

    def knowledge(self, is_exercise: bool = False) -> Knowledge:
        """See `Desk`; the worker loads first, so that the gazetteer is not built twice side by side."""
        self.worker.wait_for_knowledge(BUILDING_SECONDS)
        return super().knowledge(is_exercise)

    def take_paths(
        self,
        paths: Iterable[Path],
        options: Options | None = None,
        progress: Progress | None = None,
        *,
        mark: AskedMark | None = None,
    ) -> Taken:
        """See `Desk`."""
        given = {"options": options, "mark": mark}
        taken: Taken = self.worker.ask("take_paths", [list(paths)], given, is_repeatable=True, progress=progress)
        return taken

    def poll_feeds(self, progress: Progress | None = None, *, is_stopped: Callable[[], bool] = lambda: False) -> Taken:
        """See `Desk`."""
        taken: Taken = self.worker.ask("poll_feeds", is_repeatable=True, progress=progress, is_stopped=is_stopped)
        return taken

    def load_exercise(self, progress: Progress | None = None) -> Taken:
        """See `Desk`."""
        taken: Taken = self.worker.ask("load_exercise", is_repeatable=True, progress=progress)
        return taken


def _hand_over(name: str) -> Callable[..., Any]:
    @functools.wraps(getattr(Desk, name))
    def ask(self: DeskApart, *args: Any, **given: Any) -> Any:
        return self.worker.ask(name, args, given, is_repeatable=name in REPEATABLE)

    return ask


for _name in (REPEATABLE | ONCE) - _WITH_CALLBACKS:
    setattr(DeskApart, _name, _hand_over(_name))


def make_desk_apart(
    settings: Settings,
    *,
    clock: Clock | None = None,
    make: Callable[[Settings], Desk] = make_desk_reading_apart,
    launch: Callable[[], Program] = launch_program,
) -> DeskApart:
    """A desk over the settings' files with its worker, which is started at once.

    make    opens the worker's desk, there; a function of a module
    launch  starts the worker
    """
    # its database is opened here first: what must be migrated is, before another process looks at it
    desk = make_desk_of(DeskApart, settings, clock=clock, reader=ReadElsewhere())
    desk.start_worker(make, launch)
    return desk
