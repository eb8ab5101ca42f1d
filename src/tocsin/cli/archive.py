"""The commands `tocsin archive ...`: read years of articles, group them, say how far it is."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.cli.options import Home, Json
from tocsin.errors import TocsinError
from tocsin.settings import load_settings

if TYPE_CHECKING:
    from tocsin.archive import Cluster, Progress
    from tocsin.archiving import DeskEdge

app = typer.Typer(help="Years of articles, read and grouped by many workers.", no_args_is_help=True)

Archive = Annotated[Path, typer.Argument(metavar="OUT", help="Folder of the archive.")]
Workers = Annotated[
    int | None,
    typer.Option(min=0, help="Processes on this machine, or jobs of the queue; as many as cores. 0: without Dask."),
]
Scheduler = Annotated[str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler that runs: tls://HOST:8786.")]
Jobqueue = Annotated[str | None, typer.Option(metavar="NAME", help="A batch system, by dask-jobqueue: slurm, pbs, ….")]
Dashboard = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Show Dask's own page: 127.0.0.1:8787.")]
Outlets = Annotated[Path | None, typer.Option(metavar="FILE", help="Outlets with their grades, as JSON Lines.")]
Again = Annotated[bool, typer.Option("--again", help="Throw away what is there, and begin anew.")]

#: Left with after Ctrl C, as shells do.
INTERRUPTED = 130
#: Machines are told no more often than this.
_TELL_SECONDS = 1.0


@app.command("read")
def read(
    paths: Annotated[
        list[str], typer.Argument(metavar="IN... OUT", help="Files, folders or patterns; last, the archive's folder.")
    ],
    workers: Workers = None,
    scheduler: Scheduler = None,
    jobqueue: Jobqueue = None,
    dashboard: Dashboard = None,
    partition_mb: Annotated[float, typer.Option(min=0.001, help="About so much input in one partition.")] = 16.0,
    record_seconds: Annotated[float, typer.Option(min=1.0, help="A record that takes longer is set aside.")] = 120.0,
    outlets: Outlets = None,
    again: Again = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Read Parquet, JSON Lines, CSV and WARC into articles and claims. Stopped, the same command goes on."""
    from tocsin.archive import ArchiveError, ReadOptions, describe_archive, read_archive
    from tocsin.ports import SystemClock

    if len(paths) < 2:
        raise ArchiveError("archive", " ".join(paths), "give the input and then the folder of the archive")
    *inputs, out = paths
    options = ReadOptions(max(1, int(partition_mb * 1_000_000)), record_seconds, again)
    with _stoppable(), _show_progress(as_json) as tell:
        edge, cluster = _open(home, outlets), _choose(workers, scheduler, jobqueue, dashboard)
        read_archive(inputs, Path(out), edge, cluster, options, now=SystemClock().now(), tell=tell)
    told = describe_archive(Path(out))
    _print_status(told, as_json)
    if told["set_aside"] and not told["articles"]:
        raise typer.Exit(TocsinError.exit_status)


