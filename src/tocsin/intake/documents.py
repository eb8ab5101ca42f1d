"""One body of any kind that the desk takes: an article, a file of many articles, a list of feeds."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath

from tocsin.errors import IntakeError
from tocsin.intake.apart import read_apart
from tocsin.intake.archives import bound_found, read_archive
from tocsin.intake.articles import Options
from tocsin.intake.bodies import check_size, open_text, read_bytes
from tocsin.intake.faults import make_fault
from tocsin.intake.kinds import PACKED, name_kind, tell_document, tell_kind
from tocsin.intake.lines import read_lines, read_rows
from tocsin.intake.opml import read_opml
from tocsin.intake.streams import GZIP, open_bounded
from tocsin.records import Article, Fault, Feed
from tocsin.settings import Settings

Found = Article | Feed | Fault


def read_document(
    body: bytes,
    *,
    name: str,
    content_type: str | None = None,
    options: Options,
    taken_at: datetime,
    settings: Settings,
) -> Iterator[Found]:
    """Read what was handed in under `name`; what cannot be taken is a Fault, and the rest goes on.

    Text, HTML, Markdown, PDF and DOCX give one article, JSON Lines one a line, CSV and Parquet one a row, WARC one a
    page, OPML gives feeds that nobody has confirmed. All of them may be packed with gzip, once.
    """
    try:
        check_size(body, name, settings)
        if name_kind(name) == "warc" or body.startswith(b"WARC/1."):
            yield from read_archive(
                io.BytesIO(body), kind="warc", name=name, options=options, taken_at=taken_at, settings=settings
            )
            return
        if body.startswith(GZIP):
            body, name, content_type = _unpack(body, name, settings), _name_unpacked(name), None
        yield from _read(body, name, content_type, options, taken_at, settings)
    except IntakeError as why:
        yield make_fault(name, why.why, taken_at)


def _unpack(body: bytes, name: str, settings: Settings) -> bytes:
    unpacked = open_bounded(io.BytesIO(body), name, settings.unpack_max_bytes).read()
    if unpacked.startswith(GZIP):
        raise IntakeError("file", name, "is packed twice: unpack it once and hand it in again")
    return unpacked


def _name_unpacked(name: str) -> str:
    path = PurePath(name)
    return name[: -len(path.suffix)] if path.suffix.lower() == PACKED else name


def _read(
    body: bytes, name: str, content_type: str | None, options: Options, taken_at: datetime, settings: Settings
) -> Iterator[Found]:
    if tell_document(body, name, content_type) == "parquet":
        text = read_apart("parquet", body, name=name, settings=settings).text
        found = read_lines(text, name=name, options=options, taken_at=taken_at, settings=settings)
        yield from bound_found(found, name, taken_at, settings.archive_max_records)
        return
    kind = _tell_kind(body, name, content_type)
    if kind in ("jsonl", "csv"):
        read = read_lines if kind == "jsonl" else read_rows
        text = open_text(body, name, content_type, settings)
        found = read(text, name=name, options=options, taken_at=taken_at, settings=settings)
        yield from bound_found(found, name, taken_at, settings.archive_max_records)
    elif kind == "opml":
        yield from _read_feeds(body, name, taken_at)
    else:
        yield read_bytes(
            body, name=name, content_type=content_type, options=options, taken_at=taken_at, settings=settings
        )


def _tell_kind(body: bytes, name: str, content_type: str | None) -> str:
    kind = name_kind(name)
    if kind in ("jsonl", "csv", "opml"):
        return kind
    return tell_kind(body[:8_000].decode("utf-8", "replace"), name, content_type)


def _read_feeds(body: bytes, name: str, taken_at: datetime) -> Iterator[Feed | Fault]:
    feeds, problems = read_opml(body, name)
    yield from feeds
    for why in problems or (() if feeds else ("lists no feeds",)):
        yield make_fault(name, why, taken_at)
