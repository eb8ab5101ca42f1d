"""Filters that people keep under a name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from tocsin.errors import RecordError, UnknownIdError
from tocsin.records.inbox import SavedFilter
from tocsin.store.base import StoreBase
from tocsin.store.tables import saved_filters

#: A person who keeps more has lost sight of them.
MOST_FILTERS = 100


class SavedFilters(StoreBase):
    """The part of the store that keeps filters."""

    def add_saved_filter(self, new: SavedFilter) -> None:
        """Keep one; raises RecordError where the person has one of that name, or a hundred."""
        with self._connections.writing() as connection:
            _refuse_taken_name(connection, new, but=None)
            held = connection.execute(select(saved_filters.c.id).where(saved_filters.c.person == new.person)).all()
            if len(held) >= MOST_FILTERS:
                raise RecordError("filter", new.name, f"would be one of more than {MOST_FILTERS}: delete one first")
            connection.execute(insert(saved_filters), _to_row(new))

    def change_saved_filter(self, changed: SavedFilter) -> None:
        """Keep a filter with other values; raises UnknownIdError, and RecordError where its name is taken."""
        with self._connections.writing() as connection:
            _refuse_taken_name(connection, changed, but=changed.id)
            row = _to_row(changed)
            done = connection.execute(update(saved_filters).where(saved_filters.c.id == changed.id).values(row))
            if done.rowcount == 0:
                raise _unknown(changed.id)

    def remove_saved_filter(self, filter_id: str) -> None:
        """Take one out; raises UnknownIdError."""
        with self._connections.writing() as connection:
            if connection.execute(delete(saved_filters).where(saved_filters.c.id == filter_id)).rowcount == 0:
                raise _unknown(filter_id)

    def saved_filter(self, filter_id: str) -> SavedFilter:
        """One filter, whosever it is."""
        with self._connections.reading() as connection:
            row = connection.execute(select(saved_filters).where(saved_filters.c.id == filter_id)).one_or_none()
        if row is None:
            raise _unknown(filter_id)
        return _to_filter(row)

    def saved_filters(self, person: str) -> list[SavedFilter]:
        """A person's own, by name, then those that others share."""
        seen = or_(saved_filters.c.person == person, saved_filters.c.is_shared)
        with self._connections.reading() as connection:
            found = [_to_filter(row) for row in connection.execute(select(saved_filters).where(seen))]
        return sorted(found, key=lambda f: (f.person != person, f.name.casefold(), f.id))


def _refuse_taken_name(connection: Connection, wanted: SavedFilter, *, but: str | None) -> None:
    """Names are compared with those of all the person's filters but the one that is changed."""
    same = and_(saved_filters.c.person == wanted.person, saved_filters.c.name_key == wanted.name.casefold())
    other = same if but is None else and_(same, saved_filters.c.id != but)
    taken = connection.scalar(select(saved_filters.c.name).where(other))
    if taken is not None:
        raise RecordError("filter name", taken, "is taken: you have a filter of that name; choose another")


def _unknown(filter_id: str) -> UnknownIdError:
    return UnknownIdError("saved filter", filter_id[:40], "is not in the store")


def _to_row(kept: SavedFilter) -> dict[str, Any]:
    return {
        "id": kept.id,
        "person": kept.person,
        "name": kept.name,
        "name_key": kept.name.casefold(),
        "query": kept.query,
        "made_at": kept.made_at,
        "is_shared": kept.is_shared,
        "feed_digest": kept.feed_digest,
    }


def _to_filter(row: Row[*tuple[Any, ...]]) -> SavedFilter:
    return SavedFilter(row.id, row.person, row.name, row.query, row.made_at, row.is_shared, row.feed_digest)
