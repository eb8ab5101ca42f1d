"""Deliveries: how far the telling of each notice got on each channel, claimed, sent and written down as `leases` says.

A worker that dies leaves its deliveries to the next one, under the same identifiers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from tocsin.errors import RecordError
from tocsin.records import Delivery, DeliveryState, Notice
from tocsin.store.base import StoreBase
from tocsin.store.leases import cut_fault, finish_row, is_due, is_lapsed, is_waiting, retry_rows
from tocsin.store.tables import deliveries, notices


class Deliveries(StoreBase):
    """The part of the store that knows what is still to be sent, and what became of it."""

    def due_channels(self, now: datetime) -> list[str]:
        """The channels that have something to send, by name; reads only."""
        query = select(deliveries.c.channel).distinct().where(is_due(deliveries, now))
        with self._connections.reading() as connection:
            return sorted(connection.scalars(query))

    def claim_deliveries(
        self, now: datetime, limit: int, lease_seconds: float, *, channel: str | None = None
    ) -> list[tuple[Delivery, Notice]]:
        """Hold up to `limit` due deliveries for `lease_seconds`, the gravest and then the longest due first.

        Two workers never hold the same one: each row is taken by an update that only fits if it is still due. One whose
        notice cannot be read back is given up, with the reason, and holds up no other. Where an earlier notice of the
        same chain waits for its next try, it is tried first, once: else an alarm could come after its own end.
        """
        with self._connections.reading() as connection:  # idle, the usual state, costs no turn of the writers
            if not _find_due(connection, now, 1, channel):
                return []
        held = []
        with self._connections.writing() as connection:
            for due in _find_due(connection, now, limit, channel):
                row = _find_earlier(connection, due, now) or due
                claimed = Delivery(row.notice_id, row.channel, "sending", row.attempts + 1, None, now, row.fault)
                try:
                    notice = self._decode(Notice, row.payload)
                except RecordError as why:
                    _take(connection, replace(claimed, state="given-up", fault=f"cannot be read back ({why})"), None)
                    continue
                if _take(connection, claimed, now + timedelta(seconds=lease_seconds)):
                    held.append((claimed, notice))
        return held

    def finish_delivery(
        self,
        notice_id: str,
        channel: str,
        attempt: int,
        state: DeliveryState,
        *,
        at: datetime,
        next_at: datetime | None = None,
        fault: str | None = None,
    ) -> bool:
        """Say what became of an attempt; False (and nothing written) if somebody else holds the delivery by now.

        state     sent, given-up, or waiting, which needs `next_at`. Raises StoreError for anything else
        attempt   the `attempts` of the delivery as it was claimed
        """
        with self._connections.writing() as connection:
            mine = _is_row(notice_id, channel, attempt)
            return finish_row(connection, deliveries, mine, state, at=at, next_at=next_at, fault=fault)

    def retry_deliveries(self, channel: str, at: datetime) -> int:
        """Try everything of a channel again that waits or was given up; how many deliveries that is."""
        with self._connections.writing() as connection:
            return retry_rows(connection, deliveries, channel, at)

    def deliveries(
        self,
        *,
        states: Sequence[DeliveryState] | None = None,
        channel: str | None = None,
        notice_id: str | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """Deliveries that meet all that is given, the last changed first."""
        order = (deliveries.c.changed_at.desc(), deliveries.c.notice_id, deliveries.c.channel)
        query = select(deliveries).order_by(*order).limit(limit)
        if states is not None:
            query = query.where(deliveries.c.state.in_(states))
        if channel is not None:
            query = query.where(deliveries.c.channel == channel)
        if notice_id is not None:
            query = query.where(deliveries.c.notice_id == notice_id)
        with self._connections.reading() as connection:
            return [_row_to_delivery(row) for row in connection.execute(query)]

    def delivery_counts(self) -> dict[str, dict[DeliveryState, int]]:
        """How many deliveries each channel has in each state, by channel; states without any are left out."""
        query = select(deliveries.c.channel, deliveries.c.state, func.count())
        counts: dict[str, dict[DeliveryState, int]] = {}
        with self._connections.reading() as connection:
            grouped = query.group_by(deliveries.c.channel, deliveries.c.state).order_by(deliveries.c.channel)
            for channel, state, count in connection.execute(grouped):
                counts.setdefault(channel, {})[state] = count
        return counts


def _row_to_delivery(row: Row[*tuple[Any, ...]]) -> Delivery:
    return Delivery(row.notice_id, row.channel, row.state, row.attempts, row.next_at, row.changed_at, row.fault)


def _is_row(notice_id: str, channel: str, attempts: int) -> tuple[ColumnElement[bool], ...]:
    return deliveries.c.notice_id == notice_id, deliveries.c.channel == channel, deliveries.c.attempts == attempts


def _take(connection: Connection, taken: Delivery, lease_until: datetime | None) -> bool:
    """Write a claim, if the delivery is still due and nobody else has claimed it."""
    now = taken.changed_at
    done = connection.execute(
        update(deliveries)
        .where(*_is_row(taken.notice_id, taken.channel, taken.attempts - 1), is_due(deliveries, now))
        .values(
            state=taken.state,
            attempts=taken.attempts,
            next_at=None,
            lease_until=lease_until,
            changed_at=now,
            fault=cut_fault(taken.fault),
        )
    )
    return done.rowcount == 1


def _find_due(connection: Connection, now: datetime, limit: int, channel: str | None) -> list[Row[*tuple[Any, ...]]]:
    """What a crash left and what waits: one query each, because either then walks its own stretch of the index."""
    found: list[Row[*tuple[Any, ...]]] = []
    for its_turn in (is_lapsed(deliveries, now), is_waiting(deliveries, now)):
        query = (
            select(deliveries, notices.c.payload, notices.c.group.label("chain"), notices.c.number)
            .join(notices, notices.c.id == deliveries.c.notice_id)
            .where(its_turn)
            .order_by(deliveries.c.rank.desc(), deliveries.c.next_at, notices.c.seq)
            .limit(limit - len(found))
        )
        if channel is not None:
            query = query.where(deliveries.c.channel == channel)
        if len(found) < limit:
            found += connection.execute(query)
    return found


def _find_earlier(connection: Connection, due: Row[*tuple[Any, ...]], now: datetime) -> Row[*tuple[Any, ...]] | None:
    """The first of a chain that waits on the channel and was not tried since `due` was last; from now on it is due."""
    query = (
        select(deliveries, notices.c.payload)
        .join(notices, notices.c.id == deliveries.c.notice_id)
        .where(deliveries.c.state == "waiting", deliveries.c.channel == due.channel)
        .where(deliveries.c.changed_at < due.changed_at)
        .where(notices.c.group == due.chain, notices.c.number < due.number)
        .order_by(notices.c.number)
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is not None:
        mine = _is_row(row.notice_id, row.channel, row.attempts)
        connection.execute(update(deliveries).where(*mine, deliveries.c.state == "waiting").values(next_at=now))
    return row
