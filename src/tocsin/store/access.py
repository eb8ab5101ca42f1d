"""What lets the owners of accounts in: sessions and tokens, and the log of who signed in.

Secrets never come here: whoever asks hands in their digests.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, desc, insert, or_, select, update

from tocsin.errors import UnknownIdError
from tocsin.records.account import Account, ApiToken, Session, SignIn
from tocsin.store.accounts import end_sessions_of, load_account
from tocsin.store.base import StoreBase
from tocsin.store.tables import api_tokens, sessions, setup_links, sign_ins

#: How exactly it is kept when a session or token was last used: not every request is a write.
SEEN_STEP = timedelta(minutes=1)
#: Lines of the log of sign-ins that are kept at most, looked after once in so many.
MOST_SIGN_INS, LOG_STEP = 100_000, 1_000


class Access(StoreBase):
    """The part of the store that knows who is signed in, and by what."""

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
            account = load_account(connection, row.account_id)
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
            load_account(connection, account_id)
            return end_sessions_of(connection, account_id)

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
            account = load_account(connection, row.account_id)
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


def _to_session(row: Row[*tuple[Any, ...]]) -> Session:
    return Session(row.id, row.account_id, row.made_at, row.seen_at, row.expires_at, row.way, row.place)


def _to_token(row: Row[*tuple[Any, ...]]) -> ApiToken:
    return ApiToken(
        row.id, row.account_id, row.label, row.role, row.made_at, row.expires_at, row.used_at, row.revoked_at
    )
