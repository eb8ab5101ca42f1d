"""The news moves the chance of an onset where it has shown that it helps, says by what, and else says why not."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from typing import get_args

import numpy as np
import pytest

from tests.forecast.heeded import cut, draw_quiet
from tests.forecast.valdena import make_history
from tocsin.forecast import Forecast, make_forecasts, score_past
from tocsin.forecast.history import History
from tocsin.forecast.ledger import NEWS_RULES, NewsBasis, NewsRule
from tocsin.forecast.news import News
from tocsin.forecast.news_onset import LEAST_ONSETS, Heeding, heed_news
from tocsin.forecast.news_telling import NEWS_MODEL
from tocsin.forecast.onset import rate_onsets
from tocsin.forecast.periods import start_period
from tocsin.forecast.regression import teach_regression
from tocsin.forecast.scoring import rank_chances
from tocsin.records import from_json, to_json, to_plain

LEADS = (1, 2, 3)
HISTORY, NEWS = draw_quiet()
ON = start_period(HISTORY.last + 1, "month")


def heed(news: News, until: int = 96) -> Heeding:
    known = HISTORY.truncate(HISTORY.first + until - 1)
    alone = rate_onsets(known, LEADS, 1.0, seed=1)
    return heed_news(known, cut(news, until), LEADS, 1.0, alone, seed=1)


def hide(news: News, rows: slice, columns: slice) -> News:
    sums = {name: values.copy() for name, values in news.sums.items()}
    for values in sums.values():
        values[rows, columns] = np.nan
    return replace(news, sums=sums)


# --- what it says
def test_a_build_up_is_heeded_and_tells_what_history_alone_cannot() -> None:
    truths, alone, told = [], [], []
    for until in (84, 87, 90, 93):
        known = HISTORY.truncate(HISTORY.first + until - 1)
        by_history = rate_onsets(known, LEADS, 1.0, seed=1)
        heeding = heed_news(known, cut(NEWS, until), LEADS, 1.0, by_history, seed=1)
        quiet = ~np.isnan(by_history[:, 0])
        assert np.array_equal(~np.isnan(heeding.chances), ~np.isnan(by_history))
        truths.append((HISTORY.outcomes(known.last, LEADS) > 0).any(axis=1)[quiet])
        alone.append(by_history.max(axis=1)[quiet])
        told.append(heeding.chances.max(axis=1)[quiet])
    truth = np.concatenate(truths)
    by_news, without = (rank_chances(np.concatenate(some), truth) for some in (told, alone))
    assert by_news is not None
    assert without is not None
    assert by_news > max(0.9, without)


def test_what_is_reported_after_the_origin_changes_nothing() -> None:
    later = {name: np.where(np.arange(96) >= 90, values * 7 + 50, values) for name, values in NEWS.sums.items()}
    one, other = heed(NEWS, 90), heed(replace(NEWS, sums=later), 90)
    assert np.array_equal(one.chances, other.chances, equal_nan=True)


def test_news_that_means_nothing_is_not_used() -> None:
    history, news = draw_quiet(is_telling=False)
    alone = rate_onsets(history, LEADS, 1.0, seed=1)
    heeding = heed_news(history, news, LEADS, 1.0, alone, seed=1)
    assert heeding.verdict.rule == "no-gain"
    assert np.isnan(heeding.chances).all()
    assert {w.rule for w in heeding.why if w} == {"no-gain", "not-quiet"}


def test_few_onsets_under_news_teach_nothing() -> None:
    heeding = heed(hide(NEWS, slice(None), slice(0, 84)))
    assert heeding.verdict.rule == "few-onsets"
    assert heeding.verdict.number is not None
    assert heeding.verdict.number < LEAST_ONSETS
    assert np.isnan(heeding.chances).all()


def test_a_place_that_was_not_heard_keeps_the_chance_of_its_history() -> None:
    heeding = heed(hide(NEWS, slice(0, 5), slice(95, None)))
    others = ~np.isnan(heeding.chances[:, 0])
    assert np.isnan(heeding.chances[:5]).all()
    assert {w.rule for w in heeding.why[:5] if w} <= {"not-listening", "not-quiet"}
    assert others.any()
    assert all(heeding.why[n] is None for n in np.flatnonzero(others))


@pytest.mark.parametrize("history", [make_history([]), make_history([0, 0]), make_history([0] * 90, [0] * 90)])
def test_a_history_that_teaches_nothing_has_an_answer(history: History) -> None:
    sums = {name: np.zeros(history.counts.shape) for name in NEWS.sums}
    news = News(tuple(u.id for u in history.units), "month", history.first, sums)
    heeding = heed_news(history, news, LEADS, 1.0, np.full((len(history.units), 3), 0.1), seed=1)
    assert heeding.chances.shape == (len(history.units), 3)
    assert np.isnan(heeding.chances).all()
    assert {w.rule for w in heeding.why if w} <= {"few-onsets", "not-listening"}
    assert None not in heeding.why


# --- the forecasts
@pytest.fixture(scope="module")
def made() -> tuple[Forecast, ...]:
    news = hide(NEWS, slice(0, 2), slice(95, None))
    return make_forecasts(HISTORY, made_on=ON, horizon=3, news=news)


def test_the_forecasts_without_news_stay_as_they_were(made: tuple[Forecast, ...]) -> None:
    plain = make_forecasts(HISTORY, made_on=ON, horizon=3)
    assert [replace(f, news=None) for f in made if f.model != NEWS_MODEL] == list(plain)
    assert all(f.news is None for f in plain)


def test_of_each_unit_the_forecast_that_speaks_says_what_the_news_did(made: tuple[Forecast, ...]) -> None:
    with_news = {(f.unit, f.lead): f for f in made if f.model == NEWS_MODEL}
    mix = {(f.unit, f.lead): f for f in made if f.model == "mix"}
    assert with_news
    assert with_news.keys() < mix.keys()
    for key, forecast in mix.items():
        assert (forecast.news is None) == (key in with_news)
    assert {f.news.rule for f in mix.values() if f.news} <= {"not-listening", "not-quiet"}
    for key, forecast in with_news.items():
        basis = forecast.news
        assert basis is not None
        assert basis.is_used
        assert basis.alone is not None
        assert basis.chance is not None
        assert forecast.p1 == pytest.approx(basis.chance, abs=1 / 1200)
        assert mix[key].p1 == pytest.approx(basis.alone, abs=1 / 1200)
        if min(basis.alone, basis.chance) > 0.01:  # what is kept is rounded
            moved = np.log(basis.chance / (1 - basis.chance)) - np.log(basis.alone / (1 - basis.alone))
            assert sum(p.added for p in basis.parts) + basis.rest == pytest.approx(moved, abs=0.01)
        strengths = [abs(p.added) for p in basis.parts]
        assert strengths == sorted(strengths, reverse=True)


def test_pressure_is_what_is_told_of_a_place_under_pressure(made: tuple[Forecast, ...]) -> None:
    highest = max((f for f in made if f.model == NEWS_MODEL and f.lead == 1), key=lambda f: f.p1)
    assert highest.news is not None
    assert highest.news.parts[0].series == "pressure"
    assert highest.news.parts[0].added > 0


def test_both_are_scored_when_the_truth_arrives(made: tuple[Forecast, ...]) -> None:
    later, _ = draw_quiet(months=99)
    outcomes = score_past(made, replace(later, first=HISTORY.first))
    by_model = {m: [o for o in outcomes if o.forecast.model == m] for m in ("mix", NEWS_MODEL)}
    assert len(by_model["mix"]) == 40 * 3
    assert len(by_model[NEWS_MODEL]) > 0


def test_a_forecast_comes_back_with_its_news_and_one_kept_before_without(made: tuple[Forecast, ...]) -> None:
    for forecast in made[:12]:
        assert from_json(Forecast, to_json(forecast)) == forecast
    plain = to_plain(made[0])
    plain.pop("news")
    assert from_json(Forecast, json.dumps(plain)).news is None


def test_every_rule_has_words() -> None:
    assert set(NEWS_RULES) == set(get_args(NewsRule))
    assert str(NewsBasis("few-onsets", 7)) == "7 onsets began while the desk was listening, too few to learn from"
    assert str(NewsBasis("helped", 12.5)).endswith("made the log loss 12.5 % lower")


def test_two_hundred_units_take_seconds() -> None:
    history, news = draw_quiet(200, 240)
    leads = tuple(range(1, 13))
    alone = np.full((200, 12), 0.02)
    began = time.process_time()
    heeding = heed_news(history, news, leads, 1.0, alone, seed=1)
    assert time.process_time() - began < 20
    assert heeding.verdict.rule == "helped"
    assert make_forecasts(make_history([1]), made_on=date(2010, 1, 1), horizon=1, news=cut(news, 1)) == ()


# --- the regression
def test_a_regression_adds_to_an_offset_only_what_it_lacks() -> None:
    dice = np.random.default_rng(0)
    columns = dice.normal(size=(4000, 2))
    odds = -1.0 + 1.5 * columns[:, 0]
    happened = dice.random(4000) < 1 / (1 + np.exp(-odds))
    alone = teach_regression(columns, happened, 1.0)
    beside = teach_regression(columns, happened, 1.0, offset=odds)
    assert alone.weights[1] == pytest.approx(1.5, abs=0.15)
    assert np.abs(beside.weights).max() < 0.15
    unknown = alone.ask(np.array([[np.nan, np.nan]]))
    assert unknown[0] == pytest.approx(alone.weights[0])
