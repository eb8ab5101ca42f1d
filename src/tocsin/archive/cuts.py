"""Input files cut into partitions of bounded size, so that every record belongs to exactly one.

JSON Lines are cut anywhere: a record belongs to the partition in which its first byte lies. CSV is cut behind line
ends that stand outside quotation marks, Parquet between row groups. What is compressed, and an archive of the web,
cannot be entered in the middle: it is one partition, read in a stream.
"""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

from tocsin.archive.refusals import ArchiveError

Kind = Literal["jsonl", "csv", "parquet", "warc"]
Packing = Literal["", "gz", "zst"]
_KINDS: dict[str, Kind] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv",
    ".parquet": "parquet", ".pq": "parquet", ".warc": "warc",
}  # fmt: skip
_PACKINGS: dict[str, Packing] = {".gz": "gz", ".zst": "zst"}
READ_SUFFIXES = ".parquet, .jsonl, .csv or .warc (the last three also .gz, the two before also .zst)"
#: So much of a file's beginning and end is part of its fingerprint.
_ENDS = 1 << 20
_CHUNK = 1 << 22


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file as it was when the archive was planned; `digest` is of its size, beginning and end."""

    path: str
    kind: Kind
    packing: Packing
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Cut:
    """One partition: bytes `start` to `stop` of a file, or its row groups of these numbers."""

    number: int
    path: str
    kind: Kind
    packing: Packing
    start: int
    stop: int

    @property
    def name(self) -> str:
        """The name of its files."""
        return f"part-{self.number:06d}"


def list_inputs(given: Iterable[str]) -> list[InputFile]:
    """The files that are meant: files, folders with all below them, patterns with * in them. Each once.

    Raises ArchiveError for what is not there, is of no known kind or holds nothing.
    """
    found: dict[str, InputFile] = {}
    for name in given:
        paths = list(_expand(name))
        if not paths:
            raise ArchiveError("input", name, f"is not there, or holds no file of a known kind: {READ_SUFFIXES}")
        for path in paths:
            file = look_at(path)
            found.setdefault(os.path.realpath(file.path), file)
    return list(found.values())


def _expand(name: str) -> Iterator[Path]:
    path = Path(name)
    if path.is_dir():
        yield from sorted(p for p in path.rglob("*") if p.is_file() and p.name[0] != "." and _tell_kind(p))
    elif path.exists():
        if _tell_kind(path) is None:
            raise ArchiveError("input", name, f"is of no kind that is read: give {READ_SUFFIXES}")
        yield path
    elif "*" in name:
        yield from (p for p in map(Path, sorted(glob.glob(name, recursive=True))) if p.is_file() and _tell_kind(p))


def _tell_kind(path: Path) -> tuple[Kind, Packing] | None:
    suffixes = [s.lower() for s in path.suffixes]
    packing = _PACKINGS.get(suffixes[-1], "") if suffixes else ""
    kind = _KINDS.get((suffixes[:-1] if packing else suffixes or [""])[-1]) if suffixes[bool(packing) :] else None
    if kind is None or (kind == "parquet" and packing) or (kind == "warc" and packing == "zst"):
        return None
    return kind, packing


def look_at(path: Path) -> InputFile:
    """A file with its fingerprint; raises ArchiveError where it cannot be read."""
    told = _tell_kind(path)
    if told is None:
        raise ArchiveError("input", path, f"is of no kind that is read: give {READ_SUFFIXES}")
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest = hashlib.sha256(f"{size}".encode())
            digest.update(file.read(_ENDS))
            file.seek(max(0, size - _ENDS))
            digest.update(file.read(_ENDS))
    except OSError as why:
        raise ArchiveError("input", path, f"cannot be read ({why.strerror})") from why
    return InputFile(str(path.absolute()), *told, size, digest.hexdigest())


def plan_cuts(files: Iterable[InputFile], most_bytes: int) -> list[Cut]:
    """The partitions of the files, numbered from 0, each of about `most_bytes` of input at most."""
    if most_bytes < 1:
        raise ArchiveError("partition bytes", most_bytes, "must be at least 1")
    cuts: list[Cut] = []
    for file in files:
        edges = list(_find_edges(file, most_bytes))
        for start, stop in pairwise(edges):
            cuts.append(Cut(len(cuts), file.path, file.kind, file.packing, start, stop))
    return cuts


def _find_edges(file: InputFile, most_bytes: int) -> Iterator[int]:
    if file.kind == "parquet":
        yield from _find_group_edges(file.path, most_bytes)
    elif file.packing or file.kind == "warc" or file.bytes == 0:
        yield from (0, file.bytes) if file.bytes else ()
    elif file.kind == "jsonl":
        yield from (*range(0, file.bytes, most_bytes), file.bytes)
    else:
        yield from find_csv_edges(file.path, most_bytes)


def find_csv_edges(path: str, most_bytes: int) -> Iterator[int]:
    """Offsets behind line ends that no quotation mark encloses (RFC 4180), the first after each `most_bytes`.

    The heading belongs to no partition: the first edge lies behind it.
    """
    at = edge = 0
    is_quoted, is_first = False, True
    with Path(path).open("rb") as file:
        while line := file.readline(_CHUNK):
            at += len(line)
            is_quoted ^= line.count(b'"') % 2 == 1
            if is_quoted or not line.endswith(b"\n") or (is_first and not line.strip()):
                continue
            if is_first or at - edge >= most_bytes:
                yield at
                edge, is_first = at, False
    if at > edge:
        yield at


def _find_group_edges(path: str, most_bytes: int) -> Iterator[int]:
    import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow carries no types
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowException, ValueError, OSError) as why:
        raise ArchiveError("input", path, f"is no Parquet file ({' '.join(str(why).split())[:120]})") from why
    held = 0
    for group in range(metadata.num_row_groups):
        size = metadata.row_group(group).total_byte_size
        if group == 0 or held + size > most_bytes:
            yield group
            held = 0
        held += size
    if metadata.num_row_groups:
        yield metadata.num_row_groups
