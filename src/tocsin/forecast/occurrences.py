"""Rows of the event lists that people have, each as one occurrence or with the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from tocsin.errors import TocsinError
from tocsin.knowledge.countries import load_countries

Level = Literal["country", "admin1"]
Row = Mapping[str, str]

#: The columns that a list must have, by its kind.
COLUMNS: dict[str, tuple[str, ...]] = {
    "UCDP GED": ("date_start", "date_end", "date_prec", "country", "best"),
    "ACLED": ("event_date", "event_type", "country", "fatalities"),
}
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
#: 21 March 2019, and what spreadsheets make of it: 21-Mar-19. Figures with strokes are left out: 04/03 is two days.
_WRITTEN = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4}|\d\d)", re.ASCII)
#: The column by which a list knows an event: some exports have a row for each actor of it.
ID_COLUMNS: dict[str, str] = {"UCDP GED": "id", "ACLED": "event_id_cnty"}
#: Names that mean in the lists something else than in the news, or nothing there: UCDP's "Congo" is the smaller one.
_LISTED = {
    "Congo": "COG", "Cote D'Ivoire": "CIV", "Kingdom of Eswatini": "SWZ", "Macedonia, FYR": "MKD",
    "Saint Helena, Ascension and Tristan da Cunha": "SHN", "Virgin Islands, U.S.": "VIR", "eSwatini": "SWZ",
}  # fmt: skip
#: The longest stretch that a row may be dated to. UCDP's coarsest precision is a year.
_MOST_DAYS = 366
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One row that counts: where, within which days (inclusive), how many died.

    is_day_known  whether the row's own precision is a day or a few; weeks are counted from such rows alone
    """

    unit: str
    name: str
    country: str | None
    start: date
    end: date
    deaths: int
    is_day_known: bool


class RowError(TocsinError):
    """A row cannot be counted; `why` is the same for all rows of its kind, so that they can be counted."""


def read_ged(row: Row, level: Level, kinds: frozenset[int] | None) -> Occurrence | None:
    """A row of UCDP's Georeferenced Event Dataset; None for one of another kind of violence than asked.

    date_prec 1 is a day, 2 two to six days, 3 a week, 4 a month, 5 more (UCDP GED codebook). Raises RowError.
    """
    if kinds is not None and _read_number(row, "type_of_violence") not in kinds:
        return None
    precision = _read_number(row, "date_prec")
    start, end = _read_day(row, "date_start"), _read_day(row, "date_end")
    return _make(row, level, "adm_1", start, end, _read_number(row, "best"), precision <= 2)


def read_acled(row: Row, level: Level, _kinds: frozenset[int] | None) -> Occurrence | None:
    """A row of an ACLED export. time_precision, where it is given: 1 a day, 2 a week, 3 a month. Raises RowError."""
    day = _read_day(row, "event_date")
    precision = _read_number(row, "time_precision") if row.get("time_precision") else 1
    start, end = day, day
    return _make(row, level, "admin1", start, end, _read_number(row, "fatalities"), precision == 1)


def _make(
    row: Row, level: Level, region: str, start: date, end: date, deaths: int, is_day_known: bool
) -> Occurrence:  # fmt: skip
    country = _read_name(row, "country")
    if end < start:
        raise RowError("row", f"{start}..{end}", "ends before it starts")
    if (end - start).days >= _MOST_DAYS:
        raise RowError("row", f"{start}..{end}", "lasts more than a year")
    if level == "country":
        return Occurrence(country, country, find_country(country), start, end, deaths, is_day_known)
    name = _read_name(row, region)
    return Occurrence(f"{country}/{name}", name, find_country(country), start, end, deaths, is_day_known)


def _read_name(row: Row, column: str) -> str:
    name = " ".join((row.get(column) or "").split())
    if not name:
        raise RowError("row", "", f"no {column}")
    if len(name) > _LONGEST_NAME:
        raise RowError("row", name[:40], f"a {column} too long to be a name")
    return name


def _read_number(row: Row, column: str) -> int:
    text = (row.get(column) or "").strip()
    # spreadsheets write whole numbers as 3.0; what 3.000 is depends on the country
    if not re.fullmatch(r"\d{1,9}(\.0|\.00|\.0{4,})?", text, re.ASCII):
        raise RowError("row", text[:40], f"no whole number of 0 or more in {column}")
    return int(text.split(".")[0])


def _read_day(row: Row, column: str) -> date:
    """2019-03-21, with or without a time after it, 21 March 2019 or 21-Mar-19 (a year from 1970 to 2069)."""
    text = (row.get(column) or "").strip()
    try:
        if m := _WRITTEN.fullmatch(text):
            month = next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(m[2].lower())), 0)
            year = int(m[3]) + (0 if len(m[3]) == 4 else 2000 if int(m[3]) < 70 else 1900)
            return date(year, month, int(m[1]))
        return date.fromisoformat(text[:10])
    except ValueError as why:
        raise RowError("row", text[:40], f"no date in {column}") from why


@cache
def find_country(name: str) -> str | None:
    """The alpha-3 code of a country as the lists name it ("Myanmar (Burma)"), or None."""
    if name in _LISTED:
        return _LISTED[name]
    table = load_countries()
    short, _, rest = name.partition(" (")
    return table.code_of(name) or table.code_of(short) or (table.code_of(rest.rstrip(")")) if rest else None)
