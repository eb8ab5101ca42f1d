"""The ways in and out: sign-in by password or through the organisation, set-up by a link, sign-out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk import Desk
from tocsin.desk.accounts import make_account
from tocsin.errors import RecordError, TocsinError, UnknownIdError
from tocsin.records import digest_text
from tocsin.records.account import Account, SetupLink, SignInWay, clean_account_name
from tocsin.settings import Settings
from tocsin.web.auth.issuing import OidcError
from tocsin.web.auth.oidc import (
    ATTEMPT_COOKIE,
    ATTEMPT_TIME,
    BACK_PATH,
    Attempt,
    Issuer,
    Person,
    load_client,
)
from tocsin.web.auth.passwords import Passwords, check_new_password
from tocsin.web.auth.seats import begin_session, end_session, find_address, is_secure, log_sign_in
from tocsin.web.auth.throttling import BY_ADDRESS, BY_NAME, Throttle, find_network
from tocsin.web.auth.ways import clean_way
from tocsin.web.forms import FORM_IS_OURS, CheckedForm, field_text
from tocsin.web.guards import RequestError
from tocsin.web.language import N_, _
from tocsin.web.persons import find_account
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()
_NOTICES = {
    "signed-out": N_("You are signed out."),
    "ended": N_(
        "Your session has ended: what you sent was not kept. Sign in in another window, then go back in this one. "
        "The form still holds what you typed; send it again."
    ),
}
_SETUP_WAY = "/set-up?key="


@dataclass(frozen=True, slots=True)
class Auth:
    """What signing in needs for as long as the application lives."""

    passwords: Passwords
    names: Throttle
    addresses: Throttle
    issuer: Issuer | None


def make_auth(settings: Settings) -> Auth:
    """Nothing remembered yet; raises SettingError where the issuer is set up by half."""
    client = load_client(settings)
    return Auth(Passwords(), Throttle(BY_NAME), Throttle(BY_ADDRESS), Issuer(client) if client else None)


def find_auth(request: Request) -> Auth:
    """The application's."""
    auth: Auth = request.app.state.auth
    return auth


# --- by password


@router.get("/sign-in")
def show_sign_in(request: Request, desk: DeskHere) -> Response:
    """The form; who is signed in already is led on."""
    way = clean_way(request.query_params.get("next"))
    if find_account(request) is not None:
        return RedirectResponse(way, 303)
    return _show_sign_in(request, desk, way)


