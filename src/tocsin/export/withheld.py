"""Names of persons that are withheld, and texts without them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import digits
from urllib.parse import unquote

from tocsin.knowledge.parties import PartyLexicon, make_party_lexicon
from tocsin.knowledge.persons import BODY_SECTORS, find_named_persons, find_person_names, load_person_words
from tocsin.records import Claim, Incident

MASK = "[name withheld]"
WORD = re.compile(r"[^\W_](?:[\w'\u2019.-]*[^\W_])?")
#: What stands inside a word and shows nothing (soft hyphens, joiners), and accents that are letters of their own.
_UNSEEN = "\u00ad\u200b-\u200d\u2060\ufeff"
_INNER = rf"\u0300-\u036f{_UNSEEN}"
#: A part of a word as names are looked for: "Korvin" of "pro-Korvin", of "Ana_Korvin" and of "Korvin.The".
_PIECE = re.compile(rf"[^\W_]+(?:[{_INNER}'\u2019]+[^\W_]+)*[\u0300-\u036f]*")
_POSSESSIVE = re.compile(r"(?<=\w)['\u2019]s?$")
#: Shorter names stand inside longer words by chance.
_SHORTEST = 3
_MASKS = re.compile(rf"{re.escape(MASK)}(?:[ .-]+{re.escape(MASK)})+")
_SPEAKING_BODIES = frozenset({"organisation", "media", "footage", "document"})
#: Letters that keep a stroke or a ring when accents are taken away; and how they are spelt without them.
_PLAIN = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "ħ": "h", "ŧ": "t", "\u0131": "i", "ð": "d", "þ": "th", "æ": "ae",
                        "œ": "oe"})  # fmt: skip
_SPELT_OUT = str.maketrans({"đ": "dj", "ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_SPELT_SHORT = re.compile("dj|(?<=[aou])e")


class NameIndex:
    """Names by their first piece, in each of their spellings, so that a text is searched once for all of them.

    names   as written; `joined` those of several words, run together ("anakorvin")
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        spellings = {spelling for name in self.names for spelling in _spell_name(name)}
        for spelling in spellings:
            self._by_first.setdefault(spelling[0], []).append(spelling)
        for found in self._by_first.values():
            found.sort(key=len, reverse=True)
        self.joined = frozenset("".join(spelling) for spelling in spellings if len(spelling) > 1)

    def match(self, words: Sequence[str], i: int) -> int:
        """How many words the longest name that begins at word `i` takes; 0 where none does."""
        found = self._by_first.get(words[i])
        return next((len(name) for name in found if tuple(words[i : i + len(name)]) == name), 0) if found else 0


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
        """The text with the mask in place of each name.

        A part of a name has a capital letter. A whole one may be in small letters: run together or joined by marks
        ("ana.korvin@"), in a text that has no others, and anywhere in what tells of the person itself.
        """
        found = list(_PIECE.finditer(text))
        words = [_fold_case(match.group()) for match in found]
        is_small = text.islower()
        kept, at, i = [], 0, 0
        while i < len(found):
            length = self._match(words, i)
            if not length or (found[i].group().islower() and not self._may_be_small(text, found, i, length, is_small)):
                i += 1
                continue
            last = found[i + length - 1]
            end = last.start() + len(_POSSESSIVE.sub("", last.group()))
            if last.group().isupper() and len(last.group()) == 1 and text[end : end + 1] == ".":
                end += 1  # an initial's full stop
            kept += [text[at : found[i].start()], MASK]
            at, i = end, i + length
        return _MASKS.sub(MASK, "".join(kept) + text[at:]) if kept else text

    def _may_be_small(self, text: str, found: Sequence[re.Match[str]], i: int, length: int, is_small: bool) -> bool:
        """Whether what begins with a small letter is a name all the same; single words ("hill") are not."""
        if length == 1:
            return self._is_joined(_fold_case(found[i].group()))
        words = [_fold_case(match.group()) for match in found[i : i + length]]
        is_own = is_small or self.own.match(words, 0) == length
        return is_own or not re.search(r"\s", text[found[i].start() : found[i + length - 1].end()])

    def _match(self, words: Sequence[str], i: int) -> int:
        word, longest = words[i], self.own.match(words, i)
        if self.shared is not None:
            longest = max(longest, self.shared.match(words, i))
        if longest:
            return longest
        # "the Korvins", and "korvins-house" in an address
        is_plural = word[-1:] == "s" and len(word) > _SHORTEST + 1 and word[:-1] in self.words
        return 1 if is_plural or word in self.words or self._is_joined(word) else 0

    def _is_joined(self, word: str) -> bool:
        bare = word.rstrip(digits) if word[-1:].isdigit() else word
        return bare in self.own.joined or (self.shared is not None and bare in self.shared.joined)

    def is_spelt_in(self, address: str) -> bool:
        """Whether an address holds a word of a name, or a name run together."""
        words = re.findall(r"[^\W_]+", _fold(unquote(unquote(address))))
        if any(self._match(words, i) for i in range(len(words))):
            return True
        joined, names = "".join(words), (re.sub(r"[\W_]+", "", _fold(name)) for name in self.own.names)
        return any(len(name) > _SHORTEST and name in joined for name in (*names, *self.own.joined))


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
    place_words = frozenset(_fold_case(word) for place in places for word in _PIECE.findall(place))
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
        lasts = (spelling[-1] for name in held.own.names for spelling in _spell_name(name) if len(spelling) > 1)
        last_words |= {word for word in lasts if word in held.words and len(word) > _SHORTEST}
    return NameIndex(names | (last_words - place_words))


def join_names(held: Sequence[WithheldNames]) -> WithheldNames:
    """The names of several articles as those of one thing that rests on them all."""
    own = NameIndex(name for names in held for name in names.own.names)
    words = frozenset(word for names in held for word in names.words)
    return WithheldNames(own, words, next((names.shared for names in held), None))


def _split_names(names: Iterable[str], lexicon: PartyLexicon) -> frozenset[str]:
    """The words that give a person away, in each spelling; not initials, and not what names a land or body as well."""
    particles = load_person_words().particles
    words = {word for name in names for word in WORD.findall(name)}
    known = (lexicon.lands, lexicon.peoples, lexicon.names)
    pieces = {piece for word in words if not any(word in held for held in known) for piece in _PIECE.findall(word)}
    return frozenset(
        spelling
        for piece in pieces
        if len(piece) > 1 and piece.lower() not in particles and not any(piece in held for held in known)
        for spelling in _spell(piece)
    )


def _spell_name(name: str) -> set[tuple[str, ...]]:
    """A name as it may be spelt, folded: "zoran dordevic", "zoran djordjevic"."""
    spelt = [_spell(piece) for piece in _PIECE.findall(name)]
    return set(zip(*spelt, strict=True)) if spelt else set()


@lru_cache(maxsize=65_536)
def _spell(word: str) -> tuple[str, str, str]:
    """A word without its accents; with letters instead of them ("ue" for "ü"); and without such letters."""
    plain = _fold_case(word)
    full = unicodedata.normalize("NFC", _POSSESSIVE.sub("", word)).casefold()
    return plain, _fold(full.translate(_SPELT_OUT)), _SPELT_SHORT.sub(lambda m: "d" if m[0] == "dj" else "", plain)


@lru_cache(maxsize=65_536)
def _fold_case(word: str) -> str:
    """A word as names are compared: in small letters, without accents and an 's of possession."""
    return _fold(_POSSESSIVE.sub("", word))


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(f"[{_UNSEEN}]", "", plain).translate(_PLAIN)
