"""The bundled gazetteer, built once for all tests of the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tocsin.places import Gazetteer, open_gazetteer


@pytest.fixture(scope="session")
def gazetteer(knowledge_home: Path) -> Iterator[Gazetteer]:
    opened = open_gazetteer(knowledge_home)
    yield opened
    opened.close()
