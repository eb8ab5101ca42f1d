"""The outbox: what the desk told, and how far each telling got on each channel.

A notice and its deliveries are written in one transaction. A worker claims deliveries for a while (a lease), sends
them, and says what became of them. A worker that dies leaves them `sending`; when the lease is over they are due again,
under the same identifiers. Each claim counts `attempts` up, and only who holds the newest claim may finish it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from tocsin.errors import RecordError, StoreError, UnknownIdError
from tocsin.records import Delivery, DeliveryState, Notice, Precedence, to_json
from tocsin.store.base import StoreBase, insert_rows, select_in
from tocsin.store.tables import deliveries, notice_alerts, notices

#: No wait and no lease is made longer than this: one that seems to be shows that the clock was put back.
LONGEST_WAIT = timedelta(hours=3)
MAX_FAULT_CHARS = 500
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

    def last_notice(self, group: str) -> Notice | None:
        """The newest notice of a chain, or None where there is none."""
        return self.last_notices([group]).get(group)

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

    # --- the way out
    def due_channels(self, now: datetime) -> list[str]:
        """The channels that have something to send, by name; reads only."""
        query = select(deliveries.c.channel).distinct().where(or_(_is_waiting(now), _is_lapsed(now)))
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

        state     sent, given-up, or waiting, which needs `next_at`
        attempt   the `attempts` of the delivery as it was claimed
        """
        if (state == "waiting") != (next_at is not None) or state == "sending":
            raise StoreError(
                "delivery state", state, "must be sent, given-up, or waiting with the time of the next try"
            )
        with self._connections.writing() as connection:
            done = connection.execute(
                update(deliveries)
                .where(*_is_row(notice_id, channel, attempt), deliveries.c.state == "sending")
                .values(
                    state=state,
                    next_at=next_at,
                    lease_until=None,
                    changed_at=at,
                    fault=None if fault is None else fault[:MAX_FAULT_CHARS],
                )
            )
        return done.rowcount == 1

    def retry_deliveries(self, channel: str, at: datetime) -> int:
        """Try everything of a channel again that waits or was given up; how many deliveries that is."""
        again = or_(deliveries.c.state == "given-up", deliveries.c.state == "waiting")
        with self._connections.writing() as connection:
            done = connection.execute(
                update(deliveries)
                .where(deliveries.c.channel == channel, again)
                .values(state="waiting", attempts=0, next_at=at, changed_at=at)
            )
        return done.rowcount

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


def _row_to_delivery(row: Row[*tuple[Any, ...]]) -> Delivery:
    return Delivery(row.notice_id, row.channel, row.state, row.attempts, row.next_at, row.changed_at, row.fault)


def _is_row(notice_id: str, channel: str, attempts: int) -> tuple[ColumnElement[bool], ...]:
    return deliveries.c.notice_id == notice_id, deliveries.c.channel == channel, deliveries.c.attempts == attempts


def _is_waiting(now: datetime) -> ColumnElement[bool]:
    at = deliveries.c.next_at
    return and_(deliveries.c.state == "waiting", or_(at <= now, at > now + LONGEST_WAIT))


def _is_lapsed(now: datetime) -> ColumnElement[bool]:
    until = deliveries.c.lease_until
    return and_(deliveries.c.state == "sending", or_(until <= now, until > now + LONGEST_WAIT))


def _take(connection: Connection, taken: Delivery, lease_until: datetime | None) -> bool:
    """Write a claim, if the delivery is still due and nobody else has claimed it."""
    now = taken.changed_at
    done = connection.execute(
        update(deliveries)
        .where(*_is_row(taken.notice_id, taken.channel, taken.attempts - 1), or_(_is_waiting(now), _is_lapsed(now)))
        .values(
            state=taken.state,
            attempts=taken.attempts,
            next_at=None,
            lease_until=lease_until,
            changed_at=now,
            fault=None if taken.fault is None else taken.fault[:MAX_FAULT_CHARS],
        )
    )
    return done.rowcount == 1


def _find_due(connection: Connection, now: datetime, limit: int, channel: str | None) -> list[Row[*tuple[Any, ...]]]:
    """What a crash left and what waits: one query each, because either then walks its own stretch of the index."""
    found: list[Row[*tuple[Any, ...]]] = []
    for is_due in (_is_lapsed(now), _is_waiting(now)):
        query = (
            select(deliveries, notices.c.payload, notices.c.group.label("chain"), notices.c.number)
            .join(notices, notices.c.id == deliveries.c.notice_id)
            .where(is_due)
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
