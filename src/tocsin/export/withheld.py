"""Names of persons that are withheld, and texts without them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from tocsin.knowledge.parties import PartyLexicon, make_party_lexicon
from tocsin.knowledge.persons import BODY_SECTORS, find_named_persons, find_person_names, load_person_words
from tocsin.records import Claim, Incident

MASK = "[name withheld]"
WORD = re.compile(r"[^\W_](?:[\w'\u2019.-]*[^\W_])?")
_POSSESSIVE = re.compile(r"(?<=\w)['\u2019]s?$")
#: Shorter names stand inside longer words by chance.
_SHORTEST = 3
_MASKS = re.compile(rf"{re.escape(MASK)}(?:[ .-]+{re.escape(MASK)})+")
_SPEAKING_BODIES = frozenset({"organisation", "media", "footage", "document"})


class NameIndex:
    """Names by their first word, so that a text is searched once for all of them."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for name in self.names:
            words = tuple(_fold_case(word) for word in WORD.findall(name))
            if words:
                self._by_first.setdefault(words[0], []).append(words)
        for found in self._by_first.values():
            found.sort(key=len, reverse=True)

    def match(self, words: Sequence[str], i: int) -> int:
        """How many words the longest name that begins at word `i` takes; 0 where none does."""
        for name in self._by_first.get(words[i], ()):
            if tuple(words[i : i + len(name)]) == name:
                return len(name)
        return 0


@dataclass(frozen=True, slots=True)
class WithheldNames:
    """Names of persons to be masked.

    own     whole names in the article or incident itself
    words   their parts ("Novak" of "Jan Novak"), masked there alone
    shared  names that anything in the same export withholds
    place_words  words of the places of the same records
    """

    own: NameIndex
    words: frozenset[str] = frozenset()
    shared: NameIndex | None = None
    place_words: frozenset[str] = frozenset()

    def mask(self, text: str) -> str:
        """The text with the mask in place of each name, in any letter case but all small."""
        if text.islower():
            return text
        found = list(WORD.finditer(text))
        words = [_fold_case(match.group()) for match in found]
        kept, at, i = [], 0, 0
        while i < len(found):
            length = 0 if found[i].group().islower() else self._match(words, i)
            if length == 0:
                i += 1
                continue
            last = found[i + length - 1]
            end = last.start() + len(_POSSESSIVE.sub("", last.group()))
            if last.group().isupper() and len(last.group()) == 1 and text[end : end + 1] == ".":
                end += 1  # an initial's full stop
            kept += [text[at : found[i].start()], MASK]
            at, i = end, i + length
        return _MASKS.sub(MASK, "".join(kept) + text[at:]) if kept else text

    def _match(self, words: Sequence[str], i: int) -> int:
        longest = max(index.match(words, i) for index in (self.own, self.shared) if index is not None)
        return longest or (1 if words[i] in self.words else 0)

    def is_spelt_in(self, address: str) -> bool:
        """Whether an address holds a word of a name, or a name run together."""
        words = re.findall(r"[^\W_]+", _fold(unquote(address)))
        if any(word in self.words or self._match(words, i) for i, word in enumerate(words)):
            return True
        joined, names = "".join(words), (re.sub(r"[\W_]+", "", _fold(name)) for name in self.own.names)
        return any(len(name) > _SHORTEST and name in joined for name in names)


def find_withheld_names(
    claims: Iterable[Claim],
    incidents: Iterable[Incident] = (),
    *,
    headlines: Iterable[str] = (),
    lexicon: PartyLexicon | None = None,
    shared: NameIndex | None = None,
) -> WithheldNames:
    """The names of all persons who are parties, victims or speakers of these records, and of those whom a sentence or
    headline names right after a role; `shared` are the names of others."""
    claims, known = list(claims), lexicon or make_party_lexicon()
    records: list[Claim | Incident] = [*claims, *incidents]
    located = [record.place for record in records if record.place]
    places = {name for place in located for name in (place.name, place.label) if name and not _is_somebodys(name)}
    texts = {*headlines, *(claim.evidence.text for claim in claims)}
    parties = [party for record in records for party in (*record.actor, *record.recipient)]
    phrases = {(party.text, party.sector in BODY_SECTORS) for party in parties}
    phrases |= {(toll.whom, False) for claim in claims for toll in claim.tolls if toll.whom}
    phrases |= {
        (link.speaker, link.kind in _SPEAKING_BODIES) for claim in claims for link in claim.attribution if link.speaker
    }
    names = {
        name
        for phrase, is_body in phrases
        for name in find_person_names(phrase, lexicon=known, places=places, is_body=is_body)
    }
    names |= {name for text in texts for name in find_named_persons(text, lexicon=known)}
    place_words = frozenset(_fold_case(word) for place in places for word in WORD.findall(place))
    return WithheldNames(NameIndex(names), _split_names(names, known), shared, place_words)


def _is_somebodys(place: str) -> bool:
    """Whether a place is called after whose it is: "the house of Ana Korvin" makes no place of Ana Korvin."""
    return any(word.lower() in load_person_words().related for word in WORD.findall(place))


def share_names(found: Iterable[WithheldNames]) -> NameIndex:
    """The names that anything in an export withholds, for all that is in it: whole, and the last word of each.

    A last word that is also a place's somewhere in the export is left alone: the place would lose its name.
    """
    names: set[str] = set()
    last_words: set[str] = set()
    place_words: set[str] = set()
    for held in found:
        names |= held.own.names
        place_words |= held.place_words
        lasts = (_fold_case(words[-1]) for name in held.own.names if len(words := WORD.findall(name)) > 1)
        last_words |= {word for word in lasts if word in held.words and len(word) > _SHORTEST}
    return NameIndex(names | (last_words - place_words))


def join_names(held: Sequence[WithheldNames]) -> WithheldNames:
    """The names of several articles as those of one thing that rests on them all."""
    own = NameIndex(name for names in held for name in names.own.names)
    words = frozenset(word for names in held for word in names.words)
    return WithheldNames(own, words, next((names.shared for names in held), None))


def _split_names(names: Iterable[str], lexicon: PartyLexicon) -> frozenset[str]:
    """The words that give a person away; not initials, and not what names a land or body as well."""
    particles = load_person_words().particles
    words = {word for name in names for word in WORD.findall(name)}
    return frozenset(
        _fold_case(word)
        for word in words
        if len(word.rstrip(".")) > 1
        and word.lower() not in particles
        and not (word in lexicon.lands or word in lexicon.peoples or word in lexicon.names)
    )


@lru_cache(maxsize=65_536)
def _fold_case(word: str) -> str:
    """A word as names are compared: in small letters, without accents and an 's of possession."""
    return _fold(_POSSESSIVE.sub("", word))


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
