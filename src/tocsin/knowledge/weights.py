"""The two tables of weights: what brings claims together, and what makes up tension."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from tocsin.errors import KnowledgeError
from tocsin.knowledge.checking import check_keys, read_number, read_text, read_whole
from tocsin.knowledge.files import load_toml
from tocsin.knowledge.plover import Ontology, load_ontology
from tocsin.records import EventType

MERGE_FILE = "merge_weights.toml"
TENSION_FILE = "tension_weights.toml"

#: Every part of a comparison; the merge table must weigh exactly these.
PART_NAMES = frozenset(
    {
        "base", "same-type", "kin-type", "same-mode", "other-mode", "same-day", "same-dates", "overlapping-dates",
        "one-date-unknown", "dates-unknown", "dates-unknown-across", "same-place", "same-area", "same-country",
        "inside-place", "near-place", "apart-place", "places-unmatched", "one-place-unknown", "places-unknown",
        "same-actor", "like-actor", "other-actor", "same-recipient", "like-recipient", "other-recipient",
        "recipients-apart", "named-recipients-apart", "same-victim", "other-victims", "crossed-parties", "same-toll",
        "rival-toll", "other-toll", "same-trigger", "shared-words", "same-article", "same-article-same-speaker",
        "same-origin", "denial",
    }
)  # fmt: skip


#: No score is taken for surer than this: what the reader calls certain is wrong now and then, too.
_SUREST = 0.99


def read_odds(score: float) -> float:
    """The log-odds of a score of the reader's, 0..1."""
    kept = min(max(score, 1 - _SUREST), _SUREST)
    return math.log(kept / (1 - kept))


@dataclass(frozen=True, slots=True)
class MergeWeights:
    """How claims are compared and brought together.

    parts         log-odds of each part of a comparison, by name; "base" is the log-odds before anything is compared
    sure          an incident of one origin none of whose claims is right with this chance is faint
    chance        start and slope of the chance that a claim is right, over the log-odds of the reader's score
    least         least log-odds for a link
    least_pair    a group takes in no claim that has a lower log-odds with one of its members
    families      event type to the family within which claims may meet
    verbal        types whose claims meet only if the same party speaks
    undated_days  days before publication within which a claim without a date can have happened
    same_km       so near two sites or settlements are one place under two names
    near_km       how far from a settlement a site in it or by it may lie
    area_km       how far from an area's point a place in it may lie, where containment is not recorded
    block_limit   blocks with more claims are compared only along a sorted neighbourhood of this width
    """

    version: str
    parts: Mapping[str, float]
    sure: float
    chance: tuple[float, float]
    least: float
    least_pair: float
    families: Mapping[str, str]
    verbal: frozenset[str]
    undated_days: int
    same_km: float
    near_km: float
    area_km: float
    block_limit: int

    def read_chance(self, score: float) -> float:
        """How likely a claim that the reader scores so is right, 0..1: in type, whether done, and whether news."""
        start, slope = self.chance
        return 1 / (1 + math.exp(-start - slope * read_odds(score)))


@dataclass(frozen=True, slots=True)
class TensionWeights:
    """How incidents add up to tension.

    ontology          gives each type and mode its intensity, -10 to +10
    window_days       days that the level sums, the day itself the last
    past_days         days before the window that it is compared with
    least_past_days   fewer past days on which an outlet was heard give no score
    mean_floor        least expected hostile sum of a window: a past without incidents is no proof that none can come
    dispersion_floor  least ratio of variance to mean: one incident alone weighs several points
    coverage_days     days before a day in which an outlet must have been heard to count as normally reporting
    coverage_share    least share of the days in which anything was published on which it must have been heard
    silent_days       so many days on end without any outlet that normally reports from a place are silence, not calm
    """

    version: str
    ontology: Ontology
    window_days: int
    past_days: int
    least_past_days: int
    mean_floor: float
    dispersion_floor: float
    coverage_days: int
    coverage_share: float
    silent_days: int

    def weigh(self, type_: str, mode: str | None) -> float:
        """Intensity of an incident's type and mode: negative hostile, positive cooperative."""
        return self.ontology.score(type_, mode)


