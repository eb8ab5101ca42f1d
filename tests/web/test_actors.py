"""Actors: the table and the network say the same as the lists behind them."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.desk.test_dealings import make_told
from tests.store.worlds import make_link
from tests.web.checking import find_faults, parse_page, read_words
from tests.web.worlds import HOSTILE, World, make_client, open_empty
from tocsin.desk.dealings import Dealing, Side, TypeCount, show_dealings, sort_dealings
from tocsin.ports import Derivation
from tocsin.records import Filter, Party
from tocsin.records.filters import NOBODY
from tocsin.web.networks import MOST_EDGES, MOST_NODES, draw_bars, draw_network, find_mood
from tocsin.web.pages.actors import make_namer

FIRST = "/incidents?"


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client on two hundred incidents between parties with odd names, some of an exercise."""
    rng = random.Random(4)
    told = [make_told(number, rng) for number in range(200)]
    with open_empty(tmp_path_factory.mktemp("crowd")) as desk:
        for reading, _ in told:
            desk.store.add_reading(reading)
        links = tuple(make_link(reading.claims[0], incident) for reading, incident in told)
        desk.store.save_derivation(Derivation(incidents=tuple(i for _, i in told), links=links))
        with make_client(desk) as made:
            yield made


def count_behind(client: TestClient, link: str) -> int:
    """How many incidents the list at this address holds."""
    assert link.startswith(FIRST)
    total: int = client.get(f"/api{link}").json()["total"]
    return total


@pytest.mark.parametrize("query", ["", "?with_background=1", "?last=7d", "?type=AID&realm=real", "?limit=7&offset=7"])
def test_the_number_behind_each_link_equals_the_cell(crowd: TestClient, query: str) -> None:
    answer = crowd.get(f"/actors{query}")
    assert not list(find_faults(answer.text))
    links = parse_page(answer.text).xpath(f"//td[@class='num']/a[starts-with(@href, '{FIRST}')]")
    assert len(links) >= 3
    for link in links[:60]:
        number = int(link.text)
        assert count_behind(crowd, link.get("href")) == number
        assert read_words(link).startswith(f"{number} ")


def test_each_arrow_opens_as_many_as_it_says(crowd: TestClient) -> None:
    page = parse_page(crowd.get("/actors").text)
    arrows = page.xpath("//svg//a[contains(@class, 'network-edge')]")
    assert 0 < len(arrows) <= MOST_EDGES
    for arrow in arrows:
        told = arrow.findtext("title")
        asked = dict(parse_qsl(urlsplit(arrow.get("href")).query))
        number = count_behind(crowd, arrow.get("href"))
        assert f": {number} deed" in told
        assert ("EXERCISE " in told) == (asked["realm"] == "exercise")
        assert "nobody" not in (asked["by_party"], asked["to_party"])
    nodes = page.xpath("//svg//a[contains(@class, 'network-node')]")
    assert 0 < len(nodes) <= MOST_NODES
    for node in nodes:
        assert crowd.get(node.get("href")).status_code == 200
        assert node.get("aria-label")


def test_a_link_says_what_the_page_is_narrowed_to_and_takes_it_away(crowd: TestClient) -> None:
    page = parse_page(crowd.get("/actors?by_party=XVA/COP&realm=real").text)
    rows = page.xpath("//tbody/tr/th")
    assert rows
    assert all("XVA COP" in read_words(row) and "EXERCISE" not in read_words(row) for row in rows)
    chips = {read_words(a): a.get("href") for a in page.xpath("//p[@aria-label='Also narrowed to']/a")}
    assert list(chips.values()) == ["/actors?realm=real", "/actors?by_party=XVA%2FCOP"]


@pytest.mark.parametrize("sort", ["actor", "recipient", "incidents", "hostile", "cooperative", "disputed", "last"])
def test_a_heading_orders_the_table(crowd: TestClient, sort: str) -> None:
    page = parse_page(crowd.get(f"/actors?sort={sort}").text)
    (head,) = page.xpath("//th[@aria-sort]/a/@href")
    assert head == ("/actors" if sort == "incidents" else f"/actors?sort={sort}")
    held = crowd.get(f"/api/actors?sort={sort}").json()["dealings"]
    shown = [int(read_words(cell).split()[0]) for cell in page.xpath("//tbody/tr/td[2]")]
    assert shown == [d["incidents"] for d in held]


def test_pages_of_the_table_hold_every_pair_once(crowd: TestClient) -> None:
    whole = crowd.get("/api/actors?limit=1000").json()
    parts = [crowd.get(f"/api/actors?limit=20&offset={n}").json()["dealings"] for n in range(0, whole["total"], 20)]
    assert [d for part in parts for d in part] == whole["dealings"]
    assert sum(d["incidents"] for d in whole["dealings"]) == whole["deeds"]
    page = parse_page(crowd.get("/actors?limit=20&offset=20&sort=last").text)
    assert page.xpath("//a[@rel='prev']/@href") == ["/actors?sort=last&limit=20"]
    assert page.xpath("//a[@rel='next']/@href") == ["/actors?sort=last&offset=40&limit=20"]


def test_the_file_equals_the_answer(crowd: TestClient) -> None:
    answer = crowd.get("/api/actors.csv?with_background=1")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    held = crowd.get("/api/actors?with_background=1&limit=1000").json()
    assert [int(r["deeds"]) for r in rows] == [d["incidents"] for d in held["dealings"]]
    periods = [f"{held['step']}_{day}" for day in held["periods"]]
    assert [[int(r[p]) for p in periods] for r in rows] == [d["by_period"] for d in held["dealings"]]
    assert [r["exercise"] == "EXERCISE" for r in rows] == [d["realm"] == "exercise" for d in held["dealings"]]
    assert {r["exercise"] for r in rows} == {"EXERCISE", ""}


