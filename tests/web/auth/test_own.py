"""One's own account: password, sessions, tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.web.auth.conftest import OWN, PASSWORD, House
from tests.web.auth.test_entering import NEW, enter, send
from tests.web.checking import find_faults
from tocsin.desk.accounts import make_api_token
from tocsin.web.auth.seats import PLAIN_COOKIE


def change(client: Any, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> Any:
    return send(client, "/account/password", at="/account", old=old, password=new, again=again)


def test_the_page_shows_whose_it_is(house: House) -> None:
    text = house.client("analyst").get("/account").text
    assert not list(find_faults(text))
    assert "analyst of Orle" in text
    assert "1 browser" in text


def test_another_password_signs_every_other_browser_out(house: House) -> None:
    client, other = house.client("editor"), house.client("editor")
    secret = client.cookies[PLAIN_COOKIE]
    client.cookies.clear()
    client.cookies.set(PLAIN_COOKIE, secret, domain="testserver.local")
    answer = change(client)
    assert answer.headers["location"] == "/account?notice=password"
    assert PLAIN_COOKIE in answer.headers["set-cookie"]
    assert secret not in answer.headers["set-cookie"]
    assert other.get("/alerts").status_code == 303
    assert len(house.desk.store.sessions()) == 1
    assert "Every other browser is signed out" in client.get("/account?notice=password").text
    assert enter(house.client(), "editor").status_code == 401
    assert enter(house.client(), "editor", NEW).status_code == 303


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"old": "not the old one"}, "The old password is wrong"),
        ({"old": ""}, "The old password is wrong"),
        ({"again": "something else, long"}, "not the same both times"),
        ({"new": "short", "again": "short"}, "12 to 200 characters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changed(house: House, fields: dict[str, str], why: str) -> None:
    client = house.client("editor")
    answer = change(client, **fields)
    assert answer.status_code == 422
    assert why in answer.text
    assert not list(find_faults(answer.text))
    assert client.get("/alerts").status_code == 200
    assert enter(house.client(), "editor").status_code == 303


def test_who_guesses_at_the_old_password_of_an_open_browser_waits(house: House) -> None:
    client = house.client("editor")
    for _ in range(5):
        assert change(client, old="wrong").status_code == 422
    assert change(client).status_code == 429
    house.clock.move(seconds=1)
    assert change(client).status_code == 303


def test_others_are_signed_out_on_demand(house: House) -> None:
    client, other = house.client("viewer"), house.client("viewer")
    answer = send(client, "/account/sessions", at="/account")
    assert answer.headers["location"] == "/account?notice=sessions"
    assert other.get("/alerts").status_code == 303
    assert len(house.desk.store.sessions()) == 1


def make_token(client: Any, **more: str) -> Any:
    return send(
        client, "/account/tokens", at="/account", **({"label": "export", "role": "viewer", "days": "30"} | more)
    )


def test_a_token_is_shown_once_and_works(house: House) -> None:
    client = house.client("analyst")
    answer = make_token(client, role="analyst")
    assert answer.status_code == 201
    assert not list(find_faults(answer.text))
    (secret,) = re.findall(r"tocsin_[A-Za-z0-9_-]{43}", answer.text)
    assert secret not in client.get("/account").text
    headers = {"authorization": f"Bearer {secret}"}
    program = house.client()
    assert program.get("/api/counts", headers=headers).status_code == 200
    (token,) = house.desk.store.tokens()
    assert token.used_at == house.clock.now()
    assert secret not in repr(token)
    assert send(client, f"/account/tokens/{token.id}/revoke", at="/account").status_code == 303
    assert program.get("/api/counts", headers=headers).status_code == 401
    assert "export" not in client.get("/account").text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"role": "editor"}, "must not be higher than the account&#39;s (analyst)"),
        ({"role": "root"}, "must be one of viewer"),
        ({"label": " "}, "1 to 60 printable"),
        ({"label": "x" * 61}, "1 to 60 printable"),
        ({"days": "0"}, "from 1 to 366"),
        ({"days": "367"}, "from 1 to 366"),
        ({"days": "-1"}, "from 1 to 366"),
        ({"days": "soon"}, "from 1 to 366"),
    ],
)
def test_a_token_that_cannot_be_is_refused(house: House, fields: dict[str, str], why: str) -> None:
    answer = make_token(house.client("analyst"), **fields)
    assert answer.status_code == 422
    assert why in answer.text
    assert house.desk.store.tokens() == []


@pytest.mark.parametrize("path", ["password", "sessions", "tokens", "tokens/tok_x/revoke"])
def test_every_form_carries_the_pages_token(house: House, path: str) -> None:
    client = house.client("viewer")
    for fields in ({}, {"token": "x" * 32}):
        given = {"label": "x", "old": PASSWORD, "password": NEW, "again": NEW, **fields}
        answer = client.post(f"/account/{path}", data=given, headers=OWN)
        assert answer.status_code == 403
        assert "its token is missing or old" in answer.text
    assert house.desk.store.tokens() == []
    assert len(house.desk.store.sessions()) == 1


def test_nobody_revokes_anothers_token(house: House) -> None:
    make_token(house.client("viewer"))
    (token,) = house.desk.store.tokens()
    answer = send(house.client("admin"), f"/account/tokens/{token.id}/revoke", at="/account")
    assert answer.status_code == 404
    assert house.desk.store.tokens()[0].revoked_at is None


def test_tokens_do_not_pile_up(house: House) -> None:
    client = house.client("viewer")
    for _ in range(49):
        make_api_token(house.desk.store, house.people["viewer"], "export", "viewer", 30, house.clock.now())
    assert make_token(client).status_code == 201
    assert make_token(client).status_code == 422
    (first, *_) = house.desk.store.tokens()
    house.desk.store.revoke_token(first.account_id, first.id, house.clock.now())
    assert make_token(client).status_code == 201


def test_a_desk_without_accounts_has_no_page_of_ones_own(open_house: Callable[..., House]) -> None:
    answer = open_house().client().get("/account")
    assert answer.status_code == 403
    assert "this desk has no accounts" in answer.text
