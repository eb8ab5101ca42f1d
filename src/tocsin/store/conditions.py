"""A `Filter` as conditions on articles, claims and incidents: the one place where it meets the tables."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import JSON, ColumnElement, Table, and_, cast, func, or_, select, type_coerce

from tocsin.records import Filter
from tocsin.records.filters import (
    CAPITALS,
    FOLDING,
    LONGEST_WORDS,
    NOBODY,
    SMALL_LETTERS,
    WORDS_PREFIX,
    Counted,
    list_wordings,
)
from tocsin.store.sketching import CANNOT_BE_JUDGED
from tocsin.store.tables import (
    article_words,
    articles,
    claim_areas,
    claim_words,
    claims,
    incident_areas,
    incident_claims,
    incident_outlets,
    incident_sketches,
    incident_words,
    incidents,
    outlets,
)
from tocsin.store.words import has_words, is_found

Conditions = list[ColumnElement[bool]]
#: A claim as it stands: as people have put it right, else as the machine read it.
_CLAIM_SAID = func.coalesce(claims.c.corrected, claims.c.payload)


def claim_conditions(wanted: Filter, dialect: str) -> Conditions:
    """What a claim must meet, besides counting for something; `query` is looked for in its evidence."""
    found = [*_told_conditions(wanted, dialect), *_day_conditions(claims, wanted)]
    found += _time_conditions(claims.c.shown_at, wanted)
    if wanted.reliability is not None:
        found.append(_is_reliable(claims.c.outlet_id, wanted.reliability, dialect))
    if wanted.place_id is not None:
        found.append(claims.c.id.in_(select(claim_areas.c.claim_id).where(claim_areas.c.place_id == wanted.place_id)))
    if wanted.outlet_id is not None:
        found.append(claims.c.outlet_id == wanted.outlet_id)
    if wanted.query:
        found.append(is_found(claims.c.seq, claim_words, wanted.query, dialect))
    return found


def incident_conditions(wanted: Filter, dialect: str) -> Conditions:
    """What an incident must meet; `query` is looked for in the evidence and the headlines of all its claims."""
    found = _common_conditions(incidents, wanted) + _day_conditions(incidents, wanted)
    found += _time_conditions(incidents.c.reported_at, wanted)
    if wanted.credibility is not None:
        found.append(_has_figure(incidents.c.credibility, wanted.credibility))
    said = _read_json(incidents.c.payload, dialect)
    if wanted.counted is not None:
        found += _count_incident_as(wanted.counted, said)
    found += _side_conditions(said, wanted, dialect)
    if wanted.place_id is not None:
        areas = select(incident_areas.c.incident_id).where(incident_areas.c.place_id == wanted.place_id)
        found.append(incidents.c.id.in_(areas))
    if wanted.outlet_id is not None:
        carried = select(incident_outlets.c.incident_id).where(incident_outlets.c.outlet_id == wanted.outlet_id)
        found.append(incidents.c.id.in_(carried))
    if wanted.reliability is not None:
        carrier = select(incident_outlets.c.outlet_id).where(incident_outlets.c.incident_id == incidents.c.id)
        found.append(carrier.where(_is_reliable(incident_outlets.c.outlet_id, wanted.reliability, dialect)).exists())
    if wanted.query:
        found.append(_tells_words(wanted.query, dialect))
    return found


def words_of_incident() -> ColumnElement[str]:
    """The words that an incident is found by."""
    held = select(incident_words.c.words).join(incident_sketches, incident_sketches.c.seq == incident_words.c.rowid)
    return held.where(incident_sketches.c.incident_id == incidents.c.id).correlate(incidents).scalar_subquery()


def _tells_words(query: str, dialect: str) -> ColumnElement[bool]:
    if dialect == "sqlite":
        # Lists, counts and maps pass every incident anyway: each looks up its number, which is cheaper than putting
        # the names of all that hold a common word in order first.
        number = select(incident_sketches.c.seq).where(incident_sketches.c.incident_id == incidents.c.id)
        return is_found(number.correlate(incidents).scalar_subquery(), incident_words, query, dialect)
    told = select(incident_sketches.c.incident_id)
    return incidents.c.id.in_(told.where(is_found(incident_sketches.c.seq, incident_words, query, dialect)))


def is_of_words_alone(wanted: Filter) -> bool:
    """Whether a filter asks for words and for nothing else."""
    return wanted == Filter(query=wanted.query, with_background=True, limit=wanted.limit, offset=wanted.offset)


def article_conditions(wanted: Filter, dialect: str) -> Conditions:
    """What an article must meet; what is said of a claim (type, place, parties, …) must hold of one of its claims."""
    found: Conditions = []
    if wanted.since is not None:
        found.append(articles.c.shown_at >= datetime.combine(wanted.since, time.min, UTC))
    if wanted.until is not None:
        found.append(articles.c.shown_at <= datetime.combine(wanted.until, time.max, UTC))
    found += _time_conditions(articles.c.shown_at, wanted)
    if wanted.reliability is not None:
        found.append(_is_reliable(articles.c.outlet_id, wanted.reliability, dialect))
    if wanted.outlet_id is not None:
        found.append(articles.c.outlet_id == wanted.outlet_id)
    if wanted.query:
        found.append(is_found(articles.c.seq, article_words, wanted.query, dialect))
    if wanted.realm is not None:
        found.append(articles.c.is_exercise.is_(wanted.realm == "exercise"))
    asked = (wanted.type, wanted.place_id, wanted.country, wanted.actor, wanted.certainty, wanted.modality)
    if any(v is not None for v in (*asked, wanted.by_party, wanted.to_party, wanted.counted, wanted.credibility)):
        told = _told_conditions(wanted, dialect)
        if wanted.place_id is not None:
            areas = select(claim_areas.c.claim_id).where(claim_areas.c.place_id == wanted.place_id)
            told.append(claims.c.id.in_(areas))
        found.append(articles.c.id.in_(select(claims.c.article_id).where(*told)))
    return found


def _told_conditions(wanted: Filter, dialect: str) -> Conditions:
    """What must hold of a claim itself, whatever it is looked up for; a claim denies where it negates."""
    found = [claims.c.standing != "rejected", *_common_conditions(claims, wanted)]
    if wanted.counted is not None:
        found.append(claims.c.modality == _MODALITY_OF[wanted.counted])
    if wanted.credibility is not None:
        found.append(_is_graded(wanted.credibility))
    return found + _side_conditions(_read_json(_CLAIM_SAID, dialect), wanted, dialect)


_MODALITY_OF = {"deed": "actual", "denied": "negated", "planned": "planned", "conditional": "conditional"}


def _has_figure(column: ColumnElement[int], wanted: int) -> ColumnElement[bool]:
    """This figure or a better one; what cannot be judged is neither good nor bad and stands alone."""
    return column == CANNOT_BE_JUDGED if wanted == CANNOT_BE_JUDGED else column <= wanted


def _is_graded(wanted: int) -> ColumnElement[bool]:
    """Of a claim: a claim in no incident has not been judged."""
    judged = select(incident_claims.c.claim_id).where(incident_claims.c.claim_id == claims.c.id)
    if wanted == CANNOT_BE_JUDGED:
        return ~judged.where(incident_claims.c.credibility < CANNOT_BE_JUDGED).exists()
    return judged.where(incident_claims.c.credibility <= wanted).exists()


def _is_reliable(outlet_id: ColumnElement[str], wanted: str, dialect: str) -> ColumnElement[bool]:
    """Whether an outlet has this letter or a better one; F, which nobody has judged, stands alone."""
    letters = ["F"] if wanted == "F" else [letter for letter in "ABCDE" if letter <= wanted]
    letter = _read_json(outlets.c.payload, dialect)["reliability"].as_string()
    return outlet_id.in_(select(outlets.c.id).where(letter.in_(letters)))


def _count_incident_as(counted: Counted, said: ColumnElement[Any]) -> Conditions:
    """What counts neither as done nor as anything else is left out: what is faint and what was taken back."""
    is_denied = or_(incidents.c.state == "denied", incidents.c.modality == "negated")
    is_so = is_denied if counted == "denied" else and_(incidents.c.modality == _MODALITY_OF[counted], ~is_denied)
    return [is_so, incidents.c.state != "retracted", said["is_faint"].as_boolean().is_not(True)]


def _side_conditions(said: ColumnElement[Any], wanted: Filter, dialect: str) -> Conditions:
    """Who did it and to whom, by key."""
    asked = (("actor", wanted.by_party), ("recipient", wanted.to_party))
    return [_has_party_key(said, side, key, dialect) for side, key in asked if key is not None]


def _has_party_key(said: ColumnElement[Any], side: str, key: str, dialect: str) -> ColumnElement[bool]:
    """Whether `make_party_key` gives `key` for a side of a claim or incident, said once more in SQL."""
    country, sector, text = (
        func.coalesce(said[(side, 0, part)].as_string(), "") for part in ("country", "sector", "text")
    )
    if key != NOBODY and not key.startswith(WORDS_PREFIX):
        wanted_country, _, wanted_sector = key.partition("/")
        return and_(country == wanted_country, sector == wanted_sector)
    words = key.removeprefix(WORDS_PREFIX) if key != NOBODY else ""
    return and_(country == "", sector == "", _fold_party_words(text, dialect).in_(list_wordings(words)))


def _fold_party_words(text: ColumnElement[str], dialect: str) -> ColumnElement[str]:
    """`fold_party_words` but for the leading article."""
    for old, new in FOLDING:
        text = func.replace(text, old, new)
    # SQLite's lower() knows A to Z alone, as the key wants it; PostgreSQL's knows every letter
    is_plain = dialect == "sqlite"
    lower = func.lower(func.trim(text)) if is_plain else func.translate(func.trim(text), CAPITALS, SMALL_LETTERS)
    return func.trim(func.substr(lower, 1, LONGEST_WORDS))


def _read_json(payload: ColumnElement[str], dialect: str) -> ColumnElement[Any]:
    """A record's JSON, to be opened by the database: SQLite reads the text itself."""
    if dialect == "sqlite":
        return type_coerce(payload, JSON)
    # one escaped null character, which PostgreSQL has no letter for, would fail the whole list
    return cast(func.replace(payload, "\\u0000", "\\ufffd"), JSON)


def _common_conditions(table: Table, wanted: Filter) -> Conditions:
    """What claims and incidents have in common."""
    found: Conditions = []
    if not wanted.with_background:
        found.append(table.c.background.is_(False))
    for name in ("type", "country", "certainty", "modality"):
        value = getattr(wanted, name)
        if value is not None:
            found.append(table.c[name] == value)
    if wanted.realm is not None:
        found.append(table.c.is_exercise.is_(wanted.realm == "exercise"))
    if wanted.actor:
        found.append(has_words(table.c.parties, wanted.actor))
    return found


def _time_conditions(column: ColumnElement[datetime], wanted: Filter) -> Conditions:
    """From the beginning on, up to but without the end."""
    found: Conditions = []
    if wanted.reported_since is not None:
        found.append(column >= wanted.reported_since)
    if wanted.reported_until is not None:
        found.append(column < wanted.reported_until)
    return found


def _day_conditions(table: Table, wanted: Filter) -> Conditions:
    """A stretch of days is wanted where it shares a day with the stretch asked for."""
    found: Conditions = []
    if wanted.since is not None:
        found.append(table.c.last_day >= wanted.since)
    if wanted.until is not None:
        found.append(table.c.first_day <= wanted.until)
    return found
