"""Fetching one address from the network, guarded: the only place of the desk that speaks to strangers."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from tocsin.errors import FetchError
from tocsin.intake.robots import MAX_BYTES as ROBOTS_MAX_BYTES
from tocsin.intake.robots import Robots, RobotsAnswer
from tocsin.network.addresses import show_address
from tocsin.ports import Page
from tocsin.settings import Settings

if TYPE_CHECKING:
    import httpx

    from tocsin.intake.exchange import Answer, Line
    from tocsin.network.transport import Resolver

MAX_REDIRECTS = 5
_MAX_TAG_CHARS = 512
_MAX_RETRY_SECONDS = 7 * 24 * 3600


class AnswerError(FetchError):
    """The address answered, with a status that is no success.

    status               as answered (410: gone for good)
    retry_after_seconds  how long the server asks us to stay away, or None
    """

    def __init__(self, which: str, status: int, retry_after_seconds: int | None = None) -> None:
        self.status, self.retry_after_seconds = status, retry_after_seconds
        super().__init__("address", which, f"answers with status {status}")


class GuardedFetcher:
    """A `ports.Fetcher` for the open internet.

    Only http and https; only public IP addresses, checked after resolving and on every redirect, and connected to as
    checked; robots.txt obeyed; one deadline for each fetch; at most `fetch_max_bytes` bytes, packed or unpacked; no
    cookies, no proxies, nothing from the environment; a second between two requests to one machine, or what its
    robots.txt asks for. `settings.fetch_private` also allows loopback and private networks, without that second.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings, self._resolver, self._ssl_context = settings, resolver, ssl_context
        self._line: Line | None = None
        self._robots = Robots(self._ask_robots, clock)
        self._pace = _Pace(0.0 if settings.fetch_private else 1.0, clock, sleep)

    def fetch(self, address: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        """The page behind an address, or its 304; raises FetchError naming the address and the reason.

        A status that is no success raises AnswerError, which carries the status and the server's wish to be left
        alone. User name and password in the address are sent to that machine only and stand in no message.
        """
        from tocsin.network.transport import ForbiddenError

        shown = show_address(address)
        try:
            return self._fetch(address, shown, {"If-None-Match": etag, "If-Modified-Since": last_modified})
        except ForbiddenError as why:
            # It may have been the robots.txt that was met first: what was asked for is named.
            raise ForbiddenError("address", shown, why.why) from why

    def _fetch(self, address: str, shown: str, tags: dict[str, str | None]) -> Page:
        from tocsin.intake.exchange import follow, login_header, name_origin, parse_address, strip_login
        from tocsin.network.transport import Deadline

        url = parse_address(address, shown)
        first, login = name_origin(url), login_header(url)
        deadline: Deadline | None = None
        for _ in range(MAX_REDIRECTS + 1):
            origin = name_origin(url)
            delay = self._robots.check(origin, str(strip_login(url)), shown)
            waited = self._pace.wait(url.host, delay)
            if deadline is None:
                deadline = Deadline(self._settings.fetch_timeout_seconds)
            else:
                deadline.extend(waited)
            sent = tags | ({"Authorization": login} if origin == first else {})
            answer = self._open_line().ask(url, sent, shown, deadline, self._settings.fetch_max_bytes)
            if answer.location is None:
                return _make_page(address, str(strip_login(url)), answer, is_conditional=any(tags.values()))
            url = follow(url, answer.location, shown)
        raise FetchError("address", shown, f"redirects more than {MAX_REDIRECTS} times")

    def _ask_robots(self, origin: str) -> RobotsAnswer:
        from tocsin.intake.exchange import follow, parse_address
        from tocsin.network.transport import Deadline, ForbiddenError

        shown = f"{origin}/robots.txt"
        deadline = Deadline(self._settings.fetch_timeout_seconds)
        try:
            url = parse_address(shown, shown)
            for _ in range(MAX_REDIRECTS + 1):
                answer = self._open_line().ask(url, {}, shown, deadline, ROBOTS_MAX_BYTES)
                if answer.location is None:
                    return RobotsAnswer(answer.status, answer.body)
                url = follow(url, answer.location, shown)
        except ForbiddenError:
            raise
        except FetchError as why:
            return RobotsAnswer(None, problem=why.why)
        # RFC 9309, section 2.3.1.2: a chain of redirects that leads nowhere counts as no robots.txt.
        return RobotsAnswer(404)

    def _open_line(self) -> Line:
        # Made once: reading the list of certificates takes longer than a request.
        if self._line is None:
            import httpx

            from tocsin.intake.exchange import Line
            from tocsin.network.transport import resolve_host

            context = self._ssl_context or httpx.create_ssl_context(trust_env=False)
            self._line = Line(self._resolver or resolve_host, context, self._settings.fetch_private)
        return self._line


class _Pace:
    """Leaves time between two requests to the same machine, over all threads."""

    def __init__(self, least: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._least, self._clock, self._sleep = least, clock, sleep
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def wait(self, host: str, delay: float) -> float:
        """Wait until `host` may be asked again; how many seconds that took."""
        gap = max(self._least, delay)
        if gap <= 0:
            return 0.0
        with self._lock:
            now = self._clock()
            start = max(now, self._next.get(host, now))
            self._next = {known: at for known, at in self._next.items() if at > now} | {host: start + gap}
        if start > now:
            self._sleep(start - now)
        return start - now


def _make_page(address: str, final_address: str, answer: Answer, *, is_conditional: bool) -> Page:
    headers = answer.headers
    retry_after = _read_retry_after(headers.get("retry-after"))
    if not 200 <= answer.status < 300 and not (answer.status == 304 and is_conditional):
        raise AnswerError(show_address(address), answer.status, retry_after)
    return Page(
        address=address,
        final_address=final_address,
        status=answer.status,
        content_type=headers.get("content-type"),
        body=answer.body,
        etag=_read_tag(headers, "etag"),
        last_modified=_read_tag(headers, "last-modified"),
        retry_after_seconds=retry_after,
    )


def _read_tag(headers: Mapping[str, str] | httpx.Headers, name: str) -> str | None:
    """A validator to be sent back as it came; None where it could not stand in a header."""
    tag = (headers.get(name) or "").strip()
    return tag if 0 < len(tag) <= _MAX_TAG_CHARS and tag.isascii() and tag.isprintable() else None


def _read_retry_after(value: str | None) -> int | None:
    """Seconds from a Retry-After header (RFC 9110, section 10.2.3), at most a week; None where it says nothing."""
    value = (value or "").strip()
    if value.isascii() and value.isdecimal() and len(value) < 10:
        return min(int(value), _MAX_RETRY_SECONDS)
    try:
        when = parsedate_to_datetime(value)
        seconds = int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp())
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0), _MAX_RETRY_SECONDS)
