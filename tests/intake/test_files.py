"""Files, folders, JSON Lines and lists of feeds."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.conftest import NOW, SETTINGS, STORY, UNHURRIED
from tocsin.errors import IntakeError
from tocsin.intake import Options, load_opml, read_document, read_path, write_opml
from tocsin.intake.documents import Found
from tocsin.records import Article, Fault, Feed, Outlet, feed_id, outlet_id

OPML = b"""<?xml version="1.0"?><opml version="2.0"><body>
<outline text="Harbour"><outline text="Vell &amp; Courier" xmlUrl="https://courier.example/rss"/>
<outline title="Sarn" xmlUrl="http://sarn.example/atom.xml"/></outline>
<outline text="again" xmlUrl="https://courier.example/rss"/><outline text="bad" xmlUrl="file:///etc/passwd"/>
</body></opml>"""
BOMB = b"""<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<opml version="2.0"><body><outline text="&d;" xmlUrl="https://x.example/"/></body></opml>"""


def read(path: Path, options: Options | None = None) -> list[Found]:
    return list(read_path(path, options=options or Options(), taken_at=NOW, settings=SETTINGS))


def faults(found: list[Found]) -> list[tuple[str, str]]:
    return [(Path(thing.which).name, thing.why) for thing in found if isinstance(thing, Fault)]


def test_a_folder_is_read_in_order_and_the_bad_does_not_stop_the_good(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.txt").write_text(f"Second\n{STORY}")
    (tmp_path / "a.txt").write_text(f"First\n{STORY}")
    (tmp_path / "c.html").write_text("<html><body></body></html>")
    (tmp_path / "d.txt").write_text("")
    (tmp_path / "e.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "f.csv").write_text("a,b\n1,2\n")
    (tmp_path / "g.opml").write_bytes(OPML)
    (tmp_path / "h.2031-05-13").write_text(f"Last\n{STORY}")
    (tmp_path / ".hidden.txt").write_text("not to be read")
    found = read(tmp_path)
    assert [thing.text[:5] for thing in found if isinstance(thing, Article)] == ["First", "Secon", "Last\n"]
    assert [thing.address for thing in found if isinstance(thing, Feed)] == [
        "https://courier.example/rss",
        "http://sarn.example/atom.xml",
    ]
    assert faults(found) == [
        ("c.html", "has no article text"),
        ("d.txt", "is empty"),
        ("e.pdf", "is no PDF that can be read: it is damaged or broken off"),
        (
            "f.csv",
            "has no column text in its head (a, b): articles need one, and may have title, outlet, published, url",
        ),
        ("g.opml", "file:///etc/passwd must begin with http:// or https:// and name a machine"),
    ]


def test_a_folder_with_nothing_in_it_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "x.txt"
    folder.mkdir()
    assert faults(read(folder)) == [("x.txt", "is an empty folder")]


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe.txt")
    assert faults(read(tmp_path / "missing.txt")) == [("missing.txt", "cannot be read (No such file or directory)")]
    assert faults(read(tmp_path)) == [
        ("gone.txt", "cannot be read (No such file or directory)"),
        ("loop", "is a link that leads out of the folder, or to itself"),
        ("pipe.txt", "is not a regular file"),
    ]


def test_links_inside_are_followed_and_links_out_are_not(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text(STORY)
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a.txt").write_text(STORY)
    (folder / "link.txt").symlink_to(folder / "sub" / "a.txt")
    (folder / "out.txt").symlink_to(outside)
    (folder / "round").symlink_to(folder)
    found = read(folder)
    assert len([thing for thing in found if isinstance(thing, Article)]) == 2
    assert faults(found) == [("out.txt", "is a link that leads out of the folder, or to itself")]


def test_a_name_that_is_no_text_can_still_be_kept(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/bad\xff.txt"
    Path(os.fsdecode(path)).write_bytes(b"")
    (fault,) = read(tmp_path)
    assert isinstance(fault, Fault)
    fault.which.encode("utf-8")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes(b"word " * 1_000)
    small = type(SETTINGS)(max_file_bytes=4_999)
    (fault,) = read_path(path, options=Options(), taken_at=NOW, settings=small)
    assert isinstance(fault, Fault)
    assert fault.why == "is too large: at most 4,999 bytes are read; see max_file_bytes"


def test_json_lines_give_an_article_each_and_a_fault_for_each_bad_line(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": 7, "title": "One", "text": STORY, "outlet": "Vell Courier", "published": "2031-05-13"}),
        "",
        "{not json",
        "[1]",
        "[" * 100_000,
        json.dumps({"text": ""}),
        json.dumps({"text": 5}),
        json.dumps({"text": STORY, "published_at": "2033-01-01"}),
        json.dumps({"text": STORY, "published_at": "soon"}),
        json.dumps({"text": f"Two\u2028{STORY}", "url": "javascript:alert(1)"}, ensure_ascii=False),
    ]
    path = tmp_path / "many.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    found = read(path, Options(title="ignored", url="https://ignored.example"))
    one, two = (thing for thing in found if isinstance(thing, Article))
    assert (one.title, one.outlet_name, one.url) == ("One", "Vell Courier", None)
    assert (two.title, two.published_at, two.url) == (None, None, None)
    assert faults(found) == [
        ("many.jsonl, line 3", "is not JSON (Expecting property name enclosed in double quotes)"),
        ("many.jsonl, line 4", "is not a JSON object"),
        ("many.jsonl, line 5", "is not JSON (RecursionError)"),
        ("many.jsonl, line 6", "is empty"),
        ("many.jsonl, line 7", 'has "text" that is not a text'),
        ("many.jsonl, line 8", "published 2033-01-01 00:00 UTC lies in the future: check the date or give --published"),
        ("many.jsonl, line 9", "has a time of publication that is not understood (soon)"),
    ]


def test_json_lines_obey_the_person_about_outlet_and_date() -> None:
    body = json.dumps({"text": STORY, "outlet": "Vell Courier", "published": "soon"}).encode()
    options = Options(outlet="Harbour FM", published_at=NOW)
    (article,) = read_document(body, name="x.jsonl", options=options, taken_at=NOW, settings=SETTINGS)
    assert isinstance(article, Article)
    assert (article.outlet_name, article.published_at) == ("Harbour FM", NOW)


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY)
    (tmp_path / "b.txt").write_text("")
    assert read(tmp_path) == read(tmp_path)


# --- lists of feeds


def test_feeds_of_a_list_wait_for_a_person() -> None:
    feeds = load_opml(OPML, "feeds.opml")
    assert [(feed.address, feed.title, feed.confirmed_at) for feed in feeds] == [
        ("https://courier.example/rss", "Vell & Courier", None),
        ("http://sarn.example/atom.xml", "Sarn", None),
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is not XML"),
        (b"Not a list", "is not XML"),
        (b"<rss/>", "is not OPML: its root is <rss>"),
        (b"<opml><body/></opml>", "lists no feeds"),
        (BOMB, "declares XML entities"),
        (b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]><opml><outline xmlUrl="&x;"/></opml>', "entit"),
        (b"<opml>" + b"<outline>" * 5_000, "is not XML"),
    ],
)
def test_bad_lists_are_refused(body: bytes, reason: str) -> None:
    with pytest.raises(IntakeError, match=f"'feeds.opml': .*{reason}"):
        load_opml(body, "feeds.opml")


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
FEEDS = st.builds(
    lambda number, title: Feed(
        feed_id(f"https://f.example/{number}"), f"https://f.example/{number}?a=1&b=2", title=title
    ),
    st.integers(0, 50),
    NAMES,
)


@UNHURRIED
@given(st.lists(FEEDS, min_size=1, unique_by=lambda feed: feed.address))
def test_a_list_comes_back_as_it_was_written(feeds: list[Feed]) -> None:
    back = load_opml(write_opml(feeds, ()).encode(), "x.opml")
    assert sorted(feed.address for feed in feeds) == [feed.address for feed in back]


def test_a_written_list_names_outlets_and_holds_no_secrets() -> None:
    outlet = Outlet(outlet_id("Vell Courier"), "Vell Courier")
    text = write_opml([Feed("fed_1", "https://user:secret@courier.example/rss", outlet.id)], [outlet])
    assert 'text="Vell Courier"' in text
    assert "secret" not in text
