"""When to ring, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from tocsin.records.ids import make_id
from tocsin.records.reason import Reason

TensionState = Literal["scored", "too-little-history", "sources-silent"]
AlertState = Literal["firing", "acknowledged", "resolved", "retracted"]
#: Message precedence as used in military and emergency traffic, lowest first.
Precedence = Literal["ROUTINE", "PRIORITY", "IMMEDIATE", "FLASH"]


@dataclass(frozen=True, slots=True)
class Tension:
    """How hot one place is on one day.

    place_id      gazetteer_id of a place or containing area
    hostile       sum of the conflict weights (>= 0) of the day's incidents
    cooperative   sum of the cooperation weights (>= 0) of the day's incidents
    level         hostile sum of the 7 days that end on `day`
    surprise      -log10 of the tail probability of `level` against the place's own past, or None without a past
    coverage      outlets heard that day over outlets that normally report from there, 0..1, or None without a past
    state         "scored", or why there is no score: absent is absent, never zero
    incident_ids  what was counted that day
    """

    place_id: str
    place_name: str
    day: date
    hostile: float
    cooperative: float
    level: float
    surprise: float | None
    coverage: float | None
    state: TensionState
    incident_ids: tuple[str, ...] = ()
    is_exercise: bool = False
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that holds for a place, from when it first held until it no longer does.

    id            fingerprint of rule, place and the day it began
    rule          name of the alert rule; `rule_version` that of its table
    hypothesis    what the rule's finding speaks for, in words
    day           the last day on which the rule held
    began_on      the first day of this run
    updated_at    when the desk last changed it
    incident_ids  what fired it
    reasons       each condition with the values compared
    cleared_by    what would clear it, in words
    """

    id: str
    rule: str
    rule_version: str
    title: str
    hypothesis: str
    place_id: str
    place_name: str
    precedence: Precedence
    began_on: date
    day: date
    state: AlertState
    updated_at: datetime
    cleared_by: str
    incident_ids: tuple[str, ...] = ()
    is_exercise: bool = False
    reasons: tuple[Reason, ...] = ()
    note: str | None = None


def alert_id(rule: str, place_id: str, began_on: date) -> str:
    """The fingerprint of one run of a rule at a place."""
    return make_id("alt", rule, place_id, began_on.isoformat())
