"""The ways in which strangers would have the desk ask machines that are none of theirs."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.intake.conftest import NOW, Reply, Server
from tocsin.errors import FetchError, IntakeError
from tocsin.intake import GuardedFetcher, poll_feed, read_document
from tocsin.intake.articles import Options
from tocsin.records import Article, Feed, feed_id
from tocsin.settings import Settings

PUBLIC_ONLY = Settings()
#: Spellings of this machine and of a cloud's metadata service that one resolver or another understands.
SPELLINGS = (
    "127.0.0.1", "127.1", "127.000.000.001", "0177.0.0.1", "0x7f000001", "0x7f.0.0.1", "2130706433", "017700000001",
    "0", "0.0.0.0", "localhost", "localhost.", "LOCALHOST", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[::127.0.0.1]",
    "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3",
    "169.254.169.254", "0xa9fea9fe", "2852039166", "[::ffff:169.254.169.254]", "[fe80::1]", "[fd00:ec2::254]",
)  # fmt: skip


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port of this machine that must never be connected to."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(0.05)
        yield made
        with pytest.raises(TimeoutError):
            made.accept()


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_leads_inside(listener: socket.socket, host: str) -> None:
    with pytest.raises(FetchError):
        GuardedFetcher(PUBLIC_ONLY).fetch(f"http://{host}:{listener.getsockname()[1]}/latest/meta-data/")


@pytest.mark.parametrize(
    "address",
    [
        "http://news.example@127.0.0.1:{}/", "http://127.0.0.1:{}#@news.example/", "http://news.example:80@127.0.0.1:{}/",
        "http://127.0.0.1:{}\\@news.example/", "http:127.0.0.1:{}/", "http:///127.0.0.1:{}/", "//127.0.0.1:{}/",
        "\thttp://127.0.0.1:{}/", "http://127.0.0.1:{}\r\nHost: news.example/", "gopher://127.0.0.1:{}/", "dict://127.0.0.1:{}/",
    ],
)  # fmt: skip
def test_no_trick_of_an_address_leads_inside(listener: socket.socket, address: str) -> None:
    with pytest.raises(FetchError):
        GuardedFetcher(PUBLIC_ONLY).fetch(address.format(listener.getsockname()[1]))


def test_the_links_of_a_feed_lead_nowhere_inside(server: Server, listener: socket.socket) -> None:
    """The feed is on a machine that may be asked; what it lists is not."""
    port = listener.getsockname()[1]
    links = (
        "http://169.254.169.254/latest",
        "http://[fe80::1]/",
        f"file:///proc/self/environ?{port}",
        "http://0.0.0.0/",
    )
    entries = "".join(f"<item><title>T{n}</title><link>{link}</link></item>" for n, link in enumerate(links))
    server.replies["/rss"] = Reply(f"<rss version='2.0'><channel>{entries}</channel></rss>".encode(), "text/xml")
    address = f"{server.address}/rss"
    feed = Feed(feed_id(address), address, confirmed_at=NOW)
    fetcher = GuardedFetcher(Settings(fetch_private=True))
    got = poll_feed(feed, fetcher, now=NOW, settings=Settings(fetch_private=True), known=lambda _: set())
    assert got.articles == ()
    assert len(got.faults) == len(links)
    assert server.paths() == ["/rss"]


def test_what_a_page_says_of_itself_is_not_fetched(listener: socket.socket) -> None:
    """Canonical links, pictures, styles, frames and refreshes of a page are words of it and nothing more."""
    inside = f"http://127.0.0.1:{listener.getsockname()[1]}"
    words = (
        "Dockers in Port Vell put down their tools on Tuesday after talks over night shifts broke down, police said."
    )
    page = (
        f"<!doctype html><html><head><link rel=canonical href={inside}/c><link rel=stylesheet href={inside}/s>"
        f"<meta http-equiv=refresh content='0;url={inside}/r'><base href={inside}/>"
        f"<script src={inside}/j></script></head>"
        f"<body><img src={inside}/i><iframe src={inside}/f></iframe><article><p>{words}</p></article></body></html>"
    )
    (found,) = read_document(page.encode(), name="x.html", options=Options(), taken_at=NOW, settings=PUBLIC_ONLY)
    assert isinstance(found, Article)
    assert found.url is None


def test_a_refusal_says_what_why_and_what_to_do() -> None:
    with pytest.raises(IntakeError) as caught:
        GuardedFetcher(PUBLIC_ONLY).fetch("http://user:secret@127.0.0.1/")
    assert "secret" not in str(caught.value)
    assert str(caught.value).startswith("address: 'http://127.0.0.1/': leads to 127.0.0.1, which is a loopback address")
