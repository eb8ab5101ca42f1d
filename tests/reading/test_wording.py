"""The second opinion on the type of an act."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading.made import make_window
from tocsin.reading.encoder import MODEL_PATH, Encoder
from tocsin.reading.labels import load_heads
from tocsin.reading.outputs import Numbers
from tocsin.reading.wording import (
    BUCKETS,
    REACH,
    Digests,
    Wording,
    digest_words,
    list_stems,
    wording_from_plain,
    wording_to_plain,
)
from tocsin.reading.wordpieces import Window

TYPES = 3
STEMS = np.arange(5000)
#: What is looked at: the word with its nearest, each word in reach, and the four to each side together with the word.
KINDS = 11 + 2 * REACH + 8


def make_wording(loud: dict[int, tuple[int, float]], own: float = 1.0, said: float = 1.0) -> Wording:
    """A table in which some rows speak for a type."""
    table = np.zeros((BUCKETS, TYPES), np.float32)
    for row, (type_, weight) in loud.items():
        table[row, type_] = weight
    return Wording(table, np.zeros(TYPES, np.float32), own, said)


def digest(window: Window, word: int) -> Digests:
    return digest_words(window, STEMS)[word]


def chances(logits: Numbers) -> Numbers:
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True), np.float32)


def test_the_table_turns_a_type_and_leaves_how_likely_an_act_is() -> None:
    window = make_window("Rebels opened fire.")
    logits = np.array([[9, 0, 0, 0], [0, 2.0, 1.5, 0], [0, 2.0, 1.5, 0], [9, 0, 0, 0]], np.float32)
    wording = make_wording({int(digest(window, 1)[0]): (1, 2.0)})
    weighed = wording.weigh(logits, window, STEMS)
    assert (logits[1, 1:].argmax(), weighed[1, 1:].argmax()) == (0, 1)
    assert chances(weighed)[:, 0] == pytest.approx(chances(logits)[:, 0], abs=1e-5)
    assert (weighed[[0, 3]] == logits[[0, 3]]).all(), "what is surely no act is not asked about"
    assert weighed[2, 1:].argmax() == 0, "the row is another word's"


def test_a_table_that_counts_nothing_changes_nothing() -> None:
    window = make_window("Rebels opened fire.")
    logits = np.array([[0, 1.0, 0, 3], [0, 2.0, 1.5, 0], [2, 2.0, 1.5, 0], [1, 0, 0, 0]], np.float32)
    weighed = make_wording({}, said=0.0).weigh(logits, window, STEMS)
    assert weighed == pytest.approx(logits, abs=1e-4)
    surely = np.array([[40, 0, 0, 0]] * 4, np.float32)
    assert make_wording({}).weigh(surely, window, STEMS) is surely


def test_words_of_another_sentence_are_not_seen() -> None:
    alone, beside = make_window("Rebels fired. "), make_window("Rebels fired. Garden roses bloom.")
    assert (digest(alone, 1) == digest(beside, 1)).all()
    first, other = make_window("Rebels fired guns."), make_window("Rebels fired at.")
    same = digest(first, 1) == digest(other, 1)
    assert same.all(), "both third words are the same piece here"
    other.pieces[other.firsts[2]] = 4000
    changed = digest(first, 1) != digest(other, 1)
    assert 0 < changed.sum() < len(changed)


def test_forms_of_a_word_are_one_and_unlike_endings_are_not() -> None:
    vocabulary = ["open", "opened", "opening", "opens", "seize", "seized", "seizing", "stop", "stopped", "red", "##ed",
                  "bus", "used", "as", "the", "protest", "protests", "arrest"]  # fmt: skip
    stems = [vocabulary[i] for i in list_stems(vocabulary)]
    assert stems == ["open"] * 4 + ["seize"] * 3 + ["stop"] * 2 + [
        "red", "##ed", "bus", "used", "as", "the", "protest", "protest", "arrest",
    ]  # fmt: skip


def test_a_word_of_several_pieces_is_not_its_first_piece() -> None:
    whole = make_window("Rebels fired guns.")
    # "fired" of two pieces: the second one belongs to no word of its own
    split = replace(whole, pieces=np.insert(whole.pieces, 3, 900), firsts=whole.firsts + (np.arange(4) > 1))
    assert digest(whole, 1)[0] != digest(split, 1)[0]
    assert digest(whole, 0)[0] == digest(split, 0)[0]


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_windows_of_any_length_have_one_row_for_each_word(words: int, seed: int) -> None:
    window = make_window("word " * words)
    generator = np.random.default_rng(seed)
    window = replace(window, sentences=np.sort(generator.integers(0, 5, words)))
    digests = digest_words(window, STEMS)
    assert digests.shape == (words, KINDS)
    assert digests.max() < BUCKETS
    assert digests.min() >= -1
    assert (digest_words(window, STEMS) == digests).all()


@given(
    st.dictionaries(st.integers(0, BUCKETS - 1), st.tuples(st.integers(0, TYPES - 1), st.floats(-8, 8)), max_size=9),
    st.floats(0, 2, width=32), st.floats(0, 2, width=32),
)  # fmt: skip
def test_a_table_comes_back_from_a_file(loud: dict[int, tuple[int, float]], own: float, said: float) -> None:
    wording = make_wording(loud, own, said)
    back = wording_from_plain(json.loads(json.dumps(wording_to_plain(wording))))
    step = float(np.abs(wording.table).max()) / 127
    assert np.abs(back.table - wording.table).max() <= step / 2 + 1e-6
    assert (back.bias == wording.bias).all()
    assert (back.own, back.said) == (own, said)


def test_the_bundled_table_speaks_of_the_codebooks_types(encoder: Encoder) -> None:
    wording, names = encoder.model.wording, load_heads()["trigger"].classes[1:]
    assert wording is not None, f"{MODEL_PATH} holds none: python -m training.wording --write"
    assert wording.table.shape == (BUCKETS, len(names))
    assert 0 < wording.said < wording.own * 2
    for text, word, meant in (
        ("Gunmen opened fire on a patrol near the bridge.", "opened", "ASSAULT"),
        ("The minister called on both sides to stop.", "called", "REQUEST"),
        ("Workers went on strike on Monday.", "strike", "PROTEST"),
        ("Police arrested ten students.", "arrested", "COERCE"),
    ):
        (window,) = encoder.cut(text)
        at = next(i for i in range(window.words) if text[window.starts[i] : window.ends[i]] == word)
        said = wording.judge(digest_words(window, encoder.model.stems)[at : at + 1])[0]
        assert names[int(said.argmax())] == meant, text
