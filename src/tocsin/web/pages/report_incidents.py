"""Incidents put into a draft from the inbox or from their own page: which draft, and then at its end."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk import Desk
from tocsin.errors import RecordError
from tocsin.reporting.adding import MOST_ADDED, add_incidents
from tocsin.web.forms import CheckedForm, field_text
from tocsin.web.inboxing import read_chosen
from tocsin.web.naming import list_footnotes
from tocsin.web.persons import WhoHere
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()
#: So many of the newest reports are looked through for drafts.
MOST_LOOKED_AT = 200


@router.get("/reports/add")
def choose(request: Request, desk: DeskHere) -> Response:
    """Which draft the incidents named in the address go into."""
    return show_choice(request, desk, request.query_params.getlist("incident"))


@router.post("/inbox/report")
def choose_for_ticked(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """Which draft the ticked incidents go into."""
    return show_choice(request, desk, list(read_chosen(form)))


@router.post("/reports/add")
def add(desk: DeskHere, form: CheckedForm, who: WhoHere) -> Response:
    """Put incidents into a draft; what it tells already stays as it is."""
    report_id = field_text(form, "report")
    if not report_id:
        raise RecordError("report", "", "none is chosen: choose a draft, or make one under Reports")
    added = add_incidents(desk, report_id, [str(value) for value in form.getlist("incident")], by=who)
    anchor = f"#s-{quote(added.sentence_id)}" if added.sentence_id else ""
    told = "report-added" if added.new else "report-told"
    return RedirectResponse(f"/reports/{quote(report_id, safe='')}?notice={told}{anchor}", 303)


def show_choice(request: Request, desk: Desk, incident_ids: Sequence[str]) -> Response:
    """The drafts that are not final, the newest first, and the incidents that are meant."""
    asked = list(dict.fromkeys(incident_ids))
    if not 1 <= len(asked) <= MOST_ADDED:
        raise RecordError("incidents", len(asked), f"must be 1 to {MOST_ADDED} at once")
    incidents = [desk.store.incident(id_) for id_ in asked]
    kinds = {incident.is_exercise for incident in incidents}
    drafts = [r for r in desk.store.reports(limit=MOST_LOOKED_AT) if r.state == "draft" and {r.is_exercise} == kinds]
    return render(
        request,
        "report_add.html",
        incidents=incidents,
        drafts=drafts,
        is_mixed=len(kinds) > 1,
        footnotes=list_footnotes(desk, (incident.place for incident in incidents)),
    )
