"""The table of coreference: kinds of act with the words that tell of them, and how two mentions are weighed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml

COREFERENCE_FILE = "coreference.toml"

#: Parts of a comparison that both tables weigh, and those that only one of words which differ has.
SHARED_PARTS = ("base", "rare", "told-least", "one-sentence", "near-words")
OTHER_PARTS = ("kin", "one-stem", "told-most", "side-by-side", "pronoun")


@dataclass(frozen=True, slots=True)
class CoreferenceTable:
    """How mentions of acts are compared.

    version     shown where a weight is
    least       least mean score, 0..1, of two groups for them to be joined
    same_word   log-odds of the parts between mentions whose lemmas are equal
    other_word  the same for all other mentions
    kinds       folded lemma to the kinds of act that it tells of
    """

    version: str
    least: float
    same_word: Mapping[str, float]
    other_word: Mapping[str, float]
    kinds: Mapping[str, frozenset[str]]


def load_coreference(path: Path | None = None) -> CoreferenceTable:
    """The bundled table, or a user's of the same form; raises KnowledgeError naming file and key."""
    which = str(path or COREFERENCE_FILE)
    table = load_toml(COREFERENCE_FILE, path)
    _check_keys(which, table, {"version", "least", "same-word", "other-word", "kinds"})
    if not isinstance(version := table["version"], str) or not version:
        raise KnowledgeError("value", f"{which}: version = {version!r}", "must be a text")
    return CoreferenceTable(
        version=version,
        least=_read_number(which, table, "least", 0, 1),
        same_word=_read_weights(f"{which}: same-word", table["same-word"], SHARED_PARTS),
        other_word=_read_weights(f"{which}: other-word", table["other-word"], SHARED_PARTS + OTHER_PARTS),
        kinds=_read_kinds(f"{which}: kinds", table["kinds"]),
    )


def _read_weights(where: str, table: Any, parts: tuple[str, ...]) -> dict[str, float]:
    _check_keys(where, table, set(parts))
    return {part: _read_number(where, table, part, -50, 50) for part in parts}


def _read_number(where: str, table: Mapping[str, Any], key: str, low: float, high: float) -> float:
    value = table[key]
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", f"must be a number from {low:g} to {high:g}")
    return float(value)


def _read_kinds(where: str, table: Any) -> dict[str, frozenset[str]]:
    if not isinstance(table, dict):
        raise KnowledgeError("value", where, "must be a table of kinds of act")
    kinds: dict[str, set[str]] = defaultdict(set)
    for kind, words in table.items():
        if not isinstance(words, str) or len(words.split()) < 2:
            raise KnowledgeError("value", f"{where}: {kind} = {words!r}", "must be a text of at least two words")
        for word in words.casefold().split():
            kinds[word].add(kind)
    return {word: frozenset(held) for word, held in kinds.items()}


def _check_keys(where: str, table: Any, allowed: set[str]) -> None:
    if not isinstance(table, dict):
        raise KnowledgeError("value", where, "must be a table")
    if strange := sorted(table.keys() - allowed):
        raise KnowledgeError("key", f"{where}: {strange[0]}", f"is unknown; allowed are {', '.join(sorted(allowed))}")
    if missing := sorted(allowed - table.keys()):
        raise KnowledgeError("key", f"{where}: {missing[0]}", "is missing")
