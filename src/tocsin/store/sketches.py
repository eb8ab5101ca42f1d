"""Incidents as a map, a timeline and a search want them: counted in an index, or told in a line each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Literal

from sqlalchemy import Connection, Label, String, cast, delete, desc, func, select

from tocsin.errors import RecordError
from tocsin.ports import Pulse, Sketch, Tally
from tocsin.records import Filter, Incident, Place, from_plain, to_plain
from tocsin.store.base import BATCH, StoreBase, batch_values, insert_rows, select_in
from tocsin.store.conditions import incident_conditions
from tocsin.store.connecting import Connections
from tocsin.store.decoding import Decoded
from tocsin.store.packing import unpack_incident
from tocsin.store.paging import INCIDENTS, limit_page, read_page
from tocsin.store.sketching import Plain, find_credibility, sketch_incident, strip_place
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

    def __init__(self, connections: Connections, decoded: Decoded) -> None:
        super().__init__(connections, decoded)
        self._places: dict[str, Place] = {}

    def newest_report(self, wanted: Filter) -> datetime | None:
        """When the last reported of the incidents was first reported."""
        query = select(incidents.c.reported_at).where(*incident_conditions(wanted, self._dialect))
        with self._connections.reading() as connection:
            return connection.scalar(query.order_by(*INCIDENT_ORDER).limit(1))

    def shown_days(self, wanted: Filter) -> list[date]:
        """The day of each incident of a page: its date's last, or, where no claim says when, that of its report.

        Never a day after that report: what is planned for next month has not been.
        """
        columns = (incidents.c.reported_at, incidents.c.last_day)
        with self._connections.reading() as connection:
            rows = read_page(connection, INCIDENTS, wanted, self._dialect, *columns)
        return [min(row.last_day, row.reported_at.date()) for row in rows]

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


def write_sketches(connection: Connection, changed: Sequence[Incident], plains: Mapping[str, Plain]) -> None:
    """Keep what is told of incidents, and their words: those of their claims' evidence and articles' headlines.

    plains  the incidents' JSON forms as they are kept, by id
    """
    told = [{"incident_id": incident.id, "sketch": sketch_incident(plains[incident.id])} for incident in changed]
    insert_rows(connection, incident_sketches, told)
    query = select(incident_sketches.c.incident_id, incident_sketches.c.seq)
    kept = select_in(connection, query, incident_sketches.c.incident_id, (incident.id for incident in changed))
    seqs = {row.incident_id: row.seq for row in kept}
    for start in range(0, len(changed), BATCH):
        some = changed[start : start + BATCH]
        words = _read_words(connection, (c for incident in some for c in incident.claim_ids))
        rows = [
            {
                "rowid": seqs[incident.id],
                "words": join_words(" ".join(words[c] for c in incident.claim_ids if c in words)),
            }
            for incident in some
        ]
        insert_rows(connection, incident_words, rows)


def _read_words(connection: Connection, claim_ids: Iterable[str]) -> dict[str, str]:
    """The words of each claim's evidence and of its article's headline."""
    told = select(claims.c.id, claim_words.c.words, articles.c.title).select_from(claims)
    told = told.join(claim_words, claim_words.c.rowid == claims.c.seq)
    told = told.join(articles, articles.c.id == claims.c.article_id)
    return {row.id: f"{row.words} {row.title or ''}" for row in select_in(connection, told, claims.c.id, claim_ids)}


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
            if (sketch, figure) == (sketch_incident(plain), find_credibility(to_plain(unpack_incident(plain)))):
                continue
            yield f"incident {incident_id}: what a map tells of it is not what it says"
