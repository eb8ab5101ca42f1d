"""Which incidents count towards tension, on which day, where, and with what weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tocsin.records import Incident, Place, Reason

if TYPE_CHECKING:
    from tocsin.knowledge.weights import TensionWeights

#: Dates of these precisions name no day to count on; first-of-month spikes are an artefact of counting them.
_TOO_COARSE = frozenset({"month", "year"})


@dataclass(frozen=True, slots=True)
class Counted:
    """One incident as it is counted.

    weight  intensity: below 0 hostile, above 0 cooperative
    reason  why it counts on this day, where that is not plain; None where its own date says so
    """

    incident: Incident
    day: date
    weight: float
    reason: Reason | None = None

    @property
    def label(self) -> str:
        """How it stands in a sum: "ASSAULT beat 8.5 (inc_…)"."""
        act = f"{self.incident.type}{' ' + self.incident.mode if self.incident.mode else ''}"
        return f"{act} {abs(self.weight):g} ({self.incident.id})"


def count_incident(incident: Incident, weights: TensionWeights) -> Counted | None:
    """The incident as counted, or None: told as history, denied or retracted, not (yet) done, or without a day."""
    if why_uncounted(incident) is not None:
        return None
    day = count_day(incident)
    if day is None:
        return None
    weight = weights.weigh(incident.type, incident.mode)
    if incident.date is None:
        detail = f"{incident.id} has no date and counts on the day of its first report, {day}"
        return Counted(incident, day, weight, Reason("counted-when-reported", detail))
    if incident.date.days > 1:
        detail = f"{incident.id} is dated {incident.date} and counts once, on {day}"
        return Counted(incident, day, weight, Reason("counted-once", detail))
    return Counted(incident, day, weight)


def count_day(incident: Incident) -> date | None:
    """The day an incident counts on; None where its date is too coarse to name one.

    Of several days the last that lies before its first report ("this week", written on a Wednesday, is over by then);
    without a date the day of that report.
    """
    reported, dated = incident.reported_at.date(), incident.date
    if dated is None:
        return reported
    if dated.precision in _TOO_COARSE and dated.days > 1:
        return None
    # written out: it is asked of every incident of twenty weeks at each derivation
    if reported <= dated.start:
        return dated.start
    return reported if reported <= dated.end else dated.end


def why_uncounted(incident: Incident) -> Reason | None:
    """Why an incident adds nothing to a sum, or None if it does."""
    if incident.background:
        return Reason("background", f"{incident.id} is told as history")
    if incident.is_faint:
        return Reason("faint", f"{incident.id} stands on one claim that the reader is not sure of")
    if incident.state in ("denied", "retracted"):
        return Reason(incident.state, f"{incident.id} is {incident.state}")
    if incident.modality != "actual":
        return Reason(incident.modality, f"{incident.id} is {incident.modality}, not done: {incident.type}")
    return None


def count_announced(incident: Incident, weights: TensionWeights) -> Counted | None:
    """A hostile act that is planned or hangs on a condition, as it counts on the day it was first reported; else None.

    What is announced is a series of its own: it is no act, and no part of the level.
    """
    if incident.modality not in ("planned", "conditional") or incident.background or incident.is_faint:
        return None
    weight = weights.weigh(incident.type, incident.mode)
    if weight >= 0 or incident.state in ("denied", "retracted"):
        return None
    return Counted(incident, incident.reported_at.date(), weight)


def areas_of(place: Place | None) -> Iterator[str]:
    """The place and the areas that hold it, nearest first; nothing for a place that no gazetteer knows."""
    if place is not None and place.gazetteer_id:
        yield place.gazetteer_id
        yield from (area for area in dict.fromkeys(place.within) if area != place.gazetteer_id)
