"""A desk's database into another one: from one person's file to a team's PostgreSQL, or back."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from tocsin.errors import StoreError
from tocsin.service.backups import clear_leftovers, find_database, is_server
from tocsin.settings import Settings
from tocsin.store import copying, dumps
from tocsin.store.connecting import name_address, parse_address
from tocsin.store.moving import move_rows

#: How the folder begins in which a new file is written.
UNFINISHED = ".tocsin-move-"


def move_desk(settings: Settings, target: str, *, now: datetime) -> tuple[str, dict[str, int]]:
    """Copy a desk's database into another that is empty; the name of that one, and rows by table.

    The earlier database stays as it is. Raises StoreError, and changes nothing there, where a desk has either open,
    where there is nothing to move or something is in the target already.
    """
    source = find_database(settings)
    url = parse_address(target)
    goal = target if url.get_backend_name() == "postgresql" else Path(str(url.database))
    if isinstance(source, Path) and not source.is_file():
        raise StoreError("database", source, "is not there: there is nothing to move")
    _refuse_in_use(source)
    if is_server(goal):
        _refuse_in_use(goal)
        return name_address(url), move_rows(source, str(goal))
    path = Path(goal)
    if path.exists():
        raise StoreError("database", path, "is there already: name a file that is not")
    if not path.parent.is_dir():
        raise StoreError("database", path, f"its folder {str(path.parent)!r} does not exist")
    clear_leftovers(path.parent, UNFINISHED, now)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=UNFINISHED) as folder:
        made = Path(folder) / path.name
        counts = move_rows(source, made)
        with copying.having_alone(made):  # folds its log up: one file
            pass
        copying.check_copy(made)
        copying.put_in_place(made, path, None)
    return str(path), counts


def _refuse_in_use(address: Path | str) -> None:
    if isinstance(address, Path):
        with copying.having_alone(address, "move"):
            return
    if others := dumps.count_others(address):
        told = f"is in use by {others} connections: stop tocsin serve and tocsin watch first, then move"
        raise StoreError("database", name_address(parse_address(address)), told)
