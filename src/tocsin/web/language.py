"""The language of a page: chosen once per request, asked for wherever words are made.

Strings of the interface are English in the code and go through `_` (or `ngettext` where they count something); words
that stand in a table at import are marked with `N_` and go through `_` where they are shown.

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


def mark(message: str) -> str:
    """A string that is translated where it is shown, not where it is written down."""
    return message


_, N_ = gettext, mark


@cache
def _find_catalogue(language: str) -> catalogues.NullTranslations:
    if language == DEFAULT_LANGUAGE:
        return catalogues.NullTranslations()
    path = files("tocsin.web").joinpath("translations", language.replace("-", "_"), "LC_MESSAGES", f"{_DOMAIN}.mo")
    if not path.is_file():
        return catalogues.NullTranslations()
    with path.open("rb") as file:
        return catalogues.GNUTranslations(file)
