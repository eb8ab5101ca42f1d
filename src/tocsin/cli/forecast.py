"""The commands `tocsin forecast ...`: histories in, forecasts out, and how wrong past ones were."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.cli.options import Database
from tocsin.settings import load_settings

if TYPE_CHECKING:
    from tocsin.desk import Desk
    from tocsin.forecast import Forecast
    from tocsin.forecast.scoring import CalibrationRow, UnitSkill
    from tocsin.forecasting.running import ImportReport, RunReport
    from tocsin.forecasting.views import HistoryScores, UnitOutlook

app = typer.Typer(help="How many deaths to expect, and how wrong past forecasts were.", no_args_is_help=True)

Home = Annotated[Path | None, typer.Option(help="Folder of the desk's files.", envvar="TOCSIN_HOME")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON Lines for machines.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


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


@contextmanager
def _desk(home: Path | None, database: str | None) -> Iterator[Desk]:
    from tocsin.desk import open_desk

    with open_desk(load_settings(home=home, database=database)) as desk:
        yield desk


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="UCDP GED or ACLED as CSV, or a table of counts.")],
    name: Annotated[str, typer.Option(help="What to call the history; one of that name is replaced.")],
    measure: MeasureName = MeasureName.DEATHS,
    period: PeriodName = PeriodName.MONTH,
    level: LevelName = LevelName.COUNTRY,
    since: Day = None,
    until: Day = None,
    kind: Annotated[list[int] | None, typer.Option(help="UCDP's type of violence to keep: 1, 2 or 3.")] = None,
    licence: Annotated[str | None, typer.Option(help="Where it comes from and what may be done with it.")] = None,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Take a file in as a history; says how many rows counted, and which were set aside and why."""
    from tocsin.cli import show
    from tocsin.forecasting.running import import_file

    with (
        _desk(home, database) as desk,
        _open_gazetteer(home) as gazetteer,
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
    _print_import(report, as_json)


@contextmanager
def _open_gazetteer(home: Path | None) -> Iterator[Any]:
    """The gazetteer alone: the reader is not needed to count."""
    from tocsin.desk.gazetteers import open_desk_gazetteer
    from tocsin.desk.opening import find_home

    settings = load_settings(home=home)
    gazetteer = open_desk_gazetteer(settings, find_home(settings))
    try:
        yield gazetteer
    finally:
        gazetteer.close()


@app.command("run")
def run(as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """Make every forecast that is due; what is made already is not made again."""
    from tocsin.cli import show
    from tocsin.forecasting.running import run_forecasts

    with (
        _desk(home, database) as desk,
        _open_gazetteer(home) as gazetteer,
        show.show_progress("forecasting", quiet=as_json) as step,
    ):
        reports = run_forecasts(desk.store, gazetteer, now=desk.clock.now(), step=step)
    for report in reports:
        typer.echo(json.dumps(asdict(report)) if as_json else _tell_run(report))
    if not reports and not as_json:
        typer.echo("There is no history yet: tocsin forecast import FILE --name NAME.")


@app.command("list")
def list_(as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """The histories that the desk holds."""
    from tocsin.forecasting.histories import open_history

    with _desk(home, database) as desk:
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
        _print_table("Histories", ("name", "measure", "period", "units", "first", "last", "forecast_on"), rows)


@app.command("show")
def show(
    unit: Annotated[str, typer.Argument(help="A unit's name or id, or a place's, as Mali or country:MLI.")],
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """What is forecast for one unit by each history that has it, beside its past errors."""
    from tocsin.errors import UnknownIdError
    from tocsin.forecasting.views import find_unit_outlooks

    with _desk(home, database) as desk:
        today = desk.clock.now().date()
        outlooks = find_unit_outlooks(desk.store, unit, today=today)
        if not outlooks:  # a table of counts may know a country by its code alone
            with _open_gazetteer(home) as gazetteer:
                places = [row.id for row in gazetteer.find(unit)]
            told = [found for id_ in places if (found := find_unit_outlooks(desk.store, id_, today=today))]
            outlooks = told[0] if len(told) == 1 else ()
    if not outlooks:
        raise UnknownIdError("unit", unit[:80], "is in no history, or several have this name: see tocsin forecast list")
    for outlook in outlooks:
        if as_json:
            typer.echo(json.dumps(_describe_outlook(outlook), ensure_ascii=False))
        else:
            _print_outlook(outlook)


@app.command("scores")
def scores(as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """How past forecasts turned out: calibration, and each unit's skill beside the mean, against conflictology."""
    from tocsin.cli import show
    from tocsin.forecasting.histories import open_history
    from tocsin.forecasting.views import score_history

    with _desk(home, database) as desk, show.show_progress("scoring", quiet=as_json) as step:
        today, told = desk.clock.now().date(), []
        for kept in desk.store.histories():
            step(kept.name)
            told.append(score_history(desk.store, open_history(kept), today=today))
    for one in told:
        if as_json:
            units = [asdict(s) | {"skill": s.skill} for s in one.skills]
            typer.echo(json.dumps(asdict(one) | {"skills": units}, ensure_ascii=False))
        else:
            _print_scores(one)
    if not told and not as_json:
        typer.echo("There is no history yet: tocsin forecast import FILE --name NAME.")


# --- in words
def _print_import(report: ImportReport, as_json: bool) -> None:
    done, kept = report.imported, report.kept
    history = done.history
    first, last = history.label(history.first), history.label(history.last)
    if as_json:
        typer.echo(json.dumps({
            "name": kept.name, "kind": done.kind, "rows": done.rows, "used": done.used, "faults": dict(done.faults),
            "notes": list(done.notes), "units": len(history.units), "first": first, "last": last,
            "on_the_map": report.mapped, "not_on_the_map": dict(report.unmapped),
        }, ensure_ascii=False))  # fmt: skip
        return
    typer.echo(f"{kept.name}: {done.kind}, {done.used} of {done.rows} rows counted; {kept.measure} of")
    typer.echo(f"{len(history.units)} units by {kept.period}, {first} to {last}.")
    for why, number in done.faults.items():
        typer.echo(f"  set aside: {number} rows: {why}")
    for note in done.notes:
        typer.echo(f"  {note}")
    typer.echo(f"  on the map: {report.mapped} of {len(history.units)} units; rules and places see those alone")
    for why, units in _group(report.unmapped).items():
        more = f" and {len(units) - 5} more" if len(units) > 5 else ""
        typer.echo(f"  not on the map: {', '.join(units[:5])}{more}: {why}")
    typer.echo("Next: tocsin forecast run")


def _group(reasons: Mapping[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for unit, why in reasons.items():
        groups.setdefault(why, []).append(unit)
    return groups


def _tell_run(report: RunReport) -> str:
    if report.fault:
        return f"{report.history}: nothing made: {report.fault}"
    if not report.is_due:
        return f"{report.history}: up to date"
    missing = "".join(f"; {number} without: {why}" for why, number in (report.missing or {}).items())
    return f"{report.history}: {report.made} new forecasts of {report.units} units{missing}"


def _describe_outlook(outlook: UnitOutlook) -> dict[str, Any]:
    from tocsin.records import to_plain

    record, peer_record = outlook.record, outlook.peer_record
    return {
        "history": outlook.held.kept.name, "unit": outlook.unit.id, "place_id": outlook.place_id,
        "ahead": to_plain(outlook.ahead), "peer": to_plain(outlook.peer), "missing": outlook.missing,
        "record": to_plain(record), "peer_record": to_plain(peer_record),
        "with_news": to_plain(outlook.with_news), "without_news": to_plain(outlook.without_news),
        "past": [{"target": o.forecast.target, "known_to": o.forecast.known_to, "median": o.forecast.median,
                  "truth": o.truth, "inside80": o.inside80, "crps": o.crps} for o in outlook.past],
    }  # fmt: skip


def _print_outlook(outlook: UnitOutlook) -> None:
    kept = outlook.held.kept
    typer.echo(f"{outlook.unit.name}: {kept.measure} by {kept.period}, from {kept.name}")
    if outlook.missing or not outlook.run:
        typer.echo(f"  no forecast: {outlook.missing}")
        return
    peers = {f.target: f for f in outlook.peer}
    rows = [_tell_forecast(f) | _tell_peer(peers.get(f.target)) for f in outlook.ahead]
    columns = ("period", "median", "50 %", "80 %", "p1", "p25", "last year: 80 %", "p1 then", "p25 then")
    title = f"{outlook.ahead[0].model}, made {outlook.run.made_on} from what was known to {outlook.run.known_to}"
    _print_table(title, columns, rows)
    _print_news(outlook)
    if outlook.record is None:
        typer.echo("  None of its forecasts has come due yet.")
        return
    typer.echo(f"  {outlook.record.model}: {outlook.record}")
    if outlook.peer_record:
        typer.echo(f"  {outlook.peer_record.model}: {outlook.peer_record}")
    typer.echo("  Of each period the forecast made last before it:")
    for outcome in outlook.past:
        made = outcome.forecast
        typer.echo(f"  {made.target}, known to {made.known_to}: {_range(made, 0.1, 0.9)} said, {outcome.truth:g} came")


def _print_news(outlook: UnitOutlook) -> None:
    basis = outlook.ahead[0].news
    if basis is None:
        return
    typer.echo(f"  {'with the news' if basis.is_used else 'by history alone'}: {basis}")
    if basis.alone is not None and basis.chance is not None:
        typer.echo(f"  chance of {basis.onset} or more: {basis.chance:.3f}, by history alone {basis.alone:.3f}")
    for part in basis.parts:
        told = f"{part.series}, {part.kind} over {part.span}: {part.value:g}"
        typer.echo(f"    {told}; {part.added:+.2f} to the log odds")
    for record in (outlook.with_news, outlook.without_news):
        if record is not None:
            typer.echo(f"  of the same periods, {record.model}: {record}, of 25 or more {record.brier25:.3f}")


def _tell_forecast(made: Forecast) -> dict[str, str]:
    return {
        "period": made.target, "median": f"{made.median:g}", "50 %": _range(made, 0.25, 0.75),
        "80 %": _range(made, 0.1, 0.9), "p1": f"{made.p1:.3f}", "p25": f"{made.p25:.3f}",
    }  # fmt: skip


def _tell_peer(made: Forecast | None) -> dict[str, str]:
    if made is None:
        return {}
    return {"last year: 80 %": _range(made, 0.1, 0.9), "p1 then": f"{made.p1:.3f}", "p25 then": f"{made.p25:.3f}"}


def _range(made: Forecast, low: float, high: float) -> str:
    return f"{made.read_quantile(low):g} to {made.read_quantile(high):g}"


def _print_scores(told: HistoryScores) -> None:
    if not told.cases:
        typer.echo(f"{told.history}: none of its forecasts has come due yet.")
        return
    skill = 1 - told.crps_log / told.peer_crps_log if told.peer_crps_log else 0.0
    typer.echo(f"{told.history}: {told.cases} scored forecasts{', older ones left out' if told.is_cut else ''}")
    typer.echo(f"  CRPS {told.crps:.2f}, conflictology {told.peer_crps:.2f}")
    typer.echo(f"  log1p CRPS {told.crps_log:.4f}, conflictology {told.peer_crps_log:.4f}: skill {skill:+.3f}")
    typer.echo(f"  in the 80 % range {told.coverage80:.0%}; Brier {told.brier1:.4f} (any), {told.brier25:.4f} (25)")
    if news := told.news:
        typer.echo(f"  with the news and by history alone, the same {news.cases} forecasts:")
        typer.echo(f"    Brier {news.brier1:.4f} and {news.alone_brier1:.4f} (any), {news.brier25:.4f} and "
                   f"{news.alone_brier25:.4f} (25)")  # fmt: skip
    for title, table in (("any", told.some), ("25 or more", told.many)):
        _print_table(f"Calibration: {title}", ("chance", "said", "came", "cases"), map(_tell_calibration, table))
    rows = map(_tell_skill, told.skills)
    _print_table("Skill on log1p CRPS, the worst first", ("unit", "cases", "ours", "theirs", "skill"), rows)


def _tell_calibration(row: CalibrationRow) -> dict[str, str]:
    return {
        "chance": f"{row.low:g} to {row.high:g}", "said": f"{row.said:.3f}", "came": f"{row.came:.3f}",
        "cases": str(row.cases),
    }  # fmt: skip


def _tell_skill(one: UnitSkill) -> dict[str, str]:
    skill = "none: it made no error" if one.skill is None else f"{one.skill:+.3f}"
    return {
        "unit": one.unit, "cases": str(one.cases), "ours": f"{one.ours:.4f}", "theirs": f"{one.theirs:.4f}",
        "skill": skill,
    }  # fmt: skip


def _print_table(title: str, columns: tuple[str, ...], rows: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from tocsin.cli.show import escape

    table = Table(title=escape(title))
    for n, name in enumerate(columns):
        # a month broken in two lines is no month
        is_period = name == "period"
        table.add_column(name.replace("_", " "), justify="right" if n else "left", overflow="fold", no_wrap=is_period)
    for row in rows:
        cells = (row.get(name) for name in columns)
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in cells))
    Console().print(table)
