"""Counts by unit and period: gaps stay gaps, nothing is known before it was."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forecast.valdena import JANUARY, make_history
from tocsin.errors import RecordError
from tocsin.forecast.history import CountRow, History, Unit, build_history
from tocsin.forecast.periods import (
    Period,
    end_period,
    label_period,
    number_period,
    read_period,
    start_period,
)

UNITS = {"orle": Unit("orle", "Orle"), "mill": Unit("mill", "Mill")}
periods = st.sampled_from(["month", "week"])


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), periods)
def test_a_period_is_written_read_and_holds_its_days(day: date, period: Period) -> None:
    number = number_period(day, period)
    assert read_period(label_period(number, period), period) == number
    assert read_period(day.isoformat(), period) == number
    assert start_period(number, period) <= day <= end_period(number, period)
    assert number_period(end_period(number, period) + timedelta(days=1), period) == number + 1


def test_weeks_are_iso_weeks_from_monday() -> None:
    assert label_period(number_period(date(2021, 1, 3), "week"), "week") == "2020-W53"
    assert start_period(read_period("2021-W01", "week"), "week") == date(2021, 1, 4)


@pytest.mark.parametrize("text", ["", "2019", "2019-13", "2019-1", "2019-W60", "2019-02-30", "March 2019", "2019-03x"])
def test_what_is_no_period_is_refused(text: str) -> None:
    for period in ("month", "week"):
        with pytest.raises(RecordError, match="must be written"):
            read_period(text, period)


def test_what_no_row_names_is_a_gap_and_never_zero() -> None:
    rows = [CountRow("orle", JANUARY, 0), CountRow("orle", JANUARY + 2, 5), CountRow("mill", JANUARY + 1, 1)]
    history = build_history(rows, UNITS, period="month", measure="deaths")
    assert [u.id for u in history.units] == ["mill", "orle"]
    np.testing.assert_array_equal(history.counts, [[np.nan, 1, np.nan], [0, np.nan, 5]])
    assert (history.label(history.first), history.label(history.last)) == ("2001-01", "2001-03")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([CountRow("orle", 5, 1), CountRow("orle", 5, 1)], "twice"),
        ([CountRow("orle", 5, -1)], "0 or more"),
        ([CountRow("orle", 5, float("nan"))], "0 or more"),
        ([CountRow("orle", 5, float("inf"))], "0 or more"),
        ([CountRow("elsewhere", 5, 1)], "not among"),
        ([CountRow("orle", 5, 1), CountRow("orle", 900_000, 1)], "a date is wrong"),
    ],
)
def test_rows_that_make_no_history_are_refused(rows: list[CountRow], why: str) -> None:
    with pytest.raises(RecordError, match=why):
        build_history(rows, UNITS, period="week", measure="deaths")


def test_a_history_without_rows_is_empty() -> None:
    history = build_history([], UNITS, period="month", measure="deaths")
    assert (history.units, history.counts.shape, history.last) == ((), (0, 0), -1)


def test_a_history_cannot_be_written_to_nor_have_a_unit_twice() -> None:
    counts = np.zeros((1, 3))
    history = History((UNITS["orle"],), "month", JANUARY, counts, "deaths")
    counts[0, 0] = 9
    assert history.counts[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        history.counts[0, 0] = 1
    with pytest.raises(RecordError, match="twice"):
        History((UNITS["orle"],) * 2, "month", JANUARY, np.zeros((2, 3)), "deaths")


def test_cut_off_at_an_origin_it_knows_nothing_later() -> None:
    history = make_history([1, 2, 3, 4], [None, None, None, 7])
    known = history.truncate(JANUARY + 2)
    assert known.last == JANUARY + 2
    np.testing.assert_array_equal(known.counts, [[1, 2, 3], [np.nan] * 3])
    assert np.isnan(known.outcomes(known.last, [1, 2])).all()
    np.testing.assert_array_equal(history.outcomes(JANUARY + 2, [1, 2]), [[4, np.nan], [7, np.nan]])
    assert history.truncate(JANUARY - 5).counts.shape == (2, 0)
