"""Outlets and feeds on the page and through the API: health, order, lists in and out, the starter list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from tests.web.checking import find_faults, parse_page, read_token, read_words
from tests.web.test_changes import send
from tests.web.worlds import HOSTILE, NOW, World, make_client, open_empty
from tocsin.desk.outlets import FEED_ORDERS
from tocsin.intake import load_opml
from tocsin.knowledge.starter_feeds import load_starter_feeds
from tocsin.records import Feed, Outlet, feed_id, outlet_id


def read_feeds(text: str) -> list[list[str]]:
    """The table of feeds, a list of cells a row, from the page as it is without scripts."""
    rows = parse_page(text).xpath("//section[@aria-labelledby='feeds']//tbody/tr")
    return [[read_words(cell) for cell in row.xpath("./th | ./td")] for row in rows]


def keep(world: World, name: str, **given: object) -> Feed:
    address = f"https://{name}.example/rss"
    feed = Feed(feed_id(address), address, title=name, **given)  # type: ignore[arg-type]
    world.desk.store.save_feed(feed)
    return feed


def test_every_state_is_shown_with_its_fetches_and_its_problem(writer: TestClient, changing: World) -> None:
    hour = timedelta(hours=1)
    keep(changing, "alder", confirmed_at=NOW - hour, fetched_at=NOW, succeeded_at=NOW, next_due_at=NOW + hour)
    keep(changing, "birch", confirmed_at=NOW - 9 * hour, fetched_at=NOW - 9 * hour, succeeded_at=NOW - 9 * hour)
    keep(changing, "cedar", confirmed_at=NOW, failures=3, problem="answers with status 503 <b>", fetched_at=NOW)
    keep(changing, "elm", confirmed_at=NOW, is_off=True)
    keep(changing, "fir")
    keep(changing, "gorse", confirmed_at=NOW)
    rows = {row[0].split()[0]: row for row in read_feeds(writer.get("/outlets").text)}
    assert [rows[name][1].split()[0] for name in ("alder", "birch", "cedar", "elm", "fir")] == [
        "fresh", "late", "failing", "off", "unconfirmed",
    ]  # fmt: skip
    assert "answers with status 503 <b> 3 times in a row" in rows["cedar"][1]
    assert rows["alder"][2:4] == ["14 Mar 2026, 12:00 UTC", "in 60 min every 15 min"]
    assert rows["gorse"][1:3] == ["not fetched yet", "never"]
    assert rows["fir"][2:4] == ["never", "not scheduled every 15 min"]
    assert rows["elm"][3].startswith("not scheduled")
    assert not list(find_faults(writer.get("/outlets").text))


def test_what_an_outlet_gave_lately_is_counted(writer: TestClient, changing: World) -> None:
    rows = {row[0].split()[-1]: row for row in read_feeds(writer.get("/outlets").text)}
    # the Gazette: two articles this week and one twenty days ago, a claim more in the first of them
    assert rows["https://gazette.example/rss"][4:7] == ["2", "3", "4 7 days: 3"]
    assert rows["https://radio-orle.example/rss"][4:7] == ["1", "1", "4 7 days: 4"]
    told = {row["outlet"]["name"]: row["pace"] for row in writer.get("/api/outlets").json()["outlets"]}
    assert told["The Gazette"] == {"articles_7": 2, "claims_7": 3, "articles_28": 3, "claims_28": 4}
    feeds = {row["feed"]["address"]: row["pace"] for row in writer.get("/api/feeds").json()["feeds"]}
    assert feeds["https://gazette.example/rss"] == told["The Gazette"]
    assert list(feeds) == sorted(feeds)


def test_a_feed_without_an_outlet_counts_by_its_title(writer: TestClient, changing: World) -> None:
    keep(changing, "the gazette")
    row = next(row for row in read_feeds(writer.get("/outlets").text) if row[0].startswith("the gazette"))
    assert row[4:6] == ["2", "3"]


@pytest.mark.parametrize("order", sorted(FEED_ORDERS))
def test_feeds_are_ordered_by_the_address_bar(writer: TestClient, changing: World, order: str) -> None:
    keep(changing, "alder", confirmed_at=NOW, fetched_at=NOW, succeeded_at=NOW, articles=7)
    page = writer.get(f"/outlets?sort={order}").text
    assert not list(find_faults(page))
    sorted_by = parse_page(page).xpath("//th[@aria-sort]/a/@href")
    assert sorted_by == [f"/outlets?sort={order}#feeds"]
    first = read_feeds(page)[0]
    if order == "articles":
        assert first[0].startswith("alder")
    if order == "health":
        assert first[1].startswith("failing")
    if order in ("week", "month"):
        assert "gazette" in first[0]


def test_an_order_that_there_is_not_is_refused_in_words(client: TestClient) -> None:
    answer = client.get("/outlets?sort=colour")
    assert answer.status_code == 422
    assert "must be one of name, health" in read_words(parse_page(answer.text))
    assert client.get(f"/outlets?sort={'x' * 99}").status_code == 422


def test_a_grade_stands_with_its_reason_and_none_is_unreviewed(client: TestClient) -> None:
    rows = parse_page(client.get("/outlets").text).xpath("//section[@aria-labelledby='h-outlets']//tbody/tr")
    words = {read_words(row.xpath("./th")[0]).split(" XKX")[0].split(" SRB")[0]: read_words(row) for row in rows}
    assert "B usually reliable right three times in May" in words["Radio Orle"]
    assert "unreviewed" in words["The Gazette"]


def test_state_media_are_labelled_wherever_the_outlet_stands(writer: TestClient, changing: World) -> None:
    gazette = changing.desk.store.outlet(outlet_id("The Gazette"))
    places = [
        "/outlets",
        f"/articles/{changing.articles['gazette'].id}",
        f"/incidents/{changing.incidents['clash'].id}",
    ]
    for address in places:
        assert "state media" not in read_words(parse_page(writer.get(address).text)), address
    owned = replace(gazette, is_state_media=True, owner=f"the crown {HOSTILE}", terms="ask <first>")
    changing.desk.store.save_outlet(owned)
    for address in places:
        page = writer.get(address).text
        assert parse_page(page).xpath("//span[@class='badge' and normalize-space()='state media']"), address
        assert "<script>alert" not in page
        assert not list(find_faults(page)), address
    assert "terms: ask <first>" in read_words(parse_page(writer.get("/outlets").text))
    assert "state media" not in writer.get(f"/articles/{changing.articles['radio'].id}").text


# --- lists out and in


def test_feeds_go_out_as_a_list_and_come_in_elsewhere(writer: TestClient, changing: World, tmp_path: Path) -> None:
    keep(changing, "alder", is_off=True, interval_minutes=90)
    changing.desk.store.save_outlet(Outlet(outlet_id(HOSTILE), HOSTILE))
    keep(changing, "birch", outlet_id=outlet_id(HOSTILE))
    answer = writer.get("/outlets/feeds.opml")
    assert answer.headers["content-type"].startswith("text/x-opml")
    assert "attachment" in answer.headers["content-disposition"]
    assert "<script>" not in answer.text
    assert len(load_opml(answer.content, "x.opml")) == 4
    (tmp_path / "other").mkdir()
    with open_empty(tmp_path / "other") as other, make_client(other) as client:
        token = read_token(client.get("/take").text)
        file = ("feeds.opml", answer.content, "text/x-opml")
        assert client.post("/take", data={"token": token}, files=[("file", file)]).status_code == 200
        names = {outlet.id: outlet.name for outlet in other.store.outlets()}
        back = {
            feed.address: (names.get(feed.outlet_id or ""), feed.interval_minutes, feed.state(NOW))
            for feed in other.store.feeds()
        }
        assert back == {
            "https://alder.example/rss": (None, 90, "off"),
            "https://birch.example/rss": (HOSTILE, 15, "unconfirmed"),
            "https://gazette.example/rss": ("The Gazette", 15, "unconfirmed"),
            "https://radio-orle.example/rss": ("Radio Orle", 15, "unconfirmed"),
        }
        assert client.get("/outlets/feeds.opml").text == answer.text
        assert not list(find_faults(client.get("/outlets").text))


def test_a_list_changes_nothing_that_is_known(changing: World) -> None:
    text = (
        '<opml version="2.0" xmlns:t="urn:tocsin:feeds:1"><body><outline text="x" t:outlet="RADIO orle" '
        't:state="off" xmlUrl="https://radio-orle.example/rss"/></body></opml>'
    )
    taken = changing.desk.take_file("feeds.opml", text.encode(), "text/x-opml")
    assert (taken.feeds, taken.known) == (0, 1)
    assert changing.desk.store.feed(changing.feed.id) == changing.feed
    assert changing.desk.store.outlet(outlet_id("Radio Orle")).reliability == "B"


# --- the starter list


def test_the_starter_list_is_narrowed_in_the_address_bar(client: TestClient) -> None:
    whole = client.get("/outlets/starter")
    assert not list(find_faults(whole.text))
    assert len(parse_page(whole.text).xpath("//tbody/tr")) == len(load_starter_feeds())
    asked = urlencode({"region": "europe", "language": "", "kind": "agency"})
    page = parse_page(client.get(f"/outlets/starter?{asked}").text)
    words = [read_words(row) for row in page.xpath("//tbody/tr")]
    assert [word.split()[0] for word in words] == ["Ukrinform", "TASS"]
    assert all("state media" in word for word in words)
    assert page.xpath("//option[@selected]/@value") == ["europe", "agency"]
    nothing = client.get("/outlets/starter?language=sq")
    assert "Nothing matches" in nothing.text
    assert not list(find_faults(nothing.text))
    for wrong in ("region=mars", "kind=%3Cscript%3E"):
        answer = client.get(f"/outlets/starter?{wrong}")
        assert answer.status_code == 422
        assert "must be one of" in read_words(parse_page(answer.text))


def test_what_is_ticked_is_kept_unconfirmed_with_its_facts(writer: TestClient, changing: World) -> None:
    token = read_token(writer.get("/outlets/starter").text)
    body = urlencode([("token", token), ("feed", "tass"), ("feed", "un-news-africa")])
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = writer.post("/outlets/starter", content=body, headers=kind)
    assert answer.status_code == 303
    page = writer.get(answer.headers["location"])
    assert "not fetched until you confirm it" in page.text
    kept = [feed for feed in changing.desk.store.feeds() if "tass.com" in feed.address or "un.org" in feed.address]
    assert [feed.state(NOW) for feed in kept] == ["unconfirmed", "unconfirmed"]
    tass = changing.desk.store.outlet(outlet_id("TASS"))
    assert (tass.country, tass.language, tass.kind, tass.is_state_media) == ("RUS", "en", "agency", True)
    assert not tass.is_reviewed
    words = read_words(parse_page(writer.get("/outlets/starter").text))
    assert words.count("on the desk") == 2
    writer.post("/outlets/starter", content=body, headers=kind)
    assert changing.desk.store.counts().feeds == 4, "chosen twice is kept once"


def test_nothing_or_a_strange_name_is_refused_whole(writer: TestClient, changing: World) -> None:
    assert send(writer, "/outlets/starter", "/outlets/starter").status_code == 422
    answer = send(writer, "/outlets/starter", "/outlets/starter", feed=HOSTILE)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert changing.desk.store.counts().feeds == 2


def test_adding_fills_in_only_what_is_missing(changing: World) -> None:
    desk = changing.desk
    desk.store.save_outlet(Outlet(outlet_id("TASS"), "TASS", "wire", is_state_media=False))
    desk.grade_outlet(outlet_id("TASS"), "D", "why")
    rows = [row for row in load_starter_feeds() if row.outlet == "TASS"]
    assert desk.add_starter_feeds(rows) == 1
    assert desk.add_starter_feeds(rows) == 0
    tass = desk.store.outlet(outlet_id("TASS"))
    assert (tass.kind, tass.is_state_media, tass.reliability, tass.country) == ("wire", False, "D", "RUS")
