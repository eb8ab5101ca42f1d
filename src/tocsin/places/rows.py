"""One place as the gazetteer knows it, and the reader of places given as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from tocsin.errors import KnowledgeError
from tocsin.records import PlacePrecision
from tocsin.records.place import POINT_PRECISIONS

COLUMNS = (
    "id", "name", "alternate_names", "precision", "country", "lat", "lon", "parent", "population", "feature",
)  # fmt: skip
#: Columns that may follow the ten; a reader of the ten alone loses nothing of the places themselves.
EXTRA_COLUMNS = ("footnote", "note")
_PRECISIONS = get_args(PlacePrecision)
MAX_ROWS = 200_000
MAX_NAME = 200
MOST_PEOPLE_DIGITS = 11
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class GazetteerRow:
    """A known place.

    id          "geonames:784024", "admin1:RS.VO", "country:SRB", "overlay:jarinje", or a mission's own
    name        its usual English name
    names       every other way to write it, in any language
    precision   what it is: a site and a settlement are points, the rest are areas
    country     ISO 3166-1 alpha-3 (XKX for Kosovo), or None for what lies in several or none
    lat, lon    WGS 84 degrees of a representative point; None where none is recorded
    parent      id of the nearest recorded area (or, for a site, settlement) that contains it, or None
    population  people, or None where not recorded
    feature     what kind of place, in a word: town, capital, bridge, crossing, province, country, ...
    footnote    key of the naming footnote that travels with it, or None
    geonames    GeoNames' number of the place, where its id is another one; None where it has none or none is known
    shape       GeoJSON polygons of an area that people have drawn, or None; what lies in it is within it
    """

    id: str
    name: str
    names: tuple[str, ...]
    precision: PlacePrecision
    country: str | None
    lat: float | None
    lon: float | None
    parent: str | None = None
    population: int | None = None
    feature: str = "place"
    footnote: str | None = None
    geonames: int | None = None
    shape: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)

    @property
    def is_point(self) -> bool:
        """Whether it is a point and no area."""
        return self.precision in POINT_PRECISIONS

    @property
    def geonames_id(self) -> int | None:
        """GeoNames' number of the place, or None."""
        number = read_number(self.id)
        return self.geonames if number is None else number


def read_number(id: str) -> int | None:
    """GeoNames' number in an id of the form "geonames:784024", or None."""
    if not id.startswith("geonames:"):
        return None
    digits = id[9:]
    if not (digits.isdigit() and digits.isascii()) or digits[0] == "0" or len(digits) > 18:
        return None
    return int(digits)


def read_whole(cell: str, *, digits: int = 18) -> int:
    """A whole number as tables hold it; raises ValueError for other letters, signs and what no column of SQLite holds.

    `str.isdigit` lets "²" through, and `int` an underscore, the digits of every script and any length.
    """
    if not (cell.isascii() and cell.isdigit() and len(cell) <= digits):
        raise ValueError(f"has {cell[:20]!r} where a whole number of at most {digits} digits must be")
    return int(cell)


def load_places_csv(path_or_text: Path | str) -> tuple[GazetteerRow, ...]:
    """Places from a CSV file (a `Path`) or from its text, alternate names parted by "|".

    Raises KnowledgeError that names the line where a column is missing, a value is out of range or an id comes twice.
    """
    which, text = read_text(path_or_text)
    return tuple(row for _, row in number_rows(which, text))


def number_rows(
    which: str, text: str, make_id: Callable[[dict[str, str]], str] | None = None
) -> Iterator[tuple[int, GazetteerRow]]:
    """The places of a CSV text with the line each ends on; `make_id` gives one to rows without. Raises as above."""
    lines: dict[str, int] = {}
    for line, cells in _cells(which, text):
        if make_id and not cells["id"] and cells["name"]:
            cells["id"] = make_id(cells)
        row = make_row(f"{which}, line {line}", cells)
        if row.id in lines:
            why = f"the id {row.id} is already taken by line {lines[row.id]}; give each place its own"
            raise KnowledgeError("place", f"{which}, line {line}", why)
        if len(lines) >= MAX_ROWS:
            raise KnowledgeError("places file", which, f"has more than {MAX_ROWS} places")
        lines[row.id] = line
        yield line, row


