"""What all tables are made of: kinds of columns, and the revisions of the schema."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Index, Integer, MetaData, String, Table
from sqlalchemy.types import TypeDecorator

from tocsin.errors import StoreError

#: Schema revisions in order, oldest first; the last is the one this code works with. Each is a file in migrations/.
REVISIONS = (
    "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013", "0014",
    "0015",
)  # fmt: skip


class Moment(TypeDecorator[datetime]):
    """An aware time as ISO 8601 in UTC, always with microseconds: sorts as text, reads alike in any shell."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text to keep."""
        if value is not None and value.tzinfo is None:
            raise StoreError("time", value.isoformat(), "must carry a time zone")
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The time that was kept."""
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A day as ISO 8601."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text to keep."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:  # noqa: ARG002
        """The day that was kept."""
        return None if value is None else date.fromisoformat(value)


#: 64 bits on PostgreSQL; on SQLite the row's own number, which only the type INTEGER gives.
Sequence = BigInteger().with_variant(Integer, "sqlite")
Id = String(40)
metadata = MetaData()


def needed(name: str, kind: Any, *more: Any, **options: Any) -> Column[Any]:
    """A column that is never empty."""
    return Column(name, kind, *more, nullable=False, **options)


def seq() -> Column[Any]:
    """The order of writing."""
    return Column("seq", Sequence, primary_key=True, autoincrement=True)


def keyed_pair(name: str, first: Column[Any], second: Column[Any]) -> Table:
    """A table of pairs, found from either side; on SQLite the primary key is the table."""
    table = Table(name, metadata, first, second, sqlite_with_rowid=False)
    Index(f"ix_{name}_{second.name}", second)
    return table
