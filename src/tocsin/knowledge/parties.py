"""From a noun phrase to a country and a sector: role words, bodies, peoples and countries (`parties.toml`).

The coder knows words, not articles: what an article says earlier about a person is the reader's to remember
(`reading/coding.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, get_args

from tocsin.errors import KnowledgeError
from tocsin.knowledge.area_names import load_area_lands
from tocsin.knowledge.borrowed_names import BorrowerKind, Borrowers, read_borrowers
from tocsin.knowledge.countries import CountryTable, load_countries
from tocsin.knowledge.files import load_toml
from tocsin.knowledge.party_parts import Land, PartyCode, normalise_name
from tocsin.knowledge.party_phrases import PhraseReading, read_phrase

__all__ = ["SECTORS", "PartyCode", "PartyLexicon", "PartyName", "Role", "SpeakerWords", "make_party_lexicon"]

_FILE = "parties.toml"
SECTORS = (
    "GOV", "MIL", "COP", "UAF", "REB", "PTY", "LEG", "JUD", "CVL", "PRO", "REL", "ETH", "MED", "IGO", "NGO", "BUS",
    "EDU", "CRM", "SPY", "UNK",
)  # fmt: skip
_KINDS = (
    "anonymous", "footage", "document", "media", "witness", "organisation", "person", "unspecified"
)  # fmt: skip
_TABLES = frozenset({
    "meta", "roles", "weak", "vague", "body", "de_facto", "unrecognised", "international", "relief", "given", "region",
    "people", "speakers", "water", "outlet",
})  # fmt: skip
#: A sector of the table of weak heads that stands for "no sector of its own".
_NONE = "none"


@dataclass(frozen=True, slots=True)
class PartyName:
    """Proper names of one party with its codes, as a user's or the exercise's own knowledge adds them.

    country  ISO 3166-1 alpha-3, IGO, NGO or MED; None where it depends on the article
    sector   one of the codebook's sectors; None for a country and its people, whose other words decide
    """

    names: tuple[str, ...]
    country: str | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role word: the sector it gives ("none" for none), and whether the words around it have the first say."""

    sector: str
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Vague:
    """Whom a word that leaves open who it was may mean.

    sectors        the sectors of those who may be meant
    keeps_country  another country is another party, even where the article alone tells it
    """

    sectors: frozenset[str]
    keeps_country: bool = False


#: Lower-case words of speakers by kind, singular and plural.
SpeakerWords = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class PartyLexicon:
    """All words that identify parties; `code_phrase` puts them together.

    roles          lemma of a strong role word -> sector
    heads          every role word, strong or weak, singular or plural -> Role
    names          proper names -> codes;  lands: names of countries, peoples, capitals and regions
    vague          role words, singular or plural, that leave open who it was -> whom they may mean
    openings       first word of a name or land -> the most words that such a name has; role_openings likewise
    unrecognised   words before which an office is a de facto one; international: heads that give the country IGO;
                   relief: words that make a convoy one of relief; given: lands' names that people bear too
    borrowers      words that make a land's name part of the name of a water or an outlet
    """

    version: str
    roles: Mapping[str, str]
    heads: Mapping[str, Role]
    names: Mapping[str, PartyCode]
    lands: Mapping[str, Land]
    peoples: frozenset[str]
    capitals: frozenset[str]
    unrecognised: frozenset[str]
    international: frozenset[str]
    relief: frozenset[str]
    given: frozenset[str]
    borrowers: Mapping[BorrowerKind, Borrowers]
    speakers: SpeakerWords
    countries: CountryTable
    vague: Mapping[str, Vague]
    openings: Mapping[str, int]
    role_openings: Mapping[str, int]

    def code_phrase(self, phrase: str) -> PartyCode:
        """Country and sector of a noun phrase as written, both None where no word is known.

        The part before the first "of", "in" or comma decides the sector if it can: "the mayor of a border town" is a
        mayor. A country alone is its government; a people alone is an ethnic group.
        """
        reading = self.read_phrase(phrase)
        return PartyCode(reading.country, reading.sector, reading.by if reading.country or reading.sector else "")

    def read_phrase(self, phrase: str, known: Mapping[str, PartyCode] | None = None) -> PhraseReading:
        """The same with how firm it is; `known` are names that an article has explained."""
        return read_phrase(phrase, self, known)


def make_party_lexicon(
    extra: Sequence[PartyName] = (), *, path: Path | None = None, countries: CountryTable | None = None
) -> PartyLexicon:
    """The bundled lexicon (or the table at `path`) with `extra` names laid over it; raises KnowledgeError."""
    base = _load_parties(path)
    if countries is not None:
        lands = {**base.lands, **_make_lands(countries)}
        base = replace(base, countries=countries, lands=lands, openings=_measure((*base.names, *lands)))
    if not extra:
        return base
    names, lands = dict(base.names), dict(base.lands)
    for party in extra:
        _check(party, "extra party")
        for name in party.names:
            form = normalise_name(name)
            if party.sector is None and party.country is not None:
                # a country of the user's own: alone it is its government, in the plural its people
                lands[form] = Land(party.country, "demonym" if form.endswith("s") else "name")
                names.pop(form, None)
            else:
                names[form] = PartyCode(party.country, party.sector, name)
    return replace(base, names=names, lands=lands, openings=_measure((*names, *lands)))


