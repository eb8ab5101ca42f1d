"""Looking through a text for names that the gazetteer knows: whole words with capital letters, never parts of words.

Precision over quantity: by rule, towns that are called like common words or persons count only where the words around
them say that a place is meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.knowledge.countries import load_countries
from tocsin.places.folding import fold_name
from tocsin.places.words import PlaceWords, load_place_words
from tocsin.records import Span

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer
    from tocsin.places.rows import GazetteerRow

_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:[-'\u2019][^\W_]+)*")
_POSSESSIVE = re.compile(r"['\u2019]s$")
#: Small words inside names: "Republic of the Congo", "Mocimboa da Praia", "Hani i Elezit".
_INNER = frozenset({
    "of", "the", "and", "de", "del", "la", "le", "les", "el", "al", "da", "do", "dos", "das", "du", "i", "e", "y", "a",
    "an", "en", "sur", "am", "der", "di", "van", "von", "es", "bin", "ob", "pri", "na", "nad",
})  # fmt: skip
_WIDE_SPACES = ("\u00a0", "\u202f", "\u2009")
_SENTENCE_MARKS = '.!?:"\u201c\u201d\u2013\u2014'
_LONGEST = 6
#: A name that means a village of fewer people at most needs more than a capital letter.
_WELL_KNOWN = 15_000
_MOST_CHARS = 300_000
#: A full stop behind a longer title ends a sentence: "Gov. Jordan", but "the ambassador. Jordan".
_SHORT_TITLE = 4


def scan_text(text: str, gazetteer: Gazetteer) -> Scan:
    """A pass over the text, of which a hostile length is not looked through."""
    return Scan(text, tuple(_TOKEN.finditer(text[:_MOST_CHARS])), gazetteer, load_place_words())


def iterate_peoples(text: str) -> Iterator[tuple[Span, str]]:
    """The adjectives and peoples in the text ("Serbs", "Canadian"): where each stands, and its area's gazetteer id."""
    peoples = load_place_words().peoples
    for token in _TOKEN.finditer(text[:_MOST_CHARS]):
        word = _POSSESSIVE.sub("", token.group())
        if word[0].isupper() and (id_ := peoples.get(word)):
            yield Span(token.start(), token.start() + len(word)), id_


