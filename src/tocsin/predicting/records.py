"""Reading a benchmark's records: JSON Lines, or CSV with a head, gzipped or not."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

from tocsin.errors import IntakeError


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a file, a CSV's cells as text; raises IntakeError for one that is neither."""
    try:
        packed = path.read_bytes()
        text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8")
        is_csv = path.name.removesuffix(".gz").endswith(".csv")
        records = _parse_csv(text) if is_csv else _parse_json_lines(text)
    except (OSError, EOFError, ValueError, csv.Error) as why:
        raise IntakeError("gold file", path, f"cannot be read as JSONL or CSV ({why})") from why
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise IntakeError("gold file", f"{path} line {number}", "is no JSON object")
    return records


def _parse_json_lines(text: str) -> list[Any]:
    # not splitlines: a text may hold separators of other kinds
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def _parse_csv(text: str) -> list[Any]:
    return list(csv.DictReader(io.StringIO(text, newline="")))
