"""The web application put together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

import tocsin
from tocsin.desk import Desk
from tocsin.desk.accounts import check_accounts_setting
from tocsin.places.naming import load_naming
from tocsin.service.delivering import Courier
from tocsin.service.meters import Meters
from tocsin.web import api, pages, vital
from tocsin.web.assets import Assets, BuiltFiles
from tocsin.web.auth import entering, own, people
from tocsin.web.auth.guarding import SignedIn
from tocsin.web.drawing import Answers
from tocsin.web.failures import add_failure_handlers, refuse
from tocsin.web.guards import Guard
from tocsin.web.language import Speaking
from tocsin.web.limits import RateLimit
from tocsin.web.recording import IntakeBound, Readers, Recorder
from tocsin.web.rendering import make_environment
from tocsin.web.routes import Literal, list_hidden
from tocsin.web.watching import ShownWatcher, run_beside

_ABOUT = (
    "Everything that the desk's pages show, with the same filters. Times are UTC. Errors are objects "
    "`{what, which, why}`. Claims come in the codebook's fields."
)


def make_app(
    desk: Desk,
    *,
    watch: bool = False,
    courier: Courier | None = None,
    hosts: Iterable[str] = (),
    warm_up: bool = True,
) -> FastAPI:
    """The desk as an ASGI application; it does not close the desk.

    watch    poll the feeds that are due, once a minute, for as long as the application lives
    courier  sends what stands in the outbox, for as long as the application lives
    hosts    names under which it answers, besides loopback and the settings' host
    warm_up  load the reader in the background at the start, and take what stays out of the collector's rounds
    """
    check_accounts_setting(desk.settings)
    assets = Assets()
    meters = desk.observer if isinstance(desk.observer, Meters) else Meters(desk.store, desk.clock)
    desk.observer = meters
    readers = Readers()
    desk.give_way = readers.give_way
    app = FastAPI(
        title="Tocsin",
        version=tocsin.__version__,
        description=_ABOUT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=run_beside,
        routes=list(_assemble_routes()),
        # No exporter may be switched on behind the reader's back by an environment variable.
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
        middleware=[
            Middleware(Recorder, meters=meters, is_logged=desk.settings.log_requests),
            Middleware(
                Guard,
                hosts=[desk.settings.host, *hosts],
                most_bytes=desk.settings.upload_max_bytes,
                refuse=refuse,
                public=desk.settings.public_address,
                seconds=desk.settings.request_timeout_seconds,
            ),
            Middleware(
                RateLimit,
                writes_per_minute=desk.settings.rate_writes_per_minute,
                dear_per_minute=desk.settings.rate_dear_per_minute,
            ),
            Middleware(Speaking, default=desk.settings.language),
            Middleware(SignedIn, desk=desk),
            Middleware(IntakeBound, most=desk.settings.intake_waiting, meters=meters, readers=readers),
        ],
    )
    app.state.desk = desk
    app.state.auth = entering.make_auth(desk.settings)
    app.state.assets = assets
    app.state.drawings = Answers()
    app.state.templates = make_environment(assets, load_naming(desk.settings.naming_policy))
    app.state.watcher = ShownWatcher(desk) if watch else None
    app.state.courier = courier
    app.state.is_warmed = warm_up
    app.state.meters = meters
    app.state.is_stopping = False
    add_failure_handlers(app)
    app.mount("/static", GZipMiddleware(BuiltFiles(assets.folder)), name="static")
    return app


@cache
def _assemble_routes() -> tuple[BaseRoute, ...]:
    """Every address of the desk: put together once in a process."""
    hidden = (vital.router, *pages.routers, entering.router, own.router, people.router)
    routes = (*list_hidden(hidden), *api.routes)
    return Literal(routes), *routes
