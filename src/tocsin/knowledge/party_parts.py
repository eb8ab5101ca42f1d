"""A noun phrase cut at its joints ("of", "from", a comma), with the names, lands, peoples and roles in each part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from tocsin.knowledge.borrowed_names import BorrowerKind, find_borrower

if TYPE_CHECKING:
    from tocsin.knowledge.parties import PartyLexicon

LandKind = Literal["name", "demonym", "capital", "region", "de_facto"]
_TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|\w[\w\u2019'&/-]*(?:\.\w+)*|[,;:()\u2013\u2014]")
_MARKS = frozenset(",;:()\u2013\u2014")
#: Words that end the head's part of a phrase; what follows describes it.
_JOINTS = frozenset({
    "of", "from", "in", "at", "near", "for", "who", "whom", "whose", "which", "that", "to", "on", "with", "without",
    "by", "against", "inside", "outside", "around", "across", "along", "between", "among", "within", "over", "aboard",
    "behind", "under", "after", "before", "during", "into", "about", "via", "led", "headed", "commanded", "loyal",
    "belonging", "known", "called", "calling", "named", "backed", "said", "accused", "wanted", "including", "serving",
    "representing", "controlled", "held", "run", "carrying", "wearing", "dressed", "trying", "suspected", "as",
    "opposed", "allied", "close", "linked", "affiliated", "where", "when", "not", "is", "was", "were", "are", "had",
    "has", "have", "reporting", "taking", "demanding", "protesting", "living", "working", "fleeing", "returning",
})  # fmt: skip
#: Tails of "Saudi-led": the land is the party's own; of "Turkish-backed": it is not.
_OWN_TAILS = frozenset({"led", "run", "based", "controlled", "governed", "administered", "majority", "held", "wide"})
_PREFIXES = frozenset({"ex", "vice", "co", "deputy", "sub", "pro", "anti", "non"})
_SUFFIXES = frozenset({"designate", "elect", "general", "in", "candidate", "at"})
#: "major donors" are no officers, "Major Bellucci" is one.
_RANKS_AS_ADJECTIVES = frozenset({"major", "general", "private"})
FILLERS = frozenset({"the", "both", "two", "that", "of", "a", "an", "all", "this"})


@dataclass(frozen=True, slots=True)
class Land:
    """What a name of a land says: the country's code, and whether it is its name, people, capital or a part of it."""

    country: str
    kind: LandKind


@dataclass(frozen=True, slots=True)
class PartyCode:
    """What the words of a noun phrase say about a party; `by` names the words that decided, for the reasons."""

    country: str | None = None
    sector: str | None = None
    by: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the words identify anybody at all."""
        return bool(self.country or self.sector)


@dataclass(slots=True)
class Part:
    """The words between two joints with what was found in them, in order of the text."""

    joint: str
    words: list[str] = field(default_factory=list)
    names: list[tuple[int, PartyCode, str]] = field(default_factory=list)
    lands: list[tuple[int, Land, str]] = field(default_factory=list)
    roles: list[tuple[int, str]] = field(default_factory=list)
    people: list[tuple[int, str]] = field(default_factory=list)


@lru_cache(maxsize=4096)
def split_words(text: str) -> tuple[str, ...]:
    """The words and marks of a text, without the 's of possession."""
    return tuple(strip_possessive(t) for t in _TOKEN.findall(text))


def strip_possessive(word: str) -> str:
    """The word without an 's or s' at its end."""
    if word.endswith(("'s", "\u2019s")):
        return word[:-2]
    return word[:-1] if word.endswith(("s'", "s\u2019")) else word.rstrip("-'\u2019") or word


def normalise_name(name: str) -> str:
    """A name as it is looked up: its words parted by one space, without possession."""
    return " ".join(split_words(name))


