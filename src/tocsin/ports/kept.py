"""What a store is given and hands out that is no record: readings, derivations, tallies, what was retained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from tocsin.records import (
    Alert,
    Article,
    Claim,
    EventType,
    Incident,
    Link,
    Outlet,
    Place,
    Sighting,
    Tension,
    digest_text,
)
from tocsin.records.marking import Marking


@dataclass(frozen=True, slots=True)
class Reading:
    """One article with everything that is written with it, in one transaction.

    marking  the mark that it bears from then on, where it bears no stricter one
    """

    article: Article
    claims: tuple[Claim, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    outlet: Outlet | None = None
    marking: Marking | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """What the stages after reading made of the claims: replaces the earlier derivation of the same stretch.

    incidents        new or changed; `gone_incident_ids` no longer exist (their claims now belong elsewhere)
    redirects        old incident id to the one that took its claims over
    links            only those that differ from the newest link of their claim: links are append-only
    tensions         new or changed place-days; `gone_tensions` are (place_id, day) no longer counted
    alerts           new or changed; a person's acknowledgement is kept by the store
    articles_derived ids of articles whose claims are now accounted for
    at               when it was made; None: as of each incident's first report
    """

    incidents: tuple[Incident, ...] = ()
    gone_incident_ids: tuple[str, ...] = ()
    redirects: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    tensions: tuple[Tension, ...] = ()
    gone_tensions: tuple[tuple[str, date], ...] = ()
    alerts: tuple[Alert, ...] = ()
    articles_derived: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What some derivations changed: `number` is the last of them."""

    number: int
    articles: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptHistory:
    """A history as the store keeps it: what was counted, period by period, in one body of counts.

    name         what the user calls it; a new import of the same name replaces the whole
    measure      "deaths" or "deadly incidents"
    period       "month" or "week"
    level        "country" or "admin1"
    licence      a note on where it comes from and what may be done with it, or None
    is_own       whether it was counted from the desk's own incidents
    payload      units, their places and their counts as JSON, in the form of `forecasting_histories`
    """

    name: str
    measure: str
    period: str
    level: str
    imported_at: datetime
    licence: str | None
    is_own: bool
    payload: str

    @property
    def digest(self) -> str:
        """SHA-256 of the payload."""
        return digest_text(self.payload)


@dataclass(frozen=True, slots=True)
class KeptForecast:
    """A forecast as the store keeps it; never changed once kept.

    id        made of history, basis and key: the same forecast made again has the same
    history   name of the history it was made of; `basis` the first 16 digits of its digest then
    known_to  the last period that was known; `target` the one spoken of
    payload   the whole forecast as JSON
    """

    id: str
    history: str
    basis: str
    unit: str
    measure: str
    model: str
    known_to: str
    target: str
    made_on: date
    payload: str


@dataclass(frozen=True, slots=True)
class ForecastRun:
    """The forecasts made at one time of one history: the last kept are the newest."""

    history: str
    basis: str
    known_to: str
    made_on: date
    last_seq: int


@dataclass(frozen=True, slots=True)
class Tally:
    """So many incidents of a type are told of the same place; None where no claim says where."""

    place: Place | None
    type: EventType
    is_exercise: bool
    count: int


@dataclass(frozen=True, slots=True)
class Sketch:
    """An incident as a map tells of it.

    text       one line of JSON, see `store/sketching.py`
    place_key  the same for all that are told of the same place; None where no claim says where
    place      what is told of it, with the reason that it is one of several namesakes, if it is
    """

    text: str
    place_key: str | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """So many incidents of a type were first reported in the hour or day that begins at `began_at`."""

    began_at: datetime
    type: EventType
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the desk holds."""

    articles: int
    claims: int
    incidents: int
    alerts: int
    outlets: int
    feeds: int
    faults: int
    exercise_articles: int


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the store is.

    alerts             state to number; `deliveries` channel to state to number
    oldest_waiting_at  when the oldest notice was made that is still to be sent, or None
    underived          articles that no derivation has accounted for yet
    """

    articles: int
    claims: int
    incidents: int
    faults: int
    alerts: Mapping[str, int]
    deliveries: Mapping[str, Mapping[str, int]]
    oldest_waiting_at: datetime | None
    underived: int
    database_bytes: int


@dataclass(frozen=True, slots=True)
class Retained:
    """What a run of the retention took out, or would.

    texts_bytes  size of the article texts and records among them; the file keeps its size and fills the room again
    """

    articles: int = 0
    claims: int = 0
    incidents: int = 0
    tensions: int = 0
    faults: int = 0
    deliveries: int = 0
    texts_bytes: int = 0
