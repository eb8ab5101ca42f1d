"""Triggers, cues and numbers: checked on loading against closed schemas."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tocsin.errors import KnowledgeError
from tocsin.knowledge.cues import load_cues
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.numbers import load_numbers
from tocsin.knowledge.triggers import load_triggers


def test_every_type_has_triggers_and_names_are_unique() -> None:
    lexicon = load_triggers()
    assert len({r.type for r in lexicon.rules}) == 16
    names = [r.name for r in lexicon.rules]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "accuse"\ntype = "ACCUSE"', 'name = "accuse"\ntype = "ACCUSES"', "ACCUSES"),
        ('mode = "allege"', 'mode = "alleged"', "alleged"),
        ('with = ["@talks"]', 'with = ["@talk"]', "@talk"),
        ('not_actor = ["CVL", "PRO"]', 'not_actor = ["CIV"]', "CIV"),
        ("content = true", "contents = true", "contents"),
        ('verbs = ["accuse"]\n', "", "verbs, nouns or adjectives"),
    ],
)
def test_malformed_triggers_are_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = read_knowledge("triggers.toml")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_triggers(path)
    assert said in str(caught.value)


def test_cues_need_every_table_in_lower_case(tmp_path: Path) -> None:
    cues = load_cues()
    assert cues.has("hedges.adverbs", "reportedly")
    assert not cues.has("hedges.adverbs", "loudly")
    text = read_knowledge("cues.toml")
    for old, new, said in (("[hedges]", "[hedge]", "hedges"), ('"reportedly"', '"Reportedly"', "lower-case")):
        path = tmp_path / "mine.toml"
        path.write_text(text.replace(old, new, 1), "utf-8")
        load_cues.cache_clear()
        with pytest.raises(KnowledgeError, match=said):
            load_cues(path)
    load_cues.cache_clear()


def test_numbers_name_known_tolls(tmp_path: Path) -> None:
    assert load_numbers().toll_words["kill"] == "killed"
    path = tmp_path / "mine.toml"
    path.write_text(read_knowledge("numbers.toml").replace("killed = [", "slain = [", 1), "utf-8")
    with pytest.raises(KnowledgeError, match="slain"):
        load_numbers(path)


def test_origins_are_listed_for_the_language_files() -> None:
    listed = {row["name"] for row in tomllib.loads(read_knowledge("SOURCES.toml"))["file"]}
    assert {"plover.toml", "countries.csv", "parties.toml", "cues.toml", "numbers.toml", "triggers.toml"} <= listed
