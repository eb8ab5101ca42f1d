"""Incidents, their versions, and who does what to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tocsin.desk.dealings import Dealing, Step
from tocsin.desk.views import Move
from tocsin.records import EventType, Incident, IncidentState, PartialDate, TollRange
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
class StageForm:
    """A report of an incident, and what the incident came to once it was out.

    published_at  None: unknown; the report then stands by when it was taken in
    named         parties that no earlier report had named
    repeated_in   later articles that say the same word for word
    """

    published_at: datetime | None
    taken_at: datetime
    article: str
    outlet: str | None
    claims: list[str]
    type: EventType
    mode: str | None
    state: IncidentState
    place: str | None
    date: PartialDate | None
    tolls: list[TollRange]
    origins: int
    named: list[str]
    repeated_in: list[str]


@dataclass(frozen=True, slots=True)
class NoteForm:
    """What somebody noted on an incident; `incident` is the one that it was written on."""

    id: str
    text: str
    made_by: str
    made_at: datetime
    incident: str


@dataclass(frozen=True, slots=True)
class IncidentAnswer:
    """One incident with its versions by speaker, the points they agree or differ on, and how its claims came here.

    known  what was known when: its first reports in the order in which they came out
    notes  people's notes on it, newest first
    seen   a mark of all that was said of its claims: who grades the incident says that he has seen this
    """

    incident: Incident
    versions: list[VersionForm]
    points: list[PointForm]
    known: list[StageForm]
    history: list[Move]
    notes: list[NoteForm]
    seen: str | None


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
