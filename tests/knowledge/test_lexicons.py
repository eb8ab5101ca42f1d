"""Numbers and the list of origins: checked on loading against closed schemas."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.numbers import load_numbers


def test_numbers_name_known_tolls(tmp_path: Path) -> None:
    assert load_numbers().toll_words["kill"] == "killed"
    path = tmp_path / "mine.toml"
    path.write_text(read_knowledge("numbers.toml").replace("killed = [", "slain = [", 1), "utf-8")
    with pytest.raises(KnowledgeError, match="slain"):
        load_numbers(path)


def test_origins_are_listed_for_the_language_files() -> None:
    listed = {row["name"] for row in tomllib.loads(read_knowledge("SOURCES.toml"))["file"]}
    assert {"plover.toml", "countries.csv", "parties.toml", "numbers.toml"} <= listed
