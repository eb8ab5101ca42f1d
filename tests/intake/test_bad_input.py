"""Everything bad that people hand in: one clear line naming the thing and the reason, and the rest goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.intake.conftest import NOW, STORY, make_page
from tocsin.errors import FetchError
from tocsin.intake import GuardedFetcher, Options, parse_time, poll_feed, read_document, read_path
from tocsin.intake.documents import Found
from tocsin.records import Article, Fault, Feed
from tocsin.settings import Settings

Bad = Callable[[Path], object]

BAD: dict[str, tuple[Bad, str]] = {
    "empty.txt": (lambda path: path.write_bytes(b""), "is empty"),
    "blank.md": (lambda path: path.write_bytes(b"---\ntitle: Nothing below\n---\n\n \n"), "is empty"),
    "scan.txt": (lambda path: path.write_bytes(b"%PDF-1.7\n\x00"), "is no PDF that can be read: "),
    "photo.html": (lambda path: path.write_bytes(b"\xff\xd8\xff\xe0\x00JFIF"), "is binary (looks like JPEG image): "),
    "long.txt": (
        lambda path: path.write_text("Nothing new was said in Port Vell today. " * 250_000),
        "is too long: 10,250,000 characters, at most 1,500,000 are read",
    ),
    "long.html": (
        lambda path: path.write_text(f"<html><body><article><p>{'Nothing new was said. ' * 450_000}"),
        "is too long: 9,899,999 characters, at most 1,500,000 are read",
    ),
    "future.md": (
        lambda path: path.write_text(f"---\npublished: 2041-05-14\n---\n{STORY}"),
        "published 2041-05-14 00:00 UTC lies in the future: check the date or give --published",
    ),
    "menu.html": (lambda path: path.write_text("<html><body><nav>Home</nav></body></html>"), "has no article text"),
    "feed.xml": (lambda path: path.write_text("<rss><channel/></rss>"), "is of a kind that is not read (.xml): "),
    "feeds.opml": (lambda path: path.write_text("no list at all"), "is not XML ("),
    "gone.txt": (lambda path: path.symlink_to(path.with_name("nowhere")), "cannot be read (No such file or directory)"),
    "lines.jsonl": (lambda path: path.write_text('{"text": "half a li'), "is not JSON ("),
}  # fmt: skip


def read(path: Path) -> list[Found]:
    return list(read_path(path, options=Options(), taken_at=NOW, settings=Settings()))


@pytest.mark.parametrize("name", BAD)
def test_one_line_names_the_thing_and_the_reason(tmp_path: Path, name: str) -> None:
    make, reason = BAD[name]
    make(tmp_path / name)
    start = time.monotonic()
    (fault,) = read(tmp_path / name)
    assert time.monotonic() - start < 20
    assert isinstance(fault, Fault)
    assert str(tmp_path / name) in fault.which
    assert fault.why.startswith(reason)
    assert "\n" not in fault.which + fault.why


def test_the_rest_of_the_batch_goes_on(tmp_path: Path) -> None:
    for make_bad, name in [(make, name) for name, (make, _) in BAD.items()]:
        make_bad(tmp_path / name)
    (tmp_path / "a first.txt").write_text(STORY)
    (tmp_path / "z last.html").write_text(make_page())
    found = read(tmp_path)
    assert sum(isinstance(thing, Article) for thing in found) == 2
    assert sum(isinstance(thing, Fault) for thing in found) == len(BAD)


def test_wrong_encodings_are_told_or_refused() -> None:
    text = "Część załogi przerwała pracę w porcie Wel, bo rozmowy zakończyły się niczym."
    body = text.encode("cp1250")
    (article,) = read_document(
        body,
        name="a.txt",
        content_type="text/plain; charset=utf-8",
        options=Options(),
        taken_at=NOW,
        settings=Settings(),
    )
    assert isinstance(article, Article)
    assert article.text == text
    noise = bytes(range(128, 160)) * 40
    (fault,) = read_document(noise, name="a.txt", options=Options(), taken_at=NOW, settings=Settings())
    assert isinstance(fault, Fault)
    assert fault.why == "is in an encoding that cannot be told: save it as UTF-8"


def test_no_date_stays_no_date(tmp_path: Path) -> None:
    (tmp_path / "2031-05-13 report.txt").write_text(STORY)
    (tmp_path / "page.html").write_text(make_page())
    assert [thing.published_at for thing in read(tmp_path) if isinstance(thing, Article)] == [None, None]


def test_the_same_article_under_three_addresses_is_one_article(tmp_path: Path) -> None:
    lines = [
        json.dumps(
            {"title": "Gate shut", "text": STORY, "outlet": "Vell Courier", "published": "2031-05-13", "url": url}
        )
        for url in ("https://courier.example/a", "https://courier.example/a?from=front", "https://m.courier.example/a")
    ]
    (tmp_path / "three.jsonl").write_text("\n".join(lines))
    found = [thing for thing in read(tmp_path) if isinstance(thing, Article)]
    assert len(found) == 3
    assert len({article.id for article in found}) == 1
    assert len({article.url for article in found}) == 3


def test_an_address_on_a_private_network() -> None:
    fetcher = GuardedFetcher(Settings(), resolver=lambda *_: ["192.168.1.1"])
    with pytest.raises(FetchError) as caught:
        fetcher.fetch("https://news.example/a")
    assert str(caught.value) == (
        "address: 'https://news.example/a': leads to news.example (192.168.1.1), which is on a private or reserved "
        "network: only public addresses are fetched"
    )
    feed = Feed("fed_a", "https://news.example/rss", confirmed_at=NOW)
    got = poll_feed(feed, fetcher, now=NOW, settings=Settings(), known=lambda _: set())
    assert (got.feed.failures, got.articles) == (1, ())
    assert got.feed.problem is not None
    assert "private or reserved network" in got.feed.problem


@pytest.mark.parametrize("text", ["0001-01-02", "2 January 0099", "1499-12-31"])
def test_a_time_before_there_was_news_is_no_time(text: str) -> None:
    assert parse_time(text) is None


def test_a_time_before_there_was_news_is_refused_where_a_program_gives_it() -> None:
    options = Options(published_at=datetime(1, 1, 2, tzinfo=UTC))
    (fault,) = read_document(STORY.encode(), name="old.txt", options=options, taken_at=NOW, settings=Settings())
    assert isinstance(fault, Fault)
    assert fault.why.startswith("published 0001-01-02 lies before there was news")
