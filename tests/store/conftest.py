"""An open store, on a real SQLite file and on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Places
from tocsin.ports import Store
from tocsin.store import open_store


@pytest.fixture
def address(place: Places, tmp_path: Path) -> str:
    """Where a new database may be made."""
    return str(place(tmp_path / "desk.sqlite"))


@pytest.fixture
def reopen(address: str) -> Iterator[Callable[[], Store]]:
    """Open the same database once more; all are closed at the end."""
    stores: list[Store] = []

    def open_again() -> Store:
        stores.append(open_store(address))
        return stores[-1]

    yield open_again
    for store in stores:
        store.close()


@pytest.fixture
def store(reopen: Callable[[], Store]) -> Store:
    """A new store."""
    return reopen()
