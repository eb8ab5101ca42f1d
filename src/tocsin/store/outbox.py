"""The outbox: what the desk told, and whom it is to be told.

A notice and its deliveries are written in one transaction; `deliveries` says how far each got.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import Any, get_args

from sqlalchemy import Connection, and_, func, select

from tocsin.errors import UnknownIdError
from tocsin.records import Notice, Precedence, to_json
from tocsin.store.base import StoreBase, insert_rows, select_in
from tocsin.store.tables import deliveries, notice_alerts, notices

#: So many notices back it is asked who was told.
MOST_OF_A_RUN = 200
_RANKS = {precedence: rank for rank, precedence in enumerate(get_args(Precedence))}
#: From a notice to the names of the channels that want it.
ChannelsOf = Callable[[Notice], Iterable[str]]


class Outbox(StoreBase):
    """The part of the store that remembers what people were told."""

    def add_notices(self, new: Sequence[Notice], channels_of: ChannelsOf) -> int:
        """Keep notices with their deliveries, in one transaction; how many were new. A known one changes nothing.

        Raises StoreError where another notice has the same group and number.
        """
        with self._connections.writing() as connection:
            return put_notices(connection, new, channels_of)

    def notice(self, notice_id: str) -> Notice:
        """One notice; raises UnknownIdError."""
        with self._connections.reading() as connection:
            payload = connection.scalar(select(notices.c.payload).where(notices.c.id == notice_id))
        if payload is None:
            raise UnknownIdError("notice", notice_id, "is not in the store")
        return self._decode(Notice, payload)

    def notices(
        self,
        limit: int,
        *,
        group: str | None = None,
        below: int | None = None,
        alert_id: str | None = None,
        with_exercise: bool = True,
    ) -> list[Notice]:
        """The newest notices (of a chain, of a lower number, of an alert, if asked for), the last written first."""
        query = select(notices.c.payload).order_by(notices.c.seq.desc()).limit(limit)
        if group is not None:
            query = query.where(notices.c.group == group)
        if below is not None:
            query = query.where(notices.c.number < below)
        if alert_id is not None:
            told = select(notice_alerts.c.notice_id).where(notice_alerts.c.alert_id == alert_id)
            query = query.where(notices.c.id.in_(told))
        if not with_exercise:
            query = query.where(notices.c.is_exercise.is_(False))
        with self._connections.reading() as connection:
            return self._decode_all(Notice, connection.scalars(query))

    def last_notices(self, groups: Iterable[str]) -> dict[str, Notice]:
        """The newest notice of each chain that has one."""
        with self._connections.reading() as connection:
            highest = select(notices.c.group, func.max(notices.c.number).label("number")).group_by(notices.c.group)
            seen = {row.group: row.number for row in select_in(connection, highest, notices.c.group, groups)}
            query = select(notices.c.group, notices.c.number, notices.c.payload)
            found = list(select_in(connection, query, notices.c.group, seen))
        return {row.group: self._decode(Notice, row.payload) for row in found if seen[row.group] == row.number}

    def open_chains(self) -> dict[str, list[Notice]]:
        """For each chain whose last notice does not end it: its notices since it last ended, oldest first."""
        ends = notices.c.cause.in_(("resolved", "retracted"))
        last = select(notices.c.group, func.max(notices.c.number).label("number")).group_by(notices.c.group).subquery()
        is_last = and_(notices.c.group == last.c.group, notices.c.number == last.c.number)
        query = select(notices.c.group).join(last, is_last).where(~ends)
        with self._connections.reading() as connection:
            groups = list(connection.scalars(query))
            chains = {group: self._decode_all(Notice, _newest_of(connection, group)) for group in groups}
        return {group: [*takewhile(lambda n: not n.ends_chain, chain)][::-1] for group, chain in chains.items()}

    def channels_told(self, group: str) -> frozenset[str]:
        """The channels that a chain's notices went to since it last ended: they have to hear of its end as well."""
        newest = (
            select(notices.c.id, notices.c.payload).where(notices.c.group == group).order_by(notices.c.number.desc())
        )
        with self._connections.reading() as connection:
            rows = connection.execute(newest.limit(MOST_OF_A_RUN))
            run = takewhile(lambda row: not self._decode(Notice, row.payload).ends_chain, rows)
            query = select(deliveries.c.channel).distinct()
            found = select_in(connection, query, deliveries.c.notice_id, [row.id for row in run])
            return frozenset(row.channel for row in found)


def put_notices(connection: Connection, new: Sequence[Notice], channels_of: ChannelsOf) -> int:
    """What `add_notices` does, inside a transaction that is already open, such as the one that saves alerts."""
    given = {notice.id: notice for notice in new}
    known = {row[0] for row in select_in(connection, select(notices.c.id), notices.c.id, given)}
    fresh = [notice for notice in given.values() if notice.id not in known]
    insert_rows(connection, notices, [_notice_to_row(notice) for notice in fresh])
    told = [{"alert_id": alert, "notice_id": n.id} for n in fresh for alert in dict.fromkeys(n.alert_ids)]
    insert_rows(connection, notice_alerts, told)
    out = [_make_delivery_row(n, channel) for n in fresh for channel in dict.fromkeys(channels_of(n))]
    insert_rows(connection, deliveries, out)
    return len(fresh)


def _newest_of(connection: Connection, group: str) -> list[str]:
    query = select(notices.c.payload).where(notices.c.group == group).order_by(notices.c.number.desc())
    return list(connection.scalars(query.limit(MOST_OF_A_RUN)))


def _notice_to_row(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "group": notice.group,
        "number": notice.number,
        "cause": notice.cause,
        "made_at": notice.made_at,
        "is_exercise": notice.is_exercise,
        "payload": to_json(notice),
    }


def _make_delivery_row(notice: Notice, channel: str) -> dict[str, Any]:
    return {
        "notice_id": notice.id,
        "channel": channel,
        "state": "waiting",
        "rank": _RANKS[notice.precedence],
        "attempts": 0,
        "next_at": notice.made_at,
        "lease_until": None,
        "changed_at": notice.made_at,
        "fault": None,
    }
