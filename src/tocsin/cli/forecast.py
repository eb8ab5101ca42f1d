"""The commands `tocsin forecast ...`: histories in, forecasts out, and how wrong past ones were."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.options import Database, Home, Json, opening_desk, opening_gazetteer
from tocsin.settings import load_settings

app = typer.Typer(help="How many deaths to expect, and how wrong past forecasts were.", no_args_is_help=True)

Since = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        metavar="DAY",
        help="First day that a list of events covers; else that of its first row's period.",
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], metavar="DAY", help="Last day that a list of events covers; else that of its last row."
    ),
]


class MeasureName(StrEnum):
    """What is counted."""

    DEATHS = "deaths"
    INCIDENTS = "deadly-incidents"


class PeriodName(StrEnum):
    """How long a period is."""

    MONTH = "month"
    WEEK = "week"


class LevelName(StrEnum):
    """What a list of events is counted by."""

    COUNTRY = "country"
    ADMIN1 = "admin1"


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="UCDP GED or ACLED as CSV, or a table of counts.")],
    name: Annotated[str, typer.Option(help="What to call the history; one of that name is replaced.")],
    measure: Annotated[MeasureName, typer.Option(help="What is counted.")] = MeasureName.DEATHS,
    period: Annotated[PeriodName, typer.Option(help="How long a period is.")] = PeriodName.MONTH,
    level: Annotated[
        LevelName, typer.Option(help="By what events are counted: countries or first-level areas.")
    ] = LevelName.COUNTRY,
    since: Since = None,
    until: Until = None,
    kind: Annotated[list[int] | None, typer.Option(help="UCDP's type of violence to keep: 1, 2 or 3.")] = None,
    licence: Annotated[str | None, typer.Option(help="Where it comes from and what may be done with it.")] = None,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Take a file in as a history; says how many rows counted, and which were set aside and why."""
    from tocsin.cli import show
    from tocsin.cli.show_forecast import print_import
    from tocsin.forecasting.running import import_file

    with (
        opening_desk(home, database) as desk,
        opening_gazetteer(load_settings(home=home)) as gazetteer,
        show.show_progress("reading", quiet=as_json) as step,
    ):
        report = import_file(
            desk.store,
            gazetteer,
            file,
            name=name,
            now=desk.clock.now(),
            period="month" if period == PeriodName.MONTH else "week",
            measure="deaths" if measure == MeasureName.DEATHS else "deadly incidents",
            level="country" if level == LevelName.COUNTRY else "admin1",
            covered=(since.date() if since else None, until.date() if until else None),
            kinds=kind,
            licence=licence,
            step=step,
        )
    print_import(report, as_json)


@app.command("run")
def run(as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """Make every forecast that is due; what is made already is not made again."""
    from tocsin.cli import show
    from tocsin.cli.show_forecast import tell_run
    from tocsin.forecasting.running import run_forecasts

    with (
        opening_desk(home, database) as desk,
        opening_gazetteer(load_settings(home=home)) as gazetteer,
        show.show_progress("forecasting", quiet=as_json) as step,
    ):
        reports = run_forecasts(desk.store, gazetteer, now=desk.clock.now(), step=step)
    for report in reports:
        typer.echo(json.dumps(asdict(report)) if as_json else tell_run(report))
    if not reports and not as_json:
        typer.echo("There is no history yet: tocsin forecast import FILE --name NAME.")


@app.command("list")
def list_(as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """The histories that the desk holds."""
    from tocsin.cli.show_forecast import print_table
    from tocsin.forecasting.histories import open_history

    with opening_desk(home, database) as desk:
        rows = []
        for kept in desk.store.histories():
            held, newest = open_history(kept), desk.store.newest_run(kept.name)
            history = held.history
            rows.append({
                "name": kept.name, "measure": kept.measure, "period": kept.period, "level": kept.level,
                "units": len(history.units), "on_the_map": len(held.places), "first": history.label(history.first),
                "last": history.label(history.last), "imported_at": kept.imported_at.isoformat(),
                "licence": kept.licence, "forecast_on": newest.made_on.isoformat() if newest else None,
            })  # fmt: skip
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
    elif not rows:
        typer.echo("There is no history yet: tocsin forecast import FILE --name NAME.")
    else:
        print_table("Histories", ("name", "measure", "period", "units", "first", "last", "forecast_on"), rows)


@app.command("show")
def show(
    unit: Annotated[str, typer.Argument(help="A unit's name or id, or a place's, as Mali or country:MLI.")],
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """What is forecast for one unit by each history that has it, beside its past errors."""
    from tocsin.cli.show_forecast import describe_outlook, print_outlook
    from tocsin.errors import UnknownIdError
    from tocsin.forecasting.views import find_unit_outlooks

    with opening_desk(home, database) as desk:
        today = desk.clock.now().date()
        outlooks = find_unit_outlooks(desk.store, unit, today=today)
        if not outlooks:  # a table of counts may know a country by its code alone
            with opening_gazetteer(load_settings(home=home)) as gazetteer:
                places = [row.id for row in gazetteer.find(unit)]
            told = [found for id_ in places if (found := find_unit_outlooks(desk.store, id_, today=today))]
            outlooks = told[0] if len(told) == 1 else ()
    if not outlooks:
        raise UnknownIdError("unit", unit[:80], "is in no history, or several have this name: see tocsin forecast list")
    for outlook in outlooks:
        if as_json:
            typer.echo(json.dumps(describe_outlook(outlook), ensure_ascii=False))
        else:
            print_outlook(outlook)


@app.command("scores")
def scores(as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """How past forecasts turned out: calibration, and each unit's skill beside the mean, against conflictology."""
    from tocsin.cli import show
    from tocsin.cli.show_forecast import print_scores
    from tocsin.forecasting.histories import open_history
    from tocsin.forecasting.views import score_history

    with opening_desk(home, database) as desk, show.show_progress("scoring", quiet=as_json) as step:
        today, told = desk.clock.now().date(), []
        for kept in desk.store.histories():
            step(kept.name)
            told.append(score_history(desk.store, open_history(kept), today=today))
    for one in told:
        if as_json:
            units = [asdict(s) | {"skill": s.skill} for s in one.skills]
            typer.echo(json.dumps(asdict(one) | {"skills": units}, ensure_ascii=False))
        else:
            print_scores(one)
    if not told and not as_json:
        typer.echo("There is no history yet: tocsin forecast import FILE --name NAME.")
