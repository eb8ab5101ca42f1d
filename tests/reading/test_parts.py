"""The parts of the reader that need no model."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.knowledge.numbers import load_numbers
from tocsin.reading import calendar as cal
from tocsin.reading.dates import find_dates, is_long_past
from tocsin.reading.quantities import QuantityFinder, bound_number
from tocsin.records import PartialDate

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


# --- calendar
@given(st.sampled_from(cal.WEEKDAYS), DAYS)
def test_weekdays(name: str, published: date) -> None:
    past, ahead = cal.nearest_weekday(name, published), cal.nearest_weekday(name, published, is_future=True)
    assert past.weekday() == ahead.weekday() == cal.WEEKDAYS.index(name)
    assert 0 <= (published - past).days <= 6
    assert 0 <= (ahead - published).days <= 6
    assert cal.next_weekday(name, published) > published
    assert 2 <= (published - cal.previous_weekday(name, published)).days <= 8


@given(st.integers(1, 12), st.integers(1, 31), DAYS)
def test_days_without_a_year(month: int, day: int, published: date) -> None:
    past = cal.nearest_month_day(month, day, published)
    ahead = cal.nearest_month_day(month, day, published, is_future=True)
    assert past is None or (past - published).days <= 21
    assert ahead is None or ahead >= published
    assert (past, ahead) != (None, None) or (month, day) == (2, 29) or day > 29


@given(st.integers(-40, 40), DAYS)
def test_shifted_months(months: int, published: date) -> None:
    shifted = cal.shift_month(published, months)
    assert shifted == PartialDate.of_month(shifted.start.year, shifted.start.month)
    assert (shifted.start.year - published.year) * 12 + shifted.start.month - published.month == months


@pytest.mark.parametrize(("word", "number"), [("Sept.", 9), ("May", 5), ("jan", 1), ("Ma", None), ("Marchers", None)])
def test_months(word: str, number: int | None) -> None:
    assert cal.read_month(word) == number


# --- dates
_DATE_WORDS = (
    "on in since by until last next late early the Monday Saturday May June 3 25 1999 2021 ago two days week month "
    "weekend overnight yesterday from to and , . of 19th year spring"
)
WORDS = st.lists(st.sampled_from(_DATE_WORDS.split(" ")), max_size=14).map(" ".join)


@given(WORDS, st.one_of(st.none(), DAYS, st.just(date.max), st.just(date.min)), st.booleans())
def test_date_phrases_are_sound(text: str, published: date | None, is_future: bool) -> None:
    phrases = find_dates(text, published, is_future=is_future)
    for a in phrases:
        assert a.span.cut(text).strip()
        assert sum(a.span.overlaps(b.span) for b in phrases) == 1
    assert phrases == find_dates(text, published, is_future=is_future)


@given(DAYS)
def test_iso_days_are_read_back(day: date) -> None:
    (phrase,) = find_dates(f"It was {day.isoformat()}.", None)
    assert phrase.date == PartialDate.of_day(day)
    (phrase,) = find_dates(f"It was {day.day} {cal.MONTHS[day.month - 1].title()} {day.year}.", None)
    assert phrase.date == PartialDate.of_day(day)


@given(DAYS, st.integers(0, 60))
def test_background_after_fourteen_days(published: date, days: int) -> None:
    when = PartialDate.of_day(published - timedelta(days=days))
    assert is_long_past(when, published) == (days > 14)
    assert not is_long_past(when, None)
    assert not is_long_past(None, published)


# --- numbers
@pytest.fixture(scope="module")
def finder() -> QuantityFinder:
    return QuantityFinder(load_numbers())


@given(st.integers(1, 99_999_999))
def test_numbers_are_read_back(number: int) -> None:
    finder = QuantityFinder(load_numbers())
    for text in (f"killed {number} men", f"killed {number:,} men"):
        (quantity,) = finder.find(text)
        assert (quantity.low, quantity.high) == (number, number)
        assert quantity.span.cut(text).replace(",", "") == str(number)


@given(st.integers(0, 10_000_000), st.sampled_from(["at_least", "more_than", "at_most", "fewer_than", "nearly", None]))
def test_bounds_are_ordered(number: int, modifier: str | None) -> None:
    low, high = bound_number(number, modifier)
    assert low >= 0
    assert high is None or low <= high
    assert modifier in ("at_least", "more_than") or high is not None


@given(st.text(alphabet=st.sampled_from("0123456789,.-\u2013 abdeoruxtnyhmsandof$€%"), max_size=60))
def test_quantities_are_sound(text: str) -> None:
    for quantity in QuantityFinder(load_numbers()).find(text):
        assert quantity.span.cut(text)
        assert quantity.high is None or 0 <= quantity.low <= quantity.high
