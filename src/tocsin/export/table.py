"""A table on its way out: its columns, their types and its rows, and the three ways to write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.export.cells import write_csv
from tocsin.export.lines import write_lines
from tocsin.export.parquet import Kind, write_parquet


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that are made as they are written: a table is written once.

    rows   one mapping for each, with every column; None is what is not known
    kinds  what a column holds where it is not text
    """

    columns: Sequence[str]
    rows: Iterable[Mapping[str, Any]]
    kinds: Mapping[str, Kind] = field(default_factory=dict)

    def to_csv(self) -> Iterator[str]:
        """Lines of CSV, safe to open in a spreadsheet."""
        return write_csv(self.columns, self.rows)

    def to_lines(self) -> Iterator[str]:
        """Lines of JSON."""
        return write_lines(self.columns, self.rows)

    def to_parquet(self) -> Iterator[bytes]:
        """The bytes of a Parquet file."""
        return write_parquet(self.columns, self.kinds, self.rows)
