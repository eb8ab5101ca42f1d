"""The weights of knowledge/act_places.toml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from tocsin.errors import KnowledgeError
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
    site, none = (
        _read(table.get(name), cues, which, name) for name, cues in (("site", SITE_CUES), ("none", NONE_CUES))
    )
    return ActPlaceWeights(str(table.get("version", "")), site, none)


def _read(told: object, cues: tuple[str, ...], which: str, name: str) -> dict[str, float]:
    if not isinstance(told, dict) or set(told) != set(cues):
        raise KnowledgeError("knowledge file", which, f"[{name}] must hold exactly {', '.join(cues)}")
    for cue, value in told.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise KnowledgeError("knowledge file", f"{which}, {cue}", f"must be a number, not {value!r}")
    return {cue: float(told[cue]) for cue in cues}
