"""Taking out what is old and what nobody stands on: incidents first, then articles that no incident is left to need.

Kept, however old: an incident that a person touched (corrected, merged, split), that an alert, a notice or a report
cites or ever cited, and everything that is a sentence of it. An article goes wholly or stays whole: a text without its
sentences, or a claim without its text, could open nothing. Each article is written down before it goes (`retirements`);
the database's own guards let nothing else through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select

from tocsin.ports import Retained
from tocsin.store.base import StoreBase, batch_values, delete_in, insert_rows, select_in
from tocsin.store.citations import Citations
from tocsin.store.derivation_log import count_derivation
from tocsin.store.dispensable import Batches, Going, find_articles, find_incidents, find_tensions
from tocsin.store.sketches import drop_sketches
from tocsin.store.tables import (
    article_words,
    articles,
    claim_words,
    claims,
    deliveries,
    faults,
    incident_redirects,
    incidents,
    links,
    notices,
    retired_addresses,
    retirements,
    sightings,
    tensions,
    withdrawals,
)


class Retention(StoreBase):
    """The part of the store that lets go."""

    def retain(self, before: datetime, at: datetime, *, is_stopped: Callable[[], bool] = lambda: False) -> Retained:
        """Take out what was shown and taken in before a time and is not kept; in many short transactions.

        Stopped or killed between two of them, it has done a part, and the database is sound. Raises StoreError.
        """
        going, citations = Going(), Citations()
        with self._connections.reading() as connection:
            citations.find(connection)  # most of it, while nobody has to wait
        for find, remove in ((find_incidents, _remove_incidents), (find_articles, _remove_articles)):
            self._sweep(find, remove, before, at, going, citations, is_stopped)
        self._sweep_tensions(before.date(), going, is_stopped)
        return _sum_up(going)

    def plan_retention(self, before: datetime) -> Retained:
        """What `retain` would take out now; nothing is written."""
        going = Going()
        with self._connections.reading() as connection:
            cited = Citations().find(connection)
            for find in (find_incidents, find_articles):
                for _ in find(connection, before, cited, going):
                    pass
            for rows in find_tensions(connection, before.date(), going.incidents):
                going.tensions += len(rows)
        return _sum_up(going)

    def drop_faults(self, before: datetime) -> int:
        """Forget what could not be taken in before a time; how many."""
        with self._connections.writing() as connection:
            return connection.execute(delete(faults).where(faults.c.at < before)).rowcount

    def drop_deliveries(self, before: datetime) -> int:
        """Forget how far notices got whose chain has ended and which are sent or given up since before a time.

        The notices themselves stay.
        """
        last = select(notices.c.group, func.max(notices.c.number).label("number")).group_by(notices.c.group).subquery()
        ended = (
            select(notices.c.group)
            .join(last, and_(notices.c.group == last.c.group, notices.c.number == last.c.number))
            .where(notices.c.cause.in_(("resolved", "retracted", "digest", "test")))
        )
        done = select(notices.c.id).where(notices.c.group.in_(ended))
        old = and_(deliveries.c.changed_at < before, deliveries.c.state.in_(("sent", "given-up")))
        with self._connections.writing() as connection:
            return connection.execute(delete(deliveries).where(old, deliveries.c.notice_id.in_(done))).rowcount

    def _sweep(
        self,
        find: Callable[..., Batches],
        remove: Callable[[Connection, Sequence[str], datetime], None],
        before: datetime,
        at: datetime,
        going: Going,
        citations: Citations,
        is_stopped: Callable[[], bool],
    ) -> None:
        """Find a few in one transaction and take them out in the same: nothing can come to stand on them in between."""
        after: tuple[Any, ...] | None = None
        while not is_stopped():
            with self._connections.writing() as connection:
                cited = citations.find(connection)
                batch = next(find(connection, before, cited, going, after), None)
                if batch is None:
                    return
                after, ids = batch
                if ids:
                    remove(connection, ids, at)
                    count_derivation(connection)

    def _sweep_tensions(self, before: date, going: Going, is_stopped: Callable[[], bool]) -> None:
        while not is_stopped():
            with self._connections.writing() as connection:
                rows = next(find_tensions(connection, before, set()), [])
                for place_id, day in rows:
                    connection.execute(delete(tensions).where(tensions.c.place_id == place_id, tensions.c.day == day))
                going.tensions += len(rows)
            if not rows:
                return


def _sum_up(going: Going) -> Retained:
    return Retained(
        articles=len(going.articles),
        claims=going.claims,
        incidents=len(going.incidents),
        tensions=going.tensions,
        texts_bytes=going.bytes,
    )


def _remove_incidents(connection: Connection, ids: Sequence[str], _at: datetime) -> None:
    drop_sketches(connection, ids)
    delete_in(connection, incident_redirects.c.new_id, ids)
    delete_in(connection, incidents.c.id, ids)


def _remove_articles(connection: Connection, ids: Sequence[str], at: datetime) -> None:
    of = articles.c
    columns = (of.id, of.digest, of.outlet_id, of.shown_at, of.taken_at)
    rows = [
        {"article_id": r.id, "digest": r.digest, "outlet_id": r.outlet_id, "shown_at": r.shown_at,
         "taken_at": r.taken_at, "retired_at": at}
        for r in select_in(connection, select(*columns), of.id, ids)
    ]  # fmt: skip
    insert_rows(connection, retirements, rows)
    _remember_addresses(connection, ids, at)
    held = [row[0] for row in select_in(connection, select(claims.c.id), claims.c.article_id, ids)]
    for some in batch_values(ids):
        mine = select(claims.c.seq).where(claims.c.article_id.in_(some))
        connection.execute(delete(claim_words).where(claim_words.c.rowid.in_(mine)))
        texts = select(articles.c.seq).where(articles.c.id.in_(some))
        connection.execute(delete(article_words).where(article_words.c.rowid.in_(texts)))
    delete_in(connection, links.c.claim_id, held)
    delete_in(connection, claims.c.id, held)
    delete_in(connection, withdrawals.c.article_id, ids)
    delete_in(connection, articles.c.id, ids)


def _remember_addresses(connection: Connection, ids: Sequence[str], at: datetime) -> None:
    seen = {row[0] for row in select_in(connection, select(sightings.c.address_id), sightings.c.article_id, ids)}
    column = retired_addresses.c.address_id
    known = {row[0] for row in select_in(connection, select(column), column, seen)}
    new = [{"address_id": address, "retired_at": at} for address in sorted(seen - known)]
    if new:
        connection.execute(insert(retired_addresses), new)
