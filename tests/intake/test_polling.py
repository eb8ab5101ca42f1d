"""Feeds: what they list, how a round goes, when the next is due."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.conftest import NOW, PARAGRAPHS, SETTINGS, STORY, UNHURRIED, Reply, Server, make_page
from tocsin.errors import IntakeError
from tocsin.intake import FeedRound, GuardedFetcher, due_feeds, poll_feed
from tocsin.intake.entries import FULL_TEXT_CHARS, is_whole, parse_feed, take_newest
from tocsin.intake.listings import MAX_ENTRIES
from tocsin.intake.polling import OWED_FOR, PAGES_PER_ROUND, ROUND_SECONDS
from tocsin.intake.schedule import CLOCK_SLACK, MOST_WAIT, note_failure, note_success
from tocsin.records import Feed, feed_id, outlet_id

WHEN = datetime(2031, 5, 13, 16, 5, tzinfo=UTC)
WHOLE = "".join(f"<p>{p}</p>" for p in PARAGRAPHS * 4)


def make_entry(
    number: int, *, html: str = WHOLE, when: datetime | None = WHEN, link: str | None = None, extra: str = ""
) -> str:
    date = f"<pubDate>{format_datetime(when)}</pubDate>" if when else ""
    return (
        f"<item><title>Gate {number} &amp;amp; quay</title><link>{link or f'/news/{number}'}</link>{date}"
        f"<description><![CDATA[{html}]]></description>{extra}</item>"
    )


def make_rss(*entries: str, title: str = "Vell Courier", before: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{before}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{title}</title>{''.join(entries)}</channel></rss>"
    ).encode()


ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Sarn Radio</title>
<entry><id>tag:sarn.example,1</id><title type="html">Quay &lt;b&gt;shut&lt;/b&gt;</title>
<link rel="alternate" href="news/1"/><updated>2031-05-13T18:05:00+02:00</updated>
<content type="html"><![CDATA[{WHOLE}]]></content></entry>
<entry><id>tag:sarn.example,2</id><title>Second</title><link href="news/2"/>
<published>2031-05-12T10:00:00Z</published><updated>2031-05-13T10:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{WHOLE}</div></content></entry></feed>""".encode()


def read(
    feed: Feed,
    fetcher: GuardedFetcher,
    known: Sequence[str] = (),
    now: datetime = NOW,
    outlet_name: str | None = None,
) -> FeedRound:
    return poll_feed(
        feed,
        fetcher,
        now=now,
        settings=SETTINGS,
        known=lambda urls: set(urls) & set(known),
        outlet_name=outlet_name,
    )


@pytest.fixture
def feed(server: Server) -> Feed:
    address = f"{server.address}/feed"
    return Feed(feed_id(address), address, confirmed_at=NOW - timedelta(days=1))


def serve(server: Server, body: bytes, kind: str = "application/rss+xml", **headers: str) -> None:
    server.replies["/feed"] = Reply(body, kind, headers={k.replace("_", "-"): v for k, v in headers.items()})


# --- what feeds list


