"""The copies of reports that wait to leave by e-mail, as a `sending.Tray`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from tocsin.errors import DeliveryError
from tocsin.ports import Clock, Store
from tocsin.records.report_mail import ReportCopy, ReportMail
from tocsin.service.judging import Outcome
from tocsin.service.sending import Errand


class SendsCopies(Protocol):
    """What hands copies of reports over: the mailer of an e-mail channel."""

    def send_copy(self, mail: ReportMail, body: bytes, recipient: str) -> None:
        """Hand one over; raises DeliveryError."""
        ...


class ReportTray:
    """The copies of reports that are due; `mailers` by the channel's name."""

    def __init__(self, store: Store, mailers: Mapping[str, SendsCopies], *, clock: Clock) -> None:
        self._store, self._mailers, self._clock = store, dict(mailers), clock

    def list_due(self, now: datetime) -> list[str]:
        """The channels that have a copy to send."""
        return self._store.due_mail_channels(now)

    def claim(self, channel: str, now: datetime, lease_seconds: float) -> Errand | None:
        """Hold the copy that is due longest; None where none is due."""
        claimed = self._store.claim_report_copy(channel, now, lease_seconds)
        return None if claimed is None else self._make_errand(*claimed)

    def _make_errand(self, copy: ReportCopy, mail: ReportMail, body: bytes) -> Errand:
        return Errand(
            key=("report", copy.mail_id, copy.recipient),
            what=f"report mail {mail.id}",
            channel=copy.channel,
            attempts=copy.attempts,
            made_at=mail.made_at,
            send=lambda: self._send(copy, mail, body),
            finish=lambda outcome: self._finish(copy, outcome),
        )

    def _send(self, copy: ReportCopy, mail: ReportMail, body: bytes) -> None:
        mailer = self._mailers.get(copy.channel)
        if mailer is None:
            reason = "is no e-mail channel in the file of channels"
            raise DeliveryError("channel", copy.channel, reason, is_final=False)
        mailer.send_copy(mail, body, copy.recipient)

    def _finish(self, copy: ReportCopy, outcome: Outcome) -> bool:
        return self._store.finish_report_copy(
            copy, outcome.state, at=self._clock.now(), next_at=outcome.next_at, fault=outcome.fault
        )
