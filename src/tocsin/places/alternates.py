"""Alternate names from GeoNames' own table of them, brought to the places they belong to.

The table is ordered by its own numbers, not by places, and has millions of lines: it is sorted in a scratch file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from tocsin.errors import KnowledgeError
from tocsin.places.building import Step
from tocsin.places.bundled import is_written
from tocsin.places.dumps import read_lines
from tocsin.places.rows import read_whole

#: What the third column may hold that is no name at all, and stands nowhere among the names of the main table.
_NO_NAMES = frozenset({"link", "wkdt", "post", "phon", "piny", "unlc"})
#: Codes of airports and stations: they may stand among the names of the main table and are taken out there.
_CODES = frozenset({"iata", "icao", "faac", "tcid", "abbr"})
_BATCH = 50_000


class AlternateNames:
    """The names of each place in the tables read, sorted in the SQLite file `scratch`, which the caller removes."""

    def __init__(self, scratch: Path, step: Step) -> None:
        self._step = step
        self._connection = sqlite3.connect(scratch, isolation_level=None)
        self._connection.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-65536;"
            "CREATE TABLE read (number INTEGER NOT NULL, is_name INTEGER NOT NULL, name TEXT NOT NULL); BEGIN;"
        )

    def read(self, paths: Iterable[Path]) -> int:
        """Take the tables in and sort them; gives how many lines were kept. Raises KnowledgeError for a bad table."""
        kept = 0
        for path in paths:
            for batch in _batches(self._read(path)):
                self._connection.executemany("INSERT INTO read VALUES (?,?,?)", batch)
                kept += len(batch)
        self._step("sorting alternate names", 0, None)
        self._connection.executescript(
            "CREATE TABLE names (number INTEGER NOT NULL, is_name INTEGER NOT NULL, name TEXT NOT NULL,"
            " PRIMARY KEY (number, is_name, name)) WITHOUT ROWID;"
            "INSERT OR IGNORE INTO names SELECT * FROM read ORDER BY 1, 2, 3; DROP TABLE read;"
        )
        return kept

    def find(self, number: int, listed: tuple[str, ...]) -> tuple[str, ...]:
        """The names of a place: those `listed` with it and those of the tables, without codes and historical names."""
        rows = self._connection.execute("SELECT is_name, name FROM names WHERE number = ?", (number,)).fetchall()
        if not rows:
            return listed
        names = {name for is_name, name in rows if is_name}
        gone = {name for is_name, name in rows if not is_name} - names
        return (*(n for n in listed if n not in gone), *(n for n in sorted(names) if n not in listed and is_written(n)))

    def close(self) -> None:
        """Let the scratch file go."""
        self._connection.close()

    def _read(self, path: Path) -> Iterator[tuple[int, int, str]]:
        def told(done: int, total: int) -> None:
            self._step(f"reading {path.name}", done, total)

        for line, text in enumerate(read_lines(path, told=told), 1):
            cells = text.split("\t")
            if len(cells) < 8:
                why = f"must have the 8 or 10 columns of GeoNames' alternate names, has {len(cells)}"
                raise KnowledgeError("dump", f"{path}, line {line}", why)
            try:
                number = read_whole(cells[1])
            except ValueError as why_not:
                raise KnowledgeError("dump", f"{path}, line {line}", f"{why_not}: a place's number") from why_not
            if cells[2] in _NO_NAMES or not cells[3]:
                continue
            is_name = cells[2] not in _CODES and cells[7].strip() != "1"  # column 8: historical
            yield number, int(is_name), cells[3]


def _batches(rows: Iterable[tuple[int, int, str]]) -> Iterator[list[tuple[int, int, str]]]:
    batch: list[tuple[int, int, str]] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch
