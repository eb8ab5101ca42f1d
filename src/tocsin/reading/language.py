"""Whether an article may be read: this reader reads English only, and says so rather than misread."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tocsin.errors import ReadingError
from tocsin.knowledge.languages import guess_language
from tocsin.records import Article

#: From so many letters on the language that intake found stands. Of fewer a guess goes wrong where names are foreign:
#: there the plain words decide too, as they do alone where nobody has found a language.
LONG = 300
#: In a text of fewer letters that has no plain words a guess is a coin toss: it is read.
SHORTEST = 100
#: Words of fewer letters are alike in too many languages.
_LEAST_LETTERS = 4
#: English news of one sentence knows nearly all of its plain words, other languages at most half (tests/cases).
_ENGLISH_SHARE, _FOREIGN_SHARE = 1 / 2, 1 / 3
#: One strange word alone makes no text foreign.
_LEAST_STRANGE = 2
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00aa-\u024f\u1e00-\u1eff]")


def require_english(article: Article, knows: Callable[[str], bool]) -> None:
    """Raise ReadingError for an article in another language.

    knows  whether a word in small letters is one of the English words that the reader has
    """
    if article.language == "en":
        return
    # what a text is written in is told by its beginning
    beginning = article.text[: 4 * LONG]
    if not _is_english(article.language, beginning, knows):
        which = article.title or article.url or " ".join(article.text[:60].split())
        told = repr(article.language) if article.language else _call_by_words(beginning)
        raise ReadingError("article language", which, f"is {told}; this reader reads English ('en') only")


def _is_english(told: str | None, text: str, knows: Callable[[str], bool]) -> bool:
    letters = "".join(_WORD.findall(text))
    if told is not None and len(letters) >= LONG:
        return False
    if 2 * len(_LATIN.findall(letters)) < len(letters):
        return False
    words = _list_plain(text)
    if not words and len(letters) >= LONG:
        # all in capitals
        words = [word.lower() for word in _WORD.findall(text) if len(word) >= _LEAST_LETTERS]
    known = sum(knows(word) for word in words)
    if told is None:
        return len(words) - known < _LEAST_STRANGE or known >= _FOREIGN_SHARE * len(words)
    return known > _ENGLISH_SHARE * len(words) if words else len(letters) < SHORTEST


def _call_by_words(text: str) -> str:
    guess = guess_language(text)
    return f"not English by its words, but looks like {guess!r}" if guess else "not English by its words"


def _list_plain(text: str) -> Sequence[str]:
    """The words that are no part of a name, as far as their first letters tell."""
    return [word for word in _WORD.findall(text) if word[0].islower() and len(word) >= _LEAST_LETTERS]
