"""Signing in and out, and setting up an account by a link."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.web.auth.conftest import OWN, PASSWORD, House
from tests.web.checking import find_faults, parse_page, read_token
from tocsin.desk.accounts import invite_person, make_first_link
from tocsin.records import digest_text
from tocsin.web.auth.seats import PLAIN_COOKIE, SECURE_COOKIE
from tocsin.web.auth.ways import clean_way
from tocsin.web.guards import TOKEN_COOKIE
from tocsin.web.language import LANGUAGE_COOKIE

NEW = "seven boats left at dawn"


def send(
    client: TestClient, path: str, at: str = "/sign-in", headers: dict[str, str] | None = None, **fields: str
) -> Any:
    """Send a form as the page `at` would."""
    token = read_token(client.get(at).text)
    return client.post(path, data={"token": token, **fields}, headers=OWN | (headers or {}))


def enter(client: TestClient, name: str, password: str = PASSWORD, **more: str) -> Any:
    return send(client, "/sign-in", name=name, password=password, **more)


def read_cookie(answer: Any, name: str = PLAIN_COOKIE) -> str:
    return next(c for c in answer.headers.get_list("set-cookie") if c.startswith(f"{name}="))


def test_name_and_password_open_the_desk_and_lead_on(house: House) -> None:
    client = house.client()
    page = client.get("/sign-in?next=%2Falerts%3Fa%3D1").text
    assert not list(find_faults(page))
    answer = enter(client, "Editor", next="/alerts?a=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts?a=1")
    assert client.get("/alerts").status_code == 200
    assert client.get("/sign-in?next=/alerts").headers["location"] == "/alerts"
    line = house.desk.store.sign_ins(1)[0]
    assert (line.name, line.way, line.outcome) == ("editor", "password", "in")


def test_the_cookie_is_kept_from_scripts_other_sites_and_the_database(house: House) -> None:
    client = house.client()
    cookie = read_cookie(enter(client, "viewer"))
    lowered = cookie.lower()
    assert all(part in lowered for part in ("httponly", "samesite=lax", "path=/", "max-age=604800"))
    assert "domain" not in lowered
    assert "; secure" not in lowered
    secret = cookie.split(";")[0].split("=", 1)[1]
    assert len(secret) >= 43
    (session,) = house.desk.store.sessions()
    assert secret not in repr(session)
    assert house.desk.store.find_session(digest_text(secret), house.clock.now(), timedelta(hours=1)) is not None


@pytest.mark.parametrize(
    ("settings", "base"),
    [({"accounts": "required"}, "https://testserver"), ({"public_address": "https://testserver"}, "http://testserver")],
)
def test_over_https_the_cookie_is_for_https_alone(
    open_house: Callable[..., House], settings: dict[str, str], base: str
) -> None:
    house = open_house(**settings)
    house.move_in()
    client, browser = house.client(None, base), house.client(None, base)
    client.cookies.set(TOKEN_COOKIE, "t" * 32)  # httpx sends none that is for https alone where a proxy passes it on
    headers = {"origin": "https://testserver"}
    language = send(client, "/language", headers=headers, language="sq")
    answer = send(client, "/sign-in", headers=headers, name="viewer", password=PASSWORD)
    cookie = read_cookie(answer, SECURE_COOKIE).lower()
    assert "; secure" in cookie
    assert "path=/" in cookie
    for answer, name in ((browser.get("/sign-in"), TOKEN_COOKIE), (language, LANGUAGE_COOKIE)):
        assert "; secure" in read_cookie(answer, name).lower(), name


def test_each_sign_in_is_a_new_session_and_the_old_one_ends(house: House) -> None:
    client = house.client("viewer")
    before = client.cookies[PLAIN_COOKIE]
    client.cookies.set(PLAIN_COOKIE, before)
    token = read_token(client.get("/").text)
    answer = client.post("/sign-in", data={"token": token, "name": "editor", "password": PASSWORD}, headers=OWN)
    assert answer.status_code == 303
    (session,) = house.desk.store.sessions()
    assert session.account_id == house.people["editor"].id
    assert client.get("/alerts", headers={"cookie": f"{PLAIN_COOKIE}={before}"}).status_code in (200, 303)
    fresh = house.client()
    fresh.cookies.set(PLAIN_COOKIE, before)
    assert fresh.get("/alerts").status_code == 303


def test_a_session_id_that_was_planted_is_not_taken_over(house: House) -> None:
    client = house.client()
    client.cookies.set(PLAIN_COOKIE, "planted" * 7)
    cookie = read_cookie(enter(client, "viewer"))
    assert "planted" not in cookie


def test_what_is_wrong_is_not_said(house: House) -> None:
    house.desk.store.disable_account(house.people["viewer"].id, house.clock.now())
    client = house.client()
    texts = []
    for name, password in (("editor", "wrong password"), ("nobody", PASSWORD), ("viewer", PASSWORD), ("", "")):
        answer = enter(client, name, password)
        assert answer.status_code == 401
        assert not list(find_faults(answer.text))
        texts.append(answer.text.replace(f'value="{name}"', "").replace(read_token(answer.text), ""))
    assert len(set(texts)) == 1
    assert "Name or password is wrong" in texts[0]
    assert [line.outcome for line in house.desk.store.sign_ins()] == ["wrong", "disabled", "wrong", "wrong"]


def test_a_name_that_is_not_there_is_checked_all_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """No assertion on time: what takes the time is counted."""
    client: Any = house.client()
    verified = []
    passwords = client.app.state.auth.passwords
    hasher = passwords._hasher
    verify = hasher.verify
    monkeypatch.setattr(type(hasher), "verify", lambda _self, kept, given: verified.append(kept) or verify(kept, given))
    for name in ("editor", "nobody", "Nobody else"):
        enter(client, name, "wrong password")
    assert len(verified) == 3


def test_a_password_kept_with_other_parameters_is_kept_anew(house: House) -> None:
    editor = house.people["editor"]
    before = house.desk.store.password_of(editor.id)
    client, other = house.client(), house.client("editor")
    assert enter(client, "editor").status_code == 303
    after = house.desk.store.password_of(editor.id)
    assert after != before
    assert "t=2" in str(after)
    assert other.get("/alerts").status_code == 200, "other sessions go on"
    enter(house.client(), "editor")
    assert house.desk.store.password_of(editor.id) == after


def test_who_guesses_waits_longer_and_longer(house: House) -> None:
    client = house.client()
    for _ in range(5):
        assert enter(client, "editor", "wrong password").status_code == 401
    answer = enter(client, "editor")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert "Too many wrong passwords" in answer.text
    house.clock.move(seconds=1)
    assert enter(client, "editor", "wrong password").status_code == 401
    house.clock.move(seconds=1)
    assert enter(client, "EDITOR").status_code == 429
    house.clock.move(seconds=1)
    assert enter(client, "editor").status_code == 303
    client.cookies.clear()
    assert enter(client, "editor", "wrong password").status_code == 401
    assert [line.outcome for line in house.desk.store.sign_ins(3)] == ["wrong", "in", "throttled"]


def test_an_address_that_tries_many_names_waits_too(house: House) -> None:
    client = house.client()
    for number in range(11):
        assert enter(client, f"name{number}", "wrong password").status_code == 401
    assert enter(client, "editor").status_code == 429


def test_ones_own_sign_in_does_not_clear_an_address(house: House) -> None:
    client = house.client()
    for number in range(10):
        enter(client, f"name{number}", "wrong password")
    assert enter(client, "viewer").status_code == 303
    client.cookies.clear()
    assert enter(client, "name11", "wrong password").status_code == 401
    assert enter(client, "name12", "wrong password").status_code == 429


def test_sign_out_ends_the_session_for_good(house: House) -> None:
    client = house.client("viewer")
    secret = client.cookies[PLAIN_COOKIE]
    assert send(client, "/sign-out", at="/").headers["location"] == "/sign-in?notice=signed-out"
    assert "You are signed out" in client.get("/sign-in?notice=signed-out").text
    client.cookies.set(PLAIN_COOKIE, secret)
    assert client.get("/alerts").status_code == 303
    assert house.desk.store.sign_ins(1)[0].outcome == "out"


def test_a_form_of_another_site_signs_nobody_in(house: House) -> None:
    client = house.client()
    token = read_token(client.get("/sign-in").text)
    fields = {"name": "viewer", "password": PASSWORD}
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert client.post("/sign-in", data={"token": token, **fields}, headers=foreign).status_code == 403
    assert client.post("/sign-in", data=fields, headers=OWN).status_code == 403
    assert house.desk.store.sessions() == []


def test_secrets_are_in_no_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    client = house.client()
    with caplog.at_level(logging.DEBUG):
        cookie = read_cookie(enter(client, "viewer"))
        enter(house.client(), "editor", "a wrong word, told to nobody")
        _, key = invite_person(house.desk.store, "new", "viewer", house.desk.settings, house.clock.now(), by="x")
        fresh = house.client()
        fresh.get(f"/set-up?key={key}")
        house.desk.close()
        client.get("/alerts")
        fresh.get(f"/set-up?key={key}")
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("tocsin"))
    assert ours, "the closed store is told of"
    for secret in (cookie.split(";")[0].split("=", 1)[1], PASSWORD, "told to nobody", key):
        assert secret not in ours


# --- where people are led


@pytest.mark.parametrize(
    "way",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\/evil.example", "javascript:alert(1)",
     "evil.example", "/\n/evil.example", "/\t/evil.example", "", "/sign-in", "/sign-in?next=/sign-in",
     "/sign-out", "/set-up?key=x", "/" + "x" * 2000, "/%0d%0aset-cookie", "http:/evil.example"],
)  # fmt: skip
def test_nobody_is_led_elsewhere(house: House, way: str) -> None:
    answer = enter(house.client(), "viewer", next=way)
    assert answer.status_code == 303
    assert answer.headers["location"] in ("/", "/%0d%0aset-cookie"), way
    assert len(answer.headers.get_list("location")) == 1


@given(st.text(alphabet="/\\:.?#@ax\n\t", max_size=12))
def test_a_clean_way_is_a_path_of_ours_and_stays_so(text: str) -> None:
    way = clean_way(text)
    assert way.startswith("/")
    assert not way.startswith(("//", "/\\"))
    assert clean_way(way) == way


# --- set-up


def invite(house: House, name: str = "new", role: str = "analyst") -> str:
    return invite_person(house.desk.store, name, role, house.desk.settings, house.clock.now(), by="admin")[1]  # type: ignore[arg-type]


def set_up(client: TestClient, key: str, password: str = NEW, again: str | None = None, **more: str) -> Any:
    fields = {"key": key, "password": password, "again": password if again is None else again, **more}
    return send(client, "/set-up", **fields)


def test_an_invited_person_chooses_a_password_and_is_in(house: House) -> None:
    client, key = house.client(), invite(house)
    for _ in range(2):  # to look at it uses nothing up
        page = client.get(f"/set-up?key={key}")
        assert page.status_code == 200
        assert "new, role analyst" in page.text
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert not list(find_faults(page.text))
    assert set_up(client, key).headers["location"] == "/"
    assert client.get("/alerts").status_code == 200
    again = set_up(house.client(), key)
    assert again.status_code == 422
    assert key not in again.text
    assert house.client().get(f"/set-up?key={key}").status_code == 422
    assert enter(house.client(), "new", NEW).status_code == 303


def test_an_invitation_is_read_in_another_language_at_its_own_address(house: House) -> None:
    client, key = house.client(), invite(house)
    page = client.get(f"/set-up?key={key}").text
    way = parse_page(page).xpath("//form[@action='/language']/input[@name='next']/@value")[0]
    chosen = client.post("/language", data={"token": read_token(page), "language": "sq", "next": way}, headers=OWN)
    assert chosen.headers["location"] == f"/set-up?key={key}"
    assert 'lang="sq"' in client.get(chosen.headers["location"]).text
    refused = set_up(client, key, "short")
    way = parse_page(refused.text).xpath("//form[@action='/language']/input[@name='next']/@value")[0]
    assert way == "/", "nothing is at the address of a form"


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        (NEW, "another word", "not the same both times"),
        ("short", None, "must be 12 to 200 characters"),
        ("x" * 201, None, "must be 12 to 200 characters"),
        ("aaaaaaaaaaaa", None, "hardly any different characters"),
        ("new new new qx", None, "account&#39;s name"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_stays_good(
    house: House, password: str, again: str | None, why: str
) -> None:
    client, key = house.client(), invite(house)
    answer = set_up(client, key, password, again)
    assert answer.status_code == 422
    assert why in answer.text
    assert not list(find_faults(answer.text))
    assert set_up(client, key).status_code == 303


def test_the_first_account_is_an_admins(open_house: Callable[..., House]) -> None:
    house = open_house(host="0.0.0.0")
    key = make_first_link(house.desk.store, house.desk.settings, house.clock.now())
    assert key is not None
    client = house.client()
    page = client.get(f"/set-up?key={key}").text
    assert "first account" in page
    assert not list(find_faults(page))
    assert set_up(client, key, name="desk").status_code == 422
    assert set_up(client, key, name="Mirela", shown_name="Mirela of Orle").status_code == 303
    assert client.get("/accounts").status_code == 200
    (account,) = house.desk.store.accounts()
    assert (account.name, account.role, account.has_password) == ("Mirela", "admin", True)
    assert make_first_link(house.desk.store, house.desk.settings, house.clock.now()) is None
    assert set_up(house.client(), key, name="second").status_code == 422


@pytest.mark.parametrize("key", ["", "x", "é" * 10, "../..", "' or 1=1 --"])
def test_a_made_up_link_opens_nothing(house: House, key: str) -> None:
    answer = house.client().get("/set-up", params={"key": key})
    assert answer.status_code == 422
    assert "ask for a new one" in answer.text


def test_a_link_ends(open_house: Callable[..., House]) -> None:
    house = open_house(accounts="required", setup_hours=2)
    house.move_in()
    client, key = house.client(), invite(house)
    house.clock.move(hours=2)
    assert set_up(client, key).status_code == 422
    assert not house.desk.store.account_named("new").has_password


def test_a_new_link_gives_a_new_password_and_ends_sessions(house: House) -> None:
    busy = house.client("editor")
    _, key = invite_person(
        house.desk.store, "editor", "editor", house.desk.settings, house.clock.now(), by="x", again=True
    )
    assert busy.get("/alerts").status_code == 200, "a link that nobody opens changes nothing"
    assert set_up(house.client(), key).status_code == 303
    assert busy.get("/alerts").status_code == 303
    assert enter(house.client(), "editor").status_code == 401
    assert enter(house.client(), "editor", NEW).status_code == 303
