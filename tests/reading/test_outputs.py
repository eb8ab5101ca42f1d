"""What the encoder's numbers say: probabilities and arcs, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reading.made import make_outputs, make_window
from tocsin.reading.labels import DISTANCES, ROLES, SENTENCES, load_heads
from tocsin.reading.outputs import ArcWeights, Outputs

TEXT = "Rebels shelled the town. The army said so.\nTalks were off. Nobody knew."
COLUMNS = max(head.stop for head in load_heads().values())


def make_random(seed: int, width: int = 7) -> Outputs:
    rng = np.random.default_rng(seed)
    window = make_window(TEXT)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(0, 3, shape).astype(np.float32)

    weights = ArcWeights(
        draw(len(ROLES), 2 * len(DISTANCES) + 1), draw(len(ROLES), 2 * SENTENCES + 1), draw(len(ROLES))
    )
    sides = (draw(window.words, len(ROLES) * width) for _ in range(2))
    return Outputs(window, draw(window.words, COLUMNS), *sides, weights)


@pytest.mark.parametrize("name", list(load_heads()))
def test_chances(name: str) -> None:
    outputs, head = make_random(1), load_heads()[name]
    logits, chances = outputs.logits(name).astype(np.float64), outputs.chances(name)
    assert chances.shape == (outputs.window.words, len(head.classes))
    wanted = np.exp(logits) / np.exp(logits).sum(1, keepdims=True) if head.exclusive else 1 / (1 + np.exp(-logits))
    np.testing.assert_allclose(chances, wanted, atol=1e-5)


@pytest.mark.parametrize("size", [50, 500])
def test_very_large_numbers_are_still_probabilities(size: float) -> None:
    made = make_outputs(TEXT)
    outputs = Outputs(made.window, made.heads * size, made.from_trigger, made.to_filler, made.weights)
    for name, head in load_heads().items():
        if head.exclusive:
            chances = outputs.chances(name)
            assert np.isfinite(chances).all()
            np.testing.assert_allclose(chances.sum(1), 1, atol=1e-5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_arcs_are_those_of_a_plain_loop(seed: int) -> None:
    outputs, width = make_random(seed), 7
    words = outputs.window.words
    triggers = np.asarray([1, words - 1, 0])
    arcs = outputs.score_arcs(triggers)
    assert arcs.shape == (3, len(ROLES), words)
    filler = outputs.logits("filler")
    for t, trigger in enumerate(triggers):
        for r in range(len(ROLES)):
            for w in range(words):
                side = slice(r * width, (r + 1) * width)
                score = float(outputs.from_trigger[trigger, side] @ outputs.to_filler[w, side]) / width**0.5
                size = sum(abs(w - trigger) >= edge for edge in DISTANCES)
                score += outputs.weights.distance[r, len(DISTANCES) + (size if w >= trigger else -size)]
                apart = int(outputs.window.sentences[w] - outputs.window.sentences[trigger])
                score += outputs.weights.sentence[r, max(-SENTENCES, min(SENTENCES, apart)) + SENTENCES]
                score += filler[w, r] * outputs.weights.filler[r]
                assert arcs[t, r, w] == pytest.approx(score, abs=1e-3)


def test_arcs_of_one_trigger_do_not_depend_on_the_others() -> None:
    outputs = make_random(4)
    together = outputs.score_arcs(np.asarray([2, 5]))
    np.testing.assert_allclose(outputs.score_arcs(np.asarray([5]))[0], together[1], atol=1e-5)


def test_no_trigger_no_arcs() -> None:
    assert make_random(5).score_arcs(np.asarray([], dtype=np.int64)).shape[0] == 0
