"""What the stages make of the claims: incidents, links, tensions and alerts. Writing the same again changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, delete, func, select

from tocsin.errors import StoreError, UnknownIdError
from tocsin.ports import Derivation
from tocsin.records import Incident, Link, Tension, from_json
from tocsin.records.codec import write_plain
from tocsin.store.alert_words import save_alerts
from tocsin.store.base import StoreBase, batch_values, delete_in, insert_rows, put_rows, select_in
from tocsin.store.derivation_log import count_derivation
from tocsin.store.noticing import stand_incidents
from tocsin.store.packing import pack_incident
from tocsin.store.rows import (
    areas_of,
    incident_to_row,
    link_to_row,
    tension_to_row,
)
from tocsin.store.sketches import drop_sketches, write_sketches
from tocsin.store.sketching import CANNOT_BE_JUDGED
from tocsin.store.tables import (
    claims,
    incident_areas,
    incident_claims,
    incident_outlets,
    incident_redirects,
    incidents,
    links,
    origins,
    pending_articles,
    tensions,
)


class Derived(StoreBase):
    """The part of the store that the later stages write."""

    def underived_article_ids(self) -> list[str]:
        """Articles whose claims the later stages have not seen yet, in the order they came in."""
        query = select(pending_articles.c.article_id).order_by(pending_articles.c.seq)
        with self._connections.reading() as connection:
            return list(connection.scalars(query))

    def save_derivation(self, derivation: Derivation) -> None:
        """Write one derivation and mark its articles as derived.

        Only what differs from what is kept is written. Raises UnknownIdError for a claim that is not kept, StoreError
        for an incident without claims, one that is both new and gone, and a claim that would be in two incidents.
        """
        _check_derivation(derivation)
        with self._connections.writing() as connection:
            _save_incidents(connection, derivation)
            _append_links(connection, derivation.links)
            _save_tensions(connection, derivation)
            save_alerts(connection, derivation.alerts)
            _put_pairs(connection, origins.c.article_id, origins.c.origin_id, derivation.origins)
            delete_in(connection, pending_articles.c.article_id, derivation.articles_derived)
            count_derivation(connection, derivation)

    def add_decision(self, links: Sequence[Link]) -> None:
        """Keep a person's links, and let the articles of their claims be derived anew; raises UnknownIdError."""
        with self._connections.writing() as connection:
            _append_links(connection, links)
            query = select(claims.c.id, claims.c.article_id)
            rows = select_in(connection, query, claims.c.id, (link.claim_id for link in links))
            articles = dict.fromkeys(row.article_id for row in rows)
            kept = select(pending_articles.c.article_id)
            waiting = {row[0] for row in select_in(connection, kept, pending_articles.c.article_id, articles)}
            insert_rows(connection, pending_articles, [{"article_id": a} for a in articles if a not in waiting])

    def newest_links(self, claim_ids: Sequence[str]) -> dict[str, Link]:
        """The link that holds for each claim that has one."""
        with self._connections.reading() as connection:
            payloads = _newest_link_payloads(connection, claim_ids)
        return dict(zip(payloads, self._decode_all(Link, payloads.values()), strict=True))

    def link_history(self, claim_ids: Iterable[str]) -> list[Link]:
        """All links that the claims ever had, oldest first."""
        with self._connections.reading() as connection:
            found = select_in(connection, select(links.c.seq, links.c.payload), links.c.claim_id, claim_ids)
            rows = sorted(found, key=lambda row: row.seq)
        return self._decode_all(Link, (row.payload for row in rows))


def _check_derivation(derivation: Derivation) -> None:
    gone = set(derivation.gone_incident_ids)
    for incident in derivation.incidents:
        if not incident.claim_ids:
            raise StoreError("incident", incident.id, "has no claims: nothing would open its sentences")
        if incident.id in gone:
            raise StoreError("incident", incident.id, "is both saved and gone in one derivation")


def _save_incidents(connection: Connection, derivation: Derivation) -> None:
    saved = {incident.id: incident for incident in derivation.incidents}
    query = select(incidents.c.id, incidents.c.payload)
    kept = {row.id: row.payload for row in select_in(connection, query, incidents.c.id, saved)}
    plains = {incident.id: pack_incident(incident) for incident in saved.values()}
    changed = [incident for incident in saved.values() if kept.get(incident.id) != write_plain(plains[incident.id])]
    standings = stand_incidents(connection, changed, derivation.at)
    drop_sketches(connection, [*(incident.id for incident in changed), *derivation.gone_incident_ids])
    delete_in(connection, incidents.c.id, derivation.gone_incident_ids)
    for pairs in (incident_claims, incident_areas, incident_outlets):
        delete_in(connection, pairs.c.incident_id, [incident.id for incident in changed])
    rows = [incident_to_row(incident, plains[incident.id]) | standings[incident.id] for incident in changed]
    put_rows(connection, incidents.c.id, rows)
    _add_pairs(connection, changed)
    write_sketches(connection, changed, plains)
    delete_in(connection, incident_redirects.c.old_id, saved)
    _put_pairs(connection, incident_redirects.c.old_id, incident_redirects.c.new_id, derivation.redirects)


