"""Incidents as a map, a timeline and a search want them: counted in an index, or told in a line each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, Label, String, cast, delete, desc, func, insert, select

from tocsin.errors import RecordError
from tocsin.ports import Pulse, Sketch, Tally
from tocsin.records import Filter, Incident, Place, from_plain, to_plain
from tocsin.store.base import StoreBase, batch_values, select_in
from tocsin.store.conditions import incident_conditions
from tocsin.store.connecting import Connections
from tocsin.store.paging import limit_page
from tocsin.store.sketching import find_credibility, sketch_incident, strip_place
from tocsin.store.tables import (
    INCIDENT_ORDER,
    articles,
    claim_words,
    claims,
    incident_areas,
    incident_sketches,
    incident_words,
    incidents,
)
from tocsin.store.words import join_words

#: Places that stay in memory, by their keys: a key stands for what is told of a place, so that none is out of date.
PLACES_KEPT = 20_000
#: Letters of a kept time (ISO 8601) up to its hour and up to its day.
_LETTERS = {"hour": 13, "day": 10}


class Sketches(StoreBase):
    """The part of the store that counts and sketches incidents without opening them."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._places: dict[str, Place] = {}

    def newest_report(self, wanted: Filter) -> datetime | None:
        """When the last reported of the incidents was first reported."""
        query = select(incidents.c.reported_at).where(*incident_conditions(wanted, self._dialect))
        with self._connections.reading() as connection:
            return connection.scalar(query.order_by(*INCIDENT_ORDER).limit(1))

    def tally_places(self, wanted: Filter) -> list[Tally]:
        """Incidents counted by what is told of their place, all pages: the place of the last reported first."""
        columns = (incidents.c.place_key, incidents.c.type, incidents.c.is_exercise)
        query = select(*columns, func.count().label("held")).where(*incident_conditions(wanted, self._dialect))
        query = query.group_by(*columns).order_by(desc(func.max(incidents.c.reported_at)), *columns)
        with self._connections.reading() as connection:
            rows = connection.execute(query).all()
            places = self._find_places(connection, (row.place_key for row in rows))
        return [Tally(places.get(row.place_key), row.type, row.is_exercise, row.held) for row in rows]

    def count_in_places(self, place_ids: Iterable[str]) -> dict[str, int]:
        """How many incidents lie in each of the places or areas, background included; those without any left out."""
        query = select(incident_areas.c.place_id, func.count()).group_by(incident_areas.c.place_id)
        with self._connections.reading() as connection:
            return {row[0]: row[1] for row in select_in(connection, query, incident_areas.c.place_id, place_ids)}

    def told_places(self, place_ids: Iterable[str]) -> dict[str, Place]:
        """For each place or area that has an incident: the place of one of those that lie in it."""
        area = incident_areas.c.place_id
        borne = select(area, func.min(incident_areas.c.incident_id).label("bearer")).group_by(area)
        keyed = select(incidents.c.id, incidents.c.place_key)
        with self._connections.reading() as connection:
            rows = list(select_in(connection, borne, area, place_ids))
            bearers = select_in(connection, keyed, incidents.c.id, (row.bearer for row in rows))
            keys = {row.id: row.place_key for row in bearers}
            places = self._find_places(connection, keys.values())
        return {row.place_id: places[keys[row.bearer]] for row in rows}

    def sketches(self, wanted: Filter) -> list[Sketch]:
        """A page of incidents as a map tells of them, the last reported first."""
        # Nothing of an incident itself is opened: place and order stand in the index that is walked.
        query = select(incident_sketches.c.sketch, incidents.c.place_key).select_from(incidents)
        query = query.join(incident_sketches, incident_sketches.c.incident_id == incidents.c.id)
        query = query.where(*incident_conditions(wanted, self._dialect)).order_by(*INCIDENT_ORDER)
        with self._connections.reading() as connection:
            rows = connection.execute(limit_page(query, wanted)).all()
            places = self._find_places(connection, (row[1] for row in rows))
        return [Sketch(text, key, places.get(key)) for text, key in rows]

    def pulses(self, wanted: Filter, unit: Literal["hour", "day"]) -> list[Pulse]:
        """Incidents counted by the hour or UTC day of their first report, all pages: oldest first."""
        began: Label[str] = func.substr(cast(incidents.c.reported_at, String), 1, _LETTERS[unit]).label("began")
        query = select(began, incidents.c.type, func.count()).where(*incident_conditions(wanted, self._dialect))
        query = query.group_by(began, incidents.c.type).order_by(began, incidents.c.type)
        with self._connections.reading() as connection:
            return [Pulse(_read_time(at), type_, count) for at, type_, count in connection.execute(query)]

    def _find_places(self, connection: Connection, keys: Iterable[str | None]) -> dict[str | None, Place]:
        """The places of keys, each read out of one incident that has it."""
        wanted = {key for key in keys if key is not None}
        found: dict[str | None, Place] = {key: place for key in wanted if (place := self._places.get(key)) is not None}
        fresh = dict(_read_places(connection, [key for key in wanted if key not in found]))
        if len(self._places) + len(fresh) > PLACES_KEPT:
            self._places.clear()
        self._places.update(fresh)
        found.update(fresh)
        return found


