"""Who must sign in, and how people come to have accounts: for the web and the command line alike.

Secrets are made here and shown once; the store is handed their digests.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from tocsin.errors import RecordError, SettingError
from tocsin.ports import AccountStore
from tocsin.records import digest_text, make_id
from tocsin.records.account import (
    Account,
    ApiToken,
    Role,
    Session,
    SetupLink,
    SignInWay,
    clean_account_name,
    clean_shown_name,
    reaches,
)
from tocsin.settings import Settings, is_loopback

SETUP_PATH = "/set-up"
#: Begins every API token, so that a scanner of leaked secrets knows it for one.
TOKEN_PREFIX = "tocsin_"  # noqa: S105 - a name, not a secret
MOST_TOKEN_DAYS, LONGEST_LABEL, MOST_TOKENS = 366, 60, 50
#: Who invites where nobody is signed in: the command line, and the server for its first account.
AT_THE_MACHINE = "the command line"
#: Whether people sign in: "open" (nobody does), "closed" (everybody must).
Door = Literal["open", "closed"]


def is_reached_from_elsewhere(settings: Settings) -> bool:
    """Whether others than this machine's own users reach the desk: it listens to them, or something passes them on."""
    public = urlsplit(settings.public_address).hostname if settings.public_address else None
    return not is_loopback(settings.host) or (public is not None and not is_loopback(public))


def check_accounts_setting(settings: Settings) -> None:
    """Raise SettingError where everybody on the network could do everything."""
    if settings.accounts == "off" and is_reached_from_elsewhere(settings):
        which = settings.public_address if is_loopback(settings.host) else settings.host
        allowed = (
            "is for a desk on loopback alone; leave accounts at auto, or host at 127.0.0.1 and public_address unset"
        )
        raise SettingError("setting accounts", f"off at {which}", allowed)


def find_door(settings: Settings, store: AccountStore) -> Door:
    """Whether people must sign in; see the setting `accounts`."""
    if settings.accounts == "off":
        check_accounts_setting(settings)
        return "open"
    if settings.accounts == "required" or is_reached_from_elsewhere(settings):
        return "closed"
    return "closed" if store.has_accounts() else "open"


def make_account(
    name: str, role: Role, now: datetime, *, shown_name: str | None = None, subject: str | None = None
) -> Account:
    """A new account, not kept yet; raises RecordError for a name that none may bear."""
    clean = clean_account_name(name)
    # random: an account of a name that was another's once is not that other
    id_ = make_id("acc", secrets.token_hex(16))
    return Account(id_, clean, role, now, clean_shown_name(shown_name), subject=subject)


def invite_person(
    store: AccountStore, name: str, role: Role, settings: Settings, now: datetime, *, by: str, again: bool = False
) -> tuple[Account, str]:
    """Make an account and the secret of its set-up link; with `again`, a new link for one that is there.

    A new link for somebody who has set up already lets him choose a new password. Raises RecordError where the name is
    taken, and for a disabled account.
    """
    if again:
        account = store.account_named(name)
        if account.disabled_at is not None:
            raise RecordError("account", account.name, "is disabled; enable it first")
        if account.role != role:
            raise RecordError("role", role, f"is not that of the account ({account.role}); change its role first")
    else:
        account = make_account(name, role, now)
        store.add_account(account)
    return account, _make_link(store, account.id, settings, now, by)


def make_first_link(store: AccountStore, settings: Settings, now: datetime) -> str | None:
    """The secret of the link that makes the desk's first account, an admin's; None where nobody needs one."""
    if find_door(settings, store) == "open" or store.has_accounts():
        return None
    return _make_link(store, None, settings, now, AT_THE_MACHINE)


def show_setup_address(secret: str, settings: Settings, listening: str | None = None) -> str:
    """The address that a set-up link is opened at: a query, since paths are written into logs.

    listening  where the desk listens, as "http://192.0.2.7:8765", where that is known better than the settings do
    """
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    begin = settings.public_address or listening or f"http://{host}:{settings.port}"
    return f"{begin.rstrip('/')}{SETUP_PATH}?key={secret}"


def make_session(
    account: Account, now: datetime, settings: Settings, way: SignInWay, place: str
) -> tuple[Session, str]:
    """A session that begins, not kept yet, and the secret that the browser holds."""
    secret = secrets.token_urlsafe(32)
    ends = now + timedelta(hours=settings.session_hours)
    return Session(make_id("ses", digest_text(secret)), account.id, now, now, ends, way, place), secret


def make_api_token(
    store: AccountStore, account: Account, label: str, role: Role, days: int, now: datetime
) -> tuple[ApiToken, str]:
    """Keep a token of an account and give its secret; raises RecordError for what a token cannot be."""
    told = " ".join(label.split())
    if not told or len(told) > LONGEST_LABEL or not told.isprintable():
        raise RecordError("token label", told[:40], f"must be 1 to {LONGEST_LABEL} printable characters")
    if not reaches(account.role, role):
        raise RecordError("token role", role, f"must not be higher than the account's ({account.role})")
    if not 1 <= days <= MOST_TOKEN_DAYS:
        raise RecordError("token days", days, f"must be from 1 to {MOST_TOKEN_DAYS}")
    if sum(token.holds_at(now) for token in store.tokens(account.id)) >= MOST_TOKENS:
        raise RecordError("tokens", MOST_TOKENS, "are as many as an account may have; revoke one first")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    digest = digest_text(secret)
    token = ApiToken(make_id("tok", digest), account.id, told, role, now, now + timedelta(days=days))
    store.add_token(token, digest)
    return token, secret


def find_idle(settings: Settings) -> timedelta:
    """How long a session may go without a request."""
    return timedelta(minutes=settings.session_idle_minutes)


def _make_link(store: AccountStore, account_id: str | None, settings: Settings, now: datetime, by: str) -> str:
    secret = secrets.token_urlsafe(32)
    link = SetupLink(account_id, by, now, now + timedelta(hours=settings.setup_hours))
    store.add_setup_link(link, digest_text(secret))
    return secret