def _add_pairs(connection: Connection, changed: Sequence[Incident]) -> None:
    owners: dict[str, str] = {}
    for incident in changed:
        for claim_id in incident.claim_ids:
            if owners.setdefault(claim_id, incident.id) != incident.id:
                raise StoreError("claim", claim_id, f"is in two incidents, {owners[claim_id]} and {incident.id}")
    _refuse_unknown_claims(connection, owners)
    _refuse_taken_claims(connection, owners)
    figures = {grade.claim_id: grade.credibility for incident in changed for grade in incident.grades}
    pairs = [
        {"claim_id": c, "incident_id": i, "credibility": figures.get(c, CANNOT_BE_JUDGED)} for c, i in owners.items()
    ]
    insert_rows(connection, incident_claims, pairs)
    areas = [{"place_id": area, "incident_id": i.id} for i in changed for area in areas_of(i.place)]
    insert_rows(connection, incident_areas, areas)
    carried = [{"outlet_id": outlet, "incident_id": i.id} for i in changed for outlet in dict.fromkeys(i.outlets)]
    insert_rows(connection, incident_outlets, carried)


def _refuse_unknown_claims(connection: Connection, claim_ids: Iterable[str]) -> dict[str, bool]:
    """Whether each claim is of the exercise; raises UnknownIdError for the first that is not kept."""
    wanted = list(dict.fromkeys(claim_ids))
    query = select(claims.c.id, claims.c.is_exercise)
    known = {row.id: row.is_exercise for row in select_in(connection, query, claims.c.id, wanted)}
    for claim_id in wanted:
        if claim_id not in known:
            raise UnknownIdError("claim", claim_id, "is not in the store, so nothing can be made of it")
    return known


def _refuse_taken_claims(connection: Connection, owners: Mapping[str, str]) -> None:
    query = select(incident_claims.c.claim_id, incident_claims.c.incident_id)
    for row in select_in(connection, query, incident_claims.c.claim_id, owners):
        why = f"is still in incident {row.incident_id}, which must change or go when {owners[row.claim_id]} takes it"
        raise StoreError("claim", row.claim_id, why)


def _newest_link_payloads(connection: Connection, claim_ids: Iterable[str]) -> dict[str, str]:
    found = {}
    for some in batch_values(claim_ids):
        newest = select(func.max(links.c.seq)).where(links.c.claim_id.in_(some)).group_by(links.c.claim_id)
        for row in connection.execute(select(links.c.claim_id, links.c.payload).where(links.c.seq.in_(newest))):
            found[row.claim_id] = row.payload
    return found


def _append_links(connection: Connection, new: Sequence[Link]) -> None:
    """Append each link that says something else than the newest of its claim; who repeats a link adds nothing."""
    is_exercise = _refuse_unknown_claims(connection, (link.claim_id for link in new))
    newest = _newest_link_payloads(connection, is_exercise)
    said = {claim_id: _said_by(from_json(Link, payload)) for claim_id, payload in newest.items()}
    rows = []
    for link in new:
        if said.get(link.claim_id) != _said_by(link):
            said[link.claim_id] = _said_by(link)
            rows.append(link_to_row(link, is_exercise=is_exercise[link.claim_id]))
    insert_rows(connection, links, rows)


def _said_by(link: Link) -> tuple[object, ...]:
    return (link.incident_id, link.score, link.made_by, link.reasons)


def _save_tensions(connection: Connection, derivation: Derivation) -> None:
    _delete_tensions(connection, derivation.gone_tensions)
    new = {(tension.place_id, tension.day): tension_to_row(tension) for tension in derivation.tensions}
    kept = _kept_tensions(connection, derivation.tensions)
    changed = {key: row for key, row in new.items() if kept.get(key) != row["payload"]}
    _delete_tensions(connection, changed.keys() & kept.keys())
    insert_rows(connection, tensions, list(changed.values()))


def _delete_tensions(connection: Connection, keys: Iterable[tuple[str, date]]) -> None:
    by_day: dict[date, list[str]] = defaultdict(list)
    for place_id, day in keys:
        by_day[day].append(place_id)
    for day, place_ids in by_day.items():
        for some in batch_values(place_ids):
            connection.execute(delete(tensions).where(tensions.c.day == day, tensions.c.place_id.in_(some)))


def _kept_tensions(connection: Connection, new: Sequence[Tension]) -> dict[tuple[str, date], str]:
    if not new:
        return {}
    query = select(tensions).where(tensions.c.day.between(min(t.day for t in new), max(t.day for t in new)))
    rows = select_in(connection, query, tensions.c.place_id, (t.place_id for t in new))
    return {(row.place_id, row.day): row.payload for row in rows}


def _put_pairs(connection: Connection, key: Column[Any], value: Column[Any], new: Mapping[str, str]) -> None:
    """Write those pairs that differ from the ones kept."""
    kept = {row[0]: row[1] for row in select_in(connection, select(key, value), key, new)}
    put_rows(connection, key, [{key.name: k, value.name: v} for k, v in new.items() if kept.get(k) != v])
