"""Rows dealt out to buckets through files: each task writes one file with a segment for each bucket.

Rows are JSON, one a line, compressed a block at a time; the index stands at the end of the file. A bucket is gathered
by reading its segments out of all files. Nothing passes through the scheduler, so what is dealt out survives it.
"""

from __future__ import annotations

import json
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from tocsin.archive.files import write_whole
from tocsin.archive.refusals import ArchiveError

Row = dict[str, Any]
#: So many characters are held before they are written.
_MOST_HELD = 48_000_000
_TAIL = struct.Struct("<Q")
_CODEC = "zstd"


class Dealer:
    """Writes one file of rows by bucket; it stands at its place, whole, when the block is left well."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack = ExitStack()
        self._held: dict[str, list[str]] = defaultdict(list)
        self._chars = self._at = 0
        self._index: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self.rows: Counter[str] = Counter()
        self.bytes = 0

    def __enter__(self) -> Self:
        self._file = self._stack.enter_context(self._stack.enter_context(write_whole(self._path)).open("wb"))
        return self

    def __exit__(self, *why: Any) -> None:
        if why[0] is None:
            with self._stack:
                self._lay_down()
                index = json.dumps(self._index).encode()
                self._file.write(index + _TAIL.pack(len(index)))
                self.bytes = self._at + len(index) + _TAIL.size
        else:
            self._stack.__exit__(*why)

    def deal(self, bucket: str, row: Row) -> None:
        """Put a row into a bucket."""
        line = json.dumps(row, ensure_ascii=True, separators=(",", ":"))
        self._held[bucket].append(line)
        self.rows[bucket] += 1
        self._chars += len(line)
        if self._chars > _MOST_HELD:
            self._lay_down()

    def _lay_down(self) -> None:
        import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow carries no types

        codec = pa.Codec(_CODEC)
        for bucket, lines in sorted(self._held.items()):
            block = "\n".join(lines).encode("ascii")
            packed = codec.compress(block, asbytes=True)
            self._file.write(packed)
            self._index[bucket].append((self._at, len(packed), len(block)))
            self._at += len(packed)
        self._held.clear()
        self._chars = 0


def gather_rows(paths: Iterable[Path], bucket: str) -> Iterator[Row]:
    """The rows of one bucket out of all files, file by file in the order given."""
    import pyarrow as pa

    codec = pa.Codec(_CODEC)
    for path in paths:
        try:
            with path.open("rb") as file:
                for at, length, whole in _read_index(file).get(bucket, ()):
                    file.seek(at)
                    block = codec.decompress(file.read(length), decompressed_size=whole, asbytes=True)
                    yield from map(json.loads, block.decode("ascii").split("\n"))
        except (OSError, ValueError, pa.ArrowException) as why:
            raise ArchiveError("archive file", path, f"cannot be read ({why}): group again with --again") from why


def _read_index(file: Any) -> dict[str, list[tuple[int, int, int]]]:
    file.seek(-_TAIL.size, 2)
    end = file.tell()
    (length,) = _TAIL.unpack(file.read(_TAIL.size))
    file.seek(end - length)
    index: dict[str, list[tuple[int, int, int]]] = json.loads(file.read(length))
    return index
