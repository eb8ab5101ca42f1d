"""The command `tocsin sitrep`: a situation report of an area and a period, as a file."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.errors import RecordError, StoreError
from tocsin.settings import load_settings

if TYPE_CHECKING:
    from tocsin.reporting import Sitrep

Home = Annotated[Path | None, typer.Option(help="Folder of the desk's files.", envvar="TOCSIN_HOME")]
#: Without --from the report covers a week.
DEFAULT_DAYS = 7


def sitrep(
    area: Annotated[
        str | None, typer.Option(help="Name or gazetteer id of a place or area; everywhere without it.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="First day, as 2026-03-08; a week before the last.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day, inclusive; today.")] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="pdf, docx, html or md; else what the file's name says.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; else one is named after area and period.")] = None,
    tlp: Annotated[str | None, typer.Option(help="TLP 2.0 marking; else the desk's own.")] = None,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    author: Annotated[str | None, typer.Option(help="Who signs it.")] = None,
    pages: Annotated[int, typer.Option(help="Most pages, annex included.")] = 3,
    policy: Annotated[
        str | None, typer.Option(help="Naming policy: un, local or as-reported; else the desk's own.")
    ] = None,
    names: Annotated[
        bool | None,
        typer.Option("--names/--no-names", help="Name and quote people; else only where not everybody may read it."),
    ] = None,
    exercise: Annotated[
        bool | None, typer.Option("--exercise/--no-exercise", help="Keep to the exercise, or leave it out.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report with every sentence's citations as JSON.")
    ] = False,
    home: Home = None,
) -> None:
    """Draft a situation report: figures, incidents by severity with their versions, tension, alerts, gaps, articles."""
    from tocsin.desk import open_desk
    from tocsin.report import ReportRequest, parse_tlp
    from tocsin.reporting import find_area, make_period, make_sitrep, name_file, write_sitrep, write_sitrep_json

    chosen = None if as_json and out is None else choose_form(form, out)
    settings = load_settings(home=home, naming_policy=policy)
    with open_desk(settings) as desk:
        until = parse_day("--to", last) or desk.clock.now().date()
        since = parse_day("--from", first) or until - timedelta(days=DEFAULT_DAYS - 1)
        place_id, place_name = find_area(desk, area)
        request = ReportRequest(
            *make_period(since, until),
            place_id=place_id,
            place_name=place_name,
            tlp=parse_tlp(tlp or settings.tlp),
            policy=settings.naming_policy,
            most_pages=pages,
            title=title,
            author=author,
            has_names=names,
        )
        made = make_sitrep(desk, request, is_exercise=exercise)
    path = None
    if chosen:
        path = out or Path(name_file(made.report, chosen))
        write_file(path, write_sitrep(made, chosen))
    if as_json:
        typer.echo(write_sitrep_json(made))
    elif path:
        typer.echo(tell(made, path))


def choose_form(form: str | None, out: Path | None) -> str:
    """The format as asked for, or as the file's name ends; raises StoreError for one there is not."""
    from tocsin.reporting import MEDIA_TYPES

    given = (form or (out.suffix.removeprefix(".") if out else "") or "pdf").lower()
    chosen = {"htm": "html", "markdown": "md"}.get(given, given)
    if chosen not in MEDIA_TYPES:
        raise StoreError("format", given, f"must be one of {', '.join(MEDIA_TYPES)}; give --format")
    return chosen


def parse_day(name: str, given: str | None) -> date | None:
    """A day as 2026-03-08; raises RecordError for anything else."""
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as why:
        raise RecordError(name, given[:40], "must be a day as in 2026-03-08") from why


def write_file(path: Path, body: bytes) -> None:
    """Keep the report; raises StoreError where the file cannot be written."""
    try:
        path.write_bytes(body)
    except OSError as why:
        raise StoreError("file", path, f"cannot be written ({why.strerror or why})") from why


def tell(made: Sitrep, path: Path) -> str:
    """One line for the person who asked."""
    report = made.report
    told = sum(1 for s in report.sentences if s.id.endswith("/title"))
    drill = "EXERCISE, " if report.is_exercise else ""
    pages = "1 page" if made.pages == 1 else f"{made.pages} pages"
    return (
        f"{path}: {drill}{report.tlp}, {pages} as PDF, {told} of {len(made.picture.incidents)} incidents told, "
        f"{len(report.sentences)} sentences, each citing what it stands on"
    )
