"""Backup and restore: one file that holds the database as it was at one instant, what lies beside it, and a manifest.

The file is a tar archive, packed with gzip where its name ends in .gz. Its first member is `manifest.json`: version,
schema, counts, and the SHA-256 of every other member. Secrets stay out: the settings and channels are named, and what
they hold is not there. It is as confidential as the desk: it is readable for its owner alone.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import tocsin
from tocsin.desk.opening import find_home
from tocsin.errors import StoreError
from tocsin.service.meters import BACKUP_NOTE
from tocsin.settings import SECRETS, Settings, list_settings
from tocsin.store import copying, open_store
from tocsin.store.connecting import name_address, parse_address

FORM = 1
MANIFEST, SQLITE, DUMP = "manifest.json", "desk.sqlite", "desk.pgdump"
#: A file that `--keep` may take away is named so; any other in the folder is left alone.
ROTATED = re.compile(r"tocsin-\d{8}T\d{6}Z\.tar\.gz")
#: How the folder begins in which a backup is made.
_UNFINISHED = ".tocsin-backup-"
_BLOCK = 1 << 20
_MOST_MANIFEST_BYTES = 1_000_000
_BESIDE = re.compile(r"beside/[A-Za-z0-9._ -]{1,120}")
_LEFT_OUT = {
    "secrets": "settings that are secrets, channels.toml and files of keys: set them up anew on the other machine",
    "street map": "the .pmtiles file of the setting tiles: copy it by itself",
    "gazetteer": "what tocsin gazetteer build makes: built anew at the first start, or copied with the folder",
    "logs": "log files",
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    members   name to SHA-256 of every member but the manifest
    counts    rows by table, as they are in the backup; empty for PostgreSQL, whose dump is not opened
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


def write_backup(settings: Settings, target: Path, *, now: datetime, overwrite: bool = False) -> Manifest:
    """Back the desk up to `target`, while it runs; raises StoreError, and leaves nothing half-written behind.

    The copy is checked before it counts, and is on the disk before it has its name.
    """
    if target.exists() and not overwrite:
        raise StoreError("backup", target, "is there already; name another file, or say --overwrite")
    if not target.parent.is_dir():
        raise StoreError("backup", target, f"its folder {str(target.parent)!r} does not exist")
    address = find_database(settings)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=_UNFINISHED) as folder:
            copy = Path(folder) / (DUMP if _is_server(address) else SQLITE)
            schema, counts = _copy(address, copy)
            beside = list(_find_beside(settings))
            members = {copy.name: copy} | {f"beside/{path.name}": path for path in beside}
            manifest = Manifest(
                FORM, tocsin.__version__, now.astimezone(UTC).isoformat(timespec="seconds"),
                "postgresql" if copy.name == DUMP else "sqlite", schema,
                {name: _digest(path) for name, path in members.items()}, counts, _tell_settings(settings), _LEFT_OUT,
            )  # fmt: skip
            made = Path(folder) / "backup"
            _pack(made, manifest, members, is_packed=target.suffix == ".gz")
            os.replace(made, target)
            _sync_folder(target.parent)
    except OSError as why:
        raise StoreError("backup", target, f"cannot be written ({why.strerror or why})") from why
    _note(address, now)
    return manifest


def rotate_backups(settings: Settings, folder: Path, keep: int, *, now: datetime) -> tuple[Path, list[Path]]:
    """Back up to a new file in `folder`, then take the oldest away so that `keep` are left; the new one, those gone.

    Nothing is taken away where the new one could not be made, and nothing that is not named as these are.
    """
    if keep < 1:
        raise StoreError("--keep", keep, "must be at least 1")
    if not folder.is_dir():
        raise StoreError("folder of backups", folder, "is not there; make it, for the desk's user alone (chmod 700)")
    target = folder / f"tocsin-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar.gz"
    write_backup(settings, target, now=now)
    held = [path for path in folder.iterdir() if ROTATED.fullmatch(path.name)]
    # What is named after a later time was made by a clock that was ahead: it is older than what was made just now.
    held.sort(key=lambda path: (path.name <= target.name, path.name))
    gone = held[:-keep]
    for path in gone:
        path.unlink(missing_ok=True)
    _clear_leftovers(folder, now)
    return target, gone


def _clear_leftovers(folder: Path, now: datetime) -> None:
    """Take away what a backup that was killed has left, once no backup can still be at work on it."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        if now.timestamp() - path.stat().st_mtime > copying.DUMP_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def restore_backup(settings: Settings, backup: Path, *, now: datetime) -> tuple[Manifest, Path | None]:
    """Put a backup in the desk's place; its manifest, and where the earlier one is kept.

    Raises StoreError, and changes nothing, where a desk has the database open, where the backup is not what its
    manifest says, is not sound, or is of a newer Tocsin. An older one is brought forward.
    """
    address = find_database(settings)
    if _is_server(address):
        return _restore_server(str(address), settings, backup, now)
    path = Path(address)
    # in the folder of the database, so that to rename it is one step
    with copying.having_alone(path), tempfile.TemporaryDirectory(dir=path.parent, prefix=".tocsin-restore-") as folder:
        manifest, members = unpack_backup(backup, Path(folder), wanted=SQLITE)
        schema, counts = copying.check_copy(members[SQLITE])
        if (schema, counts) != (manifest.schema, manifest.counts):
            raise StoreError("backup", backup, "does not hold what its manifest says; take another")
        open_store(members[SQLITE]).close()  # forward, before it counts
        aside = path.with_name(f"{path.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}") if path.exists() else None
        if aside is not None:
            copying.put_aside(path, aside)
        os.replace(members[SQLITE], path)
        _sync_folder(path.parent)
        _put_beside(members, find_home(settings))
    return manifest, aside


