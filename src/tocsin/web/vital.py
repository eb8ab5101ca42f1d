"""Whether the desk lives, whether it is ready, and its metrics: for what watches over it. Nothing here is a secret.

/health   200 for as long as the program answers at all
/ready    200 where it can do its work, else 503 with what is missing
/metrics  Prometheus's text; open where the desk is reached from this machine alone, else behind a token
"""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

import tocsin
from tocsin.desk import Desk
from tocsin.desk.accounts import is_reached_from_elsewhere
from tocsin.errors import SettingError, StoreError, TocsinError
from tocsin.service.meters import CONTENT_TYPE, Meters
from tocsin.settings import Settings, read_secret
from tocsin.web.reaching import find_desk

router = APIRouter()
_UNCACHED = {"cache-control": "no-store"}
_BEARER = "bearer "


@router.get("/health")
def get_life(request: Request) -> Response:  # noqa: ARG001 - a route's
    """Whether the program lives: nothing is looked at, so that a slow database does not get it killed."""
    return JSONResponse({"status": "ok", "version": tocsin.__version__}, headers=_UNCACHED)


@router.get("/ready")
def get_readiness(request: Request) -> Response:
    """Whether requests should be sent here, check by check."""
    checks = find_readiness(request)
    is_ready = all(check == "ok" for check in checks.values())
    answer = {"status": "ready" if is_ready else "not ready", "checks": checks}
    return JSONResponse(answer, 200 if is_ready else 503, headers=_UNCACHED)


@router.get("/metrics")
def get_metrics(request: Request) -> Response:
    """The metrics, to whom they may be told."""
    desk = find_desk(request)
    why = find_objection(desk.settings, request.headers)
    if why is not None:
        headers = {"www-authenticate": 'Bearer realm="tocsin metrics"'}
        return JSONResponse({"what": "metrics", "which": "token", "why": why}, 401, headers)
    meters: Meters = request.app.state.meters
    return Response(meters.write_text(), media_type=CONTENT_TYPE, headers=_UNCACHED)


def find_readiness(request: Request) -> dict[str, str]:
    """Each check with "ok" or what is the matter, in words without addresses or names."""
    state: Any = request.app.state
    desk = find_desk(request)
    checks = {"stopping": "stopping" if getattr(state, "is_stopping", False) else "ok"}
    try:
        schema = desk.store.schema()
    except StoreError:
        checks["database"] = "does not answer"
    else:
        checks["database"] = "ok"
        newest = desk.store.newest_schema
        checks["schema"] = "ok" if schema == newest else f"is {schema}, and this version works with {newest}"
    checks["reader"] = "ok" if desk.is_knowing or not getattr(state, "is_warmed", True) else "is being loaded"
    return checks


def find_objection(settings: Settings, headers: Mapping[str, str]) -> str | None:
    """Why the metrics are not told, or None; raises SettingError where the token's file cannot be read."""
    token = settings.metrics_token
    if token is None and settings.metrics_token_file is not None:
        token = read_secret("setting metrics_token_file", path=settings.metrics_token_file)
    if token is None:
        return "set metrics_token: this desk is reached from elsewhere" if is_reached_from_elsewhere(settings) else None
    given = headers.get("authorization", "")
    word = given[len(_BEARER) :].strip() if given[: len(_BEARER)].lower() == _BEARER else ""
    return None if compare_digest(word.encode(), token.reveal().encode()) else "needs the token, as Bearer"


def make_vital_app(desk: Desk, meters: Meters) -> Starlette:
    """The three addresses alone, for a desk that watches without pages."""
    from starlette.middleware import Middleware

    from tocsin.web.guards import Guard

    routes = [Route("/health", get_life), Route("/ready", get_readiness), Route("/metrics", _safely(get_metrics))]
    guard = Middleware(Guard, hosts=[desk.settings.host], most_bytes=0, refuse=_refuse_plainly)
    app = Starlette(routes=routes, middleware=[guard])
    app.state.desk, app.state.meters, app.state.is_warmed = desk, meters, False
    return app


async def _refuse_plainly(request: Request, status: int, error: TocsinError) -> Response:  # noqa: ARG001 - a refusal's
    """There are no pages here that an answer could be one of."""
    return JSONResponse({"what": error.what, "which": error.which, "why": error.why}, status, headers=_UNCACHED)


def _safely(handler: Any) -> Any:
    def answer(request: Request) -> Response:
        try:
            made: Response = handler(request)
        except (SettingError, TocsinError) as why:
            return JSONResponse({"what": why.what, "which": why.which, "why": why.why}, 503)
        return made

    return answer
