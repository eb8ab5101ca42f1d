"""Pages from templates: what every page's frame needs, the form token and the words."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

import tocsin
from tocsin.desk import Desk
from tocsin.errors import TocsinError
from tocsin.places.naming import Naming
from tocsin.records.marking import TLP_ORDER
from tocsin.web import counting, language, phrases, terms, titles, wordlists
from tocsin.web.assets import Assets
from tocsin.web.auth.seats import is_secure
from tocsin.web.auth.ways import clean_way
from tocsin.web.guards import SAFE_METHODS, TOKEN_COOKIE, make_token
from tocsin.web.inboxing import NO_INBOX, find_inbox_frame
from tocsin.web.persons import find_account, find_person, find_role, may
from tocsin.web.script_words import write_script_words

#: What a page says after a form was taken, by the key in the address bar: outside text is never repeated.
NOTICES = {
    "exercise-removed": language.N_("The exercise has been removed, wholly. What you took in yourself is untouched."),
    "exercise-loaded": language.N_("The exercise is loaded. Everything that belongs to it is marked EXERCISE."),
    "acknowledged": language.N_("The alert is acknowledged. It stays here until what fired it no longer holds."),
    "reopened": language.N_("The acknowledgement is taken back. The alert is firing again."),
    "muted": language.N_("No notices of this rule here until the time you chose. The alert stays on the desk."),
    "silenced": language.N_("The silence is kept. The alerts stand on the desk all the same."),
    "unmuted": language.N_("The silence is over. What still rings is told now."),
    "graded": language.N_("The grade is kept, with its reason."),
    "merged": language.N_(
        "The incidents are one. That holds until somebody takes it back; the old addresses lead here."
    ),
    "split": language.N_("The claims stand as an incident of their own. That holds until somebody takes it back."),
    "retracted": language.N_("The article speaks for no incident any more. It stays, marked; you can reinstate it."),
    "reinstated": language.N_("The article speaks again."),
    "released": language.N_("The claims are given back to the rules. What they make of them is below."),
    "shift-begun": language.N_("Your shift has begun. The inbox shows what has changed since your last one."),
    "all-read": language.N_("Nothing is left unread here."),
    "shift-ended": language.N_("Your shift is over. Next time the inbox shows what has changed from now on."),
    "filter-saved": language.N_("The filter is saved. It stands with the others under “saved filters” in the inbox."),
    "filter-changed": language.N_("The filter is changed."),
    "filter-deleted": language.N_("The filter is deleted, and its feed with it."),
    "feed-ended": language.N_("The feed has ended: its address leads nowhere any more."),
    "keys-changed": language.N_("The keys are kept."),
    "keys-reset": language.N_("All keys are again as they come."),
    "report-drafted": language.N_("The report is drafted and kept. Every change in it is kept too, with your name."),
    "report-edited": language.N_("The change is kept."),
    "report-noted": language.N_("The note is kept for those who edit; no file bears it."),
    "report-redrafted": language.N_("The report is drafted anew. What no longer holds is listed below, if anything."),
    "report-final": language.N_("The report is final: nothing changes it any more. A correction is a new version."),
    "report-corrected": language.N_("This draft is to replace the version it began with. Edit it, or draft it anew."),
    "report-mailed": language.N_("The report is in the outbox. What became of each copy stands below."),
    "report-added": language.N_(
        "The incidents stand in the report now, as edits of yours. What it told already stayed."
    ),
    "report-told": language.N_("The report tells these already: nothing was changed."),
    "marked": language.N_("The marking is kept, with your name."),
    "feed-added": language.N_("The feed is kept. It is not fetched until you confirm it."),
    "feed-confirmed": language.N_("The feed is confirmed. It is fetched on the next round, then on its schedule."),
    "feed-off": language.N_("The feed is turned off. Its articles stay."),
    "feed-removed": language.N_("The feed is removed. Its articles stay."),
}
#: Strings that stay looked up, in all languages together: more than the interface has.
WORDS_KEPT = 8192
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_NOTICE_KEY = re.compile("[a-z-]{1,40}")


class _CompiledOnce(BytecodeCache):
    """Templates are compiled once in a process, however many desks it opens; a bucket minds its source's digest."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._held:
            bucket.bytecode_from_string(self._held[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._held[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledOnce()


def make_environment(assets: Assets, naming: Naming) -> Environment:
    """The templates, with everything that is not markup of ours escaped and nothing undefined let pass."""
    environment = Environment(
        loader=PackageLoader("tocsin.web", "templates"),
        autoescape=True,
        bytecode_cache=_COMPILED,
        auto_reload=False,  # a newer version that is installed under a running desk is another program's
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.loopcontrols", "jinja2.ext.i18n"],
    )
    # `_("… %(name)s", name=…)` escapes what is put in; the strings themselves are ours
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension's
        language.gettext, language.ngettext, newstyle=True, pgettext=language.pgettext
    )
    environment.globals["_"] = environment.globals["gettext"] = _say
    environment.globals |= {
        "language": language.current_language,
        "languages": language.LANGUAGES,
        "script_words": write_script_words,
        "asset": assets.address,
        "is_built": assets.is_built,
        "desk_version": tocsin.__version__,
        "words": phrases,
        "lists": wordlists,
        "tlps": TLP_ORDER,
        "title_incident": titles.title_incident,
        "name_rule": titles.name_rule,
    }
    environment.filters |= {
        "when": phrases.show_time,
        "day": phrases.show_day,
        "dated": phrases.show_date,
        "thousands": counting.show_number,
        "counted": counting.count_things,
        "term": terms.say_term,
        "bundled": titles.say_bundled,
        "figure": phrases.show_figure,
        "linked": phrases.link_records,
        "named": lambda held: naming.name(held.place_id, held.place_name),
        "segment": lambda text: quote(str(text), safe=""),
    }
    return environment


def _say(message: str, /, **parts: Any) -> Markup:
    """What Jinja's own `_` gives, which takes two calls more for each of some two hundred words of a page."""
    text = _find_words(language.current_language(), message)
    return text % parts if parts or "%" in text else text


@lru_cache(maxsize=WORDS_KEPT)
def _find_words(_language: str, message: str) -> Markup:
    return Markup(language.gettext(message))  # noqa: S704 - ours; what is put in is escaped


def load_templates(environment: Environment) -> None:
    """Have every page's form in memory: by the time it is asked for, the disk may hold another version's."""
    for name in environment.list_templates():
        environment.get_template(name)


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A whole page."""
    desk: Desk = request.app.state.desk
    token, is_new = _find_token(request)
    given = request.query_params.get("notice", "")
    key = given if _NOTICE_KEY.fullmatch(given) else ""  # nobody else's words, where a page says something of its own
    frame: dict[str, Any] = {
        "token": token,
        "path": request.url.path,
        "this_address": find_own_address(request),
        "has_streets": desk.settings.tiles is not None,
        "counts": None,
        "firing": 0,
        **NO_INBOX,
        "notice": language.gettext(NOTICES.get(key, "")) or None,
        "notice_key": key,
        "now": desk.clock.now(),
        "asked_words": request.query_params.get("query", "")[:200],
    }
    if find_role(request) is not None:  # a stranger is told nothing of what the desk holds
        frame |= _count(desk) | find_inbox_frame(desk, find_person(request))
    frame |= {"account": find_account(request), "role": find_role(request), "may": partial(may, request)}
    environment: Environment = request.app.state.templates
    response = HTMLResponse(environment.get_template(template).render(frame | context), status)
    response.headers["cache-control"] = "no-store"
    if is_new:
        secure = is_secure(request, desk.settings)
        response.set_cookie(TOKEN_COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")
    return response


def find_own_address(request: Request) -> str:
    """Where a page is asked for once more; the desk itself for one that answers a form: nothing is at its address."""
    address = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    return clean_way(address if request.method in SAFE_METHODS else None, circles=())


def _find_token(request: Request) -> tuple[str, bool]:
    held = request.cookies.get(TOKEN_COOKIE, "")
    return (held, False) if _TOKEN.fullmatch(held) else (make_token(), True)


def _count(desk: Desk) -> dict[str, Any]:
    """What the frame counts; a page that says the store is broken must not need the store."""
    try:
        return {"counts": desk.store.counts(), "firing": desk.store.count_alerts(["firing"])}
    except TocsinError:
        return {}
