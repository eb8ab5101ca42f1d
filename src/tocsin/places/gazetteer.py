"""Looking places up: the bundled file, and the rows of an exercise or a mission on top of it."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from tocsin.errors import KnowledgeError
from tocsin.places.building import SCHEMA_VERSION, build_file, digest_inputs, is_whole
from tocsin.places.bundled import describe_inputs, iterate_rows
from tocsin.places.folding import fold_name
from tocsin.places.naming import Naming, load_naming
from tocsin.places.rows import GazetteerRow

_COLUMNS = "p.id, p.name, p.names, p.precision, p.country, p.lat, p.lon, p.parent, p.population, p.feature, p.footnote"
#: San José has 500 rows and more; the ranker never needs the villages at the end.
MOST_CANDIDATES = 200
_DEEPEST = 8


def open_gazetteer(folder: Path, *, extra: Sequence[GazetteerRow] = (), policy: str = "un") -> Gazetteer:
    """The bundled gazetteer, built in `folder` at first use, with `extra` rows that outrank it.

    policy is the desk's naming policy: "un", "local" or "as-reported". Raises KnowledgeError where the folder cannot
    be written, the file cannot be opened, an id of `extra` comes twice or the policy is unknown.
    """
    naming = load_naming(policy)
    inputs = describe_inputs()
    path = folder / f"places-{digest_inputs(inputs)}.sqlite"
    if not is_whole(path):
        build_file(path, iterate_rows(), inputs)
        _remove_older(folder, path)
    return Gazetteer(path, extra=extra, naming=naming)


def _remove_older(folder: Path, newest: Path) -> None:
    """Files of earlier versions are of no use to anyone; one that is held open elsewhere may stay."""
    for older in folder.glob("places-*.sqlite"):
        if older != newest:
            try:
                older.unlink()
            except OSError:
                continue


class Gazetteer:
    """Places by name and by id. Read-only; safe to call from several threads."""

    def __init__(self, path: Path, *, extra: Sequence[GazetteerRow] = (), naming: Naming | None = None) -> None:
        self.path = path
        self.naming = naming or load_naming("un")
        self._extra = _by_id(extra)
        self._extra_names = _by_name(self._extra.values())
        self._lock = threading.Lock()
        self._connection = _open(path)
        self._closed = weakref.finalize(self, self._connection.close)
        self._find = lru_cache(maxsize=20_000)(self._find_folded)
        self._row = lru_cache(maxsize=20_000)(self._row_of_file)

    @property
    def policy(self) -> str:
        """The naming policy: un, local or as-reported."""
        return self.naming.policy

    def close(self) -> None:
        """Let the file go."""
        self._closed()

    def find(self, name: str) -> tuple[GazetteerRow, ...]:
        """Every place that bears this name, in any letter case and with or without diacritics; most peopled first.

        Whole names only: "Mitrovica" is not found in "Sremska Mitrovica". Extra rows come before the bundled ones.
        """
        return self.find_folded(fold_name(name))

    def find_folded(self, folded: str) -> tuple[GazetteerRow, ...]:
        """`find` for a name that `fold_name` has folded."""
        return self._find(folded) if folded else ()

    def row(self, id: str) -> GazetteerRow | None:
        """The place with this id, or None."""
        return self._extra.get(id) or self._row(id)

    def within(self, id: str) -> tuple[str, ...]:
        """Ids of what contains the place, nearest first: (settlement,) district, region, country."""
        chain: list[str] = []
        row = self.row(id)
        while row is not None and len(chain) < _DEEPEST:
            up = row.parent or (f"country:{row.country}" if row.country and row.precision != "country" else None)
            if up is None or up in chain or up == id:
                break
            above = self.row(up) or (self.country(row.country) if row.country else None)
            if above is None or above.id in chain or above.id == id:
                break
            chain.append(above.id)
            row = above
        return tuple(chain)

    def sites_in(self, id: str, feature: str) -> tuple[GazetteerRow, ...]:
        """The recorded sites of one kind ("bridge") whose parent is the place `id`."""
        rows = self._query("WHERE p.parent = ? AND p.precision = 'site' AND p.feature = ?", (id, feature))
        extra = [r for r in self._extra.values() if (r.parent, r.precision, r.feature) == (id, "site", feature)]
        return (*extra, *rows)

    def capital(self, code: str) -> GazetteerRow | None:
        """The capital of the country with this alpha-3 code, where exactly one is recorded."""
        extra = [r for r in self._extra.values() if r.feature == "capital" and r.country == code]
        rows = extra or self._query("WHERE p.feature = 'capital' AND p.country = ?", (code,))
        return rows[0] if len(rows) == 1 else None

    def country(self, code: str | None) -> GazetteerRow | None:
        """The country with this ISO 3166-1 alpha-3 code (an exercise's invented one too), or None."""
        if not code:
            return None
        for row in self._extra.values():
            if row.precision == "country" and row.country == code:
                return row
        return self.row(f"country:{code}")

    def is_extra(self, id: str) -> bool:
        """Whether the place was given by an exercise or a mission."""
        return id in self._extra

    def status(self) -> dict[str, Any]:
        """What the file holds and is made of, for `tocsin doctor`."""
        meta = dict(self._rows("SELECT key, value FROM meta", ()))
        return {
            "path": str(self.path),
            "bytes": self.path.stat().st_size if self.path.exists() else 0,
            "schema": int(meta["schema"]),
            "places": int(meta["places"]),
            "names": int(meta["names"]),
            "extra": len(self._extra),
            "policy": self.policy,
            "inputs": json.loads(meta["inputs"]),
        }

    def _find_folded(self, folded: str) -> tuple[GazetteerRow, ...]:
        extra = self._extra_names.get(folded, ())
        rows = self._query(
            "JOIN names AS a ON a.n = p.n WHERE a.folded = ? ORDER BY coalesce(p.population, 0) DESC, p.n LIMIT ?",
            (folded, MOST_CANDIDATES),
        )
        return (*extra, *(row for row in rows if row.id not in self._extra))

    def _row_of_file(self, id: str) -> GazetteerRow | None:
        return next(iter(self._query("WHERE p.id = ?", (id,))), None)

    def _query(self, where: str, values: tuple[Any, ...]) -> list[GazetteerRow]:
        return [_make_row(r) for r in self._rows(f"SELECT {_COLUMNS} FROM places AS p {where}", values)]  # noqa: S608

    def _rows(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as why:
            raise KnowledgeError("gazetteer file", self.path, f"cannot be read ({why}); delete it to rebuild") from why


def _open(path: Path) -> sqlite3.Connection:
    try:
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
    except sqlite3.Error as why:
        raise KnowledgeError("gazetteer file", path, f"cannot be opened ({why}); delete it to rebuild") from why
    try:
        connection.execute("PRAGMA mmap_size=268435456")
        found = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    except sqlite3.Error as why:
        connection.close()
        raise KnowledgeError("gazetteer file", path, f"cannot be read ({why}); delete it to rebuild") from why
    if found is None or found[0] != str(SCHEMA_VERSION):
        connection.close()
        raise KnowledgeError("gazetteer file", path, f"must be of schema {SCHEMA_VERSION}; delete it to rebuild")
    return connection


def _make_row(cells: tuple[Any, ...]) -> GazetteerRow:
    id_, name, names, *rest = cells
    return GazetteerRow(id_, name, tuple(names.split("|")) if names else (), *rest)


def _by_id(rows: Iterable[GazetteerRow]) -> dict[str, GazetteerRow]:
    held: dict[str, GazetteerRow] = {}
    for row in rows:
        if row.id in held:
            raise KnowledgeError("place", row.id, "comes twice among the extra rows")
        held[row.id] = row
    return held


def _by_name(rows: Iterable[GazetteerRow]) -> dict[str, tuple[GazetteerRow, ...]]:
    held: dict[str, list[GazetteerRow]] = defaultdict(list)
    for row in rows:
        for folded in {fold_name(name) for name in (row.name, *row.names)} - {""}:
            held[folded].append(row)
    return {name: tuple(found) for name, found in held.items()}
