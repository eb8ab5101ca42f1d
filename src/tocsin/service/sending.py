"""Working off what waits to leave over a channel, whatever it is: claimed for a while, sent, and written down.

One thing at a time, and the most pressing first: a FLASH notice that comes in the middle of forty copies of a report
waits for the one that is in hand. If the desk dies in between, the claim (the lease) runs out, and what was in hand
goes out again under the same identifiers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.errors import DeliveryError
from tocsin.ports import Clock
from tocsin.service.judging import Outcome, Round, judge_failure, tell_outcome

log = logging.getLogger("tocsin.courier")


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to be sent over a channel, held by who claimed it.

    key       knows it again: what it is and to whom it goes
    what      kind and id, for the log
    attempts  how often it was tried, this time included
    made_at   since when it waits
    send      hands it over; raises DeliveryError
    finish    writes down what became of it; False where somebody else holds it by now
    """

    key: tuple[str, ...]
    what: str
    channel: str
    attempts: int
    made_at: datetime
    send: Callable[[], None]
    finish: Callable[[Outcome], bool]


class Tray(Protocol):
    """What waits of one kind: notices, or copies of reports."""

    def list_due(self, now: datetime) -> list[str]:
        """The channels that have something to send."""
        ...

    def claim(self, channel: str, now: datetime, lease_seconds: float) -> Errand | None:
        """Hold the most pressing of a channel for so many seconds; None where nothing is due."""
        ...


class Sender:
    """Empties trays over one channel after the other; what lies in an earlier tray goes before all of a later one."""

    def __init__(
        self, trays: Sequence[Tray], *, clock: Clock, chance: Callable[[], float], lease_seconds: float
    ) -> None:
        self._trays, self._clock, self._chance, self._lease = tuple(trays), clock, chance, lease_seconds
        #: What went out and could not be written down: it is not sent again by this desk.
        self._unwritten: set[tuple[str, ...]] = set()

    def list_due(self) -> set[str]:
        """The channels that have something to send."""
        now = self._clock.now()
        return {channel for tray in self._trays for channel in tray.list_due(now)}

    def empty(self, channel: str, is_stopped: Callable[[], bool]) -> Round:
        """Send what is due over a channel, one after the other, until there is no more or the desk is to stop."""
        done = Round()
        while not is_stopped() and (errand := self._claim(channel)) is not None:
            done += self._run(errand)
        return done

    def _claim(self, channel: str) -> Errand | None:
        now = self._clock.now()
        claimed = (tray.claim(channel, now, self._lease) for tray in self._trays)
        return next((errand for errand in claimed if errand is not None), None)

    def _run(self, errand: Errand) -> Round:
        outcome = Outcome("sent") if errand.key in self._unwritten else self._send(errand)
        if outcome.state == "sent":
            self._unwritten.add(errand.key)
        is_ours = errand.finish(outcome)
        self._unwritten.discard(errand.key)
        if not is_ours:
            log.warning("%s over channel %s: the lease had run out", errand.what, errand.channel)
        return Round(outcome.state == "sent", outcome.state == "waiting", outcome.state == "given-up")

    def _send(self, errand: Errand) -> Outcome:
        try:
            errand.send()
        except DeliveryError as why:
            outcome = self._judge(errand, why)
            log.warning("%s, attempt %d: %s: %s", errand.what, errand.attempts, why, tell_outcome(outcome))
            return outcome
        except Exception as defect:
            log.exception("%s cannot be sent over channel %s", errand.what, errand.channel)
            reason = f"a defect of the desk ({type(defect).__name__}): its log says more"
            return self._judge(errand, DeliveryError("channel", errand.channel, reason, is_final=False))
        return Outcome("sent")

    def _judge(self, errand: Errand, why: DeliveryError) -> Outcome:
        return judge_failure(errand.attempts, errand.made_at, why, now=self._clock.now(), chance=self._chance())
