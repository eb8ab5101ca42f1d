"""Loading knowledge files: TOML and CSV that lie in this package, or a user's own of the same form."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from tocsin.errors import KnowledgeError


def read_knowledge(name: str) -> str:
    """The text of the bundled knowledge file `name` ("plover.toml")."""
    try:
        return (files("tocsin.knowledge") / name).read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError) as why:
        raise KnowledgeError("knowledge file", name, f"cannot be read ({why})") from why


def load_toml(name: str, path: Path | None = None) -> dict[str, Any]:
    """The bundled table `name`, or the user's file at `path` in its place."""
    which = str(path or name)
    try:
        return tomllib.loads(path.read_text("utf-8-sig") if path else read_knowledge(name))
    except tomllib.TOMLDecodeError as why:
        raise KnowledgeError("knowledge file", which, f"is not TOML ({why})") from why
    except RecursionError as why:
        raise KnowledgeError("knowledge file", which, "holds lists or tables too deep in one another") from why
    except OSError as why:
        raise KnowledgeError("knowledge file", which, f"cannot be read ({why.strerror or why})") from why
    except UnicodeDecodeError as why:
        raise KnowledgeError("knowledge file", which, f"must be UTF-8 ({why.reason} at byte {why.start})") from why


def load_csv(name: str, columns: tuple[str, ...], path: Path | None = None) -> list[dict[str, str]]:
    """The rows of a bundled or given CSV file, which must have exactly `columns` in its head."""
    which = str(path or name)
    try:
        text = path.read_text("utf-8-sig") if path else read_knowledge(name)
    except (OSError, UnicodeDecodeError) as why:
        raise KnowledgeError("knowledge file", which, f"cannot be read ({why})") from why
    rows = csv.DictReader(io.StringIO(text), strict=True)
    if tuple(rows.fieldnames or ()) != columns:
        raise KnowledgeError("knowledge file", which, f"must have the columns {','.join(columns)}")
    return [{k: v or "" for k, v in row.items()} for row in rows]


def digest_knowledge(*names: str) -> str:
    """Eight hexadecimal digits that change whenever one of the files does: shown by `tocsin doctor`."""
    return hashlib.sha256("\x1f".join(read_knowledge(n) for n in names).encode()).hexdigest()[:8]
