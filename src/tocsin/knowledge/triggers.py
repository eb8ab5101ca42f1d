"""The lexicon of acts for the lexicon reader: `triggers.toml` checked against a closed schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml
from tocsin.knowledge.parties import SECTORS
from tocsin.knowledge.plover import Ontology, load_ontology
from tocsin.records import EventType

_FILE = "triggers.toml"
_KEYS = frozenset({
    "name", "type", "mode", "verbs", "nouns", "adjectives", "with", "without", "object", "subject", "actor",
    "not_actor", "recipient", "swap", "mutual", "content", "future", "conditional", "negated",
})  # fmt: skip
Category = Literal["verb", "noun", "adjective"]


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """One entry: what the words must stand with, and what act they then name (see the head of the file)."""

    name: str
    type: EventType
    mode: str | None
    near: frozenset[str]
    without: frozenset[str]
    object: frozenset[str]
    subject: frozenset[str]
    actor: frozenset[str]
    not_actor: frozenset[str]
    recipient: tuple[str, ...]
    swap: bool
    mutual: bool
    content: bool
    future: bool
    conditional: bool
    negated: bool
    order: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Rules by the first lemma of their phrases, and the words that find a mode or mark an irrelevant article.

    index       (category, first lemma) to rules with the remaining lemmas of the phrase, in order of the file
    modes       type to (mode, lemmas) in order
    irrelevant  kind of article to its words
    """

    version: str
    rules: tuple[TriggerRule, ...]
    index: Mapping[tuple[Category, str], tuple[tuple[TriggerRule, tuple[str, ...]], ...]]
    modes: Mapping[str, tuple[tuple[str, frozenset[str]], ...]]
    irrelevant: Mapping[str, frozenset[str]]


@cache
def load_triggers(path: Path | None = None) -> Lexicon:
    """The bundled lexicon or a user's own of the same form; raises KnowledgeError naming file, rule and key."""
    table = load_toml(_FILE, path)
    which = str(path or _FILE)
    ontology = load_ontology()
    classes = {f"@{name}": frozenset(words) for name, words in table.get("classes", {}).items()}
    rules: list[TriggerRule] = []
    index: dict[tuple[Category, str], list[tuple[TriggerRule, tuple[str, ...]]]] = {}
    for order, row in enumerate(table["rule"]):
        rule = _make_rule(which, row, order, classes, ontology)
        rules.append(rule)
        categories: tuple[tuple[Category, str], ...] = (
            ("verb", "verbs"),
            ("noun", "nouns"),
            ("adjective", "adjectives"),
        )
        for category, key in categories:
            for phrase in row.get(key, []):
                first, *rest = phrase.split()
                index.setdefault((category, first), []).append((rule, tuple(rest)))
    # a longer phrase says more than its first word alone
    ordered = {k: tuple(sorted(v, key=lambda e: (-len(e[1]), e[0].order))) for k, v in index.items()}
    modes = {t: tuple((m, frozenset(words)) for m, words in rows) for t, rows in table["modes"].items()}
    for type_, rows in modes.items():
        for mode, _ in rows:
            _check_mode(f"{which}: modes.{type_}", type_, mode, ontology)
    irrelevant = {kind: frozenset(words) for kind, words in table["irrelevant"].items()}
    return Lexicon(str(table["meta"]["version"]), tuple(rules), ordered, modes, irrelevant)


def _make_rule(
    which: str, row: Mapping[str, Any], order: int, classes: Mapping[str, frozenset[str]], ontology: Ontology
) -> TriggerRule:
    where = f"{which}: rule {row.get('name', order)}"
    if strange := sorted(row.keys() - _KEYS):
        raise KnowledgeError("key", f"{where}: {strange[0]}", f"is unknown; allowed are {', '.join(sorted(_KEYS))}")
    if not (row.get("verbs") or row.get("nouns") or row.get("adjectives")):
        raise KnowledgeError("rule", where, "must have verbs, nouns or adjectives")
    entry = ontology.entry(row["type"])
    _check_mode(where, entry.name, row.get("mode"), ontology)

    def words(key: str) -> frozenset[str]:
        return frozenset(_expand(where, row.get(key, []), classes))

    for key in ("actor", "not_actor"):
        if strange := sorted(words(key) - set(SECTORS)):
            raise KnowledgeError("sector", f"{where}: {strange[0]}", f"must be one of {', '.join(SECTORS)}")
    return TriggerRule(
        name=row["name"], type=entry.name, mode=row.get("mode"), near=words("with"), without=words("without"),
        object=words("object"), subject=words("subject"), actor=words("actor"), not_actor=words("not_actor"),
        recipient=tuple(row.get("recipient", ())), swap=bool(row.get("swap")), mutual=bool(row.get("mutual")),
        content=bool(row.get("content")), future=bool(row.get("future")), conditional=bool(row.get("conditional")),
        negated=bool(row.get("negated")), order=order,
    )  # fmt: skip


def _expand(where: str, words: Iterable[str], classes: Mapping[str, frozenset[str]]) -> Iterable[str]:
    for word in words:
        if not word.startswith("@"):
            yield word
        elif word in classes:
            yield from classes[word]
        else:
            raise KnowledgeError("class of words", f"{where}: {word}", f"must be one of {', '.join(sorted(classes))}")


def _check_mode(where: str, type_: str, mode: str | None, ontology: Ontology) -> None:
    modes = ontology.entry(type_).modes
    if mode is not None and mode not in modes:
        raise KnowledgeError("mode", f"{where}: {mode}", f"must be one of {', '.join(modes) or 'none'} for {type_}")
