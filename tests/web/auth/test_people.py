"""The accounts of the desk, as admins keep them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.web.auth.conftest import OWN, House
from tests.web.auth.test_entering import NEW, enter, send, set_up
from tests.web.checking import find_faults
from tests.web.worlds import World


def act(house: House, path: str, role: str = "viewer", client: Any = None, **fields: str) -> Any:
    account = house.people[role]  # type: ignore[index]
    return send(client or house.client("admin"), f"/accounts/{account.id}/{path}", at="/accounts", **fields)


def read_key(text: str) -> str:
    (key,) = re.findall(r"http://testserver/set-up\?key=([A-Za-z0-9_-]{43})", text)
    return str(key)


def test_everybody_is_shown_with_the_log(house: House) -> None:
    enter(house.client(), "<script>alert(1)</script>", "wrong password")
    text = house.client("admin").get("/accounts").text
    assert not list(find_faults(text))
    assert all(f"{role} of Orle" in text for role in house.people)
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text


def test_an_admin_invites_and_the_link_is_shown_once(house: House) -> None:
    admin = house.client("admin")
    answer = send(admin, "/accounts", at="/accounts", name="Besa", role="analyst")
    assert answer.status_code == 201
    assert not list(find_faults(answer.text))
    key = read_key(answer.text)
    assert key not in admin.get("/accounts").text
    assert set_up(house.client(), key).status_code == 303
    assert house.desk.store.account_named("besa").role == "analyst"
    assert enter(house.client(), "Besa", NEW).status_code == 303


@pytest.mark.parametrize(("name", "role"), [("Viewer", "viewer"), ("", "viewer"), ("desk", "viewer"), ("carl", "root")])
def test_what_cannot_be_is_refused(house: House, name: str, role: str) -> None:
    assert send(house.client("admin"), "/accounts", at="/accounts", name=name, role=role).status_code == 422
    assert len(house.desk.store.accounts()) == 4


def test_a_new_link_is_given_for_a_lost_password(house: House) -> None:
    key = read_key(act(house, "invite").text)
    assert set_up(house.client(), key).status_code == 303
    assert enter(house.client(), "viewer", NEW).status_code == 303


def test_a_role_is_changed_and_holds_at_once(house: House) -> None:
    busy = house.client("viewer")
    assert act(house, "role", role="viewer").status_code == 422, "a form without a role"
    assert (
        send(
            house.client("admin"), f"/accounts/{house.people['viewer'].id}/role", at="/accounts", role="editor"
        ).headers["location"]
        == "/accounts?notice=role"
    )
    assert busy.get("/alerts").status_code == 303
    house.sign_in(busy, "viewer")
    assert busy.post("/api/feeds", json={"address": "https://new.example/rss"}).status_code == 201


def test_ones_own_role_may_go_while_another_admin_stays(house: House) -> None:
    admin = house.client("admin")
    own = house.people["admin"]
    answer = send(admin, f"/accounts/{own.id}/role", at="/accounts", role="viewer")
    assert answer.status_code == 422
    assert "last admin" in answer.text
    house.desk.store.set_role(house.people["editor"].id, "admin")
    answer = send(admin, f"/accounts/{own.id}/role", at="/accounts", role="viewer")
    assert answer.status_code == 303
    assert "set-cookie" in answer.headers, "one's own browser goes on, in a new session"
    assert len(house.desk.store.sessions(own.id)) == 1


def test_an_account_is_disabled_and_enabled(house: House) -> None:
    busy = house.client("viewer")
    assert act(house, "disable").headers["location"] == "/accounts?notice=disabled"
    assert busy.get("/alerts").status_code == 303
    assert enter(house.client(), "viewer").status_code == 401
    assert act(house, "invite").status_code == 422
    assert act(house, "enable").status_code == 303
    assert enter(house.client(), "viewer").status_code == 303
    assert act(house, "disable", "admin").status_code == 422


def test_the_feeds_of_an_account_end_with_it(house: House, world: World) -> None:
    """Their addresses need no account to read: they must not outlive the one that made them."""
    assert world.incidents
    analyst = house.client("analyst")
    assert analyst.post("/api/filters", json={"name": "mine"}, headers=OWN).status_code == 201
    (kept,) = analyst.get("/api/filters").json()["filters"]
    text = send(analyst, f"/filters/{kept['id']}/feed", at="/filters").text
    (feed,) = set(re.findall(r"/feeds/filters/[\w-]+/[\w-]+\.atom", text))
    reader = house.client()
    assert reader.get(feed).status_code == 200
    act(house, "disable", "analyst")
    assert reader.get(feed).status_code == 404
    act(house, "enable", "analyst")
    assert reader.get(feed).status_code == 200


def test_an_account_is_signed_out_everywhere(house: House) -> None:
    busy = house.client("viewer")
    assert act(house, "sessions").status_code == 303
    assert busy.get("/alerts").status_code == 303


@pytest.mark.parametrize("path", ["role", "invite", "disable", "enable", "sessions"])
def test_an_account_that_is_not_there_is_said(house: House, path: str) -> None:
    assert send(house.client("admin"), f"/accounts/acc_x/{path}", at="/accounts", role="viewer").status_code == 404


@pytest.mark.parametrize(
    "path", ["/accounts", *(f"/accounts/x/{p}" for p in ("role", "invite", "disable", "enable", "sessions"))]
)
def test_every_form_carries_the_pages_token(house: House, path: str) -> None:
    before = house.desk.store.accounts()
    answer = house.client("admin").post(
        path, data={"name": "carl", "role": "admin"}, headers={"origin": "http://testserver"}
    )
    assert answer.status_code == 403
    assert "token" in answer.text
    assert house.desk.store.accounts() == before


def test_on_a_desk_without_accounts_the_page_warns_what_the_first_one_does(open_house: Callable[..., House]) -> None:
    house = open_house()
    client = house.client()
    page = client.get("/accounts").text
    assert not list(find_faults(page))
    assert "invite yourself as admin first" in page
    answer = send(client, "/accounts", at="/accounts", name="Mirela", role="admin")
    key = read_key(answer.text)
    assert client.get("/accounts").status_code == 303
    assert set_up(client, key).status_code == 303
    assert client.get("/accounts").status_code == 200
