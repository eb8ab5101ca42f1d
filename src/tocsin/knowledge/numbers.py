"""Number words, vague quantities and the words that make a number a toll, from `numbers.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml
from tocsin.records import TollKind

_FILE = "numbers.toml"


@dataclass(frozen=True, slots=True)
class NumberTable:
    """What number words mean and what they may count.

    words       "seven" to 7; `scales` "thousand" to 1000
    vague       "dozens" to 24: a lower bound with an open top
    exact       "dozen" to 12
    modifiers   "at_least", "more_than", "at_most", "fewer_than", "about", "nearly" to their phrases
    toll_words  kind of toll to the lemmas that mark it ("kill", "dead")
    toll_nouns  lemma of a counted thing to its kind ("lorry" to "vehicles")
    people      lemmas of counted persons
    units       lemmas after which a number is a measure and never a toll
    """

    version: str
    words: Mapping[str, int]
    scales: Mapping[str, int]
    vague: Mapping[str, int]
    exact: Mapping[str, int]
    modifiers: Mapping[str, tuple[str, ...]]
    toll_words: Mapping[str, TollKind]
    toll_nouns: Mapping[str, TollKind]
    people: frozenset[str]
    units: frozenset[str]


@cache
def load_numbers(path: Path | None = None) -> NumberTable:
    """The bundled table or a user's own of the same form; raises KnowledgeError on an unknown kind of toll."""
    table = load_toml(_FILE, path)
    which = str(path or _FILE)
    nouns = {k: v for k, v in table["nouns"].items() if k != "people"}
    return NumberTable(
        version=table["meta"]["version"],
        words=table["words"],
        scales=table["scales"],
        vague=table["vague"],
        exact=table["exact"],
        modifiers={k: tuple(v) for k, v in table["modifiers"].items()},
        toll_words=_invert(which, table["tolls"]),
        toll_nouns=_invert(which, nouns),
        people=frozenset(table["nouns"]["people"]),
        units=frozenset(table["not_counted"]["units"]),
    )


def _invert(which: str, lists: Mapping[str, Any]) -> dict[str, TollKind]:
    for kind in lists:
        if kind not in get_args(TollKind):
            raise KnowledgeError("kind of toll", f"{which}: {kind}", f"must be one of {', '.join(get_args(TollKind))}")
    return {word: cast(TollKind, kind) for kind, words in lists.items() for word in words}
