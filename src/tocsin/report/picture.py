"""What a report is asked for, and the records it is drafted from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import get_args

from tocsin.errors import RecordError
from tocsin.records import Alert, Article, Claim, Incident, Outlet, Tension
from tocsin.records.marking import Tlp

#: What the id of a cited place-day begins with; that of its place follows.
TENSION = "tension:"
#: A report is read by people: nobody reads more.
MOST_PAGES = 20
LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What a person asks for.

    place_id, place_name  the area; place_id None is everywhere
    since, until          the period: aware, `until` itself no longer in it
    tlp                   the marking asked for; what the report is made from may demand a stricter one
    policy                naming policy of places
    title, author         None: the report names itself, and nobody
    has_names             whether people are named and quoted; None: only where the marking is not for everybody
    laxer_because         why it may be marked more laxly than the desk is set, as a person says; None: it may not
    """

    since: datetime
    until: datetime
    place_id: str | None = None
    place_name: str = "Everywhere"
    tlp: Tlp = "TLP:AMBER"
    policy: str = "un"
    most_pages: int = 3
    title: str | None = None
    author: str | None = None
    has_names: bool | None = None
    laxer_because: str | None = None

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            if getattr(self, name).tzinfo is None:
                raise RecordError(name, getattr(self, name), "must carry its time zone")
        if self.since >= self.until:
            raise RecordError("period", f"{self.since} to {self.until}", "must begin before it ends")
        if self.tlp not in get_args(Tlp):
            raise RecordError("marking", self.tlp, f"must be one of {', '.join(get_args(Tlp))} (TLP 2.0)")
        if not 1 <= self.most_pages <= MOST_PAGES:
            raise RecordError("pages", self.most_pages, f"must be from 1 to {MOST_PAGES}")
        for name in ("title", "author", "place_name", "laxer_because"):
            if len(getattr(self, name) or "") > LONGEST_LINE:
                raise RecordError(name, getattr(self, name)[:40] + "…", f"must be {LONGEST_LINE} characters or fewer")

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        return self.since.date()

    @property
    def last_day(self) -> date:
        """The last day that the period touches."""
        return (self.until - timedelta(microseconds=1)).date()


@dataclass(frozen=True, slots=True)
class Version:
    """What one speaker says of an incident, oldest claim first; `speaker` None: the outlet's own voice."""

    speaker: str | None
    claims: tuple[Claim, ...]
    outlet_name: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A point that speakers of one incident differ on.

    kind    "act", "actor", "recipient", "place", "date" or a kind of toll
    values  each thing said, with the numbers of the versions that say it
    silent  numbers of the versions that say nothing of it
    """

    kind: str
    values: tuple[tuple[str, tuple[int, ...]], ...]
    silent: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """An incident with what each of its speakers says, and what they differ on."""

    incident: Incident
    versions: tuple[Version, ...]
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceTension:
    """The last day of a place's series in the period, and the day before the period where there is one."""

    last: Tension
    before: Tension | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """A forecast for one place.

    what         what it is the chance of, in words ("at least one attack")
    chance       0..1 of at least one, or None; `chance_many` 0..1 of at least `many`, or None
    low, high    what the count lies within in `interval` of a hundred cases; `best` its median; None: no count given
    method       name and version of what made it
    past_error   how it did in the past, in words, or None
    basis        name of the history that it was made of, or empty
    known_to     the last day that the history covers, `age_days` before the report was made
    """

    key: str
    place_name: str
    what: str
    first_day: date
    last_day: date
    made_at: datetime
    method: str
    chance: float | None = None
    low: float | None = None
    best: float | None = None
    high: float | None = None
    past_error: str | None = None
    is_exercise: bool = False
    chance_many: float | None = None
    many: int = 25
    interval: int = 80
    basis: str = ""
    known_to: date | None = None
    age_days: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the desk listened to in the period.

    articles    how many were published in it (or taken in, where they do not say when)
    outlet_ids  who was heard; `silent_ids` who was heard in the weeks before and not in the period
    """

    articles: int = 0
    outlet_ids: tuple[str, ...] = ()
    silent_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that a report may speak of.

    incidents    those counted in the period: by their days, or, where no claim says when, by their first report
    tellings     by incident id: the incidents whose claims are at hand (the gravest; others are counted only)
    undated      ids of the incidents that stand in the period by their first report
    late         first reported in the period, of earlier days
    faint        told once and not surely an act: listed at the desk, not counted
    behind       what fired the alerts and lies outside area or period
    tensions     the hottest places in the area; `quiet` the newest earlier incident of places without one now
    outlets      by id, every outlet that is named anywhere in this
    markings     of what it is made from, where that is marked
    note_keys    naming footnotes of places that tensions and alerts name, by place id
    no_forecast  why nothing is forecast for the area, one sentence each; empty where something is
    is_cut       whether there were more incidents than are looked at
    """

    incidents: tuple[Incident, ...] = ()
    tellings: Mapping[str, Telling] = field(default_factory=dict)
    articles: Mapping[str, Article] = field(default_factory=dict)
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    tensions: tuple[PlaceTension, ...] = ()
    alerts: tuple[Alert, ...] = ()
    outlooks: tuple[Outlook, ...] = ()
    heard: Heard = Heard()
    quiet: tuple[Incident, ...] = ()
    undated: frozenset[str] = frozenset()
    late: tuple[Incident, ...] = ()
    faint: tuple[Incident, ...] = ()
    behind: tuple[Incident, ...] = ()
    markings: tuple[Tlp, ...] = ()
    note_keys: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False
    no_forecast: tuple[str, ...] = ()

    @property
    def exercise_flags(self) -> tuple[bool, ...]:
        """Of every part whether it is exercise."""
        tensions = [t for p in self.tensions for t in (p.last, p.before) if t]
        parts = (self.incidents, self.late, self.faint, self.quiet, self.behind, tensions, self.alerts, self.outlooks)
        return tuple(one.is_exercise for part in parts for one in part)

    @property
    def known_incidents(self) -> dict[str, Incident]:
        """Every incident in it, by id."""
        return {i.id: i for part in (self.behind, self.quiet, self.faint, self.late, self.incidents) for i in part}


def cite_tension(tension: Tension) -> str:
    """How a sentence cites a place-day."""
    return f"{TENSION}{tension.place_id}:{tension.day.isoformat()}"


def cite_outlook(outlook: Outlook) -> str:
    """How a sentence cites a forecast."""
    return f"outlook:{outlook.key}"
