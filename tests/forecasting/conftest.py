"""A store of the test's own, and the gazetteer that all tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Places
from tocsin.pipeline import Knowledge
from tocsin.places import Gazetteer
from tocsin.ports import Store
from tocsin.store import open_store


@pytest.fixture
def store(place: Places, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(place(tmp_path / "desk.sqlite"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def gazetteer(get_knowledge: Callable[[bool], Knowledge]) -> Gazetteer:
    return get_knowledge(False).gazetteer
