"""The rows of a Parquet file as JSON Lines. To be run in a process of its own (see `apart`): Arrow is C++."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from tocsin.errors import IntakeError
from tocsin.intake.extracts import Bounds, Extract
from tocsin.intake.lines import KEYS
from tocsin.records.moments import write_moment

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]  # it has no types

_ROWS_AT_ONCE = 200


def read_parquet(body: bytes, name: str, bounds: Bounds) -> Extract:
    """The columns that an article is made of, a row a line; raises IntakeError where there is no column "text"."""
    import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(pa.BufferReader(body), pre_buffer=False)
        return Extract("\n".join(_list_lines(table, name, bounds)))
    except (pa.ArrowException, OSError, ValueError, OverflowError) as why:
        raise IntakeError("file", name, "is no Parquet file that can be read: it is damaged or broken off") from why


def _list_lines(table: ParquetFile, name: str, bounds: Bounds) -> Iterator[str]:
    names = set(table.schema_arrow.names)
    if "text" not in names:
        found = ", ".join(sorted(map(str, names)))[:200]
        raise IntakeError("file", name, f"has no column text: it has {found}; articles need text, and may have "
                          f"{', '.join(key for key in KEYS if key != 'text')}")  # fmt: skip
    meta = table.metadata
    size = sum(meta.row_group(group).total_byte_size for group in range(meta.num_row_groups))
    if size > bounds.unpacked:
        raise _too_large(name, bounds)
    wanted = [key for key in KEYS if key in names]
    taken = rows = 0
    for batch in table.iter_batches(batch_size=_ROWS_AT_ONCE, columns=wanted, use_threads=False):
        for row in zip(*(_list_values(column) for column in batch.columns), strict=True):
            rows += 1
            given = zip(batch.schema.names, row, strict=True)
            line = json.dumps({key: value for key, value in given if value is not None})
            taken += len(line)
            if taken > bounds.unpacked:
                raise _too_large(name, bounds)
            yield line
            if rows > bounds.rows:
                return


def _list_values(column: Any) -> list[Any]:
    """The values of a column as JSON has them; a time with a zone in UTC, whatever its zone: none is looked up."""
    import pyarrow as pa

    kind, number = column.type, pa.int64()
    if pa.types.is_timestamp(kind):
        zone = "" if kind.tz is None else "+00:00"
        counts = column.cast(number).to_pylist()
        return [None if count is None else write_moment(count, kind.unit) + zone for count in counts]
    if pa.types.is_date32(kind):
        counts = column.cast(pa.int32()).to_pylist()
        return [None if count is None else write_moment(count, "D") for count in counts]
    return [_read_cell(cell) for cell in column]


def _read_cell(cell: Any) -> Any:
    """A cell as JSON has it; None for what Python has no form for, such as a text that is no UTF-8."""
    try:
        return _plain(cell.as_py())
    except (OverflowError, LookupError, ValueError):
        return None


def _plain(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) else str(value)[:100]


def _too_large(name: str, bounds: Bounds) -> IntakeError:
    return IntakeError("file", name, f"unpacks to more than {bounds.unpacked:,} bytes: see unpack_max_bytes")
