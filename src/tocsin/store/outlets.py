"""Outlets, feeds and faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy import Connection, case, delete, desc, func, insert, select

from tocsin.errors import StoreError, UnknownIdError
from tocsin.records import Fault, Feed, Outlet, Reliability, from_json, to_json
from tocsin.records.outlet import OutletGrade, OutletPace
from tocsin.store.base import StoreBase, put_rows, select_in
from tocsin.store.rows import outlet_to_row
from tocsin.store.tables import articles, faults, feeds, outlet_grades, outlets


class Outlets(StoreBase):
    """The part of the store that knows who publishes and where we fetch."""

    def outlet(self, outlet_id: str) -> Outlet:
        """One outlet."""
        with self._connections.reading() as connection:
            return _load_outlet(connection, outlet_id)

    def outlets(self) -> list[Outlet]:
        """All outlets, by name."""
        with self._connections.reading() as connection:
            found = self._decode_all(Outlet, connection.scalars(select(outlets.c.payload)))
        return sorted(found, key=lambda outlet: (outlet.name.casefold(), outlet.id))

    def save_outlet(self, outlet: Outlet) -> None:
        """Keep an outlet in place of the one with its id, if there is one."""
        with self._connections.writing() as connection:
            put_rows(connection, outlets.c.id, [outlet_to_row(outlet)])

    def grade_outlet(self, outlet_id: str, reliability: Reliability, reason: str, *, by: str, at: datetime) -> Outlet:
        """Keep a person's grade of an outlet, with its reason, in the outlet and in its history."""
        if reliability not in get_args(Reliability):
            raise StoreError("reliability", reliability, f"must be one of {', '.join(get_args(Reliability))}")
        with self._connections.writing() as connection:
            outlet = _load_outlet(connection, outlet_id)
            graded = replace(outlet, reliability=reliability, reliability_reason=reason)
            put_rows(connection, outlets.c.id, [outlet_to_row(graded)])
            given = OutletGrade(outlet_id, reliability, outlet.reliability, reason, by, at, outlet.is_exercise)
            row = {"outlet_id": outlet_id, "is_exercise": given.is_exercise, "payload": to_json(given)}
            connection.execute(insert(outlet_grades), row)
        return graded

    def outlet_grades(self, outlet_id: str) -> list[OutletGrade]:
        """Every grade that people gave an outlet, the newest first."""
        query = select(outlet_grades.c.payload).where(outlet_grades.c.outlet_id == outlet_id)
        with self._connections.reading() as connection:
            return self._decode_all(OutletGrade, connection.scalars(query.order_by(outlet_grades.c.seq.desc())))

    def outlet_article_counts(self) -> dict[str, int]:
        """How many articles each outlet has published; one without articles is left out."""
        query = select(articles.c.outlet_id, func.count()).where(articles.c.outlet_id.is_not(None))
        with self._connections.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(articles.c.outlet_id))}

    def outlet_paces(self, now: datetime) -> dict[str, OutletPace]:
        """How much each outlet gave in the 7 and the 28 days up to `now`; one that gave nothing is left out."""
        shown, since = articles.c.shown_at, now - timedelta(days=7)
        query = (
            select(
                articles.c.outlet_id,
                func.sum(case((shown > since, 1), else_=0)),
                func.sum(case((shown > since, articles.c.claim_count), else_=0)),
                func.count(),
                func.sum(articles.c.claim_count),
            )
            .where(articles.c.outlet_id.is_not(None), shown > now - timedelta(days=28), shown <= now)
            .group_by(articles.c.outlet_id)
        )
        with self._connections.reading() as connection:
            return {row[0]: OutletPace(*map(int, row[1:])) for row in connection.execute(query)}

    def feed(self, feed_id: str) -> Feed:
        """One feed."""
        with self._connections.reading() as connection:
            payload = connection.scalar(select(feeds.c.payload).where(feeds.c.id == feed_id))
        if payload is None:
            raise UnknownIdError("feed", feed_id, "is not in the store")
        return from_json(Feed, payload)

    def feeds(self) -> list[Feed]:
        """All feeds, by address."""
        with self._connections.reading() as connection:
            found = self._decode_all(Feed, connection.scalars(select(feeds.c.payload)))
        return sorted(found, key=lambda feed: (feed.address, feed.id))

    def save_feed(self, feed: Feed) -> None:
        """Keep a feed in place of the one with its id, if there is one."""
        with self._connections.writing() as connection:
            put_rows(connection, feeds.c.id, [_feed_to_row(feed)])

    def add_feeds(self, feeds_: Sequence[Feed]) -> int:
        """Keep feeds not known yet; how many were new."""
        given = {feed.id: feed for feed in reversed(feeds_)}
        with self._connections.writing() as connection:
            known = {row.id for row in select_in(connection, select(feeds.c.id), feeds.c.id, given)}
            new = [_feed_to_row(feed) for feed in given.values() if feed.id not in known]
            put_rows(connection, feeds.c.id, new)
        return len(new)

    def remove_feed(self, feed_id: str) -> None:
        """Forget a feed; what it brought stays."""
        with self._connections.writing() as connection:
            if not connection.execute(delete(feeds).where(feeds.c.id == feed_id)).rowcount:
                raise UnknownIdError("feed", feed_id, "is not in the store")

    def faults(self, limit: int = 100) -> list[Fault]:
        """What could not be taken, the last first; limit 0 is no bound."""
        query = select(faults).order_by(desc(faults.c.at), faults.c.id)
        with self._connections.reading() as connection:
            rows = connection.execute(query.limit(limit) if limit > 0 else query)
            return [Fault(row.id, row.which, row.why, row.at) for row in rows]


def _load_outlet(connection: Connection, outlet_id: str) -> Outlet:
    payload = connection.scalar(select(outlets.c.payload).where(outlets.c.id == outlet_id))
    if payload is None:
        raise UnknownIdError("outlet", outlet_id, "is not in the store")
    return from_json(Outlet, payload)


def _feed_to_row(feed: Feed) -> dict[str, str]:
    return {"id": feed.id, "address": feed.address, "payload": to_json(feed)}
