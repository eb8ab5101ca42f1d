"""Fitting how names are weighed as places of acts."""

from __future__ import annotations

import numpy as np
from training.act_places import Choice, fit, is_right, name_alike

from tocsin.places.act_weights import NONE_CUES, SITE_CUES

_POINTED, _NOTHING = SITE_CUES.index("pointed"), len(SITE_CUES) + NONE_CUES.index("nothing")


def make_choice(odds: tuple[float, ...], right: int, names: str = "abc") -> Choice:
    """Names that an arc points at with given log-odds; `right` is the number of the right one, -1 for none."""
    values = np.zeros((len(odds) + 1, len(SITE_CUES) + len(NONE_CUES)))
    values[:-1, _POINTED] = odds
    values[-1, _NOTHING] = 1.0
    truth = np.zeros(len(odds) + 1, dtype=bool)
    truth[right] = True
    return Choice("a", values, truth, tuple(names[: len(odds)]))


def test_what_is_pointed_at_is_learnt_and_so_is_none() -> None:
    choices = [make_choice((2.0, -3.0), 0), make_choice((-3.0, 2.0), 1), make_choice((-4.0, -4.0), -1)] * 40
    weights = fit(choices)
    assert weights[_POINTED] > 0
    assert all(is_right(choice, weights) for choice in choices)
    assert not is_right(make_choice((2.0, -3.0), 1), weights)


def test_a_claim_whose_place_is_not_listed_teaches_nothing() -> None:
    choices = [make_choice((2.0,), 0), make_choice((-4.0,), -1)] * 20
    lost = make_choice((4.0,), 0)
    lost.right[:] = False
    assert np.allclose(fit(choices), fit([*choices, lost]), atol=0.05)


def test_names_that_share_half_of_their_words_are_one() -> None:
    assert name_alike("the bridge at Orle", "Bridge at Orle")
    assert not name_alike("the bridge", "the market of Orle")
