"""Handing in: the real reader over a pasted report, files and addresses, and what is said of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from tests.web.checking import find_faults, parse_page, read_token, read_words
from tests.web.worlds import make_client
from tocsin.desk import Desk

REPORT = (
    "Police fired tear gas at protesters in Mitrovica on Monday, local media reported.\n\n"
    "The mayor of Pristina called for talks."
)


@pytest.fixture
def taking(make_desk: Callable[..., Desk]) -> Iterator[tuple[TestClient, Desk]]:
    desk = make_desk(upload_max_bytes=2_000_000)
    with make_client(desk) as client:
        yield client, desk


def send(client: TestClient, files: list[tuple[str, tuple[str, bytes, str]]] | None = None, **fields: str) -> object:
    headers = {"hx-request": "true"} if fields.pop("part", "") else {}
    token = read_token(client.get("/take").text)
    return client.post("/take", data=fields | {"token": token}, files=files, headers=headers)


def test_a_pasted_report_leads_to_its_claims(taking: tuple[TestClient, Desk]) -> None:
    client, desk = taking
    answer = send(client, text=REPORT, title="Tear gas", outlet="Radio Orle", published_at="2026-03-10T08:30")
    assert answer.status_code == 303
    page = client.get(answer.headers["location"])
    words = read_words(parse_page(page.text))
    assert "Radio Orle" in words
    assert "10 Mar 2026, 08:30 UTC" in words
    assert "ASSAULT" in words
    assert "9 Mar 2026" in words
    article = desk.store.article(answer.headers["location"].rsplit("/", 1)[1])
    assert article.title == "Tear gas"


def test_htmx_gets_the_claims_as_a_part(taking: tuple[TestClient, Desk]) -> None:
    client, _ = taking
    answer = send(client, text=REPORT, part="1")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    part = parse_page(answer.text)
    cards = part.xpath("//article[contains(@class, 'claim-card')]")
    assert cards
    for link in part.xpath("//blockquote/a/@href"):
        address, anchor = link.split("#")
        assert parse_page(client.get(address).text).xpath(f"//*[@id='{anchor}']")


def test_the_same_report_twice_changes_nothing(taking: tuple[TestClient, Desk]) -> None:
    client, desk = taking
    first = send(client, text=REPORT, published_at="2026-03-10")
    counts = desk.store.counts()
    again = send(client, text=REPORT, published_at="2026-03-10")
    assert again.headers["location"] == first.headers["location"]
    assert desk.store.counts() == counts
    assert "had already" in send(client, text=REPORT, published_at="2026-03-10", part="1").text


def test_a_text_without_a_claim_says_why(taking: tuple[TestClient, Desk]) -> None:
    client, _ = taking
    answer = send(client, text="The weather was fine and the sea was calm all day long.", part="1")
    assert "No claim was found" in answer.text


def test_nothing_handed_in_is_said(taking: tuple[TestClient, Desk]) -> None:
    client, desk = taking
    for fields in ({}, {"text": "   "}, {"address": " "}):
        answer = send(client, **fields)
        assert answer.status_code == 422
        assert "nothing was handed in" in answer.text
    assert desk.store.counts().faults == 0


def test_a_report_is_known_by_its_day_or_by_its_hour(taking: tuple[TestClient, Desk]) -> None:
    client, desk = taking
    given = ({"published_at": "2026-03-10"}, {"published_at": "2026-03-10", "published_time": "08:30"})
    times = []
    for number, when in enumerate(given):
        answer = send(client, text=f"{REPORT} Note {number}.", **when)
        times.append(desk.store.article(answer.headers["location"].rsplit("/", 1)[1]).published_at)
    assert times == [datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 10, 8, 30, tzinfo=UTC)]
    refused = send(client, text=REPORT, published_time="08:30")
    assert (refused.status_code, "needs the day beside it" in refused.text) == (422, True)


def test_the_first_screen_counts_a_report_of_the_day_after(taking: tuple[TestClient, Desk]) -> None:
    client, _desk = taking
    send(client, text=REPORT.split("\n")[0], published_at="2026-03-10")  # it tells of 9 March
    lede = parse_page(client.get("/").text).xpath("//*[@id='desk-lede']")[0]
    assert read_words(lede).startswith("In the seven days to 10 Mar 2026 : 1 article ,")


def test_a_date_that_is_none_is_refused(taking: tuple[TestClient, Desk]) -> None:
    client, desk = taking
    answer = send(client, text=REPORT, published_at="last Tuesday")
    assert answer.status_code == 422
    assert "2022-07-31T18:05" in answer.text
    assert desk.store.counts().articles == 0


def test_several_files_are_summed_up_and_a_bad_one_does_not_stop_the_rest(taking: tuple[TestClient, Desk]) -> None:
    client, desk = taking
    answer = send(
        client,
        [
            ("file", ("one.txt", REPORT.encode(), "text/plain")),
            ("file", ("..\\..\\evil<b>.bin", bytes(range(256)) * 4, "application/octet-stream")),
            ("file", ("two.md", b"# Riot\n\nProtesters threw stones at police in Pristina.", "text/markdown")),
            ("file", ("empty.txt", b"", "text/plain")),
        ],
    )
    assert answer.status_code == 200
    assert not list(find_faults(answer.text))
    words = read_words(parse_page(answer.text))
    assert "2 new articles" in words
    assert words.count("Not taken:") == 2
    assert "evil<b>.bin" in words
    assert not any(".." in f.which for f in desk.store.faults())
    assert desk.store.counts().articles == 2


def test_only_bad_input_is_an_error_that_names_it(taking: tuple[TestClient, Desk]) -> None:
    client, desk = taking
    answer = send(client, [("file", ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(200), "image/jpeg"))])
    assert answer.status_code == 422
    assert "photo.jpg" in answer.text
    assert desk.store.counts().faults == 1
    assert "photo.jpg" in client.get("/outlets").text


def test_a_feed_list_waits_to_be_confirmed(taking: tuple[TestClient, Desk]) -> None:
    client, desk = taking
    opml = b"""<?xml version="1.0"?><opml version="2.0"><body><outline text="N" type="rss"
        xmlUrl="https://ngo.example/rss"/></body></opml>"""
    answer = send(client, [("file", ("feeds.opml", opml, "text/x-opml"))])
    assert answer.status_code == 200
    assert "1 new feed" in answer.text
    assert desk.store.feeds()[0].confirmed_at is None


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x", "http://[::1]/", "file:///etc/passwd", "http://169.254.169.254/meta"]
)
def test_an_address_of_this_network_is_refused(taking: tuple[TestClient, Desk], address: str) -> None:
    client, desk = taking
    answer = send(client, address=address)
    assert answer.status_code == 422
    assert "root:" not in answer.text
    assert desk.store.counts().articles == 0
    plain = client.post("/api/articles", json={"address": address})
    assert plain.status_code == 422
    assert set(plain.json()) == {"what", "which", "why"}


def test_the_api_takes_text_and_files_and_gives_claims(taking: tuple[TestClient, Desk]) -> None:
    client, _ = taking
    body = {"text": REPORT, "outlet": "Radio Orle", "published_at": "2026-03-10T08:30:00Z"}
    answer = client.post("/api/articles", json=body)
    assert answer.status_code == 201
    found = answer.json()
    assert found["new"] == 1
    assert found["claims"]
    assert {c["article"] for c in found["claims"]} == {found["articles"][0]["id"]}
    assert client.post("/api/articles", json=body).status_code == 200
    file = {"file": ("b.txt", b"Soldiers shelled the village of Decan.", "text/plain")}
    assert client.post("/api/articles/upload", files=file).status_code == 201
    bad = client.post("/api/articles/upload", files={"file": ("e.txt", b"", "text/plain")})
    assert bad.status_code == 422
    assert "e.txt" in bad.json()["why"] + bad.json()["which"]


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "x", "address": "y"}, {"text": "x", "published_at": "soon"}]
)
def test_a_request_that_does_not_fit_is_named(taking: tuple[TestClient, Desk], body: dict[str, str]) -> None:
    client, _ = taking
    answer = client.post("/api/articles", json=body)
    assert answer.status_code == 422
    assert set(answer.json()) == {"what", "which", "why"}


def test_a_lone_surrogate_does_not_break_a_page(taking: tuple[TestClient, Desk]) -> None:
    client, _ = taking
    answer = client.post(
        "/api/articles",
        content=b'{"text": "Police beat a man \\ud800 in Pristina."}',
        headers={"content-type": "application/json"},
    )
    assert answer.status_code in (201, 422)
    if answer.status_code == 201:
        assert client.get(f"/articles/{answer.json()['articles'][0]['id']}").status_code == 200


def test_a_report_may_belong_to_the_exercise(taking: tuple[TestClient, Desk]) -> None:
    client, desk = taking
    assert "Part of the exercise" not in client.get("/take").text
    answer = send(client, text="Police fired tear gas at a crowd in Sarmond on Monday.", is_exercise="yes")
    article = desk.store.article(answer.headers["location"].rsplit("/", 1)[-1])
    assert article.is_exercise
    assert "Part of the exercise" in client.get("/take").text
