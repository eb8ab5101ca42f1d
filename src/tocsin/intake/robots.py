"""What the people who run a machine allow robots to fetch: robots.txt (RFC 9309), remembered for an hour."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.errors import FetchError

if TYPE_CHECKING:
    from protego import Protego

PRODUCT = "Tocsin"
"""The name that a robots.txt may address us by."""

KEPT_SECONDS = 3600.0
MAX_BYTES = 512 * 1024
"""RFC 9309, section 2.5, asks for at least 500 KiB."""

_RETRY_SECONDS = 300.0
MAX_SITES = 1_000
MAX_KEPT_BYTES = 2 * 1024 * 1024
"""Of all files that are remembered, as they were answered: their rules take forty times that in memory."""

_MAX_DELAY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """How a site answered: status 200 with its rules, another status, or None where it could not be reached."""

    status: int | None
    body: bytes = b""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Site:
    until: float
    size: int = 0
    rules: Protego | None = None
    problem: str | None = None


class DisallowedError(FetchError):
    """The people who run the machine do not allow it."""


class Robots:
    """Rules by site; `ask` fetches the robots.txt of an origin ("https://torin.example")."""

    def __init__(self, ask: Callable[[str], RobotsAnswer], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._clock = ask, clock
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def check(self, origin: str, address: str, shown: str) -> float:
        """Seconds to leave between two requests to the site; raises FetchError where `address` may not be fetched."""
        site = self._site(origin)
        if site.problem is not None:
            raise FetchError("address", shown, f"is not fetched for now: its robots.txt {site.problem}")
        if site.rules is None:
            return 0.0
        if not site.rules.can_fetch(address, PRODUCT):
            raise DisallowedError("address", shown, "may not be fetched: its robots.txt does not allow it")
        return min(float(site.rules.crawl_delay(PRODUCT) or 0.0), _MAX_DELAY_SECONDS)

    def _site(self, origin: str) -> _Site:
        known = self._sites.get(origin)
        if known is not None and known.until > self._clock():
            return known
        site = self._read(self._ask(origin))
        with self._lock:
            self._sites.pop(origin, None)
            self._sites[origin] = site
            self._forget()
        return site

    def _forget(self) -> None:
        """Let the sites go that were asked longest ago, until what is kept is within its bounds."""
        size = sum(site.size for site in self._sites.values())
        while len(self._sites) > MAX_SITES or (size > MAX_KEPT_BYTES and len(self._sites) > 1):
            size -= self._sites.pop(next(iter(self._sites))).size

    def _read(self, answer: RobotsAnswer) -> _Site:
        """RFC 9309, section 2.3.1: a missing file allows all, a failing site nothing."""
        from protego import Protego

        now = self._clock()
        if answer.status is None or answer.status >= 500:
            problem = answer.problem or f"answers with status {answer.status}"
            return _Site(now + _RETRY_SECONDS, problem=problem)
        if 200 <= answer.status < 300:
            text = answer.body[:MAX_BYTES].decode("utf-8-sig", "replace")
            return _Site(now + KEPT_SECONDS, len(text), rules=Protego.parse(text))
        return _Site(now + KEPT_SECONDS)
