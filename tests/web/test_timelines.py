"""The timeline: every incident in one bar, every bar's link lists what the bar counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import HtmlElement
from starlette.testclient import TestClient

from tests.web.checking import parse_page
from tocsin.ports import Pulse
from tocsin.records import EventType, Filter
from tocsin.web.asked import Asked
from tocsin.web.asking import parse_asked
from tocsin.web.charting import round_up
from tocsin.web.timelines import MOST_BARS, Step, begin, begin_next, choose_step, draw_timeline, mark_hour

START = datetime(2026, 3, 1, tzinfo=UTC)
STEPS: tuple[Step, ...] = get_args(Step)
moments = st.datetimes(datetime(1999, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the bounds
pulses = st.builds(
    Pulse, moments.map(lambda at: begin("hour", at)), st.sampled_from(get_args(EventType)), st.integers(1, 40)
)


@settings(max_examples=80, deadline=None)
@given(st.lists(pulses, min_size=1, max_size=20).map(lambda held: sorted(held, key=lambda p: p.began_at)))
def test_every_incident_is_in_one_bar(held: list[Pulse]) -> None:
    step = choose_step(held)
    timeline = draw_timeline(held, step, Asked(Filter()), "/map")
    assert timeline.conflict + timeline.cooperation == sum(pulse.count for pulse in held)
    assert all(one.until == after.since for one, after in pairwise(timeline.bars))
    inside = Counter(next(b.since for b in timeline.bars if b.since <= p.began_at < b.until) for p in held)
    assert {b.since for b in timeline.bars if b.url} == set(inside)
    assert step == "year" or len(timeline.bars) <= MOST_BARS
    assert max(bar.up + bar.down for bar in timeline.bars) <= 130
    assert all(bar.up <= timeline.zero for bar in timeline.bars)


@pytest.mark.parametrize(
    ("days", "step"),
    [(0, "hour"), (2, "hour"), (3, "day"), (100, "day"), (140, "week"), (1500, "month"), (9000, "year")],
)
def test_the_finest_step_that_fits_is_taken(days: int, step: Step) -> None:
    held = [Pulse(START, "ASSAULT", 1), Pulse(START + timedelta(days=days), "ASSAULT", 1)]
    assert choose_step(held) == step


@given(moments, st.sampled_from(STEPS))
def test_stretches_follow_one_another(at: datetime, step: Step) -> None:
    since = begin(step, at)
    until = begin_next(step, since)
    assert since <= at < until
    assert begin(step, until) == until
    assert begin(step, until - timedelta(microseconds=1)) == since


def test_a_window_is_drawn_from_its_beginning() -> None:
    held = [Pulse(START, "ASSAULT", 1)]
    asked = Asked(Filter(reported_since=START - timedelta(hours=23, minutes=30)), "24h")
    timeline = draw_timeline(held, "hour", asked, "/map")
    assert timeline.bars[0].since == START - timedelta(hours=24)
    long_ago = replace(asked, wanted=Filter(reported_since=datetime(1990, 1, 1, tzinfo=UTC)))
    assert [bar.since for bar in draw_timeline(held, "hour", long_ago, "/map").bars] == [START]


def test_a_link_goes_no_further_than_what_is_asked_for() -> None:
    wanted = Filter(reported_since=START + timedelta(minutes=10), reported_until=START + timedelta(minutes=50))
    (bar,) = draw_timeline([Pulse(START, "AID", 1)], "hour", Asked(wanted), "/map").bars
    assert bar.url is not None
    assert parse_asked(
        dict(pair.split("=") for pair in bar.url.replace("%3A", ":").split("?")[1].split("&"))
    ).wanted == (replace(wanted, limit=50))


def test_no_incident_gives_no_bar() -> None:
    assert draw_timeline([], choose_step([]), Asked(Filter()), "/map").bars == ()


@pytest.mark.parametrize(
    ("value", "round_"), [(1, 1), (2, 2), (3, 5), (9, 10), (10, 10), (11, 20), (99, 100), (501, 1000)]
)
def test_a_scale_ends_on_a_round_number(value: int, round_: int) -> None:
    assert round_up(value) == round_


def _list_bars(page: HtmlElement) -> list[tuple[str, int]]:
    bars = page.xpath("//*[contains(@class, 'pulse')]//a")
    counts = [sum(int(count) for count in bar.xpath(".//rect/@data-bar")) for bar in bars]
    return list(zip((bar.get("href") for bar in bars), counts, strict=True))


@pytest.mark.parametrize(
    "query", ["", "last=24h", "last=90d", "with_background=1", "type=ASSAULT", "since=2026-03-12&until=2026-03-12"]
)
def test_a_bar_narrows_map_and_list_to_what_it_counts(client: TestClient, query: str) -> None:
    bars = _list_bars(parse_page(client.get(f"/map?{query}").text))
    assert sum(count for _, count in bars) == client.get(f"/api/incidents?{query}").json()["total"] > 0
    for address, count in bars:
        drawing = client.get(address.replace("/map", "/api/map")).json()
        assert len(drawing["incidents"]) == drawing["total"] == count, address


def test_hours_of_several_days_say_whose_they_are() -> None:
    day = datetime(2026, 3, 8, tzinfo=UTC)
    assert [mark_hour(day + timedelta(hours=hours)) for hours in (0, 8, 24)] == ["8 Mar", "08:00", "9 Mar"]
