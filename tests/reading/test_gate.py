"""The gate before the encoder."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading.made import make_window
from tests.reading.shares import hold_share
from tocsin.knowledge.plover import load_ontology
from tocsin.reading.encoder import Encoder
from tocsin.reading.gate import FLASH_WORDS, LEAST_SENTENCES, Gate, cut_sentences, gate_from_plain, gate_to_plain

#: Least share of the ontology's yes-examples, a sentence each, that the gate must let through.
LEAST_OPEN = 0.9
QUIET = "Nobody in the whole of the old town knew anything at all of it by then. "
TEXT = "The garden was green. Rebels shelled it, rebels said. " + QUIET * LEAST_SENTENCES


def make_gate(loud: dict[int, float], bias: float = -1.0, threshold: float = 0.0) -> Gate:
    weights = np.zeros(2000, np.float32)
    for piece, weight in loud.items():
        weights[piece] = weight
    return Gate(weights, bias, threshold, 0.01, 0.5)


def test_the_best_sentence_decides() -> None:
    window = make_window(TEXT)
    shelled = int(window.pieces[window.firsts[6]])
    assert not make_gate({}).opens(window)
    assert make_gate({shelled: 2.0}).opens(window)
    assert make_gate({shelled: 2.0}).score(window) == pytest.approx(1.0)
    assert not make_gate({shelled: 2.0}, threshold=1.5).opens(window)
    # what another sentence says against it does not count
    garden = int(window.pieces[window.firsts[1]])
    assert make_gate({shelled: 2.0, garden: -9.0}).opens(window)


def test_a_window_of_few_sentences_is_always_open() -> None:
    silent = make_gate({})
    long = f"{QUIET[:-2]} when {QUIET}"
    for count in range(4, LEAST_SENTENCES + 2):
        assert silent.opens(make_window(long * count)) == (count < LEAST_SENTENCES)


def test_a_flash_of_many_short_sentences_is_always_open() -> None:
    silent, sentence = make_gate({}), "Nobody knew. "
    for count in range(1, FLASH_WORDS):
        window = make_window(sentence * count)
        assert silent.opens(window) == (window.words < FLASH_WORDS or len(cut_sentences(window)) < LEAST_SENTENCES)
    assert not silent.opens(make_window(sentence * FLASH_WORDS))


def test_a_word_counts_once_a_sentence() -> None:
    window = make_window("Rebels, rebels, rebels.")  # each word is a piece of its own: make them one
    window.pieces[window.firsts[[0, 2, 4]]] = 1500
    assert make_gate({1500: 2.0}).score(window) == pytest.approx(1.0)


def test_sentences_of_a_window() -> None:
    window = make_window(TEXT)
    sentences = cut_sentences(window)
    assert [len(s) for s in sentences[:2]] == [5, 7]
    assert len(sentences) == 2 + LEAST_SENTENCES
    assert sorted(np.concatenate(sentences).tolist()) == window.pieces[window.firsts].tolist()


@given(
    st.lists(st.floats(-60, 60, width=16, allow_subnormal=False), min_size=1, max_size=50),
    st.floats(-9, 9), st.floats(-9, 9), st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip
def test_a_gate_comes_back_from_a_file(
    weights: list[float], bias: float, threshold: float, lost: float, closed: float
) -> None:
    gate = Gate(np.asarray(weights, np.float32), bias, threshold, lost, closed)
    back = gate_from_plain(json.loads(json.dumps(gate_to_plain(gate))))
    assert (back.weights == gate.weights).all()
    assert back.weights.dtype == np.float32
    assert (back.bias, back.threshold, back.lost, back.closed) == (bias, threshold, lost, closed)


def test_the_bundled_gate_fits_its_vocabulary_and_tells_what_it_costs(encoder: Encoder) -> None:
    gate = encoder.model.gate
    assert len(gate.weights) == encoder.model.tokenizer.get_vocab_size()
    assert np.isfinite(gate.weights).all()
    assert 0 <= gate.lost <= 0.02
    assert 0 < gate.closed <= 1


def test_the_bundled_gate_opens_for_reports_of_one_sentence(encoder: Encoder) -> None:
    gate = encoder.model.gate

    def judge() -> Iterator[tuple[str, str | None]]:
        for entry in load_ontology().types.values():
            for text in entry.yes:
                (window,) = encoder.cut(text)
                yield text, None if gate.opens(window) else f"{gate.score(window):.2f} of {gate.threshold:.2f}"

    hold_share("windows of yes-examples", judge(), LEAST_OPEN)


def test_the_bundled_gate_opens_for_war_and_not_for_a_garden(encoder: Encoder) -> None:
    garden = "Prune the roses in early spring, water the beds twice a week, and the garden will be lovely by June. " * 8
    war = (
        f"{garden}Gunmen killed three policemen near Orle on Sunday, and the army shelled rebel positions in the hills."
    )
    scores = [encoder.model.gate.score(encoder.cut(text)[0]) for text in (war, garden)]
    assert scores[0] > scores[1]
    assert encoder.model.gate.opens(encoder.cut(war)[0])
    assert not encoder.model.gate.opens(encoder.cut(garden)[0])
