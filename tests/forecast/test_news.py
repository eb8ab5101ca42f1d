"""News beside a history: in its rows and periods, a gap where nobody listened, nothing from after the origin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forecast.heeded import draw_quiet, make_news
from tests.forecast.valdena import JANUARY, make_history
from tocsin.errors import RecordError
from tocsin.forecast.history import Unit
from tocsin.forecast.news import SERIES, News, align_news, describe_news

NAN = np.nan


def column(news: News, name: str) -> Any:
    told = describe_news(news)
    return told.values[:, :, told.names.index(name)]


# --- alignment
def test_news_is_laid_beside_the_units_by_their_place() -> None:
    history = make_history([0, 0, 0], [0, 0, 0], [0, 0, 0])
    news = make_news([1, 2, 3], [4, 5, 6], places=("country:TCD", "country:XKX"))
    places = {"orle-0": "country:XKX", "orle-2": "country:MLI"}
    aligned = align_news(news, history, places)
    assert aligned.places == ("orle-0", "orle-1", "orle-2")
    expected = [[4, 5, 6], [NAN] * 3, [NAN] * 3]  # nothing is known of a unit off the map, nor of a place without news
    assert np.array_equal(aligned.sums["force"], expected, equal_nan=True)


def test_a_unit_of_another_name_keeps_the_news_of_its_place() -> None:
    news = make_news([1, 2], places=("country:TCD",))
    history = make_history([0, 0])
    before = align_news(news, history, {"orle-0": "country:TCD"})
    renamed = replace(history, units=(Unit("Tchad", "Tchad"),))
    after = align_news(news, renamed, {"Tchad": "country:TCD"})
    assert after.places == ("Tchad",)
    assert np.array_equal(before.sums["words"], after.sums["words"])


@pytest.mark.parametrize(
    ("first", "expected"),
    [(-1, [2, 3, NAN]), (0, [1, 2, 3]), (2, [NAN, NAN, 1]), (3, [NAN] * 3), (-3, [NAN] * 3), (90, [NAN] * 3)],
)
def test_periods_that_only_one_of_them_has_are_gaps_or_left_out(first: int, expected: list[float]) -> None:
    news = make_news([1, 2, 3], first=JANUARY + first)
    aligned = align_news(news, make_history([0, 0, 0]), {"orle-0": "orle-0"})
    assert np.array_equal(aligned.sums["words"], [expected], equal_nan=True)
    assert aligned.first == JANUARY


def test_months_do_not_go_with_weeks() -> None:
    with pytest.raises(RecordError, match="must be told by week"):
        align_news(make_news([1]), make_history([1], period="week"), {})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"words": [[1.0, 1.0]]}, "a row for each"),
        ({"words": [[-1.0, 1.0, 1.0]]}, "0 or more"),
        ({"words": [[NAN, 1.0, 1.0]]}, "those of the other series"),
        ({"announced": [[np.inf, 1.0, 1.0]]}, "have an end"),
        ({"rumours": [[1.0, 1.0, 1.0]]}, "must have the series"),
    ],
)
def test_news_of_another_form_is_refused(change: dict[str, Any], why: str) -> None:
    sums = {name: np.ones((1, 3)) for name in SERIES} | {name: np.array(v) for name, v in change.items()}
    with pytest.raises(RecordError, match=why):
        News(("orle-0",), "month", JANUARY, sums)


def test_a_place_has_one_row() -> None:
    with pytest.raises(RecordError, match="has a place twice"):
        make_news([1], [1], places=("a", "a"))


# --- columns
@given(st.integers(1, 30), st.integers(0, 10**6))
def test_no_column_knows_a_later_period(after: int, seed: int) -> None:
    _, news = draw_quiet(3, 40, seed=5)
    dice, at = np.random.default_rng(seed), 40 - after
    changed = {name: values.copy() for name, values in news.sums.items()}
    for values in changed.values():
        values[:, at:] = dice.poisson(3, (3, after)) * 9.0
    other = News(news.places, news.period, news.first, changed)
    assert np.array_equal(describe_news(news).values[:, :at], describe_news(other).values[:, :at])


def test_a_month_that_nobody_heard_is_no_month_without_news() -> None:
    even = [6.0] * 24
    gappy: list[float | None] = [None if n in (8, 9, 21, 22) else 6.0 for n in range(24)]
    silent = [0.0 if n in (8, 9, 21, 22) else 6.0 for n in range(24)]
    for name in ("pressure ratio 3", "words ratio 1", "force ratio 6"):
        told = column(make_news(even, gappy, silent), name)[:, -1]
        assert told[1] == pytest.approx(told[0])
        assert told[0] == pytest.approx(0.0)
    assert column(make_news(even, gappy, silent), "pressure ratio 3")[2, -1] < -0.5
    share = column(make_news(even, gappy, silent), "pressure amount 6")[:, -1]
    assert share[0] == share[1] > share[2]


def test_a_place_is_told_of_while_it_is_heard_and_after_half_a_year() -> None:
    news = make_news([1.0] * 12, [None] * 6 + [1.0] * 6, [1.0] * 11 + [None], [0.0] * 12, [None] * 7 + [1.0] * 5)
    assert describe_news(news).is_told[:, -1].tolist() == [True, True, False, True, False]
    assert describe_news(news).is_told[0].tolist() == [False] * 5 + [True] * 7


def test_more_than_usual_is_above_nought_and_less_below() -> None:
    told = column(make_news([6.0] * 20 + [30.0], [6.0] * 20 + [0.0]), "announced ratio 1")[:, -1]
    assert told[0] == pytest.approx(np.log(35 / 11))
    assert told[1] == pytest.approx(np.log(5 / 11))
