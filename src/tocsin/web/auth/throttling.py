"""Waiting after wrong passwords: longer with each, by name and by address, in bounded memory."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

#: So many names and addresses are remembered each; the one that failed longest ago is forgotten first.
MOST_KEYS = 10_000
#: Without a failure for so long, a key begins anew.
FORGET = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How waiting grows: `free` failures cost nothing, then 1 s, 2 s, 4 s …, at most `longest`."""

    free: int
    longest: timedelta


#: A name is shared with whoever guesses at it, so that its owner is never kept out for long.
BY_NAME = Pace(free=4, longest=timedelta(minutes=1))
#: Behind one address there may be a whole office.
BY_ADDRESS = Pace(free=10, longest=timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last_at: datetime


class Throttle:
    """Remembers failures under keys of one kind. Safe to use from many threads; each server has its own."""

    def __init__(self, pace: Pace, most: int = MOST_KEYS) -> None:
        self._pace, self._most = pace, most
        self._held: OrderedDict[str, _Failures] = OrderedDict()
        self._lock = Lock()

    def find_wait(self, key: str, now: datetime) -> timedelta:
        """How long the key must still wait; zero where it need not."""
        with self._lock:
            held = self._held.get(key)
        if held is None or now - held.last_at >= FORGET:
            return timedelta(0)
        return max(held.last_at + self._find_pause(held.count) - now, timedelta(0))

    def add_failure(self, key: str, now: datetime) -> None:
        """One more failure."""
        with self._lock:
            held = self._held.pop(key, None)
            count = 1 if held is None or now - held.last_at >= FORGET else held.count + 1
            self._held[key] = _Failures(count, now)
            while len(self._held) > self._most:
                self._held.popitem(last=False)

    def forget(self, key: str) -> None:
        """Begin anew: it was the right password."""
        with self._lock:
            self._held.pop(key, None)

    def take_back(self, key: str) -> None:
        """One failure was none; the others stay, so that nobody clears an address by signing in as himself."""
        with self._lock:
            held = self._held.get(key)
            if held is not None and held.count > 1:
                self._held[key] = _Failures(held.count - 1, held.last_at)
            else:
                self._held.pop(key, None)

    def __len__(self) -> int:
        return len(self._held)

    def _find_pause(self, count: int) -> timedelta:
        if count <= self._pace.free:
            return timedelta(0)
        # beyond 2^20 seconds every pace has come to its longest
        return min(timedelta(seconds=2.0 ** min(count - self._pace.free - 1, 20)), self._pace.longest)


def find_network(address: str | None) -> str:
    """The network that an address counts under when it guesses: itself for IPv4, its /64 for IPv6."""
    return _cut(address, 32, 64)


def find_place(address: str | None) -> str:
    """Where somebody signs in from, coarsely, for the log: "192.0.2.0/24", "2001:db8::/48", "this machine"."""
    return _cut(address, 24, 48)


def _cut(address: str | None, bits4: int, bits6: int) -> str:
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_loopback:
        return "this machine"
    return str(ipaddress.ip_network((found, bits4 if found.version == 4 else bits6), strict=False))
