"""Sending the reports that wait to leave by e-mail, a copy at a time.

A copy is claimed for a while (the lease), sent, and written down. If the desk dies in between, the lease runs out and
the copy goes out again under the same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from tocsin.errors import DeliveryError
from tocsin.ports import Clock, Store
from tocsin.records.report_mail import ReportCopy, ReportMail
from tocsin.service.judging import Outcome, Round, judge_failure, tell_outcome

log = logging.getLogger("tocsin.courier")


class SendsCopies(Protocol):
    """What hands copies of reports over: the mailer of an e-mail channel."""

    def send_copy(self, mail: ReportMail, body: bytes, recipient: str) -> None:
        """Hand one over; raises DeliveryError."""
        ...


class Postman:
    """Sends the copies that are due over each channel; `mailers` by the channel's name."""

    def __init__(
        self,
        store: Store,
        mailers: Mapping[str, SendsCopies],
        *,
        clock: Clock,
        chance: Callable[[], float],
        lease_seconds: float,
    ) -> None:
        self._store, self._mailers, self._clock = store, dict(mailers), clock
        self._chance, self._lease = chance, lease_seconds
        #: What went out and could not be written down: it is not sent again by this desk.
        self._unwritten: set[tuple[str, str]] = set()

    def list_due(self) -> list[str]:
        """The channels that have something to send."""
        return self._store.due_mail_channels(self._clock.now())

    def empty(self, channel: str, is_stopped: Callable[[], bool]) -> Round:
        """Send what is due over a channel, one after the other, until there is no more or the desk is to stop."""
        done = Round()
        while not is_stopped():
            claimed = self._store.claim_report_copy(channel, self._clock.now(), self._lease)
            if claimed is None:
                break
            done += self._deliver(*claimed)
        return done

    def _deliver(self, copy: ReportCopy, mail: ReportMail, body: bytes) -> Round:
        key = (copy.mail_id, copy.recipient)
        outcome = Outcome("sent") if key in self._unwritten else self._send(copy, mail, body)
        if outcome.state == "sent":
            self._unwritten.add(key)
        is_ours = self._store.finish_report_copy(
            copy, outcome.state, at=self._clock.now(), next_at=outcome.next_at, fault=outcome.fault
        )
        self._unwritten.discard(key)
        if not is_ours:
            log.warning("report mail %s over channel %s: the lease had run out", copy.mail_id, copy.channel)
        return Round(outcome.state == "sent", outcome.state == "waiting", outcome.state == "given-up")

    def _send(self, copy: ReportCopy, mail: ReportMail, body: bytes) -> Outcome:
        mailer = self._mailers.get(copy.channel)
        try:
            if mailer is None:
                reason = "is no e-mail channel in the file of channels"
                raise DeliveryError("channel", copy.channel, reason, is_final=False)
            mailer.send_copy(mail, body, copy.recipient)
        except DeliveryError as why:
            outcome = judge_failure(copy, mail, why, now=self._clock.now(), chance=self._chance())
            log.warning("report mail %s, attempt %d: %s: %s", mail.id, copy.attempts, why, tell_outcome(outcome))
            return outcome
        except Exception as defect:
            log.exception("report mail %s cannot be sent over channel %s", mail.id, copy.channel)
            reason = f"a defect of the desk ({type(defect).__name__}): its log says more"
            failure = DeliveryError("channel", copy.channel, reason, is_final=False)
            return judge_failure(copy, mail, failure, now=self._clock.now(), chance=self._chance())
        return Outcome("sent")
