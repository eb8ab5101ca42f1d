"""The weights of knowledge/act_places.toml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from tocsin.knowledge.checking import read_weights
from tocsin.knowledge.files import load_toml
from tocsin.records import EventType

_FILE = "act_places.toml"
#: What speaks for or against a name being where an act happened.
SITE_CUES = (
    "pointed", "marked", "marked-words", "in-passage", "in-sentence", "back", "ahead", "words-elsewhere",
    "other-paragraph", "party-goes-on", "in-party", "in-speaker", "led", "dateline", "after-speech", "site", "unnamed",
    "found", "name-score", "repeated", "origin", "like-act", "last-told",
)  # fmt: skip
#: What speaks for an act without a place; its type speaks too.
NONE_CUES = (
    "nothing", "words", "planned", "conditional", "negated", "background", "unmarked", "many", *get_args(EventType),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActPlaceWeights:
    """Log-odds: `site` by cue of a name, `none` by cue of a claim."""

    version: str
    site: Mapping[str, float]
    none: Mapping[str, float]


@cache
def load_act_place_weights(path: Path | None = None) -> ActPlaceWeights:
    """The bundled weights, or a user's own; raises KnowledgeError for a missing, strange or non-numeric part."""
    table = load_toml(_FILE, path)
    which = str(path or _FILE)
    site = read_weights(which, table, "site", SITE_CUES)
    none = read_weights(which, table, "none", NONE_CUES)
    return ActPlaceWeights(str(table.get("version", "")), site, none)
