"""Rows of the gazetteer from GeoNames' tables: one row a line, its place in the hierarchy, its kind in our words.

Columns after the readme of GeoNames' export: the main table has 19 (number, name, ASCII name, alternate names,
latitude, longitude, feature class, feature code, country, other countries, four codes of divisions, population,
elevation, terrain, time zone, day of change); the alternate names have 10 (the first 8 always).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.errors import KnowledgeError
from tocsin.places.bundled import is_written
from tocsin.places.dumps import Told, read_lines
from tocsin.places.features import FeatureTable
from tocsin.places.rows import MAX_NAME, MOST_PEOPLE_DIGITS, GazetteerRow, read_whole

COLUMNS = 19
#: More lines than these that cannot be read, and it is another kind of file.
MOST_FAULTS = 1_000
_KEPT_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Divisions:
    """What hangs on what, and which numbers have ids of their own.

    countries  alpha-2 code to alpha-3
    ids        GeoNames' number of a division to its id ("admin1:XK.10097358", "admin2:US.AL.001")
    districts  code of a second division ("XK.21.7302902") to GeoNames' number of it
    parents    GeoNames' number to that of what contains it, from hierarchy.txt
    """

    countries: dict[str, str]
    ids: dict[int, str]
    districts: dict[str, int] = field(default_factory=dict)
    parents: dict[int, int] = field(default_factory=dict)


class PlaceTable:
    """One main table, read once. What could not be read is counted in `faults` and the first of it told in `told`."""

    def __init__(
        self,
        divisions: Divisions,
        features: FeatureTable,
        *,
        skipped: frozenset[int],
        only: frozenset[str] | None = None,
        find_names: Callable[[int, tuple[str, ...]], tuple[str, ...]] | None = None,
    ) -> None:
        """`skipped`: numbers that other rows stand for; `only`: alpha-2 codes of the countries wanted, None for all."""
        self._divisions, self._features, self._skipped = divisions, features, skipped
        self._only, self._find_names = only, find_names
        self._taken = set(divisions.ids.values())
        self.faults = 0
        self.told: list[str] = []
        self.countries: set[str] = set()
        self.rows = 0

    def read(self, path: Path, told: Told = lambda *_: None) -> Iterator[GazetteerRow]:
        """The places of one file in its order; raises KnowledgeError where it is another kind of file or holds none."""
        before, number, faulty = self.rows, 0, 0
        make, only, skipped = self._make, self._only, self._skipped
        for number, line in enumerate(read_lines(path, told=told), 1):
            cells = line.split("\t")
            try:
                if len(cells) != COLUMNS:
                    raise ValueError(f"has {len(cells)} columns, must have {COLUMNS}")
                if only is not None and cells[8] not in only:
                    continue
                n = read_whole(cells[0])
                if n not in skipped:
                    yield make(n, cells)
                self.rows += 1
            except ValueError as why:
                faulty = number
                self._note(path, number, str(why))
        if number and faulty == number:
            raise KnowledgeError("dump", f"{path}, line {number}", "is cut short in its last line; fetch it again")
        if self.rows == before:
            wanted = f" of {', '.join(sorted(only))}" if only and number else ""
            raise KnowledgeError("dump", path, f"holds no places{wanted}")

    def _note(self, path: Path, line: int, why: str) -> None:
        self.faults += 1
        if len(self.told) < _KEPT_FAULTS:
            self.told.append(f"{path.name}, line {line}: {why}")
        if line == 1 or self.faults > MOST_FAULTS:
            which = f"{path}, line {line}"
            raise KnowledgeError("dump", which, f"is no table of places as GeoNames exports it: {why}")

    def _make(self, n: int, cells: list[str]) -> GazetteerRow:
        if n <= 0 or not cells[1]:
            raise ValueError("has no number or no name")
        name = cells[1].replace("|", " ")[:MAX_NAME]
        lat, lon = float(cells[4]), float(cells[5])
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError(f"has coordinates out of range: {cells[4]}, {cells[5]}")
        precision, feature = self._features.kind(cells[6], cells[7])
        country = self._divisions.countries.get(cells[8])
        id_ = self._id(n, cells) if cells[6] == "A" else f"geonames:{n}"
        if country:
            self.countries.add(country)
        return GazetteerRow(
            id_,
            name,
            self._names(n, name, cells),
            precision,
            country,
            lat,
            lon,
            self._parent(n, id_, country, cells) if precision != "country" else None,
            (read_whole(cells[14], digits=MOST_PEOPLE_DIGITS) or None) if cells[14] else None,
            feature,
            "kosovo-1244" if country == "XKX" else None,
            None if id_.startswith("geonames:") else n,
        )

    def _names(self, n: int, name: str, cells: list[str]) -> tuple[str, ...]:
        names: tuple[str, ...] = ()
        if cells[3] and cells[3] != name:
            names = tuple([part for part in cells[3].split(",") if part != name and is_written(part)])
        if self._find_names is not None:
            names = self._find_names(n, names)
        if cells[2] != name and cells[2] not in names and cells[2]:
            names = (cells[2], *names)
        if len(names) > 1:
            names = tuple(dict.fromkeys(names))
        return tuple([part.replace("|", " ")[:MAX_NAME] for part in names if part != name])

    def _id(self, n: int, cells: list[str]) -> str:
        """Divisions keep the ids by which other tables know them; of two with one code the listed or first one does."""
        if (known := self._divisions.ids.get(n)) is not None:
            return known
        if cells[7] == "ADM1" and cells[10] not in ("", "00"):
            id_ = f"admin1:{cells[8]}.{cells[10]}"
            if id_ not in self._taken:
                self._taken.add(id_)
                return id_
        return f"geonames:{n}"

    def _parent(self, n: int, id_: str, country: str | None, cells: list[str]) -> str | None:
        """What contains it: by the hierarchy, else by the codes of its second and first division, else its country."""
        divisions = self._divisions
        up = divisions.parents.get(n)
        if up is None and cells[11]:
            up = divisions.districts.get(f"{cells[8]}.{cells[10]}.{cells[11]}")
        if up is not None and up != n:
            return divisions.ids.get(up) or f"geonames:{up}"
        if cells[10] not in ("", "00") and id_ != (first := f"admin1:{cells[8]}.{cells[10]}"):
            return first
        return f"country:{country}" if country else None


def read_first_divisions(path: Path) -> dict[int, str]:
    """GeoNames' number to id of every first division, from admin1CodesASCII.txt."""
    return {number: f"admin1:{code}" for code, number in _read_codes(path)}


