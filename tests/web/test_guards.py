"""Who may ask, how much may be sent, and what a form must carry."""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path

import pytest
from fastapi import Request
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from tests.looping import run_aside
from tests.web.checking import find_faults, read_token
from tests.web.worlds import World, make_client, open_empty
from tocsin.errors import TocsinError
from tocsin.web import make_app
from tocsin.web.auth.needs import list_needs
from tocsin.web.guards import SECURITY_HEADERS, TOKEN_COOKIE, Guard


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "[::1]:8765", "LOCALHOST:1", "testserver"])
def test_the_desk_answers_under_its_own_names(client: TestClient, host: str) -> None:
    assert client.get("/api/counts", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "192.168.1.5:8765", "", "localhost:x", "[::1", "a@localhost:9999999"],
)
def test_a_rebound_name_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert answer.headers["content-security-policy"] == SECURITY_HEADERS["content-security-policy"]
    assert not list(find_faults(answer.text))


def test_the_configured_host_is_ours_and_an_open_desk_takes_addresses_but_no_names(tmp_path: Path) -> None:
    with open_empty(tmp_path, host="0.0.0.0") as desk:
        client = TestClient(make_app(desk, warm_up=False))
        # nobody has signed in: whoever is asked to has come to the desk
        assert client.get("/api/counts", headers={"host": "192.168.1.5:8765"}).status_code == 401
        assert client.get("/api/counts", headers={"host": "evil.example"}).status_code == 421


OWN = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
FOREIGN = [
    {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    {"origin": "https://evil.example"},
    {"origin": "http://testserver:81"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_may_not_act(writer: TestClient, changing: World, headers: dict[str, str]) -> None:
    token = read_token(writer.get("/").text)
    answer = writer.post("/exercise/remove", data={"token": token}, headers=headers)
    assert answer.status_code == 403
    body = {"address": "https://new.example/rss"}
    assert writer.post("/api/feeds", json=body, headers=headers).status_code == 403
    counts = changing.desk.store.counts()
    assert (counts.exercise_articles, counts.feeds) == (1, 2)


def test_our_own_page_may(writer: TestClient, changing: World) -> None:
    token = read_token(writer.get("/").text)
    assert writer.post("/exercise/remove", data={"token": token}, headers=OWN).status_code == 303
    assert changing.desk.store.counts().exercise_articles == 0


def test_a_program_on_this_machine_may_use_the_api(writer: TestClient) -> None:
    assert writer.post("/api/feeds", json={"address": "https://new.example/rss"}).status_code == 201


#: Every writing route of the pages: the table that the routes of the application are held to has them all.
_NAMED = re.compile(r"\{[a-z_]+\}")
FORMS = sorted(_NAMED.sub("x", path) for method, path in list_needs() if method == "POST" and path[:5] != "/api/")


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_the_pages_token_does_nothing(writer: TestClient, changing: World, path: str) -> None:
    token = read_token(writer.get("/").text)
    before = changing.desk.store.counts()
    for given in ({}, {"token": ""}, {"token": "x" * 32}, {"token": token[:-1]}):
        answer = writer.post(path, data=given, headers=OWN)
        assert answer.status_code == 403, given
        assert "token" in answer.text
    writer.cookies.clear()
    assert writer.post(path, data={"token": token}, headers=OWN).status_code == 403
    assert changing.desk.store.counts() == before


def test_the_token_cookie_is_kept_from_scripts_and_other_sites(client: TestClient) -> None:
    client.cookies.clear()
    cookie = client.get("/").headers["set-cookie"].lower()
    assert cookie.startswith(TOKEN_COOKIE)
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "set-cookie" not in client.get("/").headers


def test_a_forged_cookie_is_not_echoed(client: TestClient) -> None:
    client.cookies.clear()
    text = client.get("/", headers={"cookie": f'{TOKEN_COOKIE}="><script>'}).text
    assert "><script>" not in text


@pytest.mark.parametrize("path", ["/take", "/api/articles"])
def test_a_body_that_announces_too_much_is_refused(writer: TestClient, path: str) -> None:
    answer = writer.post(path, content=b"x" * 100_001, headers=OWN | {"content-type": "application/json"})
    assert answer.status_code == 413
    assert "100000" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "kind"), [("/take", "application/x-www-form-urlencoded"), ("/api/articles", "application/json")]
)
def test_a_body_that_does_not_end_is_refused_too(writer: TestClient, path: str, kind: str) -> None:
    def endless() -> object:
        for _ in range(30):
            yield b"text=" + b"x" * 5_000

    answer = writer.post(path, content=endless(), headers=OWN | {"content-type": kind})  # type: ignore[arg-type]
    assert answer.status_code == 413


def test_no_folder_is_listed_and_no_file_beside_it_served(client: TestClient) -> None:
    for path in (
        "/static",
        "/static/",
        "/static/assets/",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/../app.py",
    ):
        answer = client.get(path)
        assert answer.status_code in (307, 404), path
        assert "make_app" not in answer.text


def test_a_defect_is_answered_in_words_and_logged(
    changing: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret inside")

    monkeypatch.setattr(type(changing.desk.store), "count_articles", fail)
    client = make_client(changing.desk)
    with caplog.at_level(logging.ERROR, "tocsin.web"):
        page, plain = client.get("/articles"), client.get("/api/articles")
    assert (page.status_code, plain.status_code) == (500, 500)
    assert plain.json() == {"what": "request", "which": "/api/articles", "why": "the desk made a mistake"}
    assert "secret" not in page.text + plain.text
    assert "content-security-policy" in page.headers
    assert "ZeroDivisionError" in caplog.text


def test_a_closed_store_is_said_in_words(tmp_path: Path) -> None:
    desk = open_empty(tmp_path)
    client = make_client(desk)
    desk.close()
    answer = client.get("/incidents")
    assert answer.status_code == 503
    assert "tocsin doctor" in answer.text
    assert client.get("/api/incidents").json()["what"]


def test_a_defect_after_the_body_was_read_is_answered_without_waiting_for_more() -> None:
    """A server's `receive` blocks once the body is out, until the visitor hangs up; TestClient's does not."""

    async def fail(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()
        raise ZeroDivisionError

    async def refuse(_request: Request, status: int, _error: TocsinError) -> Response:
        return Response(status_code=status)

    sent: list[Message] = []
    bodies: list[Message] = [{"type": "http.request", "body": b"{}", "more_body": False}]

    async def receive() -> Message:
        if not bodies:
            await asyncio.Event().wait()
        return bodies.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/api/articles", "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-length", b"2")],
    }  # fmt: skip
    guard = Guard(fail, hosts=(), most_bytes=100, refuse=refuse)

    async def ask() -> None:
        await asyncio.wait_for(guard(scope, receive, send), timeout=5)

    run_aside(ask())
    assert sent[0]["status"] == 500
