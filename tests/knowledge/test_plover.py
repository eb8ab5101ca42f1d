"""The ontology: complete, scored, and refused where it is malformed."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.plover import load_ontology
from tocsin.records import EventType


def test_all_sixteen_types_with_examples() -> None:
    ontology = load_ontology()
    assert tuple(sorted(ontology.types)) == tuple(sorted(get_args(EventType)))
    for entry in ontology.types.values():
        assert len(entry.yes) == len(entry.no) == 2
        assert entry.definition
        assert entry.cameo
        assert all(c.is_type != entry.name for c in entry.no)
        assert (entry.score > 0) == entry.is_cooperative
        assert all((m.score > 0) == entry.is_cooperative for m in entry.modes.values())


def test_scores() -> None:
    ontology = load_ontology()
    assert ontology.score("ACCUSE") == -3  # printed +3 in the manual, a misprint
    assert ontology.score("PROTEST", "obstruct") == -6.5
    assert ontology.score("PROTEST", None) == ontology.score("PROTEST", "unheard-of")
    assert min(ontology.types.values(), key=lambda e: e.score).name == "ASSAULT"
    with pytest.raises(KnowledgeError, match="event type"):
        ontology.score("EXHIBIT")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "AGREE"', 'name = "AGREED"', "event type"),
        ("score = 4.0", "score = 40.0", "from -10 to 10"),
        ("quad = 1", "quadrant = 1", "quadrant"),
        ('is = "SUPPORT"', 'is = "SUPPORTS"', "counter-example"),
        ('definition = "By telephone', 'defnition = "By telephone', "defnition"),
    ],
)
def test_malformed_tables_are_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(read_knowledge("plover.toml").replace(old, new, 1), "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_ontology(path)
    assert said in str(caught.value)
    assert "mine.toml" in str(caught.value)
