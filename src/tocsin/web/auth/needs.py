"""What each route needs, as a table: a route that stands in none of it is there for admins alone.

Paths are written as the routes write them. A test walks all routes of the application and fails for one that is
missing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from starlette.routing import compile_path

from tocsin.desk.exporting import FORMS
from tocsin.records.account import Act

#: open: for everybody; own: for everybody who is signed in.
Need = Act | Literal["open", "own"]

#: Files of the pages, whether the desk lives, and the ways in. Everything below /static/ is open as well.
_OPEN = (
    "GET /health", "GET /ready", "GET /metrics",  # the last asks for a token of its own
    # the secret in its address stands for an account: a feed reader cannot sign in
    "GET /feeds/filters/{filter_id}/{secret}.atom", "GET /feeds/filters/{filter_id}/{secret}.rss",
    "GET /sign-in", "POST /sign-in", "GET /sign-in/oidc", "GET /sign-in/oidc/back", "GET /set-up", "POST /set-up",
    "POST /language",
)  # fmt: skip
_OWN = (
    "POST /sign-out", "GET /account", "POST /account/password", "POST /account/sessions", "POST /account/tokens",
    "POST /account/tokens/{token_id}/revoke",
    # what each person has seen, his shifts and keys: pages send marks by themselves
    "GET /inbox", "GET /inbox/next", "POST /inbox/marks", "POST /inbox/shift", "GET /keys", "POST /keys",
    "GET /api/inbox", "POST /api/inbox/marks", "POST /api/inbox/shift", "GET /filters", "GET /api/filters",
)  # fmt: skip
_READ = (
    "GET /", "GET /search", "GET /take", "GET /articles", "GET /articles/{article_id}", "GET /claims",
    "GET /claims/{claim_id}", "GET /incidents", "GET /incidents/{incident_id}", "GET /map", "GET /places",
    "GET /places/{gazetteer_id}", "GET /actors", "GET /alerts", "GET /alerts/{alert_id}", "GET /alerts.atom",
    "GET /alerts.rss", "GET /alerts/{alert_id}.cap", "GET /notices/{notice_id}.cap", "GET /reports",
    "GET /silences", "GET /forecasts", "GET /outlets", "GET /outlets/feeds.opml", "GET /outlets/starter", "GET /about",
    # the forms for what analysts do: to look at one does nothing
    "GET /claims/{claim_id}/fix", "GET /incidents/{incident_id}/fix", "GET /articles/{article_id}/claims/new",
    "GET /api/openapi.json", "GET /api/docs", "GET /api/articles", "GET /api/articles/{article_id}", "GET /api/claims",
    "GET /api/claims/{claim_id}/corrections", "GET /api/incidents", "GET /api/incidents/{incident_id}",
    "GET /api/actors", "GET /api/actors.csv", "GET /api/areas", "GET /api/map", "GET /api/shapes.geojson",
    "GET /api/tensions", "GET /api/alerts", "GET /api/alerts/{alert_id}", "GET /api/places/{gazetteer_id}",
    "GET /api/places/{gazetteer_id}/series", "GET /api/forecasts", "GET /api/silences", "GET /api/notices",
    "GET /api/outlets", "GET /api/feeds", "GET /api/counts", "GET /api/health", "GET /api/streets",
    "GET /api/streets.pmtiles", "GET /api/search", "GET /reports/{report_id}", "GET /reports/{report_id}/file/{form}",
    "GET /reports/{report_id}/cited",
    "GET /api/reports", "GET /api/reports/{report_id}", "GET /api/reports/{report_id}/file/{form}",
    "GET /outlets/{outlet_id}",
)  # fmt: skip
_JUDGE = (
    "POST /inbox/accept", "POST /api/inbox/accept",
    *(f"POST {api}/claims/{{claim_id}}/{word}" for api in ("", "/api") for word in ("accept", "reject", "reopen")),
    "POST /claims/{claim_id}/fix", "POST /incidents/{incident_id}/fix", "POST /articles/{article_id}/claims/new",
    "POST /api/claims/{claim_id}/corrections", "POST /api/articles/{article_id}/claims",
    *(f"POST {api}/{what}/grade" for api in ("", "/api") for what in ("claims/{claim_id}", "incidents/{incident_id}")),
    "POST /incidents/{incident_id}/notes", "POST /api/incidents/{incident_id}/notes",
)  # fmt: skip
_TABLE: dict[Need, tuple[str, ...]] = {
    "open": _OPEN,
    "own": _OWN,
    "read": (*_READ, *(f"GET /api/{what}.{name}" for what, names in FORMS.items() for name in names)),
    "judge": _JUDGE,
    "acknowledge": ("POST /alerts/{alert_id}/state", "POST /api/alerts/{alert_id}/state"),
    "take-in": (
        "POST /take", "POST /api/articles", "POST /api/articles/upload", "POST /articles/{article_id}/marking",
        "POST /api/articles/{article_id}/marking",
    ),
    # a filter's feed is read without an account by whoever has its address
    "keep-own": (
        "GET /filters/new", "POST /filters", "POST /filters/{filter_id}", "POST /filters/{filter_id}/delete",
        "POST /filters/{filter_id}/feed", "POST /filters/{filter_id}/feed/end", "POST /api/filters",
        "PUT /api/filters/{filter_id}", "DELETE /api/filters/{filter_id}",
    ),
    "draft": (
        "POST /reports", "GET /reports/add", "POST /reports/add", "POST /inbox/report", "POST /api/reports",
        *(f"POST /reports/{{report_id}}/{word}" for word in ("sentences", "acts", "additions", "notes", "redraft")),
    ),
    # a final report is what the desk has said
    "send": (
        "POST /reports/{report_id}/finalize", "POST /reports/{report_id}/correct", "POST /reports/{report_id}/mails",
        "POST /api/reports/{report_id}/finalize",
    ),
    "merge": tuple(
        f"POST {api}/incidents/{{incident_id}}/{word}"
        for api in ("", "/api")
        for word in ("merge", "split", "release")
    ),
    "retract": tuple(
        f"POST {api}/articles/{{article_id}}/{word}" for api in ("", "/api") for word in ("retract", "reinstate")
    ),
    "grade": (
        "POST /outlets/{outlet_id}/grade", "POST /api/outlets/{outlet_id}/grade", "POST /outlets/{outlet_id}/marking",
        "POST /api/outlets/{outlet_id}/marking",
    ),
    "mute": (
        "POST /alerts/{alert_id}/mute", "POST /silences", "POST /silences/{silence_id}/end", "POST /api/silences",
        "POST /api/silences/{silence_id}/end",
    ),
    "feeds": (
        "POST /feeds", "POST /feeds/{feed_id}/confirm", "POST /feeds/{feed_id}/off", "POST /feeds/{feed_id}/remove",
        "POST /outlets/starter", "POST /api/feeds", "POST /api/feeds/{feed_id}/confirm",
    ),
    "exercise": ("POST /exercise/load", "POST /exercise/remove"),
    "accounts": (
        "GET /accounts", "POST /accounts", "POST /accounts/{account_id}/role", "POST /accounts/{account_id}/invite",
        "POST /accounts/{account_id}/disable", "POST /accounts/{account_id}/enable",
        "POST /accounts/{account_id}/sessions",
    ),
}  # fmt: skip
#: Switches in the query that ask for more than the route itself.
SWITCHES: dict[str, tuple[Act, frozenset[str]]] = {"precise": ("precise", frozenset({"1", "true"}))}
#: Requests of programs: answered without a redirect to a page, and let in with a token.
_PROGRAMS = re.compile(r"/api/.*|.*\.(?:atom|rss|cap|opml)")


@dataclass(frozen=True, slots=True)
class _Row:
    method: str
    template: str
    pattern: re.Pattern[str]
    need: Need


def list_needs() -> dict[tuple[str, str], Need]:
    """Method and path, as the routes write it, to what is needed."""
    return {(row.method, row.template): row.need for row in _rows()}


def find_need(method: str, path: str) -> Need | None:
    """What a request needs; None where the table has no such route."""
    if path.startswith("/static/") or path == "/static":
        return "open"
    row = _find_row(method, path)
    return row.need if row else None


def find_template(method: str, path: str) -> str | None:
    """The route of a request as it is written, which holds nothing of what was asked for; None for no such route."""
    row = _find_row(method, path)
    return row.template if row else None


def _find_row(method: str, path: str) -> _Row | None:
    method = "GET" if method in ("HEAD", "OPTIONS") else method
    if (exact := _exact().get((method, path))) is not None:
        return exact
    return next((row for row in _rows() if row.method == method and row.pattern.match(path)), None)


def is_program(path: str) -> bool:
    """Whether a path is asked for by programs rather than people."""
    return _PROGRAMS.fullmatch(path) is not None


@cache
def _rows() -> tuple[_Row, ...]:
    """The most literal first: "/alerts/{alert_id}" must not answer for "/alerts/{alert_id}.cap"."""
    return tuple(sorted(_make_rows(), key=lambda row: (row.template.count("{"), -len(row.template))))


@cache
def _exact() -> dict[tuple[str, str], _Row]:
    return {(row.method, row.template): row for row in _rows() if "{" not in row.template}


def _make_rows() -> Iterator[_Row]:
    for need, routes in _TABLE.items():
        for route in routes:
            method, template = route.split(" ", 1)
            yield _Row(method, template, compile_path(template)[0], need)
