"""Sending what stands in the outbox, until told to stop.

Each channel has a worker of its own, so that one that hangs holds up no other. A worker claims a few deliveries for a
while (the lease), sends them one by one, and writes down what became of each. If it dies in between, the lease runs out
and the delivery goes out again under the same identifiers.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tocsin.desk.marking import find_notice_marks
from tocsin.errors import DeliveryError, TocsinError
from tocsin.ports import Clock, Notifier, Store, SystemClock
from tocsin.records import Delivery, Notice
from tocsin.service.judging import Outcome, Round, judge_failure, tell_outcome
from tocsin.service.mailing import Postman, SendsCopies
from tocsin.settings import Settings

if TYPE_CHECKING:
    from tocsin.notify import Channel

#: How often the outbox is looked at by a worker that nobody wakes.
TICK_SECONDS = 1.0
#: Deliveries claimed at a time, and for how long. A worker sends none whose lease might end before it does.
BATCH = 8
LEASE_SECONDS = 180.0
#: No notifier takes longer than this: a channel's `timeout_seconds` is at most 60.
LONGEST_SEND_SECONDS = 90.0
#: How long what is in hand may take to leave when the desk is shut: a mail may take half a minute.
PATIENCE_SECONDS = 60.0
log = logging.getLogger("tocsin.courier")


class Announces(Protocol):
    """What calls `on_notices` whenever it has put notices into the outbox: the desk."""

    on_notices: Callable[[], None]


class Courier:
    """Sends what is due over each channel; no failure ever ends it."""

    def __init__(
        self,
        store: Store,
        notifiers: Mapping[str, Notifier],
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        tick_seconds: float = TICK_SECONDS,
        lease_seconds: float = LEASE_SECONDS,
        mailers: Mapping[str, SendsCopies] | None = None,
    ) -> None:
        self._store, self._notifiers, self._clock = store, dict(notifiers), clock or SystemClock()
        self._chance, self._tick, self._lease = chance, tick_seconds, lease_seconds
        self._postman = Postman(store, mailers or {}, clock=self._clock, chance=chance, lease_seconds=lease_seconds)
        self._stop = threading.Event()
        self._bells = {name: threading.Event() for name in (*self._notifiers, "")}
        self._threads: list[threading.Thread] = []
        #: What went out and could not be written down: it is not sent again by this courier.
        self._unwritten: set[tuple[str, str]] = set()

    def run_once(self) -> Round:
        """Send what is due now over all channels side by side, and wait for the end of it."""
        names = [*self._notifiers, ""]
        with ThreadPoolExecutor(len(names), thread_name_prefix="tocsin-courier") as pool:
            return sum(pool.map(self._safely_empty, names), Round())

    def start(self) -> None:
        """Send in threads of its own, one for each channel."""
        for name in self._bells:
            thread = threading.Thread(target=self._loop, args=(name,), name=f"tocsin-courier-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    @contextmanager
    def running(self, desk: Announces) -> Iterator[None]:
        """Send for as long as the block lasts; woken whenever the desk has put something into the outbox."""
        desk.on_notices = self.wake
        self.start()
        try:
            yield
        finally:
            self.stop(PATIENCE_SECONDS)

    def wake(self) -> None:
        """Look at the outbox now: something was put into it."""
        for bell in self._bells.values():
            bell.set()

    def stop(self, timeout: float = 10.0) -> None:
        """Ask the workers to end after the delivery in hand, and wait for them, all in all so many seconds."""
        self._stop.set()
        self.wake()
        until = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _loop(self, name: str) -> None:
        bell = self._bells[name]
        while not self._stop.is_set():
            self._safely_empty(name)
            bell.wait(self._tick)
            bell.clear()

    def _safely_empty(self, name: str) -> Round:
        try:
            return self._empty(name) if name else self._empty_strays()
        except TocsinError as why:
            log.warning("the outbox of channel %s cannot be worked off: %s", name or "(none)", why)
        except Exception:  # a defect must not silence the desk for the night
            log.exception("the outbox of channel %s cannot be worked off", name or "(none)")
        return Round()

    def _empty_strays(self) -> Round:
        """Deliveries for channels that are no longer in the file: they wait for it, and are given up in the end."""
        due = {*self._store.due_channels(self._clock.now()), *self._postman.list_due()}
        strays = sorted(due - self._notifiers.keys())
        return sum((self._empty(name) for name in strays), Round())

    def _empty(self, channel: str) -> Round:
        done = Round()
        while not self._stop.is_set():
            until = time.monotonic() + self._lease - LONGEST_SEND_SECONDS
            claimed = self._store.claim_deliveries(self._clock.now(), BATCH, self._lease, channel=channel)
            if not claimed:
                break
            for at, (delivery, notice) in enumerate(claimed):
                if at and (self._stop.is_set() or time.monotonic() > until):
                    self._hand_back([held for held, _ in claimed[at:]])
                    break
                done += self._deliver(delivery, notice)
        return done + self._postman.empty(channel, self._stop.is_set)

    def _hand_back(self, held: Iterable[Delivery]) -> None:
        """Let go of what was claimed and not tried."""
        for delivery in held:
            self._write(delivery, Outcome("waiting", self._clock.now(), delivery.fault), is_tried=False)

    def _deliver(self, delivery: Delivery, notice: Notice) -> Round:
        key = (delivery.notice_id, delivery.channel)
        outcome = Outcome("sent") if key in self._unwritten else self._send(delivery, notice)
        if outcome.state == "sent":
            self._unwritten.add(key)
        self._write(delivery, outcome)
        self._unwritten.discard(key)
        return Round(outcome.state == "sent", outcome.state == "waiting", outcome.state == "given-up")

    def _send(self, delivery: Delivery, notice: Notice) -> Outcome:
        notifier = self._notifiers.get(delivery.channel)
        try:
            if notifier is None:
                raise DeliveryError("channel", delivery.channel, "is not in the file of channels", is_final=False)
            # Asked at each try: what was marked since the notice was made, or since the last try, holds.
            notifier.send(notice, find_notice_marks(self._store, [notice]).get(notice.id))
        except DeliveryError as why:
            outcome = judge_failure(delivery, notice, why, now=self._clock.now(), chance=self._chance())
            log.warning("notice %s, attempt %d: %s: %s", notice.id, delivery.attempts, why, tell_outcome(outcome))
            return outcome
        except Exception as defect:
            log.exception("notice %s cannot be sent over channel %s", notice.id, delivery.channel)
            reason = f"a defect of the desk ({type(defect).__name__}): its log says more"
            failure = DeliveryError("channel", delivery.channel, reason, is_final=False)
            return judge_failure(delivery, notice, failure, now=self._clock.now(), chance=self._chance())
        return Outcome("sent")

    def _write(self, delivery: Delivery, outcome: Outcome, *, is_tried: bool = True) -> None:
        is_ours = self._store.finish_delivery(
            delivery.notice_id,
            delivery.channel,
            delivery.attempts,
            outcome.state,
            at=self._clock.now(),
            next_at=outcome.next_at,
            fault=outcome.fault,
            is_tried=is_tried,
        )
        if not is_ours:
            log.warning("notice %s over channel %s: the lease had run out", delivery.notice_id, delivery.channel)


def find_channels_file(settings: Settings) -> Path | None:
    """The operator's file of channels: the one of the settings, or channels.toml in home if it is there."""
    from tocsin.desk.opening import find_home
    from tocsin.notify import CHANNELS_FILE

    if settings.channels is not None:
        return settings.channels
    path = find_home(settings) / CHANNELS_FILE
    return path if path.exists() else None


def load_desk_channels(settings: Settings) -> tuple[Channel, ...]:
    """The channels of the desk, none where it has no file; raises KnowledgeError or SettingError for a wrong one."""
    from tocsin.notify import load_channels

    path = find_channels_file(settings)
    return () if path is None else load_channels(path)


def open_postman(store: Store, channels: Iterable[Channel], *, clock: Clock) -> Postman:
    """What sends reports over the e-mail channels among these, beside any courier that runs."""
    from tocsin.notify import open_mailer

    mailers = {c.name: mailer for c in channels if (mailer := open_mailer(c)) is not None}
    return Postman(store, mailers, clock=clock, chance=random.random, lease_seconds=LEASE_SECONDS)


def open_courier(store: Store, settings: Settings, *, clock: Clock | None = None) -> Courier:
    """A courier over the desk's channels; raises what `load_desk_channels` raises."""
    from tocsin.notify import open_mailer, open_notifier

    now = (clock or SystemClock()).now
    channels = load_desk_channels(settings)
    notifiers = {c.name: open_notifier(c, address=settings.public_address, now=now) for c in channels}
    mailers = {c.name: mailer for c in channels if (mailer := open_mailer(c)) is not None}
    return Courier(store, notifiers, clock=clock, mailers=mailers)
