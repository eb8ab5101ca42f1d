"""Each model answers what its name says; nothing comes from later than the origin; little history has an answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.forecast.valdena import draw_history, make_history
from tocsin.errors import SettingError
from tocsin.forecast.features import count_since, describe_history, draw_training, sum_past
from tocsin.forecast.history import History, Unit
from tocsin.forecast.mix import FIRST_WEIGHTS, Lesson, learn_weights, pool_samples
from tocsin.forecast.models import MODELS, list_lessons, sample_models
from tocsin.forecast.onset import impose_chances, rate_onsets
from tocsin.forecast.samples import BLOCK, chance_of, spread_evenly
from tocsin.forecast.scoring import score_crps
from tocsin.forecast.surroundings import map_neighbours
from tocsin.forecast.trees import lay_out

LEADS = (1, 3)
WORLD = draw_history()


def sample(name: str, history: History, size: int = 24) -> Any:
    return MODELS[name].sample(history, LEADS, size, 1)


# --- the baselines
def test_baselines_are_what_they_say() -> None:
    past = [9] * 12 + list(range(12))
    history = make_history(past)
    assert sample("zero", history).max() == 0
    assert set(sample("last", history).ravel()) == {11}
    np.testing.assert_array_equal(sample("conflictology", history, 12)[0, 1], np.arange(12))
    np.testing.assert_array_equal(sample("climatology", history)[0, 0], np.sort(past))


def test_the_year_of_a_weekly_history_has_fifty_two_weeks() -> None:
    history = make_history([9] * 20 + [1] * 52, period="week")
    assert set(sample("conflictology", history).ravel()) == {1}


def test_the_past_fades_by_half_in_a_quarter_of_a_year() -> None:
    history = make_history([5] * 60 + [4] * 3 + [3] * 3)
    made = sample("fading", history, 1200)
    # months weigh 1, 2^(-1/3), ...; over the four years that count, the last three hold half of the weight
    assert (made == 3).mean() == pytest.approx(0.5, abs=0.01)
    assert (made == 4).mean() == pytest.approx(0.25, abs=0.01)
    assert sample("fading", make_history([9] * 60 + [1] * 48), 1200).max() == 1
    weekly = sample("fading", make_history([5] * 60 + [3] * 13, period="week"), 1200)
    assert (weekly == 3).mean() == pytest.approx(0.5, abs=0.02)


def test_gaps_are_left_out_of_a_bootstrap() -> None:
    history = make_history([None] * 6 + [4, None, 2])
    np.testing.assert_array_equal(np.unique(sample("conflictology", history)), [2, 4])
    np.testing.assert_array_equal(np.unique(sample("fading", history)), [2, 4])


def test_the_hurdle_keeps_the_share_and_the_mean_of_a_long_past() -> None:
    dice = np.random.default_rng(3)
    rows = np.where(dice.random((4, 36)) < 0.5, 1 + dice.negative_binomial(2, 0.1, (4, 36)), 0)
    made = sample("hurdle", make_history(*rows), 1200)[:, 0]
    np.testing.assert_allclose(chance_of(made, 1), (rows > 0).mean(axis=1), atol=0.08)
    np.testing.assert_allclose(made.mean(axis=1), rows.mean(axis=1), rtol=0.25)
    assert (made == np.rint(made)).all()


def test_the_hurdle_gives_a_peaceful_place_among_others_a_small_chance() -> None:
    some = chance_of(sample("hurdle", make_history([0] * 36, [3] * 36), 1200), 1)
    assert 0 < some[0, 0] < 0.1 < 0.9 < some[1, 0]


# --- what all share
@pytest.mark.parametrize("name", MODELS)
def test_a_model_answers_for_those_there_at_the_origin_and_is_repeatable(name: str) -> None:
    counts = np.array(WORLD.counts)
    counts[3, -1], counts[5] = np.nan, np.nan
    history = History(WORLD.units, "month", WORLD.first, counts, "deaths")
    made = sample(name, history)
    assert made.shape == (20, 2, 24)
    assert np.isnan(made[[3, 5]]).all()
    others = np.delete(made, [3, 5], axis=0)
    assert not np.isnan(others).any()
    assert (others >= 0).all()
    np.testing.assert_array_equal(made, sample(name, history))


@pytest.mark.parametrize("name", MODELS)
def test_nothing_later_than_the_origin_is_used(name: str) -> None:
    """The same past with two different futures, each cut off, gives the same forecast."""
    origin = WORLD.last - 20
    counts = np.array(WORLD.counts)
    counts[:, -20:] = 4000
    other = History(WORLD.units, "month", WORLD.first, counts, "deaths")
    np.testing.assert_array_equal(sample(name, WORLD.truncate(origin)), sample(name, other.truncate(origin)))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    "rows",
    [
        [[0, 0, 0, 0, 0]],
        [[0] * 60],
        [[5] * 60],
        [[0] * 60] * 12,
        [[3, None, None, 2, 1]],
        [[1]],
        [[None] * 30 + [1], [0] * 31],
    ],
)
def test_little_history_has_an_answer_or_none_and_never_fails(name: str, rows: Any) -> None:
    made = sample(name, make_history(*rows))
    assert made.shape == (len(rows), 2, 24)
    if name != "trees":
        assert not np.isnan(made).any()
    if not np.nansum([[v or 0 for v in row] for row in rows]):
        assert np.nanmax(np.append(made, 0)) == 0, "where nobody ever died nothing can be learnt about dying"


@pytest.mark.parametrize("name", MODELS)
def test_an_empty_history_has_an_empty_answer(name: str) -> None:
    assert sample(name, History((), "month", 0, np.zeros((0, 0)), "deaths")).shape == (0, 2, 24)


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(SettingError, match="must be one of zero, last"):
        sample_models(WORLD, LEADS, ["oracle"], seed=1)


def test_each_part_is_told_before_it_is_made() -> None:
    told: list[str] = []
    sample_models(WORLD, LEADS, ["mix"], seed=1, size=24, step=told.append)
    last = [WORLD.label(at) for at in (WORLD.last, *list_lessons(WORLD))]
    assert [line for line in told if line.startswith("trees")] == [f"trees as of {label}" for label in last]


def test_many_rows_come_to_what_each_comes_to_alone() -> None:
    """They are worked on some hundred at a time."""
    dice = np.random.default_rng(4)
    rows = 2 * BLOCK + 7
    chances = np.minimum.accumulate(dice.random((3, rows)), axis=0)
    seen = dice.integers(0, 40, 500).astype(np.float64)
    laid = lay_out(chances, (1, 4, 16), seen, 24)
    for n in (0, BLOCK - 1, BLOCK, rows - 1):
        np.testing.assert_array_equal(laid[n], lay_out(chances[:, n : n + 1], (1, 4, 16), seen, 24)[0])
    members = {name: np.sort(dice.integers(0, 9, (rows, 2, 24)), axis=2).astype(np.float64) for name in "abc"}
    members["b"][5], members["c"][BLOCK], members["a"][-1] = np.nan, np.nan, np.nan
    weights = {"a": 0.5, "b": 0.3, "c": 0.2}
    pooled = pool_samples(members, weights, 24)
    for n in (0, 5, BLOCK - 1, BLOCK, rows - 1):
        alone = pool_samples({name: samples[n : n + 1] for name, samples in members.items()}, weights, 24)
        np.testing.assert_array_equal(pooled[n], alone[0])
    assert not np.isnan(pooled).any()


def test_made_together_or_alone_is_the_same() -> None:
    together = sample_models(WORLD, LEADS, ["mix", "last"], seed=1, size=24)
    assert list(together) == ["mix", "last"]
    np.testing.assert_array_equal(together["mix"], sample("mix", WORLD))


# --- features and trees
def test_features_look_back_only() -> None:
    whole, cut = describe_history(WORLD), describe_history(WORLD.truncate(WORLD.last - 30))
    assert whole.names == cut.names
    kept = [n for n, name in enumerate(whole.names) if not name.endswith("_all")]
    np.testing.assert_allclose(whole.values[:, :-30, kept], cut.values[:, :, kept])
    every = [n for n, name in enumerate(whole.names) if name.endswith("_all")]
    np.testing.assert_allclose(whole.values[:, :-30, every], cut.values[:, :, every])


def test_training_outcomes_stand_where_their_lead_says() -> None:
    history = make_history(np.arange(40), np.arange(40) * 2)
    training = draw_training(history, describe_history(history), (1, 5), most=10_000, seed=1)
    origin, lead = np.expm1(training.columns[:, 0]), training.columns[:, -1]
    slope = np.where(np.isclose(training.outcomes, origin + lead), 1, 2)
    np.testing.assert_allclose(training.outcomes, origin + slope * lead)
    assert set(lead) == {1, 5}


@given(st.lists(st.floats(0, 99), min_size=1, max_size=20), st.integers(1, 25))
def test_sums_of_the_past(values: list[float], span: int) -> None:
    naive = [sum(values[max(0, n - span + 1) : n + 1]) for n in range(len(values))]
    np.testing.assert_allclose(sum_past(np.array([values]), span)[0], naive, atol=1e-6)


def test_time_since_the_last() -> None:
    marks = np.array([[False, True, False, False], [False] * 4])
    np.testing.assert_array_equal(count_since(marks), [[999, 0, 1, 2], [999] * 4])


def test_neighbours_share_a_border_or_a_country() -> None:
    units = tuple(Unit(f"u{n}", "x", code) for n, code in enumerate(["SRB", "HUN", "PRT", "SRB", None, "XVA"]))
    neighbours, sizes = map_neighbours(History(units, "month", 0, np.zeros((6, 3)), "deaths"))
    np.testing.assert_array_equal(neighbours[0], [0, 1, 0, 1, 0, 0])
    np.testing.assert_array_equal(neighbours, neighbours.T)
    assert np.isfinite(sizes[:4]).all()
    assert np.isnan(sizes[4:]).all()


def test_a_ladder_of_chances_becomes_counts() -> None:
    made = lay_out(np.array([[0.5], [0.25]]), [1, 10], np.array([0.0, 3, 5, 20, 40]), 8)
    np.testing.assert_array_equal(made[0], [0, 0, 0, 0, 3, 5, 20, 40])


def test_a_war_beyond_all_others_keeps_its_own_level() -> None:
    """Trees cannot say more than they have seen: the level of the war itself must carry its forecast."""
    dice = np.random.default_rng(5)
    small = dice.poisson(np.exp(dice.normal(1, 2, (40, 1)).clip(-6, 5)) * np.ones((1, 120)))
    wars = dice.poisson(150 * np.exp(dice.normal(0, 0.3, (6, 120))))
    giant = dice.poisson(5000, (1, 120)) * (np.arange(120) > 100) + 70
    made = MODELS["trees"].sample(make_history(*small, *wars, *giant), (1,), 240, 1)
    assert np.median(made[-1]) > 1500
    assert np.median(made[-2]) < 500


# --- onset
def test_risk_of_onset_is_for_the_quiet_and_tells_them_apart() -> None:
    dice = np.random.default_rng(11)
    frail = dice.random(60) < 0.3
    rows = dice.poisson(2, (60, 150)) * (dice.random((60, 150)) < np.where(frail, 0.06, 0.002)[:, None])
    risk = rate_onsets(make_history(*rows), LEADS, 1, 1)
    peaceful = rows[:, -12:].max(axis=1) == 0
    assert np.isnan(risk[~peaceful]).all()
    assert risk[peaceful & frail].mean() > 4 * risk[peaceful & ~frail].mean()
    assert ((risk[peaceful] > 0) & (risk[peaceful] < 1)).all()


def test_too_few_onsets_teach_nothing() -> None:
    assert np.isnan(rate_onsets(make_history(*[[0] * 60] * 20), LEADS, 1, 1)).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 0, 0, 1, 7, 24, 25, 300]), min_size=40, max_size=40),
    st.none() | st.floats(0, 1),
    st.none() | st.floats(0, 1),
)
def test_imposed_chances_hold_and_the_rest_stays(row: list[float], some: float | None, many: float | None) -> None:
    samples = np.sort(np.array(row)).reshape(1, 1, 40)
    given_ = [np.array([[np.nan if p is None else p]]) for p in (some, many)]
    changed = impose_chances(samples, *given_)
    assert changed.shape == samples.shape
    assert (np.diff(changed) >= 0).all()
    if some is None and many is None:
        np.testing.assert_array_equal(changed, samples)
    if some is not None:
        assert chance_of(changed, 1)[0, 0] == pytest.approx(some, abs=0.5 / 40 + 1e-9)
    if many is not None:
        least = many if some is None else min(some, many)
        assert chance_of(changed, 25)[0, 0] == pytest.approx(least, abs=0.5 / 40 + 1e-9)


# --- the mix
def lessons(good: str) -> list[Lesson]:
    """Outcomes that one member knows and the other does not."""
    dice = np.random.default_rng(1)
    outcomes = dice.poisson(20, (50, 4)).astype(float)
    knows, not_ = np.repeat(outcomes[..., None], 6, axis=2), np.zeros((50, 4, 6))
    bad = "trees" if good == "fading" else "fading"
    return [Lesson({good: knows, bad: not_}, outcomes)]


@pytest.mark.parametrize("good", ["fading", "trees"])
def test_weights_go_to_what_was_right(good: str) -> None:
    free = learn_weights(lessons(good), ["fading", "trees"], pull=0.0)
    assert free[good] == pytest.approx(1, abs=0.01)
    held = learn_weights(lessons(good), ["fading", "trees"])
    assert held[good] > FIRST_WEIGHTS[good]
    assert sum(held.values()) == pytest.approx(1)


def test_the_score_of_a_pool_is_the_quadratic_form_that_the_weights_minimise() -> None:
    """A grid over the weights finds no better pool than the learnt one."""
    dice = np.random.default_rng(2)
    outcomes = dice.poisson(8, (40, 3)).astype(float)
    a, b = dice.poisson(5, (40, 3, 20)).astype(float), dice.poisson(12, (40, 3, 20)).astype(float)
    learnt = learn_weights([Lesson({"a": a, "b": b}, outcomes)], ["a", "b"], pull=0.0)

    def score(weight: float) -> float:
        pooled = pool_samples({"a": a, "b": b}, {"a": weight, "b": 1 - weight}, 400).reshape(-1, 400)
        log = score_crps(np.log1p(pooled), np.log1p(outcomes.ravel())).mean()
        first = a.reshape(-1, 20)
        ratio = log / score_crps(np.log1p(first), np.log1p(outcomes.ravel())).mean()
        return float(ratio + score_crps(pooled, outcomes.ravel()).mean() / score_crps(first, outcomes.ravel()).mean())

    assert score(learnt["a"]) <= min(score(w) for w in np.linspace(0, 1, 21)) + 1e-3


def test_without_past_the_first_weights_hold() -> None:
    assert learn_weights([], ["fading", "hurdle", "trees"]) == dict(FIRST_WEIGHTS) | {"hurdle": 0.0}
    assert list_lessons(make_history([1] * 30)) == ()


def test_unknown_outcomes_teach_nothing() -> None:
    (lesson,) = lessons("trees")
    hidden = Lesson(lesson.samples, np.full_like(lesson.outcomes, np.nan))
    assert learn_weights([hidden], ["fading", "trees"]) == learn_weights([], ["fading", "trees"])


def test_a_member_without_forecast_leaves_its_weight_to_the_others() -> None:
    a, b = np.zeros((2, 1, 8)), np.full((2, 1, 8), 4.0)
    b[1] = np.nan
    pooled = pool_samples({"a": a, "b": b}, {"a": 0.25, "b": 0.75}, 8)
    np.testing.assert_array_equal(pooled[:, 0], [[0, 0, 4, 4, 4, 4, 4, 4], [0] * 8])
    assert np.isnan(pool_samples({"b": b}, {"b": 1.0}, 8)[1]).all()


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12))
def test_even_quantiles_keep_a_distribution(values: list[float]) -> None:
    row = np.array(values)
    np.testing.assert_array_equal(spread_evenly(row, len(row) * 5), np.repeat(np.sort(row), 5))
