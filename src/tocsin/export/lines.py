"""JSON Lines: one object for each row, its keys the columns in their order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

#: Next line, line and paragraph separator: JSON allows them, and JavaScript and Python's splitlines() break there.
_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\u0085\u2028\u2029"}


def write_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One line of JSON for each row; what is not known is null, lists are lists, text stays as it is.

    Only what some readers take for the end of a line is written by its number: it stands in strings alone.
    """
    for row in rows:
        line = json.dumps({column: row[column] for column in columns}, ensure_ascii=False, allow_nan=False)
        yield (line if line.isascii() else line.translate(_LINE_ENDS)) + "\n"
