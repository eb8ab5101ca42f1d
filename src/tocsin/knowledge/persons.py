"""Which words of a noun phrase name a person: what is withheld from an export for the public.

>>> from tocsin.knowledge.persons import find_person_names
>>> find_person_names("the mayor, Mirela Voskan")
('Mirela Voskan',)
>>> find_person_names("residents of Orle"), find_person_names("the Green Front")
((), ())
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from tocsin.knowledge.checking import check_keys, read_table, read_text, read_texts
from tocsin.knowledge.files import load_toml
from tocsin.knowledge.parties import SECTORS, PartyLexicon, make_party_lexicon
from tocsin.records import SpeakerKind

_FILE = "persons.toml"
_LISTS = ("particles", "placing", "related", "followers", "bodies", "before", "openers")
_WORD = re.compile(r"[^\W_](?:[\w'\u2019.-]*[^\W_])?")
#: Between two words of one name: a blank, or a full stop after an initial.
_INSIDE = re.compile(r"\.? +")
#: Longer words in capitals that stand alone are shouted names; shorter ones are abbreviations of bodies.
_LONGEST_ABBREVIATION = 6
#: Sectors whose members are bodies more often than persons, where one word is all that names them.
BODY_SECTORS = frozenset({"REB", "UAF", "PTY", "IGO", "NGO", "MED", "BUS", "ETH"})


@dataclass(frozen=True, slots=True)
class PersonWords:
    """The words of `persons.toml`; `titles`, `roles` and `speakers` say what is written in a name's place."""

    version: str
    titles: Mapping[str, str]
    roles: Mapping[str, str]
    speakers: Mapping[str, str]
    particles: frozenset[str]
    placing: frozenset[str]
    related: frozenset[str]
    followers: frozenset[str]
    bodies: frozenset[str]
    before: frozenset[str]
    openers: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.rstrip(".").lower()

    def is_name_like(self, particles: Collection[str]) -> bool:
        """Begins with a capital ("al-Haddad" too), or is written in letters that have none."""
        head, _, tail = self.text.partition("-")
        text = tail if tail and head in particles else self.text
        return text[0].isalpha() and not text[0].islower()


@cache
def load_person_words(path: Path | None = None) -> PersonWords:
    """The bundled words, or a user's own of the same form; raises KnowledgeError naming file and key."""
    table, which = load_toml(_FILE, path), str(path or _FILE)
    check_keys(which, table, ("version", "titles", "roles", "speakers", "words"))
    titles, roles, speakers, words = (
        read_table(which, table, name) for name in ("titles", "roles", "speakers", "words")
    )
    check_keys(f"{which}: words", words, _LISTS)
    check_keys(f"{which}: roles", roles, ("", *SECTORS))
    check_keys(f"{which}: speakers", speakers, get_args(SpeakerKind))
    return PersonWords(
        read_text(which, table, "version"),
        {key: str(value) for key, value in titles.items()},
        {key: read_text(f"{which}: roles", roles, key) for key in roles},
        {key: read_text(f"{which}: speakers", speakers, key) for key in speakers},
        **{name: frozenset(read_texts(f"{which}: words", words, name)) for name in _LISTS},
    )


def find_person_names(
    phrase: str,
    *,
    lexicon: PartyLexicon | None = None,
    places: Collection[str] = (),
    is_body: bool = False,
) -> tuple[str, ...]:
    """The names of persons in a noun phrase, each as written, in order; `places` are known not to be persons.

    is_body says that the phrase stands for a body unless its words say otherwise: then one lone word is its name.
    A word counts as part of a name where it is capitalised (or of a script without capitals) and neither a role, a
    land, a people nor a body that the lexicon knows, and nothing beside it speaks for a body or a place.
    """
    words, known = load_person_words(), lexicon or make_party_lexicon()
    found = [_Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(phrase)]
    spots = {frozenset(_list_capitals(place)) for place in places}
    names = []
    for first, last in _find_runs(phrase, found, words):
        for begin, end in _cut_run(found, first, last, words, known):
            inner = found[begin:end]
            if frozenset(word.text for word in inner) in spots:
                continue
            if _is_person(found, begin, end, words, known, is_body=is_body):
                names.append(_bare(phrase[inner[0].start : inner[-1].end]))
    return tuple(names)


