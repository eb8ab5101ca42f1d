"""Articles and their claims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from typing_extensions import TypedDict

from tocsin.desk.revising import Revision
from tocsin.records import (
    Article,
    Certainty,
    EventType,
    Fault,
    Modality,
    PartialDate,
    PlacePrecision,
    Reason,
    SpeakerKind,
    Toll,
    Withdrawal,
)
from tocsin.web.api.shapes.answers import ListHead


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
class TakenAnswer:
    """What became of what was handed in."""

    new: int
    known: int
    feeds: int
    claims: list[ClaimForm]
    articles: list[ArticleLine]
    faults: list[Fault]