@app.command("group")
def group(
    out: Archive,
    workers: Workers = None,
    scheduler: Scheduler = None,
    jobqueue: Jobqueue = None,
    dashboard: Dashboard = None,
    chapter_days: Annotated[
        int, typer.Option(min=0, help="Look for copies among so many days at once; 0: among all, as a desk does.")
    ] = 0,
    margin_days: Annotated[int, typer.Option(min=0, help="And among those of so many days before.")] = 14,
    window_days: Annotated[int, typer.Option(min=1, help="Compare claims in windows of so many days.")] = 7,
    outlets: Outlets = None,
    again: Again = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Bring the claims of an archive together: incidents, links with their reasons, origins of copies."""
    from tocsin.archive import GroupOptions, describe_archive, group_archive
    from tocsin.archiving import SILENCE_DAYS
    from tocsin.ports import SystemClock

    options = GroupOptions(SILENCE_DAYS, chapter_days, margin_days, window_days, is_again=again)
    with _stoppable(), _show_progress(as_json) as tell:
        edge, cluster = _open(home, outlets), _choose(workers, scheduler, jobqueue, dashboard)
        group_archive(out, edge, cluster, options, now=SystemClock().now(), tell=tell)
    _print_status(describe_archive(out), as_json)


@app.command("status")
def status(out: Archive, as_json: Json = False) -> None:
    """Say what an archive is made of, how far it is, and what was set aside."""
    from tocsin.archive import describe_archive

    _print_status(describe_archive(out), as_json)


def _open(home: Path | None, outlets: Path | None) -> DeskEdge:
    from tocsin.archiving import DeskEdge
    from tocsin.desk.opening import find_home

    settings = load_settings(home=home)
    find_home(settings)
    return DeskEdge(settings, outlets.absolute() if outlets else None)


def _choose(workers: int | None, scheduler: str | None, jobqueue: str | None, dashboard: str | None) -> Cluster:
    from tocsin.archive import Cluster

    return Cluster(_count_cores() if workers is None else workers, scheduler, jobqueue, dashboard)


def _count_cores() -> int:
    """The cores that this process may use, which a batch system may have bounded."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl C, or the end that a batch system asks for, leaves what is finished and says how to go on."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Stopped. What is finished is kept; the same command goes on from here.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


# --- what is printed


@contextmanager
def _show_progress(as_json: bool) -> Iterator[Callable[[Progress], None]]:
    """Lines of JSON on standard output; or a bar on standard error, where a person is looking."""
    if as_json:
        yield _make_teller()
    elif not sys.stderr.isatty():
        yield lambda _: None
    else:
        with _open_bar() as tell:
            yield tell


def _make_teller() -> Callable[[Progress], None]:
    began = last = time.monotonic() - _TELL_SECONDS
    seen = ""

    def tell(progress: Progress) -> None:
        nonlocal last, seen
        now = time.monotonic()
        if now - last < _TELL_SECONDS and progress.done < progress.total and progress.step == seen:
            return
        last, seen = now, progress.step
        told = {name: getattr(progress, name) for name in ("step", "done", "total", "articles", "set_aside")}
        typer.echo(json.dumps(told | {"seconds": round(now - began - _TELL_SECONDS, 1)}))

    return tell


@contextmanager
def _open_bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, tuple[Any, float]] = {}

        def tell(progress: Progress) -> None:
            if progress.step not in tasks:
                tasks[progress.step] = (bars.add_task(progress.step, told=""), time.monotonic())
            task, began = tasks[progress.step]
            told = ""
            if progress.articles or progress.set_aside:
                rate = progress.fresh / max(0.001, time.monotonic() - began)
                told = f"{progress.articles:,} articles, {rate:,.1f}/s, {progress.set_aside:,} set aside"
            bars.update(task, completed=progress.done, total=progress.total, told=told)

        yield tell


def _print_status(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    from tocsin.cli.show import print_fields

    print_fields(_tell_status(told))


def _tell_status(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "archive", f"{told['archive']}, {told['state']}"
    yield "partitions", f"{told['finished']:,} of {told['partitions']:,} finished, of {told['inputs']:,} input files"
    yield "articles", f"{told['articles']:,}, and {told['doubles']:,} that were there already"
    yield "claims", f"{told['claims']:,}"
    yield "set aside", f"{told['set_aside']:,}" + (" (set_aside/ says which and why)" if told["set_aside"] else "")
    if grouping := told["grouping"]:
        yield (
            "incidents",
            f"{grouping['incidents']:,} of {grouping['claims']:,} claims, grouped {grouping['made_at'][:19]}",
        )
    else:
        yield "incidents", "not grouped: tocsin archive group OUT"
    yield "made with", ", ".join(f"{name} {value}" for name, value in told["versions"].items())
