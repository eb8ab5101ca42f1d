"""The weights of knowledge/places_weights.toml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tocsin.knowledge.checking import read_weight, read_weights
from tocsin.knowledge.files import load_toml

_FILE = "places_weights.toml"
PARTS = (
    "main-name", "population", "country", "region", "district", "capital", "same-town", "overlay", "mission",
    "kind", "other-kind", "named-container", "repeated-container", "other-container", "article-country", "elsewhere",
    "article-region", "neighbours", "beside", "dateline", "outlet-country", "best-known",
)  # fmt: skip


#: What speaks for or against a stretch of text being the name of a place.
NAME_CUES = (
    "marked", "unmarked", "marked-part", "marked-wider", "marked-near", "known", "population", "area", "rule", "led",
    "before-area", "after-title", "goes-on", "before-speech", "given-name", "people", "stop", "common", "opening",
    "single", "lower", "by-hand",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NameWeights:
    """How surely words name a place: log-odds, `start` and each cue's weight times its value.

    least  names below this probability are left out
    """

    version: str
    start: float
    least: float
    cues: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PlaceWeights:
    """How candidates are weighed; see the file's comments for each part.

    margin        least lead of the best candidate over the next; margin_alone, times ln(1 + candidates), where the
                  article gives no hint
    least         a best sum below this is too little: the name is some other place, which is not recorded
    near_km       candidates nearer than this to each other are no rivals
    neighbour_km  the distance at which a neighbour's help has faded to a third
    """

    version: str
    margin: float
    margin_alone: float
    least: float
    near_km: float
    neighbour_km: float
    parts: Mapping[str, float]


@cache
def load_place_weights(path: Path | None = None) -> PlaceWeights:
    """The bundled weights, or a user's own; raises KnowledgeError for a missing, strange or non-numeric part."""
    table = load_toml(_FILE, path)
    which = str(path or _FILE)
    numbers = read_weights(which, table, "weights", PARTS)
    margin, alone, least, near, neighbour = (
        read_weight(which, table, key) for key in ("margin", "margin_alone", "least", "near_km", "neighbour_km")
    )
    return PlaceWeights(str(table.get("version", "")), margin, alone, least, near, neighbour, numbers)


@cache
def load_name_weights(path: Path | None = None) -> NameWeights:
    """The bundled weights of `[names]`, or a user's own; raises KnowledgeError as `load_place_weights` does."""
    table = load_toml(_FILE, path)
    which = str(path or _FILE)
    numbers = read_weights(which, table, "names", ("start", "least", *NAME_CUES))
    start, least = numbers.pop("start"), numbers.pop("least")
    return NameWeights(str(table.get("version", "")), start, least, numbers)
