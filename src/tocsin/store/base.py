"""What every part of the store stands on: its connections, and small ways of reading and writing rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, bindparam, delete, insert, select, update

from tocsin.records import from_json
from tocsin.store.connecting import Connections

T = TypeVar("T")
#: Ids in one statement: far below the variables that SQLite (32,766) and PostgreSQL (65,535) allow.
BATCH = 500
#: Records that stay decoded. They are frozen and found by their whole JSON text, so that none can be out of date.
DECODED = 4096


class StoreBase:
    """Connections and the memory of decoded records."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._remember: Any = lru_cache(maxsize=DECODED)(from_json)

    @property
    def _dialect(self) -> str:
        return self._connections.dialect

    def _decode(self, kind: type[T], payload: str) -> T:
        record: T = self._remember(kind, payload)
        return record

    def _decode_all(self, kind: type[T], payloads: Iterable[str]) -> list[T]:
        return [self._decode(kind, payload) for payload in payloads]


def select_in(
    connection: Connection, query: Select[*tuple[Any, ...]], column: ColumnElement[Any], values: Iterable[Any]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows of `query` whose `column` is one of `values`, however many those are."""
    for some in batch_values(values):
        yield from connection.execute(query.where(column.in_(some)))


def select_by_id(connection: Connection, query: Select[*tuple[Any, ...]], ids: Iterable[str]) -> dict[str, Any]:
    """The rows of `query`, whose first column is a key, by that key and in the order of `ids`."""
    asked = list(dict.fromkeys(ids))
    found = {row[0]: row for row in select_in(connection, query, query.selected_columns[0], asked)}
    return {i: found[i] for i in asked if i in found}


def delete_in(connection: Connection, column: Column[Any], values: Iterable[Any]) -> None:
    """Take out the rows whose `column` is one of `values`."""
    for some in batch_values(values):
        connection.execute(delete(column.table).where(column.in_(some)))


def batch_values(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """The distinct values in their order, `BATCH` at a time."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), BATCH):
        yield distinct[start : start + BATCH]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows, if any."""
    if rows:
        connection.execute(insert(table), list(rows))


def put_rows(connection: Connection, key: Column[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add each row, or give the row of the same `key` its values. A writer is alone, so none comes in between."""
    table: Any = key.table
    known = {row[0] for row in select_in(connection, select(key), key, [row[key.name] for row in rows])}
    insert_rows(connection, table, [row for row in rows if row[key.name] not in known])
    if changed := [{**row, "_key": row[key.name]} for row in rows if row[key.name] in known]:
        names = [name for name in changed[0] if name not in ("_key", key.name)]
        connection.execute(
            update(table).where(key == bindparam("_key")).values({name: bindparam(name) for name in names}), changed
        )
