"""Articles and claims read back: one by one, by ids, and as the pages of a filter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import String, Table, cast, func, select

from tocsin.errors import UnknownIdError
from tocsin.records import Article, Claim, Filter, Sighting
from tocsin.store.base import StoreBase, select_by_id, select_in
from tocsin.store.conditions import Conditions, article_conditions, claim_conditions, is_of_words_alone
from tocsin.store.paging import ARTICLES, CLAIMS, read_page
from tocsin.store.rows import row_to_article
from tocsin.store.tables import (
    IS_REJECTED,
    article_words,
    articles,
    claim_words,
    claims,
    origins,
    retirements,
    sightings,
)
from tocsin.store.words import has_all, has_words

#: A claim as it stands: as people have put it right, else as the machine read it.
_SAID = func.coalesce(claims.c.corrected, claims.c.payload).label("payload")


class Lists(StoreBase):
    """The part of the store that gives back what came in."""

    def article(self, article_id: str) -> Article:
        """One article, with its whole text; raises UnknownIdError, which says so where the retention has let it go."""
        retired = select(retirements.c.retired_at, retirements.c.digest).where(retirements.c.article_id == article_id)
        with self._connections.reading() as connection:
            row = connection.execute(select(articles).where(articles.c.id == article_id)).one_or_none()
            if row is not None:
                return row_to_article(row)
            gone = connection.execute(retired.order_by(retirements.c.seq.desc()).limit(1)).first()
        told = (
            f"was let go of by the retention on {gone[0]:%Y-%m-%d} (SHA-256 of its text: {gone[1]})" if gone else None
        )
        raise UnknownIdError("article", article_id, told or "is not in the store")

    def articles(self, wanted: Filter) -> list[Article]:
        """A page of articles, newest first; conditions on claims ask for one claim that meets them all."""
        with self._connections.reading() as connection:
            return [row_to_article(row) for row in read_page(connection, ARTICLES, wanted, self._dialect)]

    def articles_by_id(self, article_ids: Iterable[str]) -> dict[str, Article]:
        """Those of the articles that are known, in the order asked for."""
        query = select(articles.c.id, *(column for column in articles.c if column.name != "id"))
        with self._connections.reading() as connection:
            rows = select_by_id(connection, query, article_ids)
        return {id_: row_to_article(row) for id_, row in rows.items()}

    def articles_between(self, since: datetime, until: datetime) -> list[Article]:
        """Articles shown (published, or else taken in) from `since` to `until`, oldest first."""
        query = select(articles).where(articles.c.shown_at >= since, articles.c.shown_at <= until)
        with self._connections.reading() as connection:
            rows = connection.execute(query.order_by(articles.c.shown_at, articles.c.id))
            return [row_to_article(row) for row in rows]

    def activity_between(self, since: datetime, until: datetime, *, is_exercise: bool) -> dict[date, dict[str, int]]:
        """For each day the outlets that published anything shown within the two times, with the number of articles."""
        day = func.substr(cast(articles.c.shown_at, String), 1, 10).label("day")
        query = select(day, articles.c.outlet_id, func.count()).where(
            articles.c.shown_at >= since,
            articles.c.shown_at <= until,
            articles.c.outlet_id.is_not(None),
            articles.c.is_exercise.is_(is_exercise),
        )
        heard: dict[date, dict[str, int]] = {}
        with self._connections.reading() as connection:
            for on, outlet, count in connection.execute(query.group_by(day, articles.c.outlet_id)):
                heard.setdefault(date.fromisoformat(on), {})[outlet] = count
        return heard

    def sightings(self, article_id: str) -> list[Sighting]:
        """Where an article was seen, the first address first; none for an unknown article."""
        query = select(sightings).where(sightings.c.article_id == article_id)
        with self._connections.reading() as connection:
            rows = connection.execute(query.order_by(sightings.c.seen_at, sightings.c.address))
            return [Sighting(row.article_id, row.address, row.seen_at) for row in rows]

    def origins(self, article_ids: Iterable[str]) -> dict[str, str]:
        """The origin (id of its first article) of each derived article."""
        with self._connections.reading() as connection:
            rows = select_by_id(connection, select(origins.c.article_id, origins.c.origin_id), article_ids)
        return {id_: row.origin_id for id_, row in rows.items()}

    def count_articles(self, wanted: Filter) -> int:
        """How many articles the filter leaves, over all its pages."""
        if wanted.query and is_of_words_alone(wanted):
            return self._count_with(article_words, wanted.query)
        return self._count(articles, article_conditions(wanted, self._dialect))

    def claim(self, claim_id: str) -> Claim:
        """One claim."""
        with self._connections.reading() as connection:
            payload = connection.scalar(select(_SAID).where(claims.c.id == claim_id))
        if payload is None:
            raise UnknownIdError("claim", claim_id, "is not in the store")
        return self._decode(Claim, payload)

    def claims(self, wanted: Filter) -> list[Claim]:
        """A page of claims, those of the newest articles first, in the order of their text."""
        with self._connections.reading() as connection:
            rows = read_page(connection, CLAIMS, wanted, self._dialect, _SAID)
        return self._decode_all(Claim, (row.payload for row in rows))

    def claims_of_article(self, article_id: str) -> list[Claim]:
        """The claims of an article in the order of its text, rejected ones too; none for an unknown article."""
        return self.claims_of_articles([article_id], with_rejected=True)

    def claims_of_articles(self, article_ids: Iterable[str], *, with_rejected: bool = False) -> list[Claim]:
        """The claims of articles that count, or all: the oldest article first, each in the order of its text."""
        query = select(_SAID, claims.c.shown_at, claims.c.article_id, claims.c.start, claims.c.id)
        if not with_rejected:
            query = query.where(claims.c.standing != "rejected")
        with self._connections.reading() as connection:
            rows = list(select_in(connection, query, claims.c.article_id, article_ids))
        rows.sort(key=lambda row: (row.shown_at, row.article_id, row.start, row.id))
        return self._decode_all(Claim, (row.payload for row in rows))

    def claims_by_id(self, claim_ids: Iterable[str]) -> dict[str, Claim]:
        """Those of the claims that are known, in the order asked for."""
        with self._connections.reading() as connection:
            rows = select_by_id(connection, select(claims.c.id, _SAID), claim_ids)
        return {id_: self._decode(Claim, row.payload) for id_, row in rows.items()}

    def claim_counts(self, article_ids: Iterable[str]) -> dict[str, int]:
        """How many claims that count each known article has."""
        counting = [claims.c.article_id == articles.c.id, claims.c.standing != "rejected"]
        counted = select(func.count()).select_from(claims).where(*counting).scalar_subquery()
        with self._connections.reading() as connection:
            rows = select_by_id(connection, select(articles.c.id, counted.label("counted")), article_ids)
        return {id_: row.counted for id_, row in rows.items()}

    def count_claims(self, wanted: Filter) -> int:
        """How many claims the filter leaves, over all its pages."""
        if wanted.query and is_of_words_alone(wanted):
            # all that hold the words, less the few of them that were rejected
            rejected = [claims.c.standing == IS_REJECTED, has_words(CLAIMS.words, wanted.query)]
            return self._count_with(claim_words, wanted.query) - self._count(claims, rejected)
        return self._count(claims, claim_conditions(wanted, self._dialect))

    def _count_with(self, table: Table, query: str) -> int:
        """Rows of a search table that hold words: it has one for each record of its kind."""
        return self._count(table, [has_all(table, query, self._dialect)])

    def _count(self, table: Table, conditions: Conditions) -> int:
        with self._connections.reading() as connection:
            found = connection.scalar(select(func.count()).select_from(table).where(*conditions))
        return found or 0
