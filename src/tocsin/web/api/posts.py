"""What changes the desk: taking in, grading, acknowledging, feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import File, Request, UploadFile
from fastapi.responses import JSONResponse

from tocsin.desk import Desk
from tocsin.desk.marking import mark_record
from tocsin.desk.taken import Taken
from tocsin.desk.views import show_incident
from tocsin.errors import IntakeError, RecordError
from tocsin.intake import Options
from tocsin.records import Alert, Feed, Outlet, Silence, Withdrawal
from tocsin.records.marking import AskedMark, Marking
from tocsin.web.api import shapes
from tocsin.web.api.given import (
    AddressGiven,
    CredibilityGiven,
    FeedGiven,
    GradeGiven,
    MarkingGiven,
    MergeGiven,
    NoteGiven,
    ReasonGiven,
    SilenceGiven,
    SplitGiven,
    StateGiven,
    TextGiven,
)
from tocsin.web.api.making import make_incident, make_taken
from tocsin.web.api.routers import make_router
from tocsin.web.api.shapes import answer
from tocsin.web.pages.marking import check_loosening
from tocsin.web.pages.taking import name_upload
from tocsin.web.persons import WhoHere
from tocsin.web.reaching import DeskHere

_KINDS = "text, HTML, Markdown, PDF, DOCX, JSON Lines, CSV, Parquet, WARC, OPML; packed with gzip or not"
_KNOWN: dict[int | str, dict[str, Any]] = {200: {"model": shapes.TakenAnswer, "description": "all of it was known"}}
router = make_router("changes")


@router.post("/articles", response_model=shapes.TakenAnswer, status_code=201, responses=_KNOWN)
def post_article(desk: DeskHere, given: TextGiven | AddressGiven, who: WhoHere) -> JSONResponse:
    """Take in a report: its text, or an address to fetch it from. 201 for a new article, 200 for a known one."""
    options = Options(title=given.title, outlet=given.outlet, published_at=_with_zone(given.published_at))
    mark = AskedMark(given.tlp, who) if given.tlp else None
    if isinstance(given, AddressGiven):
        return _answer_taken(desk, desk.take_address(given.address, options, mark=mark))
    return _answer_taken(desk, desk.take_text(given.text, replace(options, url=given.url), mark=mark))


@router.post("/articles/upload", response_model=shapes.TakenAnswer, status_code=201, responses=_KNOWN)
def post_file(desk: DeskHere, file: Annotated[UploadFile, File(description=_KINDS)]) -> JSONResponse:
    """Take in a file: one article, many, or a feed list. 201 where any of it is new, else 200."""
    return _answer_taken(desk, desk.take_file(name_upload(file), file.file.read(), file.content_type))


@router.post("/alerts/{alert_id}/state", response_model=Alert)
def post_alert_state(desk: DeskHere, alert_id: str, given: StateGiven, who: WhoHere) -> JSONResponse:
    """Acknowledge an alert, or take that back (`firing`), and say who looks after it."""
    return answer(desk.mark_alert(alert_id, given.state, given.note, assigned_to=given.assigned_to, who=who))


@router.post("/silences", response_model=Silence, status_code=201)
def post_silence(desk: DeskHere, given: SilenceGiven, who: WhoHere) -> JSONResponse:
    """Send no notices for what matches, from now or a later time on. The alerts go on standing on the desk."""
    made = desk.silence(
        given.ends_at,
        why=given.reason,
        place_id=given.place_id,
        rule=given.rule,
        at_most=given.at_most,
        is_exercise=given.exercise,
        rule_set=given.rule_set,
        begins=given.starts_at,
        who=who,
    )
    return answer(made, 201)


@router.post("/silences/{silence_id}/end", response_model=Silence)
def post_silence_end(desk: DeskHere, silence_id: str, who: WhoHere) -> JSONResponse:
    """End a silence before its time; what still rings is told at once."""
    return answer(desk.end_silence(silence_id, who=who))


@router.post("/incidents/{incident_id}/merge", response_model=shapes.IncidentAnswer)
def post_merge(desk: DeskHere, incident_id: str, given: MergeGiven, who: WhoHere) -> JSONResponse:
    """Make other incidents part of this one, for good; their identifiers lead here."""
    return _answer_incident(desk, desk.merge_incidents(incident_id, given.other_ids, why=given.reason, who=who).id)


@router.post("/incidents/{incident_id}/split", response_model=shapes.IncidentAnswer)
def post_split(desk: DeskHere, incident_id: str, given: SplitGiven, who: WhoHere) -> JSONResponse:
    """Take claims out into an incident of their own, for good; the answer is the new one."""
    _, new = desk.split_incident(incident_id, given.claim_ids, why=given.reason, who=who)
    return _answer_incident(desk, new.id)


@router.post("/incidents/{incident_id}/release", response_model=shapes.IncidentAnswer)
def post_release(desk: DeskHere, incident_id: str, given: ReasonGiven, who: WhoHere) -> JSONResponse:
    """Give what people have placed back to the rules; the answer is the incident as it then is."""
    desk.release_incident(incident_id, why=given.reason, who=who)
    return _answer_incident(desk, incident_id)


@router.post("/incidents/{incident_id}/grade", response_model=shapes.IncidentAnswer)
def post_incident_grade(desk: DeskHere, incident_id: str, given: CredibilityGiven, who: WhoHere) -> JSONResponse:
    """Set how credible an incident is, in the claims that make it so; null gives them back to the rule."""
    made = desk.grade_incident(incident_id, given.credibility, why=given.reason, seen=given.seen, who=who)
    return _answer_incident(desk, made[0].incident_id or incident_id)


@router.post("/incidents/{incident_id}/notes", response_model=shapes.IncidentAnswer, status_code=201)
def post_note(desk: DeskHere, incident_id: str, given: NoteGiven, who: WhoHere) -> JSONResponse:
    """Write a note on an incident: it changes nothing and stays at the desk."""
    made = desk.note_incident(incident_id, given.text, who=who)
    return _answer_incident(desk, made.incident_id or incident_id, 201)


@router.post("/articles/{article_id}/retract", response_model=Withdrawal)
def post_retraction(desk: DeskHere, article_id: str, given: ReasonGiven, who: WhoHere) -> JSONResponse:
    """Let an article speak for no incident any more; it stays, marked."""
    return answer(desk.retract_article(article_id, why=given.reason, who=who))


@router.post("/articles/{article_id}/reinstate", response_model=Withdrawal)
def post_reinstatement(desk: DeskHere, article_id: str, given: ReasonGiven, who: WhoHere) -> JSONResponse:
    """Let a withdrawn article speak again."""
    return answer(desk.reinstate_article(article_id, why=given.reason, who=who))


@router.post("/articles/{article_id}/marking", response_model=Marking)
def post_article_marking(
    request: Request, desk: DeskHere, article_id: str, given: MarkingGiven, who: WhoHere
) -> JSONResponse:
    """Say how an article may be passed on; a laxer mark, or none any more, takes an editor."""
    desk.store.article(article_id)  # the identifier of an outlet is none of an article
    check_loosening(request, desk, article_id, given.tlp)
    return answer(mark_record(desk.store, desk.clock, article_id, given.tlp, who=who, why=given.reason))


@router.post("/outlets/{outlet_id}/marking", response_model=Marking)
def post_outlet_marking(desk: DeskHere, outlet_id: str, given: MarkingGiven, who: WhoHere) -> JSONResponse:
    """Say how everything that an outlet publishes may be passed on."""
    desk.store.outlet(outlet_id)
    return answer(mark_record(desk.store, desk.clock, outlet_id, given.tlp, who=who, why=given.reason))


@router.post("/outlets/{outlet_id}/grade", response_model=Outlet)
def post_grade(desk: DeskHere, outlet_id: str, given: GradeGiven, who: WhoHere) -> JSONResponse:
    """Grade an outlet A to F, with the reason."""
    return answer(desk.grade_outlet(outlet_id, given.reliability, given.reason, who=who))


@router.post("/feeds", response_model=Feed, status_code=201)
def post_feed(desk: DeskHere, given: FeedGiven) -> JSONResponse:
    """Keep a feed; it is not fetched before it is confirmed."""
    return answer(desk.add_feed(given.address, outlet=given.outlet), 201)


@router.post("/feeds/{feed_id}/confirm", response_model=Feed)
def post_feed_confirmation(desk: DeskHere, feed_id: str) -> JSONResponse:
    """Allow a feed to be fetched from now on."""
    return answer(desk.confirm_feed(feed_id))


def _answer_incident(desk: Desk, incident_id: str, status: int = 200) -> JSONResponse:
    return answer(make_incident(desk.store, show_incident(desk.store, incident_id)), status)


def _answer_taken(desk: Desk, taken: Taken) -> JSONResponse:
    if taken.is_refused:
        first = taken.faults[0]
        raise IntakeError("report", first.which, first.why)
    return answer(make_taken(desk, taken), 201 if taken.new or taken.feeds else 200)


def _with_zone(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as why:
        raise RecordError("published_at", moment.isoformat(), "must lie within the years 1 to 9999 in UTC") from why
