"""What every part of the store stands on: its connections, and small ways of reading and writing rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, bindparam, delete, insert, select, update

from tocsin.store.connecting import Connections
from tocsin.store.decoding import Decoded

T = TypeVar("T")
#: Ids in one statement: far below the variables that SQLite (32,766) and PostgreSQL (65,535) allow.
BATCH = 500


class StoreBase:
    """Connections and the memory of decoded records."""

    def __init__(self, connections: Connections, decoded: Decoded) -> None:
        self._connections = connections
        self._decoded = decoded

    @property
    def _dialect(self) -> str:
        return self._connections.dialect

    def _decode(self, kind: type[T], payload: str) -> T:
        return self._decoded.decode(kind, payload)

    def _decode_all(self, kind: type[T], payloads: Iterable[str]) -> list[T]:
        return [self._decode(kind, payload) for payload in payloads]


def select_in(
    connection: Connection, query: Select[*tuple[Any, ...]], column: ColumnElement[Any], values: Iterable[Any]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows of `query` whose `column` is one of `values`, however many those are."""
    for some in batch_values(values):
        yield from connection.execute(query.where(_is_one_of(column)), {"_some": some})


def select_by_id(connection: Connection, query: Select[*tuple[Any, ...]], ids: Iterable[str]) -> dict[str, Any]:
    """The rows of `query`, whose first column is a key, by that key and in the order of `ids`."""
    asked = list(dict.fromkeys(ids))
    found = {row[0]: row for row in select_in(connection, query, query.selected_columns[0], asked)}
    return {i: found[i] for i in asked if i in found}


def delete_in(connection: Connection, column: Column[Any], values: Iterable[Any]) -> None:
    """Take out the rows whose `column` is one of `values`."""
    for some in batch_values(values):
        connection.execute(delete(column.table).where(_is_one_of(column)), {"_some": some})


def _is_one_of(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """A condition whose values come as the parameter `_some`: given in it, each would be looked at and wrapped."""
    return column.in_(bindparam("_some", type_=column.type, expanding=True))


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