@router.post("/sign-in")
def sign_in(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """Sign in by name and password. What is wrong is not said, and a name that is not there takes as long."""
    auth, now = find_auth(request), desk.clock.now()
    name = field_text(form, "name") or ""
    given = form.get("password")
    password = given if isinstance(given, str) else ""
    way = clean_way(field_text(form, "next"))
    keys = ((auth.names, digest_text(name.casefold())), (auth.addresses, find_network(find_address(request))))
    wait = max(throttle.find_wait(key, now) for throttle, key in keys)
    if wait:
        log_sign_in(desk, request, name, "password", "throttled")
        return _show_sign_in(request, desk, way, name=name, wait=wait)
    for throttle, key in keys:
        throttle.add_failure(key, now)  # before it is checked: of many at once all but the first few wait
    account = _check_password(desk, auth, name, password)
    if account is None:
        log_sign_in(desk, request, name, "password", "wrong")
        return _show_sign_in(request, desk, way, name=name, wrong=True)
    if account.disabled_at is not None:
        log_sign_in(desk, request, account.name, "password", "disabled")
        return _show_sign_in(request, desk, way, name=name, wrong=True)
    auth.names.forget(keys[0][1])
    auth.addresses.take_back(keys[1][1])
    return _let_in(request, desk, account, "password", way)


@router.post("/sign-out", dependencies=FORM_IS_OURS)
def sign_out(request: Request, desk: DeskHere) -> Response:
    """End this browser's session."""
    response = RedirectResponse("/sign-in?notice=signed-out", 303)
    end_session(request, response, desk)
    if (account := find_account(request)) is not None:
        log_sign_in(desk, request, account.name, "password", "out")
    return response


def _check_password(desk: Desk, auth: Auth, name: str, password: str) -> Account | None:
    try:
        account: Account | None = desk.store.account_named(name)
    except UnknownIdError:
        account = None
    kept = desk.store.password_of(account.id) if account is not None else None
    if not auth.passwords.check(kept, password) or account is None or kept is None:
        return None
    if auth.passwords.is_outdated(kept):
        desk.store.set_password(account.id, auth.passwords.keep(password), ends_sessions=False)
    return account


def _let_in(request: Request, desk: Desk, account: Account, how: SignInWay, way: str) -> Response:
    response = RedirectResponse(way, 303, {"cache-control": "no-store"})
    begin_session(request, response, desk, account, how)
    log_sign_in(desk, request, account.name, how, "in")
    return response


def _show_sign_in(
    request: Request, desk: Desk, way: str, *, name: str = "", wrong: bool = False, wait: timedelta | None = None
) -> Response:
    problem, status = None, 200
    if wait is not None:
        problem, status = _("Too many wrong passwords. Wait a moment, then try again."), 429
    elif wrong:
        problem, status = _("Name or password is wrong."), 401
    notice = _NOTICES.get(request.query_params.get("notice", ""))
    response = render(
        request,
        "sign_in.html",
        status=status,
        way=way,
        name=name[:60],
        problem=problem,
        notice=_(notice) if notice else None,
        has_issuer=find_auth(request).issuer is not None,
        has_accounts=desk.store.has_accounts(),
    )
    if wait is not None:
        response.headers["retry-after"] = str(max(1, round(wait.total_seconds())))
    return response


# --- by a set-up link


@router.get("/set-up")
def show_set_up(request: Request, desk: DeskHere) -> Response:
    """The form that a set-up link opens. To look at it uses nothing up."""
    key = request.query_params.get("key", "")
    link = desk.store.setup_link(digest_text(key), desk.clock.now())
    return _show_set_up(request, desk, key, link)


@router.post("/set-up")
def set_up(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """Choose a password, for the first account a name as well, and be signed in."""
    auth, now = find_auth(request), desk.clock.now()
    key = field_text(form, "key") or ""
    link = desk.store.setup_link(digest_text(key), now)
    name = field_text(form, "name") or ""
    given, again = (str(form.get(field) or "") for field in ("password", "again"))
    try:
        whose = desk.store.account(link.account_id).name if link.account_id else clean_account_name(name)
        check_new_password(given, again, whose)
        first = None
        if link.account_id is None:
            first = make_account(name, "admin", now, shown_name=field_text(form, "shown_name"))
    except RecordError as why:
        return _show_set_up(request, desk, key, link, name=name, problem=f"{why.what}: {why.why}")
    password = auth.passwords.keep(given)
    account = desk.store.use_setup_link(digest_text(key), now, first=first, password=password)
    return _let_in(request, desk, account, "set-up", "/")


def _show_set_up(
    request: Request, desk: Desk, key: str, link: SetupLink, *, name: str = "", problem: str | None = None
) -> Response:
    return render(
        request,
        "set_up.html",
        status=422 if problem else 200,
        key=key,
        invited=desk.store.account(link.account_id) if link.account_id else None,
        expires_at=link.expires_at,
        name=name[:60],
        problem=problem,
        has_issuer=find_auth(request).issuer is not None,
    )


# --- through the organisation


@router.get("/sign-in/oidc")
def begin_oidc(request: Request, desk: DeskHere) -> Response:
    """Send the browser to the issuer. A set-up link's key goes with it in the cookie, not in the address."""
    issuer = _find_issuer(request)
    key = request.query_params.get("key")
    way = f"{_SETUP_WAY}{key}" if key else clean_way(request.query_params.get("next"))
    attempt = Attempt(secrets.token_urlsafe(32))
    response = RedirectResponse(issuer.begin(_find_back(request, desk), attempt, desk.clock.now()), 303)
    response.headers["cache-control"] = "no-store"
    response.set_cookie(
        ATTEMPT_COOKIE,
        f"{attempt.word}~{way.encode().hex()}",
        max_age=int(ATTEMPT_TIME.total_seconds()),
        httponly=True,
        secure=is_secure(request, desk.settings),
        samesite="lax",
        path=BACK_PATH,
    )
    return response


@router.get("/sign-in/oidc/back")
def finish_oidc(request: Request, desk: DeskHere) -> Response:
    """Take the issuer's answer: the account that it belongs to is signed in, or made where that is allowed."""
    issuer = _find_issuer(request)
    word, _sep, held = request.cookies.get(ATTEMPT_COOKIE, "").partition("~")
    if not word:
        raise RequestError("sign-in", "state", "this browser has not begun to sign in, or too long ago; begin anew")
    now = desk.clock.now()
    try:
        person = issuer.finish(_find_back(request, desk), Attempt(word), request.query_params, now)
    except OidcError:
        log_sign_in(desk, request, "", "oidc", "refused")
        raise
    way = _read_way(held)
    try:
        account = _find_persons_account(desk, issuer, person, way, now)
    except TocsinError:
        log_sign_in(desk, request, person.name, "oidc", "refused")
        raise
    if account.disabled_at is not None:
        log_sign_in(desk, request, account.name, "oidc", "disabled")
        raise RequestError("account", account.name, "is disabled; an admin of this desk can enable it")
    response = _let_in(request, desk, account, "oidc", "/" if way.startswith(_SETUP_WAY) else way)
    response.delete_cookie(ATTEMPT_COOKIE, path=BACK_PATH, httponly=True, samesite="lax")
    return response


def _find_persons_account(desk: Desk, issuer: Issuer, person: Person, way: str, now: datetime) -> Account:
    """The account of whom the issuer vouches for; raises RequestError where none is for him."""
    client, store = issuer.client, desk.store
    if way.startswith(_SETUP_WAY):
        digest = digest_text(way.removeprefix(_SETUP_WAY))
        link = store.setup_link(digest, now)
        first = None
        if link.account_id is None:
            first = make_account(person.name, "admin", now, shown_name=person.shown_name)
        return store.use_setup_link(digest, now, first=first, subject=person.subject)
    account = store.account_of_subject(person.subject)
    role = person.role or client.default_role
    if account is None:
        if role is None:
            raise RequestError("account", person.name, "is not on this desk; ask an admin of it for an invitation")
        account = make_account(person.name, role, now, shown_name=person.shown_name, subject=person.subject)
        store.add_account(account)
        return account
    if client.role_claim is None:
        return account  # roles are given on the desk
    if role is None:
        raise RequestError("account", account.name, "has no role on this desk any more, says your organisation")
    return store.set_role(account.id, role)


def _find_issuer(request: Request) -> Issuer:
    issuer = find_auth(request).issuer
    if issuer is None:
        raise RequestError("sign-in", "oidc", "this desk is not set up to ask an organisation")
    return issuer


def _find_back(request: Request, desk: Desk) -> str:
    begin = (desk.settings.public_address or str(request.base_url)).rstrip("/")
    return f"{begin}{BACK_PATH}"


def _read_way(held: str) -> str:
    try:
        way = bytes.fromhex(held).decode()
    except ValueError:
        return "/"
    return way if way.startswith(_SETUP_WAY) else clean_way(way)
