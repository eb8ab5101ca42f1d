"""The command `tocsin export`: what a screen shows, as a file."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args
from urllib.parse import parse_qsl

import typer

from tocsin.cli.files import write_whole
from tocsin.cli.options import Database, Home, opening_desk, read_country
from tocsin.errors import IntakeError, RecordError

if TYPE_CHECKING:
    from tocsin.ports import Store
    from tocsin.records import Filter


def export(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="incidents, claims, articles, tensions or alerts.")],
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="csv, jsonl, parquet, geojson, kml, stix, gdelt, acled, ged or polecat; docs/exports.md lists all. "
            "Else what the file's name says, or csv.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; the default is the screen.")] = None,
    where: Annotated[
        str | None,
        typer.Option(
            metavar="CONDITIONS",
            help="What the address of a list on the desk says after its ?, as 'actor=police&certainty=hedged&last=7d'; "
            "or the whole address. In place of the options below.",
        ),
    ] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="PLOVER type.")] = None,
    place_id: Annotated[str | None, typer.Option("--place", help="Gazetteer id of a place or area.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CODE", help="ISO 3166-1 code: XKX or XK.")] = None,
    query: Annotated[str | None, typer.Option(help="Words that must occur.")] = None,
    precise: Annotated[
        bool, typer.Option("--precise", help="Keep names and exact points in what is TLP:CLEAR or GREEN.")
    ] = False,
    header: Annotated[bool, typer.Option("--header", help="Put column names over GDELT's table.")] = False,
    tlp: Annotated[str, typer.Option(help="TLP 2.0 marking, no laxer than the desk's; else the desk's own.")] = "",
    home: Home = None,
    database: Database = None,
) -> None:
    """Write what a screen shows as a table, a map or a bundle, narrowed by the same filters."""
    from tocsin.desk.exporting import choose_export_marking, export_bytes, find_form
    from tocsin.export.forms import find_form_of_file
    from tocsin.records import Filter

    if since and until and until < since:
        raise IntakeError("--until", f"{until:%Y-%m-%d}", f"must not be before --since {since:%Y-%m-%d}")
    if where is not None and any((since, until, type_, place_id, country, query)):
        raise IntakeError("--where", where[:80], "stands in place of the other conditions: put them all into it")
    chosen = form or (find_form_of_file(what, out.name) if out else "csv")
    wanted = Filter(
        since=since.date() if since else None,
        until=until.date() if until else None,
        type=_parse_type(type_),
        place_id=place_id,
        country=read_country(country),
        query=query,
        limit=0,
    )
    with opening_desk(home, database) as desk:
        wanted = wanted if where is None else parse_where(desk.store, where)
        pieces = export_bytes(desk, what, chosen, wanted, precise=precise, header=header, tlp=tlp)
        if out is None:
            sys.stdout.flush()
            sys.stdout.buffer.writelines(pieces)
            return
        size = write_whole("export file", out, pieces)
        mark = choose_export_marking(desk, tlp)
    if not out.exists() or out.is_file():  # what is written through /dev/stdout holds nothing else
        typer.echo(f"{out}: {mark}, {what} as {find_form(what, chosen).title}, {size} bytes")


def parse_where(store: Store, where: str) -> Filter:
    """The filter in the address of a list; without a limit in it, all of it.

    Raises RecordError for a condition that there is not: passed over, it would let out what nobody asked for.
    """
    from dataclasses import fields

    from tocsin.records import Filter
    from tocsin.web.asking import parse_asked
    from tocsin.web.windows import resolve_window

    query = where.partition("?")[2] if "?" in where else where
    given = dict(parse_qsl(query.partition("#")[0].lstrip("?"), keep_blank_values=True))
    known = [*(field.name for field in fields(Filter)), "last"]
    for name in given.keys() - set(known):
        raise RecordError("--where", name[:40], f"is no condition; there are {', '.join(known)}")
    if not given:
        raise RecordError("--where", where[:40], "holds no condition such as actor=police")
    asked = resolve_window(store, parse_asked(given))
    return asked.wanted if asked.has_limit else asked.unbounded().wanted


def _parse_type(text: str | None) -> Any:
    from tocsin.records import EventType

    if text is not None and text.upper() not in get_args(EventType):
        raise IntakeError("--type", text, f"must be one of {', '.join(get_args(EventType))}")
    return text.upper() if text else None
