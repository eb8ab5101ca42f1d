from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.incidents import sketches
from tocsin.incidents.shingles import TripleHasher, measure_coverage
from tocsin.incidents.sketches import MOST_WITH_KEY, KeyTable, sketch_texts

KEYS = st.lists(st.integers(0, 12), min_size=1, max_size=6, unique=True)


def array(keys: list[int]) -> np.ndarray:
    return np.array(sorted(keys), np.uint64)


@settings(max_examples=60, deadline=None)
@given(st.lists(KEYS, max_size=40), KEYS, st.sets(st.integers(0, 39)))
def test_arrays_and_dictionary_answer_as_a_plain_list_would(
    filed: list[list[int]], asked: list[int], gone: set[int]
) -> None:
    with patch.object(sketches, "_SEAL_AT", 10):
        table = KeyTable()
        for text, keys in enumerate(filed):
            table.add(text, array(keys))
        holders = {key: [t for t, keys in enumerate(filed) if key in keys][:MOST_WITH_KEY] for key in asked}
        expected = [t for key in asked for t in holders[key]]
        assert sorted(table.find(array(asked)).elements()) == sorted(expected)
        table.forget(gone)
        assert not gone & set(table.find(array(asked)))


def test_a_changed_word_in_every_sentence_leaves_a_text_covered() -> None:
    hasher = TripleHasher()
    words = [f"w{n}" for n in range(160)]
    changed = [w if n % 9 else "other" for n, w in enumerate(words)]
    one, other = hasher.hash_triples(" ".join(words)), hasher.hash_triples(" ".join(changed))
    assert measure_coverage(one, other) > 0.9
    assert measure_coverage(one, other) == measure_coverage(other, one)


def test_a_faithful_half_covers_no_more_than_half() -> None:
    hasher = TripleHasher()
    one = hasher.hash_triples(" ".join(f"a{n}" for n in range(200)))
    joined = hasher.hash_triples(" ".join([*(f"a{n}" for n in range(100)), *(f"b{n}" for n in range(100))]))
    assert 0.45 < measure_coverage(one, joined) < 0.55


def test_sketches_do_not_depend_on_what_is_sketched_with_them() -> None:
    hasher = TripleHasher()
    texts = [hasher.hash_triples(" ".join(f"{c}{n}" for n in range(50))) for c in "abc"]
    together, alone = sketch_texts(texts), [sketch_texts([t])[0] for t in texts]
    assert all(np.array_equal(a, b) for a, b in zip(together, alone, strict=True))
    assert sketch_texts([]) == []
