"""From a channel of the operator's file to what sends over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tocsin.notify.channels import Channel, EmailChannel
from tocsin.ports import Notifier

if TYPE_CHECKING:
    from tocsin.notify.report_mail import ReportMailer


def open_notifier(
    channel: Channel, *, address: str | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Notifier:
    """What sends notices over a channel; nothing is connected before the first.

    address  public address of the desk, with which links begin
    now      stamps the signatures of webhooks
    """
    if isinstance(channel, EmailChannel):
        from tocsin.notify.mail import MailNotifier

        return MailNotifier(channel, address=address)
    from tocsin.notify.webhook import WebhookNotifier

    return WebhookNotifier(channel, address=address, now=now)


def open_mailer(channel: Channel) -> ReportMailer | None:
    """What sends reports over a channel's mail server; None for a channel that is no e-mail."""
    if not isinstance(channel, EmailChannel):
        return None
    from tocsin.notify.report_mail import ReportMailer

    return ReportMailer(channel)