def unpack_backup(backup: Path, folder: Path, *, wanted: str) -> tuple[Manifest, dict[str, Path]]:
    """The members of a backup, each checked against its digest, as files of `folder`; raises StoreError."""
    try:
        with _opening(backup) as archive:
            manifest = _read_manifest(archive, backup)
            if wanted not in manifest.members:
                told = f"is of a {manifest.database} desk; this one is another: set TOCSIN_DATABASE to fit"
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


def find_database(settings: Settings) -> Path | str:
    """The settings' database: a file, or a server's address."""
    if settings.database is None:
        return find_home(settings) / "desk.sqlite"
    url = parse_address(settings.database)
    return settings.database if url.get_backend_name() == "postgresql" else Path(str(url.database))


def _is_server(address: Path | str) -> bool:
    return not isinstance(address, Path)


def _copy(address: Path | str, copy: Path) -> tuple[str, dict[str, int]]:
    copying.copy_database(address, copy)
    if not _is_server(address):
        return copying.check_copy(copy)
    store = open_store(address)
    try:
        return store.schema(), {}
    finally:
        store.close()


def _find_beside(settings: Settings) -> Iterator[Path]:
    """The operator's own tables: rules, policy, and the places in home. No file that may lead to a secret."""
    tables = [path for path in (settings.alert_rules, settings.alert_policy) if path is not None]
    places = find_home(settings) / "places"
    tables += sorted(places.iterdir()) if places.is_dir() else []
    names: set[str] = set()
    for path in tables:
        if path.is_file() and path.name not in names and _BESIDE.fullmatch(f"beside/{path.name}"):
            names.add(path.name)
            yield path


def _put_beside(members: dict[str, Path], home: Path) -> None:
    """Lay what was beside the database into home/restored: nothing of the operator's is written over."""
    beside = {name: path for name, path in members.items() if name.startswith("beside/")}
    if beside:
        folder = home / "restored"
        folder.mkdir(mode=0o700, exist_ok=True)
        for name, path in beside.items():
            os.replace(path, folder / name.removeprefix("beside/"))


def _tell_settings(settings: Settings) -> dict[str, str]:
    """What was set, without secrets and without the database's address, which may hold a password."""
    hidden = SECRETS | {"database"}
    told = {name: (getattr(settings, name), default) for name, _, default, _ in list_settings() if name not in hidden}
    return {name: str(value) for name, (value, default) in told.items() if value != default}


def _pack(made: Path, manifest: Manifest, members: dict[str, Path], *, is_packed: bool) -> None:
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
    if manifest.form != FORM or not all(n in (SQLITE, DUMP) or _BESIDE.fullmatch(n) for n in manifest.members):
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


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    """Let a rename be on the disk; not every system lets a folder be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _note(address: Path | str, now: datetime) -> None:
    store = open_store(address)
    try:
        store.set_note(BACKUP_NOTE, now.astimezone(UTC).isoformat())
    finally:
        store.close()


def _restore_server(address: str, settings: Settings, backup: Path, now: datetime) -> tuple[Manifest, Path | None]:
    if others := copying.count_others(address):
        told = f"is in use by {others} connections: stop tocsin serve and tocsin watch first, then restore"
        raise StoreError("database", name_address(parse_address(address)), told)
    home = find_home(settings)
    with tempfile.TemporaryDirectory(dir=home, prefix=".tocsin-restore-") as folder:
        manifest, members = unpack_backup(backup, Path(folder), wanted=DUMP)
        aside = home / f"before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.pgdump"
        copying.copy_database(address, aside)
        copying.restore_dump(address, members[DUMP])
        open_store(address).close()
        _put_beside(members, home)
    return manifest, aside


def list_backups(folder: Path) -> Sequence[Path]:
    """The backups that `rotate_backups` made in a folder, the newest last."""
    return sorted(path for path in folder.iterdir() if ROTATED.fullmatch(path.name)) if folder.is_dir() else []
