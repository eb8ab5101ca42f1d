"""JSON Lines: one object for each row, its keys the columns in their order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any


def write_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One line of JSON for each row; what is not known is null, lists are lists, text stays as it is."""
    for row in rows:
        yield json.dumps({column: row[column] for column in columns}, ensure_ascii=False, allow_nan=False) + "\n"
