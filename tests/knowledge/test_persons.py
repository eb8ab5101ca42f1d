"""Which words name a person. Every name here is invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.persons import find_named_persons, find_person_names, load_person_words

NAMED = [
    ("Mirela Voskan", ("Mirela Voskan",)),
    ("Voskan", ("Voskan",)),
    ("President Tomas Arden", ("Tomas Arden",)),
    ("Interior Minister Tomas Arden", ("Tomas Arden",)),
    ("the mayor, Mirela Voskan", ("Mirela Voskan",)),
    ("Mirela Voskan, 34, a farmer", ("Mirela Voskan",)),
    ("farmer Petar Ilic", ("Petar Ilic",)),
    ("Mrs Imaru", ("Imaru",)),
    ("the late Dr. Ana Korvin", ("Ana Korvin",)),
    ("the Imaru family", ("Imaru",)),
    ("supporters of Petar Ilic", ("Petar Ilic",)),
    ("Petar Ilic's brother", ("Petar Ilic",)),
    ("Petar Ilic and Mirela Voskan", ("Petar Ilic", "Mirela Voskan")),
    ("Ahmed bin Rashad", ("Ahmed bin Rashad",)),
    ("Abu Bakr al-Rashad", ("Abu Bakr al-Rashad",)),
    ("J. R. Voskan", ("J. R. Voskan",)),
    ("Jean DUVAL", ("Jean DUVAL",)),
    ("Michael Jordan", ("Michael Jordan",)),
    ("Chad Milward", ("Chad Milward",)),
    ("Jean-Pierre O'Brien", ("Jean-Pierre O'Brien",)),
    ("Serbian President Tomas Arden", ("Tomas Arden",)),
    ("editor of the daily Orle Post, Mirela Voskan", ("Mirela Voskan",)),
    ("The Fox, Mirela Voskan", ("Mirela Voskan",)),
    ("محمد الأحمد", ("محمد الأحمد",)),
]
NAMELESS = [
    "police", "Two men", "Protesters", "Surveyors", "residents of Orle", "people from Hembrey", "the Green Front",
    "Green Front", "members of the Green Front", "the Valdena Army", "Kosovo police", "KFOR", "the Kremlin", "Belgrade",
    "Radio Orle", "Vennhaven workers", "Survey teams", "A 19-year-old student", "Over sixty people", "Serbia", "",
    "the Orle Covenant", "...", "34", "the Vennhaven paper The Daily Gannet", "the daily Gannet", "paper The Gannet",
    "reporters of The Daily Gannet",
]  # fmt: skip


@pytest.mark.parametrize(("phrase", "names"), NAMED)
def test_persons_are_found(phrase: str, names: tuple[str, ...]) -> None:
    assert find_person_names(phrase) == names


@pytest.mark.parametrize("phrase", NAMELESS)
def test_bodies_places_and_roles_are_not(phrase: str) -> None:
    assert find_person_names(phrase) == ()


def test_what_is_known_to_be_a_place_is_no_person() -> None:
    assert find_person_names("Hembrey") == ("Hembrey",)
    assert find_person_names("Hembrey", places=["Hembrey village"]) == ()


def test_one_word_for_a_body_is_its_name() -> None:
    assert find_person_names("Vennhaven", is_body=True) == ()
    assert find_person_names("Mirela Voskan", is_body=True) == ("Mirela Voskan",)


def test_sentences_name_persons_after_their_roles() -> None:
    text = "Colonel Voskan said the Green Front had shot Constable Lamming in Orle, and Mrs Imaru fled to Hembrey."
    assert find_named_persons(text) == ("Voskan", "Lamming", "Imaru")
    assert find_named_persons("On Monday, Orle was calm. Villagers left Hembrey.") == ()


@given(st.text(max_size=60))
def test_any_text_has_names_that_stand_in_it(text: str) -> None:
    assert all(name in text for name in (*find_person_names(text), *find_named_persons(text)))


def test_a_malformed_table_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    for old, new, named in (("placing = [", "plaicing = [", "plaicing"), ('GOV = "an official"', "", "GOV")):
        path.write_text(read_knowledge("persons.toml").replace(old, new, 1), "utf-8")
        with pytest.raises(KnowledgeError, match=named):
            load_person_words(path)
