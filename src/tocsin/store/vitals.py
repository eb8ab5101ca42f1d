"""How the store is: figures for whoever watches the desk, found in indices and small tables."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from tocsin.ports import Vitals
from tocsin.store.base import StoreBase
from tocsin.store.tables import (
    REVISIONS,
    alerts,
    articles,
    claims,
    deliveries,
    faults,
    incidents,
    notices,
    pending_articles,
)


class VitalSigns(StoreBase):
    """The part of the store that says how it is."""

    def vitals(self) -> Vitals:
        """See `ports.Vitals`. Counts go through an index, never through the rows."""
        with self._connections.reading() as connection:
            counts = {
                t.name: connection.scalar(select(func.count()).select_from(t)) or 0
                for t in (articles, claims, incidents, faults)
            }
            return Vitals(
                **counts,
                alerts=_count_alerts(connection),
                deliveries=_count_deliveries(connection),
                oldest_waiting_at=_find_oldest(connection),
                underived=connection.scalar(select(func.count()).select_from(pending_articles)) or 0,
                database_bytes=self._measure(connection),
            )

    def schema(self) -> str:
        """The database's schema revision; it is this code's, or the store would not have opened."""
        with self._connections.reading() as connection:
            return str(connection.scalar(text("SELECT version_num FROM alembic_version")))

    @property
    def newest_schema(self) -> str:
        """The revision that this code works with."""
        return REVISIONS[-1]

    def _measure(self, connection: Connection) -> int:
        if self._dialect != "sqlite":
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
        path = Path(self._connections.name)
        return sum(p.stat().st_size for p in (path, path.with_name(f"{path.name}-wal")) if p.exists())


def _count_alerts(connection: Connection) -> dict[str, int]:
    query = select(alerts.c.state, func.count()).group_by(alerts.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def _count_deliveries(connection: Connection) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    query = select(deliveries.c.channel, deliveries.c.state, func.count())
    for channel, state, count in connection.execute(query.group_by(deliveries.c.state, deliveries.c.channel)):
        counts.setdefault(channel, {})[state] = count
    return counts


def _find_oldest(connection: Connection) -> datetime | None:
    """When the oldest notice was made that is still to be sent."""
    query = select(func.min(notices.c.made_at)).join(deliveries, deliveries.c.notice_id == notices.c.id)
    oldest: datetime | None = connection.scalar(query.where(deliveries.c.state.in_(("waiting", "sending"))))
    return oldest
