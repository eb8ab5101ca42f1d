"""What stands in a record word for word is taken out whole, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.report.masking import mask_texts


@pytest.mark.parametrize(
    ("sentence", "texts", "masked"),
    [
        ("Torn denies it.", ["Torn"], "____ denies it."),
        ("Tornado Torn.", ["Torn"], "Tornado ____."),
        ("He killed 1,200.", ["1"], "He killed 1,200."),
        ("Lethal force. Clears", ["Lethal force."], "____________. Clears"),
        ("the mill at Or… fell", ["Orle bridge"], "the mill at __… fell"),
        ("the mill at Orle bridge", ["Orle", "Orle bridge"], "the mill at ___________"),
        ("a…b… x", ["a…bc"], "___… x"),
        ("level 2.5 on", ["2."], "level 2.5 on"),
        ("nothing", [], "nothing"),
        ("nothing", [""], "nothing"),
    ],
)
def test_masking(sentence: str, texts: list[str], masked: str) -> None:
    assert mask_texts(sentence, texts) == masked


def test_a_date_is_masked_whole_or_not_at_all() -> None:
    assert mask_texts("on 12 Mar 2031", ["Mar"], [(3, 14)]) == "on ___________"
    assert mask_texts("on 12 Mar 2031 here", ["on 12 Mar 2031"], [(3, 14)]) == "______________ here"


@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=5))
def test_the_length_is_kept(sentence: str, texts: list[str]) -> None:
    masked = mask_texts(sentence, texts)
    assert len(masked) == len(sentence)
    assert all(m in (c, "_") for m, c in zip(masked, sentence, strict=True))
