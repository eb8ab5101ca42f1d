"""Files that are whole or not there: written under another name, made durable, then renamed."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tocsin.archive.refusals import ArchiveError


@contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """A name to write under; afterwards the file stands at `path`, or, if anything failed, nothing does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{platform.node()}.{os.getpid()}")
    try:
        yield scratch
        keep_durable(scratch)
        scratch.replace(path)
        keep_durable(path.parent)
    finally:
        scratch.unlink(missing_ok=True)


def drop_scratch(folder: Path) -> None:
    """Take away what writers that were killed have left, where no writer is at work."""
    for path in folder.glob(".part-*"):
        path.unlink(missing_ok=True)


def keep_durable(path: Path) -> None:
    """Have the system write a file, or a folder's list of names, to the disk now."""
    if os.name == "nt" and path.is_dir():  # Windows opens no folders
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, told: Any) -> None:
    """A small file of JSON, whole or not there."""
    with write_whole(path) as scratch:
        scratch.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_json(path: Path) -> Any:
    """Raises ArchiveError where the file cannot be read or is no JSON."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as why:
        raise ArchiveError("archive file", path, f"cannot be read ({why}); give --again to begin anew") from why
