"""The records of one partition, one by one: what cannot be one is told with its reason, and the rest goes on.

No more than one record is held at a time, however large the file; a record beyond the limit is passed over unread.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from tocsin.archive.cuts import Cut
from tocsin.archive.ports import Page
from tocsin.records.moments import write_moment

_CHUNK = 1 << 20
#: Columns that are read; others are left where they are. The second name of a pair is what our own tables call it.
COLUMNS = {
    "title": "title", "text": "text", "outlet": "outlet", "outlet_name": "outlet", "published": "published",
    "published_at": "published", "url": "url",
}  # fmt: skip
#: What of an archive of the web is an article, perhaps; its documents (PDF) are left out.
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "text/markdown"})
_PACKINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
#: What a broken file raises in the middle: the rest of its partition is set aside.
BROKEN = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as it stands in the input: a JSON object on one line, or a page, or the reason why it is neither.

    where  its place, for a person: byte, row or number of the record
    """

    where: str
    line: str | None = None
    page: Page | None = None
    problem: str | None = None


def read_records(cut: Cut, most_bytes: int) -> Iterator[Raw]:
    """All records of a partition in order; the same ones with the same places at every reading."""
    if cut.kind == "parquet":
        yield from _read_rows(cut, most_bytes)
    elif cut.kind == "warc":
        yield from _read_pages(cut, most_bytes)
    else:
        read = _read_lines if cut.kind == "jsonl" else _read_csv
        try:
            with _open(cut) as file:
                yield from read(cut, file, most_bytes)
        except BROKEN as why:
            yield Raw("the rest of the file", problem=f"cannot be read ({_tell(why)})")


def _open(cut: Cut) -> Any:
    if cut.packing == "gz":
        return gzip.open(cut.path, "rb")
    if cut.packing == "zst":
        import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow carries no types

        return io.BufferedReader(pa.input_stream(cut.path, compression="zstd"), _CHUNK)
    return Path(cut.path).open("rb")


def _read_lines(cut: Cut, file: IO[bytes], most_bytes: int) -> Iterator[Raw]:
    at = cut.start
    if cut.start:  # the line that the cut falls into belongs to the partition before
        file.seek(cut.start - 1)
        at += _skip_line(file) - 1
    stop = None if cut.packing else cut.stop
    while stop is None or at < stop:
        line, length = _take_line(file, most_bytes)
        if not length:
            return
        where, at = f"byte {at}", at + length
        if line is None:
            yield Raw(where, problem=f"is too large: {length:,} bytes, at most {most_bytes:,} are read")
        elif line.strip():
            yield _decode(where, line.removesuffix(b"\n").removeprefix(b"\xef\xbb\xbf"))


def _skip_line(file: IO[bytes]) -> int:
    """How many bytes there were up to and with the end of the line."""
    length = 0
    while part := file.readline(_CHUNK):
        length += len(part)
        if part.endswith(b"\n"):
            break
    return length


def _take_line(file: IO[bytes], most_bytes: int) -> tuple[bytes | None, int]:
    """The next line, None where it is too long; and its length, 0 at the end."""
    line = file.readline(most_bytes + 1)
    if len(line) <= most_bytes:
        return line, len(line)
    return None, len(line) + (0 if line.endswith(b"\n") else _skip_line(file))


def _decode(where: str, line: bytes) -> Raw:
    try:
        return Raw(where, line.decode("utf-8"))
    except UnicodeDecodeError as why:
        return Raw(where, problem=f"is not UTF-8 (at its byte {why.start})")


def _read_csv(cut: Cut, file: IO[bytes], most_bytes: int) -> Iterator[Raw]:
    csv.field_size_limit(max(csv.field_size_limit(), most_bytes))  # one limit for all who use it: only ever raised
    at, heading = 0, b""
    while not heading.strip():
        record, length = _take_csv(file, most_bytes)
        if not length:
            break
        at, heading = at + length, record or b"?"
    sign = max(",;\t", key=heading.decode("latin-1").count)
    names = _split_csv(heading, sign) or []
    if "text" not in [name.strip().casefold() for name in names]:
        yield Raw("the heading", problem="names no column text")
        return
    if not cut.packing:
        at = cut.start
        file.seek(at)
    stop = None if cut.packing else cut.stop
    while stop is None or at < stop:
        record, length = _take_csv(file, most_bytes)
        if not length:
            return
        where, at = f"byte {at}", at + length
        if record is None:
            yield Raw(where, problem=f"is too large: at most {most_bytes:,} bytes are read")
        elif record.strip():
            yield _make_row(where, names, _split_csv(record, sign))


def _take_csv(file: IO[bytes], most_bytes: int) -> tuple[bytes | None, int]:
    """The next record: lines up to an end that no quotation mark encloses; None where it is too long."""
    parts: list[bytes] = []
    length, is_quoted = 0, False
    while line := file.readline(_CHUNK):
        length += len(line)
        is_quoted ^= line.count(b'"') % 2 == 1
        if length <= most_bytes:
            parts.append(line)
        if not is_quoted and line.endswith(b"\n"):
            break
    return (b"".join(parts) if length <= most_bytes else None), length


