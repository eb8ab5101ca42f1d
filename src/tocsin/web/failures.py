"""Errors as answers: a page with a sentence of help, or to programs JSON ``{what, which, why}``; never internals."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tocsin.desk.accounts import is_reached_from_elsewhere
from tocsin.errors import (
    ConflictError,
    FetchError,
    IntakeError,
    ReadingError,
    RecordError,
    SettingError,
    StoreError,
    TocsinError,
    UnknownIdError,
    WorkerError,
)
from tocsin.web.auth.issuing import OidcError
from tocsin.web.auth.needs import is_program
from tocsin.web.correcting import tell_value
from tocsin.web.guards import RequestError, RoleError
from tocsin.web.language import N_, _
from tocsin.web.persons import find_role
from tocsin.web.reaching import find_desk
from tocsin.web.rendering import render

log = logging.getLogger("tocsin.web")

#: The first class that fits decides. What a visitor can mend is 4xx, what the desk's owner must mend is 5xx.
STATUSES: tuple[tuple[type[TocsinError], int], ...] = (
    (UnknownIdError, 404),
    (RequestError, 403),
    (FetchError, 422),
    (IntakeError, 422),
    (ReadingError, 422),
    (OidcError, 403),
    (ConflictError, 409),
    (RecordError, 422),
    (SettingError, 500),
    (StoreError, 503),
    (WorkerError, 503),
)
_HEADINGS = {
    400: N_("Not understood"),
    403: N_("Refused"),
    404: N_("Not found"),
    405: N_("This address takes no such request"),
    408: N_("Sent too slowly"),
    409: N_("Somebody else was quicker"),
    413: N_("Too large"),
    421: N_("Wrong address"),
    422: N_("That cannot be done as asked"),
    503: N_("The desk cannot answer now"),
}
_HELP = {
    400: N_(
        "What was sent cannot be read as this desk's forms send it. Reload the page you came from and try once more."
    ),
    403: N_("Reload the page you came from and try once more. If you did not send this yourself, nothing was changed."),
    404: N_("It may have been removed, or the address was mistyped. Search for it, or go back to the desk."),
    405: N_("This address only takes what a form of the desk sends."),
    408: N_("Nothing of it was kept. Look whether your connection holds, and send it once more."),
    409: N_(
        "Nothing of yours was kept. Open it anew, read what they said, and correct it again if you still disagree."
    ),
    413: N_("Hand in a smaller file, or split it. Whole folders go through the command line: tocsin ingest."),
    421: N_("Open the desk under the address that it printed when it started."),
    422: N_("Go back, change what is named above and try again. Nothing was changed."),
    503: N_("The desk's database does not answer. Try again in a moment; tocsin doctor says more."),
}
#: What helps where a role is too low; reloading would not.
_ROLE_HELP = N_("Nothing was changed. Ask an admin of this desk for the role that is named above.")
_DEFECT = N_("This is a defect of the desk, not of what you did. Its log says more. Nothing was half-written.")


def is_api(request: Request) -> bool:
    """Whether the asker is a program: at an address of the API, or of a feed or CAP notice and no browser."""
    if request.url.path.startswith("/api/"):
        return True
    return is_program(request.url.path) and "text/html" not in request.headers.get("accept", "")


def wants_part(request: Request) -> bool:
    """Whether htmx puts the answer to a form into the page that is open."""
    return request.method == "POST" and request.headers.get("hx-request") == "true"


def find_status(error: TocsinError) -> int:
    """The HTTP status that an error of ours is answered with."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def answer_failure(request: Request, status: int, error: TocsinError) -> Response:
    """The page or JSON object that says what went wrong."""
    rival, error = find_rival(error), hide_internals(request, status, error)
    if is_api(request):
        told = {"what": error.what, "which": error.which, "why": error.why}
        return JSONResponse(told | ({"theirs": rival[0], "yours": rival[1]} if rival else {}), status)
    return render(
        request,
        "failure_part.html" if wants_part(request) else "failure.html",
        status=status,
        error=error,
        phrase=_(_HEADINGS[status]) if status in _HEADINGS else HTTPStatus(status).phrase,
        advice=_(find_help(status, error)),
        rival=rival,
    )


def find_help(status: int, error: TocsinError) -> str:
    """What whoever was refused may do, in English; only what is 500 and more is a defect of the desk."""
    if isinstance(error, RoleError):
        return _ROLE_HELP
    return _HELP.get(status, _HELP[400] if status < 500 else _DEFECT)


def hide_internals(request: Request, status: int, error: TocsinError) -> TocsinError:
    """What the desk's owner must mend without its paths, hosts and names, which the log has: for whoever else asks.

    Told in full to an admin, and on a desk that only this machine's own users reach.
    """
    settings = find_desk(request).settings
    is_for_others = settings.accounts == "required" or is_reached_from_elsewhere(settings)
    is_theirs = find_role(request) == "admin" or not is_for_others
    if status < 500 or isinstance(error, RequestError) or is_theirs:
        return error
    return TocsinError(error.what, "(not shown)", "cannot be used now; the desk's log says more")


def find_rival(error: TocsinError) -> tuple[str, str] | None:
    """Where two persons gave one field different values: the one that holds, and the one that was refused, in words."""
    if not isinstance(error, ConflictError) or error.theirs is None or error.yours is None:
        return None
    told = []
    for written in (error.theirs, error.yours):
        try:
            told.append(tell_value(error.field, written))
        except (TocsinError, ValueError, KeyError, TypeError):
            told.append(written[:300])
    return told[0], told[1]


async def refuse(request: Request, status: int, error: TocsinError) -> Response:
    """The same for middleware, which runs on the event loop."""
    return await run_in_threadpool(answer_failure, request, status, error)


def add_failure_handlers(app: FastAPI) -> None:
    """Let every error come out as an answer of ours."""
    app.add_exception_handler(TocsinError, _answer_ours)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)


def _answer_ours(request: Request, error: Exception) -> Response:
    ours = cast(TocsinError, error)
    status = find_status(ours)
    if status >= 500:
        log.error("%s %s: %s", request.method, request.url.path, ours)
    return answer_failure(request, status, ours)


def _answer_invalid(request: Request, error: Exception) -> Response:
    first = cast(RequestValidationError, error).errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    why = str(first["msg"]).removeprefix("Value error, ").lower()
    return answer_failure(request, 422, RequestError("request", where, why))


def _answer_http(request: Request, error: Exception) -> Response:
    problem = cast(HTTPException, error)
    why = "there is nothing at this address" if problem.status_code == 404 else str(problem.detail).lower()
    answer = answer_failure(request, problem.status_code, RequestError("request", request.url.path, why))
    answer.headers.update(problem.headers or {})
    return answer
