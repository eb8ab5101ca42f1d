"""Building the gazetteer's file: one SQLite file, made beside its place and then moved there in one step.

Made for 13.5 million places on a laptop: words that return (features, countries) are kept once and named by number,
the number of a place is GeoNames' own, names are sorted once and written in order, and the words of names go into a
full-text index that keeps nothing but which place has them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from tocsin.errors import KnowledgeError
from tocsin.places.folding import fold_name
from tocsin.places.rows import GazetteerRow, read_number
from tocsin.records import PlacePrecision

#: Raised by one whenever the tables, the folding of names or the choice of names change.
SCHEMA_VERSION = 4
#: How the file numbers precisions; 0 is a site in the index below.
PRECISIONS: tuple[PlacePrecision, ...] = get_args(PlacePrecision)
_PRECISION_NUMBERS = {precision: at for at, precision in enumerate(PRECISIONS)}
#: Coordinates are kept as whole numbers of a hundred-thousandth of a degree, about a metre.
DEGREE = 100_000
#: Places whose id is no GeoNames number are numbered upwards from here.
FIRST_OWN = -(1 << 23)

Step = Callable[[str, int, int | None], None]
"""Told of progress: what is being done, how much of it, and of how much (None where nobody knows)."""

# footnote, feature and country are numbers of `words`; parent is the number of a place. 'capital' is word 1.
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE words (w INTEGER PRIMARY KEY, word TEXT NOT NULL);
CREATE TABLE ids (n INTEGER PRIMARY KEY, id TEXT NOT NULL, geonames INTEGER);
CREATE TABLE places (
    n INTEGER PRIMARY KEY, name TEXT NOT NULL, names TEXT, precision INTEGER NOT NULL, feature INTEGER NOT NULL,
    country INTEGER, lat INTEGER, lon INTEGER, parent INTEGER, population INTEGER, footnote INTEGER
);
CREATE TABLE names (
    folded TEXT NOT NULL, rank INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (folded, rank, n)
) WITHOUT ROWID;
CREATE TEMP TABLE unsorted (folded TEXT NOT NULL, rank INTEGER NOT NULL, n INTEGER NOT NULL);
"""
_SEARCH = "CREATE VIRTUAL TABLE search USING fts5 (names, content='', detail=none, columnsize=0, tokenize='ascii')"
# Segments are merged once at the end, not again and again on the way.
_SEARCH_SETTINGS = (("automerge", 0), ("crisismerge", 2000), ("hashsize", 1 << 26))
_FINISH = (
    ("sorting names", "INSERT INTO names SELECT folded, rank, n FROM unsorted ORDER BY folded, rank, n"),
    ("sorting names", "DROP TABLE unsorted"),
    ("listing capitals", "CREATE INDEX places_capitals ON places (country) WHERE feature = 1"),
    ("listing sites", "CREATE INDEX places_sites ON places (parent, feature) WHERE precision = 0"),
)
_BATCH = 20_000
#: A build writes all the time; a file begun and not touched for so long is one that was killed.
_LEFT_SECONDS = 6 * 3600


def digest_inputs(inputs: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits that change with the inputs or the schema: part of the file's name."""
    told = json.dumps([SCHEMA_VERSION, sorted(inputs.items())])
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def build_file(
    target: Path,
    rows: Iterable[GazetteerRow],
    inputs: Mapping[str, Any],
    *,
    about: Callable[[], Mapping[str, Any]] = dict,
    step: Step = lambda *_: None,
) -> None:
    """Write the gazetteer to `target`; a crash at any moment leaves either what was there before or the whole new file.

    inputs  what it is made of, by name: kept in the file
    about   asked once all rows are written: what else to keep (profile, what is missing), as JSON
    step    told of progress

    Raises KnowledgeError where the folder refuses, an id comes twice or there is no room.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_left(target)
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=".part", dir=target.parent)
    except OSError as why:
        raise KnowledgeError("gazetteer folder", target.parent, f"cannot be written ({why.strerror or why})") from why
    os.close(handle)
    part = Path(name)
    try:
        with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as connection:
            _Writer(connection, step).write(rows, inputs, about)
        part.replace(target)
    except (sqlite3.Error, OSError) as why:
        raise KnowledgeError("gazetteer file", target, f"cannot be built ({why})") from why
    finally:
        part.unlink(missing_ok=True)


def _remove_left(target: Path) -> None:
    """Take away what killed builds of earlier left beside the target: the world's is gigabytes."""
    for part in target.parent.glob(f".{target.stem.partition('-')[0]}-*.part"):
        with contextlib.suppress(OSError):  # gone meanwhile, or held open elsewhere
            if time.time() - part.stat().st_mtime > _LEFT_SECONDS:
                part.unlink()


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


def is_sound(path: Path) -> bool:
    """Whether the file is whole and every page of it is as SQLite wrote it, by SQLite's own quick check."""
    if not is_whole(path):
        return False
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)])
    except sqlite3.Error:
        return False


