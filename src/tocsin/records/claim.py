"""A claim: one event, as stated once, by whoever states it (the codebook's unit)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tocsin.records.dates import PartialDate
from tocsin.records.grade import GivenCredibility
from tocsin.records.ids import make_id
from tocsin.records.place import Place
from tocsin.records.reason import Reason
from tocsin.records.span import Evidence, Span

EventType = Literal[
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT",
    "REQUEST", "ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
]  # fmt: skip
Modality = Literal["actual", "planned", "conditional", "negated"]
Certainty = Literal["asserted", "hedged"]
SpeakerKind = Literal[
    "official", "force", "organisation", "person", "witness", "media", "footage", "document", "anonymous", "unspecified"
]
TollKind = Literal["killed", "injured", "arrested", "abducted", "displaced", "participants", "vehicles", "weapons"]


@dataclass(frozen=True, slots=True)
class Party:
    """Who did it or underwent it.

    text     the whole noun phrase as written
    country  ISO 3166-1 alpha-3 (XKX for Kosovo), or IGO, NGO, MED; None if unknown
    sector   GOV MIL COP UAF REB PTY LEG JUD CVL PRO REL ETH MED IGO NGO BUS EDU CRM SPY UNK; None if unknown
    span     where the phrase stands in the article, or None where it was carried over
    """

    text: str
    country: str | None = None
    sector: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """One link of the chain of who says so. A hearsay adverb has speaker None and kind "unspecified"."""

    speaker: str | None
    kind: SpeakerKind
    cue: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Toll:
    """A count tied to the act: "30-40 vehicles" is low 30, high 40; "at least" and "dozens" have high None."""

    kind: TollKind
    low: int
    high: int | None
    whom: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place as the article writes it, before it is looked up.

    score  how surely the reader takes these words for the name of a place, 0..1; None where it did not weigh them
    """

    name: str
    span: Span | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One event as one article states it. See docs/codebook.md for every field's rules.

    mentions    places the reader found in or carried over to the clause, nearest to the act first; `places/` chooses
    place       where the act happened, or None: not said, or not resolved (then a reason says which)
    date        when it happened, or None: the text gives no ground
    attribution outermost speaker first, the outlet itself left out; empty: the outlet's own voice
    score       how sure the reader is that this is a claim of this type, 0..1; None for a reader without scores, and
                where a person has accepted the claim or put it right
    reader      name and version of what read it
    credibility what a person holds of it, in place of the rule's grade; None: the rule's holds, no text says this
    """

    id: str
    article_id: str
    type: EventType
    evidence: Evidence
    mode: str | None = None
    contexts: tuple[str, ...] = ()
    actor: tuple[Party, ...] = ()
    recipient: tuple[Party, ...] = ()
    modality: Modality = "actual"
    certainty: Certainty = "asserted"
    background: bool = False
    attribution: tuple[Attribution, ...] = ()
    date: PartialDate | None = None
    mentions: tuple[PlaceMention, ...] = ()
    place: Place | None = None
    tolls: tuple[Toll, ...] = ()
    trigger: Span | None = None
    score: float | None = None
    reader: str = ""
    reasons: tuple[Reason, ...] = ()
    credibility: GivenCredibility | None = None

    @property
    def speaker(self) -> str | None:
        """The outermost speaker, or None for the outlet's own voice and for hearsay without a speaker."""
        return self.attribution[0].speaker if self.attribution else None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a reader finds in one article.

    claims  in order of their evidence
    names   the names of places in the whole text, in order, each with its score; None from a reader that marks none
    pointed by id of a claim the words that may belong to where its act happened, in order, each with its probability;
            None from a reader that does not say
    """

    claims: tuple[Claim, ...] = ()
    names: tuple[PlaceMention, ...] | None = None
    pointed: Mapping[str, tuple[PlaceMention, ...]] | None = None


def claim_id(article_id: str, type_: str, trigger_start: int, ordinal: int = 0) -> str:
    """The identifier of the `ordinal`-th claim of a type on one trigger of an article."""
    return make_id("clm", article_id, type_, trigger_start, ordinal)
