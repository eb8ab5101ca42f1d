"""What stands before every handler: who may ask, how much may be sent, and what the browser is told.

On a desk without accounts whoever reaches the port may act. So a page of another site must not reach it through the
reader's browser: neither by a rebound name (the Host header is checked) nor by a form or script (a writing request must
come from the same origin, and a form must carry the token of the cookie as well).
"""

from __future__ import annotations

import ipaddress
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from hmac import compare_digest
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tocsin.errors import TocsinError
from tocsin.web.patience import PatientReceive

TOKEN_COOKIE = "tocsin_token"  # noqa: S105 - a name, not a secret
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: The map's worker is a file of ours; MapLibre draws its images from blobs and data addresses.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
#: What the desk holds is kept by no browser and no proxy, unless the answer says otherwise for itself.
DEFAULT_HEADERS = SECURITY_HEADERS | {"cache-control": "no-store"}
#: Turns a refusal into a page or a JSON object.
Refuse = Callable[[Request, int, TocsinError], Awaitable[Response]]
#: No name, id or reason holds it, PostgreSQL keeps no text with it, and XML none either.
NUL = "\0"
HOLDS_NUL = "holds the character U+0000, which no text of the desk may"
log = logging.getLogger("tocsin.web")


class RequestError(TocsinError):
    """A request that the desk does not answer."""


class RoleError(RequestError):
    """A request that the asker's role does not allow."""


def make_token() -> str:
    """A fresh form token."""
    return secrets.token_urlsafe(24)


def same_token(cookie: str | None, form: object) -> bool:
    """Whether a form carries the token that the browser's cookie holds."""
    return bool(cookie) and isinstance(form, str) and compare_digest(str(cookie).encode(), form.encode())


class Guard:
    """ASGI middleware: refuses foreign hosts, foreign origins and long bodies; adds the security headers."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str],
        most_bytes: int,
        refuse: Refuse,
        public: str | None = None,
        seconds: float = 60.0,
    ) -> None:
        """See the class.

        public   the address under which people reach the desk, where something passes them on
        seconds  how long a body may take to come, see `PatientReceive`
        """
        self._app, self._most, self._refuse, self._seconds = app, most_bytes, refuse, seconds
        pieces = urlsplit(public) if public else None
        self._public = f"{pieces.scheme}://{pieces.netloc}".lower() if pieces else None
        named = [*hosts, *([pieces.hostname] if pieces and pieces.hostname else [])]
        self._hosts = frozenset(h.lower() for h in named) | LOOPBACK
        self._takes_any_address = any(_is_unspecified(h) for h in self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: refused, or passed on and its answer given the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        if scope["method"] == "HEAD":
            # answered as GET is: the server leaves the body out
            scope = dict(scope) | {"method": "GET"}
        has_begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in DEFAULT_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._find_refusal(scope, Headers(scope=scope))
        receive = PatientReceive(receive, self._seconds)
        if refusal is None:
            body = _Bounded(receive, self._most)
            try:
                await self._app(scope, body, send_guarded)
                return
            except Exception:
                # The answer to a defect is ours as well, and carries the headers: the layer above would drop both.
                log.exception("%s %s failed", scope["method"], scope["path"])
                if has_begun:
                    raise
                refusal = 500, RequestError("request", scope["path"], "the desk made a mistake")
        status, error = refusal
        if not receive.is_whole:
            with suppress(HTTPException):  # it does not come to its end: the answer is sent all the same
                await drain_body(receive, 4 * self._most)
        response = await self._refuse(Request(scope, receive), status, error)
        await response(scope, receive, send_guarded)

    def _find_refusal(self, scope: Scope, headers: Headers) -> tuple[int, RequestError] | None:
        host = headers.get("host", "")
        if not self._is_ours(host):
            why = "this desk answers only under its own name; see the setting host"
            return 421, RequestError("host", host[:100], why)
        if NUL in scope["path"] or b"%00" in scope["query_string"]:
            return 422, RequestError("address", scope["path"].replace(NUL, "%00")[:100], HOLDS_NUL)
        if scope["method"] not in SAFE_METHODS:
            if (foreign := find_foreign_origin(headers, self._public)) is not None:
                return 403, RequestError("origin", foreign[:100], "another site may not act on this desk")
            length = headers.get("content-length", "0")
            if not (length.isascii() and length.isdigit()) or int(length) > self._most:
                return 413, _too_large(length, self._most)
        return None

    def _is_ours(self, host: str) -> bool:
        name = (urlsplit(f"//{host}").hostname or "") if _is_host(host) else ""
        return name in self._hosts or (self._takes_any_address and _is_address(name))


def find_foreign_origin(headers: Headers, public: str | None = None) -> str | None:
    """The other origin that a writing request comes from, or None where it is our own or no browser's.

    public  the origin under which people reach the desk: what passes them on may give another Host
    """
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return headers.get("origin", site)
    origin = headers.get("origin")
    if origin is None or origin.lower() == public:
        return None
    return None if urlsplit(origin).netloc.lower() == headers.get("host", "").lower() else origin


def _is_host(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").port is None or True
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_unspecified(name: str) -> bool:
    return _is_address(name) and ipaddress.ip_address(name).is_unspecified


def _too_large(size: object, most: int) -> RequestError:
    return RequestError("request body", f"{size} bytes", f"must be {most} bytes or fewer; see upload_max_bytes")


class _Bounded:
    """A body that stops being read once it is longer than it may be."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._most, self._read = receive, most, 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._most:
            # FastAPI lets only its own kind of error through while it reads JSON.
            raise HTTPException(413, _too_large(self._read, self._most).why)
        return message


async def drain_body(receive: Receive, most: int) -> None:
    """Read and forget a refused body, so that the browser comes to read the answer."""
    read = 0
    while read <= most:
        message = await receive()
        read += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return
