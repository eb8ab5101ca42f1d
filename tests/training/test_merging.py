"""Where the grouping loses, and weights fitted to what was coded."""

from __future__ import annotations

import numpy as np
import pytest
from training.merging import (
    Told,
    assign_folds,
    count_losses,
    fit_parts,
    group_named,
    list_pairs,
    measure_b_cubed,
    measure_pairs,
    prepare_all,
)

from tests.incidents.world import CROWD, ORLAN, POLICE, SECOND, TESKE, WEIGHTS, World


@pytest.fixture
def told() -> Told:
    """Three reports of one beating, one of which places it in another town, and an arrest of the next day."""
    world = World()
    for article, place in (("a", TESKE), ("b", TESKE), ("c", ORLAN)):
        world.claim(article, mode="beat", actor=(POLICE,), recipient=(CROWD,), place=place)
    world.claim("d", "COERCE", mode="arrest", date=SECOND)
    names = dict(zip((c.id for c in world.claims), ("beating", "beating", "beating", "arrest"), strict=True))
    return Told(tuple(world.claims), world.articles, names)


def test_each_pair_is_told_by_the_stage_that_loses_it(told: Told) -> None:
    home = group_named(told, WEIGHTS)
    losses = count_losses(prepare_all(told, WEIGHTS), told.incident, home, WEIGHTS)
    assert losses == {"two articles: joined": 1, "two articles: their places lie apart": 2}
    assert measure_pairs(told.incident, home) == pytest.approx((1.0, 1 / 3, 0.5))
    assert measure_b_cubed(told.incident, home)[:2] == pytest.approx((1.0, (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4))


def test_weights_move_towards_what_was_coded_and_no_further_than_it_says(told: Told) -> None:
    folds = assign_folds(told)
    pairs = list_pairs(prepare_all(told, WEIGHTS), told.incident, folds, WEIGHTS)
    fitted = fit_parts(pairs, np.ones(len(pairs.truth), bool), WEIGHTS)
    assert fitted.parts["same-place"] > WEIGHTS.parts["same-place"]
    assert fitted.parts["same-victim"] == WEIGHTS.parts["same-victim"], "never seen here"
    assert folds["beating"] != folds["arrest"]
