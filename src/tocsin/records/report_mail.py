"""A situation report sent by e-mail: who sent what to whom, and what became of each copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.records.ids import make_id
from tocsin.records.notice import DeliveryState


@dataclass(frozen=True, slots=True)
class ReportMail:
    """One sending of a report. Append-only; the file is kept beside it as it was sent.

    channel       name of the e-mail channel whose server hands it over
    recipients    their addresses, in the order in which they were given; each gets a copy of its own
    subject       as it stands in the mail: exercise, marking, draft or not, title
    lines         the paragraphs of its text
    file          name of the attached file; `digest` the SHA-256 of it, `bytes` its size
    tlp           the marking that the report bore
    is_confirmed  whether who sent a report that is TLP:RED said that it may go by e-mail
    """

    id: str
    report_id: str
    channel: str
    recipients: tuple[str, ...]
    subject: str
    lines: tuple[str, ...]
    file: str
    media_type: str
    digest: str
    bytes: int
    tlp: str
    made_by: str
    made_at: datetime
    is_confirmed: bool = False
    is_exercise: bool = False


@dataclass(frozen=True, slots=True)
class ReportCopy:
    """One recipient's copy on its way.

    attempts  how often it was tried
    next_at   when it is tried next; None once sent or given up
    fault     why the last attempt failed, without passwords
    """

    mail_id: str
    recipient: str
    channel: str
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    changed_at: datetime
    fault: str | None = None


def report_mail_id(report_id: str, ticket: str) -> str:
    """The id of one sending: `ticket` is made with the form, so that a form sent twice is one sending."""
    return make_id("mai", report_id, ticket)
