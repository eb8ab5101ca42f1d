"""When to ring, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from tocsin.records.ids import make_id
from tocsin.records.reason import Reason

TensionState = Literal["scored", "too-little-history", "sources-silent"]
AlertState = Literal["firing", "acknowledged", "resolved", "retracted"]
#: How a place stands, lowest first; it goes up at once and comes down slowly, so that noise does not move it.
Stage = Literal["calm", "watch", "alert", "crisis"]
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
    announced     sum of the conflict weights (>= 0) of what was announced that day, planned or on a condition; it is no
                  part of `level`
    stage         how the place stands after the day, or None where neither a score nor an alert says
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
    announced: float = 0.0
    stage: Stage | None = None


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
    sets          for whom the rule is meant
    speaks        whether the finding speaks for the hypothesis or against it
    fired_at      when the desk first saw it fire; None in what was kept before this was noted
    assigned_to   who looks after it, by a person's word
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
    sets: tuple[str, ...] = ()
    speaks: Literal["for", "against"] = "for"
    fired_at: datetime | None = None
    assigned_to: str | None = None


@dataclass(frozen=True, slots=True)
class AlertWord:
    """One thing that was said of an alert, by the desk or by a person. Append-only.

    is_person    whether a person said it; `person` who, None for the desk, and where the desk had no accounts yet
    state        the state that it then had
    note         what the person wrote, or None
    assigned_to  who looked after it from then on, or None
    """

    at: datetime
    is_person: bool
    state: AlertState
    person: str | None = None
    note: str | None = None
    assigned_to: str | None = None


def alert_id(rule: str, place_id: str, began_on: date) -> str:
    """The fingerprint of one run of a rule at a place."""
    return make_id("alt", rule, place_id, began_on.isoformat())
