"""CSV as in RFC 4180, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

#: What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
#: Between the members of a list in one cell; ids are joined by a blank, as no id holds one.
SEPARATOR = " | "


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One line of CSV for the head and for each row, ended by CR LF; quotes around everything that is no number."""
    yield _write_line(columns)
    for row in rows:
        yield _write_line([make_cell(row[column]) for column in columns])


def make_cell(value: Any) -> str | int | float:
    """A value as a cell: None is empty, a list is joined, and text never begins as a formula does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple):
        return neutralise(SEPARATOR.join("" if part is None else str(part) for part in value))
    return neutralise(str(value))


def neutralise(text: str) -> str:
    """The text, after an apostrophe where a spreadsheet would run it; a plain number stays as it is."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _write_line(cells: Sequence[str | int | float]) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
