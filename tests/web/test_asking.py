"""One reading of the query string for pages, API and exports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import get_args
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.worlds import World
from tocsin.errors import RecordError
from tocsin.records import Certainty, Credibility, EventType, Filter, Modality, Party, Reliability
from tocsin.records.filters import Counted, Realm, make_party_key
from tocsin.web.asked import WINDOWS, Asked
from tocsin.web.asking import parse_asked
from tocsin.web.windows import resolve_window

WORDS = st.text("abc &=?#%\u0107\u0627", min_size=1, max_size=12).map(lambda t: " ".join(t.split())).filter(bool)
parties = st.builds(
    Party,
    st.text("aA \n\u00a0\u2003th\u0106", max_size=9)
    | st.sampled_from(["the", "the the x", "words:x", "x/y", "q" * 300]),
    st.none() | st.sampled_from(["XKX", "SRB"]),
    st.none() | st.sampled_from(["COP", "CVL"]),
)
TIMES = (datetime(2026, 3, 1, 4, tzinfo=UTC), datetime(2026, 3, 1, 5, 30, tzinfo=UTC))
DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    since, until = sorted((draw(DAYS), draw(DAYS)))
    optional = {
        "since": st.just(since),
        "until": st.just(until),
        "reported_since": st.just(TIMES[0] + timedelta(seconds=draw(st.integers(0, 99)))),
        "reported_until": st.just(TIMES[1] + timedelta(microseconds=draw(st.integers(0, 99)))),
        "credibility": st.sampled_from(get_args(Credibility)),
        "reliability": st.sampled_from(get_args(Reliability)),
        "type": st.sampled_from(get_args(EventType)),
        "place_id": WORDS,
        "country": st.sampled_from(["XKX", "SRB"]),
        "actor": WORDS,
        "by_party": st.lists(parties, max_size=2).map(make_party_key),
        "to_party": st.lists(parties, max_size=2).map(make_party_key),
        "counted": st.sampled_from(get_args(Counted)),
        "realm": st.sampled_from(get_args(Realm)),
        "outlet_id": WORDS,
        "certainty": st.sampled_from(get_args(Certainty)),
        "modality": st.sampled_from(get_args(Modality)),
        "query": WORDS,
    }
    chosen = {name: draw(st.none() | strategy) for name, strategy in optional.items()}
    return Filter(**chosen, with_background=draw(st.booleans()), limit=50)  # type: ignore[arg-type]


@given(filters())
def test_the_address_bar_says_the_whole_filter(wanted: Filter) -> None:
    again = parse_asked(dict(parse_qsl(Asked(wanted).query())))
    assert again.wanted == wanted


def test_empty_fields_of_a_form_ask_for_nothing() -> None:
    assert parse_asked(dict.fromkeys(("since", "type", "query", "last", "limit"), "")).wanted == Filter(limit=50)


def test_a_change_begins_the_list_anew() -> None:
    asked = parse_asked({"type": "ASSAULT", "offset": "100"})
    assert asked.link("/incidents", country="XKX") == "/incidents?type=ASSAULT&country=XKX"
    assert asked.link("/incidents", type=None) == "/incidents"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("type", "MURDER", "ASSAULT"),
        ("since", "yesterday", "2026-03-08"),
        ("until", "2026-13-01", "2026-03-08"),
        ("country", "Kosovo", "alpha-3"),
        ("certainty", "sure", "hedged"),
        ("modality", "maybe", "planned"),
        ("limit", "0", "1 to 1000"),
        ("limit", "1001", "1 to 1000"),
        ("limit", "\u0663", "1 to 1000"),
        ("offset", "-1", "0 to"),
        ("last", "1y", "1h, 6h, 24h"),
        ("credibility", "0", "1, 2, 3"),
        ("credibility", "1.0", "1, 2, 3"),
        ("reliability", "G", "A, B, C"),
        ("reliability", "a", "A, B, C"),
        ("reported_since", "2026-03-08", "2026-03-08T14:00Z"),
        ("reported_since", "noon", "2026-03-08T14:00Z"),
        ("reported_until", "0001-01-01T00:00+23:00", "2026-03-08T14:00Z"),
        ("by_party", "police", "XKX/COP"),
        ("by_party", "/", "XKX/COP"),
        ("to_party", "words:The villagers", "small letters"),
        ("to_party", "words:", "words:villagers"),
        ("to_party", "X/" + "x" * 200, "XKX/COP"),
        ("counted", "done", "deed"),
        ("realm", "dream", "exercise"),
        ("query", "x" * 201, "200 characters"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(name: str, value: str, allowed: str) -> None:
    with pytest.raises(RecordError) as caught:
        parse_asked({name: value})
    assert caught.value.what == name
    assert allowed in caught.value.why


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(RecordError, match="must not be after until"):
        parse_asked({"since": "2026-03-09", "until": "2026-03-08"})


def test_times_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(RecordError, match="must be before reported_until"):
        parse_asked({"reported_since": "2026-03-09T10:00Z", "reported_until": "2026-03-09T10:00Z"})


@pytest.mark.parametrize("given", ["2026-03-09T10:00Z", "2026-03-09T11:00+01:00", "2026-03-09T10:00", "2026-03-09T10"])
def test_a_time_without_an_offset_is_utc(given: str) -> None:
    assert parse_asked({"reported_since": given}).wanted.reported_since == datetime(2026, 3, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize("given", [{"since": "2026-03-01"}, {"reported_until": "2026-03-01T12:00Z"}])
def test_days_and_times_outrank_a_window(given: dict[str, str]) -> None:
    assert parse_asked({"last": "7d"} | given).last is None


def test_another_time_takes_the_place_of_what_was_asked() -> None:
    asked = parse_asked({"type": "ASSAULT", "since": "2026-03-01", "reported_since": "2026-03-01T12:00Z"})
    assert asked.link_time("/map", last="6h") == "/map?type=ASSAULT&last=6h"
    assert asked.link_time("/map") == "/map?type=ASSAULT"


def test_a_window_ends_with_the_newest_report_of_what_is_asked_for(world: World) -> None:
    store = world.desk.store
    for window, length in WINDOWS.items():
        for more in ({}, {"type": "COERCE"}, {"query": "nothing of the kind"}):
            asked = resolve_window(store, parse_asked({"last": window} | more))
            newest = max(
                (i.reported_at for i in store.incidents(replace(asked.wanted, reported_since=None))), default=None
            )
            assert asked.wanted.reported_since == (newest - length if newest and length else None)
            assert "since" not in asked.query()
            assert f"last={window}" in asked.query()


def test_a_longer_window_holds_a_shorter_one(world: World) -> None:
    store = world.desk.store
    held = [
        {i.id for i in store.incidents(resolve_window(store, parse_asked({"last": window})).wanted)}
        for window in WINDOWS
    ]
    assert all(shorter <= longer for shorter, longer in pairwise(held))
    assert len(held[0]) < len(held[-1])


def test_an_export_without_a_limit_holds_everything() -> None:
    asked = parse_asked({"type": "ASSAULT", "offset": "50"})
    assert asked.unbounded().wanted == replace(asked.wanted, limit=0, offset=0)
