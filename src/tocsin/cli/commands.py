"""The command line: parse, call the desk, print. Exit status 0: done; 2: the whole call failed, with one line why."""

from __future__ import annotations

import errno
import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from tocsin.cli import (
    accounts,
    archive,
    bench,
    care,
    channels,
    exporting,
    feeds,
    forecast,
    gazetteer,
    report,
    review,
    rules,
    silences,
)
from tocsin.cli.listing import OrderedGroup, put_under_headings
from tocsin.cli.options import Database, Home, Json, opening_desk, prepare_output
from tocsin.errors import StoreError, TocsinError
from tocsin.settings import load_settings

if TYPE_CHECKING:
    from tocsin.desk.taken import Taken
    from tocsin.intake import Options

app = typer.Typer(
    name="tocsin",
    cls=OrderedGroup,
    help="Turns news into an early-warning desk: who did what to whom, where and when, and who says so.",
    epilog="Begin with tocsin serve. Each command tells its options: tocsin COMMAND --help",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

LogFormat = Annotated[
    str | None, typer.Option(help="How log lines look: text or json; the setting log_format.", metavar="FORM")
]
HealthPort = Annotated[
    int | None, typer.Option(help="Answer /health, /ready and /metrics on this port; the setting health_port.")
]
Title = Annotated[str | None, typer.Option(help="Headline, where the text does not give it.")]
OutletName = Annotated[str | None, typer.Option("--outlet", help="Who published it.")]
Published = Annotated[str | None, typer.Option(help="When it was published: 2022-07-31 or 2022-07-31T21:38Z.")]


def _show_version(wanted: bool) -> None:
    """The version alone: nothing of the desk is loaded for it."""
    if wanted:
        import tocsin

        typer.echo(tocsin.__version__)
        raise typer.Exit


@app.callback()
def tocsin_command(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Turns news into an early-warning desk: who did what to whom, where and when, and who says so."""


def _options(title: str | None, outlet: str | None, published: str | None) -> Options:
    from tocsin.intake import Options, read_time

    return Options(title=title, outlet=outlet, published_at=read_time(published) if published else None)


@app.command()
def read(
    what: Annotated[
        list[str], typer.Argument(metavar="FILE|URL|-", help="A file, an address, or - for what is piped in.")
    ],
    title: Title = None,
    outlet: OutletName = None,
    published: Published = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Print the claims of an article; nothing is kept."""
    from tocsin.cli import show
    from tocsin.desk.reading_session import read_things

    settings = load_settings(home=home)
    options = _options(title, outlet, published)
    failed = 0
    for thing in read_things(what, options, settings, stdin=sys.stdin.buffer):
        if isinstance(thing, TocsinError):
            failed += 1
            show.print_problem(thing)
        elif as_json:
            show.print_claims_json(*thing)
        else:
            show.print_claims(*thing)
    if failed:
        raise typer.Exit(2)


@app.command()
def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE|FOLDER", help="Files, folders, JSON Lines and OPML feed lists.")
    ],
    title: Title = None,
    outlet: OutletName = None,
    published: Published = None,
    tlp: Annotated[str | None, typer.Option(help="TLP 2.0 mark that the articles bear; none without it.")] = None,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Take articles and feed lists into the desk; what is known already changes nothing."""
    from tocsin.cli import show
    from tocsin.records.marking import AskedMark, read_mark

    asked = read_mark(tlp)
    mark = AskedMark(asked, "command line") if asked else None

    with opening_desk(home, database) as desk, show.show_progress("taking in", quiet=as_json) as step:
        taken = desk.take_paths(paths, _options(title, outlet, published), step, mark=mark)
    _print_taken(taken, as_json)
    if taken.is_refused:
        raise typer.Exit(2)


@app.command()
def watch(
    once: Annotated[bool, typer.Option(help="Fetch what is due now and stop.")] = False,
    health_port: HealthPort = None,
    log_format: LogFormat = None,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Fetch the confirmed feeds on their schedule and take in what is new; of several on one database one works."""
    from tocsin.cli import show
    from tocsin.desk import open_desk
    from tocsin.desk.export_notices import fit_for_all
    from tocsin.service.delivering import open_courier
    from tocsin.service.logs import start_logging
    from tocsin.service.watching import Watcher
    from tocsin.web.serving import answering_vital

    settings = load_settings(home=home, database=database, health_port=health_port, log_format=log_format)
    if not once:  # a single round says what it did by itself
        start_logging(settings)
    with open_desk(settings) as desk:
        courier = open_courier(desk.store, settings, clock=desk.clock, fit=partial(fit_for_all, desk))
        tell_change = None if as_json else show.print_standing
        watcher = Watcher(desk, on_round=lambda taken: _print_taken(taken, as_json), on_change=tell_change)
        if not as_json:
            show.print_watching(desk.store.feeds(), once=once)
        if once:
            _print_taken(watcher.run_once(), as_json)
            courier.run_once()
            return
        with answering_vital(desk, settings), courier.running(desk):
            watcher.run_until_interrupted()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    with_watch: Annotated[bool, typer.Option("--watch/--no-watch", help="Fetch feeds and send notices too.")] = True,
    with_exercise: Annotated[
        bool, typer.Option("--exercise/--no-exercise", help="Load the exercise where the desk is empty.")
    ] = True,
    log_format: LogFormat = None,
    home: Home = None,
    database: Database = None,
) -> None:
    """Start the desk in the browser; it prints its address."""
    from tocsin.cli import show
    from tocsin.desk.export_notices import fit_for_all
    from tocsin.service.delivering import open_courier
    from tocsin.service.logs import start_logging
    from tocsin.web.serving import open_listener, open_served_desk, run_server

    settings = load_settings(home=home, database=database, host=host, port=port, log_format=log_format)
    start_logging(settings)
    with open_listener(settings) as listener, open_served_desk(settings) as desk:
        # without the watch nothing leaves the desk: another process sends
        fit = partial(fit_for_all, desk)
        courier = open_courier(desk.store, settings, clock=desk.clock, fit=fit) if with_watch else None
        if with_exercise and desk.wants_exercise:
            line = "Loading the exercise first, which takes a minute or so; then the desk tells its address."
            with show.show_progress("loading the exercise", line=line) as step:
                desk.load_exercise(step)
        run_server(
            desk,
            settings,
            listener,
            with_watch=with_watch,
            courier=courier,
            announce=show.print_address,
            announce_setup=accounts.print_first_link,
        )


