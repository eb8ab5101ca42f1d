"""A report sent by e-mail from its page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.errors import RecordError
from tocsin.reporting.drafting import MEDIA_TYPES
from tocsin.reporting.kept import open_report
from tocsin.reporting.mailing import mail_report
from tocsin.service.delivering import load_desk_channels
from tocsin.web.forms import CheckedForm, field_text
from tocsin.web.pages.reports import show_report
from tocsin.web.persons import WhoHere
from tocsin.web.reaching import DeskHere

router = APIRouter()
_FIELDS = ("channel", "recipients", "form", "note", "ticket", "confirmed")


@router.post("/reports/{report_id}/mails")
def send(request: Request, desk: DeskHere, report_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Put the report into the outbox; what is refused comes back filled in (422), and nothing is sent."""
    filled = {name: field_text(form, name) or "" for name in _FIELDS}
    chosen = filled["form"] or "pdf"
    if chosen not in MEDIA_TYPES:
        raise RecordError("format", chosen[:20], f"must be one of {', '.join(MEDIA_TYPES)}")
    if not 8 <= len(filled["ticket"]) <= 64:
        raise RecordError("ticket", filled["ticket"][:20], "is missing: reload the page that the form is on")
    try:
        mail_report(
            desk, report_id, load_desk_channels(desk.settings), channel=filled["channel"],
            recipients=filled["recipients"], form=chosen, by=who, ticket=filled["ticket"], note=filled["note"],
            is_confirmed=bool(filled["confirmed"]),
        )  # fmt: skip
    except RecordError as why:
        return show_report(request, open_report(desk, report_id), frozenset(), status=422, filled=filled, unsent=why)
    return RedirectResponse(f"/reports/{report_id}?notice=report-mailed#h-mail", 303)
