"""Notices by e-mail, over one mail server.

The same notice under the same mark makes the same message at every try, `Message-ID` and `Date` included, so that a
mailbox can see that it has it.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tocsin.errors import DeliveryError
from tocsin.notify.channels import EmailChannel
from tocsin.notify.cleaning import clean_line
from tocsin.notify.smtp import MailServer, Refusals, is_for_good, tell_refusals
from tocsin.notify.telling import fit_notice
from tocsin.notify.texts import name_earlier, name_message, write_html, write_plain, write_subject
from tocsin.records import Notice, Precedence
from tocsin.records.marking import Tlp

#: X-Priority and Importance: the first as Outlook and Thunderbird read it, the second from RFC 2156.
_PRIORITIES: dict[Precedence, tuple[str, str]] = {
    "FLASH": ("1 (Highest)", "high"),
    "IMMEDIATE": ("2 (High)", "high"),
    "PRIORITY": ("3 (Normal)", "normal"),
    "ROUTINE": ("4 (Low)", "low"),
}
#: Notices that some wait for still; the oldest is forgotten, and goes to all again.
_MOST_RESTS = 1000


class MailNotifier:
    """A `ports.Notifier` that hands each notice to the channel's mail server."""

    def __init__(
        self, channel: EmailChannel, *, address: str | None = None, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self._channel, self._address = channel, address
        self._server = MailServer(channel, ssl_context)
        #: For notices that some have already: who is to be tried again, and who was refused for good.
        self._rests: dict[str, tuple[Sequence[str], Refusals]] = {}

    def send(self, notice: Notice, tlp: Tlp | None) -> None:
        """Hand the notice over; raises DeliveryError as `MailServer.hand_over` does, and where some did not get it.

        Those whom the server put off (4xx) are tried again alone for as long as the program runs; after a restart all
        get the same message again, under the same Message-ID.
        """
        message = make_message(notice, tlp, self._channel, self._address)
        waiting, lost = self._rests.pop(notice.id, (self._channel.recipients, {}))
        try:
            refused = self._server.hand_over(message, waiting)
        except DeliveryError as why:
            if len(waiting) == len(self._channel.recipients):
                raise
            if not why.is_final:
                self._keep_rest(notice.id, waiting, lost)
            told = "; ".join(part for part in (tell_refusals(lost), why.why) if part)
            raise self._server.fail(f"sent, but not to all: {told}", is_final=why.is_final, is_partial=True) from why
        lost = {**lost, **{name: answer for name, answer in refused.items() if is_for_good(answer)}}
        put_off = [name for name in refused if name not in lost]
        if put_off:
            self._keep_rest(notice.id, put_off, lost)
        if refused or lost:
            told = tell_refusals({**lost, **refused})
            raise self._server.fail(f"sent, but not to {told}", is_final=not put_off, is_partial=True)

    def _keep_rest(self, notice_id: str, waiting: Sequence[str], lost: Refusals) -> None:
        self._rests[notice_id] = (waiting, lost)
        if len(self._rests) > _MOST_RESTS:
            del self._rests[next(iter(self._rests))]


def make_message(notice: Notice, tlp: Tlp | None, channel: EmailChannel, address: str | None = None) -> EmailMessage:
    """The message of a notice and its mark for a channel: the same at every call."""
    told = fit_notice(notice, tlp, channel.tlp)
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    host = channel.sender.rpartition("@")[2]
    message["Message-ID"] = name_mail(notice.id, channel.name, host)
    message["Date"] = format_datetime(notice.made_at)
    message["From"] = channel.sender
    # People on a list of recipients need not learn of each other.
    message["To"] = channel.recipients[0] if len(channel.recipients) == 1 else "undisclosed-recipients:;"
    message["Subject"] = clean_line(write_subject(told), 250)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Priority"], message["Importance"] = _PRIORITIES[notice.precedence]
    if earlier := name_earlier(notice):
        named = [name_mail(id_, channel.name, host) for id_ in earlier]
        message["In-Reply-To"] = named[-1]
        message["References"] = " ".join(named)
    message.set_content(write_plain(told, address), cte="quoted-printable")
    message.add_alternative(write_html(told, address), subtype="html", cte="quoted-printable")
    # The same at every try; "=_" cannot stand in a quoted-printable text, so no text can end its part.
    message.set_boundary(f"=_{name_message(notice.id, channel.name)}")
    return message


def name_mail(notice_id: str, channel: str, host: str) -> str:
    """The Message-ID of a notice on a channel."""
    return f"<{name_message(notice_id, channel)}@{host}>"
