"""The commands `tocsin feeds ...`: the addresses the desk fetches news from, as a list out, and where to begin."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.cli.files import write_whole
from tocsin.cli.options import Database, Home, Json, opening_desk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tocsin.knowledge.starter_feeds import StarterFeed
    from tocsin.records import Feed

app = typer.Typer(help="The addresses the desk fetches news from.", no_args_is_help=True)


@app.command("list")
def list_feeds(as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """Show every feed with its health."""
    from tocsin.cli import show

    with opening_desk(home, database) as desk:
        show.print_feeds(desk.store.feeds(), desk.clock.now(), as_json)


@app.command("add")
def add_feed(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Address of an RSS, Atom or JSON feed.")],
    outlet: Annotated[str | None, typer.Option("--outlet", help="Who published it.")] = None,
    confirm: Annotated[bool, typer.Option(help="Allow it to be fetched at once.")] = False,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Keep a feed's address; it is fetched once a person has confirmed it."""
    with opening_desk(home, database) as desk:
        feed = desk.add_feed(address, outlet=outlet, is_confirmed=confirm)
        _say(feed, desk.clock.now(), f"{feed.id}  {feed.address}  {feed.state(desk.clock.now())}", as_json)


@app.command("confirm")
def confirm_feed(
    feed_id: Annotated[
        str, typer.Argument(metavar="ID", help="Identifier of the feed, as tocsin feeds list shows it.")
    ],
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Allow a feed to be fetched from now on."""
    with opening_desk(home, database) as desk:
        feed = desk.confirm_feed(feed_id)
        _say(feed, desk.clock.now(), f"{feed.address}: confirmed", as_json)


@app.command("export")
def export_feeds(
    out: Annotated[Path, typer.Option(help="The file to write, OPML 2.0; one that is there is replaced.")],
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Write all feeds as a list that another desk takes in with `tocsin ingest`, or a feed reader."""
    from tocsin.intake import write_opml

    with opening_desk(home, database) as desk:
        feeds = desk.store.feeds()
        text = write_opml(feeds, desk.store.outlets())
    size = write_whole("file", out, [text.encode()])
    row = {"file": str(out), "feeds": len(feeds), "bytes": size}
    typer.echo(json.dumps(row) if as_json else f"{len(feeds)} feeds written to {out}")


@app.command("starter")
def starter(
    region: Annotated[str | None, typer.Option(help="Only feeds about this region.")] = None,
    language: Annotated[str | None, typer.Option(help="Only feeds in this language, as ISO 639-1.")] = None,
    add: Annotated[
        list[str] | None, typer.Option("--add", metavar="NAME", help="Keep this feed, unconfirmed; may be repeated.")
    ] = None,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Show a list of feeds to begin with, or keep some of them; each still waits to be confirmed."""
    from tocsin.knowledge.starter_feeds import choose_starter_feeds, find_starter_feeds, load_starter_feeds

    rows = choose_starter_feeds(load_starter_feeds(), region=region, language=language)
    if add:
        chosen = find_starter_feeds(rows, add)
        with opening_desk(home, database) as desk:
            new = desk.add_starter_feeds(chosen)
        if as_json:
            typer.echo(json.dumps({"new": new, "known": len(chosen) - new}))
        else:
            typer.echo(f"{new} new, {len(chosen) - new} known already; none is fetched before confirmed")
    elif as_json:
        for row in rows:
            typer.echo(json.dumps(asdict(row), ensure_ascii=False))
    else:
        _print_starter(rows)


def _say(feed: Feed, now: datetime, told: str, as_json: bool) -> None:
    from tocsin.records import to_plain

    typer.echo(json.dumps(to_plain(feed) | {"state": feed.state(now)}, ensure_ascii=False) if as_json else told)


def _print_starter(rows: Sequence[StarterFeed]) -> None:
    for row in rows:
        label = ", STATE MEDIA" if row.is_state_media and row.kind != "state media" else ""
        typer.echo(f"{row.name:<24} {row.region:<21} {row.language}  {row.outlet} ({row.kind}{label}; {row.country})")
    typer.echo(f"{len(rows)} feeds; written from memory, none is fetched before a person confirms it")
