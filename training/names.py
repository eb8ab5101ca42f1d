"""Names of places and peoples in texts: our own marks, and the toponyms of the developers' sets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tocsin.knowledge.countries import load_countries

Record = dict[str, Any]
#: (first character, the one after the last, "place" or "people")
NameRow = tuple[int, int, str]
NAMES_FILE = Path(__file__).parent / "data" / "own" / "names.jsonl"


def read_own_names(texts: Mapping[str, str], path: Path = NAMES_FILE) -> Iterator[tuple[str, list[NameRow]]]:
    """Each marked article of `texts` (by id) as (id, its names); raises ValueError for a string that is not there."""
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        if record["id"] in texts:
            yield record["id"], find_marked_names(record, texts[record["id"]])


def find_marked_names(record: Record, text: str) -> list[NameRow]:
    """Where the marked strings stand as whole words, longer ones first; occurrences under `except` are none."""
    kinds = dict.fromkeys(record["places"], "place") | dict.fromkeys(record["peoples"], "people")
    rows: list[NameRow] = []
    for name in sorted(kinds, key=len, reverse=True):
        found = list(re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text))
        if not found:
            raise ValueError(f"{record['id']}: {name!r} does not stand in the article")
        barred = set(record.get("except", {}).get(name, ()))
        for number, match in enumerate(found, 1):
            start, end = match.span()
            if number not in barred and all(end <= s or e <= start for s, e, _ in rows):
                rows.append((start, end, kinds[name]))
    return sorted(rows)


def list_toponyms(record: Record) -> list[NameRow]:
    """The toponyms of a record of the developers' sets, which mark adjectives of countries too."""
    return sorted({(t["start"], t["end"], _tell_kind(t["name"])) for t in record["toponyms"]})


def _tell_kind(name: str) -> str:
    return "people" if name in load_countries().by_demonym else "place"
