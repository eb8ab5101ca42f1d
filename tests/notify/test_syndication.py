"""Atom and RSS: valid against published schemas whatever the texts, and read back by a feed reader."""

from __future__ import annotations

import feedparser
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.notify.made import DESK, HOSTILE, NOW, UNHURRIED, hostile_notices, make_notice
from tests.notify.schemas import check_xml, load_schema
from tocsin.notify.syndication import write_atom, write_rss
from tocsin.notify.telling import Telling
from tocsin.records import Notice

CHAIN = [make_notice(2, "more-reports"), make_notice(1)]


def atom(notices: list[Notice]) -> bytes:
    return write_atom(
        [Telling(notice) for notice in notices], address=DESK, self_address=f"{DESK}/alerts.atom", now=NOW
    )


def rss(notices: list[Notice]) -> bytes:
    return write_rss([Telling(notice) for notice in notices], address=DESK, now=NOW)


def test_the_schemas_can_refuse() -> None:
    for xml, name in ((atom(CHAIN), "atom.xsd"), (rss(CHAIN), "rss-2_0.xsd")):
        wrong = etree.fromstring(xml)
        etree.SubElement(wrong[-1], wrong[-1].tag + "-strange")
        assert not load_schema(name).validate(wrong)


def test_a_reader_sees_the_notices() -> None:
    for xml, version in ((atom(CHAIN), "atom10"), (rss(CHAIN), "rss20")):
        feed = feedparser.parse(xml)
        assert (feed.bozo, feed.version) == (False, version)
        newest, first = feed.entries
        assert newest.title.endswith("(2 new incidents)")
        assert first.title.endswith("(3 incidents)")
        assert newest.link == f"{DESK}/alerts/{CHAIN[0].alert_ids[0]}"
        assert newest.id == f"tag:desk.example.org,2026-03-20:{CHAIN[0].id}"
        assert "What has changed since the last notice" in newest.get("summary", "") + str(newest.get("content", ""))
    updated = feedparser.parse(atom(CHAIN)).feed.updated
    assert updated == "2026-03-20T12:01:00Z"


def test_an_empty_desk_has_a_valid_feed() -> None:
    assert feedparser.parse(atom([])).feed.updated == "2026-03-20T12:00:00Z"
    check_xml(atom([]), "atom.xsd")
    # RSS 2.0 allows a channel without any item; this rendering of it as a schema, which nobody published with it, not.
    feed = feedparser.parse(rss([]))
    assert (feed.bozo, feed.version, feed.entries) == (False, "rss20", [])


def test_the_exercise_is_marked_on_every_part() -> None:
    for xml in (atom([make_notice(is_exercise=True)]), rss([make_notice(is_exercise=True)])):
        (entry,) = feedparser.parse(xml).entries
        told = entry.content[0].value if "content" in entry else entry.summary
        assert "[EXERCISE]" in entry.title
        assert "[EXERCISE]" in told
        assert "EXERCISE" in [tag.term for tag in entry.tags]


def test_a_hostile_title_is_shown_and_does_nothing() -> None:
    notice = make_notice(title=HOSTILE)
    for xml in (atom([notice]), rss([notice])):
        root = etree.fromstring(xml)
        bodies = [e.text for e in root.iter() if etree.QName(e).localname in ("content", "description") and e.text]
        assert any("&lt;script&gt;" in body for body in bodies)
        assert not any("<script" in body for body in bodies)
        assert not any(char < " " and char not in "\n\t" for char in xml.decode())


@UNHURRIED
@given(st.lists(hostile_notices(), max_size=4))
def test_every_notice_makes_a_valid_feed(notices: list[Notice]) -> None:
    check_xml(atom(notices), "atom.xsd")
    if notices:
        check_xml(rss(notices), "rss-2_0.xsd")
    assert len(feedparser.parse(atom(notices)).entries) == len(notices)
