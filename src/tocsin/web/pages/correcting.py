"""People's word on claims: accept, reject, reopen, fix and add, on plain forms."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from tocsin.desk import Desk
from tocsin.desk.correcting import mark_seen
from tocsin.desk.reviewing import Review, review_claims
from tocsin.incidents.correcting import LONGEST_EVIDENCE
from tocsin.knowledge.parties import SECTORS
from tocsin.knowledge.plover import load_ontology
from tocsin.records import Article, Claim, DatePrecision, Incident, SpeakerKind, TollKind
from tocsin.records.correction import CORRECTABLE_FIELDS
from tocsin.web.correcting import (
    LONGEST_SEARCH,
    SHARED_FIELDS,
    read_changes,
    read_fields,
    read_seen,
    search_places,
    show_fields,
    tell_field,
    write_shown,
)
from tocsin.web.forms import CheckedForm, field_text, read_why
from tocsin.web.persons import WhoHere
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()
_INCIDENT = re.compile(r"inc_[a-z2-7]{16}")


@router.post("/claims/{claim_id}/accept")
def accept(desk: DeskHere, claim_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Say that a claim is right as it stands."""
    desk.accept_claim(claim_id, why=read_why(form), seen=field_text(form, "seen"), who=who)
    return _lead_back(desk, claim_id, form, "claim-accepted")


