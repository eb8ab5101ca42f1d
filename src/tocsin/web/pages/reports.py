"""Situation reports: the list, the form that drafts one, a kept report with its citations and edits, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk import Desk
from tocsin.errors import RecordError, UnknownIdError
from tocsin.records.report import KeptReport
from tocsin.report import SECTION_TITLES, Sentence
from tocsin.report.picture import MOST_PAGES
from tocsin.report.references import number_incidents
from tocsin.report.sentences import FORECASTS, HEARD
from tocsin.reporting.drafting import MEDIA_TYPES, list_areas, name_version
from tocsin.reporting.kept import OpenReport, keep_report, open_report, write_report
from tocsin.web.forms import CheckedForm
from tocsin.web.language import _
from tocsin.web.mailing import NOTHING_FILLED, tell_mailing
from tocsin.web.naming import name_place
from tocsin.web.persons import DESK_PERSON, find_person
from tocsin.web.reaching import DeskHere, find_desk
from tocsin.web.rendering import render
from tocsin.web.report_asking import Asked, list_markings, make_request, read_asked, require_role

router = APIRouter()
MOST_LINKS, MOST_LISTED = 6, 200
#: What the format of a file is called.
FORM_NAMES = {"pdf": "PDF", "docx": "DOCX", "html": "HTML", "md": "Markdown"}


@dataclass(frozen=True, slots=True)
class CiteLink:
    """What a sentence stands on, as a link; address None where the desk has no page for it."""

    words: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Typing:
    """What a person is typing: shown again where it was refused, so that nothing typed is lost.

    words     by sentence id; `owned` the ids of those that are to stand as an assessment
    problems  by sentence id, of the words typed
    addition  the fields of an own sentence, and what is wrong with it
    """

    words: Mapping[str, str] = field(default_factory=dict)
    owned: frozenset[str] = frozenset()
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)
    addition: Mapping[str, str] = field(default_factory=dict)
    addition_problems: tuple[str, ...] = ()
    reason: str = ""
    name: str = ""


NOTHING_TYPED = Typing()


@router.get("/reports")
def list_reports(request: Request, desk: DeskHere) -> Response:
    """Every report that is kept, the newest first, and the form for another."""
    return show_list(request, desk, read_asked(desk, request.query_params))


def show_list(
    request: Request, desk: Desk, asked: Asked, *, refused: RecordError | None = None, status: int = 200
) -> Response:
    """The list with its form; `refused` says why nothing was drafted."""
    reports = desk.store.reports(limit=MOST_LISTED)
    replaced = {report.replaces for report in reports if report.replaces and report.state == "final"}
    return render(
        request,
        "reports.html",
        status=status,
        asked=asked,
        refused=refused,
        areas=[(id_, name_place(desk, id_, name), drill) for id_, name, drill in list_areas(desk.store)],
        reports=reports,
        replaced=replaced,
        most=MOST_LISTED,
        most_pages=MOST_PAGES,
        markings=list_markings(request, desk, asked.tlp),
        own_tlp=desk.settings.tlp,
    )


@router.post("/reports")
def draft(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """Draft a report and keep it."""
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    asked = read_asked(desk, fields)
    drill = {"exercise": True, "real": False}.get(asked.only)
    wanted = make_request(desk, asked)
    require_role(request, desk, wanted)
    try:
        kept = keep_report(desk, wanted, by=find_person(request), is_exercise=drill)
    except RecordError as why:
        if why.what != "marking":
            raise
        return show_list(request, desk, asked, refused=why, status=422)
    return RedirectResponse(f"/reports/{kept.id}?notice=report-drafted", 303)


@router.get("/reports/{report_id}")
def show(request: Request, desk: DeskHere, report_id: str) -> Response:
    """One report: `edit` opens a sentence for editing, `section` all of a section."""
    opened = open_report(desk, report_id)
    wanted = find_wanted(opened, request.query_params.get("edit"), request.query_params.get("section"))
    return show_report(request, opened, wanted)


@router.get("/reports/{report_id}/file/{form}")
def download(request: Request, desk: DeskHere, report_id: str, form: str) -> Response:
    """The report as a file; where a sentence is refused, the page that says so (422) and no file."""
    if form not in MEDIA_TYPES:
        raise UnknownIdError("format", form[:20], f"must be one of {', '.join(MEDIA_TYPES)}")
    opened = open_report(desk, report_id)
    if opened.problems or opened.laxity:
        return show_report(request, opened, frozenset(), status=422)
    return send_file(opened, form)


def show_report(
    request: Request,
    opened: OpenReport,
    wanted: frozenset[str],
    typing: Typing = NOTHING_TYPED,
    *,
    status: int = 200,
    filled: Mapping[str, str] = NOTHING_FILLED,
    unsent: RecordError | None = None,
) -> Response:
    """A kept report, with a field for each of the sentences that are wanted for editing.

    filled, unsent  the form that sends it, as it was filled in, and why nothing was sent
    """
    return render(
        request,
        "report.html",
        status=status,
        opened=opened,
        kept=opened.kept,
        report=opened.report,
        wanted=wanted if opened.kept.state == "draft" else frozenset(),
        typing=typing,
        forms=FORM_NAMES,
        sections=SECTION_TITLES,
        most_pages=MOST_PAGES,
        markings=list_markings(request, find_desk(request), opened.kept.asked_tlp),
        own_tlp=find_desk(request).settings.tlp,
        links=lambda sentence: list_first_links(opened, sentence),
        movable=list_movable(opened),
        own_name=find_own_name(request, opened.kept),
        is_shared_name=find_person(request) == DESK_PERSON,
        is_refused=status == 422 and unsent is None,
        **tell_mailing(request, opened, filled, unsent.why if unsent else None),
    )


def send_file(opened: OpenReport, form: str) -> Response:
    """A kept report as a file to keep; raises RecordError where a sentence or its marking is refused."""
    name = name_version(opened.report, opened.kept, form)
    return Response(
        write_report(opened, form),
        media_type=MEDIA_TYPES[form],
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )


def find_own_name(request: Request, kept: KeptReport) -> str:
    """Whose assessment an own sentence is: the account's name; where there are no accounts, who signs the report."""
    person = find_person(request)
    return (kept.author or person) if person == DESK_PERSON else person


