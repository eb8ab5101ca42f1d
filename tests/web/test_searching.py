"""Searching everything: hits of each kind with their numbers, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.web.checking import parse_page, read_words
from tests.web.worlds import World
from tocsin.knowledge import wording
from tocsin.store.words import split_query
from tocsin.web.asking import parse_asked
from tocsin.web.language import speak
from tocsin.web.searching import count_hits, mark_words, search_desk
from tocsin.web.titles import title_incident

WORDS = st.text("abč ć\u0301đ.<&\n日", max_size=60)


@given(WORDS, st.lists(st.sampled_from(["a", "ab", "c", "bc", "đ", "日"]), max_size=3), st.none() | st.integers(1, 20))
def test_pieces_give_the_text_back(text: str, asked: list[str], reach: int | None) -> None:
    pieces = mark_words(text, asked, reach)
    shown = "".join(piece.text for piece in pieces)
    if reach is None or len(text) <= 2 * reach:
        assert shown == text
    else:
        assert shown.removeprefix("… ").removesuffix(" …") in text
    assert all(count_hits(piece.text, asked) for piece in pieces if piece.is_hit)
    if reach is None:
        assert not any(count_hits(piece.text, asked) for piece in pieces if not piece.is_hit)


def test_hits_are_found_without_case_and_accents() -> None:
    assert [p.text for p in mark_words("Vučić met VUCIC-a, not vuk.", ["vucic"]) if p.is_hit] == ["Vučić", "VUCIC"]
    cut = mark_words("x " * 300 + "the bridge fell " + "y " * 300, ["bridge"], 40)
    assert cut[0].text == "… "
    assert cut[-1].text == " …"
    assert [p.text for p in cut if p.is_hit] == ["bridge"]


def test_numbers_are_those_of_the_lists_behind_them(client: TestClient) -> None:
    answer = client.get("/api/search?query=police+gas").json()
    groups = {group["kind"]: group for group in answer["groups"]}
    assert {"incidents", "claims", "articles"} <= set(groups)
    for kind in ("incidents", "claims", "articles"):
        group = groups[kind]
        assert group["total"] == client.get(group["url"].replace(f"/{kind}", f"/api/{kind}")).json()["total"] > 0
        assert all(client.get(hit["url"]).status_code == 200 for hit in group["hits"])
    page = parse_page(client.get("/search?query=police+gas").text)
    shown = read_words(page.xpath("//nav[@aria-label='Kinds of hits']")[0])
    assert f"{groups['claims']['total']} claim" in shown
    assert {mark.text_content().casefold() for mark in page.xpath("//mark")} == {"police", "gas"}


def test_an_incident_is_found_by_the_words_of_all_its_claims_together(world: World) -> None:
    found = search_desk(world.desk, parse_asked({"query": "agency injured denied"}).wanted)
    assert found.incident_count == 0
    found = search_desk(world.desk, parse_asked({"query": "denied hurt agency"}).wanted)
    assert [hit.incident.id for hit in found.incidents] == [world.incidents["clash"].id]
    assert found.claim_count == 0


def test_places_without_news_stand_below_what_happened(client: TestClient) -> None:
    page = parse_page(client.get("/search?query=kosovo").text)
    listed = page.xpath("//section[@aria-labelledby='h-places']//div[@class='row-end']")
    assert listed
    assert not any("no incident" in read_words(row) for row in listed)
    quiet = page.xpath("//section[@aria-labelledby='h-quiet']")
    assert not any(one.xpath("following-sibling::section") for one in quiet)


def test_places_with_news_come_first(world: World) -> None:
    found = search_desk(world.desk, parse_asked({"query": "kosovo"}).wanted)
    assert found.places[0].incidents > 0
    assert found.places[0].row.id == "country:XKX"
    assert [place.incidents > 0 for place in found.places] == sorted(
        (p.incidents > 0 for p in found.places), reverse=True
    )


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "' OR 1=1 --",
        "NEAR(a b)",
        "words:police",
        "*",
        "!?…",
        "police\u202e",
        "شرطة",
        "日本",
        "%",
        "_",
        "<b>",
    ],
)
def test_whatever_is_typed_is_only_words(client: TestClient, query: str) -> None:
    page = client.get("/search", params={"query": query})
    assert page.status_code == 200
    assert "<b>" not in page.text.split("<main")[1]
    answer = client.get("/api/search", params={"query": query})
    assert answer.status_code == 200
    if not split_query(query):
        assert answer.json()["groups"] == []
        assert "no letter or digit" in page.text


def test_right_to_left_words_are_found(client: TestClient) -> None:
    groups = client.get("/api/search", params={"query": "الشرطة"}).json()["groups"]
    assert {group["kind"] for group in groups} >= {"articles", "claims", "incidents"}


def test_too_many_letters_are_refused_with_a_sentence(client: TestClient) -> None:
    for address in ("/search", "/api/search"):
        refused = client.get(address, params={"query": "a" * 10_000})
        assert refused.status_code == 422
        assert "200 characters or fewer" in refused.text


def test_nothing_asked_shows_nothing_and_what_to_do(client: TestClient) -> None:
    page = parse_page(client.get("/search").text)
    assert not page.xpath("//main//section")
    assert page.xpath("//main//input[@name='query']")


def test_hostile_headlines_stay_text(client: TestClient) -> None:
    page = client.get("/search", params={"query": "script"}).text
    assert "&lt;<mark>script</mark>&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("spoken", ["en", "sr-Latn", "sq"])
def test_titles_of_incidents_are_made_in_the_language_that_is_asked_for(
    client: TestClient, world: World, spoken: str
) -> None:
    clash = world.incidents["clash"]
    with speak(spoken):
        title = str(title_incident(clash))
    answer = client.get("/api/search", params={"query": "police", "spoken": spoken}).json()
    titles = [hit["title"] for group in answer["groups"] if group["kind"] == "incidents" for hit in group["hits"]]
    assert title in titles
    assert (title == str(wording.title_incident(clash))) == (spoken == "en")
    assert client.get("/api/search", params={"query": "police", "spoken": "xx"}).status_code == 422
