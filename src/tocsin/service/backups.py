"""Backup: one file that holds the database as it was at one instant, what lies beside it, and a manifest.

Secrets stay out: the settings and channels are named, and what they hold is not there. The file is as confidential as
the desk: it is readable for its owner alone. `bundles` says what it looks like, `restoring` brings it back.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import tocsin
from tocsin.desk.opening import find_home
from tocsin.errors import StoreError
from tocsin.service.bundles import BESIDE, DUMP, FORM, SQLITE, Manifest, digest_file, pack_backup
from tocsin.service.meters import BACKUP_NOTE
from tocsin.settings import SECRETS, Settings, list_settings
from tocsin.store import copying
from tocsin.store.connecting import parse_address
from tocsin.store.dumps import DUMP_SECONDS

#: A file that `--keep` may take away is named so; any other in the folder is left alone.
ROTATED = re.compile(r"tocsin-\d{8}T\d{6}Z\.tar\.gz")
#: How the folder begins in which a backup is made.
UNFINISHED = ".tocsin-backup-"
_LEFT_OUT = {
    "secrets": "settings that are secrets, channels.toml and files of keys: set them up anew on the other machine",
    "street map": "the .pmtiles file of the setting tiles: copy it by itself",
    "gazetteer": "what tocsin gazetteer build makes: built anew at the first start, or copied with the folder",
    "logs": "log files",
}
log = logging.getLogger("tocsin.backups")


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
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=UNFINISHED) as folder:
            copy = Path(folder) / (DUMP if is_server(address) else SQLITE)
            schema, counts = copying.copy_database(address, copy)
            beside = list(_find_beside(settings))
            members = {copy.name: copy} | {f"beside/{path.name}": path for path in beside}
            manifest = Manifest(
                FORM, tocsin.__version__, now.astimezone(UTC).isoformat(timespec="seconds"),
                "postgresql" if copy.name == DUMP else "sqlite", schema,
                {name: digest_file(path) for name, path in members.items()}, counts, _tell_settings(settings),
                _LEFT_OUT,
            )  # fmt: skip
            made = Path(folder) / "backup"
            pack_backup(made, manifest, members, is_packed=target.suffix == ".gz")
            os.replace(made, target)
            copying.sync_folder(target.parent)
    except OSError as why:
        raise StoreError("backup", target, f"cannot be written ({why.strerror or why})") from why
    _note(address, now)
    clear_leftovers(target.parent, UNFINISHED, now)
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
    return target, gone


def clear_leftovers(folder: Path, prefix: str, now: datetime) -> None:
    """Take away what one that was killed has left, once none can still be at work on it."""
    for path in folder.glob(f"{prefix}*"):
        if now.timestamp() - path.stat().st_mtime > DUMP_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def find_database(settings: Settings) -> Path | str:
    """The settings' database: a file, or a server's address."""
    if settings.database is None:
        return find_home(settings) / "desk.sqlite"
    url = parse_address(settings.database)
    return settings.database if url.get_backend_name() == "postgresql" else Path(str(url.database))


def is_server(address: Path | str) -> bool:
    """Whether `find_database` has found a server."""
    return not isinstance(address, Path)


def _find_beside(settings: Settings) -> Iterator[Path]:
    """The operator's own tables: rules, policy, and the places in home. No file that may lead to a secret."""
    tables = [path for path in (settings.alert_rules, settings.alert_policy) if path is not None]
    places = find_home(settings) / "places"
    tables += sorted(places.iterdir()) if places.is_dir() else []
    names: set[str] = set()
    for path in tables:
        if path.is_file() and path.name not in names and BESIDE.fullmatch(f"beside/{path.name}"):
            names.add(path.name)
            yield path


def _tell_settings(settings: Settings) -> dict[str, str]:
    """What was set, without secrets and without the database's address, which may hold a password."""
    hidden = SECRETS | {"database"}
    told = {name: (getattr(settings, name), default) for name, _, default, _ in list_settings() if name not in hidden}
    return {name: str(value) for name, (value, default) in told.items() if value != default}


def _note(address: Path | str, now: datetime) -> None:
    """Let the desk know of it; where it cannot be told, on a full disk for one, there is the backup all the same."""
    try:
        copying.set_note(address, BACKUP_NOTE, now.astimezone(UTC).isoformat())
    except StoreError as why:
        log.warning("the backup is whole, but the desk cannot note that it was made: %s", why)


def list_backups(folder: Path) -> Sequence[Path]:
    """The backups that `rotate_backups` made in a folder, the newest last."""
    return sorted(path for path in folder.iterdir() if ROTATED.fullmatch(path.name)) if folder.is_dir() else []
