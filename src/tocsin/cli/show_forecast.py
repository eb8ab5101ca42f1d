"""What `tocsin forecast` prints: its tables and sentences for people, its JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from tocsin.cli.show import escape

if TYPE_CHECKING:
    from tocsin.forecast import Forecast
    from tocsin.forecast.scoring import CalibrationRow, UnitSkill
    from tocsin.forecasting.running import ImportReport, RunReport
    from tocsin.forecasting.views import HistoryScores, UnitOutlook


def print_import(report: ImportReport, as_json: bool) -> None:
    """How many rows of a file counted, and which were set aside and why."""
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


def tell_run(report: RunReport) -> str:
    """One line of what was forecast from a history."""
    if report.fault:
        return f"{report.history}: nothing made: {report.fault}"
    if not report.is_due:
        return f"{report.history}: up to date"
    missing = "".join(f"; {number} without: {why}" for why, number in (report.missing or {}).items())
    return f"{report.history}: {report.made} new forecasts of {report.units} units{missing}"


def describe_outlook(outlook: UnitOutlook) -> dict[str, Any]:
    """A unit's forecasts and their past errors, for machines."""
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


def print_outlook(outlook: UnitOutlook) -> None:
    """A unit's forecasts beside last year's, and what came of those that are due."""
    kept = outlook.held.kept
    typer.echo(f"{outlook.unit.name}: {kept.measure} by {kept.period}, from {kept.name}")
    if outlook.missing or not outlook.run:
        typer.echo(f"  no forecast: {outlook.missing}")
        return
    peers = {f.target: f for f in outlook.peer}
    rows = [_tell_forecast(f) | _tell_peer(peers.get(f.target)) for f in outlook.ahead]
    columns = ("period", "median", "50 %", "80 %", "p1", "p25", "last year: 80 %", "p1 then", "p25 then")
    title = f"{outlook.ahead[0].model}, made {outlook.run.made_on} from what was known to {outlook.run.known_to}"
    print_table(title, columns, rows)
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


def print_scores(told: HistoryScores) -> None:
    """How a history's past forecasts turned out, as a whole, by chance and by unit."""
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
        print_table(f"Calibration: {title}", ("chance", "said", "came", "cases"), map(_tell_calibration, table))
    rows = map(_tell_skill, told.skills)
    print_table("Skill on log1p CRPS, the worst first", ("unit", "cases", "ours", "theirs", "skill"), rows)


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


def print_table(title: str, columns: tuple[str, ...], rows: Iterable[Mapping[str, object]]) -> None:
    """A table of `columns`, which are keys of the rows; what a row lacks stays empty."""

    table = Table(title=escape(title))
    for n, name in enumerate(columns):
        # a month broken in two lines is no month
        is_period = name == "period"
        table.add_column(name.replace("_", " "), justify="right" if n else "left", overflow="fold", no_wrap=is_period)
    for row in rows:
        cells = (row.get(name) for name in columns)
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in cells))
    Console().print(table)
