"""Reporting cues, hedges, markers of modality and kinds of speaker, from `cues.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml

_FILE = "cues.toml"
_TABLES = ("reporting", "hedges", "modality", "background", "kinds", "deixis")


@dataclass(frozen=True, slots=True)
class Cues:
    """Every cue as a set (or ordered tuple, for phrases) of lemmas or lower-case words.

    `groups` holds each list of the file under "table.list" ("hedges.adverbs"); `has` and `phrases` read them.
    """

    version: str
    groups: Mapping[str, frozenset[str]]
    ordered: Mapping[str, tuple[str, ...]]

    def has(self, group: str, word: str) -> bool:
        """Whether a lemma or lower-case word is in a group such as "reporting.verbs"."""
        return word in self.groups[group]

    def phrases(self, group: str) -> tuple[str, ...]:
        """The entries of a group in the order of the file."""
        return self.ordered[group]


@cache
def load_cues(path: Path | None = None) -> Cues:
    """The bundled cues or a user's own of the same form; raises KnowledgeError naming the table that is missing."""
    table = load_toml(_FILE, path)
    ordered: dict[str, tuple[str, ...]] = {}
    for name in _TABLES:
        if name not in table:
            raise KnowledgeError("table", f"{path or _FILE}: {name}", f"is missing; needed are {', '.join(_TABLES)}")
        for key, words in table[name].items():
            if not isinstance(words, list) or not all(isinstance(w, str) and w == w.lower() for w in words):
                raise KnowledgeError("cue list", f"{path or _FILE}: {name}.{key}", "must be a list of lower-case words")
            ordered[f"{name}.{key}"] = tuple(words)
    return Cues(str(table["meta"]["version"]), {k: frozenset(v) for k, v in ordered.items()}, ordered)