@app.command()
def exercise(
    remove: Annotated[bool, typer.Option(help="Take the exercise out of the desk.")] = False,
    measure: Annotated[
        bool, typer.Option(help="Run the flow on it in a desk of its own and print the figures.")
    ] = False,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Load the bundled crisis (EXERCISE: everything in it is invented), remove it, or measure the flow against it."""
    from tocsin.cli import show

    if measure:
        from tocsin.exercise.measure import measure_exercise

        with show.show_progress("reading the exercise", quiet=as_json) as step:
            figures = measure_exercise(step)
        show.print_figures(figures, as_json)
        return
    with opening_desk(home, database) as desk:
        if remove:
            removed = desk.remove_exercise()
            typer.echo(json.dumps({"removed": removed}) if as_json else f"EXERCISE removed: {removed} reports")
            return
        with show.show_progress("loading the exercise", quiet=as_json) as step:
            taken = desk.load_exercise(step)
    _print_taken(taken, as_json)


@app.command()
def doctor(as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """Say what is installed and loaded, what is missing, and how to mend it."""
    from tocsin.cli import show
    from tocsin.service.doctor import examine

    findings = examine(load_settings(home=home, database=database))
    show.print_findings(findings, as_json)
    if any(f.state == "broken" for f in findings):
        raise typer.Exit(1)


app.add_typer(feeds.app, name="feeds")
app.add_typer(accounts.app, name="accounts")
app.add_typer(archive.app, name="archive")
app.add_typer(gazetteer.app, name="gazetteer")
app.add_typer(rules.app, name="rules")
app.add_typer(channels.app, name="channels")
app.add_typer(silences.app, name="silences")
app.add_typer(forecast.app, name="forecast")
app.add_typer(review.app, name="review")
app.add_typer(report.app, name="sitrep")
for _command in (exporting.export, care.backup, care.restore, care.move, care.retain, bench.bench):
    app.command()(_command)
put_under_headings(app)


def _print_taken(taken: Taken, as_json: bool) -> None:
    from tocsin.cli import show

    if as_json:
        counts = {k: v for k, v in asdict(taken).items() if k not in ("articles", "faults")}
        typer.echo(json.dumps(counts | {"faults": [{"which": f.which, "why": f.why} for f in taken.faults]}))
    else:
        show.print_taken(taken)


def main() -> None:
    """Run the command line; a TocsinError becomes one line on standard error and its exit status."""
    prepare_output()
    try:
        app()
    except TocsinError as why:
        _leave(why)
    except OSError as why:
        if why.errno != errno.ENOSPC:
            raise
        _leave(StoreError("disk", why.filename or "standard output", f"cannot be written ({why.strerror})"))


def _leave(why: TocsinError) -> NoReturn:
    from tocsin.cli import show

    show.print_problem(why)
    sys.exit(why.exit_status)
