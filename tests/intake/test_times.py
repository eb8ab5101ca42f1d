"""Times of publication: understood in one way, or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.conftest import UNHURRIED
from tocsin.errors import IntakeError
from tocsin.intake import parse_time, read_time
from tocsin.intake.times import is_exact

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SECONDS = st.integers(40_000_000, 7_000_000_000)
TIMES = st.builds(datetime.fromtimestamp, SECONDS, ZONES)


@UNHURRIED
@given(TIMES)
def test_iso_times_come_back(when: datetime) -> None:
    assert parse_time(when.isoformat()) == when
    assert is_exact(when.isoformat())


@UNHURRIED
@given(TIMES)
def test_the_form_of_feeds_comes_back(when: datetime) -> None:
    assert parse_time(format_datetime(when)) == when
    assert is_exact(format_datetime(when))


@UNHURRIED
@given(st.dates(date(1971, 1, 1)))
def test_a_bare_date_is_midnight_utc_of_the_day_that_was_written(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day.day} {day:%B} {day:%Y}",
        f"{day:%b} {day.day}, {day:%Y}",
        day.strftime("%Y/%m/%d"),
    ):
        when = parse_time(text)
        assert when is not None
        assert when.tzinfo is UTC
        assert (when.date(), when.hour) == (day, 0)
        assert not is_exact(text)


@UNHURRIED
@given(st.text(max_size=60))
def test_nothing_breaks_it(text: str) -> None:
    when = parse_time(text)
    assert when is None or when.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2031-05-13T18:05", datetime(2031, 5, 13, 18, 5, tzinfo=UTC)),
        ("2031-05-13 18:05:09.25Z", datetime(2031, 5, 13, 18, 5, 9, tzinfo=UTC)),
        ("20310513T180500Z", datetime(2031, 5, 13, 18, 5, tzinfo=UTC)),
        ("13 May, 2031 21:38", datetime(2031, 5, 13, 21, 38, tzinfo=UTC)),
        ("May 13, 2031 at 12:05 am", datetime(2031, 5, 13, 0, 5, tzinfo=UTC)),
        ("Tuesday, May 13, 2031 9:38 PM (GMT+2)", datetime(2031, 5, 13, 19, 38, tzinfo=UTC)),
        ("13 May 31 10:00 +0200", datetime(2031, 5, 13, 8, tzinfo=UTC)),
    ],
)
def test_examples(text: str, when: datetime) -> None:
    assert parse_time(text) == when


@pytest.mark.parametrize(
    "text",
    [None, "", "yesterday", "05/06/2031", "2031-13-01", "31 Foo 2031", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
     "2 hours ago", "2031", "May 2031", "13:05", "9999-12-31T23:59:59-12:00", "May 13, 2031 13:05 pm", "2" * 500],
)  # fmt: skip
def test_what_is_no_time_is_none(text: str | None) -> None:
    assert parse_time(text) is None


def test_a_person_is_told_what_is_allowed() -> None:
    with pytest.raises(IntakeError, match=r"'soon'.*2022-07-31"):
        read_time("soon")
