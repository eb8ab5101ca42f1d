"""Fitting how often a claim is right by the reader's score."""

from __future__ import annotations

import numpy as np
import pytest
from training.sureness import fit_chances, is_right

from tocsin.records import Claim, Evidence

GOLD = {"modality": "actual", "background": False}


def test_the_curve_is_found_again() -> None:
    rng = np.random.default_rng(7)
    scores = rng.uniform(0.05, 0.95, 20_000)
    right = rng.random(20_000) < 1 / (1 + np.exp(0.4 - 0.7 * np.log(scores / (1 - scores))))
    assert fit_chances(scores, right) == pytest.approx((-0.4, 0.7), abs=0.06)


def test_right_is_what_decides_whether_a_claim_counts() -> None:
    claim = Claim("c", "a", "ASSAULT", Evidence("they fired", 0, 10))
    assert is_right(claim, GOLD)
    assert is_right(claim, {"modality": "actual"})
    for other in (None, GOLD | {"modality": "planned"}, GOLD | {"background": True}):
        assert not is_right(claim, other)
