"""What waits to be sent: claimed for a while (a lease), sent, written down; notices and reports by e-mail alike.

The tables that hold it have the columns `channel`, `state`, `attempts`, `next_at`, `lease_until`, `changed_at` and
`fault`. A worker that dies leaves a row `sending`; when the lease is over it is due again. Each claim counts `attempts`
up, and only who holds the newest claim may finish it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, update

from tocsin.errors import StoreError
from tocsin.records import DeliveryState

#: No wait and no lease is made longer than this: one that seems to be shows that the clock was put back.
LONGEST_WAIT = timedelta(hours=3)
MAX_FAULT_CHARS = 500


def is_waiting(table: Table, now: datetime) -> ColumnElement[bool]:
    """Rows whose next try is due."""
    at = table.c.next_at
    return and_(table.c.state == "waiting", or_(at <= now, at > now + LONGEST_WAIT))


def is_lapsed(table: Table, now: datetime) -> ColumnElement[bool]:
    """Rows that a worker took and did not finish while its lease lasted."""
    until = table.c.lease_until
    return and_(table.c.state == "sending", or_(until <= now, until > now + LONGEST_WAIT))


def is_due(table: Table, now: datetime) -> ColumnElement[bool]:
    """Both."""
    return or_(is_waiting(table, now), is_lapsed(table, now))


def cut_fault(fault: str | None) -> str | None:
    """Why an attempt failed, as long as a row holds it."""
    return None if fault is None else fault[:MAX_FAULT_CHARS]


def finish_row(
    connection: Connection,
    table: Table,
    claimed: Sequence[ColumnElement[bool]],
    state: DeliveryState,
    *,
    at: datetime,
    next_at: datetime | None,
    fault: str | None,
) -> bool:
    """Say what became of an attempt; False (and nothing written) if somebody else holds the row by now.

    claimed  what the row was when it was claimed: its key and its `attempts`
    state    sent, given-up, or waiting, which needs `next_at`. Raises StoreError for anything else
    """
    if (state == "waiting") != (next_at is not None) or state == "sending":
        raise StoreError("delivery state", state, "must be sent, given-up, or waiting with the time of the next try")
    done = connection.execute(
        update(table)
        .where(*claimed, table.c.state == "sending")
        .values(state=state, next_at=next_at, lease_until=None, changed_at=at, fault=cut_fault(fault))
    )
    return done.rowcount == 1


def retry_rows(connection: Connection, table: Table, channel: str, at: datetime) -> int:
    """Try everything of a channel again that waits or was given up; how many rows that is."""
    again = table.c.state.in_(("given-up", "waiting"))
    done = connection.execute(
        update(table)
        .where(table.c.channel == channel, again)
        .values(state="waiting", attempts=0, next_at=at, changed_at=at)
    )
    return done.rowcount
