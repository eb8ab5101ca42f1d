"""Titles and reasons in plain words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.worlds import World
from tocsin.knowledge.plover import load_ontology
from tocsin.knowledge.wording import LONGEST_SIDE, load_wording, name_rule, title_incident
from tocsin.records import Incident, Party
from tocsin.web.phrases import link_records, show_odds


def test_every_type_and_mode_has_its_words_and_no_other() -> None:
    ontology = load_ontology()
    wanted = set(ontology.types) | {f"{name}/{mode}" for name, entry in ontology.types.items() for mode in entry.modes}
    phrases = load_wording()["acts"]
    assert set(phrases) == wanted
    assert all(phrase[0].isupper() and len(phrase) <= 32 for phrase in phrases.values())


def test_a_reason_is_called_by_what_it_decides() -> None:
    """The rule of a refusal settles that it was done, and no kind of act."""
    assert (name_rule("refusal"), name_rule("future-cooperation")) == ("Refused", "Kind of act")


@pytest.fixture
def clash(world: World) -> Incident:
    return replace(world.incidents["clash"], modality="actual")


def test_a_title_says_act_parties_and_place(clash: Incident) -> None:
    assert str(title_incident(clash)) == "Force against a crowd: police → protesters, Orle bridge"


def test_what_is_not_said_to_have_happened_says_so_in_its_title(clash: Incident) -> None:
    for modality, word in (("planned", "planned"), ("negated", "denied"), ("conditional", "on a condition")):
        assert title_incident(replace(clash, modality=modality)).act == f"Force against a crowd, {word}"  # type: ignore[arg-type]


def test_nobody_named_is_never_made_somebody(clash: Incident) -> None:
    assert str(title_incident(replace(clash, actor=()))) == ("Force against a crowd: unnamed → protesters, Orle bridge")
    alone = replace(clash, actor=(), recipient=(), place=None)
    assert str(title_incident(alone)) == "Force against a crowd"


def test_a_title_does_not_turn_a_party_on_itself(clash: Incident) -> None:
    police = (Party("five police"),)
    assert str(title_incident(replace(clash, actor=police, recipient=police))) == (
        "Force against a crowd: five police, Orle bridge"
    )


def test_a_name_stands_once(clash: Incident) -> None:
    twice = (Party("people"), Party("People"), Party("the people"))
    assert title_incident(replace(clash, recipient=twice)).recipient == "people"
    there = replace(clash, actor=(Party("guards of Orle bridge"),))
    assert title_incident(there).place is None


@given(st.lists(st.text(min_size=1, max_size=90), max_size=5))
def test_a_side_is_bounded_whatever_a_party_is_called(names: list[str]) -> None:
    incident = Incident("inc_x", "ASSAULT", (), None, actor=tuple(Party(name) for name in names))  # type: ignore[arg-type]
    shown = title_incident(incident).actor
    assert shown is None or 0 < len(shown) <= LONGEST_SIDE


def test_a_rule_without_a_line_shows_its_own_name() -> None:
    assert name_rule("party-code") == "Who this is"
    assert name_rule("date-weekday") == "Day"
    assert name_rule("rule-of-tomorrow") == "rule of tomorrow"


def test_days_in_reasons_are_written_as_everywhere() -> None:
    assert link_records("from 2026-03-13..2026-03-15") == "from 13 Mar 2026 to 15 Mar 2026"
    assert link_records("version 2026-99-99") == "version 2026-99-99"


def test_odds() -> None:
    assert [show_odds(s) for s in (0.3, 1.0, 2.2, 6.2)] == [
        "about 1 in 2", "about 1 in 10", "about 1 in 160", "less than 1 in 10\u202f000",
    ]  # fmt: skip
