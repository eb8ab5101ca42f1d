"""Restore: a backup in the desk's place, with what was there before kept beside it."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tocsin.desk.opening import find_home
from tocsin.errors import StoreError
from tocsin.service.backups import clear_leftovers, find_database, is_server, write_backup
from tocsin.service.bundles import DUMP, SQLITE, Manifest, unpack_backup
from tocsin.settings import Settings
from tocsin.store import copying, dumps, open_store
from tocsin.store.connecting import name_address, parse_address

#: How the folder begins in which a backup is unpacked.
UNFINISHED = ".tocsin-restore-"


def restore_backup(settings: Settings, backup: Path, *, now: datetime) -> tuple[Manifest, Path | None]:
    """Put a backup in the desk's place; its manifest, and where the earlier one is kept.

    Raises StoreError, and changes nothing, where a desk has the database open, where the backup is not what its
    manifest says, is not sound, or is of a newer Tocsin. An older one is brought forward. Cut short, it has left either
    the earlier desk or the restored one, and never none.
    """
    address = find_database(settings)
    if is_server(address):
        return _restore_server(str(address), settings, backup, now)
    path = Path(address)
    clear_leftovers(path.parent, UNFINISHED, now)
    # in the folder of the database, so that to rename it is one step
    with copying.having_alone(path), tempfile.TemporaryDirectory(dir=path.parent, prefix=UNFINISHED) as folder:
        manifest, members = unpack_backup(backup, Path(folder), wanted=SQLITE)
        schema, counts = copying.check_copy(members[SQLITE])
        if (schema, counts) != (manifest.schema, manifest.counts):
            raise StoreError("backup", backup, "does not hold what its manifest says; take another")
        open_store(members[SQLITE]).close()  # forward, before it counts
        aside = copying.find_aside(path.with_name(f"{path.name}.before-{_stamp(now)}")) if path.exists() else None
        copying.put_in_place(members[SQLITE], path, aside)
        _put_beside(members, find_home(settings))
    return manifest, aside


def _restore_server(address: str, settings: Settings, backup: Path, now: datetime) -> tuple[Manifest, Path]:
    if others := dumps.count_others(address):
        told = f"is in use by {others} connections: stop tocsin serve and tocsin watch first, then restore"
        raise StoreError("database", name_address(parse_address(address)), told)
    home = find_home(settings)
    clear_leftovers(home, UNFINISHED, now)
    with tempfile.TemporaryDirectory(dir=home, prefix=UNFINISHED) as folder:
        manifest, members = unpack_backup(backup, Path(folder), wanted=DUMP)
        aside = copying.find_aside(home / f"before-{_stamp(now)}.tar.gz")
        write_backup(settings, aside, now=now)
        dumps.restore_dump(address, members[DUMP])
        open_store(address).close()
        _put_beside(members, home)
    return manifest, aside


def _stamp(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _put_beside(members: dict[str, Path], home: Path) -> None:
    """Lay what was beside the database into home/restored: nothing of the operator's is written over."""
    beside = {name: path for name, path in members.items() if name.startswith("beside/")}
    if beside:
        folder = home / "restored"
        folder.mkdir(mode=0o700, exist_ok=True)
        for name, path in beside.items():
            os.replace(path, folder / name.removeprefix("beside/"))
