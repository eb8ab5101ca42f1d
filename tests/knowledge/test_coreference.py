"""The table of coreference is checked on loading against a closed form."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.errors import KnowledgeError
from tocsin.knowledge.coreference import OTHER_PARTS, SHARED_PARTS, load_coreference
from tocsin.knowledge.files import read_knowledge


def test_the_bundled_table_weighs_every_part() -> None:
    table = load_coreference()
    assert set(table.same_word) == set(SHARED_PARTS)
    assert set(table.other_word) == {*SHARED_PARTS, *OTHER_PARTS}
    assert 0 < table.least < 1
    assert table.kinds["blast"] & table.kinds["explosion"]
    assert not table.kinds["blast"] & table.kinds["wedding"]
    assert all(word == word.casefold() for word in table.kinds)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("least = 0.3", "least = 3", "least = 3.*from 0 to 1"),
        ("least = 0.3", "", "least.*is missing"),
        ("[same-word]", "[some-word]", "some-word.*is unknown"),
        ("kin = 3.4", 'kin = "much"', "must be a number"),
        ("kin = 3.4", "", "kin.*is missing"),
        ('version = "coreference/1"', "version = 1", "version.*must be a text"),
        ('marriage = "', 'marriage = "wed"\nwedlock = "', "marriage.*at least two words"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    text = read_knowledge("coreference.toml")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(KnowledgeError, match=said):
        load_coreference(path)
