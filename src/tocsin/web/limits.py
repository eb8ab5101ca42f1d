"""How often one address may write, and ask for what is dear: a token bucket for each, in bounded memory.

A bucket holds as many requests as are allowed in a minute and fills up evenly. Whoever sits on the desk's own machine
gets `OWN_FACTOR` times as much: there a script of the owner's is likelier than an attack. Behind a proxy the address is
the one that the proxy names, if it is on the same machine or among the setting `proxies`. Each server of a team counts
for itself.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tocsin.web.auth.oidc import BACK_PATH
from tocsin.web.auth.throttling import MOST_KEYS, find_network
from tocsin.web.guards import SAFE_METHODS, drain_body

OWN_FACTOR = 20
#: How `find_network` names loopback, and whoever comes over no network at all.
_OWN = frozenset({"this machine", "unknown"})
_DEAR_PATHS = frozenset({"/search", "/api/search", "/api/map", "/outlets/feeds.opml"})
#: Each asks the issuer, keeps a line of the log, or both, for whoever comes.
_OUTWARD_PATHS = frozenset({"/sign-in/oidc", BACK_PATH})
_DRAINED = 1_000_000


@dataclass(slots=True)
class _Bucket:
    """So many requests are left, as of a moment on the monotonic clock."""

    left: float
    at: float


class Buckets:
    """The buckets of one kind of request; 0 a minute sets no limit. Not for several threads at once."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic, most: int = MOST_KEYS) -> None:
        self._per_minute, self._clock, self._most = per_minute, clock, most
        self._held: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> float:
        """0 where the key may ask now; else how many seconds it must wait. A refusal takes nothing."""
        full = self._per_minute * (OWN_FACTOR if key in _OWN else 1)
        if not full:
            return 0.0
        now = self._clock()
        held = self._held.pop(key, None) or _Bucket(full, now)
        held.left, held.at = min(full, held.left + (now - held.at) * full / 60), now
        wait = 0.0 if held.left >= 1 else (1 - held.left) * 60 / full
        if not wait:
            held.left -= 1
        self._held[key] = held
        while len(self._held) > self._most:  # who has not asked for longest is forgotten: its bucket is full again
            self._held.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._held)


class RateLimit:
    """ASGI middleware: refuses with 429 what one address asks too often.

    writes_per_minute  requests that may change something, and those that ask an organisation who somebody is
    dear_per_minute    exports, searches, files of reports
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        writes_per_minute: int,
        dear_per_minute: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._writes, self._dear = Buckets(writes_per_minute, clock), Buckets(dear_per_minute, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: passed on, or refused."""
        wait, setting = self._find_wait(scope) if scope["type"] == "http" else (0.0, "")
        if not wait:
            await self._app(scope, receive, send)
            return
        with suppress(HTTPException):  # longer than any body may be: it is not read to its end
            await drain_body(receive, _DRAINED)
        await _refuse(scope["path"], math.ceil(wait), setting)(scope, receive, send)

    def _find_wait(self, scope: Scope) -> tuple[float, str]:
        address = find_network(scope["client"][0] if scope.get("client") else None)
        if scope["method"] not in SAFE_METHODS or scope["path"] in _OUTWARD_PATHS:
            return self._writes.take(address), "rate_writes_per_minute"
        if is_dear(scope["path"]):
            return self._dear.take(address), "rate_dear_per_minute"
        return 0.0, ""


def is_dear(path: str) -> bool:
    """Whether answering takes long: what is searched, or written out whole."""
    is_export = path.startswith("/api/") and "." in path.rpartition("/")[2] and path != "/api/openapi.json"
    is_report = path.removeprefix("/api").startswith("/reports/") and "/file/" in path
    return is_export or is_report or path in _DEAR_PATHS


def _refuse(path: str, seconds: int, setting: str) -> Response:
    """A short answer, made without the store: many of them must cost little."""
    why = f"too many from this address: nothing was done; ask again in {seconds} seconds, or raise {setting}"
    headers = {"retry-after": str(seconds), "cache-control": "no-store"}
    if path.startswith("/api/"):
        return JSONResponse({"what": "request", "which": path[:200], "why": why}, 429, headers)
    return PlainTextResponse(f"Too many requests from this address: wait {seconds} seconds and send it once more. "
                             "Nothing was done.", 429, headers)  # fmt: skip
