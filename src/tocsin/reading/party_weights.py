"""The weights of knowledge/party_weights.toml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from tocsin.knowledge.checking import read_weights
from tocsin.knowledge.files import load_toml
from tocsin.records import EventType

_FILE = "party_weights.toml"
_COMMON = (
    "nothing", "pointed", "pointed-surely", "other-role", "other-role-surely", "chosen", "chosen-for-other", "rival",
    "rival-chosen", "alone", "alone-pointed", "after", "passage", "among", "told-before", *get_args(EventType),
)  # fmt: skip
#: What speaks for or against a party as the one who did an act, and as the one to whom it was done.
PARTY_CUES: Mapping[str, tuple[str, ...]] = {
    "actor": _COMMON, "recipient": (*_COMMON, *(f"alone-{name}" for name in get_args(EventType))),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartyWeights:
    """Log-odds by role and cue; a party fills a role from the probability `least` of that role on."""

    version: str
    cues: Mapping[str, Mapping[str, float]]
    least: Mapping[str, float]


@cache
def load_party_weights(path: Path | None = None) -> PartyWeights:
    """The bundled weights, or a user's own; raises KnowledgeError for a missing, strange or non-numeric part."""
    table = load_toml(_FILE, path)
    which = str(path or _FILE)
    cues = {role: read_weights(which, table, role, names) for role, names in PARTY_CUES.items()}
    least = read_weights(which, table, "least", PARTY_CUES)
    return PartyWeights(str(table.get("version", "")), cues, least)
