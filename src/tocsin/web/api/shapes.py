"""The shapes of the API's answers, for its reference and for tests that hold the answers to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel
from typing_extensions import TypedDict

from tocsin.desk.dealings import Dealing, Step
from tocsin.desk.revising import Revision
from tocsin.desk.views import Move
from tocsin.records import (
    Alert,
    Article,
    Certainty,
    Delivery,
    EventType,
    Fault,
    Feed,
    FeedState,
    Incident,
    Modality,
    Notice,
    Outlet,
    PartialDate,
    PlacePrecision,
    Reason,
    Silence,
    SpeakerKind,
    Tension,
    Toll,
    Withdrawal,
    to_plain,
)
from tocsin.records.outlet import OutletPace


class Problem(BaseModel):
    """What went wrong: what, which value, and why or what is allowed."""

    what: str
    which: str
    why: str


class PartyForm(TypedDict):
    """A party as written, with its codes."""

    text: str
    country: str | None
    sector: str | None


class AttributionForm(TypedDict):
    """One link of the chain of who says so, outermost first."""

    speaker: str | None
    kind: SpeakerKind
    cue: str | None


class PlaceForm(TypedDict):
    """Where; without a gazetteer id nothing matched the name."""

    name: str
    country: str | None
    precision: PlacePrecision
    lat: float | None
    lon: float | None
    gazetteer_id: str | None
    label: str | None


class EvidenceForm(TypedDict):
    """The verbatim passage with its offsets into the article's text (code points, end exclusive)."""

    text: str
    start: int
    end: int


class ClaimForm(TypedDict, total=False):
    """A claim in the codebook's fields; `incident` is the id of the incident it belongs to."""

    id: str
    article: str
    incident: str | None
    outlet: str | None
    title: str | None
    url: str | None
    published_at: datetime | None
    is_exercise: bool
    type: EventType
    mode: str | None
    contexts: list[str]
    actor: list[PartyForm]
    recipient: list[PartyForm]
    modality: Modality
    certainty: Certainty
    background: bool
    attribution: list[AttributionForm]
    date: PartialDate | None
    place: PlaceForm | None
    tolls: list[Toll]
    evidence: EvidenceForm
    score: float | None
    reader: str
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class ListHead:
    """How many records meet the filter, and which part of them this is."""

    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article without its text, with its number of claims."""

    id: str
    taken_at: datetime
    title: str | None
    outlet_id: str | None
    outlet_name: str | None
    url: str | None
    published_at: datetime | None
    language: str | None
    digest: str
    is_exercise: bool
    fault: str | None
    claims: int


@dataclass(frozen=True, slots=True)
class ArticleList(ListHead):
    """A part of the inbox."""

    articles: list[ArticleLine]


@dataclass(frozen=True, slots=True)
class ClaimList(ListHead):
    """A part of the claims."""

    claims: list[ClaimForm]


@dataclass(frozen=True, slots=True)
class IncidentList(ListHead):
    """A part of the incidents."""

    incidents: list[Incident]


@dataclass(frozen=True, slots=True)
class ArticleAnswer:
    """One article with its claims in order of the text.

    copy_of     the article it copies, or None
    withdrawal  why it speaks for no incident any more, or None
    revision    how it differs from the earlier revision of its page, or None
    """

    article: Article
    claims: list[ClaimForm]
    copy_of: str | None
    sightings: list[str]
    withdrawal: Withdrawal | None
    revision: Revision | None


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


@dataclass(frozen=True, slots=True)
class TensionList:
    """Tension of one place by day, oldest first; without a place, each place's newest day."""

    tensions: list[Tension]


@dataclass(frozen=True, slots=True)
class AlertList:
    """Alerts, newest first."""

    alerts: list[Alert]


@dataclass(frozen=True, slots=True)
class AlertAnswer:
    """One alert with the incidents that fired it."""

    alert: Alert
    incidents: list[Incident]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A history without its counts; `first` and `last` are the periods that it reaches from and to."""

    name: str
    measure: str
    period: str
    level: str
    imported_at: datetime
    licence: str | None
    is_own: bool
    units: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """What is forecast of one period: counts at the median and the ends of the 50 % and 80 % ranges, and chances.

    p1, p25  chances of at least 1 and of at least 25
    """

    target: str
    lead: int
    median: float
    low50: float
    high50: float
    low80: float
    high80: float
    p1: float
    p25: float


@dataclass(frozen=True, slots=True)
class RecordForm:
    """How the newest scored forecasts of a unit turned out; mean_error above 0 is too high."""

    number: int
    mean_error: float
    mean_absolute_error: float
    crps: float
    crps_log: float
    coverage80: float
    brier1: float
    brier25: float


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """What lies ahead of one unit by one history, the next period first; `missing` says why nothing does.

    record  of past forecasts; given where a place is asked for
    """

    history: str
    unit: str
    name: str
    place_id: str | None
    measure: str
    period: str
    known_to: str | None
    made_on: date | None
    model: str | None
    version: str | None
    ahead: list[ForecastPoint]
    missing: str | None
    record: RecordForm | None


@dataclass(frozen=True, slots=True)
class ForecastList:
    """All histories, and the forecasts of one of them or of one place.

    note  what the figures are not
    """

    histories: list[HistoryLine]
    forecasts: list[ForecastLine]
    note: str


@dataclass(frozen=True, slots=True)
class SilenceList:
    """Silences, the last to end first."""

    silences: list[Silence]


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """What people were told, and how far it got on each channel."""

    notice: Notice
    deliveries: list[Delivery]


@dataclass(frozen=True, slots=True)
class NoticeList:
    """Notices, the newest first."""

    notices: list[NoticeLine]


@dataclass(frozen=True, slots=True)
class OutletLine:
    """An outlet with its number of articles, and how much it gave lately."""

    outlet: Outlet
    articles: int
    pace: OutletPace


@dataclass(frozen=True, slots=True)
class OutletList:
    """All outlets."""

    outlets: list[OutletLine]


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed with its health; `pace` is how much its outlet gave lately, over all its feeds."""

    feed: Feed
    state: FeedState
    pace: OutletPace


@dataclass(frozen=True, slots=True)
class FeedList:
    """All feeds."""

    feeds: list[FeedLine]


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """One place: its series, oldest first, and its incidents, newest first."""

    place_id: str
    place_name: str
    tensions: list[Tension]
    incidents: list[Incident]


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


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the desk works: feeds by state, when the watch last went round and what stopped it."""

    status: Literal["ok", "degraded"]
    version: str
    is_watching: bool
    round_at: datetime | None
    problem: str | None
    feeds: dict[FeedState, int]


@dataclass(frozen=True, slots=True)
class TakenAnswer:
    """What became of what was handed in."""

    new: int
    known: int
    feeds: int
    claims: list[ClaimForm]
    articles: list[ArticleLine]
    faults: list[Fault]


def answer(record: Any, status: int = 200) -> JSONResponse:
    """A record or shape as JSON, by the records' own codec: no second one may disagree with the exports."""
    return JSONResponse(_plain(record), status)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return to_plain(value)
