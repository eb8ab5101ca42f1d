"""Places with their days, and what the map draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from typing_extensions import TypedDict

from tocsin.records import (
    Certainty,
    EventType,
    Incident,
    Modality,
    PlacePrecision,
    Precedence,
    Reason,
    Stage,
    TensionState,
)
from tocsin.web.indicators import Standing


@dataclass(frozen=True, slots=True)
class PlaceDay:
    """How hot one place is on one day; the four sums are null where the outlets were silent, as nothing is known then.

    level  hostile sum of the 7 days that end on `day`; surprise and coverage: null without a past
    state  "scored", or why there is no score
    """

    place_id: str
    place_name: str
    day: date
    hostile: float | None
    cooperative: float | None
    level: float | None
    surprise: float | None
    coverage: float | None
    state: TensionState
    incident_ids: tuple[str, ...]
    is_exercise: bool
    reasons: tuple[Reason, ...]
    announced: float | None
    stage: Stage | None


@dataclass(frozen=True, slots=True)
class TensionList:
    """Tension of one place by day, oldest first; without a place, each place's newest day."""

    tensions: list[PlaceDay]


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """A condition of an alert rule in words, and whether it holds; None: not told here."""

    text: str
    holds: bool | None


@dataclass(frozen=True, slots=True)
class IndicatorForm:
    """An alert rule as it stands at a place on its newest day.

    alert  the alert of this place that stands, or else the last one that did; None: it never rang here
    """

    rule: str
    title: str
    precedence: Precedence
    standing: Standing
    alert: str | None
    conditions: list[ConditionForm]


@dataclass(frozen=True, slots=True)
class NameCount:
    """A name as reports write it, and how many of the newest claims do."""

    name: str
    claims: int


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """One place: its series, oldest first, its incidents, newest first, and what of the alert rules holds there.

    indicators  none where no tension is counted
    written     the names that reports give it; `listed` are the gazetteer's, where it is loaded
    """

    place_id: str
    place_name: str
    tensions: list[PlaceDay]
    incidents: list[Incident]
    indicators: list[IndicatorForm]
    written: list[NameCount]
    listed: list[str]


class Day(TypedDict, total=False):
    """One day of the bar chart; figures are null where the outlets were silent."""

    day: date
    hostile: float | None
    cooperative: float | None
    level: float | None
    surprise: float | None
    state: str
    count: int
    url: str
    alert: str


@dataclass(frozen=True, slots=True)
class Series:
    """A place's days for the bar chart."""

    series: list[Day]


class AreaForm(TypedDict):
    """An area with how many incidents are placed no finer than it."""

    id: str
    name: str
    precision: PlacePrecision
    country: str | None
    count: int
    conflict: int
    cooperation: int
    is_exercise: bool
    is_shaded: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class AreaList:
    """Areas with their counts."""

    areas: list[AreaForm]


class SpotForm(TypedDict):
    """Where some of the drawn incidents are.

    where    "point", "area" or "unknown"; `point` is longitude and latitude, given only where the text gave one
    unplaced the name that no point is known for
    spot     what places share that are one mark; `cluster` what marks share that may be drawn as one, None: never
    """

    where: Literal["point", "area", "unknown"]
    point: tuple[float, float] | None
    place: str | None
    area_id: str | None
    area_name: str | None
    unplaced: str | None
    precision: PlacePrecision | None
    country: str | None
    spot: str | None
    cluster: str | None


class LookForm(TypedDict):
    """What decides how an incident is drawn."""

    type: EventType
    mode: str | None
    modality: Modality
    certainty: Certainty
    state: str
    is_exercise: bool
    family: Literal["conflict", "cooperation"]


class Drawing(TypedDict):
    """What the map draws: each incident a row of id, place, look, date, first report, origins and title.

    incidents  `place` and `look` of a row are numbers, counted from 0, in the lists of those names; newest first
    areas      as `/api/areas` gives them; `total` counts what meets the filter, drawn or not; `names` is code to name
    """

    incidents: list[tuple[str, int, int, str | None, datetime, int, str]]
    places: list[SpotForm]
    looks: list[LookForm]
    areas: list[AreaForm]
    total: int
    names: dict[str, str]
