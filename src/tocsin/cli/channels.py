"""The commands `tocsin channels ...`: check, list, test, and what waits in the outbox."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.cli.options import Database, Home, JsonWhole
from tocsin.errors import KnowledgeError, TocsinError, UnknownIdError
from tocsin.settings import Settings, load_settings

if TYPE_CHECKING:
    from tocsin.notify import Channel
    from tocsin.ports import Store
    from tocsin.records import Delivery
    from tocsin.records.report_mail import ReportCopy

app = typer.Typer(help="Whom the desk tells: check the channels, try one, see what waits.", no_args_is_help=True)


@app.command("check")
def check(as_json: JsonWhole = False, home: Home = None) -> None:
    """Read the file of channels and say each channel, or what is wrong with it. Nothing is sent."""
    from tocsin.notify import examine_channels

    settings = load_settings(home=home)
    wrong, rows = 0, []
    for name, found in _examine_areas(settings, examine_channels(_find_file(settings))):
        if isinstance(found, TocsinError):
            wrong += 1
            row, told = {"name": name, "problem": str(found)}, f"{name}: {found}"
        else:
            row, told = _describe(found) | {"problem": None}, f"{found}; {_tell_wanted(found)}"
        rows.append(row)
        if not as_json:
            typer.echo(told)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
    if wrong:
        raise typer.Exit(2)


@app.command("list")
def list_channels(as_json: JsonWhole = False, home: Home = None, database: Database = None) -> None:
    """Show the channels and how many notices went over each."""
    from tocsin.service.delivering import load_desk_channels

    settings = load_settings(home=home, database=database)
    channels = load_desk_channels(settings)
    with _open_store(settings) as store:
        counts = store.delivery_counts()
    if as_json:
        typer.echo(json.dumps([_describe(c) | {"deliveries": counts.get(c.name, {})} for c in channels]))
        return
    for channel in channels:
        told = [str(channel), *_tell_limit(channel), _tell_counts(counts.get(channel.name, {}))]
        typer.echo("; ".join(told))
    for name in sorted(counts.keys() - {c.name for c in channels}):
        typer.echo(f"{name}: not in the file of channels; {_tell_counts(counts[name])}")
    if not channels:
        typer.echo("No channels: the desk tells nobody. See docs/notices.md for an example file.")


@app.command("test")
def send_test(
    name: Annotated[str, typer.Argument(help="Name of the channel.")],
    as_json: JsonWhole = False,
    home: Home = None,
) -> None:
    """Send one notice that says it is a test over a channel, now, past the outbox."""
    from tocsin.notify import make_test_notice, open_notifier
    from tocsin.service.delivering import load_desk_channels

    settings = load_settings(home=home)
    channels = {c.name: c for c in load_desk_channels(settings)}
    channel = channels[_check_name(name, channels)]
    open_notifier(channel, address=settings.public_address).send(make_test_notice(name, datetime.now(UTC)), None)
    typer.echo(json.dumps({"sent": channel.name, "what": str(channel)}) if as_json else f"Sent over {channel}")


@app.command("outbox")
def outbox(
    retry: Annotated[str | None, typer.Option(metavar="NAME", help="Try all of a channel again that waits.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 50,
    as_json: JsonWhole = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Show what waits, what failed and why, and what was given up; with --retry, let a channel try all of it again."""
    settings = load_settings(home=home, database=database)
    with _open_store(settings) as store:
        if retry is not None:
            known = {*store.delivery_counts(), *(copy.channel for copy in store.open_report_copies(limit))}
            now = datetime.now(UTC)
            again = store.retry_deliveries(_check_name(retry, known), now) + store.retry_report_copies(retry, now)
            if not as_json:
                typer.echo(f"{again} to be tried again over {retry}; a desk that is running sends them now.")
        open_ = store.deliveries(states=["waiting", "sending", "given-up"], limit=limit)
        partial = [d for d in store.deliveries(states=["sent"], limit=limit) if d.fault]
        counts, copies = store.delivery_counts(), store.open_report_copies(limit)
    if as_json:
        from tocsin.records import to_plain

        told = {"deliveries": [to_plain(d) for d in [*open_, *partial]], "report_copies": [to_plain(c) for c in copies]}
        typer.echo(json.dumps({"counts": counts, **told}))
        return
    for channel, states in counts.items():
        typer.echo(f"{channel}: {_tell_counts(states)}")
    for delivery in [*open_, *partial]:
        typer.echo(_tell_delivery(delivery))
    for copy in copies:
        typer.echo(_tell_attempts(f"report mail {copy.mail_id} to {copy.recipient}", copy))
    if not open_ and not partial and not copies:
        typer.echo("Nothing waits and nothing was given up.")


