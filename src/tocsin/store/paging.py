"""Pages of lists, the newest first, and those of a search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, UnaryExpression, desc, select

from tocsin.records import Filter
from tocsin.store.conditions import (
    Conditions,
    article_conditions,
    claim_conditions,
    incident_conditions,
    words_of_incident,
)
from tocsin.store.tables import (
    CLAIM_ORDER,
    INCIDENT_ORDER,
    article_words,
    articles,
    claim_words,
    claims,
    incident_sketches,
    incident_words,
    incidents,
)
from tocsin.store.words import has_all, has_words, split_query

Order = tuple[Column[Any] | UnaryExpression[Any], ...]
#: So many of the newest rows that meet the rest of a filter are looked at for the words of a search: a common word
#: fills a page there, and no index need be asked for all that hold it.
WALKED = 400
#: Words that no more rows hold than this lead to each of these rows.
FEW = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """One kind of record that is listed.

    order, time  of its lists; the time comes first in it, the latest first
    words        those that a row is found by; `held` is the table that has them, `number` their rows' numbers by id
    conditions   what a row must meet, of a filter and the name of the database
    """

    table: Table
    order: Order
    time: Column[Any]
    words: ColumnElement[str]
    held: Table
    number: tuple[Column[Any], Column[Any]]
    conditions: Callable[[Filter, str], Conditions]


ARTICLES = Listing(
    articles,
    (desc(articles.c.shown_at), articles.c.id),
    articles.c.shown_at,
    select(article_words.c.words).where(article_words.c.rowid == articles.c.seq).correlate(articles).scalar_subquery(),
    article_words,
    (articles.c.seq, articles.c.id),
    article_conditions,
)
CLAIMS = Listing(
    claims,
    CLAIM_ORDER,
    claims.c.shown_at,
    select(claim_words.c.words).where(claim_words.c.rowid == claims.c.seq).correlate(claims).scalar_subquery(),
    claim_words,
    (claims.c.seq, claims.c.id),
    claim_conditions,
)
INCIDENTS = Listing(
    incidents,
    INCIDENT_ORDER,
    incidents.c.reported_at,
    words_of_incident(),
    incident_words,
    (incident_sketches.c.seq, incident_sketches.c.incident_id),
    incident_conditions,
)


def read_page(
    connection: Connection, listing: Listing, wanted: Filter, dialect: str, *columns: ColumnElement[Any]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """One page of what meets a filter, whole rows or `columns` of them.

    A page of a search is first looked for among the newest rows, where a common word fills it at once; then, where
    few rows hold the words, among those; else among all, as their order has them.
    """

    def read(conditions: Conditions) -> Sequence[Row[*tuple[Any, ...]]]:
        return connection.execute(_select_page(listing, conditions, wanted, *columns)).all()

    query = wanted.query or ""
    if not split_query(query) or wanted.limit <= 0:
        return read(listing.conditions(wanted, dialect))
    rest = listing.conditions(replace(wanted, query=None), dialect)
    last = connection.scalar(select(listing.time).where(*rest).order_by(*listing.order).limit(1).offset(WALKED))
    is_near = [] if last is None else [listing.time >= last]
    rows = read([*rest, *is_near, has_words(listing.words, query)])
    if last is None or len(rows) == wanted.limit:
        return rows
    few = select(listing.held.c.rowid).where(has_all(listing.held, query, dialect)).limit(FEW + 1)
    numbers = list(connection.scalars(few))
    if len(numbers) > FEW:
        return read(listing.conditions(wanted, dialect))
    number, id_ = listing.number
    return read([*rest, listing.table.c.id.in_(select(id_).where(number.in_(numbers)))])


def _select_page(
    listing: Listing, conditions: Conditions, wanted: Filter, *columns: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    """The page's ids are found first, in an index where they can be; then only its rows are opened."""
    table = listing.table
    ids = limit_page(select(table.c.id).where(*conditions).order_by(*listing.order), wanted)
    page = ids.subquery("page")
    chosen = select(*columns) if columns else select(table)
    return chosen.select_from(table.join(page, page.c.id == table.c.id)).order_by(*listing.order)


def limit_page(query: Select[*tuple[Any, ...]], wanted: Filter) -> Select[*tuple[Any, ...]]:
    """The part of a query's rows that a filter asks for; a limit of 0 asks for all."""
    if wanted.limit > 0:
        query = query.limit(wanted.limit)
    return query.offset(wanted.offset) if wanted.offset > 0 else query
