"""Marks of articles and outlets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, insert, select

from tocsin.records import from_json, to_json
from tocsin.records.marking import Marking, is_laxer
from tocsin.store.base import StoreBase, select_in
from tocsin.store.tables import articles, claims, incident_claims, links, markings


class Markings(StoreBase):
    """The part of the store that remembers how records may be passed on."""

    def add_marking(self, new: Marking) -> None:
        """Keep a mark; it holds from now on, the earlier ones stay."""
        with self._connections.writing() as connection:
            _put(connection, new)

    def has_markings(self) -> bool:
        """Whether any record was ever marked."""
        with self._connections.reading() as connection:
            return connection.scalar(select(markings.c.seq).limit(1)) is not None

    def marking_history(self, marked_id: str) -> list[Marking]:
        """Every mark that a record was given, the newest first."""
        query = select(markings.c.payload).where(markings.c.marked_id == marked_id).order_by(markings.c.seq.desc())
        with self._connections.reading() as connection:
            return self._decode_all(Marking, connection.scalars(query))

    def markings(self, marked_ids: Iterable[str]) -> dict[str, Marking]:
        """The mark that each record bears, by its id; those without one are left out."""
        last = select(markings.c.marked_id, func.max(markings.c.seq).label("seq")).group_by(markings.c.marked_id)
        with self._connections.reading() as connection:
            seqs = [row.seq for row in select_in(connection, last, markings.c.marked_id, marked_ids)]
            query = select(markings.c.seq, markings.c.payload)
            rows = list(select_in(connection, query, markings.c.seq, seqs))
        found = (self._decode(Marking, row.payload) for row in rows)
        return {marking.marked_id: marking for marking in found if marking.tlp is not None}

    def markings_behind(
        self, *, incident_ids: Iterable[str] = (), claim_ids: Iterable[str] = (), article_ids: Iterable[str] = ()
    ) -> list[Marking]:
        """The marks of the articles that records stand on, and of the outlets that published these."""
        with self._connections.reading() as connection:
            told = select(claims.c.article_id).distinct()
            members = told.join(incident_claims, incident_claims.c.claim_id == claims.c.id)
            behind = {*article_ids}
            behind |= {row[0] for row in select_in(connection, members, incident_claims.c.incident_id, incident_ids)}
            behind |= {row[0] for row in select_in(connection, told, claims.c.id, claim_ids)}
            who = select(articles.c.outlet_id).distinct().where(articles.c.outlet_id.is_not(None))
            outlets = {row[0] for row in select_in(connection, who, articles.c.id, behind)}
        return list(self.markings(sorted(behind | outlets)).values())

    def markings_ever_behind(self, incident_ids: Iterable[str]) -> dict[str, list[Marking]]:
        """The same for each incident, gone or not, of all that it ever stood on; those without a mark are left out.

        For words that were written of it once, whatever has left it since.
        """
        with self._connections.reading() as connection:
            pairs = sorted(_list_ever(connection, list(incident_ids)))
        held = self.markings(dict.fromkeys(marked_id for _, marked_id in pairs))
        found: dict[str, list[Marking]] = {}
        for incident_id, marked_id in pairs:
            if marked_id in held:
                found.setdefault(incident_id, []).append(held[marked_id])
        return found


def _list_ever(connection: Connection, incident_ids: Sequence[str]) -> set[tuple[str, str]]:
    """Each incident with each marked article or outlet of which a claim is or ever was in it.

    Asked from the side of the marks: links are many and found by their claims, and few records are marked.
    """
    marked = select(markings.c.marked_id)
    of_article = select(links.c.incident_id, claims.c.article_id).join_from(
        links, claims, claims.c.id == links.c.claim_id
    )
    of_outlet = of_article.join(articles, articles.c.id == claims.c.article_id)
    queries = (
        of_article.where(claims.c.article_id.in_(marked)),
        of_outlet.with_only_columns(links.c.incident_id, articles.c.outlet_id).where(articles.c.outlet_id.in_(marked)),
    )
    found = (select_in(connection, query.distinct(), links.c.incident_id, incident_ids) for query in queries)
    return {(row[0], row[1]) for rows in found for row in rows}


def put_stricter(connection: Connection, new: Marking) -> None:
    """Keep a mark where the record bears none or a laxer one: who hands a report in again does not loosen it."""
    query = select(markings.c.payload).where(markings.c.marked_id == new.marked_id).order_by(markings.c.seq.desc())
    payload = connection.scalar(query.limit(1))
    held = from_json(Marking, payload) if payload is not None else None
    if held is None or held.tlp is None or (new.tlp is not None and is_laxer(held.tlp, new.tlp)):
        _put(connection, new)


def _put(connection: Connection, new: Marking) -> None:
    row = {"marked_id": new.marked_id, "is_exercise": new.is_exercise, "payload": to_json(new)}
    connection.execute(insert(markings), row)