def read_text(path_or_text: Path | str) -> tuple[str, str]:
    """What to call a file in messages, and its text; raises KnowledgeError where it is not UTF-8 or cannot be read."""
    if isinstance(path_or_text, str):
        return "places.csv", path_or_text.removeprefix("\ufeff")
    try:
        return str(path_or_text), path_or_text.read_text("utf-8-sig")
    except UnicodeDecodeError as why:
        raise KnowledgeError("places file", path_or_text, f"must be UTF-8 ({why.reason} at byte {why.start})") from why
    except OSError as why:
        raise KnowledgeError("places file", path_or_text, f"cannot be read ({why.strerror or why})") from why


def _cells(which: str, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    rows = csv.DictReader(io.StringIO(text), strict=True)
    try:
        head = tuple(rows.fieldnames or ())
        if head[: len(COLUMNS)] != COLUMNS or not set(head[len(COLUMNS) :]) <= set(EXTRA_COLUMNS):
            raise KnowledgeError("places file", which, f"must have the columns {','.join(COLUMNS)}")
        for cells in rows:
            if None in cells or None in cells.values():
                raise KnowledgeError("place", f"{which}, line {rows.line_num}", f"must have {len(head)} cells")
            yield rows.line_num, {k: v.strip() for k, v in cells.items()}
    except csv.Error as why:
        raise KnowledgeError("places file", f"{which}, after line {rows.line_num}", f"is not CSV ({why})") from why


def make_row(where: str, cells: Mapping[str, str]) -> GazetteerRow:
    """One place from its cells by column; raises KnowledgeError naming `where` and the cell that cannot be."""
    if not cells["id"] or not cells["name"]:
        raise KnowledgeError("place", where, "must have an id and a name")
    if cells["precision"] not in _PRECISIONS:
        raise KnowledgeError("place", f"{where}: {cells['precision']}", f"precision is one of {', '.join(_PRECISIONS)}")
    country = cells["country"]
    if country and not (len(country) == 3 and country.isascii() and country.isupper() and country.isalpha()):
        raise KnowledgeError("place", f"{where}: {country}", "country must be an ISO 3166-1 alpha-3 code")
    if cells["parent"] == cells["id"]:
        raise KnowledgeError("place", where, "cannot be its own parent")
    lat, lon = _degrees(where, cells["lat"], 90), _degrees(where, cells["lon"], 180)
    if (lat is None) != (lon is None):
        raise KnowledgeError("place", where, "lat and lon must both be given or both be empty")
    names = [n.strip() for n in cells["alternate_names"].split("|") if n.strip()]
    if any(len(n) > MAX_NAME for n in (*names, cells["name"])):
        raise KnowledgeError("place", where, f"a name may have at most {MAX_NAME} characters")
    if any(map(_CONTROLS.search, (cells["id"], cells["name"], *names))):  # a terminal would obey them
        raise KnowledgeError("place", where, "an id or a name may hold no control characters or ends of lines")
    return GazetteerRow(
        id=cells["id"],
        name=cells["name"],
        names=tuple(dict.fromkeys(names)),
        precision=cells["precision"],  # type: ignore[arg-type]  # checked against the literal above
        country=country or None,
        lat=lat,
        lon=lon,
        parent=cells["parent"] or None,
        population=_count(where, cells["population"]),
        feature=cells["feature"] or "place",
        footnote=cells.get("footnote") or None,
    )


def _degrees(where: str, cell: str, most: int) -> float | None:
    if not cell:
        return None
    try:
        degrees = float(cell)
    except ValueError:
        degrees = float("nan")
    if not -most <= degrees <= most:  # also refuses what is no number
        raise KnowledgeError("place", f"{where}: {cell}", f"must be degrees from -{most} to {most}")
    return degrees


def _count(where: str, cell: str) -> int | None:
    if not cell:
        return None
    try:
        return read_whole(cell, digits=MOST_PEOPLE_DIGITS)
    except ValueError as why:
        raise KnowledgeError("place", f"{where}: {cell}", "population must be a whole number of people") from why
