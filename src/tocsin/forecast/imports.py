"""A file of counts or of events, in a form that people have, to a history. No such data come with Tocsin."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Literal

from tocsin.errors import IntakeError, RecordError
from tocsin.forecast.history import CountRow, History, Measure, Unit, build_history
from tocsin.forecast.occurrences import (
    COLUMNS,
    ID_COLUMNS,
    Level,
    Occurrence,
    RowError,
    find_country,
    read_acled,
    read_ged,
)
from tocsin.forecast.periods import Period, number_period, read_period
from tocsin.forecast.spreading import spread_occurrences
from tocsin.forecast.successions import join_renamed

ListKind = Literal["UCDP GED", "ACLED", "counts"]
_READERS: Mapping[str, Callable[[Mapping[str, str], Level, frozenset[int] | None], Occurrence | None]] = {
    "UCDP GED": read_ged,
    "ACLED": read_acled,
}
#: Columns of the own form: `name` and `country` (ISO 3166-1 alpha-3) may be left out.
_OWN = ("unit", "month, week or date", "value")
#: The first stands where a header has one column.
_DELIMITERS = ",;\t"
#: Reasons told apart; a file that is wrong in more ways is summed up.
_MOST_REASONS = 20
_TOO_LATE = "dated after today"
#: No list of deaths by month goes further back; a year before is mistyped, and would make centuries without a death.
EARLIEST = date(1800, 1, 1)
_TOO_EARLY = f"dated before {EARLIEST.year}"
#: Characters. A quotation mark that nothing closes makes one cell of the rest of a file.
LONGEST_CELL = 100_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file gave.

    kind    which form it was
    rows    how many rows it holds, the header aside; used: how many counted
    faults  reason to the number of rows left out for it
    notes   what was decided about the rest, one sentence each
    """

    history: History
    kind: ListKind
    rows: int
    used: int
    faults: Mapping[str, int]
    notes: tuple[str, ...] = ()


def import_history(
    lines: Iterable[str],
    name: str,
    *,
    period: Period = "month",
    measure: Measure = "deaths",
    level: Level = "country",
    since: date | None = None,
    until: date | None = None,
    kinds: Iterable[int] | None = None,
    today: date | None = None,
) -> Imported:
    """The history in a file, given as its lines: UCDP GED or ACLED as CSV, or counts as CSV or JSON Lines.

    `name` is the file's, for messages. `level` counts a list of events by country or by first-level area; `since` and
    `until` say which days it covers (see `spread_occurrences`); `kinds` keeps UCDP's types of violence (1 state-based,
    2 non-state, 3 one-sided) and is refused for other files, as are `since` and `until` for counts, whose rows say what
    they cover. A row that ends after `today`, or lies before `EARLIEST`, is a bad one: a mistyped year must not make
    years without a death.

    Counts have the columns unit, month (or week, or date) and value, one row for each unit and period that was
    observed, also where the value is 0: a period without a row is a gap. Rows dated by day are added up. Of rows of a
    list with one event's id the first counts. Bad rows are left out and counted by reason. Raises IntakeError for a
    file that is none of these, by name, with the columns it lacks, and for one without any row that can be counted.
    """
    rows = _read_rows(lines, name)
    header = next(rows)
    kind = _tell_kind(header, name)
    today = today or date.max
    if kinds is not None and kind != "UCDP GED":
        raise IntakeError("history file", name, f"is of the form {kind}: types of violence are UCDP's alone")
    if kind == "counts":
        if since or until:
            raise IntakeError("history file", name, "is a table of counts: its own rows say which days are covered")
        return _import_counts(rows, frozenset(header), name, (period, measure), today)
    if until is not None and until > today:
        raise IntakeError("history file", name, f"cannot cover days up to {until}: today is {today}")
    return _import_list(rows, kind, name, (period, measure, level), (since, until), kinds, today)


def _read_rows(lines: Iterable[str], name: str) -> Iterator[dict[str, str]]:
    """First a record whose keys are the columns, then a record for each row; {} for a line that is none."""
    stream = iter(lines)
    try:
        first = next((line for line in stream if line.strip()), "").removeprefix("\ufeff")
        if first.lstrip().startswith("{"):
            yield from _read_json_rows(chain([first], stream), name)
            return
        table = csv.reader(chain([first], stream), strict=False, delimiter=_find_delimiter(first))
        columns = [c.strip().lower() for c in next(table, [])]
        yield dict.fromkeys(columns, "")
        for cells in table:
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise csv.Error(f"a cell of more than {LONGEST_CELL:,} characters")
            if cells:
                yield dict(zip(columns, cells, strict=False)) if len(cells) == len(columns) else {}
    except (csv.Error, UnicodeDecodeError) as why:
        raise IntakeError("history file", name, f"cannot be read as CSV ({why})") from why


def _find_delimiter(header: str) -> str:
    """What parts the header's columns: where the comma is the decimal sign, spreadsheets write semicolons."""
    return max(_DELIMITERS, key=lambda delimiter: len(next(csv.reader([header], delimiter=delimiter), [])))


def _read_json_rows(lines: Iterable[str], name: str) -> Iterator[dict[str, str]]:
    is_first = True
    for line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as why:
            if is_first:
                raise IntakeError("history file", name, f"cannot be read as JSON Lines ({why})") from why
            row = None
        fields = {str(k).lower(): "" if v is None else str(v) for k, v in row.items()} if isinstance(row, dict) else {}
        if is_first:
            yield dict.fromkeys(fields, "")
            is_first = False
        yield fields