@pytest.mark.parametrize("tlp", ["TLP:CLEAR", "TLP:AMBER"])
def test_what_leaves_for_the_public_holds_no_words_of_parties(tmp_path: Path, tlp: str) -> None:
    reading, told = make_told(1, random.Random(8))
    parties = (Party("Arlo Vennish", None, None), Party("Orle guards led by Mira Taskel", "XVA", "MIL"))
    incident = replace(told, actor=parties[:1], recipient=parties[1:], modality="actual", state="reported",
                       is_faint=False, background=False)  # fmt: skip
    with open_empty(tmp_path, tlp=tlp) as desk:
        desk.store.add_reading(reading)
        desk.store.save_derivation(Derivation(incidents=(incident,), links=(make_link(reading.claims[0], incident),)))
        with make_client(desk) as client:
            (row,) = csv.DictReader(io.StringIO(client.get("/api/actors.csv").text))
            assert "Taskel" in client.get("/api/actors.csv?precise=1").text, "a person decides otherwise"
    is_kept = tlp == "TLP:AMBER"
    assert row["tlp"] == tlp
    assert row["actor_key"] == ("words:arlo vennish" if is_kept else "words")
    assert row["recipient_key"] == "XVA/MIL"
    assert ("Vennish" in str(row)) == ("Taskel" in str(row)) == is_kept


def test_hostile_names_are_words(client: TestClient, world: World) -> None:
    text = client.get("/actors").text
    assert "A minister &lt;b&gt;" in text
    assert "A minister <b>" not in text
    assert not list(find_faults(text))
    for end in ("by_party", "to_party"):
        asked = client.get("/actors", params={end: f"words:{HOSTILE.lower()}"})
        assert asked.status_code == 200
        assert "<script>alert" not in asked.text
    assert world.incidents


def test_a_wrong_party_is_refused_with_what_is_allowed(client: TestClient) -> None:
    answer = client.get("/api/actors?by_party=police")
    assert answer.status_code == 422
    assert "XKX/COP" in answer.json()["why"]


def test_countries_carry_their_footnote(client: TestClient) -> None:
    page = parse_page(client.get("/actors").text)
    assert "Kosovo: police" in read_words(page)
    assert any("1244" in read_words(note) for note in page.xpath("//aside[@aria-label='Notes on names']"))


@pytest.mark.parametrize(
    ("side", "name"),
    [
        (Side("XKX/COP", "XKX", "COP"), "Kosovo: police"),
        (Side("SRB/", "SRB", None), "Serbia"),
        (Side("/CVL", None, "CVL"), "civilians"),
        (Side("IGO/IGO", "IGO", "IGO"), "international organisation"),
        (Side("IGO/MIL", "IGO", "MIL"), "international organisation: armed forces"),
        (Side("XVA/UAF", "XVA", "UAF"), "XVA: unidentified armed force"),
        (Side("XHV/COP", "XHV", "COP"), "Halvera: police"),  # the exercise's own country
        (Side("words:farmers", names=("Farmers", "farmers")), "Farmers"),
        (Side(NOBODY), "unnamed"),
    ],
)
def test_a_side_has_a_name_in_words(world: World, side: Side, name: str) -> None:
    assert make_namer(world.desk)(side) == name


def test_the_store_and_the_page_count_alike(client: TestClient, world: World) -> None:
    view = show_dealings(world.desk.store, Filter())
    assert client.get("/api/actors").json()["deeds"] == view.deeds == sum(d.incidents for d in view.dealings)


def make_dealing(actor: int, recipient: int, incidents: int, **given: object) -> Dealing:
    sides = tuple(Side(f"words:{n}", names=(f"party {n}",)) for n in (actor, recipient))
    types, day = (TypeCount("AID", incidents),), date(2031, 3, 1)
    return Dealing(*sides, "real", incidents, 0.0, 1.0, types, day, day, 0, 0, 0, 0, (incidents,))


def test_a_network_is_bounded_and_says_what_is_left_out() -> None:
    rng = random.Random(2)
    pairs = {(rng.randrange(60), rng.randrange(60)) for _ in range(400)}
    dealings = sort_dealings(make_dealing(*pair, 1 + sum(pair) % 9) for pair in pairs)
    drawn = draw_network(dealings, lambda side: side.names[0])
    assert len(drawn.nodes) <= MOST_NODES
    assert len(drawn.edges) <= MOST_EDGES
    assert len(drawn.edges) + drawn.left_out == len(dealings)
    assert drawn.edges[0].dealing == dealings[0]
    assert draw_network(sort_dealings(reversed(dealings)), lambda side: side.names[0]) == drawn
    assert draw_network([], lambda side: side.key).nodes == ()


def test_a_party_that_deals_with_itself_is_drawn() -> None:
    (edge,) = draw_network([make_dealing(1, 1, 2)], lambda side: side.key).edges
    assert " C" in edge.path
    assert "nan" not in edge.path


@pytest.mark.parametrize(
    ("hostile", "cooperative", "mood"),
    [
        (9, 0, "hostile"),
        (0, 9, "cooperative"),
        (5, 4, "mixed"),
        (0, 0, "mixed"),
        (2, 1, "hostile"),
        (1, 2, "cooperative"),
    ],
)
def test_the_mood_of_an_edge_is_that_of_two_thirds(hostile: float, cooperative: float, mood: str) -> None:
    assert find_mood(hostile, cooperative) == mood


def test_bars_say_their_numbers() -> None:
    drawn = draw_bars(make_dealing(1, 2, 3), ["Mar 2031"], "month")
    assert drawn.label == "deeds by month: Mar 2031: 3"
    assert drawn.path == "M0,24v-24h4V24z"
