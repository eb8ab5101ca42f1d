"""Sending what stands in the outbox, until told to stop: notices, and reports by e-mail.

Each channel has a worker of its own, so that one that hangs holds up no other. How one thing leaves stands in
`sending.py`.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tocsin.desk.marking import choose_restriction
from tocsin.errors import TocsinError
from tocsin.ports import Clock, Notifier, Store, SystemClock
from tocsin.records import Notice
from tocsin.records.marking import Tlp, is_public, parse_tlp
from tocsin.service.judging import Round
from tocsin.service.mailing import ReportTray, SendsCopies
from tocsin.service.notifying import NOTHING_FITTED, NOTHING_SAID, FitNotice, NoticeTray
from tocsin.service.sending import Sender
from tocsin.settings import Settings

if TYPE_CHECKING:
    from tocsin.notify import Channel, Wanted

#: How often the outbox is looked at by a worker that nobody wakes.
TICK_SECONDS = 1.0
#: For how long one thing is claimed. No sending takes so long: a channel's `timeout_seconds` is at most 60.
LEASE_SECONDS = 180.0
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
        wanted: Mapping[str, Wanted] = NOTHING_SAID,
        fits: Mapping[str, FitNotice] = NOTHING_FITTED,
    ) -> None:
        clock = clock or SystemClock()
        notices = NoticeTray(store, notifiers, clock=clock, wanted=wanted, fits=fits)
        trays = (notices, ReportTray(store, mailers or {}, clock=clock))
        self._sender = Sender(trays, clock=clock, chance=chance, lease_seconds=lease_seconds)
        self._names, self._tick = frozenset(notifiers), tick_seconds
        self._stop = threading.Event()
        #: One for each worker; that without a name looks after channels that are not in the file.
        self._bells = {name: threading.Event() for name in (*notifiers, "")}
        self._threads: list[threading.Thread] = []

    def run_once(self) -> Round:
        """Send what is due now over all channels side by side, and wait for the end of it."""
        with ThreadPoolExecutor(len(self._bells), thread_name_prefix="tocsin-courier") as pool:
            return sum(pool.map(self._safely_empty, self._bells), Round())

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
        strays = sorted(self._sender.list_due() - self._names)
        return sum((self._empty(name) for name in strays), Round())

    def _empty(self, channel: str) -> Round:
        return self._sender.empty(channel, self._stop.is_set)


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


def open_postman(store: Store, channels: Iterable[Channel], *, clock: Clock) -> Sender:
    """What sends reports over the e-mail channels among these, beside any courier that runs."""
    tray = ReportTray(store, _open_mailers(channels), clock=clock)
    return Sender([tray], clock=clock, chance=random.random, lease_seconds=LEASE_SECONDS)


def open_courier(
    store: Store, settings: Settings, *, clock: Clock | None = None, fit: Callable[..., Notice] | None = None
) -> Courier:
    """A courier over the desk's channels; raises what `load_desk_channels` raises.

    fit  makes a notice fit to leave over a channel that is not `precise` (`desk.export_notices.fit_for_all`); without
         it, what everybody may come to read is a bare call, so that no name leaves by an oversight

    Raises KnowledgeError as well where the desk's rules or policy are faulty: with those it would serve its pages, take
    nothing in and never ring, and only its log would say so.
    """
    from tocsin.knowledge.policy import load_alert_policy
    from tocsin.knowledge.rules import load_alert_rules
    from tocsin.notify import open_notifier

    load_alert_rules(settings.alert_rules)
    load_alert_policy(settings.alert_policy)
    now = (clock or SystemClock()).now
    channels = load_desk_channels(settings)
    notifiers = {c.name: open_notifier(c, address=settings.public_address, now=now) for c in channels}
    wanted = {c.name: c.wanted for c in channels}
    fitting = fit or partial(_cut_for_all, settings.tlp)
    fits = {c.name: partial(fitting, limit=c.tlp) for c in channels if not c.is_precise}
    return Courier(store, notifiers, clock=clock, mailers=_open_mailers(channels), wanted=wanted, fits=fits)


def _cut_for_all(own: str, notice: Notice, mark: Tlp | None, *, limit: Tlp) -> Notice:
    from tocsin.notify.telling import cut_notice

    return cut_notice(notice) if is_public(limit) or is_public(choose_restriction(parse_tlp(own), mark)) else notice


def _open_mailers(channels: Iterable[Channel]) -> dict[str, SendsCopies]:
    from tocsin.notify import open_mailer

    return {c.name: mailer for c in channels if (mailer := open_mailer(c)) is not None}
