"""Names of places from the encoder's numbers, by hand-made numbers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.reading.made import make_outputs
from tocsin.reading.labels import NAMES, load_heads
from tocsin.reading.naming import find_names
from tocsin.reading.outputs import Outputs

TEXT = "Orle Bridge near Port-au-Prince was shut.\nNovi Sad, Serbs say, is calm."


def make_named(text: str, chances: dict[int, tuple[str, float]]) -> Outputs:
    """Outputs whose head `name` gives single words (by number) a class with a probability; all others are none."""
    outputs = make_outputs(text)
    columns = load_heads()["name"].columns
    logits = np.full((outputs.window.words, len(NAMES)), -20.0, dtype=np.float32)
    logits[:, 0] = 0.0
    for word, (kind, chance) in chances.items():
        logits[word] = -20.0
        logits[word, 0] = np.log(1 - chance)
        logits[word, NAMES.index(kind)] = np.log(chance)
    outputs.heads[:, columns] = logits
    return outputs


def word_numbers(text: str) -> dict[str, int]:
    window = make_outputs(text).window
    return {text[s:e]: i for i, (s, e) in enumerate(zip(window.starts, window.ends, strict=True))}


def test_runs_of_words_are_names_with_their_mean_score() -> None:
    at = word_numbers(TEXT)
    found = list(find_names(make_named(TEXT, {
        at["Orle"]: ("place", 0.9), at["Bridge"]: ("inside", 0.7), at["Serbs"]: ("people", 0.99),
    }), TEXT))  # fmt: skip
    (only,) = found
    assert only.name == "Orle Bridge"
    assert only.score == pytest.approx(0.8, abs=1e-3)


def test_a_name_that_begins_ends_the_one_before() -> None:
    at = word_numbers(TEXT)
    found = find_names(make_named(TEXT, {at["Orle"]: ("place", 0.9), at["Bridge"]: ("place", 0.9)}), TEXT)
    assert [m.name for m in found] == ["Orle", "Bridge"]


def test_hyphens_belong_to_a_name() -> None:
    at = word_numbers(TEXT)
    first, last = at["Port"], at["Prince"]
    marks = dict.fromkeys(range(first + 1, last + 1), ("inside", 0.9)) | {first: ("place", 0.9)}
    assert [m.name for m in find_names(make_named(TEXT, marks), TEXT)] == ["Port-au-Prince"]


def test_a_name_never_runs_over_a_new_line() -> None:
    at = word_numbers(TEXT)
    marks = dict.fromkeys(range(at["shut"], at["Sad"] + 1), ("inside", 0.9))
    assert "\n" not in "".join(m.name for m in find_names(make_named(TEXT, marks), TEXT))


def test_faint_words_at_the_ends_are_left_out() -> None:
    at = word_numbers(TEXT)
    marks = {at["near"] - 1: ("place", 0.95), at["near"]: ("inside", 0.2)}
    assert [m.name for m in find_names(make_named(TEXT, marks), TEXT)] == ["Bridge"]


@settings(max_examples=200, deadline=None)
@given(arrays(np.float32, (make_outputs(TEXT).window.words, len(NAMES)), elements=st.floats(-9, 9, width=32)))
def test_whatever_the_numbers_names_cut_their_words_in_order(logits: np.ndarray) -> None:
    outputs = make_outputs(TEXT)
    outputs.heads[:, load_heads()["name"].columns] = logits
    found = list(find_names(outputs, TEXT))
    assert all(m.span and m.span.cut(TEXT) == m.name and 0 < (m.score or 0) <= 1 for m in found)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found) if a.span and b.span)
