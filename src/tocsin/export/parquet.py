"""Parquet: the same rows with types, for whoever reads them with pandas, R or DuckDB.

Text stays as it is (no spreadsheet runs it), lists are lists, days are dates and times are UTC timestamps. pyarrow is
loaded here and only when a file is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal

Kind = Literal["text", "whole", "number", "flag", "day", "time", "texts", "wholes"]
#: Rows in one group: what is held in memory at a time.
ROWS_A_GROUP = 2_000
_MOST = 2**63


class _Sink:
    """A file that keeps what is written only until it is taken."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._length = 0

    def write(self, piece: Any) -> int:
        held = bytes(piece)
        self._pieces.append(held)
        self._length += len(held)
        return len(held)

    def tell(self) -> int:
        return self._length

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        self.closed = True

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def write_parquet(
    columns: Sequence[str], kinds: Mapping[str, Kind], rows: Iterable[Mapping[str, Any]]
) -> Iterator[bytes]:
    """The bytes of a file, a group of rows at a time; a column that `kinds` does not name is text.

    An export of nothing is a whole file too: its columns with their types, and no row.
    """
    import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow carries no types
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    types = {
        "text": pa.string(), "whole": pa.int64(), "number": pa.float64(), "flag": pa.bool_(), "day": pa.date32(),
        "time": pa.timestamp("us", tz="UTC"), "texts": pa.list_(pa.string()), "wholes": pa.list_(pa.int64()),
    }  # fmt: skip
    schema = pa.schema([pa.field(column, types[kinds.get(column, "text")]) for column in columns])
    sink, given = _Sink(), iter(rows)
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        while group := list(islice(given, ROWS_A_GROUP)):
            arrays = [
                pa.array(
                    [_convert(row[column], kinds.get(column, "text")) for row in group], type=schema.field(column).type
                )
                for column in columns
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield sink.take()
    yield sink.take()


def _convert(value: Any, kind: Kind) -> Any:
    """A value as its column holds it; a number that does not fit 64 bits is left out rather than cut."""
    if value is None:
        return None
    match kind:
        case "day":
            return date.fromisoformat(value)
        case "time":
            return datetime.fromisoformat(value)
        case "number":
            return float(value)
        case "whole":
            return value if -_MOST <= value < _MOST else None
        case "wholes":
            return [_convert(part, "whole") for part in value]
        case "texts":
            return [_convert(part, "text") for part in value]
        case "text":
            text = str(value)
            # half of a surrogate pair is no text that UTF-8 could hold
            return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
        case _:
            return value
