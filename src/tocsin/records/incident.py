"""What we hold to have happened, made of claims that may disagree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tocsin.records.claim import Certainty, EventType, Modality, Party, TollKind
from tocsin.records.dates import PartialDate
from tocsin.records.grade import Credibility
from tocsin.records.ids import make_id
from tocsin.records.place import Place
from tocsin.records.reason import Reason

#: What the claims together amount to. disputed: rival versions or a denial; denied: only denials speak of it.
IncidentState = Literal["reported", "disputed", "denied", "planned", "retracted"]


@dataclass(frozen=True, slots=True)
class TollRange:
    """The counts that the claims of an incident give, together.

    low, high  the lowest and highest number any claim gives (high None: somebody says "at least", nobody gives a top)
    best       the number the desk uses, and `rule` says which rule chose it
    """

    kind: TollKind
    low: int
    best: int
    high: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class Grade:
    """How credible one claim is within its incident: Admiralty 1-6 by rule, 6 = cannot be judged (not: bad).

    credibility  what holds: the rule's figure, or a person's in its place
    by_rule      the rule's figure and `rule_reason` its reason, where a person's holds; None where the rule's does
    """

    claim_id: str
    credibility: Credibility
    reason: Reason
    by_rule: Credibility | None = None
    rule_reason: Reason | None = None

    @property
    def is_given(self) -> bool:
        """Whether a person gave it by hand."""
        return self.by_rule is not None


@dataclass(frozen=True, slots=True)
class Link:
    """Why a claim belongs to an incident. Append-only: the newest link of a claim is the one that holds.

    score    0..1, 1.0 for the claim that founded the incident
    made_by  "rule:<version>" or "person:<name>"
    """

    id: str
    claim_id: str
    incident_id: str
    score: float
    made_by: str
    made_at: datetime
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    """One happening, with every version of it.

    id          from the founding claim: it stays when further claims join
    claim_ids   in order of publication, the founding claim first
    date        the narrowest date that the claims agree on, or None; `date_reason` says how it was chosen
    reported_at when the first of its articles was published (or taken in, where no article says): for order only
    background  whether every claim tells it as background
    origins     independent beginnings of the information, after copies are collapsed
    outlets     ids of the outlets that carried it
    state       see IncidentState; `reasons` names the claims that disagree
    is_faint    one origin alone tells it, in words that the reader is not sure tell an act at all: listed, not counted
    """

    id: str
    type: EventType
    claim_ids: tuple[str, ...]
    reported_at: datetime
    mode: str | None = None
    modality: Modality = "actual"
    certainty: Certainty = "asserted"
    background: bool = False
    date: PartialDate | None = None
    date_reason: Reason | None = None
    place: Place | None = None
    actor: tuple[Party, ...] = ()
    recipient: tuple[Party, ...] = ()
    tolls: tuple[TollRange, ...] = ()
    origins: int = 1
    outlets: tuple[str, ...] = ()
    state: IncidentState = "reported"
    is_faint: bool = False
    grades: tuple[Grade, ...] = ()
    is_exercise: bool = False
    reasons: tuple[Reason, ...] = ()


def incident_id(founding_claim_id: str) -> str:
    """The identifier of the incident that a claim founded."""
    return make_id("inc", founding_claim_id)
