"""Which naming footnote goes with which place, from `names.toml`: by the place's own key, its areas, its country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml
from tocsin.records import Place


@dataclass(frozen=True, slots=True)
class FootnoteTable:
    """The footnotes and where each belongs.

    texts       key ("kosovo-1244") to the footnote's words
    by_country  alpha-3 code to the key for every place there
    by_area     gazetteer id of an area to the key for it and every place in it
    """

    texts: Mapping[str, str]
    by_country: Mapping[str, str]
    by_area: Mapping[str, str]

    def find_key(self, own: str | None, country: str | None, chain: Sequence[str | None]) -> str | None:
        """The key that goes with a place: its own, else that of the nearest area of `chain`, else its country's.

        `chain` is the place's gazetteer id and those of the areas that contain it, nearest first.
        """
        nearest = next((self.by_area[id_] for id_ in chain if id_ and id_ in self.by_area), None)
        return own or nearest or self.by_country.get(country or "")

    def key_of(self, place: Place) -> str | None:
        """The key that goes with a place."""
        return self.find_key(place.footnote, place.country, (place.gazetteer_id, *place.within))

    def list_texts(self, keys: Iterable[str | None]) -> tuple[str, ...]:
        """The words of these keys, each once, in order of first need; raises KnowledgeError for an unknown key."""
        wanted = [key for key in dict.fromkeys(keys) if key]
        if strange := [key for key in wanted if key not in self.texts]:
            raise KnowledgeError(
                "footnote", strange[0], f"is not in names.toml; there are {', '.join(sorted(self.texts))}"
            )
        return tuple(self.texts[key] for key in wanted)


@cache
def load_footnote_table() -> FootnoteTable:
    """The bundled table; raises KnowledgeError where names.toml is malformed or names a footnote it does not hold."""
    table = load_toml("names.toml")
    texts, by_country, by_area = (read_texts(table, name) for name in ("footnotes", "by_country", "by_area"))
    if strange := sorted({*by_country.values(), *by_area.values()} - texts.keys()):
        raise KnowledgeError("footnote", strange[0], f"is not in names.toml; there are {', '.join(sorted(texts))}")
    return FootnoteTable(texts, by_country, by_area)


def read_texts(table: Mapping[str, object], section: str) -> dict[str, str]:
    """One section of names.toml, every value of it a text; raises KnowledgeError otherwise."""
    found = table.get(section)
    if not isinstance(found, dict) or not all(isinstance(v, str) and v for v in found.values()):
        raise KnowledgeError("knowledge file", "names.toml", f"must have a table [{section}] of texts")
    return found
