"""Records survive the way to JSON and back, and what does not fit is refused by name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import articles, claims, feeds, incidents
from tocsin.errors import RecordError
from tocsin.records import (
    Article,
    Claim,
    Feed,
    Incident,
    PartialDate,
    Toll,
    from_json,
    from_plain,
    to_json,
    to_plain,
)


@given(claims())
def test_claim_round_trip(claim: Claim) -> None:
    assert from_json(Claim, to_json(claim)) == claim


@given(incidents())
def test_incident_round_trip(incident: Incident) -> None:
    assert from_json(Incident, to_json(incident)) == incident


@given(articles())
def test_article_round_trip(article: Article) -> None:
    assert from_json(Article, to_json(article)) == article


@given(feeds())
def test_feed_round_trip(feed: Feed) -> None:
    assert from_json(Feed, to_json(feed)) == feed


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_strange_json_is_refused_not_crashed_on(plain: object) -> None:
    with pytest.raises(RecordError):
        from_plain(Claim, plain)


def test_unknown_field_is_named() -> None:
    with pytest.raises(RecordError, match=r"'vehicle'.*allowed are high, kind, low, whom"):
        from_plain(Toll, {"kind": "killed", "low": 1, "high": 1, "vehicle": 2})


def test_missing_field_is_named() -> None:
    with pytest.raises(RecordError, match="low"):
        from_plain(Toll, {"kind": "killed", "high": None})


@pytest.mark.parametrize("wrong", [True, "1", 1.5, None])
def test_number_of_wrong_kind_is_refused(wrong: object) -> None:
    with pytest.raises(RecordError, match="low"):
        from_plain(Toll, {"kind": "killed", "low": wrong, "high": None})


def test_choice_outside_the_list_is_refused() -> None:
    with pytest.raises(RecordError, match="must be one of killed, injured"):
        from_plain(Toll, {"kind": "dead", "low": 1, "high": None})


def test_times_come_back_in_utc() -> None:
    oslo = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    assert to_plain(oslo) == "2026-03-02T08:30:00+00:00"


def test_naive_times_are_refused_both_ways() -> None:
    with pytest.raises(RecordError, match="time zone"):
        to_plain(datetime(2026, 3, 2))  # noqa: DTZ001
    with pytest.raises(RecordError, match="time zone"):
        from_plain(Article, {"id": "a", "text": "", "taken_at": "2026-03-02T00:00:00"})


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_a_time_beyond_the_calendar_is_refused_not_crashed_on(time: str) -> None:
    with pytest.raises(RecordError, match="years 1 to 9999"):
        from_plain(Article, {"id": "a", "text": "x", "taken_at": time})


def test_a_date_is_not_a_time() -> None:
    assert to_plain(date(2026, 3, 2)) == "2026-03-02"
    assert to_plain(datetime(2026, 3, 2, tzinfo=UTC)) == "2026-03-02T00:00:00+00:00"
    assert from_plain(
        PartialDate, {"start": "2026-03-02", "end": "2026-03-02", "precision": "day"}
    ) == PartialDate.of_day(date(2026, 3, 2))
