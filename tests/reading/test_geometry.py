"""Classes of distance: the same on both sides, growing, and as a plain loop would have them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tocsin.reading.geometry import class_distances, class_sentences
from tocsin.reading.labels import DISTANCES, SENTENCES


def class_of(step: int) -> int:
    size = sum(abs(step) >= edge for edge in DISTANCES)
    return len(DISTANCES) + (size if step >= 0 else -size)


@given(st.lists(st.integers(0, 511), max_size=5), st.integers(1, 512))
def test_distances(triggers: list[int], words: int) -> None:
    classes = class_distances(np.asarray(triggers, dtype=np.int64), words)
    assert classes.shape == (len(triggers), words)
    for row, trigger in enumerate(triggers):
        assert classes[row].tolist() == [class_of(word - trigger) for word in range(words)]


def test_distances_are_symmetrical_and_fit_their_table() -> None:
    classes = class_distances(np.asarray([511]), 1023)[0]
    assert (classes + classes[::-1] == 2 * len(DISTANCES)).all()
    assert (np.diff(classes) >= 0).all()
    assert set(classes.tolist()) == set(range(2 * len(DISTANCES) + 1))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.data())
def test_sentences(steps: list[int], data: st.DataObject) -> None:
    sentences = np.cumsum(steps)
    trigger = data.draw(st.integers(0, len(steps) - 1))
    classes = class_sentences(np.asarray([trigger]), sentences)
    wanted = [min(max(s - sentences[trigger], -SENTENCES), SENTENCES) + SENTENCES for s in sentences]
    assert classes.tolist() == [wanted]
    assert 0 <= classes.min() <= classes.max() <= 2 * SENTENCES
