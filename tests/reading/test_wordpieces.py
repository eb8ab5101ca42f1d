"""A text cut for the encoder: nothing is lost, nothing is too long, every word is where it says."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from tocsin.reading.wordpieces import CLOSING, LONGEST, NEW_LINE, OPENING, UNKNOWN, Window, cut_windows, make_tokenizer

PLAIN = [
    "Rebels shelled the town.",
    "The army said",
    "3-5",
    "“",
    "\n",
    "\n\n",
    " — ",
    "Orle",
    "St.",
    "unbelievableness",
]
JUNK = st.lists(st.one_of(st.text(max_size=30), st.sampled_from(PLAIN)), max_size=25).map(" ".join)


def check_window(window: Window, text: str, longest: int) -> None:
    assert len(window.pieces) <= longest
    assert (window.pieces[0], window.pieces[-1]) == (OPENING, CLOSING)
    assert window.words == len(window.firsts) == len(window.starts) == len(window.ends) == len(window.sentences) > 0
    assert (np.diff(window.firsts) > 0).all()
    assert window.firsts[0] >= 1
    assert window.firsts[-1] < len(window.pieces) - 1
    assert (np.diff(window.sentences) >= 0).all()
    for start, end in zip(window.starts, window.ends, strict=True):
        assert text[start:end].strip() == text[start:end] != ""


@settings(deadline=None)
@given(text=JUNK, longest=st.one_of(st.just(LONGEST), st.integers(20, 60)))
def test_windows_hold_every_word_in_order(tokenizer: Tokenizer, text: str, longest: int) -> None:
    windows = list(cut_windows(text, tokenizer, longest))
    spans = [span for w in windows for span in zip(w.starts.tolist(), w.ends.tolist(), strict=True)]
    for window in windows:
        check_window(window, text, longest)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(a.sentences[-1] < b.sentences[0] for a, b in pairwise(windows))
    covered = {i for start, end in spans for i in range(start, end)}
    assert {m.start() for m in re.finditer(r"[A-Za-z0-9.,!?\"()-]", text)} <= covered


@settings(deadline=None)
@given(text=JUNK)
def test_a_words_first_piece_is_that_of_the_word_alone(tokenizer: Tokenizer, text: str) -> None:
    for window in cut_windows(text, tokenizer):
        for first, start, end in zip(window.firsts, window.starts, window.ends, strict=True):
            alone = tokenizer.encode(text[start:end], add_special_tokens=False)
            assert window.pieces[first] == alone.ids[0]


@settings(deadline=None)
@given(text=JUNK)
def test_the_same_text_is_cut_the_same_way(tokenizer: Tokenizer, text: str) -> None:
    for a, b in zip(cut_windows(text, tokenizer), cut_windows(text, tokenizer), strict=True):
        assert (a.pieces == b.pieces).all()
        assert (a.firsts == b.firsts).all()


VOCABULARY = ["[PAD]", "[unused0]", *(f"[unused{i}]" for i in range(1, 99)), "[UNK]", "[CLS]", "[SEP]"]
VOCABULARY += ["rebels", "shell", "##ed", "the", "town", ".", "a", "##a", "orle"]


@pytest.fixture(scope="module")
def small() -> Tokenizer:
    return make_tokenizer(VOCABULARY)


def name_pieces(window: Window) -> list[str]:
    return [VOCABULARY[piece] for piece in window.pieces]


def test_marks_have_the_ids_of_the_vocabulary() -> None:
    marks = [VOCABULARY[i] for i in (UNKNOWN, OPENING, CLOSING, NEW_LINE)]
    assert marks == ["[UNK]", "[CLS]", "[SEP]", "[unused0]"]


def test_pieces_of_a_text(small: Tokenizer) -> None:
    text = "REBELS shelled Kéttér.\nThe tówn"
    (window,) = cut_windows(text, small)
    assert name_pieces(window) == [
        "[CLS]", "rebels", "shell", "##ed", "[UNK]", ".", "[unused0]", "the", "town", "[SEP]",
    ]  # fmt: skip
    assert window.firsts.tolist() == [1, 2, 4, 5, 7, 8]
    assert window.sentences.tolist() == [0, 0, 0, 0, 1, 1]
    words = [text[s:e] for s, e in zip(window.starts, window.ends, strict=True)]
    assert words == ["REBELS", "shelled", "Kéttér", ".", "The", "tówn"]


def test_a_very_long_word_is_one_word_of_few_pieces(small: Tokenizer) -> None:
    (window,) = cut_windows("a" * 90 + " town", small)
    assert (window.words, window.ends[0], len(window.pieces)) == (2, 90, 2 + 12 + 1)
    (window,) = cut_windows("a" * 100_000 + " town", small)
    assert name_pieces(window) == ["[CLS]", "[UNK]", "town", "[SEP]"]


def test_a_text_without_stops_is_cut(small: Tokenizer) -> None:
    windows = list(cut_windows("town " * 5_000, small))
    assert sum(w.words for w in windows) == 5_000
    assert len(windows) < 5_000 / 350
    for window in windows:
        check_window(window, "town " * 5_000, LONGEST)


def test_sentences_are_kept_whole_where_they_fit(small: Tokenizer) -> None:
    text = "The town. " * 40
    windows = list(cut_windows(text, small, 50))
    assert all(text[w.ends[-1] - 1] == "." for w in windows)
    assert sum(w.words for w in windows) == 120


def test_blank_text_has_no_window(small: Tokenizer) -> None:
    assert list(cut_windows(" \n\n\t", small)) == []
    assert list(cut_windows("\u200b\u0301", small)) == []