@router.post("/claims/{claim_id}/reject")
def reject(desk: DeskHere, claim_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Say that a claim is none."""
    desk.reject_claim(claim_id, why=read_why(form), seen=field_text(form, "seen"), who=who)
    return _lead_back(desk, claim_id, form, "claim-rejected")


@router.post("/claims/{claim_id}/reopen")
def reopen(desk: DeskHere, claim_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Take back what was said of a claim as a whole."""
    desk.reopen_claim(claim_id, why=read_why(form), seen=field_text(form, "seen"), who=who)
    return _lead_back(desk, claim_id, form, "claim-reopened")


@router.get("/claims/{claim_id}/fix")
def show_fix(request: Request, desk: DeskHere, claim_id: str) -> Response:
    """A claim's fields as a form, the machine's value beside each."""
    claim = desk.store.claim(claim_id)
    back = _read_incident(request.query_params.get("incident"))
    return _render_claim(request, desk, claim, show_fields(claim), back=back)


@router.post("/claims/{claim_id}/fix")
def fix(request: Request, desk: DeskHere, claim_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Keep the fields that were changed; or look for a place and show the form once more as it was filled in."""
    if is_looking(form):
        claim = desk.store.claim(claim_id)
        back = _read_incident(field_text(form, "incident"))
        return _render_claim(request, desk, claim, show_fields(claim) | read_fields(form), form=form, back=back)
    changes = read_changes(form)
    claim = desk.store.claim(claim_id)
    if changes.get("mode", "") == claim.mode and "type" in changes:
        del changes["mode"]
    desk.correct_claim(claim_id, changes, why=read_why(form), seen=read_seen(form), who=who)
    return _lead_back(desk, claim_id, form, "claim-corrected")


@router.get("/incidents/{incident_id}/fix")
def show_incident_fix(request: Request, desk: DeskHere, incident_id: str) -> Response:
    """What an incident shows as a form: it is put right in the claims that carry it."""
    incident = desk.store.incident(incident_id)
    return _render_incident(request, desk, incident, show_fields(incident))


@router.post("/incidents/{incident_id}/fix")
def fix_incident(request: Request, desk: DeskHere, incident_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Change what the incident shows in every claim that carries it."""
    incident = desk.store.incident(incident_id)
    if is_looking(form):
        return _render_incident(request, desk, incident, show_fields(incident) | read_fields(form), form=form)
    sent = read_changes(form)
    changes = {field: sent[field] for field in map(str, SHARED_FIELDS) if field in sent}
    if changes.get("mode", "") == incident.mode and "type" in changes:
        del changes["mode"]
    made = desk.correct_incident(incident.id, changes, why=read_why(form), seen=field_text(form, "seen"), who=who)
    home = desk.store.incidents_of_claims([made[0].claim_id]).get(made[0].claim_id, incident.id)
    return RedirectResponse(f"/incidents/{home}?notice=claim-corrected", 303)


@router.get("/articles/{article_id}/claims/new")
def show_adding(request: Request, desk: DeskHere, article_id: str) -> Response:
    """An empty claim as a form."""
    return _render_adding(request, desk, desk.store.article(article_id), {})


@router.post("/articles/{article_id}/claims/new")
def add(request: Request, desk: DeskHere, article_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Add a claim that the machine missed; or look for a place first."""
    article = desk.store.article(article_id)
    sent = read_fields(form)
    if is_looking(form):
        return _render_adding(request, desk, article, sent, form=form)
    values = {field: value for field, value in sent.items() if field != "place"} | _read_place(sent)
    passage = form.get("evidence")
    claim = desk.add_claim(article.id, values, passage if isinstance(passage, str) else "", why=read_why(form), who=who)
    return RedirectResponse(f"/articles/{article.id}?notice=claim-added#c-{claim.id}", 303)


def is_looking(form: FormData) -> bool:
    """Whether a place is to be looked up first: its button, or Enter where another name stands than was looked up."""
    asked = field_text(form, "look")
    return asked == "place" or (asked == "enter" and field_text(form, "search") != field_text(form, "searched"))


def _read_place(sent: dict[str, Any]) -> dict[str, Any]:
    chosen = sent.get("place")
    return {"place": {"gazetteer_id": chosen}} if chosen not in (None, "keep") else {}


def _lead_back(desk: Desk, claim_id: str, form: FormData, notice: str) -> Response:
    """To the page that the form stood on: the claim's article, or the incident while the claim is in it."""
    claim = desk.store.claim(claim_id)
    back = _read_incident(field_text(form, "incident"))
    if back is not None and desk.store.incidents_of_claims([claim_id]).get(claim_id) == back:
        return RedirectResponse(f"/incidents/{back}?notice={notice}#c-{claim_id}", 303)
    return RedirectResponse(f"/articles/{claim.article_id}?notice={notice}#c-{claim_id}", 303)


def _read_incident(given: str | None) -> str | None:
    return given if given and _INCIDENT.fullmatch(given) else None


def _render_claim(
    request: Request, desk: Desk, claim: Claim, values: dict[str, Any], *, form: FormData | None = None,
    back: str | None = None,
) -> Response:  # fmt: skip
    article = desk.store.article(claim.article_id)
    review = review_claims(desk.store, [claim])[claim.id]
    return _render(
        request, desk, "claim", claim, article.is_exercise, values, form, article=article, review=review,
        action=f"/claims/{claim.id}/fix", back=back, fields=CORRECTABLE_FIELDS, seen=None,
        machine={field: tell_field(review.read, field) for field in CORRECTABLE_FIELDS},
    )  # fmt: skip


def _render_incident(
    request: Request, desk: Desk, incident: Incident, values: dict[str, Any], *, form: FormData | None = None
) -> Response:
    said = desk.store.corrections(incident.claim_ids)
    return _render(
        request, desk, "incident", incident, incident.is_exercise, values, form, article=None, review=None,
        action=f"/incidents/{incident.id}/fix", back=None, fields=SHARED_FIELDS, machine={}, seen=mark_seen(said),
    )  # fmt: skip


def _render_adding(
    request: Request, desk: Desk, article: Article, values: dict[str, Any], *, form: FormData | None = None
) -> Response:
    blank: dict[str, Any] = {
        "type": "", "mode": None, "modality": "actual", "certainty": "asserted", "background": False, "actor": [],
        "recipient": [], "date": None, "place": "none", "tolls": [], "attribution": [],
    }  # fmt: skip
    return _render(
        request, desk, "new", None, article.is_exercise, blank | values, form, article=article, review=None,
        action=f"/articles/{article.id}/claims/new", back=None, fields=CORRECTABLE_FIELDS, machine={}, seen=None,
    )  # fmt: skip


def _render(
    request: Request,
    desk: Desk,
    what: Literal["claim", "incident", "new"],
    record: Claim | Incident | None,
    is_exercise: bool,
    values: dict[str, Any],
    form: FormData | None,
    *,
    review: Review | None,
    **context: Any,
) -> Response:
    search = (field_text(form, "search") or "")[:LONGEST_SEARCH] if form is not None else ""
    shown = show_fields(record) if record is not None else {}
    was = form or {field: write_shown(value) for field, value in shown.items()}
    return render(
        request,
        "fix.html",
        what=what,
        is_exercise=is_exercise,
        record=record,
        review=review,
        values=values,
        was={field: was.get(f"was-{field}" if form else field) or "" for field in context["fields"]},
        seen_fields=read_seen(form) if form else (review.seen_fields if review else {}),
        kept_seen=field_text(form, "seen") if form else context.pop("seen"),
        search=search,
        found=search_places(desk, search, is_exercise=is_exercise),
        why=(field_text(form, "why") or "")[:1000] if form else "",
        passage=str(form.get("evidence") or "")[:LONGEST_EVIDENCE] if form else "",
        choices={
            "modes": {name: list(entry.modes) for name, entry in load_ontology().types.items() if entry.modes},
            "sectors": SECTORS,
            "precisions": get_args(DatePrecision),
            "tolls": get_args(TollKind),
            "speakers": get_args(SpeakerKind),
        },
        longest=LONGEST_EVIDENCE,
        **{key: value for key, value in context.items() if key != "seen"},
    )
