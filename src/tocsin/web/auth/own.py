"""One's own account: password, sessions and tokens."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk import Desk
from tocsin.desk.accounts import MOST_TOKEN_DAYS, make_api_token
from tocsin.errors import RecordError
from tocsin.records.account import ROLES, Account, parse_role, reaches
from tocsin.web.auth.entering import find_auth
from tocsin.web.auth.passwords import check_new_password
from tocsin.web.auth.seats import begin_session
from tocsin.web.forms import FORM_IS_OURS, CheckedForm, field_text
from tocsin.web.guards import RequestError
from tocsin.web.language import N_, _
from tocsin.web.persons import find_account
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter(prefix="/account")
DEFAULT_TOKEN_DAYS = 90
_NOTICES = {
    "password": N_("The new password is kept. Every other browser is signed out."),
    "sessions": N_("Every other browser is signed out."),
    "revoked": N_("The token is good for nothing any more."),
}


@router.get("")
def show(request: Request, desk: DeskHere) -> Response:
    """The page."""
    return _show(request, desk, _own(request))


@router.post("/password")
def change_password(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """Another password, for the old one; every other browser is signed out."""
    account, auth = _own(request), find_auth(request)
    old, new, again = (str(form.get(field) or "") for field in ("old", "password", "again"))
    now, key = desk.clock.now(), f"own:{account.id}"
    if auth.names.find_wait(key, now):
        return _show(
            request, desk, account, problem=_("Too many wrong passwords. Wait a moment, then try again."), status=429
        )
    kept = desk.store.password_of(account.id)
    auth.names.add_failure(key, now)
    if kept is not None and not auth.passwords.check(kept, old):
        return _show(request, desk, account, problem=_("The old password is wrong."), status=422)
    auth.names.forget(key)
    if kept is None:
        # who came in through the organisation is given a password by an admin's link, not by a browser left open
        raise RequestError("password", account.name, "this account signs in through your organisation")
    try:
        check_new_password(new, again, account.name)
    except RecordError as why:
        return _show(request, desk, account, problem=f"{why.what}: {why.why}", status=422)
    desk.store.set_password(account.id, auth.passwords.keep(new))
    return _stay(request, desk, account, "password")


@router.post("/sessions", dependencies=FORM_IS_OURS)
def end_others(request: Request, desk: DeskHere) -> Response:
    """Sign out every other browser."""
    account = _own(request)
    desk.store.end_sessions(account.id)
    return _stay(request, desk, account, "sessions")


@router.post("/tokens")
def make_token(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """A new token, shown once, on the page that answers."""
    account = _own(request)
    days = field_text(form, "days") or str(DEFAULT_TOKEN_DAYS)
    if not (days.isascii() and days.isdigit() and len(days) < 5):
        raise RecordError("token days", days[:20], f"must be from 1 to {MOST_TOKEN_DAYS}")
    role = parse_role(field_text(form, "role") or "viewer")
    _token, secret = make_api_token(
        desk.store, account, field_text(form, "label") or "", role, int(days), desk.clock.now()
    )
    return _show(request, desk, account, secret=secret, status=201)


@router.post("/tokens/{token_id}/revoke", dependencies=FORM_IS_OURS)
def revoke_token(request: Request, desk: DeskHere, token_id: str) -> Response:
    """Make one of one's own tokens good for nothing."""
    desk.store.revoke_token(_own(request).id, token_id, desk.clock.now())
    return RedirectResponse("/account?notice=revoked#tokens", 303)


def _own(request: Request) -> Account:
    account = find_account(request)
    if account is None:
        raise RequestError("account", "desk", "this desk has no accounts: whoever is at this machine may do everything")
    return account


def _stay(request: Request, desk: Desk, account: Account, notice: str) -> Response:
    """Back to the page, in a new session: the old ones have ended."""
    response = RedirectResponse(f"/account?notice={notice}", 303)
    begin_session(request, response, desk, account, "password" if account.has_password else "oidc")
    return response


def _show(
    request: Request,
    desk: Desk,
    account: Account,
    *,
    secret: str | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    now = desk.clock.now()
    notice = _NOTICES.get(request.query_params.get("notice", ""))
    return render(
        request,
        "account.html",
        status=status,
        sessions=[s for s in desk.store.sessions(account.id) if s.expires_at > now],
        tokens=[t for t in desk.store.tokens(account.id) if t.holds_at(now)],
        roles=[role for role in ROLES if reaches(account.role, role)],
        days=DEFAULT_TOKEN_DAYS,
        most_days=MOST_TOKEN_DAYS,
        secret=secret,
        problem=problem,
        notice=_(notice) if notice else None,
    )
