"""`knowledge/report.toml`: complete, checked key by key, and its ordinary words are no names."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.report import load_ordinary_words, load_report_table
from tocsin.records import SpeakerKind, TollKind

TEXT = read_knowledge("report.toml")


def test_every_code_has_its_weight_or_words() -> None:
    table = load_report_table()
    assert set(table.tolls) == set(get_args(TollKind))
    assert set(table.speakers) == set(get_args(SpeakerKind))
    assert table.version in TEXT


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("killed = 3.0", "killled = 3.0", "killled"),
        ("killed = 3.0", "", "killed"),
        ("killed = 3.0", "killed = 'much'", "killed"),
        ("killed = 3.0", "killed = -1", "killed"),
        ("[sectors]", "[sector]", "sector"),
        ('witness = "a witness"', "", "witness"),
    ],
)
def test_a_broken_table_is_refused_by_name(tmp_path: Path, old: str, new: str, named: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(KnowledgeError, match=named):
        load_report_table(path)


def test_ordinary_words_are_ordinary() -> None:
    words = load_ordinary_words()
    assert {"police", "villagers", "attack", "two", "meanwhile", "heard"} <= words
    assert {"kosovo", "belgrade", "nato", "orle"}.isdisjoint(words)
