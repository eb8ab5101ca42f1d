"""An open store on a real file, and on PostgreSQL where TOCSIN_TEST_POSTGRESQL names an empty database to use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tocsin.ports import Store
from tocsin.store import open_store

POSTGRESQL = os.environ.get("TOCSIN_TEST_POSTGRESQL")
BACKENDS = ["sqlite", *(["postgresql"] if POSTGRESQL else [])]


@pytest.fixture(params=BACKENDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a new database may be made."""
    if request.param == "sqlite":
        yield str(tmp_path / "desk.sqlite")
        return
    empty_postgresql()
    yield str(POSTGRESQL)


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


def empty_postgresql() -> None:
    """Make the test database as new."""
    from sqlalchemy import create_engine

    from tocsin.store.connecting import parse_address

    engine = create_engine(parse_address(str(POSTGRESQL)))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
