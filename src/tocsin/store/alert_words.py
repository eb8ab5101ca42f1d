"""Alerts as kept: what the desk derives, a person's word upon it, and the history of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import get_args

from sqlalchemy import Connection, select

from tocsin.errors import StoreError, UnknownIdError
from tocsin.records import Alert, AlertState, to_json
from tocsin.records.alert import AlertWord
from tocsin.store.base import StoreBase, insert_rows, put_rows, select_in
from tocsin.store.rows import Word, alert_to_row, read_alert, row_to_alert
from tocsin.store.tables import alert_history, alerts


class AlertWords(StoreBase):
    """The part of the store that keeps what people say of alerts."""

    def set_alert_state(
        self,
        alert_id: str,
        state: AlertState,
        note: str | None,
        at: datetime,
        *,
        assigned_to: str | None = None,
        who: str | None = None,
    ) -> Alert:
        """Keep a person's word on an alert; `who` is the name that the alert's history keeps.

        While it stands, the desk may only resolve or retract the alert; a person's "firing" gives it back to the desk.
        A note or name of None leaves the one there is; an empty name takes it away.
        """
        if state not in get_args(AlertState):
            raise StoreError("alert state", state, f"must be one of {', '.join(get_args(AlertState))}")
        with self._connections.writing() as connection:
            row = connection.execute(select(alerts).where(alerts.c.id == alert_id)).one_or_none()
            if row is None:
                raise UnknownIdError("alert", alert_id, "is not in the store")
            word = Word(
                None if state == "firing" else state,
                row.person_note if note is None else note,
                row.assigned_to if assigned_to is None else assigned_to,
            )
            before = Word(row.person_state, row.person_note, row.assigned_to)
            held = _load_alerts(connection, [alert_id])
            if before == word and word.state is not None and held[0].state == state:
                return held[0]  # said already, by who was not answered or clicked twice
            put_rows(connection, alerts.c.id, [alert_to_row(read_alert(row.payload), word, state, at)])
            held = _load_alerts(connection, [alert_id])
            _append_history(connection, held, "person", who)
            return held[0]

    def alert_history(self, alert_id: str) -> list[AlertWord]:
        """What the desk and people said of an alert, the newest first."""
        query = select(alert_history).where(alert_history.c.alert_id == alert_id).order_by(alert_history.c.seq.desc())
        with self._connections.reading() as connection:
            rows = list(connection.execute(query))
        return [
            AlertWord(
                row.at, row.made_by == "person", row.state, row.person, row.note,
                self._decode(Alert, row.payload).assigned_to,
            )
            for row in rows
        ]  # fmt: skip


def save_alerts(connection: Connection, new: Sequence[Alert]) -> None:
    """Write the alerts that the desk derived where they differ, in a transaction that is open; a word stays on them."""
    rows = []
    latest = {alert.id: alert for alert in new}
    kept = {row.id: row for row in select_in(connection, select(alerts), alerts.c.id, latest)}
    for alert in latest.values():
        row = kept.get(alert.id)
        if row is None:
            rows.append(alert_to_row(alert, None, alert.state, alert.updated_at))
            continue
        before = read_alert(row.payload)
        if not _is_same(alert, before):
            word = Word(row.person_state, row.person_note, row.assigned_to)
            # Only the desk's own end of an alert goes over a person's word.
            state = word.state if alert.state == "firing" and word.state else alert.state
            lasting = replace(alert, fired_at=before.fired_at or alert.fired_at)
            rows.append(alert_to_row(lasting, word, state, alert.updated_at))
    put_rows(connection, alerts.c.id, rows)
    _append_history(connection, _load_alerts(connection, [row["id"] for row in rows]), "desk")


def _is_same(new: Alert, derived: Alert) -> bool:
    """Whether the desk says what it said; that it says so later is no change."""
    return replace(new, updated_at=derived.updated_at, fired_at=derived.fired_at) == derived


def _load_alerts(connection: Connection, alert_ids: Sequence[str]) -> list[Alert]:
    return [row_to_alert(row) for row in select_in(connection, select(alerts), alerts.c.id, alert_ids)]


def _append_history(connection: Connection, changed: Sequence[Alert], made_by: str, person: str | None = None) -> None:
    rows = [
        {
            "alert_id": alert.id,
            "at": alert.updated_at,
            "made_by": made_by,
            "person": person,
            "state": alert.state,
            "note": alert.note,
            "is_exercise": alert.is_exercise,
            "payload": to_json(alert),
        }
        for alert in changed
    ]
    insert_rows(connection, alert_history, rows)
