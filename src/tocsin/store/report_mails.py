"""Reports sent by e-mail, and the way out of each copy: claimed, sent and written down as `leases` says.

Two workers never hold the same copy: it is taken by an update that only fits while it is still due. A worker that dies
leaves it `sending`; when the lease is over it is due again, under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from tocsin.records import DeliveryState, to_json
from tocsin.records.report_mail import ReportCopy, ReportMail
from tocsin.store.base import StoreBase, insert_rows, select_in
from tocsin.store.leases import finish_row, is_due, retry_rows
from tocsin.store.tables import report_copies, report_mails


class ReportMails(StoreBase):
    """The part of the store that remembers which reports left by e-mail."""

    def add_report_mail(self, mail: ReportMail, body: bytes) -> bool:
        """Keep a sending with its file and its copies, in one transaction; False where it is kept already."""
        row = {
            "id": mail.id,
            "report_id": mail.report_id,
            "is_exercise": mail.is_exercise,
            "payload": to_json(mail),
            "body": body,
        }
        with self._connections.writing() as connection:
            if connection.scalar(select(report_mails.c.id).where(report_mails.c.id == mail.id)) is not None:
                return False
            connection.execute(insert(report_mails), row)
            insert_rows(connection, report_copies, [_make_copy(mail, one) for one in dict.fromkeys(mail.recipients)])
        return True

    def report_mails(self, report_id: str, limit: int = 100) -> list[ReportMail]:
        """The sendings of a report, the last first."""
        query = select(report_mails.c.payload).where(report_mails.c.report_id == report_id)
        with self._connections.reading() as connection:
            rows = connection.scalars(query.order_by(report_mails.c.seq.desc()).limit(limit))
            return self._decode_all(ReportMail, rows)

    def report_copies(self, mail_ids: Iterable[str]) -> dict[str, list[ReportCopy]]:
        """What became of the copies of some sendings, by sending and recipient."""
        found: dict[str, list[ReportCopy]] = {}
        with self._connections.reading() as connection:
            for row in select_in(connection, select(report_copies), report_copies.c.mail_id, mail_ids):
                found.setdefault(row.mail_id, []).append(_row_to_copy(row))
        return {id_: sorted(held, key=lambda copy: copy.recipient) for id_, held in found.items()}

    def open_report_copies(self, limit: int) -> list[ReportCopy]:
        """Copies that wait, are being sent or were given up, the last changed first."""
        query = select(report_copies).where(report_copies.c.state.in_(("waiting", "sending", "given-up")))
        order = (report_copies.c.changed_at.desc(), report_copies.c.mail_id, report_copies.c.recipient)
        with self._connections.reading() as connection:
            return [_row_to_copy(row) for row in connection.execute(query.order_by(*order).limit(limit))]

    def due_mail_channels(self, now: datetime) -> list[str]:
        """The channels that have a copy to send, by name; reads only."""
        query = select(report_copies.c.channel).distinct().where(is_due(report_copies, now))
        with self._connections.reading() as connection:
            return sorted(connection.scalars(query))

    def claim_report_copy(
        self, channel: str, now: datetime, lease_seconds: float
    ) -> tuple[ReportCopy, ReportMail, bytes] | None:
        """Hold the copy that is due longest, for so many seconds; None where none is due."""
        due = select(report_copies).where(report_copies.c.channel == channel, is_due(report_copies, now))
        due = due.order_by(report_copies.c.next_at, report_copies.c.mail_id, report_copies.c.recipient).limit(1)
        with self._connections.reading() as connection:  # idle, the usual state, costs no turn of the writers
            if connection.execute(due).first() is None:
                return None
        with self._connections.writing() as connection:
            row = connection.execute(due).first()
            if row is None:
                return None
            until = now + timedelta(seconds=lease_seconds)
            connection.execute(
                update(report_copies)
                .where(*_is_row(row.mail_id, row.recipient, row.attempts))
                .values(state="sending", attempts=row.attempts + 1, next_at=None, lease_until=until, changed_at=now)
            )
            kept = select(report_mails.c.payload, report_mails.c.body).where(report_mails.c.id == row.mail_id)
            mail = connection.execute(kept).one()
        copy = ReportCopy(row.mail_id, row.recipient, channel, "sending", row.attempts + 1, None, now, row.fault)
        return copy, self._decode(ReportMail, mail.payload), bytes(mail.body)

    def finish_report_copy(
        self,
        copy: ReportCopy,
        state: DeliveryState,
        *,
        at: datetime,
        next_at: datetime | None = None,
        fault: str | None = None,
    ) -> bool:
        """Say what became of a copy as it was claimed; False (and nothing written) if somebody else holds it by now."""
        with self._connections.writing() as connection:
            mine = _is_row(copy.mail_id, copy.recipient, copy.attempts)
            return finish_row(connection, report_copies, mine, state, at=at, next_at=next_at, fault=fault)

    def retry_report_copies(self, channel: str, at: datetime) -> int:
        """Try every copy of a channel again that waits or was given up; how many that is."""
        with self._connections.writing() as connection:
            return retry_rows(connection, report_copies, channel, at)


def _make_copy(mail: ReportMail, recipient: str) -> dict[str, Any]:
    return {
        "mail_id": mail.id,
        "recipient": recipient,
        "channel": mail.channel,
        "state": "waiting",
        "attempts": 0,
        "next_at": mail.made_at,
        "lease_until": None,
        "changed_at": mail.made_at,
        "fault": None,
    }


def _row_to_copy(row: Row[*tuple[Any, ...]]) -> ReportCopy:
    return ReportCopy(
        row.mail_id, row.recipient, row.channel, row.state, row.attempts, row.next_at, row.changed_at, row.fault
    )


def _is_row(mail_id: str, recipient: str, attempts: int) -> tuple[ColumnElement[bool], ...]:
    c = report_copies.c
    return c.mail_id == mail_id, c.recipient == recipient, c.attempts == attempts
