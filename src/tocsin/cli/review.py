"""The commands `tocsin review ...`: how far people's review of the claims is, and judged articles as gold."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.files import write_whole
from tocsin.cli.options import Database, Home, JsonWhole, opening_desk

app = typer.Typer(help="What people have made of the machine's claims: counts, and gold.", no_args_is_help=True)

Exercise = Annotated[bool, typer.Option("--exercise", help="Of the exercise instead of real news.")]


@app.command("status")
def status(
    exercise: Exercise = False, as_json: JsonWhole = False, home: Home = None, database: Database = None
) -> None:
    """Count claims by what people have said of them, and articles that are judged wholly."""
    from tocsin.desk.reviewing import count_reviews

    with opening_desk(home, database) as desk:
        told = count_reviews(desk.store, is_exercise=exercise)
    if as_json:
        typer.echo(json.dumps(asdict(told) | {"exercise": exercise}))
        return
    if exercise:
        typer.echo("EXERCISE")
    for standing in ("read", "accepted", "changed", "added", "rejected"):
        typer.echo(f"{told.claims.get(standing, 0):>8} claims {_WORDS[standing]}")
    typer.echo(f"{told.judged:>8} articles with every claim judged; {told.gold} of them can be exported as gold")
    if told.undated:
        typer.echo(f"{told.undated:>8} judged articles have no date of publication and are left out of gold")


@app.command("export")
def export(
    out: Annotated[Path, typer.Option(help="The file to write, JSON Lines; one that is there is replaced.")],
    exercise: Exercise = False,
    as_json: JsonWhole = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Write the articles whose every claim a person has judged, as gold for `tocsin bench claims` and for training."""
    from tocsin.desk.reviewing import list_gold, write_gold

    with opening_desk(home, database) as desk:
        lines = list(write_gold(list_gold(desk.store, is_exercise=exercise)))
    size = write_whole("file", out, (line.encode() for line in lines))
    row = {"file": str(out), "articles": len(lines), "bytes": size, "exercise": exercise}
    typer.echo(json.dumps(row) if as_json else f"{len(lines)} articles written to {out}")


_WORDS = {
    "read": "as the machine read them, judged by nobody",
    "accepted": "accepted",
    "changed": "corrected",
    "added": "added",
    "rejected": "rejected",
}
