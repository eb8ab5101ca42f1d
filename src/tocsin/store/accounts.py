"""Accounts, and what lets their owners in: sessions, tokens, set-up links and the log of sign-ins.

Secrets never come here: whoever asks hands in their digests.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, desc, func, insert, or_, select, update

from tocsin.errors import RecordError, UnknownIdError
from tocsin.records.account import (
    Account,
    ApiToken,
    Role,
    Session,
    SetupLink,
    SignIn,
    fold_account_name,
)
from tocsin.records.ids import make_id
from tocsin.store.base import StoreBase
from tocsin.store.tables import accounts, api_tokens, sessions, setup_links, sign_ins

#: How exactly it is kept when a session or token was last used: not every request is a write.
SEEN_STEP = timedelta(minutes=1)
#: Lines of the log of sign-ins that are kept at most, looked after once in so many.
MOST_SIGN_INS, LOG_STEP = 100_000, 1_000
_LAST_ADMIN = "is the last admin who can sign in; make another one first"
_BAD_LINK = "is used, too old, or not of this desk; ask for a new one"


class Accounts(StoreBase):
    """The part of the store that knows who may sign in."""

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
            return _load(connection, account_id)

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

    def set_role(self, account_id: str, role: Role) -> Account:
        """Give another role; every session of the account ends. The last admin who can sign in stays one."""
        with self._connections.writing() as connection:
            held = _load(connection, account_id)
            if held.role == role:
                return held
            _keep_an_admin(connection, held)
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(role=role))
            _end_sessions(connection, account_id)
            return _load(connection, account_id)

    def disable_account(self, account_id: str, at: datetime) -> Account:
        """Let it in no more: sessions end, and links to it are void. The last admin who can sign in stays."""
        with self._connections.writing() as connection:
            held = _load(connection, account_id)
            if held.disabled_at is not None:
                return held
            _keep_an_admin(connection, held)
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(disabled_at=at))
            _end_sessions(connection, account_id)
            _drop_links(connection, account_id)
            return _load(connection, account_id)

    def enable_account(self, account_id: str) -> Account:
        """Let it in again."""
        with self._connections.writing() as connection:
            _load(connection, account_id)
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(disabled_at=None))
            return _load(connection, account_id)

    def password_of(self, account_id: str) -> str | None:
        """The password as Argon2 keeps it, or None."""
        with self._connections.reading() as connection:
            return connection.scalar(select(accounts.c.password).where(accounts.c.id == account_id))

    def set_password(self, account_id: str, password: str, *, ends_sessions: bool = True) -> None:
        """Keep a password as Argon2 keeps it; every session of the account ends, unless it is the same word anew."""
        with self._connections.writing() as connection:
            _load(connection, account_id)
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(password=password))
            if ends_sessions:
                _end_sessions(connection, account_id)

    # --- set-up links
    def add_setup_link(self, link: SetupLink, digest: str) -> None:
        """Keep one; earlier ones for the same account, or for the first one, are void from now on."""
        with self._connections.writing() as connection:
            if link.account_id is not None:
                _load(connection, link.account_id)
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
                if _load(connection, account_id).disabled_at is not None:
                    raise RecordError("set-up link", "account", "is for an account that is disabled")
                if password is not None:
                    connection.execute(update(accounts).where(accounts.c.id == account_id).values(password=password))
            if subject is not None:
                _link_subject(connection, account_id, subject)
            _end_sessions(connection, account_id)
            return _load(connection, account_id)

    # --- sessions
    def add_session(self, session: Session, digest: str) -> None:
        """Keep one that begins."""
        row = {name: getattr(session, name) for name in Session.__slots__}
        with self._connections.writing() as connection:
            connection.execute(insert(sessions), {"digest": digest, **row})

    def find_session(self, digest: str, now: datetime, idle: timedelta) -> tuple[Session, Account] | None:
        """The session of a secret's digest and its owner; None where it has ended or its account is disabled.

        idle  how long it may go without a request
        """
        with self._connections.reading() as connection:
            row = connection.execute(select(sessions).where(sessions.c.digest == digest)).one_or_none()
            if row is None or row.expires_at <= now or row.seen_at <= now - idle:
                return None
            account = _load(connection, row.account_id)
        return None if account.disabled_at is not None else (_to_session(row), account)

    def mark_session(self, session: Session, now: datetime) -> None:
        """Remember that it was used, where that was not just remembered."""
        if now - session.seen_at >= SEEN_STEP:
            with self._connections.writing() as connection:
                connection.execute(update(sessions).where(sessions.c.id == session.id).values(seen_at=now))

    def sessions(self, account_id: str | None = None) -> list[Session]:
        """Those kept, of one account or of all, the last used first; ended ones may be among them."""
        query = select(sessions).order_by(desc(sessions.c.seen_at), sessions.c.id)
        with self._connections.reading() as connection:
            narrowed = query if account_id is None else query.where(sessions.c.account_id == account_id)
            return [_to_session(row) for row in connection.execute(narrowed)]

    def end_session(self, digest: str) -> None:
        """End one; one that has ended already stays so."""
        with self._connections.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest))

    def end_sessions(self, account_id: str) -> int:
        """End all of an account; how many there were."""
        with self._connections.writing() as connection:
            _load(connection, account_id)
            return _end_sessions(connection, account_id)

    def drop_old_access(self, now: datetime, idle: timedelta, log_days: int) -> None:
        """Forget sessions that have ended, links that are void, and lines of the log that are older than is kept."""
        with self._connections.writing() as connection:
            over = or_(sessions.c.expires_at <= now, sessions.c.seen_at <= now - idle)
            connection.execute(delete(sessions).where(over))
            connection.execute(delete(setup_links).where(setup_links.c.expires_at <= now))
            connection.execute(delete(sign_ins).where(sign_ins.c.at < now - timedelta(days=log_days)))

    # --- tokens
    def add_token(self, token: ApiToken, digest: str) -> None:
        """Keep a new one."""
        row = {name: getattr(token, name) for name in ApiToken.__slots__}
        with self._connections.writing() as connection:
            connection.execute(insert(api_tokens), {"digest": digest, **row})

    def find_token(self, digest: str, now: datetime) -> tuple[ApiToken, Account] | None:
        """The token of a secret's digest and its owner; None where either is good no more."""
        with self._connections.reading() as connection:
            row = connection.execute(select(api_tokens).where(api_tokens.c.digest == digest)).one_or_none()
            if row is None or not _to_token(row).holds_at(now):
                return None
            account = _load(connection, row.account_id)
        return None if account.disabled_at is not None else (_to_token(row), account)

    def mark_token(self, token: ApiToken, now: datetime) -> None:
        """Remember that it was used, where that was not just remembered."""
        if token.used_at is None or now - token.used_at >= SEEN_STEP:
            with self._connections.writing() as connection:
                connection.execute(update(api_tokens).where(api_tokens.c.id == token.id).values(used_at=now))

    def tokens(self, account_id: str | None = None) -> list[ApiToken]:
        """Those of one account or of all, the newest first, revoked ones among them."""
        query = select(api_tokens).order_by(desc(api_tokens.c.made_at), api_tokens.c.id)
        with self._connections.reading() as connection:
            narrowed = query if account_id is None else query.where(api_tokens.c.account_id == account_id)
            return [_to_token(row) for row in connection.execute(narrowed)]

    def revoke_token(self, account_id: str, token_id: str, at: datetime) -> None:
        """Make a token of an account good for nothing; raises UnknownIdError where it has none of this id."""
        its = (api_tokens.c.id == token_id) & (api_tokens.c.account_id == account_id)
        with self._connections.writing() as connection:
            if connection.scalar(select(api_tokens.c.id).where(its)) is None:
                raise UnknownIdError("token", token_id, "is not one of this account")
            connection.execute(update(api_tokens).where(its, api_tokens.c.revoked_at.is_(None)).values(revoked_at=at))

    # --- the log
    def add_sign_in(self, line: SignIn) -> None:
        """Write a line of the log; of very many the oldest go, so that whoever guesses cannot fill the disk."""
        with self._connections.writing() as connection:
            row = {name: getattr(line, name) for name in SignIn.__slots__}
            seq = connection.scalar(insert(sign_ins).values(**row).returning(sign_ins.c.seq)) or 0
            if seq % LOG_STEP == 0:
                connection.execute(delete(sign_ins).where(sign_ins.c.seq <= seq - MOST_SIGN_INS))

    def sign_ins(self, limit: int = 100) -> list[SignIn]:
        """The last lines of the log, the newest first."""
        with self._connections.reading() as connection:
            rows = connection.execute(select(sign_ins).order_by(desc(sign_ins.c.seq)).limit(limit))
            return [SignIn(row.at, row.name, row.way, row.place, row.outcome) for row in rows]


def _load(connection: Connection, account_id: str) -> Account:
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


def _end_sessions(connection: Connection, account_id: str) -> int:
    return connection.execute(delete(sessions).where(sessions.c.account_id == account_id)).rowcount


def _drop_links(connection: Connection, account_id: str | None) -> None:
    whose = setup_links.c.account_id
    connection.execute(delete(setup_links).where(whose.is_(None) if account_id is None else whose == account_id))


def _to_account(row: Row[*tuple[Any, ...]]) -> Account:
    return Account(
        row.id, row.name, row.role, row.made_at, row.shown_name, row.disabled_at, row.password is not None, row.subject
    )


def _to_session(row: Row[*tuple[Any, ...]]) -> Session:
    return Session(row.id, row.account_id, row.made_at, row.seen_at, row.expires_at, row.way, row.place)


def _to_token(row: Row[*tuple[Any, ...]]) -> ApiToken:
    return ApiToken(
        row.id, row.account_id, row.label, row.role, row.made_at, row.expires_at, row.used_at, row.revoked_at
    )
