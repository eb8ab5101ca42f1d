"""Words of a claim as they are compared: folded, without those that say nothing, cut to stems."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from tocsin.records import Party

WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_POSSESSIVES = ("'s", "\u2019s")
#: Words that say nothing about who or what it was.
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "a an and any all as at be been but by for from had has have he her his in into is it its near no not of "
        "off on or our out over said says say she some that the their them they this those to told under up was we "
        "were who whose with which while after before during about than then there when where late early day week "
        "month year",
    )
)
#: What most claims lack stands in memory once: a claim is held for weeks.
NOTHING: frozenset[str] = frozenset()
#: Letters of a word that count: enough to tell stems apart, few enough to make inflected forms equal.
_STEM = 6


def name_words(parties: Iterable[Party]) -> frozenset[str]:
    """Stems of the words of the parties' names."""
    return join_stems(stem_phrase(p.text) for p in parties)


def stem_words(text: str) -> frozenset[str]:
    """The meaningful words of a text, folded and cut to stems."""
    return pack_stems(filter(None, map(_stem_word, WORD.findall(text))))


def join_stems(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    """What some sets hold together; where only one holds anything, that one and no copy of it."""
    filled = list(dict.fromkeys(filter(None, sets)))
    return filled[0] if len(filled) == 1 else pack_stems(chain.from_iterable(filled))


def pack_stems(words: Iterable[str]) -> frozenset[str]:
    """The words as a set that takes no more room than they need: one that grew word by word has four times as much."""
    grown = {*words}
    return frozenset(grown) if grown else NOTHING


@lru_cache(maxsize=10_000)
def stem_phrase(text: str) -> frozenset[str]:
    """As `stem_words`, for what is said again and again: a party, a verb."""
    return stem_words(text)


@lru_cache(maxsize=100_000)
def _stem_word(word: str) -> str:
    """The stem of a word, or nothing for one that says nothing."""
    folded = word.casefold()
    bare = folded[:-2] if folded.endswith(_POSSESSIVES) else folded
    return "" if bare in _EMPTY else bare[:_STEM].removesuffix("s")


def proper_words(parties: Iterable[Party]) -> frozenset[str]:
    """Stems of the capitalised words of the parties' names: what tells one party from another of its kind."""
    return join_stems(proper_words_in(p.text) for p in parties)


@lru_cache(maxsize=20_000)
def proper_words_in(name: str) -> frozenset[str]:
    """Stems of the capitalised words of one name."""
    return pack_stems(filter(None, (_stem_word(w) for w in WORD.findall(name) if w[:1].isupper())))
