"""The gazetteer's file as it is read: one SQLite file, opened read-only, from rows of numbers to places."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tocsin.errors import KnowledgeError
from tocsin.places.building import DEGREE, PRECISIONS, SCHEMA_VERSION
from tocsin.places.rows import GazetteerRow, read_number

_COLUMNS = "p.n, p.name, p.names, p.precision, p.feature, p.country, p.lat, p.lon, p.parent, p.population, p.footnote"
#: The world has a thousand unpeopled Mill Creeks, and nothing but their countries tells them apart.
MOST_UNPEOPLED = 40
_BY_NAME = """
JOIN (
    SELECT * FROM (SELECT rank, n FROM names WHERE folded = ? AND rank < 0 ORDER BY rank, n LIMIT ?)
    UNION ALL
    SELECT * FROM (SELECT rank, n FROM names WHERE folded = ? AND rank >= 0 ORDER BY rank, n LIMIT ?)
) AS a ON a.n = p.n ORDER BY a.rank, a.n
"""
_MAX_MAPPED = 0x7FFF0000  # what SQLite maps at most


class GazetteerFile:
    """A built file. Read-only; safe to call from several threads.

    Raises KnowledgeError where the file is missing, is no gazetteer, is of another schema or cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._connection = _open(path)
        self._closed = weakref.finalize(self, self._connection.close)
        self.meta = {key: json.loads(value) for key, value in self._rows("SELECT key, value FROM meta", ())}
        self._words: dict[int | None, str | None] = {None: None, **dict(self._rows("SELECT w, word FROM words", ()))}
        self._by_word = {word: w for w, word in self._words.items()}
        self._ids: dict[int, str] = {}
        self._own: dict[str, int] = {}
        self._numbers: dict[int, int] = {}
        self._aliases: dict[int, int] = {}
        for n, id_, number in self._rows("SELECT n, id, geonames FROM ids", ()):
            self._ids[n], self._own[id_] = id_, n
            if number is not None:
                self._numbers[n], self._aliases[number] = number, n

    def close(self) -> None:
        """Let the file go."""
        self._closed()

    def find(self, folded: str, limit: int) -> list[GazetteerRow]:
        """The places that bear a folded name: most peopled first, then areas, settlements, sites.

        At most `limit` with people and as many as `MOST_UNPEOPLED` without, since each row lies elsewhere on the disk.
        """
        return self._query(_BY_NAME, (folded, limit, folded, MOST_UNPEOPLED))

    def row(self, id: str) -> GazetteerRow | None:
        """The place with this id (or with this GeoNames number, where its id is another one), or None."""
        number = read_number(id)
        if number is None:
            own = self._own.get(id)
            return None if own is None else self._row(own)
        found = self._row(number)
        if found is None and number in self._aliases:
            found = self._row(self._aliases[number])
        return found

    def sites_in(self, id: str, feature: str) -> list[GazetteerRow]:
        """The sites of one kind whose parent is the place `id`."""
        number, w = read_number(id), self._by_word.get(feature)
        n = self._own.get(id) if number is None else number
        if n is None or w is None:
            return []
        return self._query("WHERE p.parent = ? AND p.feature = ? AND p.precision = 0", (n, w))

    def capitals(self, country: str) -> list[GazetteerRow]:
        """The places recorded as capital of a country."""
        return self._query("WHERE p.country = ? AND p.feature = 1", (self._by_word.get(country, -1),))

    def search(self, words: Sequence[str], country: str | None, limit: int) -> list[GazetteerRow]:
        """The places whose folded names have all these words, the last one or its beginning; most peopled first.

        Raises KnowledgeError where the file was built without full-text search.
        """
        if not self.meta.get("has_search"):
            why = "has no full-text search: the SQLite of this Python lacks FTS5; names are found whole only"
            raise KnowledgeError("gazetteer file", self.path, why)
        asked = " AND ".join(f'"{word}"' for word in words) + "*"
        where = "JOIN search ON search.rowid = p.n WHERE search MATCH ?"
        values: tuple[Any, ...] = (asked,)
        if country is not None:
            where, values = f"{where} AND p.country = ?", (asked, self._by_word.get(country, -1))
        return self._query(f"{where} ORDER BY coalesce(p.population, 0) DESC, p.n LIMIT ?", (*values, limit))

    def _row(self, n: int) -> GazetteerRow | None:
        return next(iter(self._query("WHERE p.n = ?", (n,))), None)

    def _query(self, where: str, values: tuple[Any, ...]) -> list[GazetteerRow]:
        found = self._rows(f"SELECT {_COLUMNS} FROM places AS p {where}", values)  # noqa: S608
        return [self._make_row(cells) for cells in found]

    def _make_row(self, cells: tuple[Any, ...]) -> GazetteerRow:
        n, name, names, precision, feature, country, lat, lon, parent, population, footnote = cells
        # By position: a common name makes a hundred and more of these.
        return GazetteerRow(
            f"geonames:{n}" if n > 0 else self._ids[n],
            name,
            tuple(names.split("|")) if names else (),
            PRECISIONS[precision],
            self._words[country],
            None if lat is None else lat / DEGREE,
            None if lon is None else lon / DEGREE,
            None if parent is None else f"geonames:{parent}" if parent > 0 else self._ids[parent],
            population,
            self._words[feature] or "place",
            self._words[footnote],
            self._numbers.get(n),
        )

    def _rows(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as why:
            raise KnowledgeError("gazetteer file", self.path, f"cannot be read ({why}); {_REMEDY}") from why


_REMEDY = "delete it, or build it again with tocsin gazetteer build"


def _open(path: Path) -> sqlite3.Connection:
    try:
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
    except sqlite3.Error as why:
        raise KnowledgeError("gazetteer file", path, f"cannot be opened ({why}); {_REMEDY}") from why
    try:
        connection.execute(f"PRAGMA mmap_size={min(path.stat().st_size, _MAX_MAPPED)}")
        found = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    except (sqlite3.Error, OSError) as why:
        connection.close()
        raise KnowledgeError("gazetteer file", path, f"cannot be read ({why}); {_REMEDY}") from why
    if found is None or found[0] != str(SCHEMA_VERSION):
        connection.close()
        was = "none" if found is None else found[0]
        raise KnowledgeError("gazetteer file", path, f"must be of schema {SCHEMA_VERSION}, is of {was}; {_REMEDY}")
    return connection
