"""The weights of knowledge/places_weights.toml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml

_FILE = "places_weights.toml"
PARTS = (
    "main-name", "population", "country", "region", "district", "capital", "same-town", "overlay", "mission",
    "kind", "other-kind", "named-container", "other-container", "article-country", "article-region", "neighbours",
    "dateline", "outlet-country",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceWeights:
    """How candidates are weighed; see the file's comments for each part.

    margin        least lead of the best candidate over the next; margin_alone where the article gives no hint
    near_km       candidates nearer than this to each other are no rivals
    neighbour_km  the distance at which a neighbour's help has faded to a third
    """

    version: str
    margin: float
    margin_alone: float
    near_km: float
    neighbour_km: float
    parts: Mapping[str, float]


@cache
def load_place_weights(path: Path | None = None) -> PlaceWeights:
    """The bundled weights, or a user's own; raises KnowledgeError for a missing, strange or non-numeric part."""
    table = load_toml(_FILE, path)
    which = str(path or _FILE)
    parts = table.get("weights")
    if not isinstance(parts, dict) or set(parts) != set(PARTS):
        raise KnowledgeError("knowledge file", which, f"[weights] must hold exactly {', '.join(PARTS)}")
    numbers = {key: _number(which, key, value) for key, value in parts.items()}
    margin, alone, near, neighbour = (
        _number(which, key, table.get(key)) for key in ("margin", "margin_alone", "near_km", "neighbour_km")
    )
    return PlaceWeights(str(table.get("version", "")), margin, alone, near, neighbour, numbers)


def _number(which: str, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise KnowledgeError("knowledge file", f"{which}, {key}", f"must be a number, not {value!r}")
    return float(value)