def is_led(text: str, start: int, words: PlaceWords) -> bool:
    """Whether "in", "near", "the town of" or the like stands directly before the name that begins at `start`."""
    line = text[max(0, start - 60) : start].rsplit("\n", 1)[-1]
    if not line.endswith((" ", "-", *_WIDE_SPACES)) or any(mark in line[-3:] for mark in ".,;:!?"):
        return False
    tail = line.lower().split()
    while tail and (tail[-1] in ("the", "a") or tail[-1] in words.parts):
        tail.pop()
    return any(" ".join(tail[-n:]) in words.before for n in (1, 2, 3) if len(tail) >= n)


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over one text. A name is told by its first token and its number of tokens."""

    text: str
    tokens: tuple[re.Match[str], ...]
    gazetteer: Gazetteer
    words: PlaceWords

    def iterate_names(self) -> Iterator[Span]:
        """The names that the rules take for places, longest first where they overlap, in order."""
        at = 0
        while at < len(self.tokens):
            size = self._longest_name(at)
            if size:
                yield self.span(at, size)
            at += max(size, 1)

    def iterate_known(self) -> Iterator[tuple[int, int, tuple[GazetteerRow, ...]]]:
        """Every name that the gazetteer knows, overlapping ones too: first token, number of tokens, rows."""
        for at in range(len(self.tokens)):
            if not self._is_capital(at):
                continue
            for size in range(self._reach(at), 0, -1):
                last = at + size - 1
                if self._is_capital(last) or self._word(last).isdigit():
                    rows = self.gazetteer.find(self.span(at, size).cut(self.text))
                    if rows:
                        yield at, size, rows

    def list_cues(self, at: int, size: int, rows: tuple[GazetteerRow, ...]) -> Iterator[tuple[str, float]]:
        """What the words in and around a name say for and against a place: (cue, value)."""
        name = self.span(at, size).cut(self.text)
        folded = fold_name(name)
        if rows:
            yield "known", 1.0
            yield "population", math.log10(1 + max((r.population or 0) for r in rows))
            if any(r.precision != "settlement" or r.feature == "capital" for r in rows):
                yield "area", 1.0
            if self._is_place(at, size, rows):
                yield "rule", 1.0
        facts = (
            ("led", is_led(self.text, self.tokens[at].start(), self.words)),
            ("before-area", self._precedes_area(at + size)),
            ("after-title", self._follows_title_or_name(at)),
            ("goes-on", self._goes_on(at + size)),
            ("before-speech", self._precedes_speech(at + size)),
            ("given-name", folded in self.words.given),
            ("people", name in self.words.peoples),
            ("stop", folded in self.words.stop),
            ("common", size == 1 and self._is_common(name)),
            ("opening", self._starts_sentence(at)),
            ("single", size == 1),
            ("lower", not self._is_capital(at)),
            ("by-hand", size > 1 and any(self.gazetteer.is_by_hand(r.id) for r in rows)),
        )
        yield from ((cue, 1.0) for cue, holds in facts if holds)

    def names_person(self, at: int) -> bool:
        """Whether token `at` is told as a person's name: "Mr Jordan", "Michael Jordan", "Jordan Peterson"."""
        if self._word(at).lower() in self.words.given and self._goes_on(at + 1):
            return self._word(at + 1).lower() not in self.words.organisations
        word = self._word(at - 1).lower() if at else ""
        if not word or not (self._gap(at) == " " or (self._gap(at) == ". " and len(word) <= _SHORT_TITLE)):
            return False
        return word in self.words.titles or (self._is_capital(at - 1) and word in self.words.given)

    def _longest_name(self, at: int) -> int:
        """How many tokens from `at` on are a place name; 0 if none."""
        if not self._is_capital(at):
            return 0
        for size in range(self._reach(at), 0, -1):
            last = at + size - 1
            if self._is_capital(last) or self._word(last).isdigit():
                rows = self.gazetteer.find(self.span(at, size).cut(self.text))
                if rows and self._is_place(at, size, rows):
                    return size
        return 0

    def _reach(self, at: int) -> int:
        """How many tokens could belong to one name: parted by one space or hyphen, capitalised or small inner words."""
        size = 1
        while size < _LONGEST and at + size < len(self.tokens):
            gap, word = self._gap(at + size), self._word(at + size)
            is_short = gap == ". " and len(self._word(at + size - 1)) <= 3
            if not (gap in (" ", "-") or is_short) or not (word[0].isupper() or word in _INNER or word.isdigit()):
                break
            size += 1
        return size

    def _is_place(self, at: int, size: int, rows: tuple[GazetteerRow, ...]) -> bool:
        """Whether the name means one of the places that bear it, by what stands in it and around it."""
        name = self.span(at, size).cut(self.text)
        folded = fold_name(name)
        has_area = any(r.precision != "settlement" or r.feature == "capital" for r in rows)
        is_country = any(r.precision == "country" for r in rows)
        if not (is_country and name.isupper()) and (name in self.words.demonyms or folded in self.words.stop):
            return False
        if self._follows_title_or_name(at) or self._goes_on(at + size):
            return False
        if is_led(self.text, self.tokens[at].start(), self.words) or self._precedes_area(at + size):
            return True
        if folded in self.words.given or (not has_area and self._precedes_speech(at + size)):
            return False
        if size == 1 and not has_area and self._starts_sentence(at) and self._is_common(name):
            return False
        return has_area or size > 1 or max((r.population or 0) for r in rows) >= _WELL_KNOWN

    def _follows_title_or_name(self, at: int) -> bool:
        """Whether what stands before makes it a person's or a longer name: President Lincoln, Michael Jackson."""
        if at == 0 or (gap := self._gap(at)) not in (" ", ". "):
            return False
        word = self._word(at - 1)
        if word.lower() in self.words.titles:
            return True
        if gap != " " or not word[0].isupper() or self._is_plain(word) or self._is_country(word):
            return False
        if _POSSESSIVE.search(word):  # "Nigeria's Plateau"
            return False
        if self._starts_sentence(at - 1):
            return word.lower() in self.words.given
        return word not in self.words.demonyms and not word.isupper()

    def _goes_on(self, after: int) -> bool:
        """Whether what follows makes it a longer name: Washington Post, Jackson Smith."""
        if after >= len(self.tokens) or self._gap(after) not in (" ", "-") or not self._is_capital(after):
            return False
        word = self._word(after)
        return word.lower() in self.words.organisations or not (self._is_plain(word) or self._is_country(word))

    def _precedes_area(self, after: int) -> bool:
        """Whether a comma and a state or country follow: "Alexandria, La."."""
        if after >= len(self.tokens) or self._gap(after) != ", ":
            return False
        word, words = self._word(after), self.words
        return (
            f"{word}." in words.states
            or word in words.states
            or word in words.postal
            or word in load_countries().by_name
        )

    def _precedes_speech(self, after: int) -> bool:
        return after < len(self.tokens) and self._word(after) in self.words.speech and self._gap(after) == " "

    def _starts_sentence(self, at: int) -> bool:
        gap = self._gap(at) if at else "\n"
        return "\n" in gap or any(mark in gap for mark in _SENTENCE_MARKS)

    def _is_common(self, name: str) -> bool:
        """Whether the text uses the word in lower case too: then it is no name."""
        return re.search(rf"\b{re.escape(name.lower())}\b", self.text) is not None

    def _is_plain(self, word: str) -> bool:
        """Whether a capitalised neighbour is no part of a name: "In", "Northern", "Bridge", "Province"."""
        low, words = word.lower(), self.words
        return low in words.stop or low in words.parts or low in words.sites or low in words.kinds

    def _is_country(self, word: str) -> bool:
        return any(row.precision == "country" for row in self.gazetteer.find(word))

    def _is_capital(self, at: int) -> bool:
        return self._word(at)[0].isupper()

    def _word(self, at: int) -> str:
        return self.tokens[at].group()

    def _gap(self, at: int) -> str:
        """What stands before token `at`; a space of any width is " "."""
        gap = self.text[self.tokens[at - 1].end() : self.tokens[at].start()]
        return " " if gap in _WIDE_SPACES else gap

    def span(self, at: int, size: int) -> Span:
        """Where the name stands, a possessive left out."""
        last = self.tokens[at + size - 1]
        end = last.end() - 2 if _POSSESSIVE.search(last.group()) else last.end()
        return Span(self.tokens[at].start(), end)
