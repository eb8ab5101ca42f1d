"""A situation report by e-mail: a copy for each recipient, the report attached.

The same sending makes the same message for a recipient at every try, `Message-ID` and `Date` included.
"""

from __future__ import annotations

import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tocsin.notify.channels import EmailChannel
from tocsin.notify.cleaning import clean_line, clean_text
from tocsin.notify.smtp import MailServer
from tocsin.records import digest_text
from tocsin.records.report_mail import ReportMail

LONGEST_SUBJECT = 250


class ReportMailer:
    """Hands copies of reports to the server of an e-mail channel."""

    def __init__(self, channel: EmailChannel, *, ssl_context: ssl.SSLContext | None = None) -> None:
        self._channel = channel
        self._server = MailServer(channel, ssl_context)

    def send_copy(self, mail: ReportMail, body: bytes, recipient: str) -> None:
        """Hand one copy over; raises DeliveryError as `MailServer.hand_over` does."""
        self._server.hand_over(make_report_message(mail, body, recipient, self._channel), [recipient])


def make_report_message(mail: ReportMail, body: bytes, recipient: str, channel: EmailChannel) -> EmailMessage:
    """The message of a report for one recipient: the same at every call."""
    name = f"{mail.id}.{digest_text(recipient)[:16]}"
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["Message-ID"] = f"<{name}@{channel.sender.rpartition('@')[2]}>"
    message["Date"] = format_datetime(mail.made_at)
    message["From"] = channel.sender
    message["To"] = recipient
    message["Subject"] = clean_line(mail.subject, LONGEST_SUBJECT)
    message.set_content("\n\n".join(clean_text(line) for line in mail.lines) + "\n", cte="quoted-printable")
    main, _, sub = mail.media_type.partition(";")[0].partition("/")
    message.add_attachment(body, maintype=main, subtype=sub, filename=clean_line(mail.file, 120), cte="base64")
    # The same at every try; "=_" cannot stand in quoted-printable or base64, so no text can end its part.
    message.set_boundary(f"=_{name}")
    return message
