"""Who is let in, who is sent to sign in, and when nobody has to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from tests.web.auth.conftest import OWN, House
from tests.web.checking import find_faults, read_token
from tests.web.worlds import World
from tocsin.desk.accounts import make_account, make_api_token
from tocsin.errors import SettingError, StoreError
from tocsin.records.account import Role
from tocsin.web import make_app
from tocsin.web.auth.guarding import OPEN_SECONDS, SignedIn
from tocsin.web.auth.seats import PLAIN_COOKIE


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/", "/sign-in"),
        ("/alerts", "/sign-in?next=%2Falerts"),
        ("/incidents?last=7d&query=a%20b", "/sign-in?next=%2Fincidents%3Flast%3D7d%26query%3Da%2520b"),
        ("/nowhere", "/sign-in?next=%2Fnowhere"),
    ],
)
def test_people_are_sent_to_sign_in_and_back(house: House, path: str, address: str) -> None:
    answer = house.client().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers


def test_a_form_of_a_stranger_does_nothing_and_leads_to_sign_in(house: House, world: World) -> None:
    answer = house.client().post("/exercise/remove", data={"token": "x" * 32}, headers=OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?notice=ended")
    assert world.desk.store.counts().exercise_articles == 1


@pytest.mark.parametrize(
    "path", ["/api/incidents", "/api/nowhere", "/alerts.atom", "/outlets/feeds.opml", "/alerts/x.cap"]
)
def test_programs_are_told_so(house: House, path: str) -> None:
    answer = house.client().get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="tocsin"'
    assert answer.json()["what"] == "sign-in"


def test_a_part_of_a_page_lets_the_page_go_to_sign_in(house: House) -> None:
    answer = house.client().get("/incidents", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


def test_a_large_body_of_a_stranger_is_not_taken(house: House) -> None:
    def pieces() -> Any:
        for _ in range(300):
            yield b"x" * 100_000

    headers = OWN | {"content-type": "application/json"}
    assert house.client().post("/api/articles", content=pieces(), headers=headers).status_code == 401


def test_a_stranger_is_told_nothing_of_what_the_desk_holds(house: House, world: World) -> None:
    client = house.client()
    for path, host in (("/sign-in", "testserver"), ("/set-up?key=x", "testserver"), ("/", "evil.example")):
        text = client.get(path, headers={"host": host}).text
        assert not list(find_faults(text))
        for told in ("EXERCISE", "Search articles", 'aria-label="Main"', "articles</a>", "firing"):
            assert told not in text, (path, told)


def test_who_is_signed_in_is_shown_and_finds_the_way_out(house: House, world: World) -> None:
    text = house.client("viewer").get("/").text
    assert 'action="/sign-out"' in text
    assert "viewer of Orle, role viewer" in text
    assert not list(find_faults(text))
    assert "Remove the exercise" not in text
    assert 'href="/accounts"' not in text
    text = house.client("admin").get("/").text
    assert "Remove the exercise" in text
    assert 'href="/accounts"' in text


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "é", "'; drop table sessions --"])
def test_a_made_up_session_is_none(house: House, secret: str) -> None:
    cookie = f"{PLAIN_COOKIE}={secret}".encode()
    assert house.client().get("/alerts", headers={"cookie": cookie}).status_code == 303  # type: ignore[dict-item]


def test_a_session_ends_by_rest_and_by_age(open_house: Callable[..., House]) -> None:
    house = open_house(accounts="required", session_idle_minutes=60, session_hours=3)
    house.move_in()
    client = house.client("viewer")
    for _ in range(3):
        house.clock.move(minutes=50)
        assert client.get("/alerts").status_code == 200
    house.clock.move(minutes=31)
    assert client.get("/alerts").status_code == 303, "three hours are over, however busy they were"
    house.sign_in(client, "viewer")
    house.clock.move(minutes=60)
    assert client.get("/alerts").status_code == 303, "an hour without a request"


def test_a_change_of_role_or_a_disabled_account_holds_at_once(house: House) -> None:
    client = house.client("editor")
    store, editor = house.desk.store, house.people["editor"]
    assert client.get("/alerts").status_code == 200
    store.set_role(editor.id, "viewer")
    assert client.get("/alerts").status_code == 303
    house.sign_in(client, "editor")
    assert client.post("/api/feeds", json={"address": "https://new.example/rss"}).status_code == 403
    store.disable_account(editor.id, house.clock.now())
    assert client.get("/alerts").status_code == 303


# --- tokens


def make_token(house: House, owner: Role, role: Role, days: int = 9) -> dict[str, str]:
    _, secret = make_api_token(house.desk.store, house.people[owner], "test", role, days, house.clock.now())
    return {"authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("path", ["/api/counts", "/alerts.atom", "/alerts.rss", "/outlets/feeds.opml", "/api/docs"])
def test_a_token_reads_what_programs_read_and_is_given_no_cookies(house: House, path: str) -> None:
    answer = house.client().get(path, headers=make_token(house, "viewer", "viewer"))
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def test_a_token_writes_without_a_forms_token_where_its_role_allows(house: House) -> None:
    client, body = house.client(), {"address": "https://new.example/rss"}
    assert client.post("/api/feeds", json=body, headers=make_token(house, "editor", "viewer")).status_code == 403
    assert client.post("/api/feeds", json=body, headers=make_token(house, "editor", "editor")).status_code == 201


def test_a_token_may_no_more_than_its_owner_may_by_now(house: House) -> None:
    client, headers = house.client(), make_token(house, "editor", "editor")
    house.desk.store.set_role(house.people["editor"].id, "analyst")
    answer = client.post("/api/feeds", json={"address": "https://new.example/rss"}, headers=headers)
    assert answer.status_code == 403
    assert client.get("/api/counts", headers=headers).status_code == 200


def test_a_token_opens_no_pages(house: House) -> None:
    headers = make_token(house, "admin", "admin")
    assert house.client().get("/alerts", headers=headers).status_code == 303
    assert house.client().get("/accounts", headers=headers).status_code == 303


def test_a_bad_token_is_refused_even_beside_a_session(house: House) -> None:
    client = house.client("admin")
    for given in ("Bearer x", "bearer tocsin_x", "Bearer "):
        answer = client.get("/api/counts", headers={"authorization": given})
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert client.get("/api/counts", headers={"authorization": "Basic eDp4"}).status_code == 200


def test_a_token_ends(house: House) -> None:
    client, headers = house.client(), make_token(house, "viewer", "viewer", days=1)
    house.clock.move(hours=23)
    assert client.get("/api/counts", headers=headers).status_code == 200
    house.clock.move(hours=1)
    assert client.get("/api/counts", headers=headers).status_code == 401


# --- when nobody has to sign in


def test_on_loopback_nobody_signs_in_until_there_is_an_account(open_house: Callable[..., House]) -> None:
    house = open_house()
    client = house.client()
    assert client.get("/alerts").status_code == 200
    assert client.post("/api/feeds", json={"address": "https://new.example/rss"}).status_code == 201
    assert "Sign out" not in client.get("/").text
    house.desk.store.add_account(make_account("anna", "viewer", house.clock.now()))
    assert client.get("/alerts").status_code == 303


def test_the_first_account_that_another_process_makes_closes_the_door_within_a_second(
    open_house: Callable[..., House],
) -> None:
    house, now = open_house(), [100.0]
    guarded = SignedIn(PlainTextResponse("within"), desk=house.desk, clock=lambda: now[0])
    client = TestClient(guarded, follow_redirects=False)
    assert client.get("/alerts").text == "within"
    store: Any = house.desk.store
    other = type(store)(store._connections, store._decoded)  # knows nothing of what the first one remembers
    other.add_account(make_account("anna", "viewer", house.clock.now()))
    now[0] += OPEN_SECONDS
    assert client.get("/alerts").headers["location"] == "/sign-in?next=%2Falerts"


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "0.0.0.0"},
        {"host": "192.0.2.7"},
        {"public_address": "https://desk.example.org"},
        {"accounts": "required"},
    ],
)
def test_elsewhere_everybody_signs_in(open_house: Callable[..., House], settings: dict[str, str]) -> None:
    house = open_house(**settings)
    assert house.client().get("/alerts").status_code == 303
    assert "no account yet" in house.client().get("/sign-in").text


def test_off_holds_on_loopback_even_with_accounts(open_house: Callable[..., House]) -> None:
    house = open_house(accounts="off", public_address="http://localhost:8765")
    house.move_in()
    assert house.client().get("/alerts").status_code == 200


@pytest.mark.parametrize(
    "settings", [{"host": "0.0.0.0"}, {"host": "::"}, {"public_address": "https://desk.example.org"}]
)
def test_off_elsewhere_is_refused_at_the_start(open_house: Callable[..., House], settings: dict[str, str]) -> None:
    house = open_house(accounts="off", **settings)
    with pytest.raises(SettingError, match=r"setting accounts: 'off at .*on loopback alone"):
        make_app(house.desk)


def test_the_public_address_is_the_desks_own_name(open_house: Callable[..., House]) -> None:
    house = open_house(public_address="https://desk.example.org")
    house.move_in()
    client = house.client(None, "https://desk.example.org")
    assert client.get("/sign-in").status_code == 200
    # what passes the browser on may put its own Host
    headers = {"host": "127.0.0.1:8765", "origin": "https://desk.example.org", "sec-fetch-site": "same-origin"}
    assert "token" in client.post("/sign-in", headers=headers).text
    assert client.post("/sign-in", headers=headers | {"origin": "https://evil.example"}).status_code == 403


def test_a_store_that_does_not_answer_lets_nobody_in(house: House, caplog: pytest.LogCaptureFixture) -> None:
    client = house.client("admin")
    house.desk.close()
    assert client.get("/alerts").status_code == 503
    assert client.get("/api/counts").status_code == 503
    assert "desk.sqlite" in caplog.text, "the log says which"
    for path in ("/alerts", "/api/counts", "/sign-in"):
        assert "desk.sqlite" not in client.get(path).text, "and tells no stranger where the desk keeps things"


def test_the_log_alone_says_where_a_store_is_that_fails_under_a_handler(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("database", "postgresql://desk@db.inside/desk", "refuses (no room on db.inside)")

    viewer, admin = house.client("viewer"), house.client("admin")
    monkeypatch.setattr(house.desk.store, "count_claims", fail)
    for path in ("/claims", "/api/claims"):
        told = viewer.get(path)
        assert told.status_code == 503
        assert "db.inside" not in told.text
        assert "db.inside" in admin.get(path).text, "who can mend it is told all"


def test_names_in_what_few_may_read_are_not_carried_into_what_anybody_may(house: House, world: World) -> None:
    assert world.incidents
    editor, analyst = house.client("editor"), house.client("analyst")
    form = {"token": read_token(editor.get("/reports").text), "tlp": "TLP:AMBER", "names": "yes", "only": "real"}
    address = editor.post("/reports", data=form).headers["location"].split("?")[0]
    token = read_token(analyst.get(address).text)
    for tlp, status in (("TLP:CLEAR", 403), ("TLP:AMBER", 303)):
        given = {"token": token, "tlp": tlp, "names": "yes", "pages": "3", "seen": "99"}
        assert (tlp, analyst.post(f"{address}/redraft", data=given).status_code) == (tlp, status)


def test_sessions_are_seen_to_the_minute(house: House) -> None:
    client = house.client("viewer")
    house.clock.move(seconds=61)
    client.get("/alerts")
    (session,) = house.desk.store.sessions()
    assert session.seen_at - session.made_at == timedelta(seconds=61)


def test_naming_people_in_a_report_that_anybody_may_read_takes_an_editor(house: House, world: World) -> None:
    assert world.incidents  # the week up to the newest report is drafted
    form = {"area": "", "tlp": "TLP:AMBER", "names": "yes", "only": "real"}
    for role, status in (("analyst", 403), ("editor", 303)):
        client = house.client(role)  # type: ignore[arg-type]
        token = read_token(client.get("/reports").text)
        answer = client.post("/reports", data=form | {"token": token}, follow_redirects=False)
        assert answer.status_code == status, (role, answer.text[:400])
        if status == 403:
            assert "takes the role editor" in answer.text
            plain = form | {"token": token, "names": ""}
            told = client.post("/reports", data=plain, follow_redirects=False)
            assert told.status_code == 303, told.text[-1500:]


@pytest.mark.usefixtures("no_sectors")
def test_a_laxer_marking_than_the_desks_takes_an_editor(house: House, world: World) -> None:
    assert world.incidents
    analyst, editor = house.client("analyst"), house.client("editor")
    page = lxml.html.document_fromstring(analyst.get("/reports").text)
    assert page.xpath("//select[@name='tlp']/option/text()") == ["TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]
    assert page.xpath("//input[@name='laxer_because']") == []
    form = {"tlp": "TLP:GREEN", "only": "real", "laxer_because": "agreed"}
    for client, status in ((analyst, 403), (editor, 303)):
        token = read_token(client.get("/reports").text)
        answer = client.post("/reports", data=form | {"token": token}, follow_redirects=False)
        assert answer.status_code == status
    address = answer.headers["location"].split("?")[0]
    token, anew = read_token(analyst.get(address).text), {"seen": "0", "pages": "3"}
    for changes, status in (
        ({"tlp": "TLP:CLEAR"}, 403),
        ({"tlp": "TLP:GREEN", "laxer_because": "says I"}, 403),
        ({"tlp": "TLP:GREEN"}, 303),
    ):
        answer = analyst.post(f"{address}/redraft", data=anew | changes | {"token": token}, follow_redirects=False)
        assert (changes, answer.status_code) == (changes, status)