class _Writer:
    """Fills an empty database with places."""

    def __init__(self, connection: sqlite3.Connection, step: Step) -> None:
        self._connection, self._step = connection, step
        self._own: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._words = {"capital": 1}
        self._kinds: Counter[tuple[str, str, str | None]] = Counter()
        self._has_search = False

    def write(self, rows: Iterable[GazetteerRow], inputs: Mapping[str, Any], about: Callable[[], Any]) -> None:
        run = self._connection.execute
        self._connection.executescript(
            "PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
            "PRAGMA temp_store=FILE; PRAGMA cache_size=-65536;" + _SCHEMA
        )
        run("BEGIN")
        self._open_search()
        for batch in _batches(rows):
            self._write_batch(batch)
        for what, statement in _FINISH:
            self._step(what, 0, None)
            run(statement)
        if self._has_search:
            self._step("indexing words", 0, None)
            run("INSERT INTO search (search) VALUES ('optimize')")
        self._write_tables(inputs, about())
        run("COMMIT")

    def _open_search(self) -> None:
        try:
            self._connection.execute(_SEARCH)
        except sqlite3.OperationalError:  # a Python whose SQLite lacks FTS5: `tocsin doctor` says so
            return
        self._has_search = True
        self._connection.executemany("INSERT INTO search (search, rank) VALUES (?, ?)", _SEARCH_SETTINGS)

    def _write_batch(self, batch: list[GazetteerRow]) -> None:
        places: list[tuple[Any, ...]] = []
        names: list[tuple[str, int, int]] = []
        texts: list[tuple[int, str]] = []
        for row in batch:
            n = self._number(row.id)
            folded = {fold_name(row.name)}
            folded.update(map(fold_name, row.names))
            folded.discard("")
            rank = _rank(row, n)
            names += [(name, rank, n) for name in folded]
            texts.append((n, " ".join(folded)))
            places.append(self._cells(n, row))
            if row.geonames is not None:
                self._numbers[row.id] = row.geonames
        # The full-text index takes numbers that rise without ending a segment.
        texts.sort()
        self._insert_places(places, batch)
        self._connection.executemany("INSERT INTO unsorted VALUES (?,?,?)", names)
        if self._has_search:
            self._connection.executemany("INSERT INTO search (rowid, names) VALUES (?,?)", texts)

    def _cells(self, n: int, row: GazetteerRow) -> tuple[Any, ...]:
        self._kinds[row.precision, row.feature, row.country] += 1
        return (
            n,
            row.name,
            "|".join(row.names) or None,
            _PRECISION_NUMBERS[row.precision],
            self._word(row.feature),
            self._word(row.country),
            None if row.lat is None else round(row.lat * DEGREE),
            None if row.lon is None else round(row.lon * DEGREE),
            None if row.parent is None else self._number(row.parent),
            row.population,
            self._word(row.footnote),
        )

    def _insert_places(self, places: list[tuple[Any, ...]], batch: list[GazetteerRow]) -> None:
        places.sort(key=lambda cells: cells[0])
        try:
            self._connection.executemany("INSERT INTO places VALUES (?,?,?,?,?,?,?,?,?,?,?)", places)
        except sqlite3.IntegrityError as why:
            counts = Counter(row.id for row in batch)
            twice = [id_ for id_, count in counts.items() if count > 1]
            which = twice[0] if twice else f"one of {batch[0].id} to {batch[-1].id}"
            raise KnowledgeError("place", which, "comes twice") from why

    def _number(self, id_: str) -> int:
        """The number of a place: GeoNames' where that is its id, else one of our own, below zero."""
        number = read_number(id_)
        if number is not None:
            return number
        found = self._own.get(id_)
        if found is None:
            found = self._own[id_] = FIRST_OWN + len(self._own)
        return found

    def _word(self, word: str | None) -> int | None:
        if word is None:
            return None
        return self._words.get(word) or self._words.setdefault(word, len(self._words) + 1)

    def _write_tables(self, inputs: Mapping[str, Any], about: Mapping[str, Any]) -> None:
        many = self._connection.executemany
        many("INSERT INTO words VALUES (?,?)", ((w, word) for word, w in self._words.items()))
        many("INSERT INTO ids VALUES (?,?,?)", ((n, id_, self._numbers.get(id_)) for id_, n in self._own.items()))
        names = self._connection.execute("SELECT count(*) FROM names").fetchone()[0]
        meta = {
            "inputs": inputs,
            "places": self._kinds.total(),
            "names": names,
            "counts": {part: self._count(at) for at, part in enumerate(("precision", "feature", "country"))},
            "has_search": self._has_search,
            **about,
        }
        many("INSERT INTO meta VALUES (?,?)", ((key, json.dumps(value)) for key, value in meta.items()))
        many("INSERT INTO meta VALUES (?,?)", [("schema", str(SCHEMA_VERSION))])

    def _count(self, at: int) -> dict[str, int]:
        counter: Counter[str] = Counter()
        for kind, count in self._kinds.items():
            counter[kind[at] or "none"] += count
        return dict(counter.most_common())


def _rank(row: GazetteerRow, n: int) -> int:
    """Where the place stands among those of its name: most peopled first, then our own and areas, towns, sites."""
    if row.population:
        return -row.population
    if n < 0 or row.precision not in ("site", "settlement"):
        return 0
    return 1 if row.precision == "settlement" else 2


def _batches(rows: Iterable[GazetteerRow]) -> Iterator[list[GazetteerRow]]:
    batch: list[GazetteerRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
