"""What comes in: articles with their claims and sightings, and what could not be taken. Append-only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from tocsin.errors import StoreError
from tocsin.ports import Reading
from tocsin.records import Fault, Outlet, Sighting, make_id
from tocsin.store.base import StoreBase, insert_rows, put_rows, select_in
from tocsin.store.markings import put_stricter
from tocsin.store.rows import areas_of, article_to_row, claim_to_row, outlet_to_row
from tocsin.store.tables import (
    article_words,
    articles,
    claim_areas,
    claim_words,
    claims,
    faults,
    outlets,
    pending_articles,
    retired_addresses,
    sightings,
)
from tocsin.store.words import join_words


class Inputs(StoreBase):
    """The part of the store that takes in."""

    def add_reading(self, reading: Reading) -> bool:
        """Keep an article with its claims; False (and only the sightings added) if the article is known.

        An outlet is added where it is unknown; a known one keeps what the desk's people say of it. Raises StoreError,
        and keeps nothing, for a claim or sighting of another article and for evidence that the article does not hold.
        """
        _check_reading(reading)
        with self._connections.writing() as connection:
            known = connection.scalar(select(articles.c.seq).where(articles.c.id == reading.article.id)) is not None
            if not known:
                if reading.outlet is not None:
                    _add_outlet(connection, reading.outlet)
                _add_article(connection, reading)
                add_claims(connection, reading)
            _add_sightings(connection, reading.sightings)
            if reading.marking is not None:
                put_stricter(connection, reading.marking)
        return not known

    def has_article(self, article_id: str) -> bool:
        """Whether the article is known."""
        with self._connections.reading() as connection:
            return connection.scalar(select(articles.c.seq).where(articles.c.id == article_id)) is not None

    def known_addresses(self, addresses: Sequence[str]) -> set[str]:
        """Those of `addresses` under which an article was already seen, though it may have been retired since."""
        asked = {address_id(address): address for address in addresses}
        found: set[str] = set()
        with self._connections.reading() as connection:
            for column in (sightings.c.address_id, retired_addresses.c.address_id):
                found |= {asked[row[0]] for row in select_in(connection, select(column), column, asked)}
        return found

    def add_faults(self, faults_: Sequence[Fault]) -> None:
        """Keep what could not be taken; one already kept has its time renewed."""
        if not faults_:  # nobody waits for the one writer for nothing
            return
        rows = {fault.id: {"id": fault.id, "which": fault.which, "why": fault.why, "at": fault.at} for fault in faults_}
        with self._connections.writing() as connection:
            put_rows(connection, faults.c.id, list(rows.values()))


def _check_reading(reading: Reading) -> None:
    article = reading.article
    owners = [(c.id, c.article_id) for c in reading.claims] + [(s.address, s.article_id) for s in reading.sightings]
    for which, owner in owners:
        if owner != article.id:
            raise StoreError("reading", which, f"belongs to article {owner!r}, not to {article.id!r}")
    for claim in reading.claims:
        if claim.evidence.span.cut(article.text) != claim.evidence.text:
            why = f"its evidence is not what article {article.id!r} says from {claim.evidence.start}"
            raise StoreError("claim", claim.id, why)


def _add_outlet(connection: Connection, outlet: Outlet) -> None:
    if connection.scalar(select(outlets.c.id).where(outlets.c.id == outlet.id)) is None:
        connection.execute(insert(outlets), outlet_to_row(outlet))


def _add_article(connection: Connection, reading: Reading) -> None:
    article = reading.article
    added = connection.execute(insert(articles), article_to_row(article, len(reading.claims)))
    row = {"rowid": _first_key(added), "words": join_words(f"{article.title or ''} {article.text}")}
    connection.execute(insert(article_words), row)
    connection.execute(insert(pending_articles), {"article_id": article.id})


def add_claims(connection: Connection, reading: Reading) -> None:
    """Keep the claims of an article that is kept; raises StoreError for evidence that it does not hold."""
    _check_reading(reading)
    for claim in reading.claims:
        added = connection.execute(insert(claims), claim_to_row(claim, reading.article))
        row = {"rowid": _first_key(added), "words": join_words(claim.evidence.text)}
        connection.execute(insert(claim_words), row)
        areas = [{"place_id": area, "claim_id": claim.id} for area in areas_of(claim.place)]
        insert_rows(connection, claim_areas, areas)


def _first_key(result: Any) -> int:
    key: int = result.inserted_primary_key[0]
    return key


def _add_sightings(connection: Connection, seen: Iterable[Sighting]) -> None:
    """Keep the first sighting under each address."""
    new = {sighting.address: sighting for sighting in reversed(list(seen))}
    if not new:
        return
    ids = {address_id(address) for address in new}
    article_id = next(iter(new.values())).article_id
    query = select(sightings.c.address_id).where(sightings.c.article_id == article_id)
    known = {row.address_id for row in select_in(connection, query, sightings.c.address_id, ids)}
    rows = [
        {"article_id": s.article_id, "address_id": address_id(a), "address": a, "seen_at": s.seen_at}
        for a, s in new.items()
        if address_id(a) not in known
    ]
    insert_rows(connection, sightings, rows)


def address_id(address: str) -> str:
    """The key of an address: it may itself be longer than a key may be."""
    return make_id("adr", address)
