"""The hand-made world, for tests that read it and for tests that change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.conftest import Places
from tests.web.worlds import World, fill, make_client, open_empty
from tocsin.pipeline import Knowledge
from tocsin.records import Article, Claim


class NoReader:
    """The pages of a desk that only shows what it holds must not read anything."""

    version = "none/0"

    def read_article(self, article: Article) -> tuple[Claim, ...]:
        raise AssertionError("these pages must not need the reader")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, get_knowledge: Callable[[bool], Knowledge]) -> Iterator[World]:
    """The hand-made world: for tests that only read. Some exports name places by the gazetteer."""

    def without_reader(is_exercise: bool) -> Knowledge:
        return replace(get_knowledge(is_exercise), reader=NoReader())

    with open_empty(tmp_path_factory.mktemp("world"), knowledge=without_reader) as desk:
        yield fill(desk)


@pytest.fixture
def placing(place: Places, tmp_path: Path, get_knowledge: Callable[[bool], Knowledge]) -> Iterator[World]:
    """The same world, one for each test that writes and asks the gazetteer."""

    def without_reader(is_exercise: bool) -> Knowledge:
        return replace(get_knowledge(is_exercise), reader=NoReader())

    with open_empty(tmp_path, knowledge=without_reader, place=place) as desk:
        yield fill(desk)


@pytest.fixture(scope="session")
def client(world: World) -> Iterator[TestClient]:
    """A client on it."""
    with make_client(world.desk) as made:
        yield made


@pytest.fixture
def changing(place: Places, tmp_path: Path) -> Iterator[World]:
    """The same world, one for each test that writes."""
    with open_empty(tmp_path, place=place, upload_max_bytes=100_000) as desk:
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
