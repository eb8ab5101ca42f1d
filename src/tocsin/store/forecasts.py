"""Histories that forecasts are made of, and every forecast that was made.

The exercise is never part of either: nothing here has to go with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from tocsin.errors import StoreError, UnknownIdError
from tocsin.ports import ForecastRun, KeptForecast, KeptHistory
from tocsin.store.base import StoreBase, batch_values, insert_rows, put_rows, select_in
from tocsin.store.tables import forecasts, histories

#: A name stands in addresses, tables and messages.
LONGEST_NAME = 80


class Forecasts(StoreBase):
    """The part of the store that remembers histories and forecasts."""

    def save_history(self, history: KeptHistory) -> None:
        """Keep a history whole, in the place of an earlier one of the same name; the earlier stays until then.

        Raises StoreError for a name that is empty, longer than 80 characters or of several lines, and where an imported
        history would take the name of an own one, or the other way round.
        """
        name = history.name
        if not name or name != " ".join(name.split()) or len(name) > LONGEST_NAME:
            raise StoreError("history name", name[:LONGEST_NAME], f"must be one line of 1 to {LONGEST_NAME} characters")
        row = {
            "name": name,
            "measure": history.measure,
            "period": history.period,
            "level": history.level,
            "imported_at": history.imported_at,
            "licence": history.licence,
            "is_own": history.is_own,
            "digest": history.digest,
            "payload": history.payload,
        }
        with self._connections.writing() as connection:
            held = connection.scalar(select(histories.c.is_own).where(histories.c.name == name))
            if held is not None and held != history.is_own:
                raise StoreError("history name", name, "is taken by a history of the other kind: choose another name")
            put_rows(connection, histories.c.name, [row])

    def history(self, name: str) -> KeptHistory:
        """One history; raises UnknownIdError."""
        with self._connections.reading() as connection:
            row = connection.execute(select(histories).where(histories.c.name == name)).one_or_none()
        if row is None:
            raise UnknownIdError("history", name, "is not in the store: see tocsin forecast list")
        return _row_to_history(row)

    def histories(self) -> list[KeptHistory]:
        """All of them: imported ones first, then own ones, each by name."""
        with self._connections.reading() as connection:
            rows = connection.execute(select(histories).order_by(histories.c.is_own, histories.c.name))
            return [_row_to_history(row) for row in rows]

    def history_digests(self, *, is_own: bool) -> dict[str, str]:
        """Name to digest, without reading the counts."""
        query = select(histories.c.name, histories.c.digest).where(histories.c.is_own.is_(is_own))
        with self._connections.reading() as connection:
            return {row.name: row.digest for row in connection.execute(query.order_by(histories.c.name))}

    def add_forecasts(self, made: Sequence[KeptForecast]) -> int:
        """Keep forecasts, in one transaction; how many were new. A known one changes nothing."""
        given = {one.id: one for one in made}
        with self._connections.writing() as connection:
            known = {row.id for row in select_in(connection, select(forecasts.c.id), forecasts.c.id, given)}
            fresh = [one for one in given.values() if one.id not in known]
            for some in batch_values(fresh):
                insert_rows(connection, forecasts, [_forecast_to_row(one) for one in some])
        return len(fresh)

    def newest_run(self, history: str, *, basis: str | None = None) -> ForecastRun | None:
        """What the forecast of a history (of one basis, if asked for) that was kept last was made with, or None."""
        columns = (forecasts.c.basis, forecasts.c.known_to, forecasts.c.made_on, forecasts.c.seq)
        query = select(*columns).where(forecasts.c.history == history).order_by(forecasts.c.seq.desc()).limit(1)
        if basis is not None:
            query = query.where(forecasts.c.basis == basis)
        with self._connections.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else ForecastRun(history, row.basis, row.known_to, row.made_on, row.seq)

    def forecasts(
        self,
        history: str,
        *,
        units: Sequence[str] | None = None,
        model: str | None = None,
        basis: str | None = None,
        known_to: str | None = None,
        until: str | None = None,
        limit: int | None = None,
    ) -> list[KeptForecast]:
        """Forecasts of a history, latest target first, of one target the last kept first.

        units  those of so many units alone
        until  the last target, as it is written ("2026-02"); later ones are left out
        """
        query = _narrow(select(forecasts).where(forecasts.c.history == history), model, basis, known_to, until)
        query = query.order_by(forecasts.c.target.desc(), forecasts.c.seq.desc()).limit(limit)
        with self._connections.reading() as connection:
            rows = connection.execute(query) if units is None else select_in(connection, query, forecasts.c.unit, units)
            return [_row_to_forecast(row) for row in rows]


def _narrow(
    query: Select[Any], model: str | None, basis: str | None, known_to: str | None, until: str | None
) -> Select[Any]:
    if model is not None:
        query = query.where(forecasts.c.model == model)
    if basis is not None:
        query = query.where(forecasts.c.basis == basis)
    if known_to is not None:
        query = query.where(forecasts.c.known_to == known_to)
    return query if until is None else query.where(forecasts.c.target <= until)


def _row_to_history(row: Row[Any]) -> KeptHistory:
    return KeptHistory(
        row.name, row.measure, row.period, row.level, row.imported_at, row.licence, row.is_own, row.payload
    )


def _forecast_to_row(made: KeptForecast) -> dict[str, Any]:
    return {
        "id": made.id,
        "history": made.history,
        "basis": made.basis,
        "unit": made.unit,
        "measure": made.measure,
        "model": made.model,
        "known_to": made.known_to,
        "target": made.target,
        "made_on": made.made_on,
        "payload": made.payload,
    }


def _row_to_forecast(row: Row[Any]) -> KeptForecast:
    return KeptForecast(
        row.id, row.history, row.basis, row.unit, row.measure, row.model, row.known_to, row.target, row.made_on,
        row.payload,
    )  # fmt: skip
