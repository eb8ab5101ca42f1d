"""What a form does to a kept report: words, own sentences, order, notes; a new draft, the end, a correction.

A change that somebody else came before is answered with both texts (409), one that the records do not hold with what is
missing (422). Nothing is kept then, and nothing typed is lost.
"""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from tocsin.desk import Desk
from tocsin.errors import RecordError
from tocsin.records.report import ReportEdit
from tocsin.report import parse_tlp
from tocsin.reporting.edits import Outcome, act_on_sentence, add_note, add_sentence, write_sentences
from tocsin.reporting.kept import (
    OpenReport,
    change_request,
    correct_report,
    finalize_report,
    find_sentence,
    make_request,
    open_report,
    redraft_report,
)
from tocsin.web.forms import CheckedForm, field_text
from tocsin.web.pages.reports import (
    NOTHING_TYPED,
    Typing,
    find_own_name,
    show_report,
)
from tocsin.web.persons import DESK_PERSON, find_person
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render
from tocsin.web.report_asking import parse_names, parse_pages, require_role

router = APIRouter()
#: Names of the form's fields: a sentence's words, and that they are an own assessment.
TEXT, OWN = "text:", "own:"
MOST_SENTENCES = 400


@router.post("/reports/{report_id}/sentences")
def write(request: Request, desk: DeskHere, report_id: str, form: CheckedForm) -> Response:
    """Other words for one sentence or for those of a section."""
    words = {name.removeprefix(TEXT): str(value) for name, value in form.items() if name.startswith(TEXT)}
    if len(words) > MOST_SENTENCES:
        raise RecordError("sentences", len(words), f"must be {MOST_SENTENCES} or fewer at once")
    owned = frozenset(name.removeprefix(OWN) for name in form if name.startswith(OWN))
    name = read_name(request, desk, report_id, form)
    outcome = write_sentences(
        desk, report_id, words, by=find_person(request), seen=read_seen(form),
        assessors={id_: name for id_ in owned if id_ in words}, reason=field_text(form, "why"),
    )  # fmt: skip
    if outcome.is_kept:
        return lead_back(report_id, "report-edited", next(iter(words), ""))
    typing = Typing(words, owned, outcome.refused, reason=field_text(form, "why") or "", name=name)
    if outcome.refused:
        return show_report(request, outcome.opened, frozenset(words), typing, status=422)
    return show_conflict(request, desk, outcome, typing)


@router.post("/reports/{report_id}/acts")
def act(request: Request, desk: DeskHere, report_id: str, form: CheckedForm) -> Response:
    """Leave a sentence out, put it back, move it: `do` is "drop:", "restore:", "up:" or "down:" and its id."""
    what, _, sentence_id = (field_text(form, "do") or "").partition(":")
    outcome = act_on_sentence(desk, report_id, sentence_id, what, by=find_person(request), seen=read_seen(form))
    if outcome.is_kept:
        return lead_back(report_id, "report-edited", sentence_id)
    if outcome.refused:
        typing = Typing(problems=outcome.refused)
        return show_report(request, outcome.opened, frozenset(outcome.refused), typing, status=422)
    return show_conflict(request, desk, outcome, NOTHING_TYPED)


@router.post("/reports/{report_id}/additions")
def add(request: Request, desk: DeskHere, report_id: str, form: CheckedForm) -> Response:
    """A sentence of the person's own, with what it stands on or as an assessment."""
    section, text = field_text(form, "section") or "", field_text(form, "text") or ""
    cites = [read_cite(cite) for cite in (field_text(form, "cites") or "").replace(",", " ").split()]
    name = read_name(request, desk, report_id, form)
    outcome = add_sentence(
        desk, report_id, section, text, cites, by=find_person(request), seen=read_seen(form),
        assessor=name if "own" in form else None, reason=field_text(form, "why"),
    )  # fmt: skip
    if outcome.is_kept:
        return lead_back(report_id, "report-edited", outcome.made[0].sentence_id or "")
    if outcome.rivals:
        return show_conflict(request, desk, outcome, NOTHING_TYPED)
    typed = {name: field_text(form, name) or "" for name in ("section", "text", "cites", "own")}
    problems = tuple(problem for found in outcome.refused.values() for problem in found)
    typing = Typing(addition=typed, addition_problems=problems, name=name)
    return show_report(request, outcome.opened, frozenset(), typing, status=422)


