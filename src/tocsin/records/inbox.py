"""What one person has seen, when he was at the desk, and the filters that he keeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from tocsin.errors import RecordError
from tocsin.records.claim import Certainty, EventType, Modality
from tocsin.records.codec import to_json
from tocsin.records.dates import PartialDate
from tocsin.records.filters import Filter
from tocsin.records.grade import Credibility
from tocsin.records.ids import digest_text, make_id
from tocsin.records.incident import Incident, IncidentState, TollRange

#: What about an incident can be other than it was: what it says, or which claims it holds.
ChangeKind = Literal[
    "joined", "left", "toll", "place", "date", "state", "type", "modality", "certainty", "origins", "credibility"
]
LONGEST_NAME, LONGEST_QUERY = 80, 2_000
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Look:
    """What an incident looked like: everything of it that a reader would call news if it were other the next time.

    parties      the words of who did it, then of to whom
    tolls        without the rule that chose the number used
    credibility  of its most credible claim, or None where none is graded
    """

    claim_ids: tuple[str, ...]
    type: EventType
    mode: str | None
    state: IncidentState
    modality: Modality
    certainty: Certainty
    date: PartialDate | None
    place_id: str | None
    place_name: str | None
    parties: tuple[str, ...]
    tolls: tuple[TollRange, ...]
    origins: int
    credibility: Credibility | None


def make_look(incident: Incident) -> Look:
    """What an incident looks like now."""
    place = incident.place
    return Look(
        claim_ids=incident.claim_ids,
        type=incident.type,
        mode=incident.mode,
        state=incident.state,
        modality=incident.modality,
        certainty=incident.certainty,
        date=incident.date,
        place_id=place.gazetteer_id if place else None,
        place_name=place.shown_name if place else None,
        parties=tuple(party.text for party in (*incident.actor, *incident.recipient)),
        tolls=tuple(replace(toll, rule="") for toll in incident.tolls),
        origins=incident.origins,
        credibility=min((grade.credibility for grade in incident.grades), default=None),
    )


def digest_look(look: Look) -> str:
    """Sixteen hexadecimal digits that are others once anything of the look is."""
    return digest_text(to_json(look))[:_DIGITS]


@dataclass(frozen=True, slots=True)
class Mark:
    """That a person has seen an incident.

    digest   of the look that he saw: while the incident has the same, there is nothing new to him
    """

    person: str
    incident_id: str
    seen_at: datetime
    look: Look
    digest: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing about an incident that is other than it was when somebody looked.

    claim_ids  of kinds "joined" and "left": the claims
    was, now   of the other kinds: the value in short, None where there was none
    about      of kind "toll": what is counted ("killed")
    """

    kind: ChangeKind
    was: str | None = None
    now: str | None = None
    about: str | None = None
    claim_ids: tuple[str, ...] = ()


def compare_looks(before: Look, after: Look) -> tuple[Change, ...]:
    """What differs between two looks of an incident, what weighs most first."""
    found = []
    joined = tuple(c for c in after.claim_ids if c not in before.claim_ids)
    left = tuple(c for c in before.claim_ids if c not in after.claim_ids)
    if joined:
        found.append(Change("joined", claim_ids=joined))
    if left:
        found.append(Change("left", claim_ids=left))
    found += _compare_tolls(before, after)
    pairs: tuple[tuple[ChangeKind, object, object], ...] = (
        ("state", before.state, after.state),
        ("place", before.place_name, after.place_name),
        ("date", before.date, after.date),
        ("type", _name_type(before), _name_type(after)),
        ("modality", before.modality, after.modality),
        ("certainty", before.certainty, after.certainty),
        ("origins", before.origins, after.origins),
        ("credibility", before.credibility, after.credibility),
    )
    found += [Change(kind, _show(was), _show(now)) for kind, was, now in pairs if was != now]
    if before.place_id != after.place_id and before.place_name == after.place_name:
        found.append(Change("place", before.place_name, after.place_name))
    return tuple(found)


