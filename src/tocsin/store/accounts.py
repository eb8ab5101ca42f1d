"""Accounts, and the links by which they are set up; `access` has what lets their owners in.

Secrets never come here: whoever asks hands in their digests.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from tocsin.errors import RecordError, UnknownIdError
from tocsin.records.account import (
    Account,
    Role,
    SetupLink,
    fold_account_name,
)
from tocsin.records.ids import make_id
from tocsin.store.base import StoreBase
from tocsin.store.tables import accounts, sessions, setup_links

_LAST_ADMIN = "is the last admin who can sign in; make another one first"
_BAD_LINK = "is used, too old, or not of this desk; ask for a new one"


class Accounts(StoreBase):
    """The part of the store that knows who may sign in."""

    #: How often an account was made here: whoever remembers that there is none asks again where this has changed.
    accounts_made = 0

    # --- accounts
    def has_accounts(self) -> bool:
        """Whether there is any, disabled ones included."""
        with self._connections.reading() as connection:
            return connection.scalar(select(accounts.c.id).limit(1)) is not None

    def accounts(self) -> list[Account]:
        """All, by name."""
        with self._connections.reading() as connection:
            return [_to_account(row) for row in connection.execute(select(accounts).order_by(accounts.c.folded))]

    def account(self, account_id: str) -> Account:
        """One account; raises UnknownIdError."""
        with self._connections.reading() as connection:
            return load_account(connection, account_id)

    def account_named(self, name: str) -> Account:
        """The account of this name, whatever its capitals; raises UnknownIdError."""
        with self._connections.reading() as connection:
            row = connection.execute(select(accounts).where(accounts.c.folded == fold_account_name(name))).one_or_none()
        if row is None:
            raise UnknownIdError("account", name, "is not on this desk; tocsin accounts list shows those that are")
        return _to_account(row)

    def account_of_subject(self, subject: str) -> Account | None:
        """The account that belongs to an organisation's account, if one does."""
        with self._connections.reading() as connection:
            query = select(accounts).where(accounts.c.subject_id == make_id("sub", subject))
            row = connection.execute(query).one_or_none()
        return None if row is None else _to_account(row)

    def add_account(self, account: Account) -> None:
        """Keep a new one, without a password; raises RecordError where its name or subject is taken."""
        with self._connections.writing() as connection:
            _insert(connection, account, None)
        self.accounts_made += 1

    def set_role(self, account_id: str, role: Role) -> Account:
        """Give another role; every session of the account ends. The last admin who can sign in stays one."""
        with self._connections.writing() as connection:
            held = load_account(connection, account_id)
            if held.role == role:
                return held
            _keep_an_admin(connection, held)
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(role=role))
            end_sessions_of(connection, account_id)
            return load_account(connection, account_id)

    def disable_account(self, account_id: str, at: datetime) -> Account:
        """Let it in no more: sessions end, and links to it are void. The last admin who can sign in stays."""
        with self._connections.writing() as connection:
            held = load_account(connection, account_id)
            if held.disabled_at is not None:
                return held
            _keep_an_admin(connection, held)
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(disabled_at=at))
            end_sessions_of(connection, account_id)
            _drop_links(connection, account_id)
            return load_account(connection, account_id)

    def enable_account(self, account_id: str) -> Account:
        """Let it in again."""
        with self._connections.writing() as connection:
            load_account(connection, account_id)
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(disabled_at=None))
            return load_account(connection, account_id)

    def password_of(self, account_id: str) -> str | None:
        """The password as Argon2 keeps it, or None."""
        with self._connections.reading() as connection:
            return connection.scalar(select(accounts.c.password).where(accounts.c.id == account_id))

    def set_password(self, account_id: str, password: str, *, ends_sessions: bool = True) -> None:
        """Keep a password as Argon2 keeps it; every session of the account ends, unless it is the same word anew."""
        with self._connections.writing() as connection:
            load_account(connection, account_id)
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(password=password))
            if ends_sessions:
                end_sessions_of(connection, account_id)

    # --- set-up links
    def add_setup_link(self, link: SetupLink, digest: str) -> None:
        """Keep one; earlier ones for the same account, or for the first one, are void from now on."""
        with self._connections.writing() as connection:
            if link.account_id is not None:
                load_account(connection, link.account_id)
            elif connection.scalar(select(accounts.c.id).limit(1)) is not None:
                raise RecordError("set-up link", "first account", "there are accounts already; an admin invites")
            _drop_links(connection, link.account_id)
            row = {name: getattr(link, name) for name in ("account_id", "made_by", "made_at", "expires_at")}
            connection.execute(insert(setup_links), {"digest": digest, **row})

    def setup_link(self, digest: str, now: datetime) -> SetupLink:
        """One that may still be used; raises RecordError."""
        with self._connections.reading() as connection:
            return _load_link(connection, digest, now)

    def use_setup_link(
        self,
        digest: str,
        now: datetime,
        *,
        first: Account | None = None,
        password: str | None = None,
        subject: str | None = None,
    ) -> Account:
        """Set up the account that a link is for, once: with a password, or with the organisation's account.

        first  the account to make where the link is for the desk's first one. Raises RecordError where the link cannot
               be used (any more), and where the desk got its first account meanwhile
        """
        with self._connections.writing() as connection:
            link = _load_link(connection, digest, now)
            connection.execute(update(setup_links).where(setup_links.c.digest == digest).values(used_at=now))
            if link.account_id is None:
                if first is None or connection.scalar(select(accounts.c.id).limit(1)) is not None:
                    raise RecordError("set-up link", "first account", _BAD_LINK)
                _insert(connection, first, password)
                account_id = first.id
            else:
                account_id = link.account_id
                if load_account(connection, account_id).disabled_at is not None:
                    raise RecordError("set-up link", "account", "is for an account that is disabled")
                if password is not None:
                    connection.execute(update(accounts).where(accounts.c.id == account_id).values(password=password))
            if subject is not None:
                _link_subject(connection, account_id, subject)
            end_sessions_of(connection, account_id)
            account = load_account(connection, account_id)
        self.accounts_made += first is not None
        return account


