"""Undoing the compression of an answer without ever holding more than was allowed."""

from __future__ import annotations

import zlib

from tocsin.errors import FetchError

ACCEPTED = "gzip, deflate"
"""What is asked for: only what the standard library unpacks in bounded steps."""

_MAX_MEMBERS = 1_000


class Unpacker:
    """Takes an answer's bytes as they come; raises FetchError as soon as they, or what they unpack to, are too many."""

    def __init__(self, encoding: str | None, which: str, max_bytes: int) -> None:
        self._which, self._max_bytes = which, max_bytes
        self._encoding = (encoding or "identity").strip().lower().removeprefix("x-")
        if self._encoding not in ("identity", "gzip", "deflate"):
            raise FetchError("address", which, f"answers packed as {self._encoding[:40]}, which was not asked for")
        self._stream = None if self._encoding == "identity" else zlib.decompressobj(47)
        self._taken = self._members = 0
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes from the network."""
        self._taken += len(chunk)
        if self._taken > self._max_bytes:
            raise FetchError("address", self._which, f"is larger than {self._max_bytes:,} bytes")
        if self._stream is None:
            self._keep(chunk)
            return
        try:
            while chunk:
                chunk = self._inflate(self._stream, chunk)
        except zlib.error as why:
            raise FetchError("address", self._which, "answers with compressed bytes that are broken") from why

    def finish(self) -> bytes:
        """All of it; raises FetchError where the compressed stream breaks off."""
        if self._stream is not None and self._taken and not self._stream.eof:
            raise FetchError("address", self._which, "answers with compressed bytes that break off")
        return b"".join(self._parts)

    def _inflate(self, stream: zlib._Decompress, chunk: bytes) -> bytes:
        """Unpack a chunk; what is left of it belongs to the next member."""
        if stream.eof:
            self._members += 1
            if self._members > _MAX_MEMBERS:
                raise zlib.error("too many members")
            stream = self._stream = zlib.decompressobj(47)
        try:
            # One byte more than allowed is enough to know.
            self._keep(stream.decompress(chunk, self._max_bytes - self._size + 1))
        except zlib.error:
            if self._encoding != "deflate" or self._size or self._taken != len(chunk):
                raise
            # Some servers mean by "deflate" the bare stream without its header (RFC 9110, section 8.4.1.2).
            stream = self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
            self._keep(stream.decompress(chunk, self._max_bytes + 1))
        return stream.unused_data

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._max_bytes:
            raise FetchError("address", self._which, f"unpacks to more than {self._max_bytes:,} bytes")
        self._parts.append(part)
