"""Who must sign in, and the links and tokens that are made for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.empty_databases import put_database
from tocsin.desk.accounts import (
    check_accounts_setting,
    find_door,
    invite_person,
    is_reached_from_elsewhere,
    make_account,
    make_api_token,
    make_first_link,
    make_session,
    show_setup_address,
)
from tocsin.errors import RecordError, SettingError
from tocsin.ports import Store
from tocsin.records import digest_text
from tocsin.settings import Settings
from tocsin.store import open_store
from tocsin.web.serving import open_listener

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(put_database(tmp_path / "desk.sqlite"))
    yield made
    made.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_loopback_is_this_machine(host: str) -> None:
    assert not is_reached_from_elsewhere(Settings(host=host))
    assert not is_reached_from_elsewhere(Settings(host=host, public_address="http://localhost:8765"))
    assert is_reached_from_elsewhere(Settings(host=host, public_address="https://desk.example.org"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "desk.example.org", ""])
def test_everything_else_is_elsewhere(host: str) -> None:
    assert is_reached_from_elsewhere(Settings(host=host))


@pytest.mark.parametrize(
    ("given", "empty", "with_one"),
    [
        ({}, "open", "closed"),
        ({"accounts": "required"}, "closed", "closed"),
        ({"accounts": "off"}, "open", "open"),
        ({"host": "0.0.0.0"}, "closed", "closed"),
    ],
)
def test_the_door(store: Store, given: dict[str, Any], empty: str, with_one: str) -> None:
    settings = Settings(**given)
    assert find_door(settings, store) == empty
    store.add_account(make_account("anna", "viewer", NOW))
    assert find_door(settings, store) == with_one


def test_off_elsewhere_stops_the_desk_before_it_listens() -> None:
    settings = Settings(host="0.0.0.0", port=0, accounts="off")
    for stop in (lambda: check_accounts_setting(settings), lambda: open_listener(settings)):
        with pytest.raises(SettingError, match=r"off at 0\.0\.0\.0.*leave accounts at auto"):
            stop()


def test_the_first_link_is_made_where_one_is_needed(store: Store) -> None:
    assert make_first_link(store, Settings(), NOW) is None
    settings = Settings(host="0.0.0.0", setup_hours=5)
    one, two = (make_first_link(store, settings, NOW) for _ in range(2))
    assert one
    assert two
    with pytest.raises(RecordError):
        store.setup_link(digest_text(one), NOW)
    assert store.setup_link(digest_text(two), NOW).expires_at == NOW + timedelta(hours=5)
    invite_person(store, "anna", "admin", settings, NOW, by="x")
    assert make_first_link(store, settings, NOW) is None


@pytest.mark.parametrize(
    ("given", "listening", "address"),
    [
        ({}, None, "http://127.0.0.1:8765/set-up?key=k"),
        ({"host": "::1", "port": 99}, None, "http://[::1]:99/set-up?key=k"),
        ({"host": "0.0.0.0"}, "http://127.0.0.1:5", "http://127.0.0.1:5/set-up?key=k"),
        ({"public_address": "https://desk.example.org/t/"}, "http://x", "https://desk.example.org/t/set-up?key=k"),
    ],
)
def test_the_address_that_is_shown(given: dict[str, Any], listening: str | None, address: str) -> None:
    assert show_setup_address("k", Settings(**given), listening) == address


def test_secrets_are_long_and_never_the_same(store: Store) -> None:
    settings = Settings(host="0.0.0.0")
    account = make_account("anna", "admin", NOW)
    assert account.id != make_account("anna", "admin", NOW).id
    store.add_account(account)
    secrets = {make_session(account, NOW, settings, "password", "here")[1] for _ in range(5)}
    secrets |= {make_api_token(store, account, "x", "viewer", 1, NOW)[1] for _ in range(5)}
    assert len(secrets) == 10
    assert all(len(secret) >= 43 for secret in secrets)


def test_serve_prints_the_first_link_once_and_it_opens(tmp_path: Path) -> None:
    """The whole way: a real server that listens to the network prints a link, and the link makes an admin."""
    import re
    import subprocess
    import sys

    import httpx

    command = [sys.executable, "-m", "tocsin.cli", "serve", "--host", "0.0.0.0", "--port", "0", "--no-watch",
               "--no-exercise", "--home", str(tmp_path)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            assert server.stdout is not None
            told = ""
            while "/set-up?key=" not in told:
                line = server.stdout.readline()
                assert line, told
                told += line
            address = re.search(r"http://127\.0\.0\.1:\d+/set-up\?key=\S+", told)
            assert address, told
            base = address[0].split("/set-up")[0]
            with httpx.Client(base_url=base, transport=httpx.HTTPTransport(retries=5)) as client:
                assert client.get("/alerts").headers["location"] == "/sign-in?next=%2Falerts"
                assert client.get("/api/counts").status_code == 401
                page = client.get(address[0])
                token = re.findall(r'name="token" value="([^"]+)"', page.text)[0]
                word = "seven boats left at dawn"
                fields = {"token": token, "key": address[0].split("key=")[1], "name": "Mirela", "password": word}
                assert client.post("/set-up", data=fields | {"again": word}).status_code == 303
                assert client.get("/accounts").status_code == 200
                assert client.get("/api/counts").status_code == 200
        finally:
            server.terminate()
            server.wait(30)
