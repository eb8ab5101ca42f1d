"""What people decide on the pages and through the API."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.web.checking import parse_page, read_token
from tests.web.worlds import NOW, World


def send(client: TestClient, path: str, page: str = "/", **fields: str) -> object:
    """Send a form as the page would, and follow where it leads."""
    answer = client.post(path, data=fields | {"token": read_token(client.get(page).text)})
    return client.get(answer.headers["location"]) if answer.status_code == 303 else answer


def test_one_click_removes_the_exercise(writer: TestClient, changing: World) -> None:
    assert "banner--exercise" in writer.get("/").text
    page = send(writer, "/exercise/remove")
    assert "banner--exercise" not in page.text
    assert "removed, wholly" in page.text
    assert changing.desk.store.counts().articles == 5
    assert writer.get(f"/articles/{changing.articles['drill'].id}").status_code == 404


def test_an_alert_is_acknowledged_with_a_note_and_taken_back(writer: TestClient, changing: World) -> None:
    path = f"/alerts/{changing.alert.id}"
    page = send(writer, f"{path}/state", state="acknowledged", note="patrol <sent>")
    assert "Note: patrol &lt;sent&gt;" in page.text
    front = writer.get("/").text
    assert "0 alerts firing" in front
    assert f'href="{path}"' in front  # who comes on shift sees that it still stands, and that somebody has it
    send(writer, f"{path}/state", path, state="firing")
    assert changing.desk.store.alert(changing.alert.id).state == "firing"


@pytest.mark.parametrize("state", ["resolved", "retracted", "", "loud"])
def test_a_person_may_not_set_what_the_rules_decide(writer: TestClient, changing: World, state: str) -> None:
    answer = send(writer, f"/alerts/{changing.alert.id}/state", state=state)
    assert answer.status_code == 422
    assert "acknowledged, firing" in answer.text
    answer = writer.post(f"/api/alerts/{changing.alert.id}/state", json={"state": state})
    assert answer.status_code == 422
    assert set(answer.json()) == {"what", "which", "why"}


def test_a_grade_needs_its_reason(writer: TestClient, changing: World) -> None:
    gazette = changing.articles["gazette"].outlet_id
    path = f"/outlets/{gazette}/grade"
    assert send(writer, path, "/outlets", reliability="E", reason="  ").status_code == 422
    assert send(writer, path, "/outlets", reliability="Z", reason="why").status_code == 422
    assert not changing.desk.store.outlet(gazette).is_reviewed
    page = send(writer, path, "/outlets", reliability="E", reason="invents <witnesses>")
    assert "invents &lt;witnesses&gt;" in page.text
    assert changing.desk.store.outlet(gazette).reliability == "E"


def test_a_feed_waits_for_a_person(writer: TestClient, changing: World) -> None:
    page = send(writer, "/feeds", "/outlets", address="https://ngo.example/feed", outlet="Field Notes")
    row = parse_page(page.text).xpath("//tr[contains(., 'ngo.example')]")[0]
    assert "unconfirmed" in row.text_content()
    confirm = row.xpath(".//form/@action")[0]
    assert confirm.endswith("/confirm")
    page = send(writer, confirm, "/outlets")
    row = parse_page(page.text).xpath("//tr[contains(., 'ngo.example')]")[0]
    assert "not fetched yet" in row.text_content()
    off, remove = row.xpath(".//form/@action")
    assert "off" in parse_page(send(writer, off).text).xpath("//tr[contains(., 'ngo.example')]")[0].text_content()
    assert "ngo.example" not in send(writer, remove).text


def test_an_address_that_is_none_is_refused_in_words(writer: TestClient, changing: World) -> None:
    for address in ("", "ftp://x.example/feed", "javascript:alert(1)", "http://"):
        answer = send(writer, "/feeds", "/outlets", address=address)
        assert answer.status_code == 422, address
    assert changing.desk.store.counts().feeds == 2


def test_an_unknown_record_cannot_be_changed(writer: TestClient) -> None:
    for path, fields in (
        ("/alerts/alt_x/state", {"state": "acknowledged"}),
        ("/outlets/out_x/grade", {"reliability": "A", "reason": "r"}),
        ("/feeds/fed_x/confirm", {}),
        ("/feeds/fed_x/off", {}),
    ):
        assert send(writer, path, **fields).status_code == 404, path
    assert writer.post("/api/feeds/fed_x/confirm").json()["which"] == "fed_x"


def test_the_api_changes_the_same(writer: TestClient, changing: World) -> None:
    gazette = changing.articles["gazette"].outlet_id
    assert (
        writer.post(f"/api/alerts/{changing.alert.id}/state", json={"state": "acknowledged", "note": "seen"}).json()[
            "note"
        ]
        == "seen"
    )
    graded = writer.post(f"/api/outlets/{gazette}/grade", json={"reliability": "C", "reason": "fair"}).json()
    assert graded["reliability_reason"] == "fair"
    feed = writer.post("/api/feeds", json={"address": "https://a.example/rss", "outlet": "A"}).json()
    assert feed["confirmed_at"] is None
    assert writer.post(f"/api/feeds/{feed['id']}/confirm").json()["confirmed_at"] == NOW.isoformat()


@pytest.mark.parametrize(
    "body", [{}, {"state": 1}, {"state": "firing", "extra": 1}, [], "text", {"state": "firing", "note": "x" * 1001}]
)
def test_a_body_that_does_not_fit_is_named(writer: TestClient, changing: World, body: object) -> None:
    answer = writer.post(f"/api/alerts/{changing.alert.id}/state", json=body)
    assert answer.status_code == 422
    assert set(answer.json()) == {"what", "which", "why"}


def test_a_time_that_leaves_the_calendar_is_refused(writer: TestClient) -> None:
    body = {"text": "Police beat a man in Port Vell.", "published_at": "0001-01-01T00:00:00+14:00"}
    answer = writer.post("/api/articles", json=body)
    assert answer.status_code == 422
    assert answer.json()["what"] == "published_at"