def test_rss_with_whole_texts(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    serve(server, make_rss(make_entry(1)), ETag='"v1"', Last_Modified="Tue, 13 May 2031 16:05:00 GMT")
    got = read(feed, fetcher)
    (article,) = got.articles
    assert article.title == "Gate 1 & quay"
    assert article.text == "\n\n".join(("Gate 1 & quay", *PARAGRAPHS * 4))
    assert (article.outlet_name, article.published_at) == ("Vell Courier", WHEN)
    assert article.url == f"{server.address}/news/1"
    assert got.faults == ()
    assert got.feed == replace(
        feed, title="Vell Courier", etag='"v1"', last_modified="Tue, 13 May 2031 16:05:00 GMT", fetched_at=NOW,
        succeeded_at=NOW, next_due_at=NOW + timedelta(minutes=15),
    )  # fmt: skip
    assert server.paths() == ["/feed"]


def test_atom_and_its_dates(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    serve(server, ATOM, "application/atom+xml")
    first, second = read(feed, fetcher).articles
    assert (first.title, first.published_at, first.url) == ("Quay shut", WHEN, f"{server.address}/news/1")
    assert (second.title, second.published_at) == ("Second", datetime(2031, 5, 12, 10, tzinfo=UTC))
    assert second.text.endswith(STORY)


def test_json_feed(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    listed = [
        {
            "id": "1",
            "url": "/news/1",
            "title": "One",
            "content_html": WHOLE,
            "date_published": "2031-05-13T18:05:00+02:00",
        },
        {"id": 2, "content_text": "A <b> stays & so on. " + STORY * 4, "date_modified": "2031-05-12T10:00:00Z"},
        "no object",
    ]
    body = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour FM", "items": listed}
    serve(server, json.dumps(body).encode(), "application/feed+json")
    one, two = read(feed, fetcher).articles
    assert (one.title, one.outlet_name, one.published_at) == ("One", "Harbour FM", WHEN)
    assert two.text.startswith("A <b> stays & so on. Dockers")
    assert two.url == f"{feed.address}#2"
    assert two.title is None


def test_a_feed_without_dates_dates_nothing(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    odd = make_entry(2, when=None, extra="<pubDate>yesterday</pubDate>")
    serve(server, make_rss(make_entry(1, when=None), odd))
    assert [article.published_at for article in read(feed, fetcher).articles] == [None, None]


def test_an_entry_may_name_another_outlet_as_its_origin(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    extra = '<source url="https://sarn.example/rss">Sarn Radio</source>'
    serve(server, make_rss(make_entry(1, extra=extra), make_entry(2)))
    known = replace(feed, outlet_id=outlet_id("Vell Courier"))
    named = [(a.outlet_name, a.outlet_id) for a in read(known, fetcher, outlet_name="Courier of Vell").articles]
    assert named == [
        ("Sarn Radio", outlet_id("Sarn Radio")),
        ("Courier of Vell", outlet_id("Vell Courier")),
    ]


def test_careless_xml_is_still_read(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    body = make_rss(make_entry(1)).replace(b"Gate 1 &amp;amp; quay", b"Fish & chips &nbsp; quay") + b"\n<p>trailing"
    serve(server, body)
    (article,) = read(feed, fetcher).articles
    assert article.title is not None
    assert article.title.startswith("Fish & chips")


@UNHURRIED
@given(st.binary(max_size=200), st.sampled_from([b"", b"<rss>", b"<?xml version='1.0'?><feed>", b"{", b'{"version":']))
def test_no_bytes_break_the_reader(body: bytes, start: bytes) -> None:
    with suppress(IntakeError):
        parse_feed(start + body, name="x", base="https://x.example/", content_type=None)


@UNHURRIED
@given(st.lists(st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))), max_size=30), st.integers(1, 40))
def test_the_newest_are_taken(dates: list[datetime | None], most: int) -> None:
    body = make_rss(*(make_entry(i, when=None) for i in range(len(dates))))
    entries = parse_feed(body, name="x", base="https://x.example/", content_type=None).entries if dates else ()
    dated = [replace(entry, published_at=when) for entry, when in zip(entries, dates, strict=True)]
    taken = take_newest(dated, most)
    assert len(taken) == min(most, len(dated))
    left = [entry.published_at for entry in dated if entry not in taken and entry.published_at]
    kept = [entry.published_at for entry in taken if entry.published_at]
    assert not left or (len(kept) == most and max(left) <= min(kept))


@pytest.mark.parametrize("end", ["...", "\u2026", "[\u2026]", "Read more \u00bb", "Continue reading", "Keep reading."])
def test_a_text_that_is_cut_off_is_not_whole(end: str) -> None:
    long = "word " * FULL_TEXT_CHARS
    assert is_whole(long + "at last.")
    assert not is_whole(long + end)
    assert not is_whole("Short.")


# --- pages of entries


def test_short_entries_are_fetched_as_pages(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    serve(server, make_rss(make_entry(1, html="A strike."), title="Vell Courier"))
    server.replies["/news/1"] = Reply(make_page(title="Another headline").encode())
    (article,) = read(feed, fetcher).articles
    assert article.title == "Gate 1 & quay"
    assert article.text.endswith(STORY)
    assert (article.outlet_name, article.published_at) == ("Vell Courier", WHEN)
    assert server.paths() == ["/feed", "/news/1"]


@pytest.mark.parametrize("reply", [Reply(status=404), Reply(b"<html><body></body></html>"), Reply(b"%PDF-1.5")])
def test_the_summary_stands_in_for_a_page_that_cannot_be_had(
    server: Server, feed: Feed, fetcher: GuardedFetcher, reply: Reply
) -> None:
    serve(server, make_rss(make_entry(1, html="A strike &amp; a gate."), make_entry(2, html="")))
    server.replies |= {"/news/1": reply, "/news/2": reply}
    got = read(feed, fetcher)
    assert [article.text for article in got.articles] == ["Gate 1 & quay\n\nA strike & a gate."]
    (fault,) = got.faults
    assert fault.which == f"{server.address}/news/2"


def test_pages_that_robots_may_not_fetch_are_not_fetched(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    server.replies["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /news/", "text/plain")
    serve(server, make_rss(make_entry(1, html="A strike.")))
    assert [article.text for article in read(feed, fetcher).articles] == ["Gate 1 & quay\n\nA strike."]
    assert server.paths() == ["/feed"]


def test_what_is_known_is_not_fetched_again(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    serve(server, make_rss(make_entry(1, html="A strike."), make_entry(2)))
    got = read(feed, fetcher, known=[f"{server.address}/news/1", f"{server.address}/news/2"])
    assert (got.articles, got.faults, server.paths()) == ((), (), ["/feed"])


def test_an_entry_listed_twice_is_taken_once(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    serve(server, make_rss(make_entry(1), make_entry(1)))
    assert len(read(feed, fetcher).articles) == 1


def test_entries_that_lead_nowhere_good_are_not_followed(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    bad = [
        make_entry(i, html="Words.", link=link) for i, link in enumerate(["javascript:alert(1)", "file:///etc/passwd"])
    ]
    serve(server, make_rss(*bad, make_entry(3, html="Words.", link="http://169.254.169.254/latest")))
    got = read(feed, fetcher)
    assert all(article.text.endswith("Words.") for article in got.articles)
    assert sorted((article.url or "").partition("#")[0] for article in got.articles) == sorted(
        [feed.address, feed.address, "http://169.254.169.254/latest"]
    )
    assert server.paths() == ["/feed"]


def test_the_rest_of_the_pages_comes_in_the_next_round(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    count = PAGES_PER_ROUND + 5
    serve(server, make_rss(*(make_entry(i, html="A strike.") for i in range(count))), ETag='"v1"')
    for number in range(count):
        server.replies[f"/news/{number}"] = Reply(make_page().encode())
    first = read(feed, fetcher)
    assert len(first.articles) == PAGES_PER_ROUND
    assert [fault.why for fault in first.faults] == [
        f"5 entries are left to the next round: {PAGES_PER_ROUND} pages are fetched in one"
    ]
    assert first.feed.etag is None
    second = read(first.feed, fetcher, known=[article.url for article in first.articles if article.url])
    assert (len(second.articles), second.faults, second.feed.etag) == (5, (), '"v1"')


def test_pages_that_fail_each_time_keep_no_older_ones_out(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    count = PAGES_PER_ROUND + 10
    serve(server, make_rss(*(make_entry(i, html="", when=WHEN - timedelta(minutes=i)) for i in range(count))))
    for number in range(PAGES_PER_ROUND, count):  # the newest, as many as a round fetches, are gone
        server.replies[f"/news/{number}"] = Reply(make_page().encode())
    known: list[str] = []
    for round_ in range(30):
        got = read(feed, fetcher, known, now=NOW + timedelta(minutes=15 * round_))
        known += [article.url for article in got.articles if article.url]
    assert len(set(known)) == 10


def test_a_round_that_takes_long_leaves_the_rest_to_the_next(
    server: Server, feed: Feed, fetcher: GuardedFetcher
) -> None:
    serve(server, make_rss(*(make_entry(i, html="") for i in range(3)), make_entry(9)), ETag='"v1"')
    for number in range(3):
        server.replies[f"/news/{number}"] = Reply(make_page().encode())
    ticks = iter(range(0, 10_000, int(ROUND_SECONDS * 0.7)))
    got = poll_feed(
        feed, fetcher, now=NOW, settings=SETTINGS, known=lambda _: set(), seconds=lambda: float(next(ticks))
    )
    assert len(got.articles) == 2, "one page, and what needs none"
    assert "2 entries are left to the next round: its pages are slow" in got.faults[0].why
    assert got.feed.etag is None


@pytest.mark.parametrize(
    ("status", "age", "etag"),
    [(503, timedelta(0), None), (429, timedelta(0), None), (404, timedelta(0), '"v1"'), (503, 2 * OWED_FOR, '"v1"')],
)
def test_a_page_that_may_come_back_is_asked_for_again_though_the_feed_has_not_changed(
    server: Server, feed: Feed, fetcher: GuardedFetcher, status: int, age: timedelta, etag: str | None
) -> None:
    serve(server, make_rss(make_entry(1, html="", when=NOW - age)), ETag='"v1"')
    server.replies["/news/1"] = Reply(status=status)
    assert read(feed, fetcher).feed.etag == etag


# --- rounds that bring nothing


def test_an_unchanged_feed(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    def answer(headers: dict[str, str]) -> Reply:
        return Reply(status=304 if headers.get("if-none-match") == '"v1"' else 500)

    server.replies["/feed"] = answer
    tagged = replace(feed, etag='"v1"', failures=3, problem="answers with status 500")
    got = read(tagged, fetcher)
    assert (got.articles, got.feed.failures, got.feed.problem, got.feed.etag) == ((), 0, None, '"v1"')
    assert got.feed.next_due_at == NOW + timedelta(minutes=15)


def test_a_failing_feed_is_asked_less_and_less_often(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    server.replies["/feed"] = Reply(status=500)
    waits = []
    for _ in range(10):
        feed = read(feed, fetcher).feed
        assert feed.next_due_at is not None
        waits.append((feed.next_due_at - NOW) // timedelta(minutes=15))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 96, 96, 96]
    assert (feed.failures, feed.problem, feed.succeeded_at) == (10, "answers with status 500", None)


def test_a_server_that_asks_to_be_left_alone_is(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    server.replies["/feed"] = Reply(status=429, headers={"Retry-After": "7200"})
    assert read(feed, fetcher).feed.next_due_at == NOW + timedelta(hours=2)
    server.replies["/feed"] = Reply(status=503, headers={"Retry-After": "99999999"})
    assert read(feed, fetcher).feed.next_due_at == NOW + timedelta(hours=24)


def test_a_feed_that_is_gone_is_turned_off(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    server.replies["/feed"] = Reply(status=410)
    gone = read(feed, fetcher).feed
    assert (gone.is_off, gone.problem) == (True, "answers with status 410 (gone): turned off")
    assert due_feeds([gone], NOW + timedelta(days=99)) == []


BOMB = (
    '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "is empty"),
        (b"Server error", "is no feed but something else"),
        (make_page().encode(), "is no feed but a web page"),
        (b"<html><body>gone", "is no feed but a web page"),
        (b"<rss", "is no"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "is JSON but no JSON Feed"),
        (b'{"a": ' + b"[" * 100_000, "is not JSON"),
        (make_rss(make_entry(1, html="&d;"), title="&d;", before=BOMB), "declares XML entities"),
        (
            make_rss(title="&x;", before='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
            "declares XML entities",
        ),
        (b"<rss><channel>" + b"<item>" * 5_000, "is not XML"),
        (b"<rss><channel>" + b"<item/>" * 10_001, "lists more than 10,000 entries"),
        (b"%PDF-1.7", "is no feed but something else"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + b"{}," * 10_000 + b"{}]}", "lists more than"),
    ],
)
def test_what_is_no_feed_is_a_problem_of_the_feed(
    server: Server, feed: Feed, fetcher: GuardedFetcher, body: bytes, problem: str
) -> None:
    serve(server, body, "application/xml")
    got = read(feed, fetcher)
    assert (got.articles, got.feed.failures) == ((), 1)
    assert got.feed.problem is not None
    assert problem in got.feed.problem


def test_a_feed_on_a_private_network_is_a_problem(server: Server, feed: Feed) -> None:
    got = read(feed, GuardedFetcher(replace(SETTINGS, fetch_private=False)))
    assert got.feed.problem is not None
    assert "is a loopback address: only public addresses are fetched" in got.feed.problem
    assert server.asked == []


@pytest.mark.parametrize("charset", ["punycode", "unicode_escape", "utf-7", "idna", "zip", "no-such-code"])
def test_no_charset_hides_what_a_feed_lists(charset: str) -> None:
    hidden = b"\\x3citem/>+ADw-item/+AD4-" * (MAX_ENTRIES + 1)
    body = b"<rss version='2.0'><channel><item><title>Open</title></item></channel></rss><?x -" + hidden + b"?>"
    content = parse_feed(body, name="x", base="https://x.example/", content_type=f"text/xml; charset={charset}")
    assert [entry.title for entry in content.entries] == ["Open"]


@pytest.mark.parametrize("charset", ["windows-1251", "utf-16", "iso-2022-jp"])
def test_a_feed_is_read_in_the_charset_that_it_names(charset: str) -> None:
    title = "\u041c\u043e\u0441\u0442"
    body = f"<?xml version='1.0' encoding='{charset}'?><rss version='2.0'><channel><item><title>{title}</title></item>"
    content = parse_feed(
        (body + "</channel></rss>").encode(charset), name="x", base="https://x.example/", content_type=None
    )
    assert [entry.title for entry in content.entries] == [title]


@pytest.mark.parametrize(
    "inner",
    [b"<author>" + b"a" * 200_000 + b"</author>", b"<link/>" * 20_000, b"&" + b"<b>" * 60_000],
    ids=["author", "links", "careless"],
)
def test_what_takes_the_square_of_its_length_takes_no_longer_than_it_may(inner: bytes) -> None:
    body = b"<rss version='2.0'><channel><item><title>a</title>" + inner + b"</item></channel></rss>"
    hasty = replace(SETTINGS, document_timeout_seconds=3.0)
    told = "read"
    try:  # a quick machine reads some of them in time; the limit of the test itself would end an endless one
        parse_feed(body, name="x", base="https://x.example/", content_type=None, settings=hasty)
    except IntakeError as why:
        told = why.why
    assert told.startswith(("read", "took longer than 3 s to read"))


def test_what_is_read_apart_is_read_the_same() -> None:
    items = "".join(make_entry(n) for n in range(30))
    ordinary = f"<rss version='2.0'><channel><title>Vell Courier</title>{items}</channel></rss>".encode()
    careless = ordinary.replace(b"Vell Courier", b"Vell & Courier")
    here, apart = (parse_feed(b, name="x", base="https://x.example/", content_type=None) for b in (ordinary, careless))
    assert apart.title == "Vell & Courier"
    assert apart.entries == here.entries
    assert len(here.entries) == 30


# --- entries that cannot be taken


@pytest.mark.parametrize(
    "link", ["http://[", "//[x]/", "http://xn--a.example/", "http://x.example:99999999/", "http://a:b/"]
)
@pytest.mark.parametrize("is_json", [True, False])
def test_an_odd_link_costs_its_entry_and_no_more(
    server: Server, feed: Feed, fetcher: GuardedFetcher, link: str, is_json: bool
) -> None:
    if is_json:
        whole = {"id": "2", "title": "Gate 2 & quay", "url": "/news/2", "content_html": WHOLE}
        odd = {"id": "1", "title": "Odd", "url": link, "content_text": ""}
        listed = {"version": "https://jsonfeed.org/version/1.1", "items": [odd, whole]}
        serve(server, json.dumps(listed).encode(), "application/feed+json")
    else:
        serve(server, make_rss(make_entry(1, html="", link=link), make_entry(2)))
    got = read(feed, fetcher)
    assert (got.feed.problem, len(got.faults)) == (None, 1)
    assert [article.title for article in got.articles] == ["Gate 2 & quay"]


def test_one_bad_entry_does_not_stop_the_others(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    future = make_entry(2, when=NOW + timedelta(days=30))
    long = make_entry(3, html="word " * 12_000)
    serve(server, make_rss(make_entry(1), future, long, make_entry(4)))
    got = read(feed, fetcher)
    assert sorted(article.title or "" for article in got.articles) == ["Gate 1 & quay", "Gate 4 & quay"]
    whys = {fault.which.rpartition("/")[2]: fault.why for fault in got.faults}
    assert "lies in the future" in whys["2"]
    assert "is too long" in whys["3"]


def test_a_future_date_is_not_hidden_by_the_summary(server: Server, feed: Feed, fetcher: GuardedFetcher) -> None:
    serve(server, make_rss(make_entry(1, html="Short.", when=None)))
    head = '<meta property="article:published_time" content="2040-01-01T00:00:00Z">'
    server.replies["/news/1"] = Reply(make_page(head=head).encode())
    got = read(feed, fetcher)
    assert got.articles == ()
    assert "lies in the future" in got.faults[0].why


def test_a_feed_of_5000_entries(server: Server, feed: Feed) -> None:
    roomy = replace(SETTINGS, fetch_max_bytes=10_000_000, feed_max_entries=50)
    first = WHEN - timedelta(minutes=5_000)
    serve(server, make_rss(*(make_entry(i, when=first + timedelta(minutes=i)) for i in range(5_000))))
    got = poll_feed(feed, GuardedFetcher(roomy), now=NOW, settings=roomy, known=lambda _: set())
    assert [article.title for article in got.articles] == [f"Gate {i} & quay" for i in range(4_999, 4_949, -1)]
    assert [(fault.which, fault.why) for fault in got.faults] == [
        (feed.address, "lists 5,000 entries: the newest 50 are taken")
    ]


def test_no_secret_of_an_address_is_told(server: Server) -> None:
    address = f"http://user:secret@127.0.0.1:{server.port}/feed"
    serve(server, make_rss(*(make_entry(i, html="") for i in range(2))))
    got = read(Feed(feed_id(address), address, confirmed_at=NOW), GuardedFetcher(SETTINGS))
    server.replies["/feed"] = Reply(status=500)
    failed = read(Feed(feed_id(address), address, confirmed_at=NOW), GuardedFetcher(SETTINGS))
    assert "secret" not in repr(got.faults) + repr(got.articles) + str(failed.feed.problem)


# --- the schedule

INSTANTS = st.timedeltas(timedelta(0), timedelta(days=700)).map(lambda since: WHEN + since)
FEEDS = st.builds(
    Feed,
    st.text("abc", min_size=1, max_size=4),
    st.just("https://x.example/"),
    confirmed_at=st.none() | INSTANTS,
    is_off=st.booleans(),
    next_due_at=st.none() | INSTANTS,
    interval_minutes=st.integers(0, 3_000),
    failures=st.integers(0, 10_000),
)


@UNHURRIED
@given(st.lists(FEEDS, max_size=20), INSTANTS)
def test_only_confirmed_feeds_that_are_due_are_due(feeds: list[Feed], now: datetime) -> None:
    due = due_feeds(feeds, now)
    for feed in feeds:
        longest = now + max(MOST_WAIT, timedelta(minutes=feed.interval_minutes)) + CLOCK_SLACK
        is_time = feed.next_due_at is None or feed.next_due_at <= now or feed.next_due_at > longest
        is_due = feed.confirmed_at and not feed.is_off and is_time
        assert (feed in due) == bool(is_due)
    never = datetime.min.replace(tzinfo=UTC)
    turns = [(feed.failures > 0, feed.next_due_at or never) for feed in due]
    assert turns == sorted(turns), "all on one machine: those that failed last, else those that waited longest first"


def test_one_feed_of_each_machine_comes_before_a_second_of_any_and_failing_ones_last() -> None:
    def make(id_: str, machine: str, minutes: int, failures: int = 0) -> Feed:
        due = NOW - timedelta(minutes=minutes)
        return Feed(id_, f"https://{machine}/{id_}", confirmed_at=NOW, next_due_at=due, failures=failures)

    feeds = [
        make("hill-1", "hill.example", 50), make("hill-2", "HILL.example", 40), make("hill-3", "hill.example", 30),
        make("torin", "torin.example", 20), make("vale", "vale.example", 10),
        make("broken", "broken.example", 90, failures=1), make("hill-4", "hill.example", 80, failures=7),
    ]  # fmt: skip
    order = [feed.id for feed in due_feeds(feeds, NOW)]
    assert order == ["hill-1", "torin", "vale", "hill-2", "hill-3", "broken", "hill-4"]


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=365)])
def test_a_clock_that_was_ahead_keeps_no_feed_waiting(ahead: timedelta) -> None:
    feed = note_success(Feed("a", "https://x.example/", confirmed_at=NOW), NOW + ahead)
    assert due_feeds([feed], NOW) == [feed]
    assert due_feeds([note_success(feed, NOW)], NOW) == []
    other = note_success(feed, NOW + timedelta(minutes=1))
    assert due_feeds([other], NOW) == [], "another machine's clock may differ a little"


@UNHURRIED
@given(FEEDS, INSTANTS, st.none() | st.integers(0, 10**9))
def test_the_wait_is_never_under_15_minutes_nor_endless(feed: Feed, now: datetime, retry: int | None) -> None:
    failed = note_failure(feed, "why", now, retry_after_seconds=retry).next_due_at
    done = note_success(feed, now).next_due_at
    assert failed is not None
    assert done is not None
    assert timedelta(minutes=15) <= failed - now <= MOST_WAIT
    assert done - now >= timedelta(minutes=15)
