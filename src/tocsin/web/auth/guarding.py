"""What stands before every handler of a desk with accounts: who asks, and whether his role allows it."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tocsin.desk import Desk
from tocsin.desk.accounts import find_door
from tocsin.errors import TocsinError
from tocsin.records.account import ACTS, Role, reaches
from tocsin.web.auth.needs import SWITCHES, Need, find_need, is_program
from tocsin.web.auth.seats import OPEN_SEAT, Seat, find_session_seat, find_token_seat
from tocsin.web.failures import answer_failure, find_status
from tocsin.web.guards import SAFE_METHODS, RequestError, RoleError, drain_body

log = logging.getLogger("tocsin.web")
_BEARER = "bearer "
#: Whoever asks is told the same, and is told it where the store does not answer as well.
_ASKS_NO_STORE = frozenset({"/health", "/ready", "/metrics"})
#: The store is asked once in so long, not at every page, whether the desk has no accounts yet: the first one closes the
#: door at once where it is made here, and so much later where another process makes it.
OPEN_SECONDS = 1.0


class SignedIn:
    """ASGI middleware inside `Guard`: says who asks (`request.state.person`, `.role`, `.account`), or refuses."""

    def __init__(self, app: ASGIApp, *, desk: Desk, clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._desk, self._clock = app, desk, clock
        #: Until when the door is held to be open, and how many accounts had been made here by then.
        self._open = -math.inf, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: passed on with its asker, or answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = dict(scope.get("state") or {})
        scope["state"] = state
        request = Request(scope)
        need = find_need(request.method, request.url.path)
        if need == "open" and (request.url.path.startswith("/static") or request.url.path in _ASKS_NO_STORE):
            await self._app(scope, receive, send)
            return
        if self._is_open_still():
            seat, refusal = self._look(request, state, need, OPEN_SEAT)
        else:
            seat, refusal = await run_in_threadpool(self._look, request, state, need)
        if refusal is None:
            await self._app(scope, receive, _without_cookies(send) if seat is not None and seat.has_token else send)
            return
        if scope["method"] not in SAFE_METHODS:
            await _forget_body(receive, self._desk.settings.upload_max_bytes)
        await refusal(scope, receive, send)

    def _is_open_still(self) -> bool:
        """Whether the door was open a moment ago, and nobody has made an account here since."""
        until, made = self._open
        return self._clock() < until and made == self._desk.store.accounts_made

    def _look(
        self, request: Request, state: dict[str, object], need: Need | None, seat: Seat | None = None
    ) -> tuple[Seat | None, Response | None]:
        """Who asks, and what he is answered where he may not; the store is asked only where his seat is not known."""
        try:
            seat = seat or self._find_seat(request)
        except TocsinError as why:  # the store does not answer
            log.error("%s %s: %s", request.method, request.url.path, why)
            return None, answer_failure(request, find_status(why), why)
        if seat is not None:
            state.update(seat.to_state())
        if need == "open":
            return seat, None
        if seat is None:
            return None, _ask_to_sign_in(request)
        return seat, find_refusal(request, seat)

    def _find_seat(self, request: Request) -> Seat | None:
        asked_at, made = self._clock(), self._desk.store.accounts_made
        if find_door(self._desk.settings, self._desk.store) == "open":
            self._open = asked_at + OPEN_SECONDS, made
            return OPEN_SEAT
        secret = _read_bearer(request.headers)
        if secret is not None and is_program(request.url.path):
            return find_token_seat(secret, self._desk)
        return find_session_seat(request, self._desk)


def find_refusal(request: Request, seat: Seat) -> Response | None:
    """The answer where a role is too low, or None."""
    need = find_need(request.method, request.url.path)
    if need is None:
        # nobody said who may: to anybody but an admin it is as if it were not there
        error = RequestError("request", request.url.path, "there is nothing at this address")
        return None if seat.role == "admin" else answer_failure(request, 404, error)
    for role in _list_needed(request, need):
        if not reaches(seat.role, role):
            why = (
                f"needs the role {role} or a higher one, and yours is {seat.role}; an admin of this desk can change it"
            )
            return answer_failure(request, 403, RoleError("role", seat.role, why))
    return None


def _list_needed(request: Request, need: str) -> list[Role]:
    needed: list[Role] = [role for act, role in ACTS.items() if act == need]
    for name, (act, values) in SWITCHES.items():
        if values.intersection(request.query_params.getlist(name)):
            needed.append(ACTS[act])
    return needed


def _ask_to_sign_in(request: Request) -> Response:
    """To a page of its own for people; 401 for programs, and for a part of a page that htmx asks for."""
    path = request.url.path
    if is_program(path):
        error = RequestError("sign-in", path, "needs a session, or a token of an account in the header Authorization")
        has_token = _read_bearer(request.headers) is not None
        challenge = 'Bearer realm="tocsin"' + (', error="invalid_token"' if has_token else "")
        body = {"what": error.what, "which": error.which, "why": error.why}
        return JSONResponse(body, 401, {"www-authenticate": challenge})
    wanted = path if request.method in SAFE_METHODS else "/"
    if wanted == path and request.url.query:
        wanted += f"?{request.url.query}"
    address = "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}"
    if request.method not in SAFE_METHODS:
        address = "/sign-in?notice=ended"  # what the form held is still in the browser: the page says how to find it
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"hx-redirect": "/sign-in"})
    return RedirectResponse(address, 303, {"cache-control": "no-store"})


def _read_bearer(headers: Mapping[str, str]) -> str | None:
    given = headers.get("authorization", "")
    return given[len(_BEARER) :].strip() if given[: len(_BEARER)].lower() == _BEARER else None


def _without_cookies(send: Send) -> Send:
    async def send_bare(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            while "set-cookie" in headers:
                del headers["set-cookie"]
        await send(message)

    return send_bare


async def _forget_body(receive: Receive, most: int) -> None:
    """Read what was sent along, so that the browser comes to read the answer."""
    try:
        await drain_body(receive, most)
    except HTTPException:
        return
