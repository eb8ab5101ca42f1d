"""When a rising series is an onset, as data: `detector_weights.toml` checked against a closed schema.

>>> from tocsin.knowledge.detectors import load_detector_weights
>>> load_detector_weights().onsets["deaths"].detector
'ewma-ratio'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from tocsin.knowledge.checking import check_keys, read_choice, read_number, read_table, read_text, read_whole
from tocsin.knowledge.files import load_toml

DETECTOR_FILE = "detector_weights.toml"
DetectorName = Literal[
    "ratio-5", "ratio-7", "ewma-ratio", "tail-3", "tail-7", "ewma", "cusum", "ears-c1", "ears-c2", "ears-c3",
]  # fmt: skip

_ONSET_KEYS = (
    "detector", "threshold", "mean_floor", "level_days", "least_level", "refractory_days", "rearm_days",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OnsetRule:
    """When a place's daily values make an onset.

    quantity         what is counted: "deaths", "incidents"
    detector         which score is asked
    past_days        days before today's window that it is compared with; `least_past_days` must have been heard
    threshold        least score
    mean_floor       least mean of a past day that the ratio divides by
    level_days       days that the level sums, today the last
    least_level      least level, in the quantity's own unit
    refractory_days  so many days after an alarm there is none
    rearm_days       heard days below threshold or level that must lie before an alarm, except the first
    version          of the table
    """

    quantity: str
    detector: DetectorName
    past_days: int
    least_past_days: int
    threshold: float
    mean_floor: float
    level_days: int
    least_level: float
    refractory_days: int
    rearm_days: int
    version: str


@dataclass(frozen=True, slots=True)
class DetectorWeights:
    """The table: its version, and a rule for each quantity."""

    version: str
    onsets: Mapping[str, OnsetRule]


def load_detector_weights(path: Path | None = None) -> DetectorWeights:
    """The bundled table, or a user's of the same form; raises KnowledgeError naming file, table and key."""
    table = load_toml(DETECTOR_FILE, path)
    which = str(path or DETECTOR_FILE)
    check_keys(which, table, ("version", "past", "onset"))
    version = read_text(which, table, "version")
    where, past = f"{which}: past", table["past"]
    check_keys(where, past, ("days", "least_days"))
    past_days = read_whole(where, past, "days", 7, 1000)
    least_past_days = read_whole(where, past, "least_days", 2, past_days)
    onsets = read_table(which, table, "onset")
    return DetectorWeights(
        version,
        {name: _make_rule(which, name, row, past_days, least_past_days, version) for name, row in onsets.items()},
    )


def _make_rule(which: str, name: str, row: Any, past_days: int, least_past_days: int, version: str) -> OnsetRule:
    where = f"{which}: onset.{name}"
    check_keys(where, row, _ONSET_KEYS)
    return OnsetRule(
        quantity=name,
        detector=read_choice(where, row, "detector", get_args(DetectorName)),
        past_days=past_days,
        least_past_days=least_past_days,
        threshold=read_number(where, row, "threshold", 0, 1e6),
        mean_floor=read_number(where, row, "mean_floor", 1e-6, 1e6),
        level_days=read_whole(where, row, "level_days", 1, 60),
        least_level=read_number(where, row, "least_level", 0, 1e6),
        refractory_days=read_whole(where, row, "refractory_days", 0, 366),
        rearm_days=read_whole(where, row, "rearm_days", 0, 366),
        version=version,
    )
