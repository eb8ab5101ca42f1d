"""A kept report by e-mail: put into the outbox for the recipients that somebody names, with the file as it is now.

What is sent is kept beside who sent it, to whom and when; the courier hands the copies over, one for each recipient.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.desk import Desk
from tocsin.errors import RecordError, UnknownIdError
from tocsin.notify import Channel, EmailChannel
from tocsin.notify.mailboxes import read_mailboxes
from tocsin.ports import Store
from tocsin.records.marking import Tlp
from tocsin.records.report_mail import ReportCopy, ReportMail, report_mail_id
from tocsin.report.markings import TLP_MEANINGS
from tocsin.report.wording import straighten, write_day
from tocsin.reporting.drafting import MEDIA_TYPES, name_version
from tocsin.reporting.kept import OpenReport, open_report, write_report

#: A report goes to people, not to lists of them: those belong to the mail server.
MOST_RECIPIENTS = 50
LONGEST_NOTE = 1000
#: The one marking that goes by e-mail only where who sends it says so: for the named recipients alone, and a mail is
#: kept by every server that it passes.
CONFIRMED: Tlp = "TLP:RED"


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending of a report, and what became of each recipient's copy."""

    mail: ReportMail
    copies: tuple[ReportCopy, ...]


def list_mail_channels(channels: Sequence[Channel]) -> list[EmailChannel]:
    """The channels that a report can leave by."""
    return [channel for channel in channels if isinstance(channel, EmailChannel)]


def mail_report(
    desk: Desk,
    report_id: str,
    channels: Sequence[Channel],
    *,
    channel: str,
    recipients: str,
    form: str,
    by: str,
    ticket: str,
    note: str | None = None,
    is_confirmed: bool = False,
) -> Sent:
    """Put a report into the outbox, as the file it is now; the same `ticket` again is the same sending.

    channels    those of the desk's file; `channel` the name of the one whose server hands it over
    recipients  addresses, parted by commas or white space
    note        what stands in the mail above the report, or None
    Raises RecordError for an address that is none, a sentence that is refused, a marking that is too lax, and a report
    that is TLP:RED where that was not confirmed; UnknownIdError for a channel that sends no e-mail.
    """
    known = [c.name for c in list_mail_channels(channels)]
    if channel not in known:
        allowed = f"must be one of {', '.join(known)}" if known else "is unknown: no e-mail channel is set up"
        raise UnknownIdError("e-mail channel", channel[:80], allowed)
    mailboxes = read_mailboxes(recipients, MOST_RECIPIENTS)
    opened = open_report(desk, report_id)
    if opened.report.tlp == CONFIRMED and not is_confirmed:
        reason = "is for the recipients named only: confirm that it may go by e-mail to each of them"
        raise RecordError("marking", CONFIRMED, reason)
    body = write_report(opened, form)
    mail = _make_mail(desk, opened, body, form, channel, mailboxes, by, ticket, _clean_note(note), is_confirmed)
    if desk.store.add_report_mail(mail, body):
        desk.on_notices()
    return next(sent for sent in list_sent(desk.store, report_id) if sent.mail.id == mail.id)


def list_sent(store: Store, report_id: str) -> list[Sent]:
    """The sendings of a report, the last first."""
    mails = store.report_mails(report_id)
    copies = store.report_copies(mail.id for mail in mails)
    return [Sent(mail, tuple(copies.get(mail.id, ()))) for mail in mails]


def _make_mail(
    desk: Desk, opened: OpenReport, body: bytes, form: str, channel: str, mailboxes: tuple[str, ...], by: str,
    ticket: str, note: str | None, is_confirmed: bool,
) -> ReportMail:  # fmt: skip
    kept, report = opened.kept, opened.report
    file, digest = name_version(report, kept, form), hashlib.sha256(body).hexdigest()
    return ReportMail(
        id=report_mail_id(kept.id, ticket),
        report_id=kept.id,
        channel=channel,
        recipients=mailboxes,
        subject=write_subject(opened),
        lines=tuple(_write_lines(opened, file, digest, by, note, desk.settings.public_address)),
        file=file,
        media_type=MEDIA_TYPES[form],
        digest=digest,
        bytes=len(body),
        tlp=report.tlp,
        made_by=by,
        made_at=desk.clock.now(),
        is_confirmed=is_confirmed and report.tlp == CONFIRMED,
        is_exercise=kept.is_exercise,
    )


def write_subject(opened: OpenReport) -> str:
    """ "[EXERCISE] [TLP:AMBER] [DRAFT] Situation report: Orle, 8 to 14 Mar 2026": the marking stands first, in full."""
    kept, report = opened.kept, opened.report
    marks = ["[EXERCISE]"] if report.is_exercise else []
    marks += [f"[{report.tlp}]", *(["[DRAFT]"] if kept.state == "draft" else [])]
    return f"{' '.join(marks)} {report.title}, {kept.first_day} to {kept.last_day}"


def _write_lines(
    opened: OpenReport, file: str, digest: str, by: str, note: str | None, address: str | None
) -> list[str]:
    kept, report = opened.kept, opened.report
    last = (kept.until - timedelta(microseconds=1)).date()
    told = ["EXERCISE: nothing of this has happened."] if report.is_exercise else []
    told += [
        f"{report.tlp}: {TLP_MEANINGS[report.tlp]}.",
        f"{report.title}. {report.area}, {write_day(kept.first_day)} to {write_day(last)} (UTC). {report.edition}",
    ]
    told += [note] if note else []
    told.append(f"Attached: {file}\nSHA-256: {digest}")
    told.append(f"Sent by {by}." + (f" On the desk: {address.rstrip('/')}/reports/{kept.id}" if address else ""))
    return told


def _clean_note(note: str | None) -> str | None:
    line = straighten(note or "")
    if len(line) > LONGEST_NOTE:
        raise RecordError("note", line[:40] + "…", f"must be {LONGEST_NOTE} characters or fewer")
    return line or None
