"""Articles that no longer speak for any incident: superseded by a later revision of their page, or taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, insert, select

from tocsin.errors import UnknownIdError
from tocsin.records import Withdrawal, from_json, to_json
from tocsin.records.correction import Correction
from tocsin.store.base import StoreBase, insert_rows, select_in
from tocsin.store.corrections import put_corrections
from tocsin.store.inputs import address_id
from tocsin.store.tables import articles, pending_articles, sightings, withdrawals


class Withdrawals(StoreBase):
    """The part of the store that remembers what is no longer said."""

    def add_withdrawal(self, withdrawal: Withdrawal, carried: Sequence[Correction] = ()) -> None:
        """Keep it, and let the articles be derived anew, in one transaction; raises UnknownIdError.

        carried  what people said of the earlier revision, said again of the later one: kept with it, or not at all
        """
        ids = [i for i in (withdrawal.article_id, withdrawal.later_id) if i]
        with self._connections.writing() as connection:
            found = select_in(connection, select(articles.c.id, articles.c.is_exercise), articles.c.id, ids)
            known = {row.id: row.is_exercise for row in found}
            if missing := [i for i in ids if i not in known]:
                raise UnknownIdError("article", missing[0], "is not in the store, so it cannot be withdrawn")
            connection.execute(
                insert(withdrawals),
                {
                    "article_id": withdrawal.article_id,
                    "later_id": withdrawal.later_id,
                    "is_exercise": known[withdrawal.article_id],
                    "payload": to_json(withdrawal),
                },
            )
            kept = select(pending_articles.c.article_id)
            waiting = {row[0] for row in select_in(connection, kept, pending_articles.c.article_id, ids)}
            insert_rows(connection, pending_articles, [{"article_id": i} for i in ids if i not in waiting])
            put_corrections(connection, carried)

    def withdrawals(self, article_ids: Iterable[str], *, with_reinstated: bool = False) -> dict[str, Withdrawal]:
        """What holds for those of the articles that are withdrawn; a reinstated one is not, and told if asked for."""
        newest = select(func.max(withdrawals.c.seq)).group_by(withdrawals.c.article_id)
        query = select(withdrawals.c.payload).where(withdrawals.c.seq.in_(newest))
        with self._connections.reading() as connection:
            payloads = [row.payload for row in select_in(connection, query, withdrawals.c.article_id, article_ids)]
        found = (from_json(Withdrawal, payload) for payload in payloads)
        return {w.article_id: w for w in found if with_reinstated or w.kind != "reinstated"}

    def revised_by(self, article_id: str) -> Withdrawal | None:
        """The withdrawal of the article that this one is a later revision of, or None."""
        query = select(withdrawals.c.payload).where(withdrawals.c.later_id == article_id)
        with self._connections.reading() as connection:
            payload = connection.scalar(query.order_by(withdrawals.c.seq.desc()))
        return None if payload is None else from_json(Withdrawal, payload)

    def articles_at(self, address: str) -> list[str]:
        """The articles that were seen under an address, the last taken in first."""
        query = (
            select(sightings.c.article_id)
            .join(articles, articles.c.id == sightings.c.article_id)
            .where(sightings.c.address_id == address_id(address))
            .order_by(articles.c.seq.desc())
        )
        with self._connections.reading() as connection:
            return list(connection.scalars(query))
