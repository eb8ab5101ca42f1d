"""Names and quotations as a sentence writes them: what a check must find in the records."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from tocsin.knowledge.report import load_ordinary_words, load_report_table

_QUOTE = re.compile(r"“([^”]*)(?:”|$)|\"([^\"]*)(?:\"|$)|«([^»]*)(?:»|$)|„([^“”]*)(?:[“”]|$)")
WORD = re.compile(r"[^\W_]+(?:['\u2019\-][^\W_]+)*")
_TLP = re.compile(r"TLP:[A-Z+]+")
_GRADE = re.compile(r"(?<![^\W_])[A-F][1-6](?![^\W_])")
#: After these a capital letter says nothing: a sentence or row may begin.
OPENERS = '.!?:;…\u2014\u2013(→“"•'
_QUOTE_MARKS = str.maketrans({"\u2019": "'", "\u2018": "'", "“": "'", "”": "'", '"': "'", "«": "'", "»": "'", "„": "'"})


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a text names and quotes.

    names   runs of words that stand together as one name, as written; `cut` those whose last word ends in "…"
    quotes  the words within quotation marks
    grades  Admiralty grades ("B2")
    """

    names: tuple[tuple[str, ...], ...]
    cut: frozenset[str]
    quotes: tuple[str, ...]
    grades: tuple[str, ...]


def split_quotes(text: str) -> tuple[tuple[str, ...], str]:
    """The words within quotation marks, and the text with blanks in their place."""
    quotes = tuple(next((g for g in found.groups() if g is not None), "") for found in _QUOTE.finditer(text))
    return quotes, _QUOTE.sub(lambda found: " " * len(found[0]), text)


def find_mentions(text: str) -> Mentions:
    """The names, quotations and grades of a text (its dates already blanked)."""
    quotes, rest = split_quotes(text)
    rest = _TLP.sub(lambda found: " " * len(found[0]), rest)
    grades = tuple(found[0] for found in _GRADE.finditer(rest))
    rest = _GRADE.sub("  ", rest)
    runs: list[list[str]] = []
    cut, end = set(), -2
    for found in WORD.finditer(rest):
        word = found[0]
        if not _is_name(word, rest[: found.start()]):
            continue
        if rest[found.end() : found.end() + 1] == "…":
            cut.add(word)
        if end >= 0 and rest[end : found.start()] == " ":
            runs[-1].append(word)
        else:
            runs.append([word])
        end = found.end()
    return Mentions(tuple(map(tuple, runs)), frozenset(cut), quotes, grades)


def _is_name(word: str, before: str) -> bool:
    """Whether a word must stand in a record: it has a capital letter, letters and digits, or a script without case."""
    if word[0].isdigit():
        return False
    if any(unicodedata.category(c) == "Lo" for c in word):
        return True
    if word.casefold() in load_report_table().marks:
        return False
    if any(c.isdigit() for c in word):
        return True
    if not any(c.isupper() or c.istitle() for c in word):
        return False
    head = before.rstrip()
    is_first = not head or head[-1] in OPENERS
    return not (is_first and _is_ordinary(word))


def _is_ordinary(word: str) -> bool:
    """Whether the desk's own knowledge writes it in small letters; "POLICE" and "McCall" are judged as written."""
    small = word.casefold().removesuffix("'s").removesuffix("\u2019s")
    if not word[1:].islower() and len(word) > 1:
        return False
    known = load_ordinary_words()
    return small in known or all(part in known for part in small.split("-")) or small.removesuffix("s") in known


@lru_cache(maxsize=50_000)
def fold_word(word: str) -> str:
    """A word without accents, letter case, a possessive or plural ending."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).casefold()
    for ending in ("'s", "\u2019s", "s'", "s\u2019", "s"):
        if plain.endswith(ending) and len(plain) > len(ending) + 2:
            return plain.removesuffix(ending)
    return plain


def fold_text(text: str) -> str:
    """A text for comparing word for word: accents and letter case stay out, white space and marks are made alike."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().translate(_QUOTE_MARKS).split())


def list_words(text: str) -> frozenset[str]:
    """The folded words of a text, the parts of hyphenated ones too."""
    words = {found[0] for found in WORD.finditer(text)}
    return frozenset(fold_word(part) for word in words for part in (word, *word.split("-")))