def read_second_divisions(path: Path) -> dict[str, int]:
    """Code to GeoNames' number of every second division, from admin2Codes.txt."""
    return dict(_read_codes(path))


def _read_codes(path: Path) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        cells = line.split("\t")
        try:
            if len(cells) != 4 or "." not in cells[0]:
                raise ValueError("has other columns")
            yield cells[0], read_whole(cells[3].strip())
        except ValueError as why:
            which = f"{path}, line {number}"
            raise KnowledgeError("dump", which, "must have code, name, ASCII name and number") from why


def read_countries(path: Path) -> dict[str, str]:
    """Alpha-2 to alpha-3 code of every country, from countryInfo.txt."""
    found = {}
    for number, line in enumerate(read_lines(path), 1):
        if line.startswith("#") or not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != COLUMNS or len(cells[0]) != 2 or len(cells[1]) != 3:
            raise KnowledgeError("dump", f"{path}, line {number}", f"must have {COLUMNS} columns, first ISO and ISO3")
        found[cells[0]] = cells[1]
    return found


def read_parents(path: Path) -> dict[int, int]:
    """GeoNames' number to that of what contains it, from hierarchy.txt; of several the administrative one."""
    found: dict[int, int] = {}
    administrative: set[int] = set()
    for number, line in enumerate(read_lines(path), 1):
        parent, _, rest = line.strip().partition("\t")
        child, _, kind = rest.partition("\t")
        if not line.strip() or kind not in ("", "ADM"):
            continue  # users' own hierarchies (tourism, history) say nothing of where a place lies
        try:
            above, below = read_whole(parent), read_whole(child)
        except ValueError as why:
            which = f"{path}, line {number}"
            raise KnowledgeError("dump", which, "must have the numbers of a parent and its child") from why
        if below not in found or (kind == "ADM" and below not in administrative):
            found[below] = above
        if kind == "ADM":
            administrative.add(below)
    return found
