"""Reading GeoNames' export files line by line: tab-separated text, plain or zipped, with bounds on all of it.

Nothing is held but the piece in hand: the world's table of places is 1.7 GB unpacked.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tocsin.errors import KnowledgeError

#: The largest table is 1.7 GB unpacked (2026), and text like it packs about five to one.
MOST_BYTES = 8 << 30
MOST_TIMES = 60
_PIECE = 1 << 20
_LONGEST_LINE = 1 << 20

Told = Callable[[int, int], None]
"""Told how many bytes of how many have been read."""


def read_lines(path: Path, *, told: Told = lambda *_: None, max_bytes: int = MOST_BYTES) -> Iterator[str]:
    """The lines of a table without their ends; of a zip file, those of the one table in it.

    Raises KnowledgeError, naming the file, where it cannot be read, is no zip file, is cut short or damaged, unpacks to
    more than `max_bytes` or to more than 60 times its size, holds a line of more than a megabyte or is not UTF-8.
    """
    with _open(path, max_bytes) as (file, size):
        done, line, rest = 0, 0, b""
        while piece := _read(path, file):
            done += len(piece)
            if done > max_bytes:
                raise KnowledgeError("dump", path, f"is larger than {max_bytes:,} bytes")
            whole, newline, rest = (rest + piece).rpartition(b"\n")
            if newline:
                lines = _decode(path, whole, line).split("\n")
                yield from lines
                line += len(lines)
            if len(rest) > _LONGEST_LINE:
                raise KnowledgeError("dump", path, f"has a line of more than {_LONGEST_LINE:,} bytes after line {line}")
            told(done, size)
        if rest:
            yield _decode(path, rest, line)


def digest_file(path: Path) -> str:
    """SHA-256 of the file in hexadecimal digits; raises KnowledgeError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as why:
        raise KnowledgeError("dump", path, f"cannot be read ({why.strerror or why})") from why


def check_zip(path: Path) -> None:
    """Read a zip file through once; raises KnowledgeError where a byte of it is not as it was packed."""
    with _open(path, MOST_BYTES) as (file, _):
        while _read(path, file):
            pass


@contextmanager
def _open(path: Path, max_bytes: int) -> Iterator[tuple[IO[bytes], int]]:
    try:
        if path.suffix.lower() != ".zip":
            with path.open("rb") as plain:
                yield plain, path.stat().st_size
            return
        with zipfile.ZipFile(path) as packed:
            member = _choose_member(path, packed, max_bytes)
            with packed.open(member) as file:
                yield file, member.file_size
    except zipfile.BadZipFile as why:
        raise KnowledgeError(
            "dump", path, f"is no whole zip file ({why}): cut short or damaged; fetch it again"
        ) from why
    except (NotImplementedError, RuntimeError) as why:  # another packing, or a password
        raise KnowledgeError("dump", path, f"cannot be unpacked ({why})") from why
    except OSError as why:
        raise KnowledgeError("dump", path, f"cannot be read ({why.strerror or why})") from why


def _choose_member(path: Path, packed: zipfile.ZipFile, max_bytes: int) -> zipfile.ZipInfo:
    tables = [m for m in packed.infolist() if m.filename.endswith(".txt") and m.filename.lower() != "readme.txt"]
    named = [m for m in tables if Path(m.filename).stem == path.stem]
    found = named or [m for m in tables if not m.filename.startswith("iso-languagecodes")]
    if len(found) != 1:
        raise KnowledgeError("dump", path, f"must hold one table, {path.stem}.txt; it holds {len(tables)} text files")
    member = found[0]
    if member.file_size > max_bytes or member.file_size > MOST_TIMES * max(member.compress_size, 1 << 16):
        why = f"unpacks from {member.compress_size:,} to {member.file_size:,} bytes, which no table of GeoNames does"
        raise KnowledgeError("dump", path, why)
    return member


def _read(path: Path, file: IO[bytes]) -> bytes:
    try:
        return file.read(_PIECE)
    except (zipfile.BadZipFile, zlib.error, EOFError) as why:
        raise KnowledgeError("dump", path, f"is damaged ({str(why) or 'it ends too soon'}); fetch it again") from why


def _decode(path: Path, piece: bytes, line: int) -> str:
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError as why:
        at = line + piece.count(b"\n", 0, why.start) + 1
        raise KnowledgeError("dump", f"{path}, line {at}", f"must be UTF-8 ({why.reason})") from why
