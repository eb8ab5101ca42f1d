"""What no page of the desk asks for or sends: the right status and a sentence, no defect, and nothing half done."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.checking import parse_page, read_token, read_words
from tests.web.worlds import World

BROKEN = "a\0b"


@pytest.mark.parametrize("path", ["/incidents/%00", "/map?place_id=a%00b", "/api/claims?query=%00", "/static/%00"])
def test_an_address_with_a_character_that_no_store_keeps(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    assert "U+0000" in answer.text
    assert "\0" not in answer.text


def test_a_form_or_body_with_it_is_refused_and_nothing_kept(writer: TestClient, changing: World) -> None:
    token = {"token": read_token(writer.get("/").text)}
    for path, fields in (
        ("/filters", {"name": BROKEN}),
        ("/feeds", {"address": f"https://radio.example/{BROKEN}"}),
        ("/sign-in", {"name": BROKEN, "password": "x"}),
        ("/inbox/marks", {"action": "read", "incident": BROKEN}),
        ("/language", {"language": "sq", BROKEN: "x"}),
    ):
        answer = writer.post(path, data=fields | token)
        assert (path, answer.status_code) == (path, 422)
        assert "U+0000" in answer.text
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("/api/filters", {"name": BROKEN}),
        ("/api/inbox/marks", {"action": "read", "incidents": {BROKEN: None}}),
        ("/api/articles", {"text": "EXERCISE", "title": BROKEN}),
        (f"/api/claims/{changing.claims['gas'].id}/corrections", {"changes": {"actor": [BROKEN]}, "reason": "x"}),
    ]
    for path, body in bodies:
        answer = writer.post(path, json=body)
        assert (path, answer.status_code) == (path, 422)
        assert answer.json()["why"].endswith("which no text of the desk may")
    assert writer.get("/api/filters").json() == {"filters": []}


@pytest.mark.parametrize("hours", ["²", "٤", "-1", "4.0", "5", ""])
def test_an_alert_is_muted_for_what_is_offered_alone(writer: TestClient, changing: World, hours: str) -> None:
    token = read_token(writer.get("/alerts").text)
    answer = writer.post(f"/alerts/{changing.alert.id}/mute", data={"token": token, "hours": hours, "why": "x"})
    assert answer.status_code == 422
    assert not changing.desk.store.silences()


def test_a_report_of_times_that_no_report_can_tell_of(writer: TestClient, changing: World) -> None:
    token = read_token(writer.get("/reports").text)
    for first, last in (("0001-01-01", "0001-01-02"), ("9999-12-30", "9999-12-31"), ("2026-03-01", "9999-12-31")):
        answer = writer.post("/reports", data={"token": token, "from": first, "to": last, "only": "real"})
        assert answer.status_code == 422
        assert "1900 to 2200" in answer.text
    assert not changing.desk.store.reports()


def test_what_cannot_be_read_is_no_defect_of_the_desk(writer: TestClient) -> None:
    token = read_token(writer.get("/keys").text)
    answer = writer.post("/keys", data={"token": token} | {f"field-{n}": "" for n in range(2_100)})
    assert answer.status_code == 400
    words = read_words(parse_page(answer.text).get_element_by_id("main"))
    assert "too many fields" in words
    assert "defect" not in words


# --- lists


@pytest.mark.parametrize("path", ["/articles", "/claims", "/incidents", "/map", "/actors", "/inbox?within=all"])
def test_a_list_asked_for_beyond_its_end_leads_to_its_last_page(client: TestClient, path: str) -> None:
    more = "&" if "?" in path else "?"
    answer = client.get(f"{path}{more}limit=1&offset=5000&told=read-2-0&notice=graded")
    assert answer.status_code == 303
    lead = answer.headers["location"]
    assert lead.startswith(path)
    assert "told=read-2-0&notice=graded" in lead or "notice=graded&told=read-2-0" in lead
    page = client.get(lead)
    assert page.status_code == 200, "and no circle"
    assert parse_page(page.text).xpath("//*[@rel='prev']"), "the one before it is a link away"
    assert not parse_page(page.text).xpath("//*[@rel='next']")


def test_a_list_without_anything_stays_where_it_is(client: TestClient) -> None:
    assert client.get("/incidents?query=nothingatall&offset=50").status_code == 200


def test_marks_are_not_kept_where_the_answer_says_that_nothing_was(writer: TestClient) -> None:
    before = writer.get("/api/inbox?within=all").json()["unread"]
    page = writer.get("/inbox?within=all").text
    (tick, *_rest) = re.findall(r'value="(inc_[a-z2-7]{16}:[^"]+)"', page)
    fields = {"token": read_token(page), "action": "read", "incident": tick, "back": "since=someday"}
    answer = writer.post("/inbox/marks", data=fields)
    assert answer.status_code == 422
    assert writer.get("/api/inbox?within=all").json()["unread"] == before


@pytest.mark.parametrize("place_id", ["ex-dorvu", "overlay:orle-bridge"])
def test_a_place_with_news_has_its_page_whatever_the_filter_leaves(writer: TestClient, place_id: str) -> None:
    """The gazetteer is not asked: this desk has none."""
    for path in ("/places", "/api/places"):
        answer = writer.get(f"{path}/{place_id}?since=2031-01-01")
        assert answer.status_code == 200, path


def test_what_asks_for_the_head_alone_is_answered_as_who_reads(client: TestClient) -> None:
    for path in ("/", "/health", "/api/incidents", "/incidents/inc_none"):
        head, whole = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        assert head.headers["content-type"] == whole.headers["content-type"]
    assert client.head("/outlets/starter").headers["content-security-policy"]


# --- what is kept of an answer


def test_no_browser_or_proxy_keeps_what_the_desk_holds(client: TestClient, world: World) -> None:
    described = client.get("/api/openapi.json").json()["paths"]
    plain = [path for path, held in described.items() if "get" in held and "{" not in path and "." not in path]
    ids = [f"/api/incidents/{world.incidents['clash'].id}", f"/api/incidents/{world.gone_incident_id}"]
    pages = ["/", "/incidents", f"/claims/{world.claims['gas'].id}", "/outlets/feeds.opml", "/alerts.atom", "/nowhere"]
    for path in (*plain, *ids, *pages, "/api/shapes.geojson", "/api/nowhere", "/sign-in"):
        kept = client.get(path).headers.get("cache-control", "")
        assert "no-store" in kept or "private" in kept, (path, kept)


def test_no_name_of_a_module_stands_in_the_reference(client: TestClient) -> None:
    schemas = client.get("/api/openapi.json").json()["components"]["schemas"]
    assert not [name for name in schemas if "__" in name], "two shapes bear one name"


def test_forms_of_export_are_called_in_the_readers_language(client: TestClient) -> None:
    page = client.get("/incidents", headers={"accept-language": "sq"}).text
    assert "CSV me kolonat e ACLED" in page
    assert "GDELT&#39;s event table" not in page
    assert "CSV in UCDP GED&#39;s columns" in client.get("/incidents").text
