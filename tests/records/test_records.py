"""The records' own rules: spans, dates, identifiers, places, feeds' health."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import days, partial_dates, spans, words
from tocsin.errors import RecordError
from tocsin.records import (
    Article,
    Evidence,
    Feed,
    Outlet,
    PartialDate,
    Place,
    Span,
    article_id,
    make_id,
    outlet_id,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@given(words, st.data())
def test_evidence_cuts_the_quoted_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    evidence = Evidence.cut_from(text, start, end)
    assert evidence.text == evidence.span.cut(text) == text[start:end]


def test_evidence_that_does_not_fit_its_offsets_is_refused() -> None:
    with pytest.raises(RecordError, match="offsets"):
        Evidence("bridge", 0, 5)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_impossible_spans_are_refused(start: int, end: int) -> None:
    with pytest.raises(RecordError, match="span"):
        Span(start, end)


@given(spans(), spans())
def test_overlap_is_symmetric_and_containment_implies_it(a: Span, b: Span) -> None:
    assert a.overlaps(b) == b.overlaps(a)
    if a.contains(b) and b.start < b.end:
        assert a.overlaps(b)


@given(days)
def test_weeks_begin_on_monday_and_hold_their_day(day: date) -> None:
    week = PartialDate.of_week(day)
    assert week.start.weekday() == 0
    assert week.days == 7
    assert week.start <= day <= week.end


@given(days)
def test_months_hold_whole_months(day: date) -> None:
    month = PartialDate.of_month(day.year, day.month)
    assert month.start.day == 1
    assert (month.end + timedelta(days=1)).day == 1


@given(partial_dates(), partial_dates(), st.integers(0, 5))
def test_date_overlap_is_symmetric_and_grows_with_slack(a: PartialDate, b: PartialDate, slack: int) -> None:
    assert a.overlaps(b, slack) == b.overlaps(a, slack)
    assert not a.overlaps(b, slack) or a.overlaps(b, slack + 1)


def test_dates_are_written_as_precisely_as_they_are_known() -> None:
    assert str(PartialDate.of_day(date(2026, 3, 2))) == "2026-03-02"
    assert str(PartialDate.of_month(2026, 3)) == "2026-03"
    assert str(PartialDate.of_year(1999)) == "1999"
    assert str(PartialDate.of_week(date(2026, 3, 4))) == "2026-03-02..2026-03-08"


def test_a_date_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(RecordError, match="before it starts"):
        PartialDate(date(2026, 3, 2), date(2026, 3, 1), "day")


def test_identifiers_are_pinned() -> None:
    """A change of this value orphans every stored record: change `ids.SCHEME` knowingly or not at all."""
    assert make_id("out", "hill wire") == "out_dsymnf7wkzjnagzu"


@given(st.lists(words, min_size=1, max_size=4), st.lists(words, min_size=1, max_size=4))
def test_identifiers_differ_when_their_parts_differ(a: list[str], b: list[str]) -> None:
    clean = [[p.replace("\x1f", " ") for p in parts] for parts in (a, b)]
    assert (make_id("x", *a) == make_id("x", *b)) == (clean[0] == clean[1])


def test_none_and_empty_text_are_different_parts() -> None:
    assert make_id("x", None) != make_id("x", "")


def test_the_same_outlet_in_other_letters_is_the_same() -> None:
    assert outlet_id("Hill  Wire") == outlet_id("HILL WIRE")


def test_an_article_is_known_by_outlet_title_text_and_day() -> None:
    base = article_id("Hill Wire", "Calm", "All quiet.", NOON)
    assert base == article_id("hill wire", "Calm", "All quiet.", NOON + timedelta(hours=3))
    assert base != article_id("Hill Wire", "Calm", "All quiet!", NOON)
    assert base != article_id("Hill Wire", "Calm", "All quiet.", NOON + timedelta(days=1))
    assert base != article_id("Valley Wire", "Calm", "All quiet.", NOON)


def test_records_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Article("a", "text", NOON).text = "other"  # type: ignore[misc]


@pytest.mark.parametrize(("lat", "lon"), [(91.0, 0.0), (0.0, 181.0), (None, 1.0), (1.0, None)])
def test_impossible_coordinates_are_refused(lat: float | None, lon: float | None) -> None:
    with pytest.raises(RecordError, match="place"):
        Place("Orle", "settlement", lat=lat, lon=lon)


@pytest.mark.parametrize(
    ("precision", "is_point"), [("site", True), ("settlement", True), ("district", False), ("country", False)]
)
def test_only_sites_and_settlements_are_points(precision: str, is_point: bool) -> None:
    assert Place("Orle", precision, lat=1.0, lon=1.0).is_point is is_point  # type: ignore[arg-type]
    assert not Place("Orle", precision).is_point  # type: ignore[arg-type]


def test_an_outlet_nobody_graded_is_unreviewed_not_bad() -> None:
    assert not Outlet("o", "Hill Wire").is_reviewed
    assert Outlet("o", "Hill Wire", reliability="F", reliability_reason="no track record").is_reviewed


def test_feed_health() -> None:
    feed = Feed("f", "https://hill.example/feed")
    assert feed.state(NOON) == "unconfirmed"
    confirmed = Feed("f", "https://hill.example/feed", confirmed_at=NOON)
    assert confirmed.state(NOON + timedelta(minutes=30)) == "waiting", "nothing fresh came of it yet"
    fetched = replace(confirmed, succeeded_at=NOON)
    assert fetched.state(NOON + timedelta(minutes=30)) == "fresh"
    assert confirmed.state(NOON + timedelta(minutes=46)) == "late"
    assert Feed("f", "x", confirmed_at=NOON, failures=1).state(NOON) == "failing"
    assert Feed("f", "x", confirmed_at=NOON, is_off=True, failures=3).state(NOON) == "off"
