"""The commands `tocsin sitrep list|show|export|send`: the reports that the desk keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.cli.files import write_whole
from tocsin.cli.options import Database, Home, JsonWhole, opening_desk
from tocsin.errors import StoreError
from tocsin.settings import load_settings

if TYPE_CHECKING:
    from tocsin.records.report import KeptReport

Form = Annotated[str | None, typer.Option("--format", help="pdf, docx, html or md; else what the file's name says.")]
ReportId = Annotated[str, typer.Argument(metavar="ID", help="A kept report, as `tocsin sitrep list` names it.")]
#: Who drafted what the command line keeps.
AT_THE_PROMPT = "command line"


def list_reports(
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


def show_report(report_id: ReportId, as_json: JsonWhole = False, home: Home = None, database: Database = None) -> None:
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


def export_report(
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


def send_report(
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
