"""The word lists of knowledge/places_words.toml, checked and ready for use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tocsin.errors import KnowledgeError
from tocsin.knowledge.countries import load_countries
from tocsin.knowledge.files import load_toml
from tocsin.records import PlacePrecision

_FILE = "places_words.toml"
KINDS: tuple[PlacePrecision, ...] = ("settlement", "district", "region", "country")


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """What the words around a name tell. All sets hold lower-case words.

    kinds        word to the precision it asks for ("province" to region)
    sites        word or phrase, or its plural, to the feature of such sites ("check point" to crossing)
    states       how US newspapers write a state ("Ky.") to its id in the gazetteer; `postal` the same for "KY"
    demonyms     adjective or people, capitalised, to ISO 3166-1 alpha-3
    peoples      the same of countries and other areas, to their ids in the gazetteer
    bodies       what of a country acts abroad as often as at home ("troops"); `deeds` what a country does there
    """

    kinds: Mapping[str, PlacePrecision]
    parts: frozenset[str]
    sites: Mapping[str, str]
    generic: frozenset[str]
    before: frozenset[str]
    titles: frozenset[str]
    organisations: frozenset[str]
    speech: frozenset[str]
    stop: frozenset[str]
    given: frozenset[str]
    states: Mapping[str, str]
    postal: Mapping[str, str]
    demonyms: Mapping[str, str]
    peoples: Mapping[str, str]
    bodies: frozenset[str]
    deeds: frozenset[str]

    def read_state(self, written: str) -> str | None:
        """The gazetteer's id of a US state as newspapers shorten it ("W. Va.", "Ky", "TX"), or None."""
        tight = written.replace(" ", "")
        return self.postal.get(tight) or self.states.get(tight) or self.states.get(tight.rstrip(".") + ".")


@cache
def load_place_words() -> PlaceWords:
    """The bundled lists; raises KnowledgeError where the file lacks one."""
    table = load_toml(_FILE)
    states = {_text(v): f"admin1:US.{code}" for code, v in _table(table, "us_states").items()}
    sites = {
        form: kind
        for kind in _table(table, "sites")
        for word in _words(table, "sites", kind)
        for form in (word, f"{word}es" if word.endswith(("s", "ch")) else f"{word}s")
    }
    return PlaceWords(
        kinds={word: kind for kind in KINDS for word in _words(table, "kinds", kind)},
        parts=frozenset(_words(table, "parts", "words")),
        sites=sites,
        generic=frozenset(_words(table, "generic", "words")) | frozenset(w for s in sites for w in s.split()),
        before=frozenset(_words(table, "before", "place")),
        titles=frozenset(_words(table, "before", "title")),
        organisations=frozenset(_words(table, "after", "organisation")),
        speech=frozenset(_words(table, "after", "speech")),
        stop=frozenset(_words(table, "stop", "words")),
        given=frozenset(_words(table, "given", "names")),
        states=states,
        postal={code: f"admin1:US.{code}" for code in _table(table, "us_states")},
        demonyms=load_countries().by_demonym,
        peoples={
            **{word: f"country:{code}" for word, code in load_countries().by_demonym.items()},
            **{word: _text(id_) for word, id_ in _table(table, "peoples").items()},
        },
        bodies=frozenset(_words(table, "abroad", "bodies")),
        deeds=frozenset(_words(table, "abroad", "deeds")),
    )


def _table(table: dict[str, Any], section: str) -> dict[str, Any]:
    found = table.get(section)
    if not isinstance(found, dict):
        raise KnowledgeError("knowledge file", _FILE, f"must have a table [{section}]")
    return found


def _words(table: dict[str, Any], section: str, key: str) -> list[str]:
    found = _table(table, section).get(key)
    if not isinstance(found, list) or not all(isinstance(w, str) for w in found):
        raise KnowledgeError("knowledge file", _FILE, f"must have a list of words at {section}.{key}")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise KnowledgeError("knowledge file", _FILE, f"us_states and peoples must be texts, not {value!r}")
    return value
