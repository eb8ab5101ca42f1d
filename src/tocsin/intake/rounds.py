"""Many feeds polled side by side, so that a slow one holds up no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, Queue, SimpleQueue
from typing import TypeVar

from tocsin.records import Feed

R = TypeVar("R")
#: How often it is looked whether to stop while nothing is ready.
_LOOK_SECONDS = 0.2


def poll_together(
    feeds: Sequence[Feed],
    poll: Callable[[Feed], R],
    *,
    workers: int,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Feed, R | Exception]]:
    """Each feed with what `poll` made of it, or with what it raised, in the order in which they are ready.

    No more than `workers` rounds are under way, and no more wait to be taken over: who is slow in taking them slows the
    polling down. Once `is_stopped`, nothing new is begun and what is under way is left: the threads are daemons.
    """
    waiting: SimpleQueue[Feed] = SimpleQueue()
    for feed in feeds:
        waiting.put(feed)
    ready: Queue[tuple[Feed, R | Exception]] = Queue(max(1, workers))
    has_ended = threading.Event()

    def work() -> None:
        while not has_ended.is_set() and not is_stopped():
            try:
                feed = waiting.get_nowait()
            except Empty:
                return
            try:
                done: R | Exception = poll(feed)
            except Exception as why:  # noqa: BLE001 - a defect met in one feed must not keep the others from their turn
                done = why
            ready.put((feed, done))

    for n in range(min(workers, len(feeds))):
        threading.Thread(target=work, name=f"tocsin-poll-{n}", daemon=True).start()
    left = len(feeds)
    try:
        while left and not is_stopped():
            try:
                pair = ready.get(timeout=_LOOK_SECONDS)
            except Empty:
                continue
            left -= 1
            yield pair
    finally:
        has_ended.set()
        while not ready.empty():  # who waits to hand over can end
            ready.get_nowait()