@router.post("/reports/{report_id}/notes")
def note(request: Request, desk: DeskHere, report_id: str, form: CheckedForm) -> Response:
    """A remark on a section, for those who edit."""
    section = field_text(form, "section") or ""
    text = field_text(form, "note") or ""
    add_note(desk, report_id, section, text, by=find_person(request), seen=read_seen(form))
    return RedirectResponse(f"/reports/{report_id}?notice=report-noted#h-{quote(section)}", 303)


@router.post("/reports/{report_id}/redraft")
def redraft(request: Request, desk: DeskHere, report_id: str, form: CheckedForm) -> Response:
    """Draft it anew from the records as they are, with another marking, title or length where the form says so."""
    changes: dict[str, object] = {}
    if "tlp" in form:
        changes = {
            "asked_tlp": parse_tlp(field_text(form, "tlp") or ""),
            "title": field_text(form, "title"),
            "author": field_text(form, "author"),
            "most_pages": parse_pages(field_text(form, "pages") or "3"),
            "has_names": parse_names(field_text(form, "names") or ""),
        }
        if "laxer_because" in form:
            changes["laxer_because"] = field_text(form, "laxer_because")
        opened = open_report(desk, report_id)
        held = make_request(opened.kept, opened.text.laxer_because)
        require_role(request, desk, change_request(held, changes), held)
    rivals = redraft_report(desk, report_id, by=find_person(request), seen=read_seen(form), changes=changes)
    if rivals:
        return show_rivals(request, open_report(desk, report_id), rivals)
    return lead_back(report_id, "report-redrafted", "")


@router.post("/reports/{report_id}/finalize")
def finalize(request: Request, desk: DeskHere, report_id: str, form: CheckedForm) -> Response:
    """Make it final, once every sentence has stood the check."""
    opened, rivals = finalize_report(desk, report_id, by=find_person(request), seen=read_seen(form))
    if opened.problems:
        return show_report(request, opened, frozenset(), status=422)
    if rivals:
        return show_rivals(request, open_report(desk, report_id), rivals)
    return lead_back(report_id, "report-final", "")


@router.post("/reports/{report_id}/correct")
def correct(request: Request, desk: DeskHere, report_id: str, form: CheckedForm) -> Response:  # noqa: ARG001
    """A new draft that is to replace a final report."""
    return lead_back(correct_report(desk, report_id, by=find_person(request)).id, "report-corrected", "")


# --- reading forms, answering


def read_seen(form: FormData) -> int:
    """The number of the last edit that the person had seen; 0 where the form does not say."""
    given = field_text(form, "seen") or "0"
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


def read_name(request: Request, desk: Desk, report_id: str, form: FormData) -> str:
    """Whose assessment it is: the account's; only where there are no accounts, the name that the form gives."""
    person = find_person(request)
    if person != DESK_PERSON:
        return person
    return (field_text(form, "name") or "")[:100] or find_own_name(request, desk.store.report(report_id))


def read_cite(given: str) -> str:
    """An identifier, or an address of this desk that ends in one."""
    return given.split("?")[0].split("#")[-1].rstrip("/").rsplit("/", 1)[-1].removeprefix("c-").removeprefix("e-")


def lead_back(report_id: str, notice: str, sentence_id: str) -> Response:
    """To the report, at the sentence."""
    anchor = f"#s-{quote(sentence_id)}" if sentence_id else ""
    return RedirectResponse(f"/reports/{report_id}?notice={notice}{anchor}", 303)


def show_conflict(request: Request, desk: Desk, outcome: Outcome, typing: Typing) -> Response:
    """Both texts of each sentence that somebody else changed meanwhile (409)."""
    opened = open_report(desk, outcome.opened.kept.id)
    rivals = {edit.sentence_id or "": edit for edit in outcome.rivals}
    rows = [
        (find_sentence(opened.report, edit.sentence_id or ""), rivals.get(edit.sentence_id or ""), edit)
        for edit in outcome.made
    ]
    return render(
        request, "report_conflict.html", status=409, opened=opened, kept=opened.kept, rows=rows, typing=typing,
        rivals=outcome.rivals,
    )  # fmt: skip


def show_rivals(request: Request, opened: OpenReport, rivals: list[ReportEdit]) -> Response:
    """What others did before a new draft or the end of a report (409)."""
    return render(
        request, "report_conflict.html", status=409, opened=opened, kept=opened.kept, rows=[], typing=NOTHING_TYPED,
        rivals=rivals,
    )  # fmt: skip
