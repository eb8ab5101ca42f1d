"""What each person has seen, his shifts, and the incidents in the order in which they need his eyes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    delete,
    desc,
    func,
    insert,
    or_,
    select,
    update,
)

from tocsin.records import Filter, Incident, from_json, to_json
from tocsin.records.inbox import InboxCounts, InboxRow, InboxWanted, Look, Mark, Shift, Shown, digest_look, make_look
from tocsin.store.base import StoreBase, batch_values, insert_rows, select_in
from tocsin.store.conditions import Conditions, incident_conditions
from tocsin.store.tables import incidents, marks, shifts

_IS_UNREAD: ColumnElement[bool] = or_(marks.c.digest.is_(None), marks.c.digest != incidents.c.digest)
#: What needs eyes first: each part is walked in the order of its index, and no further than the page.
_TURNS: tuple[ColumnElement[bool], ...] = (
    _IS_UNREAD,
    and_(~_IS_UNREAD, incidents.c.is_judged.is_(False)),
    and_(~_IS_UNREAD, incidents.c.is_judged.is_(True)),
)
_ORDER = (desc(incidents.c.changed_at), desc(incidents.c.reported_at), incidents.c.id)


class Inbox(StoreBase):
    """The part of the store that knows who has seen what."""

    def inbox(self, person: str, wanted: InboxWanted) -> list[InboxRow]:
        """A page: unread or changed first, then what nobody has judged, then the rest; the last changed first."""
        columns = (
            incidents.c.payload, incidents.c.digest.label("shown"), incidents.c.changed_at, incidents.c.is_judged,
            *marks.c,
        )  # fmt: skip
        with self._connections.reading() as connection:
            order = _find_page(connection, person, self._inbox_conditions(wanted), wanted.filter)
            query = _with_marks(select(incidents.c.id.label("asked"), *columns), person)
            rows = {row.asked: row for row in select_in(connection, query, incidents.c.id, order)}
        return [self._make_row(rows[i]) for i in order]

    def count_inbox(self, person: str, wanted: InboxWanted) -> InboxCounts:
        """How many incidents a list holds, over all its pages."""
        counted = select(
            func.count(),
            func.coalesce(func.sum(case((_IS_UNREAD, 1), else_=0)), 0),
            func.coalesce(func.sum(case((incidents.c.is_judged.is_(False), 1), else_=0)), 0),
        )
        query = _with_marks(counted.select_from(incidents), person).where(*self._inbox_conditions(wanted))
        with self._connections.reading() as connection:
            row = connection.execute(query).one()
        return InboxCounts(int(row[0]), int(row[1]), int(row[2]))

    def count_unread(self, person: str, since: datetime | None, *, most: int) -> int:
        """How many incidents that changed since then the person has not seen as they are; `most` at most."""
        found = _with_marks(select(incidents.c.id), person).where(_IS_UNREAD, incidents.c.background.is_(False))
        if since is not None:
            found = found.where(incidents.c.changed_at >= since)
        query = select(func.count()).select_from(found.limit(most).subquery("unread"))
        with self._connections.reading() as connection:
            return connection.scalar(query) or 0

    def shown(self, incident_ids: Iterable[str]) -> dict[str, Shown]:
        """How each of the known incidents stands in everybody's list."""
        query = select(incidents.c.id, incidents.c.digest, incidents.c.changed_at, incidents.c.is_judged)
        with self._connections.reading() as connection:
            rows = list(select_in(connection, query, incidents.c.id, incident_ids))
        return {row.id: Shown(row.digest, row.changed_at, row.is_judged) for row in rows}

    def mark(self, person: str, incident_id: str) -> Mark | None:
        """What a person saw of an incident when he last looked, or None."""
        query = select(marks).where(marks.c.person == person, marks.c.incident_id == incident_id)
        with self._connections.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else self._make_mark(row)

    def mark_seen(self, person: str, digests: Mapping[str, str | None], at: datetime) -> int:
        """Remember that a person has seen incidents as they look; how many were marked.

        A digest that is not the incident's any more says that he saw it otherwise: that one stays as it is. One that
        is not known is passed over.
        """
        query = select(incidents.c.id, incidents.c.payload, incidents.c.digest)
        with self._connections.writing() as connection:
            held = list(select_in(connection, query, incidents.c.id, digests))
            rows = [
                _mark_to_row(person, self._decode(Incident, row.payload), row.digest, at)
                for row in held
                if digests[row.id] in (None, row.digest)
            ]
            _remove(connection, person, (row["incident_id"] for row in rows))
            insert_rows(connection, marks, rows)
        return len(rows)

    def mark_unseen(self, person: str, incident_ids: Iterable[str]) -> int:
        """Forget that a person has seen incidents; how many he had."""
        with self._connections.writing() as connection:
            return _remove(connection, person, incident_ids)

    def begin_shift(self, person: str, at: datetime) -> Shift:
        """The shift that begins, or the one that the person is in already."""
        with self._connections.writing() as connection:
            row = connection.execute(_open_shift(person)).one_or_none()
            if row is not None:
                return _make_shift(row)
            connection.execute(insert(shifts), {"person": person, "began_at": at, "ended_at": None})
            return Shift(person, at)

    def end_shift(self, person: str, at: datetime) -> Shift | None:
        """The shift that ends, or None where none was open."""
        with self._connections.writing() as connection:
            row = connection.execute(_open_shift(person)).one_or_none()
            if row is None:
                return None
            ended_at = max(at, row.began_at)  # a clock that was put back ends nothing before its begin
            connection.execute(update(shifts).where(shifts.c.seq == row.seq).values(ended_at=ended_at))
            return Shift(person, row.began_at, ended_at)

    def last_shifts(self, person: str, limit: int = 2) -> list[Shift]:
        """A person's last shifts, the newest first."""
        query = select(shifts).where(shifts.c.person == person).order_by(desc(shifts.c.seq)).limit(limit)
        with self._connections.reading() as connection:
            return [_make_shift(row) for row in connection.execute(query)]

    def _inbox_conditions(self, wanted: InboxWanted) -> Conditions:
        found = incident_conditions(wanted.filter, self._dialect)
        if wanted.since is not None:
            found.append(incidents.c.changed_at >= wanted.since)
        if wanted.is_unread:
            found.append(_IS_UNREAD)
        if wanted.is_unjudged:
            found.append(incidents.c.is_judged.is_(False))
        return found

    def _make_row(self, row: Row[*tuple[Any, ...]]) -> InboxRow:
        shown = Shown(row.shown, row.changed_at, row.is_judged)
        return InboxRow(
            self._decode(Incident, row.payload), shown, None if row.person is None else self._make_mark(row)
        )

    def _make_mark(self, row: Row[*tuple[Any, ...]]) -> Mark:
        return Mark(row.person, row.incident_id, row.seen_at, from_json(Look, row.look), row.digest)


