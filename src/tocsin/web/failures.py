"""Errors as answers: a page with a sentence of help, or JSON ``{what, which, why}`` under /api; never our internals."""

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

from tocsin.errors import (
    FetchError,
    IntakeError,
    ReadingError,
    RecordError,
    SettingError,
    StoreError,
    TocsinError,
    UnknownIdError,
)
from tocsin.web.guards import RequestError
from tocsin.web.rendering import render

log = logging.getLogger("tocsin.web")

#: The first class that fits decides. What a visitor can mend is 4xx, what the desk's owner must mend is 5xx.
STATUSES: tuple[tuple[type[TocsinError], int], ...] = (
    (UnknownIdError, 404),
    (RequestError, 403),
    (FetchError, 422),
    (IntakeError, 422),
    (ReadingError, 422),
    (RecordError, 422),
    (SettingError, 500),
    (StoreError, 503),
)
_HEADINGS = {
    403: "Refused",
    404: "Not found",
    405: "This address takes no such request",
    413: "Too large",
    421: "Wrong address",
    422: "That cannot be done as asked",
    503: "The desk cannot answer now",
}
_HELP = {
    403: "Reload the page you came from and try once more. If you did not send this yourself, nothing was changed.",
    404: "It may have been removed, or the address was mistyped. Search for it, or go back to the desk.",
    405: "This address only takes what a form of the desk sends.",
    413: "Hand in a smaller file, or split it. Whole folders go through the command line: tocsin ingest.",
    421: "Open the desk under the address that it printed when it started.",
    422: "Go back, change what is named above and try again. Nothing was changed.",
    503: "The desk's database does not answer. Try again in a moment; tocsin doctor says more.",
}
_DEFECT = "This is a defect of the desk, not of what you did. Its log says more. Nothing was half-written."


def is_api(request: Request) -> bool:
    """Whether the asker is a program."""
    return request.url.path.startswith("/api/")


def wants_part(request: Request) -> bool:
    """Whether htmx puts the answer to a form into the page that is open."""
    return request.method == "POST" and request.headers.get("hx-request") == "true"


def find_status(error: TocsinError) -> int:
    """The HTTP status that an error of ours is answered with."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def answer_failure(request: Request, status: int, error: TocsinError) -> Response:
    """The page or JSON object that says what went wrong."""
    if is_api(request):
        return JSONResponse({"what": error.what, "which": error.which, "why": error.why}, status)
    return render(
        request,
        "failure_part.html" if wants_part(request) else "failure.html",
        status=status,
        error=error,
        phrase=_HEADINGS.get(status) or HTTPStatus(status).phrase,
        advice=_HELP.get(status, _DEFECT),
    )


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
    return answer_failure(request, 422, RequestError("request", where, str(first["msg"]).lower()))


def _answer_http(request: Request, error: Exception) -> Response:
    problem = cast(HTTPException, error)
    why = "there is nothing at this address" if problem.status_code == 404 else str(problem.detail).lower()
    answer = answer_failure(request, problem.status_code, RequestError("request", request.url.path, why))
    answer.headers.update(problem.headers or {})
    return answer
