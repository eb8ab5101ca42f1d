"""Lists of feeds there and back: outlet, address, interval, on and off; what is hostile in them stays text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tocsin.errors import IntakeError
from tocsin.intake import load_opml, write_opml
from tocsin.intake.opml import NAMESPACE
from tocsin.intake.text import normalise_line
from tocsin.records import Feed, Outlet, feed_id, outlet_id

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).map(normalise_line).filter(bool)
HOSTILE = [
    '"/><outline xmlUrl="https://evil.example/rss"/>',
    "<script>alert(1)</script> & Söhne",
    "]]>&amp;&#0;",
    "عاجل \u202egnp.exe",
    "x" * 5_000,
]


@st.composite
def _feeds(draw: st.DrawFn) -> tuple[list[Feed], list[Outlet]]:
    feeds, outlets = {}, {}
    for number in draw(st.lists(st.integers(0, 60), min_size=1, max_size=8, unique=True)):
        name = draw(st.none() | NAMES)
        address = f"https://f{number}.example/rss?a=1&b={number}"
        if name:
            outlets[outlet_id(name)] = Outlet(outlet_id(name), name)
        feeds[address] = Feed(
            feed_id(address),
            address,
            outlet_id(name) if name else None,
            title=draw(st.none() | NAMES),
            interval_minutes=draw(st.integers(15, 10_080)),
            is_off=draw(st.booleans()),
        )
    return list(feeds.values()), list(outlets.values())


@given(_feeds())
def test_a_list_comes_back_with_outlet_address_interval_and_switch(given_: tuple[list[Feed], list[Outlet]]) -> None:
    feeds, outlets = given_
    names = {outlet.id: outlet.name for outlet in outlets}
    back = load_opml(write_opml(feeds, outlets).encode(), "x.opml")
    wanted = sorted(feeds, key=lambda feed: feed.address)
    assert list(back) == [replace(f, title=names.get(f.outlet_id or "") or f.title) for f in wanted]
    assert write_opml(back, outlets) == write_opml(feeds, outlets), "written again it is the same"


@given(_feeds())
def test_what_is_written_is_xml_with_one_outline_a_feed(given_: tuple[list[Feed], list[Outlet]]) -> None:
    root = etree.fromstring(write_opml(*given_).encode())
    assert (root.tag, root.get("version"), root.find("head/title").text) == ("opml", "2.0", "Tocsin feeds")
    lines = root.findall("body/outline")
    assert len(lines) == len(given_[0])
    for line in lines:
        assert line.get("type") == "rss"
        assert line.get("text")
        assert line.get("xmlUrl", "").startswith("https://")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_one_attribute(name: str) -> None:
    feed = Feed(feed_id("https://a.example/"), "https://a.example/", outlet_id(name), title=name)
    text = write_opml([feed], [Outlet(outlet_id(name), name)])
    assert len(list(etree.fromstring(text.encode()).iter("outline"))) == 1
    (back,) = load_opml(text.encode(), "x.opml")
    assert back.address == feed.address
    assert back.title == normalise_line(name)


def test_nothing_that_was_fetched_or_confirmed_leaves_with_it() -> None:
    feed = Feed(feed_id("https://a.example/"), "https://a.example/", problem="answers with status 500", etag="tag")
    text = write_opml([feed], [])
    assert "500" not in text
    assert "tag" not in text.replace("etag", "")
    (back,) = load_opml(text.encode(), "x.opml")
    assert (back.confirmed_at, back.problem, back.outlet_id) == (None, None, None)


@pytest.mark.parametrize(
    ("given_", "minutes"),
    [
        ("60", 60), ("1", 15), ("0", 15), ("999999", 10_080), ("-5", 15), ("1e9", 15), ("", 15), ("٣٠", 15),
        ("9" * 5_000, 15),
    ],
)  # fmt: skip
def test_an_interval_is_bounded_whatever_the_list_says(given_: str, minutes: int) -> None:
    body = (
        f'<opml version="2.0" xmlns:t="{NAMESPACE}"><body>'
        f'<outline text="N" xmlUrl="https://n.example/rss" t:interval="{given_}" t:state="on" t:confirmed="yes"/>'
        "</body></opml>"
    )
    (feed,) = load_opml(body.encode(), "x.opml")
    assert (feed.interval_minutes, feed.is_off, feed.confirmed_at) == (minutes, False, None)


def test_a_list_without_our_attributes_names_no_outlet() -> None:
    body = b'<opml version="2.0"><body><outline text="N" outlet="M" xmlUrl="https://n.example/rss"/></body></opml>'
    (feed,) = load_opml(body, "x.opml")
    assert (feed.title, feed.outlet_id, feed.interval_minutes) == ("N", None, 15)


def test_an_empty_list_is_written_and_refused_on_the_way_in() -> None:
    with pytest.raises(IntakeError, match="lists no feeds"):
        load_opml(write_opml([], []).encode(), "x.opml")
