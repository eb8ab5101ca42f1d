"""Files of many articles, read as streams: JSON Lines, CSV and WARC, packed with gzip or not.

Nothing of such a file is held but the article at hand, so it may be larger than memory. What it unpacks to, how many
records are read and how many faults are told of it are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Literal

from tocsin.errors import IntakeError
from tocsin.intake.articles import Options
from tocsin.intake.bodies import read_bytes
from tocsin.intake.faults import make_fault
from tocsin.intake.lines import BYTES_A_CHAR, read_lines, read_rows
from tocsin.intake.streams import BoundedStream, list_text_lines, open_bounded
from tocsin.intake.warc import list_captures
from tocsin.network.addresses import clean_address, show_address
from tocsin.records import Article, Fault
from tocsin.settings import Settings

ArchiveKind = Literal["jsonl", "csv", "warc"]

MAX_FAULTS = 1_000
"""Faults told of one file; a file of nothing but faults must not fill the desk with them."""


def read_archive(
    stream: BinaryIO, *, kind: ArchiveKind, name: str, options: Options, taken_at: datetime, settings: Settings
) -> Iterator[Article | Fault]:
    """The articles of a JSON Lines, CSV or WARC file, packed with gzip or not; what gives none is a Fault.

    Of `options`, only `outlet` and `published_at` are used. At most `archive_max_records` articles are taken, and at
    most `archive_max_bytes` unpacked. The stream is read once, forwards; it is not closed.
    """
    options = Options(outlet=options.outlet, published_at=options.published_at)
    try:
        if kind == "warc":
            found = _read_captures(stream, name, options, taken_at, settings)
        else:
            read = read_lines if kind == "jsonl" else read_rows
            unpacked = open_bounded(stream, name, settings.archive_max_bytes)
            lines = list_text_lines(unpacked, BYTES_A_CHAR * settings.max_text_chars)
            found = read(lines, name=name, options=options, taken_at=taken_at, settings=settings)
        yield from bound_found(found, name, taken_at, settings.archive_max_records)
    except IntakeError as why:
        yield make_fault(name, why.why, taken_at)


def bound_found(
    found: Iterator[Article | Fault], name: str, taken_at: datetime, max_records: int
) -> Iterator[Article | Fault]:
    """The first `max_records` articles and `MAX_FAULTS` faults, and a line for what is left out."""
    records = faults = 0
    for thing in found:
        if isinstance(thing, Fault):
            faults += 1
            if faults <= MAX_FAULTS:
                yield thing
            continue
        records += 1
        if records > max_records:
            why = f"holds more than {max_records:,} articles: the rest is left out; see archive_max_records"
            yield make_fault(name, why, taken_at)
            break
        yield thing
    if not records and not faults:
        yield make_fault(name, "holds no article that can be read", taken_at)
    if faults > MAX_FAULTS:
        yield make_fault(name, f"has {faults - MAX_FAULTS:,} more faults like these, which are not listed", taken_at)


def _read_captures(
    stream: BinaryIO, name: str, options: Options, taken_at: datetime, settings: Settings
) -> Iterator[Article | Fault]:
    bounded = BoundedStream(stream, name, settings.archive_max_bytes)
    for capture in list_captures(bounded, name, settings.fetch_max_bytes):
        shown = show_address(capture.address)
        if capture.body is None:
            yield make_fault(shown, capture.problem or "cannot be read", taken_at)
            continue
        given = Options(None, options.outlet, options.published_at, clean_address(capture.address))
        try:
            yield read_bytes(
                capture.body,
                name=shown,
                content_type=capture.content_type,
                options=given,
                taken_at=taken_at,
                settings=settings,
            )
        except IntakeError as why:
            yield make_fault(shown, why.why, taken_at)
