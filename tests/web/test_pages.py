"""Every page: whole, readable, keyed, and without anything that the policy forbids."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tests.web.checking import find_faults, open_drawing, parse_page, read_words
from tests.web.worlds import HOSTILE, World
from tocsin.records import AlertState
from tocsin.web.guards import SECURITY_HEADERS

PLAIN = [
    "/inbox",
    "/inbox?within=all",
    "/filters",
    "/filters/new",
    "/keys",
    "/outlets/starter",
    "/outlets?sort=health",
    "/forecasts",
    "/reports",
    "/",
    "/articles",
    "/incidents",
    "/map",
    "/places",
    "/actors",
    "/actors?sort=hostile&with_background=1",
    "/actors?country=AFG",
    "/actors?sort=FOO",
    "/alerts",
    "/outlets",
    "/about",
    "/take",
    "/search",
    "/search?query=tear+gas",
    "/search?query=nothing+such",
    "/incidents?type=ASSAULT&last=7d",
    "/incidents?country=AFG",
    "/articles?query=nothing+such",
    "/map?last=24h",
    "/map?type=AID",
    "/places/overlay:orle-bridge",
    "/api/docs",
    "/incidents?type=FOO",
    "/nowhere",
    "/?notice=exercise-removed",
    "/articles?limit=1&offset=1",
]


def list_addresses(world: World) -> list[str]:
    return [
        *PLAIN,
        *(f"/articles/{a.id}" for a in world.articles.values()),
        *(f"/incidents/{i.id}" for i in world.incidents.values()),
        f"/alerts/{world.alert.id}",
    ]


def test_every_page_is_sound(client: TestClient, world: World) -> None:
    for address in list_addresses(world):
        answer = client.get(address)
        faults = list(find_faults(answer.text))
        assert not faults, (address, faults)
        assert answer.status_code in (200, 404, 422), address


def test_every_page_of_an_empty_desk_is_sound_and_says_what_next(empty: TestClient) -> None:
    for address in (a for a in PLAIN if "FOO" not in a and "overlay" not in a and a != "/nowhere"):
        answer = empty.get(address)
        assert answer.status_code == 200, address
        assert not list(find_faults(answer.text)), address
    for address in ("/", "/articles", "/incidents", "/map", "/places", "/actors", "/alerts", "/outlets"):
        blank = parse_page(empty.get(address).text).xpath("//*[contains(@class, 'empty')]")
        assert blank, address
        assert blank[0].xpath(".//p") or address == "/outlets", address
        assert blank[0].xpath(".//a | .//button"), address


def test_every_answer_carries_the_headers(client: TestClient, world: World) -> None:
    for address in [*list_addresses(world), "/api/incidents", "/api/incidents.csv", "/api/nothing", "/static/none.js"]:
        answer = client.get(address)
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name] == value, (address, name)


def test_hostile_text_never_becomes_markup(client: TestClient, world: World) -> None:
    shown = 0
    for address in [*list_addresses(world), f"/search?query={HOSTILE}", f"/incidents?type={HOSTILE}", f"/{HOSTILE}"]:
        text = client.get(address).text
        assert "<script>alert" not in text, address
        assert "<img" not in text, address
        shown += "&lt;script&gt;alert" in text
    assert shown >= 4


def test_evidence_is_marked_and_reachable(client: TestClient, world: World) -> None:
    page = parse_page(client.get(f"/articles/{world.articles['radio'].id}").text)
    for name in ("gas", "hurt", "talks", "history"):
        claim = world.claims[name]
        assert len(page.xpath(f"//*[@id='e-{claim.id}']")) == 1
        assert len(page.xpath(f"//article[@id='c-{claim.id}']")) == 1
        marked = page.xpath(f"//mark[contains(concat(' ', @data-claim, ' '), ' {claim.id} ')]")
        assert "".join(m.text_content() for m in marked) == claim.evidence.text


def test_the_shown_text_is_the_articles_text(client: TestClient, world: World) -> None:
    for article in world.articles.values():
        page = parse_page(client.get(f"/articles/{article.id}").text)
        shown = page.xpath("//div[@class='evidence']")[0].text_content()
        title = page.xpath("//h1")[0].text_content()
        whole = f"{title}\n{shown}" if article.title else shown
        assert whole == article.text


def test_a_right_to_left_text_keeps_its_direction(client: TestClient, world: World) -> None:
    page = parse_page(client.get(f"/articles/{world.articles['arabic'].id}").text)
    assert page.xpath("//div[@class='evidence']/@dir") == ["auto"]
    assert page.xpath("//h1/@dir") == ["auto"]


def test_a_claim_shows_its_fields(client: TestClient, world: World) -> None:
    page = parse_page(client.get(f"/articles/{world.articles['radio'].id}").text)
    card = read_words(page.xpath(f"//article[@id='c-{world.claims['gas'].id}']")[0])
    for words in (
        "ASSAULT \u00b7 crowd-control",
        "hedged",
        "the police",
        "XKX COP",
        "protesters",
        "Orle bridge",
        "site",
        "the bridge at Orle",
        "12 Mar 2026",
        "Radio Orle",
        "local media",
        "said",
        "trigger word",
    ):
        assert words in card, words


def test_what_is_not_said_is_said_to_be_missing(client: TestClient, world: World) -> None:
    page = parse_page(client.get(f"/articles/{world.articles['gazette'].id}").text)
    card = read_words(page.xpath(f"//article[@id='c-{world.claims['threat'].id}']")[0])
    assert "Where not said" in card
    assert "When not said" in card


def test_a_copy_names_its_origin(client: TestClient, world: World) -> None:
    text = client.get(f"/articles/{world.articles['copy'].id}").text
    assert f'href="/articles/{world.articles["radio"].id}"' in text
    assert "a copy never confirms" in text


def test_a_faulty_article_says_why(client: TestClient, world: World) -> None:
    assert "only English is read" in client.get(f"/articles/{world.articles['broken'].id}").text
    assert "only English is read" in client.get("/articles").text


def test_an_incident_keeps_its_versions_apart(client: TestClient, world: World) -> None:
    page = parse_page(client.get(f"/incidents/{world.incidents['clash'].id}").text)
    speakers = [h.text_content() for h in page.xpath("//header[@class='speaker-head']/h3")]
    assert speakers == ["local media", "Radio Orle", "The police", "The Gazette"]
    text = read_words(page)
    for words in ("disputed", "negated", "injured", "the most credible speaker's number", "unreviewed", "same day"):
        assert words in text, words
    links = page.xpath("//blockquote/a/@href")
    assert f"/articles/{world.articles['gazette'].id}#e-{world.claims['denial'].id}" in links


def test_every_figure_opens_its_sentence(client: TestClient, world: World) -> None:
    """From the first screen to an article's marked passage by links alone."""
    front = parse_page(client.get("/").text)
    incident = front.xpath("//a[@class='row-link']/@href")[0]
    quote = parse_page(client.get(incident).text).xpath("//blockquote/a/@href")[0]
    address, anchor = quote.split("#")
    assert parse_page(client.get(address).text).xpath(f"//*[@id='{anchor}']")


