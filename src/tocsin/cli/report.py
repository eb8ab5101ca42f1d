"""The command `tocsin sitrep`: a situation report as a file."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.cli.files import write_whole
from tocsin.cli.kept_reports import (
    AT_THE_PROMPT,
    Form,
    choose_form,
    export_report,
    list_reports,
    send_report,
    show_report,
)
from tocsin.cli.options import Database, Home
from tocsin.errors import RecordError
from tocsin.settings import load_settings

if TYPE_CHECKING:
    from tocsin.desk import Desk
    from tocsin.records.report import KeptReport
    from tocsin.reporting.drafting import Sitrep

app = typer.Typer(add_completion=False)
for _name, _command in (
    ("list", list_reports), ("show", show_report), ("export", export_report), ("send", send_report),
):  # fmt: skip
    app.command(_name)(_command)

Area = Annotated[str | None, typer.Option(help="Name or gazetteer id of a place or area; everywhere without it.")]
First = Annotated[
    str | None, typer.Option("--from", metavar="DAY", help="First day, as 2026-03-08; a week before the last.")
]
Last = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day, inclusive; today.")]
Out = Annotated[Path | None, typer.Option(help="File to write; else one is named after area and period.")]
Tlp = Annotated[
    str | None, typer.Option(help="TLP 2.0 marking; else the desk's own. A laxer one takes --laxer-because.")
]
LaxerBecause = Annotated[
    str | None, typer.Option(metavar="WHY", help="Why it may be marked more laxly than the desk is set; kept.")
]
Policy = Annotated[str | None, typer.Option(help="Naming policy: un, local or as-reported; else the desk's own.")]
Names = Annotated[
    bool | None,
    typer.Option("--names/--no-names", help="Name and quote people; else only where not everybody may read it."),
]
Exercise = Annotated[
    bool | None, typer.Option("--exercise/--no-exercise", help="Keep to the exercise, or leave it out.")
]
Keep = Annotated[
    bool, typer.Option("--keep", help="Keep the draft on the desk too, to be edited and made final there.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report with every sentence's citations as JSON.")]
#: Without --from the report covers a week.
DEFAULT_DAYS = 7


@app.callback(invoke_without_command=True)
def sitrep(
    context: typer.Context,
    area: Area = None,
    first: First = None,
    last: Last = None,
    form: Form = None,
    out: Out = None,
    tlp: Tlp = None,
    laxer_because: LaxerBecause = None,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    author: Annotated[str | None, typer.Option(help="Who signs it.")] = None,
    pages: Annotated[int, typer.Option(help="Most pages, annex included.")] = 3,
    policy: Policy = None,
    names: Names = None,
    exercise: Exercise = None,
    keep: Keep = False,
    as_json: AsJson = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Draft a situation report: figures, incidents by severity with their versions, tension, alerts, gaps, articles."""
    if context.invoked_subcommand is not None:
        return
    from tocsin.desk import open_desk
    from tocsin.report import ReportRequest, parse_tlp
    from tocsin.reporting.drafting import find_area, make_period, make_sitrep
    from tocsin.reporting.editions import LONGEST_EDITION
    from tocsin.reporting.kept import keep_sitrep

    chosen = None if as_json and out is None else choose_form(form, out)
    settings = load_settings(home=home, database=database, naming_policy=policy)
    with open_desk(settings) as desk:
        until = parse_day("--to", last) or desk.clock.now().date()
        since = parse_day("--from", first) or until - timedelta(days=DEFAULT_DAYS - 1)
        place_id, place_name = find_area(desk, area)
        request = ReportRequest(
            *make_period(since, until), place_id=place_id, place_name=place_name, tlp=parse_tlp(tlp or settings.tlp),
            policy=settings.naming_policy, most_pages=pages, title=title, author=author, has_names=names,
            laxer_because=" ".join((laxer_because or "").split()) or None,
        )  # fmt: skip
        derivation = desk.store.derivation_number()
        made = make_sitrep(desk, request, is_exercise=exercise, edition=LONGEST_EDITION if keep else "")
        newest = None if made.picture.incidents else _find_newest(desk, place_id, exercise)
        kept = None
        if keep:
            by = author or AT_THE_PROMPT
            kept = keep_sitrep(desk, request, made, by=by, is_exercise=exercise, derivation=derivation)
    _hand_over(made, kept, newest, chosen, out, as_json)


def _hand_over(
    made: Sitrep, kept: KeptReport | None, newest: date | None, chosen: str | None, out: Path | None, as_json: bool
) -> None:
    """Write the file, if one is asked for, and tell what was made."""
    from tocsin.reporting.drafting import name_file, write_sitrep, write_sitrep_json

    path = None
    if chosen:
        path = out or Path(name_file(made.report, chosen))
        write_whole("file", path, [write_sitrep(made, chosen)])
    if as_json:
        typer.echo(write_sitrep_json(made))
        return
    if path:
        typer.echo(tell(made, path))
        if newest:
            typer.echo(f"No incident falls in these days; the newest report is of {newest}: --to {newest}.")
    if kept:
        typer.echo(f"kept as {kept.id}: tocsin sitrep show {kept.id}, or /reports/{kept.id} on the desk")


def _find_newest(desk: Desk, place_id: str | None, exercise: bool | None) -> date | None:
    """The day of the newest report that a situation report could tell."""
    from tocsin.records import Filter
    from tocsin.records.filters import Realm

    realm: Realm | None = None if exercise is None else "exercise" if exercise else "real"
    newest = desk.store.newest_report(Filter(place_id=place_id, realm=realm))
    return newest.date() if newest else None


def parse_day(name: str, given: str | None) -> date | None:
    """A day as 2026-03-08; raises RecordError for anything else, and for years at the calendar's edges."""
    if given is None:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError as why:
        raise RecordError(name, given[:40], "must be a day as in 2026-03-08") from why
    if not 1900 <= day.year <= 2200:  # a report reckons days before its first and after its last
        raise RecordError(name, given[:40], "must be a day from 1900 to 2200")
    return day


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
