"""What stands outermost: a log line and a figure for each answer, and the bound on what may wait to be taken in."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tocsin.service.meters import Meters
from tocsin.web.auth.needs import find_template
from tocsin.web.guards import drain_body
from tocsin.web.patience import PatientReceive

log = logging.getLogger("tocsin.request")
#: Asked every few seconds by what watches over the desk, or a dozen times for one page: logged as debug.
_QUIET = frozenset({"/health", "/ready", "/metrics", "/static"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_INTAKE = frozenset({("POST", "/api/articles"), ("POST", "/api/articles/upload"), ("POST", "/take")})
RETRY_SECONDS = 2
#: A report that is not here after so long gives its place to one that waits.
SLOW_SECONDS = 5.0
#: An article gives way to readers for so long; then it is read whoever waits, so that the intake never stands still.
LONGEST_WAY_SECONDS = 0.25


class Recorder:
    """ASGI middleware: tells each answer by the route that the application wrote, never by what was asked for.

    An address may hold what somebody looked for, a token or a key; a route holds none of them.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        meters: Meters,
        is_logged: bool = True,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app, self._meters, self._is_logged, self._clock = app, meters, is_logged, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = self._clock(), 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        finally:
            self._tell(scope, status, self._clock() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = find_route(scope)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._meters.count_request(method, route, status, seconds)
        if self._is_logged:
            fields = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
            level = logging.DEBUG if route in _QUIET and status < 500 else logging.INFO
            log.log(level, "answered", extra={"fields": fields})


def find_route(scope: Scope) -> str:
    """The route's template, "/static" for built files, "(none)" where there is no such route."""
    if scope["path"].startswith("/static/"):
        return "/static"
    return find_template(scope["method"], scope["path"]) or "(none)"


class Readers:
    """Who waits for a page. They go first: an article is read when none does, or after a short while.

    One processor's worth of Python is all that a process has. Without this, under a flood of reports, each page would
    wait for as many articles as are being read beside it.
    """

    def __init__(self) -> None:
        self._count = 0  # the event loop's alone
        self._are_served = threading.Event()
        self._are_served.set()

    @contextmanager
    def being_served(self) -> Iterator[None]:
        """A block in which one waits; entered and left by the event loop."""
        self._count += 1
        self._are_served.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._are_served.set()

    def give_way(self) -> None:
        """Wait until nobody waits, `LONGEST_WAY_SECONDS` at most; called by whoever is about to work for long."""
        self._are_served.wait(LONGEST_WAY_SECONDS)


class IntakeBound:
    """ASGI middleware: lets so many reports be handed in side by side; one more is told when to come again.

    Each waits in a thread of the pool that answers pages as well: without the bound, a flood of reports would leave no
    thread for the readers, and what waits would fill the memory. Whoever is slow to send one gives way to the next.
    """

    def __init__(
        self, app: ASGIApp, *, most: int, meters: Meters, readers: Readers, slow_seconds: float = SLOW_SECONDS
    ) -> None:
        self._app, self._most, self._meters, self._readers = app, most, meters, readers
        self._slow_seconds = slow_seconds
        #: What is being taken in and when it began, the first first; the event loop's alone.
        self._taken: dict[PatientReceive, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: let in, or refused."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if (scope["method"], scope["path"]) not in _INTAKE:
            with self._readers.being_served():
                await self._app(scope, receive, send)
            return
        if len(self._taken) >= self._most and not self._make_way():
            self._meters.count_refused()
            await self._refuse(scope, receive, send)
            return
        patient = PatientReceive(receive, math.inf)
        self._taken[patient] = time.monotonic()
        try:
            await self._app(scope, patient, send)
        finally:
            self._taken.pop(patient, None)

    def _make_way(self) -> bool:
        """Give up what has been on its way for longest, if it is slow; whether there is room now."""
        slow_since = time.monotonic() - self._slow_seconds
        for one, began in self._taken.items():
            if not one.is_whole and began <= slow_since:
                del self._taken[one]
                one.hurry("it came too slowly while others waited to hand in theirs; send it once more")
                return True
        return False

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        why = (
            f"{self._most} reports are being taken in; nothing of this one was kept: hand it in again after "
            f"{RETRY_SECONDS} seconds, or raise the setting intake_waiting"
        )
        with suppress(HTTPException):  # longer than any body may be: it is not read to its end
            await drain_body(receive, _DRAINED)
        body: dict[str, Any] = {"what": "intake", "which": "too many at once", "why": why}
        headers = {"retry-after": str(RETRY_SECONDS), "cache-control": "no-store"}
        await JSONResponse(body, 503, headers)(scope, receive, send)


#: So much of a refused body is read, that the other side comes to read the answer.
_DRAINED = 1_000_000
