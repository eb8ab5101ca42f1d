"""From numbers to acts and sayings, by hand-made numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.reading.made import MadeAct, make_outputs
from tocsin.reading.decoding import POINTED, find_acts, find_likeliest_act, find_sayings, pick_triggers
from tocsin.reading.labels import CLAIM_ROLES, SAYING_ROLES

TEXT = "Veshtian troops have reportedly shelled Orle, killing nine villagers. The mayor fled."


def make_chances(*rows: tuple[float, float]) -> np.ndarray:
    """Two classes beside none."""
    return np.asarray([(1 - a - b, a, b) for a, b in rows], dtype=np.float32)


def words_of(chances: np.ndarray, threshold: float = 0.4) -> list[int]:
    return [word for word, _ in pick_triggers(chances, threshold, 1)]


def test_a_peak_is_a_trigger() -> None:
    ((word, score),) = pick_triggers(make_chances((0, 0), (0.9, 0), (0, 0)), 0.4, 1)
    assert (word, score) == (1, pytest.approx(0.9))
    assert words_of(make_chances((0.3, 0), (0, 0), (0.2, 0))) == []


def test_two_neighbours_that_share_an_act_are_one_trigger() -> None:
    ((word, score),) = pick_triggers(make_chances((0, 0), (0.25, 0), (0.35, 0), (0, 0)), 0.4, 1)
    assert (word, score) == (2, pytest.approx(0.6))
    assert words_of(make_chances((0.9, 0), (0.9, 0))) == [0]
    # what a neighbour gives to another type does not count
    assert words_of(make_chances((0, 0), (0.3, 0), (0, 0.3), (0, 0))) == []


def test_neighbours_of_two_types_are_two_acts_where_both_are_sure() -> None:
    assert words_of(make_chances((0.9, 0), (0, 0.8))) == [0, 1]
    assert words_of(make_chances((0.9, 0), (0, 0.3), (0, 0))) == [0]


def test_acts_of_one_type_may_stand_near_one_another() -> None:
    assert words_of(make_chances((0.9, 0), (0, 0), (0.8, 0))) == [0, 2]


def test_words_within_reach_share_one_act() -> None:
    apart = make_chances((0.25, 0), (0, 0), (0.3, 0), (0, 0), (0, 0.9))
    ((word, score), other) = pick_triggers(apart, 0.4, 4)
    assert (word, score) == (2, pytest.approx(0.55))
    assert other[0] == 4
    assert [w for w, _ in pick_triggers(make_chances((0.9, 0), (0, 0), (0.8, 0)), 0.4, 4)] == [0]


def test_no_words_no_triggers() -> None:
    assert pick_triggers(np.zeros((0, 3), np.float32), 0.4, 1) == []


@given(
    arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(2, 4)), elements=st.floats(0, 1, width=32)),
    st.floats(0.05, 0.95),
)
def test_triggers_are_in_order_and_sure_enough(raw: np.ndarray, threshold: float) -> None:
    chances = (raw + np.float32(1e-3)) / (raw + np.float32(1e-3)).sum(1, keepdims=True)
    found = pick_triggers(chances, threshold, 1)
    words = [word for word, _ in found]
    assert words == sorted(set(words))
    assert all(threshold <= score <= 1 for _, score in found)
    for word in words:
        assert chances[word, 1:].max() >= threshold / 4
    # nothing sure on its own is passed over, unless a neighbour tells the same
    best = chances[:, 1:].argmax(1)
    for word in np.flatnonzero(chances[:, 1:].max(1) >= threshold):
        assert any(abs(w - word) <= 1 and (w == word or best[w] == best[word]) for w in words)


def test_an_act_with_its_classes_and_fillers() -> None:
    act = MadeAct(
        "shelled", "ASSAULT",
        {"actor": ["Veshtian troops"], "recipient": ["Orle"], "cue": ["reportedly"],
         "evidence": ["Veshtian troops have reportedly shelled Orle, killing nine villagers"]},
        {"certainty": "hedged", "links": "1", "mode": "ASSAULT/aerial"},
    )  # fmt: skip
    outputs = make_outputs(TEXT, [act])
    (found,) = find_acts(outputs)
    assert (found.word, found.type.name, found.mode.name) == (4, "ASSAULT", "aerial")
    assert (found.certainty.name, found.modality.name, found.background.name) == ("hedged", "actual", "news")
    assert (found.links.name, set(found.fillers)) == ("1", set(CLAIM_ROLES) - set(POINTED))
    assert set(found.chances) == {*POINTED, "place", "actor", "recipient", "speaker"}
    assert all(0.9 < choice.score <= 1 for choice in (found.type, found.mode, found.certainty, found.links))
    assert [(s.first, s.stop) for s in found.fillers["actor"]] == [(0, 2)]
    assert [(s.first, s.stop) for s in found.fillers["evidence"]] == [(0, 10)]
    assert found.fillers["place"] == []


def test_a_mode_of_another_type_is_not_chosen() -> None:
    act = MadeAct("shelled", "ASSAULT", classes={"mode": "PROTEST/riot"})
    (found,) = find_acts(make_outputs(TEXT, [act]))
    assert found.mode.name != "riot"


def test_phrases_end_where_their_marks_are() -> None:
    # the arcs take one word too many, faintly; the marks know better
    act = MadeAct("shelled", "ASSAULT", {"actor": ["Veshtian troops"]})
    edges = {"party": ["Veshtian troops"], "passage": ["Veshtian troops have reportedly shelled Orle"]}
    outputs = make_outputs(TEXT, [act], edges=edges)
    width = outputs.window.words
    outputs.from_trigger[4].reshape(-1, width)[CLAIM_ROLES.index("actor"), 2] = 0.5
    (found,) = find_acts(outputs)
    assert [(s.first, s.stop) for s in found.fillers["actor"]] == [(0, 2)]


def test_two_acts_in_the_order_of_their_words() -> None:
    acts = [MadeAct("fled", "RETREAT", {"actor": ["The mayor"]}), MadeAct("shelled", "ASSAULT")]
    first, second = find_acts(make_outputs(TEXT, acts))
    assert (first.type.name, second.type.name) == ("ASSAULT", "RETREAT")
    assert first.fillers["actor"] == []
    assert len(second.fillers["actor"]) == 1


def test_silence() -> None:
    assert find_acts(make_outputs(TEXT)) == []
    assert find_sayings(make_outputs(TEXT)) == []


def test_a_sentence_known_to_hold_an_act_gives_the_likeliest() -> None:
    outputs = make_outputs(TEXT, [MadeAct("killing", "ASSAULT", odds=-2.0), MadeAct("fled", "RETREAT", odds=-4.0)])
    assert find_acts(make_outputs(TEXT)) == []
    act = find_likeliest_act(outputs)
    assert act is not None
    assert (act.type.name, act.word) == ("ASSAULT", 7)
    assert 0 < act.type.score <= 1


def test_sayings() -> None:
    text = "The town fell, the army said on Sunday. Nobody knew."
    saying = MadeAct("said", "saying", {"said_by": ["the army"], "said_cue": ["said"], "said_what": ["The town fell"]})
    (found,) = find_sayings(make_outputs(text, [saying]))
    assert (found.word, set(found.fillers)) == (6, set(SAYING_ROLES))
    assert {role: [(s.first, s.stop) for s in segments] for role, segments in found.fillers.items()} == {
        "said_by": [(4, 6)], "said_cue": [(6, 7)], "said_what": [(0, 3)],
    }  # fmt: skip
    assert found.score > 0.9
