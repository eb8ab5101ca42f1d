"""The commands `tocsin sitrep ...`: a situation report as a file, and the reports that the desk keeps."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.cli.files import write_whole
from tocsin.cli.options import Database, Home, JsonWhole, opening_desk
from tocsin.errors import RecordError, StoreError
from tocsin.settings import load_settings

if TYPE_CHECKING:
    from tocsin.desk import Desk
    from tocsin.records.report import KeptReport
    from tocsin.reporting.drafting import Sitrep

app = typer.Typer(add_completion=False)

Form = Annotated[str | None, typer.Option("--format", help="pdf, docx, html or md; else what the file's name says.")]
ReportId = Annotated[str, typer.Argument(metavar="ID", help="A kept report, as `tocsin sitrep list` names it.")]
#: Without --from the report covers a week.
DEFAULT_DAYS = 7
#: Who drafted what the command line keeps.
AT_THE_PROMPT = "command line"


@app.callback(invoke_without_command=True)
def sitrep(
    context: typer.Context,
    area: Annotated[
        str | None, typer.Option(help="Name or gazetteer id of a place or area; everywhere without it.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="First day, as 2026-03-08; a week before the last.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day, inclusive; today.")] = None,
    form: Form = None,
    out: Annotated[Path | None, typer.Option(help="File to write; else one is named after area and period.")] = None,
    tlp: Annotated[
        str | None, typer.Option(help="TLP 2.0 marking; else the desk's own. A laxer one takes --laxer-because.")
    ] = None,
    laxer_because: Annotated[
        str | None, typer.Option(metavar="WHY", help="Why it may be marked more laxly than the desk is set; kept.")
    ] = None,
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
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the draft on the desk too, to be edited and made final there.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report with every sentence's citations as JSON.")
    ] = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Draft a situation report: figures, incidents by severity with their versions, tension, alerts, gaps, articles."""
    if context.invoked_subcommand is not None:
        return
    from tocsin.desk import open_desk
    from tocsin.report import ReportRequest, parse_tlp
    from tocsin.reporting.drafting import (
        find_area,
        make_period,
        make_sitrep,
        name_file,
        write_sitrep,
        write_sitrep_json,
    )
    from tocsin.reporting.editions import LONGEST_EDITION
    from tocsin.reporting.kept import keep_sitrep

    chosen = None if as_json and out is None else choose_form(form, out)
    settings = load_settings(home=home, database=database, naming_policy=policy)
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
            laxer_because=" ".join((laxer_because or "").split()) or None,
        )
        derivation = desk.store.derivation_number()
        made = make_sitrep(desk, request, is_exercise=exercise, edition=LONGEST_EDITION if keep else "")
        newest = None if made.picture.incidents else _find_newest(desk, place_id, exercise)
        by = author or AT_THE_PROMPT
        kept = (
            keep_sitrep(desk, request, made, by=by, is_exercise=exercise, derivation=derivation) if keep else None
        )  # fmt: skip
    path = None
    if chosen:
        path = out or Path(name_file(made.report, chosen))
        write_whole("file", path, [write_sitrep(made, chosen)])
    if as_json:
        typer.echo(write_sitrep_json(made))
    elif path:
        typer.echo(tell(made, path))
        if newest:
            typer.echo(f"No incident falls in these days; the newest report is of {newest}: --to {newest}.")
    if kept and not as_json:
        typer.echo(f"kept as {kept.id}: tocsin sitrep show {kept.id}, or /reports/{kept.id} on the desk")


def _find_newest(desk: Desk, place_id: str | None, exercise: bool | None) -> date | None:
    """The day of the newest report that a situation report could tell."""
    from tocsin.records import Filter
    from tocsin.records.filters import Realm

    realm: Realm | None = None if exercise is None else "exercise" if exercise else "real"
    newest = desk.store.newest_report(Filter(place_id=place_id, realm=realm))
    return newest.date() if newest else None


