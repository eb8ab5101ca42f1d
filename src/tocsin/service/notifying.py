"""The notices that wait to leave, as a `sending.Tray`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from tocsin.desk.marking import find_notice_marks
from tocsin.errors import DeliveryError
from tocsin.ports import Clock, Notifier, Store
from tocsin.records import Delivery, Notice
from tocsin.records.marking import Tlp
from tocsin.service.judging import Outcome
from tocsin.service.sending import Errand

if TYPE_CHECKING:
    from tocsin.notify import Wanted

#: A notice and its mark to what of it may leave under that.
FitNotice = Callable[[Notice, Tlp | None], Notice]
NOTHING_SAID: Mapping[str, Wanted] = MappingProxyType({})
NOTHING_FITTED: Mapping[str, FitNotice] = MappingProxyType({})


class NoticeTray:
    """The notices that are due.

    By the channel's name: `notifiers`, what it wants of a digest, and what makes a notice `fit` to leave over it.
    """

    def __init__(
        self,
        store: Store,
        notifiers: Mapping[str, Notifier],
        *,
        clock: Clock,
        wanted: Mapping[str, Wanted] = NOTHING_SAID,
        fits: Mapping[str, FitNotice] = NOTHING_FITTED,
    ) -> None:
        self._store, self._notifiers, self._clock = store, dict(notifiers), clock
        self._wanted, self._fits = wanted, fits

    def list_due(self, now: datetime) -> list[str]:
        """The channels that have a notice to send."""
        return self._store.due_channels(now)

    def claim(self, channel: str, now: datetime, lease_seconds: float) -> Errand | None:
        """Hold the gravest, of equals the one that is due longest; None where none is due."""
        while True:
            claimed = self._store.claim_deliveries(now, 1, lease_seconds, channel=channel)
            if claimed:
                return self._make_errand(*claimed[0])
            # what cannot be read back is given up where it was to be claimed, and what lies behind it is still due
            if channel not in self._store.due_channels(now):
                return None

    def _make_errand(self, delivery: Delivery, notice: Notice) -> Errand:
        return Errand(
            key=("notice", delivery.notice_id, delivery.channel),
            what=f"notice {notice.id}",
            channel=delivery.channel,
            attempts=delivery.attempts,
            made_at=notice.made_at,
            send=lambda: self._send(delivery, notice),
            finish=lambda outcome: self._finish(delivery, outcome),
        )

    def _send(self, delivery: Delivery, notice: Notice) -> None:
        notifier = self._notifiers.get(delivery.channel)
        if notifier is None:
            raise DeliveryError("channel", delivery.channel, "is not in the file of channels", is_final=False)
        notice = self._choose(delivery.channel, notice)
        # Asked at each try: what was marked since the notice was made, or since the last try, holds.
        mark = find_notice_marks(self._store, [notice]).get(notice.id)
        fit = self._fits.get(delivery.channel)
        notifier.send(fit(notice, mark) if fit else notice, mark)

    def _choose(self, channel: str, notice: Notice) -> Notice:
        wanted = self._wanted.get(channel)
        if wanted is None or not notice.parts:
            return notice
        from tocsin.notify import fit_digest

        fitted = fit_digest(notice, wanted)
        if fitted is None:
            why = "wants nothing of this digest any more: the file of channels has changed since it was made"
            raise DeliveryError("channel", channel, why, is_final=True)
        return fitted

    def _finish(self, delivery: Delivery, outcome: Outcome) -> bool:
        return self._store.finish_delivery(
            delivery.notice_id,
            delivery.channel,
            delivery.attempts,
            outcome.state,
            at=self._clock.now(),
            next_at=outcome.next_at,
            fault=outcome.fault,
        )
