"""Detectors against values worked out by hand, and what must hold for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from tocsin.errors import IntakeError, KnowledgeError
from tocsin.knowledge.detectors import DetectorName, OnsetRule, load_detector_weights
from tocsin.knowledge.files import read_knowledge
from tocsin.predicting.detect import answer_detect_deaths, answer_detect_incidents, lay_out_series
from tocsin.settings import Settings
from tocsin.warning.detectors import (
    find_crossings,
    score_cusum,
    score_ears_c1,
    score_ears_c2,
    score_ears_c3,
    score_ewma,
    score_ewma_ratio,
    score_ratio,
    score_tail,
)
from tocsin.warning.onsets import SCORERS, find_onsets, pick_alarms, score_onsets
from tocsin.warning.surprise import Floats

RULE = load_detector_weights().onsets["incidents"]
NAN = float("nan")
NAMES: list[DetectorName] = list(SCORERS)
series = st.lists(st.one_of(st.integers(0, 30).map(float), st.just(NAN)), max_size=140).map(np.array)


def score(name: DetectorName, values: Any) -> Floats:
    return score_onsets(values, replace(RULE, detector=name))


# --- by hand
WAVE = [1.0, 3, 1, 3, 1, 3, 1]


def test_ears_c1_compares_with_the_seven_days_before() -> None:
    found = score_ears_c1([*WAVE, 7])
    # mean 13/7, sample variance (4 * (6/7)^2 + 3 * (8/7)^2) / 6 = 8/7
    assert found[7] == pytest.approx((7 - 13 / 7) / (8 / 7) ** 0.5)
    assert np.isnan(found[:5]).all(), "fewer than five days before"


def test_ears_c2_leaves_two_days_out_and_c3_adds_three_days_up() -> None:
    values = [*WAVE, 5, 6, 7]
    c2 = score_ears_c2(values)
    # five, six and seven days before: means 9/5, 2 and 13/7, sample variances 6/5, 6/5 and 8/7
    expected = [(5 - 1.8) / 1.2**0.5, (6 - 2) / 1.2**0.5, (7 - 13 / 7) / (8 / 7) ** 0.5]
    assert c2[7:] == pytest.approx(expected)
    assert score_ears_c3(values)[9] == pytest.approx(sum(expected) - 3)
    # a day below its past adds nothing, not less
    assert score_ears_c3([*WAVE, 5, 0, 7])[9] == pytest.approx(expected[0] + expected[2] - 2)


def test_cusum_adds_what_lies_above_the_slack() -> None:
    # every past day 4: mean 4, and a Poisson day's deviation of 2
    found = score_cusum([4.0] * 10 + [9, 9, 4, 0, 100], past=7, gap=5, least_past=5)
    assert found[9:].tolist() == [0, 2, 4, 3.5, 1, 4.5]


def test_ewma_is_the_average_in_its_own_deviations() -> None:
    found = score_ewma([4.0] * 10 + [9, 9], smoothing=0.5, past=7, gap=3, least_past=7)
    own = 2 * (0.5 / 1.5) ** 0.5
    assert found[9:] == pytest.approx([0, 2.5 / own, 3.75 / own])
    assert np.isnan(found[:9]).all()


def test_the_tail_is_that_of_the_windows_sum() -> None:
    past = [0.0, 2.0] * 42
    found = score_tail([*past, 2, 3, 4], 3)
    # mean 1 a day; the variance 84/83 is below the floor of one and a half times the mean
    assert found[-1] == pytest.approx(-np.log10(nbinom.sf(8, 3.0**2 / 1.5, 3.0 / 4.5)))
    silent = score_tail([*past, NAN, 3, 4], 3)
    assert silent[-1] == pytest.approx(-np.log10(nbinom.sf(6, 2.0**2 / 1.0, 2.0 / 3.0))), "two of the three days heard"


def test_the_ewma_ratio_is_the_average_over_the_past_but_not_over_nothing() -> None:
    found = score_ewma_ratio([4.0] * 10 + [9, NAN, 9], smoothing=0.5, past=7, gap=3, least_past=7)
    assert found[[9, 10, 12]] == pytest.approx([1, 6.5 / 4, 7.75 / 4])
    assert np.isnan(found[[8, 11]]).all(), "too short a past; a day not heard"
    assert score_ewma_ratio([0.0] * 91 + [3.0], mean_floor=0.25)[-1] == pytest.approx(1.2)
    with pytest.raises(ValueError, match="smoothing"):
        score_ewma_ratio([1.0], smoothing=0)


def test_the_ratio_divides_by_the_past_but_not_by_nothing() -> None:
    assert score_ratio([1.0] * 84 + [3.0] * 5, 5)[-1] == pytest.approx(3)
    assert score_ratio([0.0] * 84 + [3.0] * 5, 5, mean_floor=0.25)[-1] == pytest.approx(12)
    assert score_ratio([1.0] * 84 + [3, NAN, NAN, 3, 3], 5)[-1] == pytest.approx(3)


# --- all of them
@pytest.mark.parametrize("name", NAMES)
@given(series, st.integers(0, 139), st.integers(0, 50))
def test_no_score_looks_ahead_and_gaps_have_none(name: DetectorName, values: Floats, cut: int, extra: int) -> None:
    whole = score(name, values)
    assert whole.shape == values.shape
    assert not np.isinf(whole).any()
    assert np.isnan(whole[np.isnan(values)]).all()
    np.testing.assert_allclose(score(name, values[:cut]), whole[:cut], rtol=1e-9, atol=1e-9)
    if cut < len(values) and not np.isnan(values[cut]):
        more = values.copy()
        more[cut] += extra
        higher = score(name, more)
        assert np.isnan(higher[cut]) == np.isnan(whole[cut])
        assert not higher[cut] < whole[cut] - 1e-9, "more of it is never less of an alarm"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", [0.0, 1.0, 7.0, 250.0])
def test_a_constant_series_never_rings(name: DetectorName, level: float) -> None:
    values = np.full(200, level)
    rule = replace(RULE, detector=name, threshold=1.5, least_level=0.0)
    assert find_onsets(values, rule) == ()
    values[30:60] = NAN
    assert find_onsets(values, rule) == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_burst_rings_with_every_detector(name: DetectorName) -> None:
    values = np.tile([1.0, 2.0, 0.0, 1.0], 40)
    values[120:130] = 30
    alarms = find_onsets(values, replace(RULE, detector=name))
    assert alarms == (120,)


@pytest.mark.parametrize("name", NAMES)
def test_too_short_a_past_has_no_score(name: DetectorName) -> None:
    assert np.isnan(score(name, [9.0] * 4)).all()
    assert score(name, []).shape == (0,)
    assert np.isnan(score(name, [NAN] * 100)).all()


@pytest.mark.parametrize("score_ears", [score_ears_c1, score_ears_c2])
@given(st.lists(st.integers(0, 9), min_size=20, max_size=60), st.integers(2, 9))
def test_ears_does_not_mind_the_unit(score_ears: Callable[..., Floats], values: list[int], factor: int) -> None:
    once = score_ears(values, deviation_floor=1e-9)
    many = score_ears(np.array(values) * factor, deviation_floor=1e-9 * factor)
    np.testing.assert_allclose(many, once, rtol=1e-6, atol=1e-6)


@given(st.lists(st.integers(0, 40), min_size=95, max_size=140), st.integers(2, 9))
def test_the_ratio_does_not_mind_the_unit(values: list[int], factor: int) -> None:
    once = score_ratio(values, 5, mean_floor=0.5)
    many = score_ratio(np.array(values) * factor, 5, mean_floor=0.5 * factor)
    np.testing.assert_allclose(many, once, rtol=1e-9)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("values", "words"), [([[1.0]], "dimensions"), ([-1.0], "below zero"), ([1.0, float("inf")], "infinite")]
)
def test_what_is_no_series_is_refused(name: DetectorName, values: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        score(name, values)


def test_what_makes_no_sense_is_refused() -> None:
    for call, words in (
        (lambda: score_tail([1.0], 0), "window"),
        (lambda: score_ratio([1.0], 5, mean_floor=0), "mean_floor"),
        (lambda: score_ewma([1.0], smoothing=0), "smoothing"),
        (lambda: score_ewma([1.0], gap=0), "gap"),
        (lambda: score_cusum([1.0], deviation_floor=0), "deviation_floor"),
        (lambda: score_ears_c1([1.0], deviation_floor=NAN), "deviation_floor"),
        (lambda: find_crossings([1.0], NAN), "threshold"),
        (lambda: pick_alarms([1.0, 2.0], [1.0], RULE), "shape"),
    ):
        with pytest.raises(ValueError, match=words):
            call()


def test_crossings_are_at_or_above_and_a_gap_is_none() -> None:
    assert find_crossings([1.0, 2.0, NAN, 3.0], 2.0).tolist() == [False, True, False, True]


# --- from scores to alarms
def ring(scores: list[float], **fields: Any) -> tuple[int, ...]:
    rule = replace(RULE, **{"threshold": 1.0, "least_level": 0.0, "refractory_days": 3, "rearm_days": 2, **fields})
    return pick_alarms([0.0 if s == s else NAN for s in scores], scores, rule)


def test_a_stretch_rings_once_and_again_only_after_rest() -> None:
    assert ring([0, 5, 5, 5, 5, 5, 5, 5]) == (1,)
    assert ring([5, 0, 0, 5]) == (0,), "two days below, but too soon"
    assert ring([5, 0, 0, 0, 5]) == (0, 4)
    assert ring([5, 5, 5, 5, 0, 5]) == (0,), "one day below is no rest"
    assert ring([5, 5, 5, 5, 0, 0, 5]) == (0, 6)
    assert ring([5, 5, 5, 5, NAN, NAN, NAN, 5]) == (0,), "a gap is not calm"
    assert ring([5, 5, 5, 5, 5], refractory_days=0, rearm_days=0) == (0, 1, 2, 3, 4)


def test_a_level_too_low_rings_nothing() -> None:
    rule = replace(RULE, threshold=1.0, least_level=4.0, level_days=2)
    assert pick_alarms([1.0, 2.0, 2.0], [9.0, 9.0, 9.0], rule) == (2,)


@given(series, st.floats(0.1, 8), st.floats(0, 60), st.integers(0, 30), st.integers(0, 9))
def test_alarms_keep_their_distance_and_deserve_it(
    values: Floats, threshold: float, least: float, refractory: int, rearm: int
) -> None:
    rule = replace(
        RULE, threshold=threshold, least_level=least, refractory_days=refractory, rearm_days=rearm, detector="ratio-5"
    )
    alarms = find_onsets(values, rule)
    scores = score_onsets(values, rule)
    assert list(alarms) == sorted(alarms)
    assert all(later - earlier > refractory for earlier, later in pairwise(alarms))
    for at in alarms:
        assert scores[at] >= threshold
        assert np.nansum(values[max(0, at - rule.level_days + 1) : at + 1]) >= least - 1e-6
    for cut in (len(values) // 2, len(values) // 3):
        assert find_onsets(values[:cut], rule) == tuple(a for a in alarms if a < cut)


# --- the table
SOUND = read_knowledge("detector_weights.toml")


def test_the_bundled_table_loads() -> None:
    weights = load_detector_weights()
    assert set(weights.onsets) == {"deaths", "incidents"}
    assert all(isinstance(r, OnsetRule) and r.version == weights.version for r in weights.onsets.values())
    assert set(SCORERS) == set(DetectorName.__args__)  # type: ignore[attr-defined]  # a Literal's own names


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('detector = "ewma-ratio"', 'detector = "ratio-6"', ["onset.deaths", "ratio-6", "ears-c1"]),
        ("refractory_days = 14", "refractory_days = -1", ["onset.deaths", "refractory_days", "0 to 366"]),
        ("refractory_days = 14", "refractory = 14", ["refractory", "allowed are detector"]),
        ("rearm_days = 3", "", ["rearm_days", "is missing"]),
        ("least_days = 28", "least_days = 85", ["past", "least_days", "2 to 84"]),
        ('version = "detectors/2"', "version = 1", ["version", "must be a text"]),
        ("[onset.deaths]", "[onset_deaths]", ["onset_deaths", "allowed are version"]),
        ("mean_floor = 0.952", "mean_floor = nan", ["mean_floor", "must be a number"]),
    ],
)
def test_a_faulty_table_is_refused_by_file_table_and_key(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    assert old in SOUND
    faulty = tmp_path / "mine.toml"
    faulty.write_text(SOUND.replace(old, new, 1), "utf-8")
    with pytest.raises(KnowledgeError) as refusal:
        load_detector_weights(faulty)
    for word in ["mine.toml", *words]:
        assert word in str(refusal.value)


# --- the benchmark's answers
def row(day: str, deaths: int = 1, **fields: str) -> dict[str, str]:
    return {"adm_1": "Orle", "date_start": day, "date_prec": "1", "best": str(deaths), **fields}


def test_a_table_of_dated_rows_becomes_daily_values() -> None:
    rows = [
        row("2031-01-01", 4), row("2031-01-03 00:00:00", 2), row("2031-01-03"), row("2031-01-02", 9, adm_1="Teske"),
        row("2031-01-02", 50, date_prec="4"), row("2031-01-02", 50, adm_1=" "),
    ]  # fmt: skip
    first, deaths = lay_out_series(rows, "deaths")
    assert first.isoformat() == "2031-01-01"
    assert {unit: values.tolist() for unit, values in deaths.items()} == {"Orle": [4, 0, 3], "Teske": [0, 9, 0]}
    _, numbers = lay_out_series(rows, "incidents")
    assert numbers["Orle"].tolist() == [1, 0, 2]
    assert lay_out_series([], "deaths")[1] == {}


def test_a_sudden_rise_is_answered_on_its_day_and_a_steady_war_is_not() -> None:
    days = [f"2031-{m:02}-{d:02}" for m in range(1, 7) for d in range(1, 29)]
    rows = [row(day, 30, adm_1="Steady") for day in days for _ in range(3)]
    rows += [row(day, 1) for day in days[::7]]
    rows += [row(day, 25) for day in ("2031-06-02", "2031-06-03", "2031-06-04") for _ in range(3)]
    found = list(answer_detect_deaths(rows, Settings()))
    assert found == [{"unit": "Orle", "date": "2031-06-02"}]
    assert list(answer_detect_incidents(rows, Settings())) == [{"unit": "Orle", "date": "2031-06-03"}]


@pytest.mark.parametrize("fields", [{"best": "many"}, {"best": "-3"}, {"date_prec": ""}, {"date_start": "2031-13-01"}])
def test_a_row_that_cannot_be_read_is_named(fields: dict[str, str]) -> None:
    with pytest.raises(IntakeError, match="row 2"):
        list(answer_detect_deaths([row("2031-01-01"), row("2031-01-02") | fields], Settings()))
