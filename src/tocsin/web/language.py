"""The language of a page: chosen once per request, asked for wherever words are made.

Strings of the interface are English in the code and go through `_` (or `ngettext` where they count something); words
that stand in a table at import are marked with `N_` (counted ones with `NN_`) and go through `_` where they are shown.

>>> with speak("en"):
...     _("Incidents")
'Incidents'
"""

from __future__ import annotations

import gettext as catalogues
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

#: Code, as in `<html lang>`, and what a language calls itself.
LANGUAGES = {"en": "English", "sr-Latn": "Srpski", "sq": "Shqip"}
DEFAULT_LANGUAGE = "en"
_DOMAIN = "tocsin"
_current: ContextVar[str] = ContextVar("tocsin_language", default=DEFAULT_LANGUAGE)


@contextmanager
def speak(language: str) -> Iterator[None]:
    """Use a language for what is done within; one that is not ours is English."""
    token = _current.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _current.reset(token)


def current_language() -> str:
    """The code of the language that is spoken now."""
    return _current.get()


def gettext(message: str) -> str:
    """A string of the interface in the language spoken now."""
    return _find_catalogue(_current.get()).gettext(message) if message else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The form of a counted string that goes with `count`."""
    return _find_catalogue(_current.get()).ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """A string whose words mean something else elsewhere: `context` tells translators which it is."""
    return _find_catalogue(_current.get()).pgettext(context, message)


def mark(message: str) -> str:
    """A string that is translated where it is shown, not where it is written down."""
    return message


def mark_counted(one: str, many: str) -> tuple[str, str]:
    """Both English forms of a counted string that is translated where it is shown."""
    return one, many


_, N_, NN_ = gettext, mark, mark_counted


@cache
def _find_catalogue(language: str) -> catalogues.NullTranslations:
    if language == DEFAULT_LANGUAGE:
        return catalogues.NullTranslations()
    path = files("tocsin.web").joinpath("translations", language.replace("-", "_"), "LC_MESSAGES", f"{_DOMAIN}.mo")
    if not path.is_file():
        return catalogues.NullTranslations()
    with path.open("rb") as file:
        return catalogues.GNUTranslations(file)


# --- which language
#: What a person chose, in their browser.
LANGUAGE_COOKIE = "tocsin_language"
#: Tags of browsers that are answered in one of ours, by their first part: who reads one reads the other.
_SPOKEN_AS = {
    "en": "en",
    "sr": "sr-Latn",
    "sh": "sr-Latn",
    "bs": "sr-Latn",
    "hr": "sr-Latn",
    "cnr": "sr-Latn",
    "sq": "sq",
}
_MOST_TAGS = 20


def choose_language(chosen: str | None, accepted: str | None, default: str = "auto") -> str:
    """The code of the language to answer in.

    chosen    what the person chose, if they did; what is not ours counts for nothing
    accepted  the header Accept-Language (RFC 9110, 12.5.4)
    default   a code, or "auto": the first of ours that the browser prefers, else English

    >>> choose_language(None, "de, sr-Cyrl-RS;q=0.8, en;q=0.5")
    'sr-Latn'
    """
    if chosen in LANGUAGES:
        return chosen
    if default in LANGUAGES:
        return default
    asked = [_weigh(tag, at) for at, tag in enumerate((accepted or "").split(",")[:_MOST_TAGS])]
    spoken = [(-weight, at, _SPOKEN_AS[tag]) for weight, at, tag in asked if weight > 0 and tag in _SPOKEN_AS]
    return min(spoken)[2] if spoken else DEFAULT_LANGUAGE


def _weigh(tag: str, at: int) -> tuple[float, int, str]:
    name, _, weight = tag.partition(";")
    try:
        value = float(weight.strip().removeprefix("q=")) if weight else 1.0
    except ValueError:
        value = 0.0
    return value, at, name.strip().lower().split("-")[0]


def _is_for_programs(path: str) -> bool:
    """Whether programs read what is there: they get English, whatever the person's browser asks for."""
    is_feed = path.startswith("/feeds/filters/") or path.endswith((".atom", ".rss", ".cap"))
    return is_feed or (path.startswith("/api/") and path != "/api/docs")


class Speaking:
    """ASGI middleware: all that is made for one request is made in one language; what programs read is English."""

    def __init__(self, app: ASGIApp, *, default: str = "auto") -> None:
        self._app, self._default = app, default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose the language by cookie, setting and header, and answer in it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _is_for_programs(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        accepted = request.headers.get("accept-language")
        with speak(choose_language(request.cookies.get(LANGUAGE_COOKIE), accepted, self._default)):
            await self._app(scope, receive, send)
