"""Sentences by punctuation alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.reading.sentences import split_sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Rebels fled. The army followed!", ["Rebels fled.", "The army followed!"]),
        ("Did they? Nobody knows… Talks go on.", ["Did they?", "Nobody knows…", "Talks go on."]),
        ("A title without a stop\n\nIt began.", ["A title without a stop", "It began."]),
        # abbreviations and initials
        ("Gen. Lund met Dr. Arden in St. Orle.", ["Gen. Lund met Dr. Arden in St. Orle."]),
        ("J. R. Lund and the U.S. Army left.", ["J. R. Lund and the U.S. Army left."]),
        ("They met on Sept. 3 and No. 10 was closed.", ["They met on Sept. 3 and No. 10 was closed."]),
        ("It cost 3.5 million. Prices rose 0.4 points.", ["It cost 3.5 million.", "Prices rose 0.4 points."]),
        # quotation marks and brackets belong to the sentence that they close
        ('"We will stay." The crews left.', ['"We will stay."', "The crews left."]),
        ("“We stay.” “We go.” Both left.", ["“We stay.”", "“We go.”", "Both left."]),
        ("He left (by car.) She stayed.", ["He left (by car.)", "She stayed."]),
        ('"Stop!" he shouted. They ran.', ['"Stop!" he shouted.', "They ran."]),
        # lists
        (
            "Police arrested two men; a third fled; troops came.",
            ["Police arrested two men;", "a third fled;", "troops came."],
        ),
        ("Killed:\n- two men\n- a boy", ["Killed:", "- two men", "- a boy"]),
        # the next word begins small: no end
        ("The town of orle. com fell.", ["The town of orle. com fell."]),
        ("", []),
        (" \n\t\n ", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


JUNK = st.one_of(st.text(max_size=200), st.text(alphabet=st.sampled_from("Aa. \n?!;…“”\"')(1-—"), max_size=200))


@given(JUNK)
def test_no_text_is_lost(text: str) -> None:
    at = 0
    for start, end in split_sentences(text):
        assert at <= start < end <= len(text)
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        at = end
    assert not text[at:].strip()
