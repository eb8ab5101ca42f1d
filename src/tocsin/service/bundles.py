"""A backup as a file: a tar archive, packed with gzip where its name ends in .gz.

Its first member is `manifest.json`: version, schema, counts, and the SHA-256 of every other member. What a file holds
is believed only as far as its manifest and its digests agree.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from tocsin.errors import StoreError
from tocsin.store import copying

FORM = 1
MANIFEST, SQLITE, DUMP = "manifest.json", "desk.sqlite", "desk.pgdump"
#: Members that lay beside the database.
BESIDE = re.compile(r"beside/[A-Za-z0-9._ -]{1,120}")
_BLOCK = 1 << 20
_MOST_MANIFEST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    members   name to SHA-256 of every member but the manifest
    counts    rows by table, as they are in the backup
    settings  those that were not at their default, secrets left out
    left_out  what is not in it, and why
    """

    form: int
    tocsin: str
    made_at: str
    database: str
    schema: str
    members: dict[str, str]
    counts: dict[str, int]
    settings: dict[str, str]
    left_out: dict[str, str]


def unpack_backup(backup: Path, folder: Path, *, wanted: str) -> tuple[Manifest, dict[str, Path]]:
    """The members of a backup, each checked against its digest, as files of `folder`; raises StoreError."""
    try:
        with _opening(backup) as archive:
            manifest = _read_manifest(archive, backup)
            if wanted not in manifest.members:
                told = f"is of a {manifest.database} desk; this one is another: restore it there, then call tocsin move"
                raise StoreError("backup", backup, told)
            copying.refuse_unknown_schema(manifest.schema)
            members: dict[str, Path] = {}
            while (member := archive.next()) is not None:
                if member.name not in manifest.members or not member.isfile():
                    raise StoreError("backup", backup, f"holds {member.name!r}, which its manifest does not name")
                target = folder / member.name.replace("/", "-")
                digest = _unpack_member(archive, member, target)
                if digest != manifest.members[member.name]:
                    raise StoreError("backup", backup, f"{member.name!r} is not what was backed up (SHA-256 differs)")
                members[member.name] = target
    except (OSError, tarfile.TarError, EOFError, ValueError) as why:
        raise StoreError("backup", backup, f"cannot be read ({getattr(why, 'strerror', None) or why})") from why
    if missing := sorted(manifest.members.keys() - members.keys()):
        raise StoreError("backup", backup, f"ends before {missing[0]!r}: it is cut short")
    return manifest, members


def pack_backup(made: Path, manifest: Manifest, members: dict[str, Path], *, is_packed: bool) -> None:
    """Write a backup to a new file, for its owner alone; it is on the disk at the end."""
    with open(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        packed: IO[bytes] = gzip.GzipFile(fileobj=file, mode="wb", compresslevel=5, mtime=0) if is_packed else file  # type: ignore[assignment] # it is one
        with tarfile.open(fileobj=packed, mode="w|") as archive:
            text = json.dumps(asdict(manifest), indent=2).encode()
            _add(archive, MANIFEST, len(text), io.BytesIO(text))
            for name, path in members.items():
                with path.open("rb") as held:
                    _add(archive, name, path.stat().st_size, held)
        if is_packed:
            packed.close()
        file.flush()
        os.fsync(file.fileno())


def _add(archive: tarfile.TarFile, name: str, size: int, held: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    archive.addfile(member, held)


@contextmanager
def _opening(backup: Path) -> Iterator[tarfile.TarFile]:
    with backup.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    with tarfile.open(backup, "r|gz" if is_packed else "r|") as archive:
        yield archive


def _read_manifest(archive: tarfile.TarFile, backup: Path) -> Manifest:
    first = archive.next()
    held = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
    if first is None or held is None or first.size > _MOST_MANIFEST_BYTES:
        raise StoreError("backup", backup, f"does not begin with {MANIFEST}: it is no backup of Tocsin")
    plain: Any = json.loads(held.read())
    try:
        manifest = Manifest(**plain)
    except TypeError as why:
        raise StoreError("backup", backup, f"has a manifest that this version cannot read ({why})") from why
    if manifest.form != FORM or not all(n in (SQLITE, DUMP) or BESIDE.fullmatch(n) for n in manifest.members):
        raise StoreError("backup", backup, "has a manifest that this version cannot read; use the one that made it")
    return manifest


def _unpack_member(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> str:
    held = archive.extractfile(member)
    digest = hashlib.sha256()
    with open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        while held is not None and (block := held.read(_BLOCK)):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
