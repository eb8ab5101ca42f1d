"""Files of many articles: JSON Lines, one article a line, and CSV, one a row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from tocsin.errors import IntakeError
from tocsin.intake.articles import Options, make_article
from tocsin.intake.faults import make_fault
from tocsin.intake.times import parse_time
from tocsin.network.addresses import clean_address
from tocsin.records import Article, Fault
from tocsin.settings import Settings

KEYS = ("title", "text", "outlet", "published", "published_at", "url")
"""What is read of a line or a row; other keys and columns are passed over."""

BYTES_A_CHAR = 6
"""A letter of a text takes at most six bytes in JSON; a line that is longer than its text could be is not parsed."""

_MAX_COLUMNS = 1_000


def read_lines(
    text: str | Iterable[str], *, name: str, options: Options, taken_at: datetime, settings: Settings
) -> Iterator[Article | Fault]:
    """The articles of a JSON Lines text; a line that gives none is a Fault with its number, and the rest goes on.

    A line is an object with the keys title, text, outlet, published (or published_at) and url; others are ignored.
    """
    options = Options(outlet=options.outlet, published_at=options.published_at)
    lines = io.StringIO(text, newline="\n") if isinstance(text, str) else text
    for number, line in enumerate(lines, start=1):
        if len(line) > BYTES_A_CHAR * settings.max_text_chars:
            yield make_fault(f"{name}, line {number}", f"is too long: {len(line):,} characters", taken_at)
        elif line.strip():
            try:
                yield _make_from_line(line, options, taken_at, settings)
            except IntakeError as why:
                yield make_fault(f"{name}, line {number}", why.why, taken_at)


def read_rows(
    text: str | Iterable[str], *, name: str, options: Options, taken_at: datetime, settings: Settings
) -> Iterator[Article | Fault]:
    """The articles of a CSV text with a head; a row that gives none is a Fault with its line, and the rest goes on.

    The columns are those of `KEYS`, in any order and case; only `text` must be there. Cells are parted by commas,
    semicolons or tabs, whichever the head has most of.
    """
    options = Options(outlet=options.outlet, published_at=options.published_at)
    lines = iter(io.StringIO(text, newline="") if isinstance(text, str) else text)
    head = next((line for line in lines if line.strip()), "").lstrip("\ufeff")
    # The limit is the module's own and holds for all who use it, so it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), 4 * settings.max_text_chars))
    sign = max(",;\t", key=head.count)
    try:
        columns = [cell.strip().lower() for cell in next(csv.reader([head], delimiter=sign), [])]
    except csv.Error as why:
        raise IntakeError("file", name, f"has a head that cannot be read ({why})") from why
    if "text" not in columns or len(columns) > _MAX_COLUMNS:
        found = ", ".join(columns)[:120]
        lacking = (
            f"has no column text in its head ({found}): articles need one, and may have title, outlet, published, url"
        )
        raise IntakeError("file", name, lacking)
    watched = _RowWatch(lines, BYTES_A_CHAR * settings.max_text_chars)
    rows = csv.reader(watched, delimiter=sign, strict=True)
    while True:
        try:
            watched.begin()
            row = next(rows, None)
            if row is None:
                return
            if any(cell.strip() for cell in row):
                given = {key: cell.strip() for key, cell in zip(columns, row, strict=False) if cell.strip()}
                yield _make_from_row(given, ",".join(row)[:60], options, taken_at, settings)
        except csv.Error as odd:
            yield make_fault(f"{name}, line {rows.line_num + 1}", f"is not CSV ({odd})", taken_at)
        except IntakeError as why:
            yield make_fault(f"{name}, line {rows.line_num + 1}", why.why, taken_at)


class _RowWatch:
    """Passes lines on, and refuses a row without end, whose cells the csv module would gather in memory."""

    def __init__(self, lines: Iterator[str], most: int) -> None:
        self._lines, self._most = lines, most
        self._chars = 0

    def begin(self) -> None:
        self._chars = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._chars += len(line)
        if self._chars > self._most:
            raise csv.Error(f"a row of more than {self._most:,} characters; is a quotation mark left open?")
        return line


def _make_from_line(line: str, options: Options, taken_at: datetime, settings: Settings) -> Article:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as why:
        reason = why.msg if isinstance(why, json.JSONDecodeError) else type(why).__name__
        raise IntakeError("line", line[:60], f"is not JSON ({reason})") from why
    if not isinstance(given, dict):
        raise IntakeError("line", line[:60], "is not a JSON object")
    return _make_from_row(given, line[:60], options, taken_at, settings)


def _make_from_row(
    given: dict[str, Any], which: str, options: Options, taken_at: datetime, settings: Settings
) -> Article:
    published = _text_of(given, "published") or _text_of(given, "published_at")
    published_at = options.published_at or parse_time(published)
    if published and published_at is None:
        raise IntakeError("line", which, f"has a time of publication that is not understood ({published[:40]})")
    return make_article(
        _text_of(given, "text") or "",
        taken_at=taken_at,
        title=_text_of(given, "title"),
        outlet_name=options.outlet or _text_of(given, "outlet"),
        url=clean_address(_text_of(given, "url")),
        published_at=published_at,
        max_chars=settings.max_text_chars,
    )


def _text_of(given: dict[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise IntakeError("line", key, f'has "{key}" that is not a text')
    return value
