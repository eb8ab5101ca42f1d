"""The weights of knowledge/date_weights.toml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from tocsin.knowledge.checking import read_weights
from tocsin.knowledge.files import load_toml
from tocsin.records import EventType

_FILE = "date_weights.toml"
#: What speaks for or against a date of the text being that of an act.
DATE_CUES = (
    "pointed", "pointed-most", "in-passage", "in-passage-words", "in-paragraph", "after", "past", "past-of-plan",
    "dateline", "since", "told-before", "told-before-words", "told-before-deeds", "told-before-near",
)  # fmt: skip
#: What speaks for an act without a date; its type speaks too.
NONE_CUES = (
    "nothing", "words", "planned", "conditional", "negated", "background", "undated-before", *get_args(EventType),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateWeights:
    """Log-odds: `date` by cue of a date, `none` by cue of a claim."""

    version: str
    date: Mapping[str, float]
    none: Mapping[str, float]


@cache
def load_date_weights(path: Path | None = None) -> DateWeights:
    """The bundled weights, or a user's own; raises KnowledgeError for a missing, strange or non-numeric part."""
    table = load_toml(_FILE, path)
    which = str(path or _FILE)
    date = read_weights(which, table, "date", DATE_CUES)
    none = read_weights(which, table, "none", NONE_CUES)
    return DateWeights(str(table.get("version", "")), date, none)
