"""The commands `tocsin accounts ...`: who may sign in, as what, and by which links and tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.cli.options import Database, Home, Json
from tocsin.settings import Settings, load_settings

if TYPE_CHECKING:
    from tocsin.ports import Store
    from tocsin.records.account import Account, ApiToken

app = typer.Typer(help="Who may sign in at the desk, and as what. See docs/accounts.md.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]
RoleName = Annotated[str, typer.Option("--role", help="viewer, analyst, editor or admin.")]


@app.command("list")
def list_accounts(as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """Show every account with its role and how its owner signs in."""
    with _open(home, database) as (store, _settings):
        held = store.accounts()
        sessions = [session.account_id for session in store.sessions() if session.expires_at > _now()]
    for account in held:
        row = _describe(account) | {"sessions": sessions.count(account.id)}
        _say(row, f"{account.name}: {account.role}, {_tell_state(account)}, {row['sessions']} signed in", as_json)
    if not held and not as_json:
        typer.echo("No accounts. On loopback nobody has to sign in; elsewhere tocsin serve prints a set-up link.")


@app.command("invite")
def invite(
    name: Name,
    role: RoleName = "viewer",
    again: Annotated[
        bool, typer.Option("--again", help="A new link for an account that is there: a lost link, a lost password.")
    ] = False,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Make an account and print its set-up link. The link works once and is not shown again."""
    from tocsin.desk.accounts import AT_THE_MACHINE, invite_person, show_setup_address
    from tocsin.records.account import parse_role

    with _open(home, database) as (store, settings):
        wanted = store.account_named(name).role if again else parse_role(role)
        account, secret = invite_person(store, name, wanted, settings, _now(), by=AT_THE_MACHINE, again=again)
        address = show_setup_address(secret, settings)
    row = _describe(account) | {"address": address, "hours": settings.setup_hours}
    told = f"{account.name} ({account.role}) sets the account up here, once, within {settings.setup_hours} hours:"
    _say(row, f"{told}\n{address}", as_json)


@app.command("role")
def change_role(
    name: Name,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="viewer, analyst, editor or admin.")],
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Give an account another role; it has to sign in anew."""
    from tocsin.records.account import parse_role

    with _open(home, database) as (store, _settings):
        account = store.set_role(store.account_named(name).id, parse_role(role))
    _say(_describe(account), f"{account.name}: {account.role}", as_json)


@app.command("disable")
def disable(name: Name, as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """Let an account in no more: its sessions, tokens and links are good for nothing at once."""
    with _open(home, database) as (store, _settings):
        account = store.disable_account(store.account_named(name).id, _now())
    _say(_describe(account), f"{account.name}: disabled", as_json)


@app.command("enable")
def enable(name: Name, as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """Let a disabled account in again."""
    with _open(home, database) as (store, _settings):
        account = store.enable_account(store.account_named(name).id)
    _say(_describe(account), f"{account.name}: {_tell_state(account)}", as_json)


@app.command("end-sessions")
def end_sessions(name: Name, as_json: Json = False, home: Home = None, database: Database = None) -> None:
    """Sign an account out everywhere."""
    with _open(home, database) as (store, _settings):
        account = store.account_named(name)
        count = store.end_sessions(account.id)
    _say(_describe(account) | {"ended": count}, f"{account.name}: {count} signed out", as_json)


@app.command("tokens")
def tokens(
    name: Name,
    make: Annotated[str | None, typer.Option(metavar="LABEL", help="Make a token and print it, once.")] = None,
    role: RoleName = "viewer",
    days: Annotated[int, typer.Option(help="For how many days the new token is good.")] = 90,
    revoke: Annotated[str | None, typer.Option(metavar="ID", help="Make a token good for nothing.")] = None,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Show an account's tokens for programs, make one, or revoke one."""
    from tocsin.desk.accounts import make_api_token
    from tocsin.records.account import parse_role

    with _open(home, database) as (store, _settings):
        account = store.account_named(name)
        if revoke is not None:
            store.revoke_token(account.id, revoke, _now())
        if make is not None:
            token, secret = make_api_token(store, account, make, parse_role(role), days, _now())
            _say(_describe_token(token) | {"token": secret}, f"{secret}\n{_tell_token(token)}", as_json)
            return
        held = store.tokens(account.id)
    for token in held:
        _say(_describe_token(token), _tell_token(token), as_json)
    if not held and not as_json:
        typer.echo(f"{account.name} has no tokens.")


@app.command("log")
def show_log(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many lines, the newest first.")] = 50,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Show who signed in, when, how and from where, and what was refused."""
    from tocsin.records import to_plain

    with _open(home, database) as (store, _settings):
        lines = store.sign_ins(limit)
    for line in lines:
        told = f"{line.at:%Y-%m-%d %H:%M} UTC  {line.outcome}: {line.name or 'unknown'}, by {line.way}, {line.place}"
        _say(to_plain(line), told, as_json)
    if not lines and not as_json:
        typer.echo("Nobody has signed in yet.")


def print_first_link(address: str) -> None:
    """The address that sets up the first account, for whoever started the desk."""
    typer.echo(
        f"The desk is reached from elsewhere and has no account yet. Set up the first one here, once:\n{address}"
    )


@contextmanager
def _open(home: Path | None, database: str | None) -> Iterator[tuple[Store, Settings]]:
    """The desk's database without the rest of the desk."""
    from tocsin.desk.opening import find_home
    from tocsin.store import open_store

    settings = load_settings(home=home, database=database)
    store = open_store(settings.database or find_home(settings) / "desk.sqlite")
    try:
        yield store, settings
    finally:
        store.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _say(row: Mapping[str, Any], told: str, as_json: bool) -> None:
    typer.echo(json.dumps(row, ensure_ascii=False) if as_json else told)


def _describe(account: Account) -> dict[str, Any]:
    from tocsin.records import to_plain

    row: dict[str, Any] = to_plain(account)
    return row


def _describe_token(token: ApiToken) -> dict[str, Any]:
    from tocsin.records import to_plain

    row: dict[str, Any] = to_plain(token)
    return row


def _tell_state(account: Account) -> str:
    if account.disabled_at is not None:
        return "disabled"
    ways: Sequence[str] = [
        *(["password"] if account.has_password else []),
        *(["organisation"] if account.subject else []),
    ]
    return " or ".join(ways) if ways else "not set up yet"


def _tell_token(token: ApiToken) -> str:
    used = f"last used {token.used_at:%Y-%m-%d}" if token.used_at else "never used"
    end = f"revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else f"ends {token.expires_at:%Y-%m-%d}"
    return f"{token.id}  {token.label}: {token.role}, {used}, {end}"
