"""Handing out tasks and taking in what they give: in this process, or through a Dask client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from tocsin.archive.files import read_json, write_json
from tocsin.archive.refusals import ArchiveError, load_distributed
from tocsin.errors import TocsinError

Task = Callable[..., dict[str, Any]]
#: Tasks are handed out so many a worker ahead; years of partitions at once would fill the scheduler.
_AHEAD = 3
_LEAST_AHEAD = 16
#: A task whose workers died is handed out anew so many times, each time with what its attempts have noted.
_MOST_TRIES = 5


def run_tasks(
    client: Any,
    function: Task,
    tasks: Mapping[str, tuple[Any, ...]],
    *,
    on_killed: Callable[[str], dict[str, Any]] | None = None,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and result of each task as it is finished, in any order.

    on_killed  what a task gives that ended its workers again and again; without it that is an ArchiveError
    """
    if client is None:
        for name, given in tasks.items():
            yield name, function(*given)
        return
    yield from _run_on_client(client, function, tasks, on_killed)


def _run_on_client(
    client: Any,
    function: Task,
    tasks: Mapping[str, tuple[Any, ...]],
    on_killed: Callable[[str], dict[str, Any]] | None,
) -> Iterator[tuple[str, dict[str, Any]]]:
    distributed = load_distributed()
    waiting = iter(tasks)
    names: dict[Any, str] = {}
    tries: dict[str, int] = {}

    def submit(name: str) -> Any:
        # impure: two partitions of equal text are two tasks, and a second run is not the first one's memory
        future = client.submit(function, *tasks[name], key=f"{name}-{uuid4().hex}", pure=False)
        names[future] = name
        return future

    def fill(count: int) -> list[Any]:
        return [submit(name) for name in islice(waiting, count)]

    running = distributed.as_completed(fill(_LEAST_AHEAD), loop=client.loop)
    try:
        for future in running:
            name = names.pop(future)
            why = future.exception() if future.status == "error" else None
            if isinstance(why, distributed.KilledWorker):
                tries[name] = tries.get(name, 1) + 1
                if tries[name] <= _MOST_TRIES:
                    running.add(submit(name))
                    continue
                if on_killed is None:
                    raise ArchiveError("task", name, "ended its workers again and again: have they enough memory?")
                yield name, on_killed(name)
            elif isinstance(why, TocsinError):
                raise why
            elif why is not None or future.status != "finished":
                told = f"{type(why).__name__}: {why}" if why else future.status
                raise ArchiveError("task", name, f"failed ({told}); the same command goes on from here") from why
            else:
                yield name, future.result()
            room = max(_LEAST_AHEAD, _AHEAD * sum(client.ncores().values())) - len(names)
            for fresh in fill(max(0, room)):
                running.add(fresh)
    finally:
        client.cancel(list(names), force=True)


def do_step(marker: Path, function: Task, given: tuple[Any, ...]) -> dict[str, Any]:
    """Do a task and write down what it gave and took: whoever comes again finds it done."""
    if marker.exists():  # the worker that did it ended before it could say so
        told: dict[str, Any] = read_json(marker)
        return told
    start, cpu = time.monotonic(), time.process_time()
    result = function(*given)
    result |= {
        "seconds": round(time.monotonic() - start, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
    }
    write_json(marker, result)
    return result


def run_step(
    client: Any,
    folder: Path,
    function: Task,
    tasks: Mapping[str, tuple[Any, ...]],
    tell: Callable[[int, int], None],
) -> dict[str, dict[str, Any]]:
    """The results of all tasks of a step, in the order of `tasks`; those that were done before are only read.

    folder  holds one small file for each finished task
    """
    folder.mkdir(parents=True, exist_ok=True)
    markers = {name: folder / f"{name}.json" for name in tasks}
    results = {name: read_json(marker) for name, marker in markers.items() if marker.exists()}
    left = {name: (markers[name], function, given) for name, given in tasks.items() if name not in results}
    tell(len(results), len(tasks))
    for name, result in run_tasks(client, do_step, left):
        results[name] = result
        tell(len(results), len(tasks))
    return {name: results[name] for name in tasks}
