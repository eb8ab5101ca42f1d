"""Which rows a gazetteer is made of: the bundled ones, with those of GeoNames' own tables in their place.

A country profile takes everything that GeoNames knows of some countries and keeps the bundled towns of all others, so
that a report which names Brussels is not looked up among villages. A world profile takes everything. On top of each lie
our countries and the overlay made by hand.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tocsin.errors import KnowledgeError
from tocsin.places.alternates import AlternateNames
from tocsin.places.building import Step, build_file
from tocsin.places.bundled import (
    describe_inputs,
    iterate_areas,
    iterate_countries,
    iterate_towns,
    load_alpha3,
    load_division_ids,
    load_overlay,
)
from tocsin.places.dumps import digest_file
from tocsin.places.features import load_features
from tocsin.places.geonames import (
    Divisions,
    PlaceTable,
    read_countries,
    read_first_divisions,
    read_parents,
    read_second_divisions,
)
from tocsin.places.rows import GazetteerRow

#: What each optional table is for, told where it is not given.
LOST = {
    "admin1CodesASCII.txt": "of two provinces with one code the first is taken",
    "admin2Codes.txt": "places hang on their province and not on their district",
    "countryInfo.txt": "country codes are those of the bundled table; none newer",
    "hierarchy.zip": "quarters hang on their province, and districts within districts are not known",
    "alternateNamesV2.zip": "names are those beside each place: some languages are missing, old names are among them",
}
WORLD = "allCountries"
_TABLE = re.compile(r"(?:[A-Z]{2}|allCountries)\.(?:txt|zip)")
_KNOWN = {name.partition(".")[0].lower(): name for name in LOST}
_ALLOWED = f"allCountries.zip, XX.zip of a country, {', '.join(LOST)}, or the .txt files in them"


@dataclass(frozen=True, slots=True)
class DumpFiles:
    """GeoNames' files as given.

    tables  main tables: allCountries or XX
    others  the name in `LOST` to the files of that kind (alternate names may come by country)
    """

    tables: tuple[Path, ...]
    others: dict[str, tuple[Path, ...]] = field(default_factory=dict)

    @property
    def is_world(self) -> bool:
        """Whether the table of all countries is among them."""
        return any(path.stem == WORLD for path in self.tables)

    def list_missing(self) -> dict[str, str]:
        """Each optional file that is not there, with what is lost without it."""
        return {name: lost for name, lost in LOST.items() if name not in self.others}

    def list_all(self) -> tuple[Path, ...]:
        """Every file."""
        return (*self.tables, *(path for paths in self.others.values() for path in paths))


def find_files(given: Sequence[Path]) -> DumpFiles:
    """GeoNames' files among those given, and in folders given; a country's alternate names lie in `alternatenames/`.

    Raises KnowledgeError where a file is not there or none of GeoNames', or where there is no table of places.
    """
    tables: dict[str, Path] = {}
    others: dict[str, dict[str, Path]] = {}
    for path, is_named in _list_files(given):
        kind = _name_kind(path)
        if kind == "table":
            tables.setdefault(path.stem, path)
        elif kind is not None:
            others.setdefault(kind, {}).setdefault(path.stem, path)
        elif is_named:
            raise KnowledgeError("dump", path, f"is no file that GeoNames exports: give {_ALLOWED}")
    if not tables:
        which = ", ".join(map(str, given))
        raise KnowledgeError("dumps", which, "hold no table of places: give allCountries.zip or XX.zip of a country")
    return DumpFiles(tuple(tables.values()), {name: tuple(paths.values()) for name, paths in others.items()})


def _list_files(given: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    for path in given:
        if path.is_dir():
            # Zip files first: the same table beside its zip is not taken twice.
            inside = sorted((*path.iterdir(), *path.glob("alternatenames/*")), key=lambda p: (p.suffix != ".zip", p))
            yield from ((p, False) for p in inside if p.is_file())
        elif path.is_file():
            yield path, True
        else:
            raise KnowledgeError("dump", path, "is not there: give a file or a folder of GeoNames' files")


def _name_kind(path: Path) -> str | None:
    if path.suffix.lower() not in (".txt", ".zip"):
        return None
    if path.parent.name == "alternatenames":
        return "alternateNamesV2.zip" if _TABLE.fullmatch(path.name) else None
    return "table" if _TABLE.fullmatch(path.name) else _KNOWN.get(path.stem.lower())


def name_input(path: Path) -> str:
    """What a file is called among the inputs: a country's alternate names bear the same name as its table."""
    return f"{path.parent.name}/{path.name}" if path.parent.name == "alternatenames" else path.name


