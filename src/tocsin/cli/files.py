"""Files that the command line writes: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tocsin.errors import StoreError


def write_whole(what: str, path: Path, pieces: Iterable[bytes]) -> int:
    """Write a file beside its place and move it there once it is whole; gives its bytes.

    What was there stays if anything goes wrong or is refused on the way, or Ctrl C stops it. A pipe or a device
    (/dev/stdout) is written to as it is. Raises StoreError, naming `what` and the path, where it cannot be written.
    """
    if path.exists() and not path.is_file():
        return _write_through(what, path, pieces)
    target = path.resolve()  # a link stays one
    part: Path | None = None
    size = 0
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-"[:100], suffix=".part", dir=target.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                size += file.write(piece)
        part.chmod(_find_mode(target))
        part.replace(target)
    except OSError as why:
        raise _refuse(what, path, why) from why
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return size


def _write_through(what: str, path: Path, pieces: Iterable[bytes]) -> int:
    try:
        with path.open("wb") as file:
            return sum(map(file.write, pieces))
    except OSError as why:
        raise _refuse(what, path, why) from why


def _find_mode(target: Path) -> int:
    """The rights of the file to be replaced, else those that a new file gets here: mkstemp's own are its owner's."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _refuse(what: str, path: Path, why: OSError) -> StoreError:
    return StoreError(what, path, f"cannot be written ({why.strerror or why})")
