"""Building the gazetteer's file: one SQLite file, made beside its place and then moved there in one step."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tocsin.errors import KnowledgeError
from tocsin.places.folding import fold_name
from tocsin.places.rows import GazetteerRow

#: Raised by one whenever the tables, the folding of names or the choice of names change.
SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE places (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, names TEXT NOT NULL, precision TEXT NOT NULL,
    country TEXT, lat REAL, lon REAL, parent TEXT, population INTEGER, feature TEXT NOT NULL, footnote TEXT
);
CREATE TABLE names (folded TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (folded, n)) WITHOUT ROWID;
CREATE TEMP TABLE unsorted (folded TEXT NOT NULL, n INTEGER NOT NULL);
"""
_FINISH = """
INSERT INTO names SELECT DISTINCT folded, n FROM unsorted ORDER BY folded, n;
CREATE UNIQUE INDEX places_id ON places (id);
CREATE INDEX places_capitals ON places (country) WHERE feature = 'capital';
CREATE INDEX places_sites ON places (parent) WHERE precision = 'site';
"""
_BATCH = 5_000


def digest_inputs(inputs: dict[str, str]) -> str:
    """Twelve hexadecimal digits that change with the inputs or the schema: part of the file's name."""
    told = json.dumps([SCHEMA_VERSION, sorted(inputs.items())])
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def build_file(target: Path, rows: Iterable[GazetteerRow], inputs: dict[str, str]) -> None:
    """Write the gazetteer to `target`; raises KnowledgeError where the folder refuses or an id comes twice.

    A crash at any moment leaves either no file of that name or the whole one.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=".part", dir=target.parent)
    except OSError as why:
        raise KnowledgeError("gazetteer folder", target.parent, f"cannot be written ({why.strerror or why})") from why
    os.close(handle)
    part = Path(name)
    try:
        with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as connection:
            _write(connection, rows, inputs)
        part.replace(target)
    except (sqlite3.Error, OSError) as why:
        raise KnowledgeError("gazetteer file", target, f"cannot be built ({why})") from why
    finally:
        part.unlink(missing_ok=True)


def is_whole(path: Path) -> bool:
    """Whether the file is as long as its own head says (bytes 16 and 28 of the SQLite format): not cut short."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
            size = os.fstat(file.fileno()).st_size
    except OSError:
        return False
    if len(head) < 100 or not head.startswith(b"SQLite format 3\x00"):
        return False
    page = int.from_bytes(head[16:18], "big")
    return size == (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big") > 0


def _write(connection: sqlite3.Connection, rows: Iterable[GazetteerRow], inputs: dict[str, str]) -> None:
    connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA temp_store=FILE;" + _SCHEMA)
    connection.execute("BEGIN")
    count = 0
    for first, batch in _batches(rows):
        places, names = [], []
        for n, row in enumerate(batch, first):
            places.append((
                n, row.id, row.name, "|".join(row.names), row.precision, row.country, row.lat, row.lon, row.parent,
                row.population, row.feature, row.footnote,
            ))  # fmt: skip
            names += [(folded, n) for folded in {fold_name(name) for name in (row.name, *row.names)} if folded]
        connection.executemany("INSERT INTO places VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", places)
        connection.executemany("INSERT INTO unsorted VALUES (?,?)", names)
        count += len(batch)
    for statement in filter(str.strip, _FINISH.split(";")):
        connection.execute(statement)
    meta = {"schema": str(SCHEMA_VERSION), "inputs": json.dumps(inputs), "places": str(count)}
    meta["names"] = str(connection.execute("SELECT count(*) FROM names").fetchone()[0])
    connection.executemany("INSERT INTO meta VALUES (?,?)", meta.items())
    connection.execute("COMMIT")


def _batches(rows: Iterable[GazetteerRow]) -> Iterator[tuple[int, list[GazetteerRow]]]:
    batch: list[GazetteerRow] = []
    first = 1
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield first, batch
            first, batch = first + _BATCH, []
    if batch:
        yield first, batch
