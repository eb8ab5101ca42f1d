"""The session's cookie, and who sits where: what a request is told of its asker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import Response

from tocsin.desk import Desk
from tocsin.desk.accounts import find_idle, make_session
from tocsin.records import digest_text
from tocsin.records.account import Account, Role, SignIn, SignInOutcome, SignInWay, lower_role
from tocsin.settings import Settings
from tocsin.web.auth.throttling import find_place
from tocsin.web.persons import DESK_PERSON

#: Over https the name's beginning binds the cookie to this host and path: no neighbouring site can put one there.
SECURE_COOKIE, PLAIN_COOKIE = "__Host-tocsin_session", "tocsin_session"
LONGEST_LOGGED_NAME = 60


@dataclass(frozen=True, slots=True)
class Seat:
    """Who asks.

    account    None at a desk without accounts
    digest     of the session's secret, or None where a token asks
    has_token  whether a token asks: it is given no cookies
    """

    person: str
    role: Role
    account: Account | None = None
    digest: str | None = None
    has_token: bool = False

    def to_state(self) -> dict[str, object]:
        """What handlers find in `request.state`."""
        return {"person": self.person, "role": self.role, "account": self.account, "session_digest": self.digest}


#: Everybody, at a desk without accounts.
OPEN_SEAT = Seat(DESK_PERSON, "admin")


def is_secure(request: Request, settings: Settings) -> bool:
    """Whether the browser speaks https with us, or with what passes it on."""
    public = settings.public_address
    return request.url.scheme == "https" or (public is not None and urlsplit(public).scheme == "https")


def find_session_seat(request: Request, desk: Desk) -> Seat | None:
    """The seat of a signed-in browser, or None."""
    secret = request.cookies.get(SECURE_COOKIE if is_secure(request, desk.settings) else PLAIN_COOKIE)
    if not secret:
        return None
    digest, now = digest_text(secret), desk.clock.now()
    found = desk.store.find_session(digest, now, find_idle(desk.settings))
    if found is None:
        return None
    session, account = found
    desk.store.mark_session(session, now)
    return Seat(account.name, account.role, account, digest)


def find_token_seat(secret: str, desk: Desk) -> Seat | None:
    """The seat of a program with a token, or None: it may do what both its role and its owner's allow."""
    now = desk.clock.now()
    found = desk.store.find_token(digest_text(secret), now)
    if found is None:
        return None
    token, account = found
    desk.store.mark_token(token, now)
    return Seat(account.name, lower_role(token.role, account.role), account, has_token=True)


def begin_session(request: Request, response: Response, desk: Desk, account: Account, way: SignInWay) -> None:
    """Sign a browser in: a new secret each time, and the one it held before is good for nothing."""
    now = desk.clock.now()
    end_session(request, response, desk)
    session, secret = make_session(account, now, desk.settings, way, find_place(find_address(request)))
    desk.store.add_session(session, digest_text(secret))
    desk.store.drop_old_access(now, find_idle(desk.settings), desk.settings.sign_in_log_days)
    secure = is_secure(request, desk.settings)
    response.set_cookie(
        SECURE_COOKIE if secure else PLAIN_COOKIE,
        secret,
        max_age=desk.settings.session_hours * 3600,
        httponly=True,
        secure=secure,
        samesite="lax",  # a link in a notice leads to the desk
        path="/",
    )


def end_session(request: Request, response: Response, desk: Desk) -> None:
    """Sign a browser out, if it was signed in."""
    for name in (SECURE_COOKIE, PLAIN_COOKIE):
        if secret := request.cookies.get(name):
            desk.store.end_session(digest_text(secret))
            response.delete_cookie(name, path="/", secure=name == SECURE_COOKIE, httponly=True, samesite="lax")


def log_sign_in(desk: Desk, request: Request, name: str, way: SignInWay, outcome: SignInOutcome) -> None:
    """Write a line of the log of sign-ins."""
    now: datetime = desk.clock.now()
    told = " ".join(name.split())[:LONGEST_LOGGED_NAME]
    desk.store.add_sign_in(SignIn(now, told, way, find_place(find_address(request)), outcome))


def find_address(request: Request) -> str | None:
    """Where a request comes from."""
    return request.client.host if request.client else None
