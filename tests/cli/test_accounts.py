"""`tocsin accounts`: who may sign in, as a person and a script meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tocsin.cli.commands import app
from tocsin.errors import RecordError, UnknownIdError
from tocsin.records import digest_text
from tocsin.store import open_store


def run(home: Path, *arguments: str, **environ: str) -> str:
    done = CliRunner().invoke(app, ["accounts", *arguments, "--home", str(home)], env=environ, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def ask(home: Path, *arguments: str, **environ: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(home, *arguments, "--json", **environ).splitlines()]


def test_nobody_is_there_at_first(tmp_path: Path) -> None:
    assert "No accounts. On loopback nobody has to sign in" in run(tmp_path, "list")
    assert ask(tmp_path, "list") == []
    assert "Nobody has signed in yet" in run(tmp_path, "log")


def test_an_invitation_is_printed_once_and_kept_as_a_digest(tmp_path: Path) -> None:
    told = run(tmp_path, "invite", "anna", "--role", "admin", TOCSIN_PUBLIC_ADDRESS="https://desk.example.org/")
    first, address = told.splitlines()
    assert first == "anna (admin) sets the account up here, once, within 72 hours:"
    begin, key = address.split("?key=")
    assert begin == "https://desk.example.org/set-up"
    assert key.encode() not in (tmp_path / "desk.sqlite").read_bytes()
    assert run(tmp_path, "list") == "anna: admin, not set up yet, 0 signed in\n"
    (again,) = ask(tmp_path, "invite", "ANNA", "--again")
    assert again["address"].startswith("http://127.0.0.1:8765/set-up?key=")
    assert again["role"] == "admin"
    assert key not in again["address"]
    assert len(ask(tmp_path, "list")) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "why"),
    [
        (["invite", "anna"], RecordError, "is taken"),
        (["invite", "<b>"], RecordError, "account name: '<b>'"),
        (["invite", "ben", "--role", "root"], RecordError, "must be one of viewer"),
        (["invite", "nobody", "--again"], UnknownIdError, "'nobody': is not on this desk"),
        (["role", "nobody", "viewer"], UnknownIdError, "'nobody'"),
        (["role", "anna", "root"], RecordError, "must be one of viewer"),
        (["disable", "nobody"], UnknownIdError, "'nobody'"),
        (["tokens", "anna", "--make", "x", "--role", "admin"], RecordError, "must not be higher"),
        (["tokens", "anna", "--make", "x", "--days", "400"], RecordError, "from 1 to 366"),
        (["tokens", "anna", "--revoke", "tok_x"], UnknownIdError, "not one of this account"),
    ],
)
def test_what_cannot_be_is_said_by_name(tmp_path: Path, arguments: list[str], error: type[Exception], why: str) -> None:
    run(tmp_path, "invite", "anna", "--role", "editor")
    with pytest.raises(error, match=why):
        run(tmp_path, *arguments)


def test_roles_and_doors_are_opened_and_shut(tmp_path: Path) -> None:
    run(tmp_path, "invite", "anna", "--role", "editor")
    assert run(tmp_path, "role", "anna", "viewer") == "anna: viewer\n"
    assert run(tmp_path, "disable", "anna") == "anna: disabled\n"
    assert ask(tmp_path, "list")[0]["disabled_at"] is not None
    with pytest.raises(RecordError, match="is disabled"):
        run(tmp_path, "invite", "anna", "--again")
    assert run(tmp_path, "enable", "anna") == "anna: not set up yet\n"
    assert run(tmp_path, "end-sessions", "anna") == "anna: 0 signed out\n"


def test_the_last_admin_stays(tmp_path: Path) -> None:
    run(tmp_path, "invite", "anna", "--role", "admin")
    store = open_store(tmp_path / "desk.sqlite")
    store.set_password(store.account_named("anna").id, "kept")
    store.close()
    for arguments in (["disable", "anna"], ["role", "anna", "editor"]):
        with pytest.raises(RecordError, match="last admin"):
            run(tmp_path, *arguments)


def test_a_token_is_printed_once_listed_and_revoked(tmp_path: Path) -> None:
    run(tmp_path, "invite", "anna", "--role", "editor")
    assert run(tmp_path, "tokens", "anna") == "anna has no tokens.\n"
    (made,) = ask(tmp_path, "tokens", "anna", "--make", "nightly export", "--days", "30")
    secret = made.pop("token")
    assert secret.startswith("tocsin_")
    assert secret.encode() not in (tmp_path / "desk.sqlite").read_bytes()
    assert ask(tmp_path, "tokens", "anna") == [made]
    assert "nightly export: viewer, never used, ends " in run(tmp_path, "tokens", "anna")
    store = open_store(tmp_path / "desk.sqlite")
    assert digest_text(secret) not in repr(store.tokens())
    store.close()
    assert "revoked " in run(tmp_path, "tokens", "anna", "--revoke", made["id"])
