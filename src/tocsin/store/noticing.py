"""How incidents stand in everybody's inbox: the digest of their look, when it changed, and whether anybody judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, select, update

from tocsin.records import Incident
from tocsin.records.inbox import digest_look, make_look
from tocsin.store.base import batch_values, select_in
from tocsin.store.tables import claims, incident_claims, incidents


def stand_incidents(connection: Connection, new: Sequence[Incident], at: datetime | None) -> dict[str, dict[str, Any]]:
    """The columns of each incident that is about to be written, by its id.

    One that looks as it did keeps the time at which it changed; without `at` the first report's time stands for it.
    """
    query = select(incidents.c.id, incidents.c.digest, incidents.c.changed_at)
    kept = {row.id: row for row in select_in(connection, query, incidents.c.id, (i.id for i in new))}
    judged = _find_judged(connection, (c for i in new for c in i.claim_ids))
    columns = {}
    for incident in new:
        digest, before = digest_look(make_look(incident)), kept.get(incident.id)
        is_same = before is not None and before.digest == digest
        columns[incident.id] = {
            "digest": digest,
            "changed_at": before.changed_at if before is not None and is_same else at or incident.reported_at,
            "is_judged": any(c in judged for c in incident.claim_ids),
        }
    return columns


def note_judgement(connection: Connection, claim_ids: Iterable[str]) -> None:
    """Bring up to date whether anybody judged the incidents of claims that something was said of just now."""
    query = select(incident_claims.c.incident_id)
    homes = {row.incident_id for row in select_in(connection, query, incident_claims.c.claim_id, claim_ids)}
    said = (
        select(incident_claims.c.claim_id)
        .join(claims, claims.c.id == incident_claims.c.claim_id)
        .where(incident_claims.c.incident_id == incidents.c.id, claims.c.standing != "read")
    )
    for some in batch_values(sorted(homes)):
        connection.execute(update(incidents).where(incidents.c.id.in_(some)).values(is_judged=exists(said)))


def _find_judged(connection: Connection, claim_ids: Iterable[str]) -> set[str]:
    query = select(claims.c.id).where(claims.c.standing != "read")
    return {row.id for row in select_in(connection, query, claims.c.id, claim_ids)}
