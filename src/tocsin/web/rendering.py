"""Pages from templates: what every page's frame needs, the form token and the words."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

import tocsin
from tocsin.desk import Desk
from tocsin.errors import TocsinError
from tocsin.knowledge import wording
from tocsin.places.naming import Naming
from tocsin.web import language, phrases
from tocsin.web.assets import Assets
from tocsin.web.guards import TOKEN_COOKIE, make_token

#: What a page says after a form was taken, by the key in the address bar: outside text is never repeated.
NOTICES = {
    "exercise-removed": "The exercise has been removed, wholly. What you took in yourself is untouched.",
    "exercise-loaded": "The exercise is loaded. Everything that belongs to it is marked EXERCISE.",
    "acknowledged": "The alert is acknowledged. It stays here until what fired it no longer holds.",
    "reopened": "The acknowledgement is taken back. The alert is firing again.",
    "muted": "No notices of this rule here until the time you chose. The alert stays on the desk.",
    "unmuted": "The silence is over. What still rings is told now.",
    "graded": "The grade is kept, with its reason.",
    "merged": "The incidents are one. That holds until somebody takes it back; the old addresses lead here.",
    "split": "The claims stand as an incident of their own. That holds until somebody takes it back.",
    "retracted": "The article speaks for no incident any more. It stays, marked; you can reinstate it.",
    "reinstated": "The article speaks again.",
    "released": "The claims are given back to the rules. What they make of them is below.",
    "feed-added": "The feed is kept. It is not fetched until you confirm it.",
    "feed-confirmed": "The feed is confirmed. It is fetched on the next round, then on its schedule.",
    "feed-off": "The feed is turned off. Its articles stay.",
    "feed-removed": "The feed is removed. Its articles stay.",
}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def make_environment(assets: Assets, naming: Naming) -> Environment:
    """The templates, with everything that is not markup of ours escaped and nothing undefined let pass."""
    environment = Environment(
        loader=PackageLoader("tocsin.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.loopcontrols", "jinja2.ext.i18n"],
    )
    # `_("… %(name)s", name=…)` escapes what is put in; the strings themselves are ours
    environment.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension's
    environment.globals |= {
        "asset": assets.address,
        "is_built": assets.is_built,
        "desk_version": tocsin.__version__,
        "words": phrases,
        "title_incident": wording.title_incident,
        "name_rule": wording.name_rule,
    }
    environment.filters |= {
        "when": phrases.show_time,
        "day": phrases.show_day,
        "dated": phrases.show_date,
        "thousands": phrases.show_number,
        "counted": phrases.count_things,
        "figure": phrases.show_figure,
        "linked": phrases.link_records,
        "named": lambda held: naming.name(held.place_id, held.place_name),
        "segment": lambda text: quote(str(text), safe=""),
    }
    return environment


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A whole page."""
    desk: Desk = request.app.state.desk
    token, is_new = _find_token(request)
    frame: dict[str, Any] = {
        "token": token,
        "path": request.url.path,
        "has_streets": desk.settings.tiles is not None,
        "counts": None,
        "firing": 0,
        "notice": NOTICES.get(request.query_params.get("notice", "")),
        "now": desk.clock.now(),
        "asked_words": request.query_params.get("query", "")[:200],
    }
    frame |= _count(desk)
    environment: Environment = request.app.state.templates
    response = HTMLResponse(environment.get_template(template).render(frame | context), status)
    response.headers["cache-control"] = "no-store"
    if is_new:
        response.set_cookie(TOKEN_COOKIE, token, httponly=True, samesite="strict", path="/")
    return response


def _find_token(request: Request) -> tuple[str, bool]:
    held = request.cookies.get(TOKEN_COOKIE, "")
    return (held, False) if _TOKEN.fullmatch(held) else (make_token(), True)


def _count(desk: Desk) -> dict[str, Any]:
    """What the frame counts; a page that says the store is broken must not need the store."""
    try:
        return {"counts": desk.store.counts(), "firing": len(desk.store.alerts(states=["firing"]))}
    except TocsinError:
        return {}
