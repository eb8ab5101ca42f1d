"""Files and folders: everything in them that is an article or a list of feeds; the rest as faults."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from tocsin.errors import IntakeError
from tocsin.intake.archives import ArchiveKind, read_archive
from tocsin.intake.articles import Options
from tocsin.intake.documents import Found, read_document
from tocsin.intake.encodings import refuse_binary
from tocsin.intake.faults import make_fault
from tocsin.intake.kinds import BY_SUFFIX, DOCUMENTS, PACKED, READ_SUFFIXES, WARC, name_kind, tell_kind
from tocsin.settings import Settings

MAX_DEPTH = 40
"""How deep folders are followed."""


def read_path(path: Path, *, options: Options, taken_at: datetime, settings: Settings) -> Iterator[Found]:
    """Read a file, or a folder with all below it in sorted order; what cannot be taken is a Fault and the rest goes on.

    Text, HTML, Markdown, PDF and DOCX files give an article each, JSON Lines one a line (keys title, text, outlet,
    published or published_at, url; others are ignored), CSV and Parquet one a row with columns so named, WARC one a
    page, OPML lists give feeds that nobody has confirmed yet. WARC, and JSON Lines and CSV packed with gzip, are read
    as streams and may be of any size. Hidden files are left out; links that lead out of the folder are faults.
    """
    if os.path.isdir(path):
        yield from _read_folder(path, options, taken_at, settings)
    else:
        yield from _read_file(path, options, taken_at, settings)


def _read_folder(folder: Path, options: Options, taken_at: datetime, settings: Settings) -> Iterator[Found]:
    options = Options(outlet=options.outlet, published_at=options.published_at)
    is_empty = True
    for file, why in _walk(folder, folder.resolve(), 0):
        is_empty = False
        if why is not None:
            yield make_fault(str(file), why, taken_at)
        else:
            yield from _read_file(file, options, taken_at, settings)
    if is_empty:
        yield make_fault(str(folder), "is an empty folder", taken_at)


def _walk(folder: Path, root: Path, depth: int) -> Iterator[tuple[Path, str | None]]:
    """Files below a folder in sorted order, each with the reason why it is not to be opened, or None."""
    if depth > MAX_DEPTH:
        yield folder, f"lies more than {MAX_DEPTH} folders deep"
        return
    try:
        names = sorted(os.listdir(folder))
    except OSError as why:
        yield folder, f"cannot be read ({why.strerror})"
        return
    for name in names:
        path = folder / name
        if name.startswith("."):
            continue
        is_link = os.path.islink(path)
        if is_link and not _leads_inside(path, root):
            yield path, "is a link that leads out of the folder, or to itself"
        elif not os.path.isdir(path):
            yield path, None
        elif not is_link:
            # A link to a folder inside is not followed: its files are met where they lie.
            yield from _walk(path, root, depth + 1)


def _leads_inside(link: Path, root: Path) -> bool:
    try:
        return link.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a loop is a RuntimeError before Python 3.13
        return False


def _read_file(path: Path, options: Options, taken_at: datetime, settings: Settings) -> Iterator[Found]:
    try:
        if (kind := _stream_kind(path)) is not None:
            with _open(path) as stream:
                yield from read_archive(
                    stream, kind=kind, name=str(path), options=options, taken_at=taken_at, settings=settings
                )
            return
        body = _load(path, settings.max_file_bytes)
        _refuse_suffix(body, path)
    except IntakeError as why:
        yield make_fault(str(path), why.why, taken_at)
    else:
        yield from read_document(body, name=str(path), options=options, taken_at=taken_at, settings=settings)


def _stream_kind(path: Path) -> ArchiveKind | None:
    """What a file is read as without being loaded first, or None."""
    kind = name_kind(path.name)
    if kind == "warc":
        return "warc"
    is_packed = path.suffix.lower() == PACKED
    return "jsonl" if is_packed and kind == "jsonl" else "csv" if is_packed and kind == "csv" else None


def _open(path: Path) -> BinaryIO:
    """A regular file; pipes and devices, which might never end, are refused unread."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as why:
        raise IntakeError("file", path, f"cannot be read ({getattr(why, 'strerror', None) or why})") from why
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IntakeError("file", path, "is not a regular file")
    return os.fdopen(descriptor, "rb")


def _load(path: Path, max_bytes: int) -> bytes:
    """The bytes of a regular file that is not too large."""
    try:
        with _open(path) as file:
            body = file.read(max_bytes + 1)
    except OSError as why:
        raise IntakeError("file", path, f"cannot be read ({why.strerror})") from why
    if len(body) > max_bytes:
        raise IntakeError("file", path, f"is too large: at most {max_bytes:,} bytes are read; see max_file_bytes")
    if not body.strip():
        raise IntakeError("file", path, "is empty")
    return body


def _refuse_suffix(body: bytes, path: Path) -> None:
    """Files of a known other kind are refused by name; "notes.2022-07-31" has no suffix that would tell one."""
    suffix = path.suffix.lower()
    if suffix in BY_SUFFIX or suffix in DOCUMENTS or suffix in (PACKED, WARC) or not suffix[1:2].isalpha():
        return
    refuse_binary(body, str(path))
    if suffix == ".xml" and tell_kind(body[:8_000].decode("utf-8", "replace"), path.name, None) == "opml":
        return
    raise IntakeError("file", path, f"is of a kind that is not read ({suffix}): give {READ_SUFFIXES}")
