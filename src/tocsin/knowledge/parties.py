"""From a noun phrase to a country and a sector: role words, bodies, peoples and countries (`parties.toml`).

The coder knows words, not articles: what an article says earlier about a person is the reader's to remember.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tocsin.errors import KnowledgeError
from tocsin.knowledge.countries import CountryTable, load_countries
from tocsin.knowledge.files import load_toml

_FILE = "parties.toml"
_LONGEST_NAME = 8
SECTORS = (
    "GOV", "MIL", "COP", "UAF", "REB", "PTY", "LEG", "JUD", "CVL", "PRO", "REL", "ETH", "MED", "IGO", "NGO", "BUS",
    "EDU", "CRM", "SPY", "UNK",
)  # fmt: skip
_WORD = re.compile(r"[\w\u2019'.&-]*\w\.?|\w")
_QUANTITIES = frozenset({"thousands", "hundreds", "dozens", "scores", "group", "groups"})
_SPLIT = re.compile(
    r",| of | from | in | at | near | for | who | which | that | led by | to | on | with | by | against "
)


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
class PartyCode:
    """What the words of a noun phrase say about a party; `by` names the words that decided, for the reasons."""

    country: str | None = None
    sector: str | None = None
    by: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the words identify anybody at all."""
        return bool(self.country or self.sector)


@dataclass(frozen=True, slots=True)
class PartyLexicon:
    """All words that identify parties; `code_phrase` puts them together."""

    version: str
    roles: Mapping[str, str]
    names: Mapping[str, PartyCode]
    peoples: frozenset[str]
    countries: CountryTable
    _longest_role: int = field(default=4)

    def code_phrase(self, phrase: str) -> PartyCode:
        """Country and sector of a noun phrase as written, both None where no word is known.

        The part before the first "of", "in" or comma decides the sector if it can: "the mayor of a border town" is a
        mayor. A country alone is its government; a people alone is an ethnic group.
        """
        words = _WORD.findall(phrase.strip())
        if not words:
            return PartyCode()
        named = self._find_name(words)
        heads = [part for part in _SPLIT.split(f" {phrase} ") if part.strip()]
        found = [r for part in heads if (r := self._find_role(_WORD.findall(part)))]
        # "dozens of soldiers" are soldiers, "dozens" alone are people
        role = next((r for r in found if r[0] not in _QUANTITIES), found[0] if found else None)
        country, by = self._find_country(words)
        if named and (named.country or not role or len(words) <= 3):
            sector = self._refine(role, named) or self._sector_of_name(words, named)
            return PartyCode(named.country or country, sector, named.by)
        if role:
            return PartyCode(country, role[1], role[0])
        if people := next((w for w in words if w in self.peoples), None):
            return PartyCode(country, "ETH", people)
        if country:
            return PartyCode(country, self._sector_of_bare(words, by), by)
        return PartyCode()

    def _refine(self, role: tuple[str, str] | None, named: PartyCode) -> str | None:
        # "UN peacekeepers" are a force of the body; a spokesman of it is still the body
        if role and named.country == "IGO" and role[1] in ("MIL", "COP"):
            return role[1]
        return named.sector or (role[1] if role else None)

    def _sector_of_name(self, words: Sequence[str], named: PartyCode) -> str | None:
        """A country's name that stands alone is its government, a plural ("Veshtians") its people."""
        core = " ".join(w for w in words if w.lower() not in ("the", "both", "two"))
        if named.country is None or core.removesuffix("'s") != named.by:
            return None
        return "CVL" if core.endswith("s") else "GOV"

    def _find_name(self, words: Sequence[str]) -> PartyCode | None:
        for n in range(min(_LONGEST_NAME, len(words)), 0, -1):
            for i in range(len(words) - n + 1):
                joined = " ".join(words[i : i + n])
                for form in (joined, joined.removesuffix("'s").removesuffix("\u2019s"), joined.removesuffix("-led")):
                    if code := self.names.get(form):
                        return PartyCode(code.country, code.sector, form)
        return None

    def _find_role(self, words: Sequence[str]) -> tuple[str, str] | None:
        lower = [w.lower().removesuffix("'s").removesuffix("\u2019s") for w in words]
        for n in range(min(self._longest_role, len(lower)), 0, -1):
            for i in range(len(lower) - n, -1, -1):
                phrase = " ".join(lower[i : i + n])
                for form in (phrase, phrase.removesuffix("s"), phrase.removesuffix("es"), _singular_y(phrase)):
                    if sector := self.roles.get(form):
                        return form, sector
        return None

    def _find_country(self, words: Sequence[str]) -> tuple[str | None, str]:
        clean = [w.removesuffix("'s").removesuffix("\u2019s") for w in words]
        table = self.countries
        for kinds in ((table.by_name, table.by_demonym), (table.by_capital,)):
            for n in range(min(5, len(clean)), 0, -1):
                for i in range(len(clean) - n + 1):
                    form = " ".join(clean[i : i + n])
                    for words_to_code in kinds:
                        for spelt in (
                            form,
                            form.split("-")[0] if n == 1 else form,
                            form.removesuffix("'").removesuffix("\u2019"),
                        ):
                            if code := words_to_code.get(spelt):
                                return code, spelt
        return None, ""

    def _sector_of_bare(self, words: Sequence[str], by: str) -> str | None:
        core = [w for w in words if w.lower() not in ("the", "both", "two", "that", "of")]
        rest = " ".join(core).removesuffix("'s").removesuffix("\u2019s")
        if rest == by and by in self.countries.by_demonym and by.endswith("s"):
            return "CVL"
        if rest == by or (rest in self.countries.by_name):
            return "GOV"
        return None


def make_party_lexicon(
    extra: Sequence[PartyName] = (), *, path: Path | None = None, countries: CountryTable | None = None
) -> PartyLexicon:
    """The bundled lexicon (or the table at `path`) with `extra` names laid over it; raises KnowledgeError."""
    base = _load_parties(path)
    names = dict(base.names)
    for party in extra:
        _check(party, "extra party")
        names |= {name: PartyCode(party.country, party.sector, name) for name in party.names}
    return PartyLexicon(base.version, base.roles, names, base.peoples, countries or base.countries, base._longest_role)


@cache
def _load_parties(path: Path | None) -> PartyLexicon:
    table = load_toml(_FILE, path)
    roles: dict[str, str] = {}
    for sector, words in table["roles"].items():
        if sector not in SECTORS:
            raise KnowledgeError("sector", f"{path or _FILE}: {sector}", f"must be one of {', '.join(SECTORS)}")
        for word in words:
            roles.setdefault(word, sector)
    names: dict[str, PartyCode] = {}
    for row in table["body"]:
        party = PartyName(tuple(row["names"]), row.get("country"), row.get("sector"))
        _check(party, str(path or _FILE))
        names |= {name: PartyCode(party.country, party.sector, name) for name in party.names}
    peoples = frozenset(_with_singulars(table["people"]["names"]))
    longest = max(len(r.split()) for r in roles)
    return PartyLexicon(table["meta"]["version"], roles, names, peoples, load_countries(), longest)


def _check(party: PartyName, where: str) -> None:
    if party.sector is not None and party.sector not in SECTORS:
        raise KnowledgeError("sector", f"{where}: {party.sector}", f"must be one of {', '.join(SECTORS)}")
    if not party.names or not all(n.strip() for n in party.names):
        raise KnowledgeError("party", where, "must have at least one name and no empty one")


def _with_singulars(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        yield name
        if name.endswith("s"):
            yield name[:-1]


def _singular_y(word: str) -> str:
    return word[:-3] + "y" if word.endswith("ies") else word