@cache
def _load_parties(path: Path | None) -> PartyLexicon:
    table, where = load_toml(_FILE, path), str(path or _FILE)
    if unknown := set(table) - _TABLES:
        raise KnowledgeError("party table", f"{where}: {min(unknown)}", f"must be one of {', '.join(sorted(_TABLES))}")
    roles = dict(_read_roles(table["roles"], where))
    heads = {form: Role(sector) for word, sector in roles.items() for form in _inflect(word)}
    weak = dict(_read_roles(table.get("weak", {}), where))
    heads |= {form: Role(sector, is_weak=True) for word, sector in weak.items() for form in _inflect(word)}
    names: dict[str, PartyCode] = {}
    for row in table["body"]:
        party = PartyName(tuple(row["names"]), row.get("country"), row.get("sector"))
        _check(party, where)
        names |= {normalise_name(name): PartyCode(party.country, party.sector, name) for name in party.names}
    countries = load_countries()
    lands: dict[str, Land] = {}
    for row in table.get("region", ()):
        lands |= {normalise_name(name): Land(row["country"], "region") for name in row["names"]}
    lands |= _make_lands(countries)
    for row in table.get("de_facto", ()):
        lands |= {normalise_name(name): Land(row["country"], "de_facto") for name in row["names"]}
    peoples = frozenset(_with_singulars(table["people"]["names"])) - set(lands)
    # what the tables above know by a name is known better than the region of that name
    known = names.keys() | lands.keys() | peoples
    lands |= {name: land for name, land in load_area_lands().items() if name not in known and name.lower() not in heads}
    return PartyLexicon(
        version=table["meta"]["version"],
        roles=roles,
        heads=heads,
        names=names,
        lands=lands,
        peoples=peoples,
        capitals=frozenset(normalise_name(c) for c in countries.by_capital),
        unrecognised=frozenset(table.get("unrecognised", {}).get("words", ())),
        international=frozenset(f for w in table.get("international", {}).get("words", ()) for f in _inflect(w)),
        relief=frozenset(table.get("relief", {}).get("words", ())),
        given=frozenset(table.get("given", {}).get("names", ())),
        borrowers={what: read_borrowers(table.get(what, {}), where) for what in get_args(BorrowerKind)},
        speakers=_read_speakers(table.get("speakers", {}), where),
        countries=countries,
        vague=dict(_read_vague(table.get("vague", ()), where)),
        openings=_measure((*names, *lands)),
        role_openings=_measure(heads),
    )


def _read_roles(table: Mapping[str, Sequence[str]], where: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for sector, words in table.items():
        if sector not in SECTORS and sector != _NONE:
            raise KnowledgeError("sector", f"{where}: {sector}", f"must be one of {', '.join(SECTORS)}")
        for word in words:
            form = normalise_name(word).lower()
            if form not in seen:
                seen.add(form)
                yield form, sector


def _read_vague(rows: Sequence[Mapping[str, Any]], where: str) -> Iterator[tuple[str, Vague]]:
    for row in rows:
        if unknown := set(row["sectors"]) - set(SECTORS):
            raise KnowledgeError("sector", f"{where}: {min(unknown)}", f"must be one of {', '.join(SECTORS)}")
        vague = Vague(frozenset(row["sectors"]), row.get("keeps_country", False))
        for word in row["words"]:
            yield from ((form, vague) for form in _inflect(word))


def _read_speakers(table: Mapping[str, Any], where: str) -> SpeakerWords:
    if unknown := set(table) - set(_KINDS):
        raise KnowledgeError("kind of speaker", f"{where}: {min(unknown)}", f"must be one of {', '.join(_KINDS)}")
    return {kind: frozenset(f for w in table.get(kind, ()) for f in _inflect(w)) for kind in _KINDS}


def _make_lands(table: CountryTable) -> dict[str, Land]:
    lands = {normalise_name(w): Land(c, "capital") for w, c in table.by_capital.items()}
    lands |= {normalise_name(w): Land(c, "demonym") for w, c in table.by_demonym.items()}
    return lands | {normalise_name(w): Land(c, "name") for w, c in table.by_name.items()}


def _measure(forms: Iterable[str]) -> dict[str, int]:
    """The most words of any form, by its first word."""
    longest: dict[str, int] = {}
    for form in forms:
        first, length = form.split(" ", 1)[0], form.count(" ") + 1
        if length > longest.get(first, 0):
            longest[first] = length
    return longest


def _check(party: PartyName, where: str) -> None:
    if party.sector is not None and party.sector not in SECTORS:
        raise KnowledgeError("sector", f"{where}: {party.sector}", f"must be one of {', '.join(SECTORS)}")
    if not party.names or not all(normalise_name(n) for n in party.names):
        raise KnowledgeError("party", where, "must have at least one name and no empty one")


def _with_singulars(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield name
        if name.endswith("s"):
            yield name[:-1]


def _inflect(word: str) -> tuple[str, ...]:
    """A role word and its plural: "deputy", "deputies"; "policeman", "policemen"."""
    if word.endswith("man"):
        return word, f"{word[:-3]}men"
    if word.endswith("child"):
        return word, f"{word}ren"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word, f"{word[:-1]}ies"
    return word, f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"
