"""Many feeds polled side by side, so that a slow one holds up no other, and many slow ones hold up few."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TypeVar

from tocsin.records import Feed

R = TypeVar("R")
#: How often it is looked whether to stop while nothing is ready.
_LOOK_SECONDS = 0.2
#: A round that takes longer waits for somebody else's machine and costs this one little: another is begun beside it,
#: up to so many times as many as are asked for. So a machine that goes down with fifty feeds on it holds up no others.
SLOW_SECONDS, MOST_TIMES = 2.0, 4


def poll_together(
    feeds: Sequence[Feed],
    poll: Callable[[Feed], R],
    *,
    workers: int,
    is_stopped: Callable[[], bool] = lambda: False,
    slow_seconds: float = SLOW_SECONDS,
) -> Iterator[tuple[Feed, R | Exception] | None]:
    """Each feed with what `poll` made of it, or with what it raised, in the order in which they are ready.

    None now and then while nothing is ready, so that the time can be used.

    No more than `workers` rounds are under way, but for those that take longer than `slow_seconds`: with these at most
    four times as many. Nothing is begun while so many wait to be taken over: who is slow in taking them slows the
    polling down. Once `is_stopped`, nothing new is begun and what is under way is left: the threads are daemons.
    """
    waiting: SimpleQueue[Feed] = SimpleQueue()
    for feed in feeds:
        waiting.put(feed)
    ready: SimpleQueue[tuple[Feed, R | Exception]] = SimpleQueue()
    has_ended = threading.Event()
    gate = _Gate(workers, slow_seconds)

    def work() -> None:
        while True:
            with gate.passing():
                if has_ended.is_set() or is_stopped():
                    return
                try:
                    feed = waiting.get_nowait()
                except Empty:
                    return
                try:
                    done: R | Exception = poll(feed)
                except Exception as why:  # noqa: BLE001 - a defect in one feed must not keep the others from their turn
                    done = why
                gate.note_ready(1)
                ready.put((feed, done))

    for n in range(min(MOST_TIMES * workers, len(feeds))):
        threading.Thread(target=work, name=f"tocsin-poll-{n}", daemon=True).start()
    left = len(feeds)
    try:
        while left and not is_stopped():
            try:
                pair = ready.get(timeout=_LOOK_SECONDS)
            except Empty:
                yield None
                continue
            left -= 1
            gate.note_ready(-1)
            yield pair
    finally:
        has_ended.set()
        gate.open()


class _Gate:
    """Lets as many pass as may be at work; whoever has been at it for long no longer counts."""

    def __init__(self, most: int, slow_seconds: float) -> None:
        self._most, self._slow = most, slow_seconds
        self._changed = threading.Condition()
        #: When each that is at work counts as slow.
        self._slow_at: dict[object, float] = {}
        self._ready = 0
        self._is_open = False

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Wait until another may be at work."""
        mine = object()
        with self._changed:
            while (wait := self._find_wait()) > 0:
                self._changed.wait(None if wait == math.inf else wait)
            self._slow_at[mine] = time.monotonic() + self._slow
        try:
            yield
        finally:
            with self._changed:
                del self._slow_at[mine]
                self._changed.notify()

    def _find_wait(self) -> float:
        """Seconds until another may pass if nothing else changes."""
        if self._is_open:
            return 0.0
        if self._ready >= self._most:
            return math.inf
        now = time.monotonic()
        quick = [at for at in self._slow_at.values() if at > now]
        return min(quick) - now if len(quick) >= self._most else 0.0

    def note_ready(self, more: int) -> None:
        """So many more, or fewer, wait to be taken over."""
        with self._changed:
            self._ready += more
            if more < 0:
                self._changed.notify()

    def open(self) -> None:
        """Let all pass that wait: there is nothing left to do, and they can end."""
        with self._changed:
            self._is_open = True
            self._changed.notify_all()