def _find_page(connection: Connection, person: str, conditions: Conditions, wanted: Filter) -> list[str]:
    """The ids of a page, turn by turn."""
    found: list[str] = []
    offset = wanted.offset
    for turn in _TURNS:
        if 0 < wanted.limit <= len(found):
            break
        ids = _with_marks(select(incidents.c.id), person).where(*conditions, turn)
        page = ids.order_by(*_ORDER)
        if offset:
            page = page.offset(offset)
        if wanted.limit:
            page = page.limit(wanted.limit - len(found))
        some = list(connection.scalars(page))
        if some:
            offset = 0
        elif offset:  # the page begins behind this turn
            offset -= connection.scalar(select(func.count()).select_from(ids.subquery("turn"))) or 0
        found += some
    return found


def _with_marks(query: Select[*tuple[Any, ...]], person: str) -> Select[*tuple[Any, ...]]:
    """Each incident beside what the person saw of it, or beside nothing."""
    is_his = and_(marks.c.person == person, marks.c.incident_id == incidents.c.id)
    return query.join_from(incidents, marks, is_his, isouter=True)


def _mark_to_row(person: str, incident: Incident, digest: str, at: datetime) -> dict[str, Any]:
    look = make_look(incident)
    # one written by an earlier version may have been digested otherwise: what stands beside it is what is compared
    digest = digest or digest_look(look)
    return {"person": person, "incident_id": incident.id, "digest": digest, "seen_at": at, "look": to_json(look)}


def _remove(connection: Connection, person: str, incident_ids: Iterable[str]) -> int:
    gone = 0
    for some in batch_values(incident_ids):
        gone += connection.execute(
            delete(marks).where(marks.c.person == person, marks.c.incident_id.in_(some))
        ).rowcount
    return gone


def _open_shift(person: str) -> Select[*tuple[Any, ...]]:
    is_open = and_(shifts.c.person == person, shifts.c.ended_at.is_(None))
    return select(shifts).where(is_open).order_by(desc(shifts.c.seq)).limit(1)


def _make_shift(row: Row[*tuple[Any, ...]]) -> Shift:
    return Shift(row.person, row.began_at, row.ended_at)