def find_named_persons(text: str, *, lexicon: PartyLexicon | None = None) -> tuple[str, ...]:
    """Names in running text right after a form of address or the role of a person: "Constable Lamming", "Mrs Imaru".

    Nothing else is taken for a name here: in a sentence, most capitalised words are places and bodies.
    """
    words, known = load_person_words(), lexicon or make_party_lexicon()
    found = [_Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
    names = []
    for first, last in _find_runs(text, found, words):
        for begin, end in _cut_run(found, first, last, words, known):
            before = found[begin - 1] if begin else None
            if before is None or not _INSIDE.fullmatch(text[before.end : found[begin].start]):
                continue
            is_role = before.low in known.heads and before.low not in words.bodies | words.before
            if (before.low in words.titles or is_role) and _is_person(found, begin, end, words, known, is_body=False):
                names.append(_bare(text[found[begin].start : found[end - 1].end]))
    return tuple(names)


def _list_capitals(place: str) -> list[str]:
    """The words that make up the name of a place: "Hembrey" of "Hembrey village"."""
    return [word for word in _WORD.findall(place) if word[0].isupper()]


def _find_runs(phrase: str, found: Sequence[_Word], words: PersonWords) -> Iterator[tuple[int, int]]:
    """Stretches of name-like words, small words of names between them included; titles and a "The" stay outside."""
    i = 0
    while i < len(found):
        if not found[i].is_name_like(words.particles) or found[i].low in words.titles or found[i].low == "the":
            i += 1
            continue
        end = i + 1
        while end < len(found) and _INSIDE.fullmatch(phrase[found[end - 1].end : found[end].start]):
            if found[end].is_name_like(words.particles) and found[end].low not in words.titles:
                end += 1
            elif (
                found[end].low in words.particles
                and end + 1 < len(found)
                and found[end + 1].is_name_like(words.particles)
                and _INSIDE.fullmatch(phrase[found[end].end : found[end + 1].start])
            ):
                end += 2
            else:
                break
        yield i, end
        i = end


def _cut_run(
    found: Sequence[_Word], first: int, last: int, words: PersonWords, lexicon: PartyLexicon
) -> Iterator[tuple[int, int]]:
    """What is left of a run without the roles, lands, peoples and bodies that are known: candidate names."""
    begin, i = None, first
    while i < last:
        length = _match_known(found, i, last, words, lexicon)
        if length == 1 and _is_in_person(found, i, begin, last, lexicon):
            length = 0
        if length == 0:
            begin = i if begin is None else begin
            i += 1
            continue
        if begin is not None:
            yield begin, i
            begin = None
        i += length
    if begin is not None:
        yield begin, last


def _is_in_person(found: Sequence[_Word], i: int, begin: int | None, last: int, lexicon: PartyLexicon) -> bool:
    """Whether the name of a land or body is a part of a person's: "Michael Jordan", "Chad Milward"."""
    word = found[i].text
    land = lexicon.lands.get(word)
    if word.isupper() or (land is None and word not in lexicon.names) or (land is not None and land.kind == "demonym"):
        return False
    if begin is not None:
        return i + 1 == last
    after = found[i + 1].text if i + 2 == last else ""
    is_open = (i == 0 or not found[i - 1].text[0].isupper()) and bool(after)
    return (
        is_open
        and not any(after in known for known in (lexicon.lands, lexicon.names, lexicon.peoples))
        and after.lower() not in lexicon.heads
    )


def _match_known(found: Sequence[_Word], i: int, last: int, words: PersonWords, lexicon: PartyLexicon) -> int:
    """How many words from `i` on are known not to be a name; 0 where the first is not."""
    for length in range(min(6, last - i), 0, -1):
        form = " ".join(_bare(word.text) for word in found[i : i + length])
        if form in lexicon.names or form in lexicon.lands or form in lexicon.peoples or form.lower() in lexicon.heads:
            return length
    word = found[i]
    head, _, tail = word.text.partition("-")
    if tail and (head in lexicon.names or head in lexicon.lands or tail.lower() in lexicon.heads):
        return 1
    if i == 0 and (word.low in words.openers or word.low in words.placing):
        return 1
    return 0


def _is_abbreviation(word: str) -> bool:
    letters = word.replace(".", "")
    return letters.isupper() and letters.isascii() and 1 < len(letters) <= _LONGEST_ABBREVIATION


def _is_person(
    found: Sequence[_Word],
    begin: int,
    end: int,
    words: PersonWords,
    lexicon: PartyLexicon,
    *,
    is_body: bool,
) -> bool:
    before = found[begin - 1].low if begin else ""
    after = found[end].low if end < len(found) else ""
    if before in words.titles or after in words.followers:
        return True
    inner = [word.low for word in found[begin:end]]
    if any(word in words.bodies for word in (*inner, after)) or before in words.before:
        return False
    if before in words.placing:
        return False
    if before in ("of", "to", "for", "with"):
        return any(word.low in words.related for word in found[max(0, begin - 3) : begin - 1])
    is_lone = len(inner) == 1
    if _is_after_the(found, begin, lexicon) or (is_lone and _is_abbreviation(found[begin].text)):
        return False
    is_followed = end < len(found) and found[end].start - found[end - 1].end == 1
    is_before_role = is_followed and after in lexicon.heads
    # "Public Health Minister"; a role after one word makes it a place's or a body's: "Vennhaven workers"
    if is_before_role and (is_lone or not found[end].text.islower()):
        return False
    # the first word of a phrase has its capital letter from the sentence: "Survey teams"
    if is_lone and begin == 0 and is_followed and found[end].text.islower():
        return False
    return not (is_body and is_lone and not before)


def _is_after_the(found: Sequence[_Word], begin: int, lexicon: PartyLexicon) -> bool:
    """Whether "the" stands before it, with nothing but lands, peoples and bodies between: "the Tarvel Covenant"."""
    j = begin - 1
    while j >= 0 and any(_bare(found[j].text) in known for known in (lexicon.lands, lexicon.peoples, lexicon.names)):
        j -= 1
    return j >= 0 and found[j].low == "the"


def _bare(word: str) -> str:
    """The word without the 's of possession."""
    return re.sub(r"(?<=\w)['\u2019]s?$", "", word)