def _compare_tolls(before: Look, after: Look) -> list[Change]:
    was, now = ({toll.kind: toll for toll in look.tolls} for look in (before, after))
    kinds = dict.fromkeys((*now, *was))
    return [
        Change("toll", _show_toll(was.get(k)), _show_toll(now.get(k)), k) for k in kinds if was.get(k) != now.get(k)
    ]


def _show_toll(toll: TollRange | None) -> str | None:
    if toll is None:
        return None
    if toll.high is None:
        return f"at least {toll.low}"
    return str(toll.low) if toll.low == toll.high else f"{toll.low} to {toll.high}"


def _name_type(look: Look) -> str:
    return f"{look.type} · {look.mode}" if look.mode else look.type


def _show(value: object) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Shown:
    """How an incident stands in everybody's list.

    digest      of its look
    changed_at  when the desk last gave it this look
    is_judged   whether a person has accepted, fixed, added or rejected any claim of it
    """

    digest: str
    changed_at: datetime
    is_judged: bool


@dataclass(frozen=True, slots=True)
class InboxWanted:
    """What of the inbox is asked for: a filter, and what only an inbox knows.

    since        changed at the desk since then; None: whenever
    is_unread    only what the person has not seen as it is now
    is_unjudged  only what nobody has judged
    """

    filter: Filter
    since: datetime | None = None
    is_unread: bool = False
    is_unjudged: bool = False


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An incident, how it stands, and the mark that a person left on it, if he did."""

    incident: Incident
    shown: Shown
    mark: Mark | None

    @property
    def is_unread(self) -> bool:
        """Whether the person has not seen it as it is now."""
        return self.mark is None or self.mark.digest != self.shown.digest

    @property
    def is_changed(self) -> bool:
        """Whether he has seen it, and it was other then."""
        return self.mark is not None and self.mark.digest != self.shown.digest


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many incidents a list holds, over all its pages; of those the unread and the unjudged."""

    total: int
    unread: int
    unjudged: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of time in which a person kept the desk; `ended_at` is None while he does."""

    person: str
    began_at: datetime
    ended_at: datetime | None = None


def find_absence(shifts: list[Shift]) -> datetime | None:
    """Since when a person was away: the end of his last shift before the one that he is in; None without one.

    shifts  his last ones, the newest first. One that he forgot to end counts from its begin: he is shown too much
            rather than too little.
    """
    past = shifts[1:] if shifts and shifts[0].ended_at is None else shifts
    return (past[0].ended_at or past[0].began_at) if past else None


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter under a name.

    person       whose it is; only he changes it
    query        the conditions as they stand in the address bar, without paging
    is_shared    whether others see it in their lists
    feed_digest  SHA-256 of the secret in the address of its feed; None: it has no feed. The secret itself is kept
                 nowhere.
    """

    id: str
    person: str
    name: str
    query: str
    made_at: datetime
    is_shared: bool = False
    feed_digest: str | None = None

    def __post_init__(self) -> None:
        if len(self.query) > LONGEST_QUERY:
            raise RecordError("filter", self.query[:40] + "…", f"must be {LONGEST_QUERY} characters or fewer")

    def is_seen_by(self, person: str) -> bool:
        """Whether a person may open it."""
        return self.is_shared or self.person == person


def saved_filter_id(person: str, name: str, made_at: datetime) -> str:
    """The identifier of a saved filter: it stays when the filter gets another name."""
    return make_id("fil", person, name, made_at.isoformat())


def clean_filter_name(given: str) -> str:
    """A name in one line; raises RecordError for none and for a long one."""
    name = " ".join(given.split())
    if not name:
        raise RecordError("filter name", given[:40], "must not be empty: others, and you, find the filter by it")
    if len(name) > LONGEST_NAME:
        raise RecordError("filter name", name[:40] + "…", f"must be {LONGEST_NAME} characters or fewer")
    return name
