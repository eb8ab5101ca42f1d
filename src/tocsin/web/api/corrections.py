"""People's word on claims through the API: corrections, verdicts, added claims and their history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi.responses import JSONResponse

from tocsin.desk import Desk
from tocsin.desk.reviewing import review_claims
from tocsin.records import Claim
from tocsin.records.correction import CorrectedField, Correction, CorrectionKind, Standing
from tocsin.web.api.given import ClaimGiven, CorrectionGiven, CredibilityGiven, JudgedGiven
from tocsin.web.api.making import make_claims
from tocsin.web.api.routers import make_router
from tocsin.web.api.shapes import ClaimForm, answer
from tocsin.web.persons import WhoHere
from tocsin.web.reaching import DeskHere

router = make_router("changes")


@dataclass(frozen=True, slots=True)
class CorrectionForm:
    """One thing that was said of a claim.

    field    what was changed or graded; null where it speaks of the claim as a whole
    machine  the machine's value of the field, `value` the new one; of kind "added" the value is the whole claim
    """

    id: str
    kind: CorrectionKind
    field: CorrectedField | None
    machine: Any
    value: Any
    reason: str
    made_by: str
    made_at: datetime
    replaces: str | None
    incident_id: str | None
    is_exercise: bool


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """A claim as it stands, as the machine read it, and everything that was said of it, oldest first.

    seen  its newest correction: who judges it next says that he has seen this one
    """

    claim: ClaimForm
    as_read: ClaimForm
    standing: Standing
    seen: str | None
    corrections: list[CorrectionForm]


@router.get("/claims/{claim_id}/corrections", response_model=ReviewAnswer)
def get_corrections(desk: DeskHere, claim_id: str) -> JSONResponse:
    """A claim as it stands and as the machine read it, with the history of its corrections."""
    return _answer_review(desk, desk.store.claim(claim_id))


@router.post("/claims/{claim_id}/corrections", response_model=ReviewAnswer, status_code=201)
def post_correction(desk: DeskHere, claim_id: str, given: CorrectionGiven, who: WhoHere) -> JSONResponse:
    """Give fields of a claim other values. `seen` names the correction of each field that was corrected before."""
    desk.correct_claim(claim_id, given.changes, why=given.reason, seen=given.seen, who=who)
    return _answer_review(desk, desk.store.claim(claim_id), 201)


@router.post("/claims/{claim_id}/accept", response_model=ReviewAnswer)
def post_acceptance(desk: DeskHere, claim_id: str, given: JudgedGiven, who: WhoHere) -> JSONResponse:
    """Say that a claim is right as it stands; the reason may be left out."""
    desk.accept_claim(claim_id, why=given.reason, seen=given.seen, who=who)
    return _answer_review(desk, desk.store.claim(claim_id))


@router.post("/claims/{claim_id}/reject", response_model=ReviewAnswer)
def post_rejection(desk: DeskHere, claim_id: str, given: JudgedGiven, who: WhoHere) -> JSONResponse:
    """Say that a claim is none: it counts for nothing, and stays, marked."""
    desk.reject_claim(claim_id, why=given.reason, seen=given.seen, who=who)
    return _answer_review(desk, desk.store.claim(claim_id))


@router.post("/claims/{claim_id}/reopen", response_model=ReviewAnswer)
def post_reopening(desk: DeskHere, claim_id: str, given: JudgedGiven, who: WhoHere) -> JSONResponse:
    """Take back what was said of a claim as a whole; fields that were changed stay so."""
    desk.reopen_claim(claim_id, why=given.reason, seen=given.seen, who=who)
    return _answer_review(desk, desk.store.claim(claim_id))


@router.post("/claims/{claim_id}/grade", response_model=ReviewAnswer)
def post_claim_grade(desk: DeskHere, claim_id: str, given: CredibilityGiven, who: WhoHere) -> JSONResponse:
    """Set how credible a claim is within its incident; null gives it back to the rule."""
    desk.grade_claim(claim_id, given.credibility, why=given.reason, seen=given.seen, who=who)
    return _answer_review(desk, desk.store.claim(claim_id))


@router.post("/articles/{article_id}/claims", response_model=ReviewAnswer, status_code=201)
def post_claim(desk: DeskHere, article_id: str, given: ClaimGiven, who: WhoHere) -> JSONResponse:
    """Add a claim that the machine missed, with its passage word for word."""
    values = {**given.values, "type": given.type}
    claim = desk.add_claim(article_id, values, given.evidence, why=given.reason, start=given.start, who=who)
    return _answer_review(desk, claim, 201)


def _answer_review(desk: Desk, claim: Claim, status: int = 200) -> JSONResponse:
    review = review_claims(desk.store, [claim])[claim.id]
    stands, read = (make_claims(desk.store, [one])[0] for one in (claim, review.read))
    said = [_make_form(correction) for correction in reversed(review.history)]
    return answer(ReviewAnswer(stands, read, review.standing, review.seen, said), status)


def _make_form(said: Correction) -> CorrectionForm:
    machine, value = (None if text is None else json.loads(text) for text in (said.machine, said.value))
    return CorrectionForm(
        said.id, said.kind, said.field, machine, value, said.reason, said.made_by, said.made_at, said.replaces,
        said.incident_id, said.is_exercise,
    )  # fmt: skip
