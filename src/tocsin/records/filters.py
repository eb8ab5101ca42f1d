"""What a screen, a list or an export is narrowed to: one record for all of them, so that they show the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tocsin.records.claim import Certainty, EventType, Modality


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold; None (or False) asks for nothing.

    since, until      days, both inclusive: of an incident's or claim's date, or of publication for an article
    type              PLOVER type
    place_id          gazetteer_id of a place or of an area that contains it
    country           ISO 3166-1 alpha-3 of the place
    actor             words that occur in the name of an actor or recipient, letter case ignored
    outlet_id         who published
    certainty         asserted or hedged
    modality          actual, planned, conditional, negated
    query             words that occur in the title, text or evidence
    with_background   whether to include what is told as history
    limit, offset     the page; limit 0 means no bound
    """

    since: date | None = None
    until: date | None = None
    type: EventType | None = None
    place_id: str | None = None
    country: str | None = None
    actor: str | None = None
    outlet_id: str | None = None
    certainty: Certainty | None = None
    modality: Modality | None = None
    query: str | None = None
    with_background: bool = False
    limit: int = 100
    offset: int = 0
