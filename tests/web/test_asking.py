"""One reading of the query string for pages, API and exports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.worlds import World
from tocsin.errors import RecordError
from tocsin.records import Certainty, EventType, Filter, Modality, Party
from tocsin.records.filters import Counted, Realm, make_party_key
from tocsin.web.asking import Asked, parse_asked, resolve_window

WORDS = st.text("abc &=?#%\u0107\u0627", min_size=1, max_size=12).map(lambda t: " ".join(t.split())).filter(bool)
parties = st.builds(
    Party,
    st.text("aA \n\u00a0\u2003th\u0106", max_size=9)
    | st.sampled_from(["the", "the the x", "words:x", "x/y", "q" * 300]),
    st.none() | st.sampled_from(["XKX", "SRB"]),
    st.none() | st.sampled_from(["COP", "CVL"]),
)
DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    since, until = sorted((draw(DAYS), draw(DAYS)))
    optional = {
        "since": st.just(since),
        "until": st.just(until),
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
        ("last", "1y", "24h"),
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


def test_days_outrank_a_window() -> None:
    assert parse_asked({"last": "7d", "since": "2026-03-01"}).last is None


def test_a_window_ends_on_the_newest_day_shown(world: World) -> None:
    asked = resolve_window(world.desk.store, parse_asked({"last": "7d"}))
    assert asked.wanted.since == date(2026, 3, 12) - timedelta(days=6)
    assert "since" not in asked.query()
    assert "last=7d" in asked.query()


def test_the_newest_day_is_that_of_the_filter_not_of_the_desk(world: World) -> None:
    asked = resolve_window(world.desk.store, parse_asked({"last": "24h", "type": "COERCE"}))
    assert asked.wanted.since == date(2026, 2, 20)


def test_an_export_without_a_limit_holds_everything() -> None:
    asked = parse_asked({"type": "ASSAULT", "offset": "50"})
    assert asked.unbounded().wanted == replace(asked.wanted, limit=0, offset=0)
