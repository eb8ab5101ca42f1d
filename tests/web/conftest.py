"""The hand-made world, for tests that read it and for tests that change it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.worlds import World, fill, make_client, open_empty


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The hand-made world: for tests that only read."""
    with open_empty(tmp_path_factory.mktemp("world")) as desk:
        yield fill(desk)


@pytest.fixture(scope="session")
def client(world: World) -> Iterator[TestClient]:
    """A client on it."""
    with make_client(world.desk) as made:
        yield made


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[World]:
    """The same world, one for each test that writes."""
    with open_empty(tmp_path, upload_max_bytes=100_000) as desk:
        yield fill(desk)


@pytest.fixture
def writer(changing: World) -> Iterator[TestClient]:
    """A client on the world that may be changed."""
    with make_client(changing.desk) as made:
        yield made


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[TestClient]:
    """A client on a desk with nothing in it."""
    with open_empty(tmp_path) as desk, make_client(desk) as made:
        yield made
