"""Streams that unpack as they are read, and stop before they become too long."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from tocsin.errors import IntakeError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP = b"\x1f\x8b"
_BLOCK = 1 << 16


class BoundedStream(io.RawIOBase):
    """The bytes of a stream, unpacked where they are gzip (of one or many members), at most `max_bytes` of them.

    Reading further raises IntakeError, as do packed bytes that are broken or break off.
    """

    def __init__(self, packed: BinaryIO, name: str, max_bytes: int) -> None:
        super().__init__()
        self._packed, self._name, self._max_bytes = packed, name, max_bytes
        self._waiting = packed.read(_BLOCK)
        self._inflater = zlib.decompressobj(31) if self._waiting.startswith(GZIP) else None
        self._size = 0

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill some of the buffer; 0 at the end."""
        view = memoryview(buffer)
        part = self._inflate(len(view)) if self._inflater is not None else self._take(len(view))
        self._size += len(part)
        if self._size > self._max_bytes:
            why = f"unpacks to more than {self._max_bytes:,} bytes: see archive_max_bytes and unpack_max_bytes"
            raise IntakeError("file", self._name, why)
        view[: len(part)] = part
        return len(part)

    def _take(self, most: int) -> bytes:
        part, self._waiting = self._waiting[:most], self._waiting[most:]
        return part or self._packed.read(min(most, _BLOCK))

    def _inflate(self, most: int) -> bytes:
        assert self._inflater is not None  # noqa: S101 - its caller looked
        try:
            while True:
                if self._inflater.eof:
                    if not self._find_member():
                        return b""
                    self._inflater = zlib.decompressobj(31)
                is_out = not self._waiting and not self._refill()
                part = self._inflater.decompress(self._waiting, most)
                self._waiting = self._inflater.unconsumed_tail or self._inflater.unused_data
                if part:
                    return part
                if is_out and not self._inflater.eof:
                    raise IntakeError("file", self._name, "breaks off: its packed bytes have no end")
        except zlib.error as why:
            raise IntakeError("file", self._name, "is packed with gzip, and its packed bytes are broken") from why

    def _find_member(self) -> bool:
        """Whether another member follows; zeros may stand before it (gzip's manual, "Advanced usage")."""
        self._waiting = self._waiting.lstrip(b"\x00")
        while not self._waiting and self._refill():
            self._waiting = self._waiting.lstrip(b"\x00")
        return bool(self._waiting)

    def _refill(self) -> bool:
        self._waiting = self._packed.read(_BLOCK)
        return bool(self._waiting)


def open_bounded(packed: BinaryIO, name: str, max_bytes: int) -> io.BufferedReader:
    """A `BoundedStream` that can be read by lines."""
    return io.BufferedReader(BoundedStream(packed, name, max_bytes), _BLOCK)


def list_text_lines(stream: io.BufferedReader, max_bytes: int) -> Iterator[str]:
    """The lines of a UTF-8 text, with their ends; of a line longer than `max_bytes` only the beginning is given.

    Bytes that are no UTF-8 come as U+FFFD.
    """
    while line := stream.readline(max_bytes):
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(_BLOCK)):
            pass
        yield line.decode("utf-8-sig" if line.startswith(b"\xef\xbb\xbf") else "utf-8", "replace")