def _split_csv(record: bytes, sign: str) -> list[str] | None:
    try:
        text = record.decode("utf-8-sig")
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return None


def _make_row(where: str, names: list[str], fields: list[str] | None) -> Raw:
    if fields is None:
        return Raw(where, problem="is no record of CSV in UTF-8")
    return _make_line(where, {name: cell.strip() for name, cell in zip(names, fields, strict=False)})


def _make_line(where: str, row: dict[str, Any]) -> Raw:
    """A row as a JSON line, with the names that JSON Lines have; a field that holds nothing is left out."""
    given: dict[str, Any] = {}
    for name, value in row.items():
        key = COLUMNS.get(name.strip().casefold())
        if key and value is not None and value != "" and key not in given:
            given[key] = value.isoformat() if isinstance(value, date) else value
    try:
        return Raw(where, json.dumps(given, ensure_ascii=False))
    except (TypeError, ValueError):
        return Raw(where, problem="holds a field that is no text")


def _read_rows(cut: Cut, most_bytes: int) -> Iterator[Raw]:
    import pyarrow as pa
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow carries no types

    number = 0
    try:
        with pq.ParquetFile(cut.path) as file:
            names = [n for n in file.schema_arrow.names if n.casefold() in COLUMNS]
            if "text" not in map(str.casefold, names):
                yield Raw("the schema", problem="names no column text")
                return
            groups = list(range(cut.start, cut.stop))
            for batch in file.iter_batches(batch_size=64, row_groups=groups, columns=names):
                for values in zip(*map(_list_values, batch.columns), strict=True):
                    row = dict(zip(batch.schema.names, values, strict=True))
                    where, number = f"row {number} from row group {cut.start}", number + 1
                    text = row.get("text")
                    if isinstance(text, str) and len(text) > most_bytes:
                        yield Raw(where, problem=f"is too large: {len(text):,} characters, {most_bytes:,} are read")
                    else:
                        yield _make_line(where, row)
    except (pa.ArrowException, ValueError, *BROKEN) as why:
        yield Raw(f"rows from {number} on, from row group {cut.start}", problem=f"cannot be read ({_tell(why)})")


def _list_values(column: Any) -> list[Any]:
    """The values of a column; times written out from their numbers, since one beyond the calendar has no other form."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_timestamp(kind):
        counts = column.cast(pa.int64()).to_pylist()  # in UTC where there is a zone; else read as UTC, as everywhere
        return [None if count is None else f"{write_moment(count, kind.unit)}+00:00" for count in counts]
    if pa.types.is_date32(kind):
        return [None if n is None else write_moment(n, "D") for n in column.cast(pa.int32()).to_pylist()]
    return [_read_cell(cell) for cell in column]


def _read_cell(cell: Any) -> Any:
    """A cell as Python has it; what Python has no form for (a text that is no UTF-8) is one that no JSON has."""
    try:
        return cell.as_py()
    except (OverflowError, LookupError, ValueError):
        return NotImplemented


def _read_pages(cut: Cut, most_bytes: int) -> Iterator[Raw]:
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]  # warcio carries no types
    from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]  # warcio carries no types

    number = 0
    try:
        with Path(cut.path).open("rb") as file:
            for record in ArchiveIterator(file):
                if record.format != "warc":  # its older form, which any text may pass for
                    break
                number += 1
                if page := _read_page(f"record {number}", record, most_bytes):
                    yield page
        if not number:
            yield Raw("the file", problem="holds no record of an archive of the web")
    except (ArchiveLoadFailed, ValueError, TypeError, AttributeError, KeyError, RecursionError, *BROKEN) as why:
        # the library stumbles over records that lack what they must have
        yield Raw(f"records after {number}", problem=f"cannot be read ({_tell(why)})")


def _read_page(where: str, record: Any, most_bytes: int) -> Raw | None:
    """A page that was answered well; None for requests, notes, redirects, errors, pictures and the like."""
    address = record.rec_headers.get_header("WARC-Target-URI")
    if record.rec_type not in ("response", "resource", "conversion") or not address:
        return None
    headers = record.http_headers if record.rec_type == "response" else None
    if record.rec_type == "response" and (headers is None or headers.get_statuscode() != "200"):
        return None
    content_type = (headers or record.rec_headers).get_header("Content-Type") or ""
    if content_type.partition(";")[0].strip().lower() not in PAGE_TYPES:
        return None
    packing = ((headers.get_header("Content-Encoding") if headers else None) or "").strip().lower()
    if packing not in _PACKINGS:
        return Raw(where, problem=f"is packed as {packing[:40]}, which is not read")
    body = record.content_stream().read(most_bytes + 1)
    if len(body) > most_bytes:
        return Raw(where, problem=f"is too large: at most {most_bytes:,} bytes are read")
    return Raw(where, page=Page(address, content_type, body))


def _tell(why: BaseException) -> str:
    return " ".join(str(why).split())[:200] or type(why).__name__
