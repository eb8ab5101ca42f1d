"""What may go when the desk lets go of what is old; `retention` says what is kept however old, and takes out the rest.

Each search gives batches of at most `AT_ONCE`, so that whoever takes them out holds up no other writer for long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from tocsin.records import Link, Tension, Withdrawal, from_json
from tocsin.store.base import batch_values, select_in
from tocsin.store.tables import (
    articles,
    claims,
    corrections,
    incident_claims,
    incidents,
    links,
    origins,
    pending_articles,
    tensions,
    withdrawals,
)

#: Rows in one transaction: some tenths of a second, so that whoever else writes does not wait long.
AT_ONCE = 200
_TENSIONS_AT_ONCE = 2_000
#: Ids that may go, each batch with the key after which the next one begins.
Batches = Iterator[tuple[tuple[Any, ...], list[str]]]


@dataclass(slots=True)
class Going:
    """What goes, as far as it has been found; `bytes` of texts and records among it."""

    incidents: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    claims: int = 0
    tensions: int = 0
    bytes: int = 0


# --- incidents
def find_incidents(
    connection: Connection, before: datetime, cited: set[str], going: Going, after: tuple[Any, ...] | None = None
) -> Batches:
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


# --- articles
def find_articles(
    connection: Connection, before: datetime, cited: set[str], going: Going, after: tuple[Any, ...] | None = None
) -> Batches:
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


def _find_needed(connection: Connection, ids: Iterable[str], cited: set[str], going: Going) -> set[str]:
    """Those of the articles that something stands on which stays."""
    asked = set(ids)
    needed = {*(asked & cited), *_find_spoken_for(connection, asked, cited, going)}
    query = select(origins.c.origin_id, origins.c.article_id).where(origins.c.origin_id != origins.c.article_id)
    copied = [(r.origin_id, r.article_id) for r in select_in(connection, query, origins.c.origin_id, asked)]
    while more := {o for o, copy in copied if copy not in going.articles | asked or copy in needed} - needed:
        needed |= more  # what a copy that stays was copied from
    return needed


def _find_spoken_for(connection: Connection, asked: set[str], cited: set[str], going: Going) -> Iterator[str]:
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


# --- tension
def find_tensions(connection: Connection, before: date, gone: set[str]) -> Iterator[list[tuple[str, date]]]:
    """Batches of days of tension that may go: all but those whose incidents are all still there to open."""
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


# --- pages of them
def _is_beyond(key: tuple[Any, Any], after: tuple[Any, ...]) -> ColumnElement[bool]:
    """Rows that come after one, in the order of two columns; as a pair, times would be compared in another form."""
    return or_(key[0] > after[0], and_(key[0] == after[0], key[1] > after[1]))


def _is_before(key: tuple[Any, Any], after: tuple[Any, ...]) -> ColumnElement[bool]:
    return or_(key[0] < after[0], and_(key[0] == after[0], key[1] < after[1]))
