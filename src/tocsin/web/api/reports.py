"""Situation reports: drafted, made final; those that are kept, one with its citations and history, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query, Request
from fastapi.responses import JSONResponse, Response

from tocsin.desk import Desk
from tocsin.errors import ConflictError, RecordError
from tocsin.records.marking import parse_tlp
from tocsin.records.report import KeptReport, ReportEdit
from tocsin.records.report_mail import ReportCopy, ReportMail
from tocsin.report import Report, ReportRequest
from tocsin.reporting.drafting import MEDIA_TYPES, find_area, make_period
from tocsin.reporting.kept import OpenReport, finalize_report, keep_report, open_report
from tocsin.reporting.mailing import list_sent
from tocsin.web.api.given import EndGiven, ReportGiven
from tocsin.web.api.routers import make_router
from tocsin.web.api.shapes import answer
from tocsin.web.pages.reports import send_file
from tocsin.web.persons import WhoHere, may
from tocsin.web.reaching import DeskHere
from tocsin.web.report_asking import require_role

router = make_router("reports")
MOST_LISTED = 1000
_FORMS = ", ".join(MEDIA_TYPES)


@dataclass(frozen=True, slots=True)
class ReportList:
    """Reports, the last asked for first."""

    reports: list[KeptReport]


@dataclass(frozen=True, slots=True)
class SentMail:
    """One sending of a report by e-mail, and what became of each recipient's copy."""

    mail: ReportMail
    copies: list[ReportCopy]


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """One report as it stands.

    problems     by sentence id what the records do not hold: where there are any, no file is given
    laxity       what forces a stricter marking than it bears, or null; where there is any, no file is given
    laxer_because  why it is marked more laxly than the desk was set, or null where it is not
    astray       edits that fit no sentence any more
    is_outdated  whether the desk has taken in more since it was drafted
    mails        who sent it to whom and when, the last first; null for who may not send reports
    """

    kept: KeptReport
    report: Report
    problems: dict[str, list[str]]
    laxity: str | None
    laxer_because: str | None
    astray: list[ReportEdit]
    edits: list[ReportEdit]
    is_outdated: bool
    files: dict[str, str]
    mails: list[SentMail] | None


@router.get("/reports", response_model=ReportList)
def get_reports(
    desk: DeskHere,
    state: Annotated[Literal["draft", "final", ""], Query(description="draft or final; else all")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
) -> JSONResponse:
    """Situation reports that the desk keeps: heads without their sentences, the last asked for first."""
    held = desk.store.reports(limit=limit if not state else MOST_LISTED)
    return answer(ReportList([report for report in held if state in ("", report.state)][:limit]))


@router.get("/reports/{report_id}", response_model=ReportAnswer)
def get_report(request: Request, desk: DeskHere, report_id: str) -> JSONResponse:
    """One report: every sentence with what it cites, what is refused in it, and what people changed."""
    return _answer_report(request, desk, open_report(desk, report_id))


@router.post("/reports", response_model=ReportAnswer, status_code=201)
def post_report(request: Request, desk: DeskHere, given: ReportGiven, who: WhoHere) -> JSONResponse:
    """Draft a report and keep it; the answer is the draft. Edit it on the desk."""
    place_id, place_name = find_area(desk, given.area)
    wanted = ReportRequest(
        *make_period(given.first_day, given.last_day),
        place_id=place_id,
        place_name=place_name,
        tlp=given.tlp or parse_tlp(desk.settings.tlp),
        policy=desk.settings.naming_policy,
        most_pages=given.pages,
        title=_clean(given.title),
        author=_clean(given.author),
        has_names=given.names,
        laxer_because=_clean(given.laxer_because),
    )
    require_role(request, desk, wanted)
    kept = keep_report(desk, wanted, by=who, is_exercise=given.exercise)
    return _answer_report(request, desk, open_report(desk, kept.id), 201)


@router.post("/reports/{report_id}/finalize", response_model=ReportAnswer)
def post_end(request: Request, desk: DeskHere, report_id: str, given: EndGiven, who: WhoHere) -> JSONResponse:
    """Make a report final, once every sentence has stood the check; 409 where somebody has edited it meanwhile."""
    opened, rivals = finalize_report(desk, report_id, by=who, seen=given.seen)
    for id_, problems in opened.problems.items():
        raise RecordError("sentence", id_, "; ".join(problems))
    if rivals:
        raise ConflictError("report", report_id, f"was edited by {rivals[-1].made_by} since edit {given.seen}")
    return _answer_report(request, desk, open_report(desk, report_id))


def _clean(words: str | None) -> str | None:
    return " ".join((words or "").split()) or None


def _answer_report(request: Request, desk: Desk, opened: OpenReport, status: int = 200) -> JSONResponse:
    report_id = opened.kept.id
    mails = [SentMail(sent.mail, list(sent.copies)) for sent in list_sent(desk.store, report_id)]
    return answer(
        ReportAnswer(
            opened.kept,
            opened.report,
            {id_: list(found) for id_, found in opened.problems.items()},
            opened.laxity,
            opened.text.laxer_because,
            list(opened.astray),
            list(opened.edits),
            opened.is_outdated,
            {form: f"/api/reports/{opened.kept.id}/file/{form}" for form in MEDIA_TYPES},
            mails if may(request, "send") else None,
        ),
        status,
    )


@router.get(
    "/reports/{report_id}/file/{form}",
    response_class=Response,
    response_model=None,
    responses={200: {"content": {kind.partition(";")[0]: {} for kind in MEDIA_TYPES.values()}}},
)
def get_report_file(desk: DeskHere, report_id: str, form: str) -> Response:
    """The report as pdf, docx, html or md; 422 where a sentence or the marking is refused."""
    if form not in MEDIA_TYPES:
        raise RecordError("format", form[:20], f"must be one of {_FORMS}")
    return send_file(open_report(desk, report_id), form)
