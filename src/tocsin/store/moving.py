"""All rows of one desk's database into another, empty one, whichever of the two is SQLite's and which PostgreSQL's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, String, Table, insert, select

from tocsin.errors import StoreError
from tocsin.store.connecting import Connections
from tocsin.store.tables import Day, Moment, article_words, claim_words, incident_words, metadata
from tocsin.store.upgrading import upgrade_schema

#: Rows in one statement: texts are held in memory for so long.
_AT_ONCE = 500
#: Word tables have no place in `metadata`, see `tables.articles`.
_WORDS = (article_words, claim_words, incident_words)


def move_rows(source: str | Path, target: str | Path) -> dict[str, int]:
    """Copy everything from one database into another that is empty; rows by table.

    Both are brought to this version's schema. One transaction each: what is copied is one state, and cut short the
    target is as empty as it was. Before it counts, every row is read back and compared. Raises StoreError.
    """
    held, made = Connections(source), Connections(target)
    try:
        upgrade_schema(held)
        upgrade_schema(made)
        with held.reading() as reading, made.writing() as writing:
            for connection in (reading, writing):
                _take_time(connection)
            _refuse_full(writing, made.name)
            return {table.name: _move_table(reading, writing, table, made.name) for table in list_tables()}
    finally:
        held.close()
        made.close()


def list_tables() -> list[Table]:
    """All tables, each after those that it refers to; times and days as the text that the database holds."""
    plain = MetaData()
    return [_make_plain(table, plain) for table in (*metadata.sorted_tables, *_WORDS)]


def _make_plain(table: Table, plain: MetaData) -> Table:
    made = table.to_metadata(plain)
    for column in made.columns:
        if isinstance(column.type, Moment | Day):
            column.type = String()
    return made


def _take_time(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {setting} = 0")


def _refuse_full(connection: Connection, name: str) -> None:
    for table in list_tables():
        if connection.execute(select(table).limit(1)).first() is not None:
            told = f"is not empty (it has rows in {table.name}): name a database that no desk has used yet"
            raise StoreError("database", name, told)


def _move_table(reading: Connection, writing: Connection, table: Table, name: str) -> int:
    sent, count = _Sum(), 0
    for rows in _read(reading, table):
        writing.execute(insert(table), [dict(row._mapping) for row in rows])
        sent.add(rows)
        count += len(rows)
    came = _Sum()
    for rows in _read(writing, table):
        came.add(rows)
    if came.value != sent.value:
        raise StoreError("database", name, f"gives back other rows of {table.name} than were written: nothing is kept")
    _count_on(writing, table)
    return count


def _read(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    # in the order of writing, or of the key: both databases sort texts by their bytes
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_AT_ONCE)
    with connection.execute(query) as found:
        yield from found.partitions()


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number the next row after the last; SQLite looks by itself."""
    if connection.dialect.name != "postgresql" or "seq" not in table.c:
        return
    counter = connection.exec_driver_sql(f"SELECT pg_get_serial_sequence('{table.name}', 'seq')").scalar()
    if counter:
        query = f"SELECT setval('{counter}', max(seq)) FROM {table.name} HAVING max(seq) IS NOT NULL"  # noqa: S608 - our own names
        connection.exec_driver_sql(query)


class _Sum:
    """A sum over rows that tells any two sets of them apart, in whatever order they come."""

    def __init__(self) -> None:
        self.value = 0

    def add(self, rows: Iterable[Any]) -> None:
        """Count rows in."""
        for row in rows:
            digest = hashlib.sha256(repr(tuple(row)).encode("utf-8", "surrogatepass")).digest()
            self.value += int.from_bytes(digest)