def load_merge_weights(path: Path | None = None) -> MergeWeights:
    """The bundled merge table, or a user's of the same form; raises KnowledgeError naming file and key."""
    table = load_toml(MERGE_FILE, path)
    which = str(path or MERGE_FILE)
    check_keys(which, table, {"version", "limits", "chance", "parts", "families", "verbal"})
    check_keys(f"{which}: chance", table["chance"], {"start", "odds"})
    check_keys(f"{which}: parts", table["parts"], PART_NAMES)
    check_keys(f"{which}: families", table["families"], set(get_args(EventType)))
    limits = table["limits"]
    check_keys(
        f"{which}: limits",
        limits,
        {"sure", "least", "least_pair", "undated_days", "same_km", "near_km", "area_km", "block_limit"},
    )
    return MergeWeights(
        version=read_text(which, table, "version"),
        parts={name: read_number(f"{which}: parts", table["parts"], name, -20, 20) for name in sorted(PART_NAMES)},
        sure=read_number(f"{which}: limits", limits, "sure", 0, 1),
        chance=(
            read_number(f"{which}: chance", table["chance"], "start", -20, 20),
            read_number(f"{which}: chance", table["chance"], "odds", 0, 20),
        ),
        least=read_number(f"{which}: limits", limits, "least", -20, 20),
        least_pair=read_number(f"{which}: limits", limits, "least_pair", -20, 20),
        families={t: read_text(f"{which}: families", table["families"], t) for t in get_args(EventType)},
        verbal=_types(which, table["verbal"]),
        undated_days=read_whole(f"{which}: limits", limits, "undated_days", 0, 60),
        same_km=read_number(f"{which}: limits", limits, "same_km", 0, 50),
        near_km=read_number(f"{which}: limits", limits, "near_km", 0, 200),
        area_km=read_number(f"{which}: limits", limits, "area_km", 0, 2000),
        block_limit=read_whole(f"{which}: limits", limits, "block_limit", 2, 10_000),
    )


def load_tension_weights(path: Path | None = None, *, ontology: Ontology | None = None) -> TensionWeights:
    """The bundled tension table with the ontology's scores; raises KnowledgeError naming file and key."""
    table = load_toml(TENSION_FILE, path)
    which = str(path or TENSION_FILE)
    check_keys(which, table, {"version", "window", "floor", "coverage"})
    window, floor, coverage = table["window"], table["floor"], table["coverage"]
    check_keys(f"{which}: window", window, {"days", "past_days", "least_past_days"})
    check_keys(f"{which}: floor", floor, {"mean", "dispersion"})
    check_keys(f"{which}: coverage", coverage, {"days", "share", "silent_days"})
    ontology = ontology or load_ontology()
    return TensionWeights(
        version=f"{read_text(which, table, 'version')}+{ontology.version}",
        ontology=ontology,
        window_days=read_whole(f"{which}: window", window, "days", 1, 60),
        past_days=read_whole(f"{which}: window", window, "past_days", 7, 1000),
        least_past_days=read_whole(f"{which}: window", window, "least_past_days", 2, 1000),
        mean_floor=read_number(f"{which}: floor", floor, "mean", 0.001, 100),
        dispersion_floor=read_number(f"{which}: floor", floor, "dispersion", 1.001, 100),
        coverage_days=read_whole(f"{which}: coverage", coverage, "days", 1, 365),
        coverage_share=read_number(f"{which}: coverage", coverage, "share", 0, 1),
        silent_days=read_whole(f"{which}: coverage", coverage, "silent_days", 1, 60),
    )


def _types(where: str, names: Any) -> frozenset[str]:
    if not isinstance(names, list):
        raise KnowledgeError("value", f"{where}: verbal = {names!r}", "must be a list of event types")
    if strange := sorted(set(names) - set(get_args(EventType))):
        raise KnowledgeError("event type", f"{where}: {strange[0]}", f"must be one of {', '.join(get_args(EventType))}")
    return frozenset(names)
