"""The event types as data: `plover.toml` checked against a closed schema.

>>> from tocsin.knowledge.plover import load_ontology
>>> load_ontology().score("PROTEST", "obstruct")
-6.5
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml
from tocsin.records import EventType

_FILE = "plover.toml"
_TYPE_KEYS = frozenset(
    {"name", "quad", "cameo", "score", "definition", "includes", "excludes", "yes", "no", "mode"}
)  # fmt: skip
_MODE_KEYS = frozenset({"name", "score", "definition"})


@dataclass(frozen=True, slots=True)
class Mode:
    """One way of doing a type of act; `score` on -10..+10."""

    name: str
    score: float
    definition: str


@dataclass(frozen=True, slots=True)
class CounterExample:
    """A sentence that is not of the type; `is_type` says what it is, None where it is no claim at all."""

    text: str
    is_type: EventType | None


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """One event type.

    quad   1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict
    cameo  two-digit CAMEO root codes
    score  intensity -10..+10 where the mode is not known
    yes    two sentences that are of this type; `no` two that are not
    """

    name: EventType
    quad: int
    cameo: tuple[str, ...]
    score: float
    definition: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[CounterExample, ...]
    modes: Mapping[str, Mode]

    @property
    def is_cooperative(self) -> bool:
        """Whether the type is cooperative (quad 1 and 2)."""
        return self.quad <= 2

    @property
    def is_verbal(self) -> bool:
        """Whether the type is an act of words (quad 1 and 3)."""
        return self.quad in (1, 3)


@dataclass(frozen=True, slots=True)
class Ontology:
    """All types by name, the contexts' names and the version of the table."""

    version: str
    contexts: tuple[str, ...]
    types: Mapping[str, TypeEntry]

    def score(self, type_: str, mode: str | None = None) -> float:
        """Intensity of a type and mode, -10 (most hostile) to +10; the type's own where the mode has none."""
        entry = self.entry(type_)
        return entry.modes[mode].score if mode is not None and mode in entry.modes else entry.score

    def entry(self, type_: str) -> TypeEntry:
        """The entry of a type; raises KnowledgeError for an unknown one."""
        if type_ not in self.types:
            raise KnowledgeError("event type", type_, f"must be one of {', '.join(self.types)}")
        return self.types[type_]


@cache
def load_ontology(path: Path | None = None) -> Ontology:
    """The bundled ontology, or a user's own table of the same form; raises KnowledgeError naming file, type and key."""
    table = load_toml(_FILE, path)
    which = str(path or _FILE)
    meta = table.get("meta", {})
    entries = [_make_type(which, row) for row in table.get("type", [])]
    names = [e.name for e in entries]
    if sorted(names) != sorted(get_args(EventType)):
        raise KnowledgeError("event types", which, f"must be exactly {', '.join(get_args(EventType))}")
    return Ontology(str(meta.get("version", "")), tuple(meta.get("contexts", ())), {e.name: e for e in entries})


def _make_type(which: str, row: Mapping[str, Any]) -> TypeEntry:
    where = f"{which}: {row.get('name', '?')}"
    _check_keys(where, row, _TYPE_KEYS, optional=frozenset({"mode"}))
    if row["name"] not in get_args(EventType):
        raise KnowledgeError("event type", where, f"must be one of {', '.join(get_args(EventType))}")
    _check_score(where, row["score"])
    modes = [_make_mode(where, m) for m in row.get("mode", [])]
    return TypeEntry(
        name=row["name"],
        quad=int(row["quad"]),
        cameo=tuple(row["cameo"]),
        score=float(row["score"]),
        definition=row["definition"],
        includes=tuple(row["includes"]),
        excludes=tuple(row["excludes"]),
        yes=tuple(row["yes"]),
        no=tuple(_make_counter_example(where, n) for n in row["no"]),
        modes={m.name: m for m in modes},
    )


def _make_mode(where: str, row: Mapping[str, Any]) -> Mode:
    where = f"{where} mode {row.get('name', '?')}"
    _check_keys(where, row, _MODE_KEYS)
    _check_score(where, row["score"])
    return Mode(row["name"], float(row["score"]), row["definition"])


def _make_counter_example(where: str, row: Mapping[str, str]) -> CounterExample:
    _check_keys(where, row, frozenset({"text", "is"}))
    is_type: Any = None if row["is"] == "none" else row["is"]
    if is_type is not None and is_type not in get_args(EventType):
        raise KnowledgeError("counter-example", f"{where}: {row['is']}", "must be an event type or none")
    return CounterExample(row["text"], is_type)


def _check_keys(
    where: str, row: Mapping[str, Any], allowed: frozenset[str], *, optional: frozenset[str] = frozenset()
) -> None:
    if strange := sorted(row.keys() - allowed):
        raise KnowledgeError("key", f"{where}: {strange[0]}", f"is unknown; allowed are {', '.join(sorted(allowed))}")
    if missing := sorted(allowed - optional - row.keys()):
        raise KnowledgeError("key", f"{where}: {missing[0]}", "is missing")


def _check_score(where: str, score: Any) -> None:
    if not isinstance(score, int | float) or not -10 <= score <= 10:
        raise KnowledgeError("score", f"{where}: {score}", "must be a number from -10 to 10")