def find_wanted(opened: OpenReport, sentence_id: str | None, section_key: str | None) -> frozenset[str]:
    """The ids of the sentences to edit: one, or all that are shown of a section."""
    for section in opened.report.sections:
        for sentence in (s for block in section.blocks for s in block.everything):
            if sentence.id == sentence_id:
                return frozenset({sentence.id})
    shown = [s for section in opened.report.sections if section.key == section_key for s in _list_shown(section.blocks)]
    return frozenset(sentence.id for sentence in shown)


def _list_shown(blocks: Sequence[Any]) -> list[Sentence]:
    return [sentence for block in blocks for sentence in block.everything if sentence.is_shown]


def list_movable(opened: OpenReport) -> dict[str, tuple[bool, bool]]:
    """By sentence id whether it, or the incident that it heads, can be moved up and down."""
    from tocsin.report.laying import list_units

    found: dict[str, tuple[bool, bool]] = {}
    for row in (row for section in opened.report.sections for row in list_units(section)):
        for at, id_ in enumerate(row):
            found.setdefault(id_, (at > 0, at < len(row) - 1))
    return found


# --- what a sentence stands on


def list_first_links(opened: OpenReport, sentence: Sentence) -> tuple[list[CiteLink], int]:
    """The first records that a sentence cites, as links, and how many more there are."""
    numbers = number_incidents(opened.report)
    told_first = sorted(sentence.cites, key=lambda cite: numbers.get(cite, len(numbers) + 1))
    return list_links(opened, told_first[:MOST_LINKS]), max(0, len(told_first) - MOST_LINKS)


def list_links(opened: OpenReport, cites: Sequence[str]) -> list[CiteLink]:
    """Records of a report as links."""
    numbers = number_incidents(opened.report)
    return [_link(opened, cite, numbers) for cite in cites]


def _link(opened: OpenReport, cite: str, numbers: Mapping[str, int]) -> CiteLink:
    kept, kind = opened.kept, cite[:4]
    if cite == HEARD:
        return CiteLink(_("articles"), f"/articles?since={kept.first_day}&until={kept.last_day}")
    if cite == FORECASTS or cite.startswith("outlook:"):
        return CiteLink(_("forecast"), "/forecasts")
    if kind == "clm_":
        home = next((row.article_id for row in opened.report.annex if cite in row.claim_ids), None)
        address = f"/articles/{quote(home, safe='')}#e-{cite}" if home else f"/claims/{quote(cite, safe='')}"
        return CiteLink(_("claim"), address)
    if cite.startswith("tension:"):
        return CiteLink(_("place"), f"/places/{quote(cite.removeprefix('tension:').rsplit(':', 1)[0], safe='')}")
    pages = {
        "inc_": (_("incident"), "/incidents/"),
        "alt_": (_("alert"), "/alerts/"),
        "art_": (_("article"), "/articles/"),
    }
    if kind in pages:
        words, path = pages[kind]
        words = f"{words} {numbers[cite]}" if cite in numbers else words
        return CiteLink(words, f"{path}{quote(cite, safe='')}")
    return CiteLink(_("outlet"), "/outlets") if kind == "out_" else CiteLink(cite.split(":")[0], None)
