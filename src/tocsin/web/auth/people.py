"""The accounts of the desk, for admins: who there is, invitations, roles, and who is let in no more."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk import Desk
from tocsin.desk.accounts import invite_person, show_setup_address
from tocsin.records.account import ROLES, Account, parse_role
from tocsin.web.auth.seats import begin_session
from tocsin.web.forms import FORM_IS_OURS, CheckedForm, field_text
from tocsin.web.language import N_, _
from tocsin.web.persons import WhoHere, find_account
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter(prefix="/accounts")
MOST_LINES = 50
_NOTICES = {
    "role": N_("The role is changed. The account has to sign in anew."),
    "disabled": N_("The account is disabled and signed out. What it decided stays, under its name."),
    "enabled": N_("The account may sign in again."),
    "sessions": N_("The account is signed out everywhere."),
}


@router.get("")
def show(request: Request, desk: DeskHere) -> Response:
    """All accounts, and the log of sign-ins."""
    return _show(request, desk)


@router.post("")
def invite(request: Request, desk: DeskHere, form: CheckedForm, who: WhoHere) -> Response:
    """Make an account and show its set-up link, once."""
    role = parse_role(field_text(form, "role"))
    account, secret = invite_person(
        desk.store, field_text(form, "name") or "", role, desk.settings, desk.clock.now(), by=who
    )
    return _show(request, desk, invited=account, secret=secret, status=201)


@router.post("/{account_id}/invite", dependencies=FORM_IS_OURS)
def invite_again(request: Request, desk: DeskHere, account_id: str, who: WhoHere) -> Response:
    """A new set-up link for an account: for a password that was forgotten, or a link that was lost."""
    held = desk.store.account(account_id)
    account, secret = invite_person(
        desk.store, held.name, held.role, desk.settings, desk.clock.now(), by=who, again=True
    )
    return _show(request, desk, invited=account, secret=secret, status=201)


@router.post("/{account_id}/role")
def change_role(request: Request, desk: DeskHere, account_id: str, form: CheckedForm) -> Response:
    """Another role; the account's browsers are signed out, but for one's own, which is given a new session."""
    account = desk.store.set_role(account_id, parse_role(field_text(form, "role")))
    return _lead_back(request, desk, account, "role")


@router.post("/{account_id}/disable", dependencies=FORM_IS_OURS)
def disable(request: Request, desk: DeskHere, account_id: str) -> Response:
    """Let an account in no more."""
    return _lead_back(request, desk, desk.store.disable_account(account_id, desk.clock.now()), "disabled")


@router.post("/{account_id}/enable", dependencies=FORM_IS_OURS)
def enable(request: Request, desk: DeskHere, account_id: str) -> Response:
    """Let an account in again."""
    return _lead_back(request, desk, desk.store.enable_account(account_id), "enabled")


@router.post("/{account_id}/sessions", dependencies=FORM_IS_OURS)
def end_sessions(request: Request, desk: DeskHere, account_id: str) -> Response:
    """Sign an account out everywhere."""
    desk.store.end_sessions(account_id)
    return _lead_back(request, desk, desk.store.account(account_id), "sessions")


def _lead_back(request: Request, desk: Desk, account: Account, notice: str) -> Response:
    response = RedirectResponse(f"/accounts?notice={notice}", 303)
    own = find_account(request)
    if own is not None and own.id == account.id and account.disabled_at is None:
        begin_session(request, response, desk, account, "password" if account.has_password else "oidc")
    return response


def _show(
    request: Request, desk: Desk, *, invited: Account | None = None, secret: str | None = None, status: int = 200
) -> Response:
    now = desk.clock.now()
    busy = [s.account_id for s in desk.store.sessions() if s.expires_at > now]
    notice = _NOTICES.get(request.query_params.get("notice", ""))
    return render(
        request,
        "accounts.html",
        status=status,
        people=desk.store.accounts(),
        signed_in={id_: busy.count(id_) for id_ in set(busy)},
        lines=desk.store.sign_ins(MOST_LINES),
        roles=ROLES,
        invited=invited,
        address=show_setup_address(secret, desk.settings, str(request.base_url)) if secret else None,
        hours=desk.settings.setup_hours,
        notice=_(notice) if notice else None,
    )
