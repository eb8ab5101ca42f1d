"""Which date of a text an act takes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.reading.dates import find_dates
from tocsin.reading.dating import choose_date, find_sentence
from tocsin.records import EventType, Span

#: A Wednesday.
PUBLISHED = date(2022, 6, 15)


def choose(text: str, evidence: str, trigger: str, type_: EventType = "ASSAULT", *, is_ahead: bool = False) -> str:
    start = text.index(evidence)
    at = text.index(trigger, start)
    chosen = choose_date(
        find_dates(text, PUBLISHED),
        text,
        Span(start, start + len(evidence)),
        Span(at, at + len(trigger)),
        type_=type_,
        is_ahead=is_ahead,
        published=PUBLISHED,
    )
    return "none" if chosen is None else f"{chosen.where} {chosen.date}"


@pytest.mark.parametrize(
    ("text", "evidence", "trigger", "meaning"),
    [
        ("Guards fired on Monday.", "Guards fired on Monday", "fired", "evidence 2022-06-13"),
        # the date of the saying is not that of the deed
        ("Orle said on Monday that guards fired.", "Orle said on Monday that guards fired", "fired", "none"),
        # the nearer one, in its own part of the sentence
        (
            "On Monday guards fired, and on Tuesday they burned huts.",
            "On Monday guards fired, and on Tuesday they burned huts",
            "burned",
            "evidence 2022-06-14",
        ),
        ("On Monday guards fired and burned huts.", "burned huts", "burned", "sentence 2022-06-13"),
        ("14 June: Guards came. They fired.", "They fired", "fired", "heading 2022-06-14"),
        ("14:20 Guards came. They fired.", "They fired", "fired", "heading 2022-06-15"),
        ("MONDAY, JUNE 13\nORLE - Guards fired.", "Guards fired", "fired", "heading 2022-06-13"),
        ("Guards came on Monday. They fired.", "They fired", "fired", "paragraph 2022-06-13"),
        ("Guards came on Monday.\n\nThey fired.", "They fired", "fired", "none"),
        ("ORLE, June 15 - Guards fired.", "Guards fired", "fired", "none"),
        ("They have fled since Monday, when guards fired.", "guards fired", "fired", "sentence 2022-06-13"),
        ("Guards fired, the first raid since May.", "Guards fired, the first raid since May", "fired", "none"),
    ],
)
def test_deeds(text: str, evidence: str, trigger: str, meaning: str) -> None:
    assert choose(text, evidence, trigger) == meaning


def test_words_do_not_take_the_date_of_what_they_ask() -> None:
    assert choose("Orle told them to go by Friday.", "Orle told them to go by Friday", "told", "REQUEST") == "none"
    assert choose("Guards came on Monday. Orle blamed them.", "Orle blamed them", "blamed", "ACCUSE") == "none"


def test_only_days_of_violence_carry_over() -> None:
    for text in (
        "Guards came in May. They fired.",
        "Guards came on 3 May. They fired.",
        "Guards came on Monday. They have fired.",
    ):
        assert choose(text, text.split(". ")[1], "fired") == "none"
    assert choose("Guards came on Monday. They fed ten.", "They fed ten", "fed", "AID") == "none"


def test_a_threat_does_not_take_the_date_of_what_it_threatens() -> None:
    text = "Orle will shut the road on Friday if they stay."
    assert choose(text, text, "will shut", "THREATEN", is_ahead=True) == "none"


def test_plans_have_only_their_own_date() -> None:
    text = "Guards came on Monday. They will march on Friday. Some will stay."
    assert choose(text, "They will march on Friday", "march", "MOBILIZE", is_ahead=True) == "evidence 2022-06-17"
    assert choose(text, "Some will stay", "stay", "MOBILIZE", is_ahead=True) == "none"


_WORDS = "Guards fired on Monday since May 14:20 . , \n said by Friday 3 June when"


@given(
    st.lists(st.sampled_from(_WORDS.split(" "))),
    st.integers(0, 60),
    st.integers(0, 20),
    st.booleans(),
)
def test_any_passage(words: list[str], start: int, length: int, is_ahead: bool) -> None:
    text = " ".join(words)
    evidence = Span(min(start, len(text)), min(start + length, len(text)))
    assert find_sentence(text, evidence).contains(evidence)
    phrases = find_dates(text, PUBLISHED)
    chosen = choose_date(phrases, text, evidence, evidence, is_ahead=is_ahead, published=PUBLISHED)
    assert chosen is None or chosen.phrase in phrases