def split_parts(words: Sequence[str], lexicon: PartyLexicon, known: Mapping[str, PartyCode]) -> list[Part]:
    """The parts of a phrase with what is known in each, in order; `known` are names an article has explained."""
    parts = [Part("")]
    i, n = 0, len(words)
    while i < n:
        part, word = parts[-1], words[i]
        at = len(part.words)
        if (found := _match_cased(words, i, lexicon, known)) is not None:
            length, code, form = found
            if isinstance(code, Land) and code.kind == "demonym" and i and words[i - 1].lower() == "ethnic":
                # "ethnic Albanians" live in the country that the text tells of, not in their kin's
                part.people.append((at + length - 1, form))
            elif isinstance(code, Land) and (borrower := _find_borrower(words, i, length, code, lexicon)) is not None:
                what, length = borrower
                if what == "outlet":
                    form = " ".join(words[i : i + length])
                    part.names.append((at, PartyCode("MED", "MED", form), form))
            elif isinstance(code, Land):
                part.lands.append((at, code, form))
            else:
                part.names.append((at, code, form))
            part.words.extend(words[i : i + length])
            i += length
            continue
        low = word.lower()
        if word in lexicon.peoples:
            part.people.append((at, word))
        elif (length := _match_role(words, i, lexicon)) > 0:
            form = " ".join(words[i : i + length]).lower()
            part.roles.append((at + length - 1, form if form in lexicon.heads else _plain(form)))
            part.words.extend(words[i : i + length])
            i += length
            continue
        if word in _MARKS or low in _JOINTS:
            parts.append(Part(low))
        else:
            part.words.append(word)
        i += 1
    return parts


def _find_borrower(
    words: Sequence[str], i: int, length: int, land: Land, lexicon: PartyLexicon
) -> tuple[BorrowerKind, int] | None:
    return find_borrower(words, i, length, lexicon.borrowers, lexicon.heads, is_capital=land.kind == "capital")


def _match_cased(
    words: Sequence[str], i: int, lexicon: PartyLexicon, known: Mapping[str, PartyCode]
) -> tuple[int, PartyCode | Land, str] | None:
    """The longest name or land that starts at word `i`, as (words it takes, what it is, its form)."""
    word = words[i]
    longest = min(max(lexicon.openings.get(word, 0), 4 if known and word[0].isupper() else 0), len(words) - i)
    for length in range(longest, 0, -1):
        form = word if length == 1 else " ".join(words[i : i + length])
        if (code := known.get(form) or lexicon.names.get(form)) is not None:
            return length, code, form
        if (land := lexicon.lands.get(form)) is not None:
            is_person = land.kind in ("capital", "name", "region") and _is_in_person(words, i, length, lexicon)
            if is_person and _find_borrower(words, i, length, land, lexicon) is None:
                return None
            return length, land, form
    if "-" in word[1:]:
        first, tail = word.split("-", 1)
        if first and tail.lower() in _OWN_TAILS:
            if (code := known.get(first) or lexicon.names.get(first)) is not None:
                return 1, code, first
            if (land := lexicon.lands.get(first)) is not None:
                return 1, land, first
    return None


def _is_in_person(words: Sequence[str], i: int, length: int, lexicon: PartyLexicon) -> bool:
    """Whether a land's name is part of a person's: "Michael Jordan", "Wellington Usher", "Paul Biya"."""
    before = words[i - 1] if i else ""
    after = words[i + length] if i + length < len(words) else ""
    if length > 1:
        return False
    may_be_given = words[i] in lexicon.capitals or words[i] in lexicon.given
    is_given = after[:1].isupper() and not _is_word_of_parties(after, lexicon) and may_be_given
    is_family = (
        before[:1].isupper() and before.lower() not in FILLERS and not _is_word_of_parties(before, lexicon)
        and not after and i >= 1 and (i > 1 or len(words) == 2)
    )  # fmt: skip
    return is_given or is_family


def _is_word_of_parties(word: str, lexicon: PartyLexicon) -> bool:
    low = word.lower()
    return low in lexicon.heads or low in lexicon.role_openings or word in lexicon.openings or word in lexicon.peoples


def _match_role(words: Sequence[str], i: int, lexicon: PartyLexicon) -> int:
    """How many words the longest role word that starts at word `i` takes; 0 where none does."""
    low = words[i].lower()
    if low in _RANKS_AS_ADJECTIVES and words[i] == low and i + 1 < len(words):
        return 0
    for length in range(min(lexicon.role_openings.get(low, 0), len(words) - i), 0, -1):
        form = low if length == 1 else " ".join(words[i : i + length]).lower()
        if form in lexicon.heads:
            return length
    if "-" in low:
        first, _, last = low.partition("-")
        if (first in _PREFIXES and last in lexicon.heads) or (last in _SUFFIXES and first in lexicon.heads):
            return 1
    return 0


def _plain(role: str) -> str:
    """A role word without the "ex-" or "-elect" that no table lists."""
    first, _, last = role.partition("-")
    return last if first in _PREFIXES else first if last in _SUFFIXES else role