def load_account(connection: Connection, account_id: str) -> Account:
    """One account, in a transaction that is open; raises UnknownIdError."""
    row = connection.execute(select(accounts).where(accounts.c.id == account_id)).one_or_none()
    if row is None:
        raise UnknownIdError("account", account_id, "is not in the store")
    return _to_account(row)


def _load_link(connection: Connection, digest: str, now: datetime) -> SetupLink:
    row = connection.execute(select(setup_links).where(setup_links.c.digest == digest)).one_or_none()
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise RecordError("set-up link", "(not shown)", _BAD_LINK)
    return SetupLink(row.account_id, row.made_by, row.made_at, row.expires_at)


def _insert(connection: Connection, account: Account, password: str | None) -> None:
    folded = fold_account_name(account.name)
    if connection.scalar(select(accounts.c.id).where(accounts.c.folded == folded)) is not None:
        raise RecordError("account name", account.name, "is taken; choose another")
    names = ("id", "name", "role", "made_at", "shown_name", "disabled_at")
    row = {name: getattr(account, name) for name in names}
    connection.execute(insert(accounts), {**row, "folded": folded, "password": password})
    if account.subject is not None:
        _link_subject(connection, account.id, account.subject)


def _link_subject(connection: Connection, account_id: str, subject: str) -> None:
    subject_id = make_id("sub", subject)
    owner = connection.scalar(select(accounts.c.id).where(accounts.c.subject_id == subject_id))
    if owner not in (None, account_id):
        raise RecordError("account", "(not shown)", "this account of your organisation belongs to another one here")
    values = {"subject": subject, "subject_id": subject_id}
    connection.execute(update(accounts).where(accounts.c.id == account_id).values(**values))


def _keep_an_admin(connection: Connection, leaving: Account) -> None:
    """Nobody may lock everybody out."""
    if leaving.role != "admin" or not leaving.is_ready:
        return
    ready = or_(accounts.c.password.is_not(None), accounts.c.subject.is_not(None))
    others = select(func.count()).where(
        accounts.c.role == "admin", accounts.c.disabled_at.is_(None), ready, accounts.c.id != leaving.id
    )
    if not connection.scalar(others):
        raise RecordError("account", leaving.name, _LAST_ADMIN)


def end_sessions_of(connection: Connection, account_id: str) -> int:
    """End all sessions of an account, in a transaction that is open; how many there were."""
    return connection.execute(delete(sessions).where(sessions.c.account_id == account_id)).rowcount


def _drop_links(connection: Connection, account_id: str | None) -> None:
    whose = setup_links.c.account_id
    connection.execute(delete(setup_links).where(whose.is_(None) if account_id is None else whose == account_id))


def _to_account(row: Row[*tuple[Any, ...]]) -> Account:
    return Account(
        row.id, row.name, row.role, row.made_at, row.shown_name, row.disabled_at, row.password is not None, row.subject
    )