@app.command("list")
def list_kept(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 50,
    as_json: JsonWhole = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """The reports that the desk keeps: drafts and final versions, the newest first."""
    from tocsin.records import to_plain

    with opening_desk(home, database) as desk:
        reports = desk.store.reports(limit=limit)
    for report in reports:
        if as_json:
            typer.echo(json.dumps(to_plain(report), ensure_ascii=False))
        else:
            typer.echo(tell_kept(report))
    if not reports and not as_json:
        typer.echo("no report is kept yet: tocsin sitrep --keep, or /reports on the desk")


@app.command("show")
def show(report_id: ReportId, as_json: JsonWhole = False, home: Home = None, database: Database = None) -> None:
    """A kept report as it stands, with what is refused in it, what no longer holds and what people changed."""
    from tocsin.records import to_plain
    from tocsin.report.markdown import write_markdown
    from tocsin.reporting.kept import open_report

    with opening_desk(home, database) as desk:
        opened = open_report(desk, report_id)
    if as_json:
        told = {"kept": opened.kept, "report": opened.report, "astray": opened.astray, "edits": opened.edits}
        plain = {name: to_plain(value) for name, value in told.items()}
        plain |= {"problems": dict(opened.problems), "laxer_because": opened.text.laxer_because}
        typer.echo(json.dumps(plain, ensure_ascii=False))
        return
    typer.echo(tell_kept(opened.kept))
    if opened.text.laxer_because:
        typer.echo(f"  marked more laxly than the desk is set: {opened.text.laxer_because}")
    for edit in opened.edits:
        typer.echo(f"  {edit.made_at:%Y-%m-%d %H:%M} {edit.made_by} {edit.kind} {edit.sentence_id or edit.section}")
    for edit in opened.astray:
        typer.echo(f"  no longer holds: {edit.sentence_id}: {edit.after or edit.kind}")
    for sentence_id, problems in opened.problems.items():
        typer.echo(f"  refused: {sentence_id}: {'; '.join(problems)}")
    if opened.is_outdated:
        typer.echo("  the desk has taken in more since it was drafted: draft it anew on the desk")
    typer.echo("")
    typer.echo(write_markdown(opened.report), nl=False)


@app.command("export")
def export(
    report_id: ReportId,
    form: Form = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; else one is named after area, period and version.")
    ] = None,
    as_json: JsonWhole = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """A kept report as a file; none is given of one in which a sentence is refused."""
    from tocsin.reporting.drafting import name_version
    from tocsin.reporting.kept import open_report, write_report

    chosen = choose_form(form, out)
    with opening_desk(home, database) as desk:
        opened = open_report(desk, report_id)
        body = write_report(opened, chosen)
    path = out or Path(name_version(opened.report, opened.kept, chosen))
    write_whole("file", path, [body])
    if as_json:
        typer.echo(json.dumps({"file": str(path), "id": report_id, "tlp": opened.report.tlp, "bytes": len(body)}))
    else:
        typer.echo(f"{path}: {tell_kept(opened.kept)}")


@app.command("send")
def send(
    report_id: ReportId,
    to: Annotated[list[str], typer.Option("--to", metavar="ADDRESS", help="Who gets it; may be given several times.")],
    channel: Annotated[
        str | None, typer.Option(help="E-mail channel of channels.toml; needed where there are several.")
    ] = None,
    form: Form = None,
    note: Annotated[str | None, typer.Option(help="A line to go with it.")] = None,
    by: Annotated[str, typer.Option(help="Who sends it, for the record.")] = AT_THE_PROMPT,
    confirm_red: Annotated[
        bool, typer.Option("--confirm-red", help="A report that is TLP:RED may go by e-mail to each recipient.")
    ] = False,
    as_json: JsonWhole = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Send a kept report by e-mail: a copy for each recipient, now, and again later where the server puts it off."""
    from secrets import token_urlsafe

    from tocsin.desk import open_desk
    from tocsin.records import to_plain
    from tocsin.reporting.mailing import list_mail_channels, list_sent, mail_report
    from tocsin.service.delivering import load_desk_channels, open_postman

    chosen, settings = choose_form(form, None), load_settings(home=home, database=database)
    channels = load_desk_channels(settings)
    names = [c.name for c in list_mail_channels(channels)]
    if channel is None and len(names) != 1:
        told = f"give --channel, one of {', '.join(names)}" if names else "no e-mail channel is set up: docs/notices.md"
        raise StoreError("channel", "", told)
    with open_desk(settings) as desk:
        sent = mail_report(
            desk, report_id, channels, channel=channel or names[0], recipients=" ".join(to), form=chosen, by=by,
            ticket=token_urlsafe(12), note=note, is_confirmed=confirm_red,
        )  # fmt: skip
        open_postman(desk.store, channels, clock=desk.clock).empty(sent.mail.channel, lambda: False)
        sent = next(one for one in list_sent(desk.store, report_id) if one.mail.id == sent.mail.id)
    if as_json:
        plain = {"mail": to_plain(sent.mail), "copies": [to_plain(copy) for copy in sent.copies]}
        typer.echo(json.dumps(plain, ensure_ascii=False))
        return
    typer.echo(f"{sent.mail.subject}: {sent.mail.file}, {sent.mail.bytes} bytes, over {sent.mail.channel}")
    for copy in sent.copies:
        again = f", again at {copy.next_at:%Y-%m-%d %H:%M} UTC by a desk that runs" if copy.next_at else ""
        typer.echo(f"  {copy.recipient}: {copy.state}{again}{f': {copy.fault}' if copy.fault else ''}")


def tell_kept(report: KeptReport) -> str:
    """A kept report in one line."""
    state = f"version {report.number}, final" if report.state == "final" else "draft"
    drill = "EXERCISE, " if report.is_exercise else ""
    period = f"{report.first_day} to {report.last_day}"
    name = f"{report.title} ({report.area})" if report.title else report.area
    return f"{report.id}  {state}, {drill}{report.tlp}  {' '.join(name.split())}, {period}, by {report.made_by}"


def choose_form(form: str | None, out: Path | None) -> str:
    """The format as asked for, or as the file's name ends; raises StoreError for one there is not."""
    from tocsin.reporting.drafting import MEDIA_TYPES

    given = (form or (out.suffix.removeprefix(".") if out else "") or "pdf").lower()
    chosen = {"htm": "html", "markdown": "md"}.get(given, given)
    if chosen not in MEDIA_TYPES:
        raise StoreError("format", given, f"must be one of {', '.join(MEDIA_TYPES)}; give --format")
    return chosen


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
