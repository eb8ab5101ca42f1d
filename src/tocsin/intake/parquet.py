"""The rows of a Parquet file as JSON Lines. To be run in a process of its own (see `apart`): Arrow is C++."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tocsin.errors import IntakeError
from tocsin.intake.extracts import Bounds, Extract
from tocsin.intake.lines import KEYS

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]  # it has no types

_ROWS_AT_ONCE = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


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

    if not pa.types.is_timestamp(column.type):
        return [_plain(value) for value in column.to_pylist()]
    zone = "" if column.type.tz is None else "+00:00"
    moments = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.int64()).to_pylist()
    return [None if moment is None else _show_moment(moment) + zone for moment in moments]


def _show_moment(microseconds: int) -> str:
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat(timespec="seconds")


def _plain(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) else str(value)[:100]


def _too_large(name: str, bounds: Bounds) -> IntakeError:
    return IntakeError("file", name, f"unpacks to more than {bounds.unpacked:,} bytes: see unpack_max_bytes")
