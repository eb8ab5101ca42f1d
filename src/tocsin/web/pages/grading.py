"""People's grades of claims and incidents, and their notes, on plain forms."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from tocsin.errors import RecordError
from tocsin.records import Credibility
from tocsin.web.forms import CheckedForm, field_text, read_why
from tocsin.web.persons import WhoHere
from tocsin.web.reaching import DeskHere

router = APIRouter()
#: What a form sends for the rule's own grade.
BY_RULE = "rule"


@router.post("/claims/{claim_id}/grade")
def grade_claim(desk: DeskHere, claim_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Set how credible a claim is, or give it back to the rule."""
    desk.grade_claim(claim_id, read_figure(form), why=read_why(form), seen=field_text(form, "seen"), who=who)
    home = desk.store.incidents_of_claims([claim_id])[claim_id]
    return RedirectResponse(f"/incidents/{home}?notice=claim-graded#c-{claim_id}", 303)


@router.post("/incidents/{incident_id}/grade")
def grade_incident(desk: DeskHere, incident_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Set how credible an incident is, or give its claims back to the rule."""
    seen = field_text(form, "seen")
    desk.grade_incident(incident_id, read_figure(form), why=read_why(form), seen=seen, who=who)
    return RedirectResponse(f"/incidents/{incident_id}?notice=claim-graded", 303)


@router.post("/incidents/{incident_id}/notes")
def note(desk: DeskHere, incident_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Write a note on an incident."""
    given = form.get("note")
    made = desk.note_incident(incident_id, given if isinstance(given, str) else "", who=who)
    return RedirectResponse(f"/incidents/{made.incident_id}?notice=noted#notes", 303)


def read_figure(form: FormData) -> Credibility | None:
    """The figure that a form sends, or None for the rule's; raises RecordError for anything else."""
    given = field_text(form, "credibility") or ""
    if given == BY_RULE:
        return None
    figures: dict[str, Credibility] = {str(figure): figure for figure in get_args(Credibility)}
    if given not in figures:
        raise RecordError("credibility", given[:40], f"must be one of {', '.join(figures)} or {BY_RULE}")
    return figures[given]
