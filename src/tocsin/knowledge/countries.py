"""Countries, their demonyms and capitals, from `countries.csv`: ISO 3166-1 alpha-3, with XKX for Kosovo.

Names, codes and capitals follow the GeoNames country table (CC BY 4.0); demonyms and short names are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_csv

_FILE = "countries.csv"
_COLUMNS = ("iso3", "name", "aliases", "demonyms", "capitals")


@dataclass(frozen=True, slots=True)
class Country:
    """One country or territory; `name` is the short English one."""

    iso3: str
    name: str
    aliases: tuple[str, ...]
    demonyms: tuple[str, ...]
    capitals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountryTable:
    """Countries by code, and codes by the words that name them (as written, capital letters count)."""

    by_code: Mapping[str, Country]
    by_name: Mapping[str, str]
    by_demonym: Mapping[str, str]
    by_capital: Mapping[str, str]

    def code_of(self, words: str) -> str | None:
        """The alpha-3 code of a name, demonym or capital, or None."""
        return self.by_name.get(words) or self.by_demonym.get(words) or self.by_capital.get(words)


@cache
def load_countries(path: Path | None = None) -> CountryTable:
    """The bundled table, or a user's own of the same columns; raises KnowledgeError on a doubled or malformed code."""
    countries: dict[str, Country] = {}
    for row in load_csv(_FILE, _COLUMNS, path):
        code = row["iso3"]
        if code in countries or len(code) != 3 or not code.isupper():
            raise KnowledgeError("country code", f"{path or _FILE}: {code}", "must be three capital letters, used once")
        lists = (tuple(w for w in row[c].split("|") if w) for c in _COLUMNS[2:])
        countries[code] = Country(code, row["name"], *lists)
    return CountryTable(
        by_code=countries,
        by_name={w: c.iso3 for c in countries.values() for w in (c.name, *c.aliases)},
        by_demonym={w: c.iso3 for c in countries.values() for w in c.demonyms},
        by_capital={w: c.iso3 for c in countries.values() for w in c.capitals},
    )
