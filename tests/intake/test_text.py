"""The form in which texts are kept."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.conftest import UNHURRIED
from tocsin.intake import normalise_text
from tocsin.intake.text import MAX_MARKS, normalise_line

# Every kind of character, the troublesome ones more often than chance would have it.
ODD = st.sampled_from(
    [
        *"\r\n\t \v\f\x00\x1b\x85\u2028\u200b\u200d\u202e\u2066\ufeff\u00ad\ud800\u0301\u0344\u0f73\u1100\u1161\u11a8",
        "\n\n\n",
        "e\u0301",
        "\u0301" * 40,
        "\u0344" * 20,
        "\U000e0041",
        "\uffff",
    ]
)
TEXTS = st.lists(st.one_of(st.text(max_size=6), ODD), max_size=30).map("".join)


@UNHURRIED
@given(TEXTS)
def test_doing_it_twice_changes_nothing_more(raw: str) -> None:
    once = normalise_text(raw)
    assert normalise_text(once) == once


@UNHURRIED
@given(TEXTS)
def test_nothing_invisible_is_left(raw: str) -> None:
    text = normalise_text(raw)
    assert unicodedata.is_normalized("NFC", text)
    assert all(char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs") for char in text)
    assert not set(text) & set("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2069\ufeff")
    assert text == text.strip()
    assert "\n\n\n\n" not in text
    assert all(line == line.rstrip() for line in text.split("\n"))
    text.encode("utf-8")


@UNHURRIED
@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=40))
def test_plain_words_stay_as_they_are(raw: str) -> None:
    assert normalise_text(raw) == raw


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("\ufeffname  \n\t\n\n\n\n\nend \n", "name\n\n\nend"),
        ("cafe\u0301", "caf\u00e9"),
        ("pay\u202eevil\u202c me", "payevil me"),
        ("hy\u00adphen\u200bated", "hyphenated"),
        ("tab\tkept", "tab\tkept"),
        ("bell\x07 and escape\x1b[31m", "bell and escape[31m"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\U0001f469"),
    ],
)
def test_examples(raw: str, text: str) -> None:
    assert normalise_text(raw) == text


def test_a_letter_keeps_only_so_many_marks_and_sorting_them_takes_no_time() -> None:
    start = time.monotonic()
    text = normalise_text("z" + "\u0301\u0316" * 100_000 + "\u017c\u0142y")
    assert time.monotonic() - start < 5
    assert 20 <= sum(unicodedata.combining(char) != 0 for char in text) <= MAX_MARKS
    assert text.endswith("\u0142y")


def test_a_headline_is_one_line_of_bounded_length() -> None:
    assert normalise_line("  Two\n lines ") == "Two lines"
    assert normalise_line("\u200b \n") is None
    long = normalise_line("word " * 1000)
    assert long is not None
    assert len(long) <= 500
    assert long.endswith("\u2026")
