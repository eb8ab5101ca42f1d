"""Incidents, tensions and alerts read back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, desc, func, select

from tocsin.errors import UnknownIdError
from tocsin.records import Alert, AlertState, Filter, Incident, Tension
from tocsin.store.base import StoreBase, select_by_id, select_in
from tocsin.store.conditions import incident_conditions, is_of_words_alone
from tocsin.store.paging import INCIDENTS, read_page
from tocsin.store.rows import row_to_alert
from tocsin.store.tables import (
    alerts,
    incident_claims,
    incident_redirects,
    incident_words,
    incidents,
    tensions,
)
from tocsin.store.words import has_all


class IncidentLists(StoreBase):
    """The part of the store that gives back what was derived."""

    def incident(self, incident_id: str) -> Incident:
        """One incident, or the one that took its claims over."""
        found = self.incidents_by_id([incident_id])
        if not found:
            raise UnknownIdError("incident", incident_id, "is not in the store")
        return found[incident_id]

    def incidents(self, wanted: Filter) -> list[Incident]:
        """A page of incidents, the last reported first."""
        with self._connections.reading() as connection:
            rows = read_page(connection, INCIDENTS, wanted, self._dialect, incidents.c.payload)
        return self._decode_all(Incident, (row.payload for row in rows))

    def incidents_by_id(self, incident_ids: Iterable[str]) -> dict[str, Incident]:
        """Those of the incidents that are known, each under the id asked for, which may be one it took over."""
        asked = list(dict.fromkeys(incident_ids))
        if not asked:
            return {}
        query = select(incidents.c.id, incidents.c.payload)
        with self._connections.reading() as connection:
            rows = select_by_id(connection, query, asked)
            heirs = {old: _find_heir(connection, old) for old in asked if old not in rows}
            rows |= select_by_id(connection, query, (heir for heir in heirs.values() if heir is not None))
        home = {i: heirs.get(i, i) for i in asked}
        return {i: self._decode(Incident, rows[heir].payload) for i, heir in home.items() if heir is not None}

    def incidents_between(self, since: datetime, until: datetime) -> list[Incident]:
        """Incidents first reported from `since` to `until`, oldest first."""
        query = select(incidents.c.payload).where(incidents.c.reported_at >= since, incidents.c.reported_at <= until)
        with self._connections.reading() as connection:
            found = connection.scalars(query.order_by(incidents.c.reported_at, incidents.c.id))
            return self._decode_all(Incident, found)

    def count_incidents(self, wanted: Filter) -> int:
        """How many incidents the filter leaves, over all its pages."""
        if wanted.query and is_of_words_alone(wanted):
            # each incident has one row of words
            held = [has_all(incident_words, wanted.query, self._dialect)]
            query = select(func.count()).select_from(incident_words).where(*held)
        else:
            query = select(func.count()).select_from(incidents).where(*incident_conditions(wanted, self._dialect))
        with self._connections.reading() as connection:
            return connection.scalar(query) or 0

    def incidents_of_claims(self, claim_ids: Iterable[str]) -> dict[str, str]:
        """Claim id to incident id, for claims that are in one."""
        with self._connections.reading() as connection:
            query = select(incident_claims.c.claim_id, incident_claims.c.incident_id)
            return {id_: row.incident_id for id_, row in select_by_id(connection, query, claim_ids).items()}

    def tensions(
        self,
        *,
        place_id: str | None = None,
        place_ids: Iterable[str] | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> list[Tension]:
        """Place-days, oldest first; both days inclusive; of one place or of several, where given."""
        query = select(tensions.c.payload, tensions.c.day, tensions.c.place_id)
        query = query.order_by(tensions.c.day, tensions.c.place_id)
        if place_id is not None:
            query = query.where(tensions.c.place_id == place_id)
        if since is not None:
            query = query.where(tensions.c.day >= since)
        if until is not None:
            query = query.where(tensions.c.day <= until)
        with self._connections.reading() as connection:
            if place_ids is None:
                return self._decode_all(Tension, connection.scalars(query))
            rows = sorted(select_in(connection, query, tensions.c.place_id, place_ids), key=lambda r: (r[1], r[2]))
            return self._decode_all(Tension, (row[0] for row in rows))

    def latest_tensions(self) -> list[Tension]:
        """Each place's newest day, highest surprise first (those without one last), then level."""
        newest = select(tensions.c.place_id, func.max(tensions.c.day).label("day")).group_by(tensions.c.place_id)
        last = newest.subquery("last")
        is_last = (tensions.c.place_id == last.c.place_id) & (tensions.c.day == last.c.day)
        with self._connections.reading() as connection:
            query = select(tensions.c.payload).join_from(last, tensions, is_last)
            found = self._decode_all(Tension, connection.scalars(query))
        return sorted(found, key=_heat)

    def alert(self, alert_id: str) -> Alert:
        """One alert as it holds, a person's word included."""
        with self._connections.reading() as connection:
            row = connection.execute(select(alerts).where(alerts.c.id == alert_id)).one_or_none()
        if row is None:
            raise UnknownIdError("alert", alert_id, "is not in the store")
        return row_to_alert(row)

    def alerts(self, *, states: Sequence[AlertState] | None = None) -> list[Alert]:
        """Alerts in one of `states` (None: in any), those that held last first."""
        query = select(alerts).order_by(desc(alerts.c.day), desc(alerts.c.updated_at), alerts.c.id)
        if states is not None:
            query = query.where(alerts.c.state.in_(states))
        with self._connections.reading() as connection:
            return [row_to_alert(row) for row in connection.execute(query)]

    def count_alerts(self, states: Sequence[AlertState]) -> int:
        """How many alerts are in one of `states`."""
        query = select(func.count()).select_from(alerts).where(alerts.c.state.in_(states))
        with self._connections.reading() as connection:
            return connection.scalar(query) or 0

    def alerts_by_id(self, alert_ids: Iterable[str]) -> dict[str, Alert]:
        """Those of the alerts that are kept."""
        with self._connections.reading() as connection:
            rows = select_in(connection, select(alerts), alerts.c.id, alert_ids)
            return {row.id: row_to_alert(row) for row in rows}


def _find_heir(connection: Connection, incident_id: str) -> str | None:
    """The incident that holds the claims of one that is gone: redirects are followed until one exists."""
    seen = {incident_id}
    while True:
        query = select(incident_redirects.c.new_id, incidents.c.id).join_from(
            incident_redirects, incidents, incidents.c.id == incident_redirects.c.new_id, isouter=True
        )
        row = connection.execute(query.where(incident_redirects.c.old_id == incident_id)).one_or_none()
        if row is None or row.id is not None:
            return None if row is None else row.id
        incident_id = row.new_id
        if incident_id in seen:
            return None
        seen.add(incident_id)


def _heat(tension: Tension) -> tuple[bool, float, float, str]:
    surprise = tension.surprise
    return (surprise is None, -(surprise or 0.0), -tension.level, tension.place_id)