@contextmanager
def _open_store(settings: Settings) -> Iterator[Store]:
    """The desk's database without the rest of the desk."""
    from tocsin.desk.opening import find_home
    from tocsin.store import open_store

    store = open_store(settings.database or find_home(settings) / "desk.sqlite")
    try:
        yield store
    finally:
        store.close()


def _find_file(settings: Settings) -> Path:
    from tocsin.desk.opening import find_home
    from tocsin.notify import CHANNELS_FILE
    from tocsin.service.delivering import find_channels_file

    path = find_channels_file(settings)
    if path is None:
        why = "is not there: the desk tells nobody; docs/notices.md has an example to begin with"
        raise KnowledgeError("channels file", find_home(settings) / CHANNELS_FILE, why)
    return path


def _examine_areas(
    settings: Settings, found: Iterable[tuple[str, Channel | TocsinError]]
) -> Iterator[tuple[str, Channel | TocsinError]]:
    """The same, with what is wrong where a channel names an area that the desk does not know: it would never ring."""
    from tocsin.desk.ruling import find_strange_areas

    examined = list(found)
    areas = {area for _, one in examined if not isinstance(one, TocsinError) for area in one.wanted.areas}
    strange = find_strange_areas(settings, areas) if areas else frozenset()
    for name, one in examined:
        wrong = () if isinstance(one, TocsinError) else [area for area in one.wanted.areas if area in strange]
        if wrong:
            reason = "is in no gazetteer of this desk: tocsin gazetteer find NAME tells the ids of places"
            yield name, KnowledgeError("value", f"channel {name}: areas = {wrong[0]!r}", reason)
        else:
            yield name, one


def _check_name(name: str, known: Collection[str]) -> str:
    if name not in known:
        allowed = f"must be one of {', '.join(sorted(known))}" if known else "is unknown: there are no channels"
        raise UnknownIdError("channel", name, allowed)
    return name


def _describe(channel: Channel) -> dict[str, Any]:
    from tocsin.notify import EmailChannel

    wanted = channel.wanted
    return {
        "name": channel.name,
        "kind": "email" if isinstance(channel, EmailChannel) else "webhook",
        "what": str(channel),
        "sets": list(wanted.sets),
        "at_least": wanted.at_least,
        "areas": list(wanted.areas),
        "exercise": wanted.exercise,
        "digest": wanted.only_digest,
        "backup": wanted.is_backup,
        "tlp": channel.tlp,
        "precise": channel.is_precise,
    }


def _tell_wanted(channel: Channel) -> str:
    wanted = channel.wanted
    told = [f"{wanted.at_least} and above", f"rule sets {', '.join(wanted.sets) or 'all'}"]
    told.append(f"areas {', '.join(wanted.areas) or 'all'}")
    if wanted.only_digest:
        told.append("below IMMEDIATE in the day's digest alone")
    if wanted.is_backup:
        told.append("a backup: what nobody has acknowledged in time, and what follows of it")
    told.append("with the exercise" if wanted.exercise else "without the exercise")
    return "; ".join([*told, *_tell_limit(channel)])


def _tell_limit(channel: Channel) -> list[str]:
    """How strictly marked words may leave over a channel, and whether names may, where the operator has said so."""
    from tocsin.notify import DEFAULT_LIMIT

    told = [] if channel.tlp == DEFAULT_LIMIT else [f"words up to {channel.tlp}"]
    return [*told, "names also in TLP:CLEAR and GREEN"] if channel.is_precise else told


def _tell_counts(states: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in states.items()) or "nothing yet"


def _tell_delivery(delivery: Delivery) -> str:
    return _tell_attempts(delivery.notice_id, delivery)


def _tell_attempts(what: str, tried: Delivery | ReportCopy) -> str:
    tries = f"after {tried.attempts} attempt{'' if tried.attempts == 1 else 's'}" if tried.attempts else "not tried yet"
    again = f", again at {tried.next_at:%Y-%m-%d %H:%M} UTC" if tried.next_at and tried.attempts else ""
    fault = f": {tried.fault}" if tried.fault else ""
    parted = " " if tried.attempts else ", "
    return f"{what} over {tried.channel}, {tried.state}{parted}{tries}{again}{fault}"
