"""The commands `tocsin silences ...`: what no notices are sent for, one more, and an end before its time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.cli.options import Database, Home, Json, opening_desk
from tocsin.errors import RecordError

if TYPE_CHECKING:
    from tocsin.records import Silence

app = typer.Typer(help="What no notices are sent for: show it, add to it, end it.", no_args_is_help=True)


@app.command("list")
def list_silences(
    over: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Show what is muted now and what is planned, the last to end first."""
    with opening_desk(home, database) as desk:
        now = desk.clock.now()
        found = desk.store.silences(after=None if over else now)
    for silence in found:
        if over or silence.state_at(now) != "over":
            _say(silence, now, as_json)
    if not found and not as_json:
        typer.echo("Nothing is muted.")


@app.command("add")
def add_silence(
    why: Annotated[str, typer.Option(help="The reason, in a line: others will read it.")],
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Until when: 2031-03-09T18:00, in UTC.")] = None,
    hours: Annotated[
        float | None, typer.Option(min=0.01, max=744, help="For so many hours, in place of --until.")
    ] = None,
    begins: Annotated[str | None, typer.Option(metavar="TIME", help="From when on; left out: now.")] = None,
    rule: Annotated[str | None, typer.Option(help="Name of a rule, * for any letters; left out: every rule.")] = None,
    rule_set: Annotated[str | None, typer.Option("--set", help="A set of rules; left out: any.")] = None,
    place: Annotated[
        str | None, typer.Option(metavar="ID", help="A place and all that lies in it; left out: everywhere.")
    ] = None,
    at_most: Annotated[
        str | None, typer.Option(metavar="PRECEDENCE", help="What is graver rings all the same; left out: nothing.")
    ] = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who asks for it.")] = "",
    exercise: Annotated[bool, typer.Option("--exercise", help="Alerts of the exercise instead of real ones.")] = False,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Send no notices for what matches; the alerts stand on the desk all the same."""
    from tocsin.desk.accounts import AT_THE_MACHINE
    from tocsin.records.silence import parse_precedence

    gravest = parse_precedence(at_most.upper() if at_most else None)
    with opening_desk(home, database) as desk:
        now = desk.clock.now()
        start = _read_time("begins", begins) if begins else None
        made = desk.silence(
            _find_end(until, hours, max(start or now, now)),
            why=why,
            who=" ".join(by.split()) or AT_THE_MACHINE,
            place_id=place,
            rule=rule,
            at_most=gravest,
            is_exercise=exercise,
            rule_set=rule_set,
            begins=start,
        )
    _say(made, now, as_json)


@app.command("end")
def end_silence(
    silence_id: Annotated[str, typer.Argument(help="As `tocsin silences list` shows it.")],
    by: Annotated[str, typer.Option(metavar="NAME", help="Who ends it.")] = "",
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """End a silence before its time, or drop one that is planned; what still rings is told at once."""
    from tocsin.desk.accounts import AT_THE_MACHINE

    with opening_desk(home, database) as desk:
        ended = desk.end_silence(silence_id, who=" ".join(by.split()) or AT_THE_MACHINE)
        _say(ended, desk.clock.now(), as_json)


def _find_end(until: str | None, hours: float | None, begin: datetime) -> datetime:
    if (until is None) == (hours is None):
        raise RecordError("silence", until or "", "must say either --until or --hours: a silence always ends")
    return _read_time("until", until) if until else begin + timedelta(hours=hours or 0)


def _read_time(name: str, given: str) -> datetime:
    try:
        at = datetime.fromisoformat(given)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as why:
        raise RecordError(name, given[:40], "must be a time as 2031-03-09T18:00, in UTC unless it says more") from why


def _say(silence: Silence, now: datetime, as_json: bool) -> None:
    from rich.console import Console

    from tocsin.cli import show
    from tocsin.records import to_plain

    state = silence.state_at(now)
    if as_json:
        typer.echo(json.dumps(to_plain(silence) | {"state": state}, ensure_ascii=False))
        return
    what = [silence.rule or "every rule", *([f"of set {silence.rule_set}"] if silence.rule_set else [])]
    what.append(f"at {silence.place_id or 'every place'}")
    if silence.at_most:
        what.append(f"up to {silence.at_most}")
    mark = "EXERCISE " if silence.is_exercise else ""
    stretch = f"{silence.starts_at:%Y-%m-%d %H:%M} to {silence.ends_at:%Y-%m-%d %H:%M} UTC"
    if silence.ended_at is not None:
        stretch += f", ended {silence.ended_at:%Y-%m-%d %H:%M} by {silence.ended_by or 'a person'}"
    told = f"{silence.id}  {mark}{state}  {' '.join(what)}; {stretch}; {silence.made_by}: {silence.reason}"
    Console().print(show.escape(told), highlight=False, soft_wrap=True)
