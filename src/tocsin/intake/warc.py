"""Archives of the web (WARC, ISO 28500), by warcio: the pages and texts in them, in their order."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tocsin.errors import IntakeError
from tocsin.intake.kinds import media_type
from tocsin.intake.streams import GZIP

if TYPE_CHECKING:
    from tocsin.intake.streams import BoundedStream

_READ_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "text/markdown", "application/pdf"})
_PACKINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
#: A record's own headers and those of the answer in it take less than this.
_MAX_HEAD_BYTES = 1 << 19
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as it was answered to the archive's crawler.

    body  unpacked; None where it is larger than allowed, or packed in a way that is not read
    """

    address: str
    content_type: str | None
    body: bytes | None
    problem: str | None = None


def list_captures(stream: BoundedStream, name: str, max_bytes: int) -> Iterator[Capture]:
    """Every page and text of an archive that was answered with success, each of at most `max_bytes` bytes.

    Records of other kinds (requests, metadata, repeated visits, pictures) are passed over. Raises IntakeError where
    the archive is none, breaks off or is longer than its stream allows.
    """
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]  # it has no types
    from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]  # it has no types

    watched = _HeadWatch(stream, name)
    # Its reader would unpack once more, past all bounds of the stream.
    if watched.is_packed():
        raise IntakeError("file", name, "is packed twice: unpack it once and hand it in again")
    try:
        records = ArchiveIterator(watched)
        while True:
            watched.begin()
            record = next(records, None)
            watched.end()
            if record is None:
                return
            if (capture := _read_record(record, max_bytes)) is not None:
                yield capture
            # What is left of it is read away here, where a long body is no long head.
            while record.raw_stream.read(_BLOCK):
                pass
    except (ArchiveLoadFailed, ValueError, TypeError, AttributeError, KeyError, EOFError, RecursionError) as why:
        # Its reader meets whatever a stranger wrote, and says so in many ways.
        raise IntakeError("file", name, "is no WARC archive that can be read: it is damaged or broken off") from why


class _HeadWatch:
    """Passes bytes on, and refuses a head without end, which the archive's reader would gather in memory."""

    def __init__(self, stream: BoundedStream, name: str) -> None:
        self._stream, self._name = io.BufferedReader(stream, _BLOCK), name
        self._left: int | None = None

    def is_packed(self) -> bool:
        return self._stream.peek(len(GZIP)).startswith(GZIP)

    def begin(self) -> None:
        self._left = _MAX_HEAD_BYTES

    def end(self) -> None:
        self._left = None

    def read(self, size: int = -1) -> bytes:
        part = self._stream.read1(size if 0 < size <= _BLOCK else _BLOCK)
        if self._left is not None:
            self._left -= len(part)
            if self._left < 0:
                raise IntakeError(
                    "file", self._name, f"has a record whose head is longer than {_MAX_HEAD_BYTES:,} bytes"
                )
        return part


def _read_record(record: Any, max_bytes: int) -> Capture | None:
    address = record.rec_headers.get_header("WARC-Target-URI") if record.rec_headers else None
    if record.format != "warc" or record.rec_type not in ("response", "resource", "conversion") or not address:
        return None
    headers = record.http_headers if record.rec_type == "response" else None
    if record.rec_type == "response" and (headers is None or str(headers.get_statuscode()) != "200"):
        return None
    kind = (headers or record.rec_headers).get_header("Content-Type")
    if media_type(kind) not in _READ_TYPES:
        return None
    packing = (headers.get_header("Content-Encoding") or "").strip().lower() if headers else ""
    if packing not in _PACKINGS:
        return Capture(address, kind, None, f"is packed as {packing[:40]}, which is not read")
    body = record.content_stream().read(max_bytes + 1)
    if len(body) > max_bytes:
        return Capture(address, kind, None, f"is larger than {max_bytes:,} bytes: see fetch_max_bytes")
    return Capture(address, kind, body)