def _tell_kind(header: Mapping[str, str], name: str) -> ListKind:
    if {"unit", "value"} <= header.keys() and header.keys() & {"month", "week", "date"}:
        return "counts"
    kinds: tuple[ListKind, ...] = ("UCDP GED", "ACLED")
    for kind in kinds:
        if set(COLUMNS[kind]) <= header.keys():
            return kind
    lacking = "; ".join(
        f"for {kind} {', '.join(c for c in columns if c not in header)}"
        for kind, columns in (*COLUMNS.items(), ("counts", _OWN))
    )
    raise IntakeError("history file", name, f"is neither UCDP GED nor ACLED nor a table of counts; it lacks {lacking}")


def _import_list(
    rows: Iterable[Mapping[str, str]],
    kind: ListKind,
    name: str,
    form: tuple[Period, Measure, Level],
    covered: tuple[date | None, date | None],
    kinds: Iterable[int] | None,
    today: date,
) -> Imported:
    period, measure, level = form
    chosen = None if kinds is None else frozenset(kinds)
    faults, occurrences, number, others = _Tally(), [], 0, 0
    known: set[str] = set()
    for row in rows:
        number += 1
        try:
            if not row:
                raise RowError("row", number, "not as many cells as columns")
            occurrence = _READERS[kind](row, level, chosen)
            if occurrence is not None and occurrence.end > today:
                raise RowError("row", occurrence.end, _TOO_LATE)
            if occurrence is not None and occurrence.start < EARLIEST:
                raise RowError("row", occurrence.start, _TOO_EARLY)
        except RowError as fault:
            faults.count(fault.why)
            continue
        event = (row.get(ID_COLUMNS[kind]) or "").strip()
        if occurrence is None:
            others += 1
        elif event and event in known:
            faults.count("the same event again")
        else:
            known.add(event)
            occurrences.append(occurrence)
    if not occurrences:
        raise IntakeError("history file", name, f"holds no row that can be counted{faults}")
    occurrences, joined = join_renamed(occurrences, level)
    spread = spread_occurrences(occurrences, period=period, measure=measure, since=covered[0], until=covered[1])
    left = {**faults.counts, **spread.faults}
    notes = spread.notes + joined
    if others:
        notes += (f"{others} rows are of another type of violence",)
    return Imported(spread.history, kind, number, len(occurrences) - sum(spread.faults.values()), left, notes)


def _import_counts(
    rows: Iterable[Mapping[str, str]], columns: frozenset[str], name: str, form: tuple[Period, Measure], today: date
) -> Imported:
    period, measure = form
    column = "date" if "date" in columns else "week" if "week" in columns else "month"
    if column not in ("date", period):
        raise IntakeError("history file", name, f"counts by {column} and cannot be told by {period}")
    faults, number = _Tally(), 0
    counts: dict[tuple[str, int], float] = {}
    units: dict[str, Unit] = {}
    used = 0
    for row in rows:
        number += 1
        try:
            unit, at, value = _read_count(row, column, period)
            if at > number_period(today, period):
                raise RowError("row", at, _TOO_LATE)
            if at < number_period(EARLIEST, period):
                raise RowError("row", at, _TOO_EARLY)
        except RowError as fault:
            faults.count(fault.why)
            continue
        if column != "date" and (unit.id, at) in counts:
            faults.count(f"the same unit and {period} again")
            continue
        counts[unit.id, at] = counts.get((unit.id, at), 0.0) + value
        units.setdefault(unit.id, unit)
        used += 1
    if not counts:
        raise IntakeError("history file", name, f"holds no row that can be counted{faults}")
    long = [CountRow(unit, at, value) for (unit, at), value in counts.items()]
    try:
        history = build_history(long, units, period=period, measure=measure)
    except RecordError as why:
        raise IntakeError("history file", name, f"gives no history: {why}") from why
    gaps = int((~history.observed).sum())
    notes = (f"{gaps} units' {period}s have no row and stay gaps",) if gaps else ()
    return Imported(history, "counts", number, used, faults.counts, notes)


def _read_count(row: Mapping[str, str], column: str, period: Period) -> tuple[Unit, int, float]:
    key = " ".join(row.get("unit", "").split())[:200]
    if not key:
        raise RowError("row", "", "no unit")
    try:
        at = read_period(row.get(column, ""), period)
        value = float(row.get("value", ""))
    except RecordError as why:
        raise RowError("row", why.which, f"no {column} that exists") from why
    except ValueError as why:
        raise RowError("row", row.get("value", "")[:40], "no number in value") from why
    if not 0 <= value < 1e9:
        raise RowError("row", value, "a value that is no count")
    if not value.is_integer():
        raise RowError("row", value, "a value that is no whole number")
    name, country = row.get("name") or key, (row.get("country") or row.get("iso3") or "").strip()
    known = country.upper() if len(country) == 3 else find_country(country) if country else None
    return Unit(key, name[:200], known), at, value


class _Tally:
    """Reasons and how often each was met."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = defaultdict(int)

    def count(self, reason: str) -> None:
        known = reason in self.counts or len(self.counts) < _MOST_REASONS
        self.counts[reason if known else "other faults"] += 1

    def __str__(self) -> str:
        return "".join(f"; {number} rows: {reason}" for reason, number in self.counts.items())
