"""Incidents, their versions, and who does what to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tocsin.desk.dealings import Dealing, Step
from tocsin.desk.views import Move
from tocsin.records import Incident
from tocsin.web.api.shapes.answers import ListHead
from tocsin.web.api.shapes.claims import ClaimForm


@dataclass(frozen=True, slots=True)
class IncidentList(ListHead):
    """A part of the incidents."""

    incidents: list[Incident]


@dataclass(frozen=True, slots=True)
class VersionForm:
    """What one speaker says: None is the voice of the outlet named beside it."""

    speaker: str | None
    outlet: str | None
    claims: list[ClaimForm]


@dataclass(frozen=True, slots=True)
class PointForm:
    """What somebody says of an incident: numbers of the versions that agree, that say otherwise, that are silent."""

    kind: str
    value: str
    agree: list[int]
    differ: list[int]
    silent: list[int]


@dataclass(frozen=True, slots=True)
class IncidentAnswer:
    """One incident with its versions by speaker, the points they agree or differ on, and how its claims came here."""

    incident: Incident
    versions: list[VersionForm]
    points: list[PointForm]
    history: list[Move]


@dataclass(frozen=True, slots=True)
class DealingList(ListHead):
    """Who does what to whom, a part of it: `total` counts pairs.

    step, periods  what `by_period` counts in: the first days of the last weeks or months, oldest first
    deeds, denied, planned, conditional  incidents by what they count as; left_out are faint or retracted
    read, found    incidents read for this, the last reported ones, and those that the filter leaves
    """

    step: Step
    periods: list[date]
    deeds: int
    denied: int
    planned: int
    conditional: int
    left_out: int
    read: int
    found: int
    dealings: list[Dealing]