def build_profile(
    target: Path,
    files: DumpFiles,
    *,
    countries: Sequence[str] = (),
    versions: dict[str, dict[str, Any]] | None = None,
    step: Step = lambda *_: None,
) -> PlaceTable:
    """Write a country or world profile to `target`; gives the table read, with what could not be taken from it.

    countries  alpha-2 codes of those wanted; () for all that the tables hold
    versions   `name_input` of a file to what its server said of it (last_modified, etag), kept in the gazetteer

    Raises KnowledgeError for files that are not as GeoNames exports them, a country that none holds, or no room.
    """
    scratch = target.with_name(f".{target.stem}-names.scratch")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch.unlink(missing_ok=True)
        return _build(target, files, frozenset(countries) or None, versions or {}, step, scratch)
    except OSError as why:
        raise KnowledgeError("gazetteer folder", target.parent, f"cannot be written ({why.strerror or why})") from why
    except sqlite3.Error as why:  # the scratch file of names: most often there is no room
        raise KnowledgeError("gazetteer file", target, f"cannot be built ({why})") from why
    finally:
        scratch.unlink(missing_ok=True)


def _build(
    target: Path,
    files: DumpFiles,
    only: frozenset[str] | None,
    versions: dict[str, dict[str, Any]],
    step: Step,
    scratch: Path,
) -> PlaceTable:
    tables = _choose_tables(files, only)
    inputs = {name_input(path): _describe(path, versions) for path in _in_use(files, tables)}
    alternates = AlternateNames(scratch, step) if "alternateNamesV2.zip" in files.others else None
    try:
        if alternates:
            alternates.read(files.others["alternateNamesV2.zip"])
        on_top = (*load_overlay(), *iterate_countries())
        table = PlaceTable(
            _read_divisions(files),
            load_features(),
            skipped=frozenset(row.geonames_id for row in on_top if row.geonames_id is not None),
            only=only,
            find_names=alternates.find if alternates else None,
        )

        def about() -> dict[str, Any]:
            return {
                "profile": "world" if files.is_world and only is None else "country",
                "profile_countries": sorted(table.countries),
                "missing": files.list_missing(),
                "faults": {"count": table.faults, "first": table.told},
            }

        rows = _iterate(table, tables, on_top, step, is_world=files.is_world and only is None)
        build_file(target, rows, {**describe_inputs(), **inputs}, about=about, step=step)
    finally:
        if alternates:
            alternates.close()
    return table


def _choose_tables(files: DumpFiles, only: frozenset[str] | None) -> tuple[Path, ...]:
    by_name = {path.stem: path for path in files.tables}
    if only is None:
        return (by_name[WORLD],) if files.is_world else files.tables
    if only <= by_name.keys():
        return tuple(by_name[code] for code in sorted(only))
    if WORLD in by_name:
        return (by_name[WORLD],)
    missing = ", ".join(sorted(only - by_name.keys()))
    raise KnowledgeError("country", missing, f"has no table: give {missing}.zip or allCountries.zip; there are "
                         f"{', '.join(path.name for path in files.tables)}")  # fmt: skip


def _in_use(files: DumpFiles, tables: tuple[Path, ...]) -> tuple[Path, ...]:
    return (*tables, *(path for paths in files.others.values() for path in paths))


def _describe(path: Path, versions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": digest_file(path), **versions.get(name_input(path), {})}


def _read_divisions(files: DumpFiles) -> Divisions:
    def first(name: str) -> Path | None:
        return next(iter(files.others.get(name, ())), None)

    countries, ids, districts, parents = load_alpha3(), load_division_ids(), {}, {}
    if path := first("countryInfo.txt"):
        countries |= read_countries(path)
    if path := first("admin1CodesASCII.txt"):
        listed = read_first_divisions(path)
        taken = set(listed.values())
        ids = {number: id_ for number, id_ in ids.items() if id_ not in taken} | listed
    if path := first("admin2Codes.txt"):
        districts = read_second_divisions(path)
    if path := first("hierarchy.zip"):
        parents = read_parents(path)
    return Divisions(countries, ids, districts, parents)


def _iterate(
    table: PlaceTable, tables: tuple[Path, ...], on_top: Sequence[GazetteerRow], step: Step, *, is_world: bool
) -> Iterator[GazetteerRow]:
    known = {row.id for row in on_top}
    own: set[str] = set()
    yield from on_top
    for path in tables:
        for row in table.read(path, lambda done, total, name=path.name: step(f"reading {name}", done, total)):  # type: ignore[misc]
            if row.id in known:
                continue
            if not row.id.startswith("geonames:"):
                own.add(row.id)
            yield row
    step("adding the bundled rest", 0, None)
    needed = {row.parent for row in on_top}
    for row in iterate_areas():
        if row.id not in known and row.id not in own and (row.country not in table.countries or row.id in needed):
            known.add(row.id)
            yield row
    if not is_world:
        areas = known | own
        for row in iterate_towns(areas):
            if row.country not in table.countries and row.id not in known:
                yield row