def test_a_merged_incident_leads_on(client: TestClient, world: World) -> None:
    for path in ("/incidents", "/api/incidents"):
        answer = client.get(f"{path}/{world.gone_incident_id}")
        assert answer.status_code == 302, "what was merged may be parted again"
        assert answer.headers["location"] == f"{path}/{world.incidents['clash'].id}"


@pytest.mark.parametrize("path", ["/articles/art_none", "/incidents/inc_none", "/alerts/alt_none"])
def test_an_unknown_id_is_not_found_in_words(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert path.rsplit("/", 1)[1] in answer.text
    assert "Traceback" not in answer.text
    assert "sqlalchemy" not in answer.text.lower()


def test_the_exercise_is_marked_wherever_it_shows(client: TestClient, world: World) -> None:
    boats, drill = world.incidents["boats"], world.articles["drill"]
    for address, link in (
        ("/", f"/incidents/{boats.id}"),
        ("/incidents", f"/incidents/{boats.id}"),
        ("/map", f"/incidents/{boats.id}"),
        ("/articles", f"/articles/{drill.id}"),
        ("/search?query=fishermen", f"/articles/{drill.id}"),
    ):
        rows = parse_page(client.get(address).text).xpath(f"//li[.//a[@href='{link}']]")
        assert rows, address
        assert all("EXERCISE" in row.text_content() for row in rows), address
    for address in (f"/incidents/{boats.id}", f"/articles/{drill.id}"):
        page = parse_page(client.get(address).text)
        assert "EXERCISE" in page.xpath("//header[@class='page-head']")[0].text_content()
    real = parse_page(client.get(f"/incidents/{world.incidents['clash'].id}").text)
    assert "EXERCISE" not in real.xpath("//main")[0].text_content()


def test_the_map_pins_points_and_counts_areas(client: TestClient, world: World) -> None:
    drawn = {one["id"]: one for one in open_drawing(client.get("/api/map").json())}
    assert drawn[world.incidents["clash"].id]["point"] == [20.86, 42.89]
    assert drawn[world.incidents["talks"].id]["point"] is None
    assert drawn[world.incidents["threat"].id]["point"] is None
    (area,) = client.get("/api/areas").json()["areas"]
    assert (area["id"], area["count"], area["precision"]) == ("overlay:orle-district", 1, "district")


def test_names_carry_their_footnote(client: TestClient, world: World) -> None:
    for address in ("/incidents", "/map", f"/incidents/{world.incidents['clash'].id}", "/about"):
        assert "resolution 1244" in client.get(address).text, address


def test_an_alert_shows_the_sum(client: TestClient, world: World) -> None:
    text = read_words(parse_page(client.get(f"/alerts/{world.alert.id}").text))
    for words in (
        "IMMEDIATE",
        "surprise 3.1 is at least 2.0",
        "seven days without a hostile act",
        "violence may spread",
    ):
        assert words in text
    assert world.incidents["clash"].id in client.get(f"/alerts/{world.alert.id}").text


def test_a_silent_day_has_no_figures(client: TestClient) -> None:
    days = {d["day"]: d for d in client.get("/api/places/overlay:orle-bridge/series").json()["series"]}
    assert days["2026-03-09"]["hostile"] is None
    assert days["2026-03-12"]["alert"] == "IMMEDIATE"
    page = parse_page(client.get("/places/overlay:orle-bridge").text)
    silent = next(r for r in page.xpath("//tbody/tr") if "9 Mar 2026" in r.text_content())
    assert [c.text_content() for c in silent.xpath("./td")][:3] == ["\u2013"] * 3


def test_the_outlets_page_shows_grades_health_and_faults(client: TestClient) -> None:
    text = read_words(parse_page(client.get("/outlets").text))
    for words in (
        "unreviewed",
        "usually reliable",
        "right three times in May",
        "unconfirmed",
        "failing",
        "HTTP 500 <b>",
        "every 15 min",
        "in 2 h",
        "photo.bin",
        "not watching",
    ):
        assert words in text, words


def test_a_notice_is_ours_and_never_the_address_bars(client: TestClient) -> None:
    assert "EXERCISE" in client.get("/?notice=exercise-loaded").text
    assert "sell everything" not in client.get("/?notice=sell+everything").text


def test_pages_name_where_they_are(client: TestClient) -> None:
    for address, name in (("/incidents", "Incidents"), ("/", "Desk"), ("/places/overlay:orle-bridge", "Places")):
        here = parse_page(client.get(address).text).xpath("//nav[@aria-label='Main']/a[@aria-current]")
        assert [a.text.strip() for a in here] == [name]


def test_keys_of_the_navigation_are_unique(client: TestClient) -> None:
    for address in ("/", "/incidents", "/articles"):
        page = parse_page(client.get(address).text)
        for attribute in ("data-key", "data-shortcut"):
            keys = page.xpath(f"//@{attribute}")
            assert len(keys) == len(set(keys))
        assert not set(page.xpath("//@data-shortcut")) & set("jkoxg/?")
    assert re.fullmatch("[a-z]*", "".join(keys))


def test_alert_states_all_have_a_heading() -> None:
    from typing import get_args

    from tocsin.web.pages import alerts

    assert set(alerts.SETTABLE) <= set(get_args(AlertState))


def test_identifiers_in_reasons_open_their_record(client: TestClient, world: World) -> None:
    from tocsin.web.phrases import link_records

    claim = world.claims["gas"]
    linked = link_records(f"5 needed: <b> ({claim.id})")
    assert linked == f'5 needed: &lt;b&gt; (<a href="/claims/{claim.id}" title="{claim.id}">open</a>)'
    answer = client.get(f"/claims/{claim.id}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/articles/{claim.article_id}#e-{claim.id}")
    assert client.get("/claims/clm_none").status_code == 404


def test_what_stops_a_form_comes_back_as_a_part_where_htmx_asks(client: TestClient) -> None:
    answer = client.post("/take", data={}, headers={"hx-request": "true"})
    assert answer.status_code == 403
    assert "<html" not in answer.text
    assert 'role="alert"' in answer.text


def test_a_bad_filter_is_shown_in_place_of_the_list(client: TestClient) -> None:
    page = parse_page(client.get("/incidents?since=2026-03-09&until=2026-03-08", headers={"hx-request": "true"}).text)
    assert "must not be after until" in page.xpath("//*[@id='results']")[0].text_content()
