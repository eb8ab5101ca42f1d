"""The commands `tocsin rules ...`: check a table of alert rules, and replay rules over what the desk holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.cli.options import Database, Home, Json
from tocsin.settings import load_settings

if TYPE_CHECKING:
    from tocsin.desk.ruling import Check, Replay

app = typer.Typer(help="The rules that decide when to ring: check them, try them on the past.", no_args_is_help=True)

RulesFile = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="A table of your own; the default is the desk's.")
]
Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="First day; all without it.")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Last day; all without it.")]


@app.command("check")
def check(file: RulesFile = None, as_json: Json = False, home: Home = None) -> None:
    """Read a table against its schema and play every rule on its own examples."""
    from tocsin.desk.ruling import check_rules, find_strange_areas

    settings = load_settings(home=home)
    checks = check_rules(file or settings.alert_rules)
    areas = {area for one in checks for area in one.rule.areas}
    strange = find_strange_areas(settings, areas) if areas else frozenset()
    for one in checks:
        wrong = sorted(one.rule.areas & strange)
        if as_json:
            faults = [{"does": does, "example": example.note} for does, example in one.faults]
            told = {"rule": one.rule.name, "version": one.rule.version, "faults": faults, "unknown_areas": wrong}
            typer.echo(json.dumps(told))
        else:
            _print_check(one)
            for area in wrong:
                typer.echo(f"  areas: {area!r} is in no gazetteer of this desk: tocsin gazetteer find NAME tells ids")
    if strange or any(one.faults for one in checks):
        raise typer.Exit(1)


@app.command("replay")
def replay(
    file: RulesFile = None,
    since: Since = None,
    until: Until = None,
    onsets: Annotated[
        Path | None,
        typer.Option(help="CSV of place_id and date; else the first deadly violence after four quiet weeks."),
    ] = None,
    before: Annotated[int, typer.Option(min=0, max=366, help="Days before an onset in which an alert counts.")] = 14,
    after: Annotated[int, typer.Option(min=0, max=366, help="Days after it in which an alert still counts.")] = 3,
    exercise: Annotated[bool, typer.Option("--exercise", help="Over the exercise instead of real news.")] = False,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Let rules ring over the incidents the desk holds; say what they would have found, how late, how often idly."""
    from tocsin.cli import show
    from tocsin.desk import open_desk
    from tocsin.desk.ruling import Stretch, replay_rules
    from tocsin.knowledge.rules import load_alert_rules
    from tocsin.warning.replaying import Window

    settings = load_settings(home=home, database=database)
    rules = load_alert_rules(file or settings.alert_rules)
    with open_desk(settings) as desk, show.show_progress("replaying", quiet=as_json):
        stretch = Stretch(since.date() if since else None, until.date() if until else None, exercise)
        told = replay_rules(desk, rules, stretch, Window(before, after), onsets)
    if as_json:
        for score in told.scores:
            typer.echo(json.dumps(asdict(score) | {"recall": score.recall, "exercise": exercise}))
        for note in _tell_left_out(told):
            typer.echo(note, err=True)
    else:
        _print_replay(told, is_exercise=exercise)


def _print_check(one: Check) -> None:
    examples = len(one.rule.yes) + len(one.rule.no)
    typer.echo(f"{one.rule.name}: {one.rule.precedence}, {examples} examples, {len(one.faults)} not kept to")
    for does, example in one.faults:
        typer.echo(f"  {does} where it must not: {example.note}")


def _print_replay(told: Replay, *, is_exercise: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    title = f"{'EXERCISE: ' if is_exercise else ''}{told.first} to {told.until}, {told.units} areas"
    table = Table(title=title, caption="at random: what as many alerts, thrown over areas and days, would find")
    for name in ("rule", "alerts", "found", "at random", "median delay", "false, a place and year"):
        table.add_column(name, justify="left" if name == "rule" else "right", no_wrap=name == "rule")
    for score in told.scores:
        share = "no onset" if score.recall is None else f"{score.found} of {score.onsets}"
        if score.speaks == "against":
            share = "against"
        chance = "" if score.random_recall is None else f"{score.random_recall * score.onsets:.1f}"
        delay = "" if score.delay_days is None else f"{score.delay_days:+.0f} d"
        table.add_row(
            score.rule,
            str(score.alerts),
            share,
            chance,
            delay,
            f"{score.false_alerts} ({score.false_per_place_year:.2f})",
        )
    Console().print(table)
    if any(score.speaks == "against" and score.alerts for score in told.scores):
        typer.echo('A rule that speaks against an onset is false where one followed; it is no part of "any".')
    for note in _tell_left_out(told):
        typer.echo(note)


def _tell_left_out(told: Replay) -> Iterator[str]:
    if told.left_out:
        names = ", ".join(told.left_out)
        yield f"Not replayed, for a forecast bears on the day it is asked on alone: {names}."
    if told.strange:
        yield f"Onsets in areas of which the desk holds no incident, so that none is found: {', '.join(told.strange)}."
