"""A `Filter` as conditions on articles, claims and incidents: the one place where it meets the tables."""

from __future__ import annotations

from datetime import UTC, datetime, time

from sqlalchemy import ColumnElement, Table, select

from tocsin.records import Filter
from tocsin.store.tables import (
    article_words,
    articles,
    claim_areas,
    claim_words,
    claims,
    incident_areas,
    incident_claims,
    incident_outlets,
    incidents,
)
from tocsin.store.words import has_words, is_found

Conditions = list[ColumnElement[bool]]


def claim_conditions(wanted: Filter, dialect: str) -> Conditions:
    """What a claim must meet, besides counting for something; `query` is looked for in its evidence."""
    found = [claims.c.standing != "rejected", *_common_conditions(claims, wanted), *_day_conditions(claims, wanted)]
    if wanted.place_id is not None:
        found.append(claims.c.id.in_(select(claim_areas.c.claim_id).where(claim_areas.c.place_id == wanted.place_id)))
    if wanted.outlet_id is not None:
        found.append(claims.c.outlet_id == wanted.outlet_id)
    if wanted.query:
        found.append(is_found(claims.c.seq, claim_words, wanted.query, dialect))
    return found


def incident_conditions(wanted: Filter, dialect: str) -> Conditions:
    """What an incident must meet; `query` is looked for in the evidence of each of its claims, all words in one."""
    found = _common_conditions(incidents, wanted) + _day_conditions(incidents, wanted)
    if wanted.place_id is not None:
        areas = select(incident_areas.c.incident_id).where(incident_areas.c.place_id == wanted.place_id)
        found.append(incidents.c.id.in_(areas))
    if wanted.outlet_id is not None:
        carried = select(incident_outlets.c.incident_id).where(incident_outlets.c.outlet_id == wanted.outlet_id)
        found.append(incidents.c.id.in_(carried))
    if wanted.query:
        told = (
            select(incident_claims.c.incident_id)
            .join(claims, claims.c.id == incident_claims.c.claim_id)
            .where(is_found(claims.c.seq, claim_words, wanted.query, dialect))
        )
        found.append(incidents.c.id.in_(told))
    return found


def article_conditions(wanted: Filter, dialect: str) -> Conditions:
    """What an article must meet; type, place, country, actor, certainty and modality are those of one of its claims."""
    found: Conditions = []
    if wanted.since is not None:
        found.append(articles.c.shown_at >= datetime.combine(wanted.since, time.min, UTC))
    if wanted.until is not None:
        found.append(articles.c.shown_at <= datetime.combine(wanted.until, time.max, UTC))
    if wanted.outlet_id is not None:
        found.append(articles.c.outlet_id == wanted.outlet_id)
    if wanted.query:
        found.append(is_found(articles.c.seq, article_words, wanted.query, dialect))
    asked = (wanted.type, wanted.place_id, wanted.country, wanted.actor, wanted.certainty, wanted.modality)
    if any(value is not None for value in asked):
        told = [claims.c.standing != "rejected", *_common_conditions(claims, wanted)]
        if wanted.place_id is not None:
            areas = select(claim_areas.c.claim_id).where(claim_areas.c.place_id == wanted.place_id)
            told.append(claims.c.id.in_(areas))
        found.append(articles.c.id.in_(select(claims.c.article_id).where(*told)))
    return found


def _common_conditions(table: Table, wanted: Filter) -> Conditions:
    """What claims and incidents have in common."""
    found: Conditions = []
    if not wanted.with_background:
        found.append(table.c.background.is_(False))
    for name in ("type", "country", "certainty", "modality"):
        value = getattr(wanted, name)
        if value is not None:
            found.append(table.c[name] == value)
    if wanted.actor:
        found.append(has_words(table.c.parties, wanted.actor))
    return found


def _day_conditions(table: Table, wanted: Filter) -> Conditions:
    """A stretch of days is wanted where it shares a day with the stretch asked for."""
    found: Conditions = []
    if wanted.since is not None:
        found.append(table.c.last_day >= wanted.since)
    if wanted.until is not None:
        found.append(table.c.first_day <= wanted.until)
    return found
