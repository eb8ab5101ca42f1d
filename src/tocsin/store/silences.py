"""What people asked the desk not to ring for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, select, update

from tocsin.errors import StoreError, UnknownIdError
from tocsin.records import Silence, from_json, to_json
from tocsin.store.base import StoreBase
from tocsin.store.tables import silences


class Silences(StoreBase):
    """The part of the store that remembers silences; none is ever taken out."""

    def add_silence(self, silence: Silence) -> None:
        """Keep one; raises StoreError where it ends before it begins."""
        if silence.ends_at <= silence.starts_at:
            raise StoreError("silence", silence.ends_at.isoformat(), "must end after it begins")
        row = {
            "id": silence.id,
            "ends_at": silence.ends_at,
            "is_exercise": silence.is_exercise,
            "payload": to_json(silence),
        }
        with self._connections.writing() as connection:
            if connection.scalar(select(silences.c.id).where(silences.c.id == silence.id)) is None:
                connection.execute(insert(silences), row)

    def end_silence(self, silence_id: str, at: datetime, by: str | None = None) -> Silence:
        """End one before its time; one that is over stays as it is. Raises UnknownIdError."""
        with self._connections.writing() as connection:
            payload = connection.scalar(select(silences.c.payload).where(silences.c.id == silence_id))
            if payload is None:
                raise UnknownIdError("silence", silence_id, "is not in the store")
            silence = from_json(Silence, payload)
            if silence.ended_at is not None or silence.ends_at <= at:
                return silence
            ended = replace(silence, ended_at=at, ended_by=by)
            connection.execute(
                update(silences).where(silences.c.id == silence_id).values(payload=to_json(ended), ends_at=at)
            )
            return ended

    def silences(self, *, after: datetime | None = None, limit: int = 500) -> list[Silence]:
        """Those that end after a time (all without one), the last to end first."""
        query = select(silences.c.payload).order_by(silences.c.ends_at.desc(), silences.c.id).limit(limit)
        if after is not None:
            query = query.where(silences.c.ends_at > after)
        with self._connections.reading() as connection:
            return self._decode_all(Silence, connection.scalars(query))