def _read_places(connection: Connection, keys: Iterable[str]) -> Iterator[tuple[str, Place]]:
    bearer = select(func.min(incidents.c.id)).group_by(incidents.c.place_key)
    for some in batch_values(keys):
        ids = list(connection.scalars(bearer.where(incidents.c.place_key.in_(some))))
        told = select(incidents.c.place_key, incidents.c.payload)
        for key, payload in select_in(connection, told, incidents.c.id, ids):
            yield key, from_plain(Place, strip_place(json.loads(payload)["place"]))


def _read_time(letters: str) -> datetime:
    return datetime.fromisoformat(letters if len(letters) > 10 else f"{letters}T00").replace(tzinfo=UTC)


def write_sketches(connection: Connection, changed: Sequence[Incident]) -> None:
    """Keep what is told of incidents, and their words: those of their claims' evidence and articles' headlines."""
    for incident in changed:
        row = {"incident_id": incident.id, "sketch": sketch_incident(to_plain(incident))}
        seq = connection.execute(insert(incident_sketches), row).inserted_primary_key
        words = _join_incident_words(connection, incident)
        connection.execute(insert(incident_words), {"rowid": seq[0] if seq else None, "words": words})


def _join_incident_words(connection: Connection, incident: Incident) -> str:
    told = select(claim_words.c.words, articles.c.title).select_from(claims)
    told = told.join(claim_words, claim_words.c.rowid == claims.c.seq)
    told = told.join(articles, articles.c.id == claims.c.article_id)
    rows = select_in(connection, told, claims.c.id, incident.claim_ids)
    return join_words(" ".join(f"{row[0]} {row[1] or ''}" for row in rows))


def drop_sketches(connection: Connection, incident_ids: Iterable[str]) -> None:
    """Take away what is kept beside incidents; their words would stay behind otherwise."""
    for some in batch_values(incident_ids):
        kept = select(incident_sketches.c.seq).where(incident_sketches.c.incident_id.in_(some))
        connection.execute(delete(incident_words).where(incident_words.c.rowid.in_(kept)))
        connection.execute(delete(incident_sketches).where(incident_sketches.c.incident_id.in_(some)))


def check_sketches(connection: Connection) -> Iterator[str]:
    """Every incident is told on the map and found by its words, and nothing else is."""
    held = connection.scalar(select(func.count()).select_from(incidents))
    for table in (incident_sketches, incident_words):
        if connection.scalar(select(func.count()).select_from(table)) != held:
            yield f"table {table.name}: does not hold all incidents once each"
    query = select(incidents.c.id, incidents.c.payload, incidents.c.credibility, incident_sketches.c.sketch)
    joined = query.join(incident_sketches, incident_sketches.c.incident_id == incidents.c.id)
    for incident_id, payload, figure, sketch in connection.execute(joined.execution_options(yield_per=500)):
        with suppress(RecordError, ValueError, KeyError, TypeError):  # said where payloads are checked
            plain = json.loads(payload)
            if (sketch, figure) == (sketch_incident(plain), find_credibility(plain)):
                continue
            yield f"incident {incident_id}: what a map tells of it is not what it says"
