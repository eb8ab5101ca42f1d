"""Dates and numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.report.figures import find_figures
from tocsin.report.wording import write_day, write_number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12 people", [12]),
        ("1,200 students", [1200]),
        ("1\u202f200 students and 3 buses", [1200, 3]),
        ("twenty-three officers", [23]),
        ("twenty three officers", [23]),
        ("two hundred and five houses", [205]),
        ("three thousand five hundred", [3500]),
        ("3 million people", [3_000_000]),
        ("1.5 million people", [1_500_000]),
        ("3 to 5 dead", [3, 5]),
        ("30-40 vehicles", [30, 40]),
        ("two and three", [2, 3]),
        ("two dozen", [24]),
        ("a dozen men", [12]),
        ("a hundred men, a thousand, several million", [100, 1000, 1_000_000]),
        ("a hundred and five houses", [105]),
        ("12 million, 12\u00a0thousand", [12_000_000, 12_000]),
        ("half of the men, two-thirds of them, one third of the town", [None, None, None]),
        ("the third attack, the Turkish quarter of the town, half past", []),
        ("19.2 points", [19.2]),
        ("12th brigade, 27-year-old", [12, 27]),
        ("no one and one another, one of them", []),
        ("a man, no men, both men", []),
        ("T-72 and B12", []),
        ("③ dead, ¹² hurt, 10 km² and a note¹", [10, 3, 12]),
        ("½ of the men, 1½ hours", [1, None, None]),
        ("a couple of men, a pair of cars, hit twice", [2, 2, 2]),
        ("One hundred marched. Two fell.", [100, 2]),
        ("", []),
    ],
)
def test_numbers(text: str, numbers: list[float]) -> None:
    assert [n.value for n in find_figures(text).numbers] == numbers


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("on 12 March 2031", [(2031, 3, 12)]),
        ("on 12 Mar", [(None, 3, 12)]),
        ("on the 12th of March", [(None, 3, 12)]),
        ("March 12, 2031", [(2031, 3, 12)]),
        ("10 to 12 Mar 2031", [(2031, 3, 10), (2031, 3, 12)]),
        ("March 10-12", [(None, 3, 10), (None, 3, 12)]),
        ("2031-03-12", [(2031, 3, 12)]),
        ("12.3.2031", [(2031, 3, 12)]),
        ("in March 2031", [(2031, 3, None)]),
        ("in October", [(None, 10, None)]),
        ("they may march 12 miles", []),
    ],
)
def test_dates(text: str, dates: list[tuple[int | None, int | None, int | None]]) -> None:
    assert [(d.year, d.month, d.day) for d in find_figures(text).dates] == dates


def test_a_date_is_no_number() -> None:
    found = find_figures("Two men were shot on Monday 12 Mar 2031 at 21:38.")
    assert [n.value for n in found.numbers] == [2]
    assert (found.weekdays, found.times) == (("monday",), ("21:38",))
    assert find_figures("Shots fell at noon and before midnight.").times == ("12:00", "00:00")


def test_loose_words_claim_at_least_so_many() -> None:
    (dozens,) = find_figures("dozens were hurt").numbers
    assert (dozens.value, dozens.least) == (None, 24)


def test_a_figure_of_a_thousand_digits_is_kept_as_written() -> None:
    (found,) = find_figures("9" * 10_000).numbers
    assert found.value is None
    assert found.least == 0


@given(st.integers(0, 10**9))
def test_what_the_desk_writes_is_read_back(number: int) -> None:
    assert [n.value for n in find_figures(f"killed {write_number(number)}.").numbers] == [number]


@given(st.dates())
def test_the_desks_days_are_read_back(day: object) -> None:
    found = find_figures(f"seen {write_day(day)}, late").dates  # type: ignore[arg-type]
    if 1800 <= day.year < 2200:  # type: ignore[attr-defined]
        assert [(d.year, d.month, d.day) for d in found] == [(day.year, day.month, day.day)]  # type: ignore[attr-defined]


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    found = find_figures(text)
    assert len(found.rest) == len(text)
