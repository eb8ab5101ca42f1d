"""Taking out what is old and what nobody stands on: incidents first, then articles that no incident is left to need.

Kept, however old: an incident that a person touched (corrected, merged, split), that an alert, a notice or a report
cites or ever cited, and everything that is a sentence of it. An article goes wholly or stays whole: a text without its
sentences, or a claim without its text, could open nothing. Each article is written down before it goes (`retirements`);
the database's own guards let nothing else through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from tocsin.ports import Retained
from tocsin.records import Link, Tension, Withdrawal, from_json
from tocsin.store.base import StoreBase, batch_values, delete_in, insert_rows, select_in
from tocsin.store.citations import Citations
from tocsin.store.derivation_log import count_derivation
from tocsin.store.sketches import drop_sketches
from tocsin.store.tables import (
    article_words,
    articles,
    claim_words,
    claims,
    corrections,
    deliveries,
    faults,
    incident_claims,
    incident_redirects,
    incidents,
    links,
    notices,
    origins,
    pending_articles,
    retired_addresses,
    retirements,
    sightings,
    tensions,
    withdrawals,
)

#: Rows in one transaction: some tenths of a second, so that whoever else writes does not wait long.
AT_ONCE = 200
_TENSIONS_AT_ONCE = 2_000


@dataclass(slots=True)
class _Going:
    """What goes, as far as it has been found; `bytes` of texts and records among it."""

    incidents: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    claims: int = 0
    tensions: int = 0
    bytes: int = 0


class Retention(StoreBase):
    """The part of the store that lets go."""

    def retain(self, before: datetime, at: datetime, *, is_stopped: Any = lambda: False) -> Retained:
        """Take out what was shown and taken in before a time and is not kept; in many short transactions.

        Stopped or killed between two of them, it has done a part, and the database is sound. Raises StoreError.
        """
        going, citations = _Going(), Citations()
        with self._connections.reading() as connection:
            citations.find(connection)  # most of it, while nobody has to wait
        for find, remove in ((_find_incidents, _remove_incidents), (_find_articles, _remove_articles)):
            self._sweep(find, remove, before, at, going, citations, is_stopped)
        self._sweep_tensions(before.date(), going, is_stopped)
        return _sum_up(going)

    def plan_retention(self, before: datetime) -> Retained:
        """What `retain` would take out now; nothing is written."""
        going = _Going()
        with self._connections.reading() as connection:
            cited = Citations().find(connection)
            for find in (_find_incidents, _find_articles):
                for _ in find(connection, before, cited, going):
                    pass
            for rows in _find_tensions(connection, before.date(), going.incidents):
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
        find: Any,
        remove: Any,
        before: datetime,
        at: datetime,
        going: _Going,
        citations: Citations,
        is_stopped: Any,
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

    def _sweep_tensions(self, before: date, going: _Going, is_stopped: Any) -> None:
        while not is_stopped():
            with self._connections.writing() as connection:
                rows = next(_find_tensions(connection, before, set()), [])
                for place_id, day in rows:
                    connection.execute(delete(tensions).where(tensions.c.place_id == place_id, tensions.c.day == day))
                going.tensions += len(rows)
            if not rows:
                return


def _sum_up(going: _Going) -> Retained:
    return Retained(
        articles=len(going.articles),
        claims=going.claims,
        incidents=len(going.incidents),
        tensions=going.tensions,
        texts_bytes=going.bytes,
    )


def _is_beyond(key: tuple[Any, Any], after: tuple[Any, ...]) -> ColumnElement[bool]:
    """Rows that come after one, in the order of two columns; as a pair, times would be compared in another form."""
    return or_(key[0] > after[0], and_(key[0] == after[0], key[1] > after[1]))


def _is_before(key: tuple[Any, Any], after: tuple[Any, ...]) -> ColumnElement[bool]:
    return or_(key[0] < after[0], and_(key[0] == after[0], key[1] < after[1]))


# --- incidents
def _find_incidents(
    connection: Connection, before: datetime, cited: set[str], going: _Going, after: tuple[Any, ...] | None = None
) -> Iterator[tuple[tuple[Any, ...], list[str]]]:
    """Batches of incidents that may go, each with where the next begins."""
    key = (incidents.c.reported_at, incidents.c.id)
    query = select(*key, func.length(incidents.c.payload)).order_by(*key).limit(AT_ONCE)
    query = query.where(incidents.c.reported_at < before, incidents.c.is_exercise.is_(False))
    while True:
        rows = connection.execute(query if after is None else query.where(_is_beyond(key, after))).all()
        if not rows:
            return
        after = (rows[-1][0], rows[-1][1])
        sizes = {row[1]: row[2] for row in rows}
        ids = [i for i in sizes if i not in cited]
        kept = _find_kept(connection, ids, before, cited)
        gone = [i for i in ids if i not in kept]
        going.incidents.update(gone)
        going.bytes += sum(sizes[i] for i in gone)
        yield after, gone


def _find_kept(connection: Connection, ids: Sequence[str], before: datetime, cited: set[str]) -> set[str]:
    """Those of the incidents that a person touched, or that stand on something young or cited."""
    query = (
        select(
            incident_claims.c.incident_id, incident_claims.c.claim_id, claims.c.article_id, articles.c.shown_at,
            articles.c.taken_at, incidents.c.is_judged, incidents.c.is_exercise,
        )
        .join(claims, claims.c.id == incident_claims.c.claim_id)
        .join(articles, articles.c.id == claims.c.article_id)
        .join(incidents, incidents.c.id == incident_claims.c.incident_id)
    )  # fmt: skip
    rows = list(select_in(connection, query, incident_claims.c.incident_id, ids))
    of_claim = {row.claim_id: row.incident_id for row in rows}
    by_article: dict[str, set[str]] = {}
    for row in rows:
        by_article.setdefault(row.article_id, set()).add(row.incident_id)
    kept = {
        row.incident_id
        for row in rows
        if row.is_judged
        or row.claim_id in cited
        or row.article_id in cited
        or max(row.shown_at, row.taken_at) >= before
    }
    for payload in select_in(connection, select(links.c.payload), links.c.claim_id, of_claim):
        link = from_json(Link, payload[0])
        if link.made_by.startswith("person:"):
            kept.add(of_claim[link.claim_id])
    touched = set(_find_touched(connection, by_article))
    touched |= {row[0] for row in select_in(
        connection, select(pending_articles.c.article_id), pending_articles.c.article_id, by_article
    )}  # fmt: skip
    return kept.union(*(by_article[article_id] for article_id in touched))


def _find_touched(connection: Connection, article_ids: Iterable[str]) -> Iterator[str]:
    """Those of the articles that a person corrected, retracted or reinstated."""
    ids = list(article_ids)
    query = select(corrections.c.article_id).distinct()
    yield from (row[0] for row in select_in(connection, query, corrections.c.article_id, ids))
    for row in select_in(connection, select(withdrawals.c.payload), withdrawals.c.article_id, ids):
        withdrawal = from_json(Withdrawal, row[0])
        if withdrawal.made_by != "desk":
            yield withdrawal.article_id


def _remove_incidents(connection: Connection, ids: Sequence[str], _at: datetime) -> None:
    drop_sketches(connection, ids)
    delete_in(connection, incident_redirects.c.new_id, ids)
    delete_in(connection, incidents.c.id, ids)


# --- articles
def _find_articles(
    connection: Connection, before: datetime, cited: set[str], going: _Going, after: tuple[Any, ...] | None = None
) -> Iterator[tuple[tuple[Any, ...], list[str]]]:
    """Batches of articles that no incident is left to need, each with where the next begins.

    The newest first: a copy goes before what it was copied from, a revision that is no longer needed after what it
    replaced (and so, where both go, one of them waits for the next day's run).
    """
    key = (articles.c.shown_at, articles.c.id)
    size = func.length(articles.c.text)
    query = select(*key, size).order_by(*(c.desc() for c in key)).limit(AT_ONCE)
    query = query.where(articles.c.shown_at < before, articles.c.taken_at < before, articles.c.is_exercise.is_(False))
    while True:
        rows = connection.execute(query if after is None else query.where(_is_before(key, after))).all()
        if not rows:
            return
        after = (rows[-1][0], rows[-1][1])
        sizes = {row[1]: row[2] for row in rows}
        needed = _find_needed(connection, sizes, cited, going)
        gone = [i for i in sizes if i not in needed]
        counted = select(func.count(), func.coalesce(func.sum(func.length(claims.c.payload)), 0))
        for some in batch_values(gone):
            number, held = connection.execute(counted.where(claims.c.article_id.in_(some))).one()
            going.claims += number
            going.bytes += held
        going.articles.update(gone)
        going.bytes += sum(sizes[i] for i in gone)
        yield after, gone


def _find_needed(connection: Connection, ids: Iterable[str], cited: set[str], going: _Going) -> set[str]:
    """Those of the articles that something stands on which stays."""
    asked = set(ids)
    needed = {*(asked & cited), *_find_spoken_for(connection, asked, cited, going)}
    query = select(origins.c.origin_id, origins.c.article_id).where(origins.c.origin_id != origins.c.article_id)
    copied = [(r.origin_id, r.article_id) for r in select_in(connection, query, origins.c.origin_id, asked)]
    while more := {o for o, copy in copied if copy not in going.articles | asked or copy in needed} - needed:
        needed |= more  # what a copy that stays was copied from
    return needed


def _find_spoken_for(connection: Connection, asked: set[str], cited: set[str], going: _Going) -> Iterator[str]:
    yield from _find_touched(connection, asked)
    yield from (row[0] for row in select_in(
        connection, select(pending_articles.c.article_id), pending_articles.c.article_id, asked
    ))  # fmt: skip
    query = select(claims.c.article_id, claims.c.id, incident_claims.c.incident_id)
    query = query.join(incident_claims, incident_claims.c.claim_id == claims.c.id, isouter=True)
    for row in select_in(connection, query, claims.c.article_id, asked):
        if row.id in cited or (row.incident_id is not None and row.incident_id not in going.incidents):
            yield row.article_id
    query = select(withdrawals.c.later_id, withdrawals.c.article_id)
    for row in select_in(connection, query, withdrawals.c.later_id, asked):
        if row.article_id not in going.articles:
            yield row.later_id  # of a revision whose earlier one stays


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


# --- tension
def _find_tensions(connection: Connection, before: date, gone: set[str]) -> Iterator[list[tuple[str, date]]]:
    """Batches of days that may go: all but those whose incidents are all still there to open."""
    key = (tensions.c.day, tensions.c.place_id)
    query = select(*key, tensions.c.payload).where(tensions.c.day < before, tensions.c.is_exercise.is_(False))
    after: tuple[Any, ...] | None = None
    while True:
        page = query.order_by(*key).limit(_TENSIONS_AT_ONCE)
        rows = connection.execute(page if after is None else page.where(_is_beyond(key, after))).all()
        if not rows:
            return
        after = (rows[-1].day, rows[-1].place_id)
        cited = {(row.place_id, row.day): from_json(Tension, row.payload).incident_ids for row in rows}
        asked = {i for ids in cited.values() for i in ids}
        held = {row[0] for row in select_in(connection, select(incidents.c.id), incidents.c.id, asked)} - gone
        if batch := [key for key, ids in cited.items() if not ids or not held.issuperset(ids)]:
            yield batch
