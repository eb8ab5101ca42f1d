"""Records as rows: the payload, and the columns that lists are narrowed by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Row

from tocsin.records import (
    Alert,
    Article,
    Claim,
    Incident,
    Link,
    Outlet,
    PartialDate,
    Party,
    Place,
    Tension,
    from_json,
    to_json,
)
from tocsin.records.codec import write_plain
from tocsin.store.sketching import CANNOT_BE_JUDGED, Plain, key_place
from tocsin.store.words import join_words

#: Alerts that stay decoded, at some 2 KB each: a desk of a year has as many.
ALERTS_KEPT = 2048


class Word(NamedTuple):
    """What a person said of an alert: the state it was given (None: back to the desk), a note, who looks after it."""

    state: str | None
    note: str | None
    assigned_to: str | None = None


ARTICLE_FIELDS = tuple(f.name for f in fields(Article))


def article_to_row(article: Article, claim_count: int) -> dict[str, Any]:
    """Every field as a column, and what is computed of it."""
    row = {name: getattr(article, name) for name in ARTICLE_FIELDS}
    return row | {"shown_at": article.shown_at, "claim_count": claim_count}


def row_to_article(row: Row[*tuple[Any, ...]]) -> Article:
    """The inverse of `article_to_row`."""
    return Article(**{name: row._mapping[name] for name in ARTICLE_FIELDS})


def claim_to_row(claim: Claim, article: Article) -> dict[str, Any]:
    """A claim, with what its article adds."""
    return {
        "id": claim.id,
        "article_id": claim.article_id,
        "start": claim.evidence.start,
        "shown_at": article.shown_at,
        "type": claim.type,
        "modality": claim.modality,
        "certainty": claim.certainty,
        "background": claim.background,
        "is_exercise": article.is_exercise,
        "outlet_id": article.outlet_id,
        "parties": _join_parties(claim.actor + claim.recipient),
        "payload": to_json(claim),
        **_days_of(claim.date, article.shown_at),
        **_place_columns(claim.place),
    }


def incident_to_row(incident: Incident, plain: Plain) -> dict[str, Any]:
    """An incident without what stands in the tables of pairs; `plain` is what `pack_incident` gives of it."""
    return {
        "id": incident.id,
        "reported_at": incident.reported_at,
        "type": incident.type,
        "modality": incident.modality,
        "certainty": incident.certainty,
        "background": incident.background,
        "is_exercise": incident.is_exercise,
        "state": incident.state,
        "credibility": min([CANNOT_BE_JUDGED, *(grade.credibility for grade in incident.grades)]),
        "place_key": key_place(plain["place"]),
        "parties": _join_parties(incident.actor + incident.recipient),
        "payload": write_plain(plain),
        **_days_of(incident.date, incident.reported_at),
        **_place_columns(incident.place),
    }


def link_to_row(link: Link, *, is_exercise: bool) -> dict[str, Any]:
    """A link; `is_exercise` is that of its claim."""
    return {
        "id": link.id,
        "claim_id": link.claim_id,
        "incident_id": link.incident_id,
        "is_exercise": is_exercise,
        "payload": to_json(link),
    }


def tension_to_row(tension: Tension) -> dict[str, Any]:
    """A place-day."""
    return {
        "place_id": tension.place_id,
        "day": tension.day,
        "is_exercise": tension.is_exercise,
        "payload": to_json(tension),
    }


def alert_to_row(derived: Alert, word: Word | None, state: str, updated_at: datetime) -> dict[str, Any]:
    """What the desk derived last, what a person said of it, and what holds of the two."""
    return {
        "id": derived.id,
        "day": derived.day,
        "state": state,
        "updated_at": updated_at,
        "person_state": word.state if word else None,
        "person_note": word.note if word else None,
        "assigned_to": word.assigned_to if word else None,
        "is_exercise": derived.is_exercise,
        "payload": to_json(derived),
    }


@lru_cache(maxsize=ALERTS_KEPT)
def read_alert(payload: str) -> Alert:
    """What the desk derived last. Every derivation reads all alerts of the last months: they stay decoded.

    An alert is frozen and found by its whole JSON text, so that none can be out of date.
    """
    return from_json(Alert, payload)


def row_to_alert(row: Row[*tuple[Any, ...]]) -> Alert:
    """An alert as it holds: a person's note stands over the desk's."""
    derived = read_alert(row.payload)
    note = derived.note if row.person_note is None else row.person_note
    return replace(derived, state=row.state, note=note, updated_at=row.updated_at, assigned_to=row.assigned_to or None)


def outlet_to_row(outlet: Outlet) -> dict[str, Any]:
    """An outlet."""
    return {"id": outlet.id, "name": outlet.name, "is_exercise": outlet.is_exercise, "payload": to_json(outlet)}


def areas_of(place: Place | None) -> list[str]:
    """The place's own id and those of all areas that contain it."""
    if place is None:
        return []
    return list(dict.fromkeys(i for i in (place.gazetteer_id, *place.within) if i is not None))


def _join_parties(parties: Iterable[Party]) -> str:
    return join_words(" ".join(party.text for party in parties))


def _days_of(said: PartialDate | None, shown_at: datetime) -> dict[str, Any]:
    if said is not None:
        return {"first_day": said.start, "last_day": said.end}
    day = shown_at.astimezone(UTC).date()
    return {"first_day": day, "last_day": day}


def _place_columns(place: Place | None) -> dict[str, Any]:
    if place is None:
        return dict.fromkeys(("place_id", "country", "lat", "lon"))
    return {"place_id": place.gazetteer_id, "country": place.country, "lat": place.lat, "lon": place.lon}
