"""Situation reports that the desk keeps: drafted, opened with their edits, edited, drafted anew, made final, corrected.

A draft's text is kept as it was drafted; edits are laid over it whenever it is opened. What a person writes is checked
against the cited records as they are then. A final report is one text, and nothing changes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tocsin.desk import Desk
from tocsin.desk.marking import tell_forcing
from tocsin.errors import RecordError
from tocsin.records import from_json, to_json
from tocsin.records.report import KeptReport, ReportEdit, report_edit_id, report_id
from tocsin.report import Report, ReportRequest, Sentence, lay_edits, parse_tlp, renew_annex
from tocsin.report.markings import choose_marking
from tocsin.reporting.cited import Frame, check_sentences, find_footnotes, read_cited
from tocsin.reporting.drafting import Sitrep, is_laxer_than_desk, make_sitrep, write_form
from tocsin.reporting.editions import LONGEST_EDITION, write_edition
from tocsin.reporting.marked import find_forcing_mark


@dataclass(frozen=True, slots=True)
class Text:
    """One kept text of a report: the draft or the final words, what it was made with, and what was wrong at once.

    laxer_because  why it may be marked more laxly than the desk was set; None where it was not
    """

    report: Report
    frame: Frame
    problems: tuple[tuple[str, tuple[str, ...]], ...] = ()
    laxer_because: str | None = None


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A kept report as people have edited it.

    text          the desk's own draft, or the final text
    report        the same with the edits, its annex and footnotes as these need them
    problems      by sentence id: what the records do not hold
    astray        edits that fit no sentence any more; `notes` remarks among those who edit
    edits         everything that was done, oldest first; `seen` the number of the last
    is_outdated   whether the desk has derived since it was drafted
    replaced      the report that it corrects; `successors` those that correct it, the newest first
    laxity        what forces a stricter marking than it bears, in words; None where nothing does
    """

    kept: KeptReport
    text: Text
    report: Report
    problems: Mapping[str, tuple[str, ...]]
    astray: tuple[ReportEdit, ...]
    notes: tuple[ReportEdit, ...]
    edits: tuple[ReportEdit, ...]
    is_outdated: bool
    replaced: KeptReport | None
    successors: tuple[KeptReport, ...]
    laxity: str | None = None

    @property
    def seen(self) -> int:
        """The number of the last edit, 0 where there is none."""
        return self.edits[-1].seq if self.edits else 0

    @property
    def pages(self) -> int:
        """How many pages it has as PDF: laid out when asked."""
        from tocsin.report.pdf import count_pages

        return count_pages(self.report)


# --- making one


def keep_report(desk: Desk, request: ReportRequest, *, by: str, is_exercise: bool | None = None) -> KeptReport:
    """Draft a report and keep it; raises RecordError where exercise and real news would stand in it."""
    derivation = desk.store.derivation_number()
    made = make_sitrep(desk, request, is_exercise=is_exercise, edition=LONGEST_EDITION)
    return keep_sitrep(desk, request, made, by=by, is_exercise=is_exercise, derivation=derivation)


def keep_sitrep(
    desk: Desk, request: ReportRequest, made: Sitrep, *, by: str, is_exercise: bool | None, derivation: int
) -> KeptReport:  # fmt: skip
    """Keep a report that was just drafted, with the derivation that it was drafted from."""
    head = KeptReport(
        id="",
        area=request.place_name,
        since=request.since,
        until=request.until,
        asked_tlp=request.tlp,
        tlp=made.report.tlp,
        made_at=desk.clock.now(),
        made_by=by,
        place_id=request.place_id,
        title=request.title,
        author=request.author,
        policy=request.policy,
        most_pages=request.most_pages,
        has_names=request.has_names,
        drill=is_exercise,
        is_exercise=made.report.is_exercise,
        derivation=derivation,
    )
    kept = replace(head, id=report_id(head.series, head.made_at, by))
    desk.store.add_report(kept, to_json(_make_text(desk, request, made)))
    return kept


def correct_report(desk: Desk, report_id_: str, *, by: str) -> KeptReport:
    """A new draft that says which final report it replaces: in that one's words, to be edited or drafted anew.

    Raises RecordError where the report is not final.
    """
    old = desk.store.report(report_id_)
    if old.state != "final":
        raise RecordError("report", old.id, "is a draft: edit it as it is")
    now = desk.clock.now()
    new = replace(
        old, id=report_id(f"{old.series}|{old.id}", now, by), made_at=now, made_by=by, draft=1, state="draft",
        number=None, replaces=old.id, finalized_at=None, finalized_by=None,
    )  # fmt: skip
    edits = [
        replace(edit, id=report_edit_id(new.id, edit.made_by, edit.made_at, edit.id), report_id=new.id, draft=1, seq=0)
        for edit in desk.store.report_edits(old.id)
        if edit.kind != "redrafted"
    ]
    desk.store.add_report(new, desk.store.report_text(old.id, old.draft - 1), edits)
    return new


def _make_text(desk: Desk, request: ReportRequest, made: Sitrep) -> Text:
    picture = made.picture
    frame = Frame(picture.heard, picture.outlooks, picture.no_forecast)
    because = request.laxer_because if is_laxer_than_desk(desk, made.report.tlp) else None
    return Text(made.report, frame, tuple(made.problems.items()), because)


# --- opening one


def open_report(desk: Desk, report_id_: str) -> OpenReport:
    """A kept report with its edits, checked; raises UnknownIdError."""
    store = desk.store
    kept = store.report(report_id_)
    text = from_json(Text, store.report_text(kept.id, kept.draft))
    edits = tuple(store.report_edits(kept.id))
    replaced = store.report(kept.replaces) if kept.replaces else None
    successors = tuple(store.reports(replaces=kept.id))
    if kept.state == "final":
        report = replace(text.report, edition=write_edition(kept, replaced))
        laxity = _find_laxity(desk, report)
        return OpenReport(kept, text, report, {}, (), (), edits, False, replaced, successors, laxity)
    laid = lay_edits(text.report, edits)
    report, problems = check_edited(desk, replace(laid.report, edition=write_edition(kept, replaced)), text)
    is_outdated = store.derivation_number() != kept.derivation
    return OpenReport(
        kept, text, report, problems, laid.astray, laid.notes, edits, is_outdated, replaced, successors,
        _find_laxity(desk, report),
    )  # fmt: skip


def _find_laxity(desk: Desk, report: Report) -> str | None:
    forcing = find_forcing_mark(desk.store, report)
    return tell_forcing(desk.store, forcing) if forcing else None


def refuse_lax(opened: OpenReport) -> None:
    """Raises RecordError where something in a report bears a stricter mark than the report."""
    if opened.laxity:
        raise RecordError("marking", opened.report.tlp, opened.laxity)


def check_edited(desk: Desk, report: Report, text: Text) -> tuple[Report, dict[str, tuple[str, ...]]]:
    """The report with the annex that it needs, and the problems of what people wrote and of the draft itself."""
    written = [s for s in report.sentences if s.is_shown and s.state in ("replaced", "added")]
    problems = {id_: found for id_, found in text.problems if _stands_as_drafted(report, id_)}
    if report == text.report or (not written and _shows_all(report)):
        return report, problems
    told = [
        s for section in report.sections if section.key == "incidents" for b in section.blocks for s in b.everything
    ]
    picture = read_cited(desk, report, text.frame, [*(s for s in told if not s.id.endswith("/more")), *written])
    report = renew_annex(report, picture)
    footnotes = (*report.footnotes, *find_footnotes(picture, (s for s in written if s.state == "added")))
    report = replace(report, footnotes=tuple(dict.fromkeys(footnotes)))
    return report, problems | check_sentences(desk.store, report, picture, written)


def _stands_as_drafted(report: Report, sentence_id: str) -> bool:
    return any(s.id == sentence_id and s.state == "drafted" for s in report.sentences)


def _shows_all(report: Report) -> bool:
    return all(s.is_shown for s in report.sentences)


# --- what becomes of it


def redraft_report(
    desk: Desk, report_id_: str, *, by: str, seen: int, changes: Mapping[str, object] | None = None
) -> list[ReportEdit]:
    """Draft a report anew from the records as they are; edits hold where their incidents are the same.

    A report that is to replace another bears no laxer marking than that one.

    changes  other values for `asked_tlp`, `title`, `author`, `most_pages`, `has_names` or `laxer_because`
    Returns what others did after edit `seen`: where that is anything, nothing is changed.
    """
    old = desk.store.report(report_id_)
    because = from_json(Text, desk.store.report_text(old.id, old.draft)).laxer_because
    request = change_request(make_request(old, because), changes or {})
    asked = replace(
        old, asked_tlp=request.tlp, title=request.title, author=request.author, most_pages=request.most_pages,
        has_names=request.has_names,
    )  # fmt: skip
    derivation = desk.store.derivation_number()
    floor = [parse_tlp(desk.store.report(old.replaces).tlp)] if old.replaces else []
    request = replace(request, tlp=choose_marking(request.tlp, floor))
    made = make_sitrep(desk, request, is_exercise=old.is_exercise, edition=LONGEST_EDITION)
    new = replace(asked, draft=old.draft + 1, tlp=made.report.tlp, derivation=derivation)
    text, now = _make_text(desk, request, made), desk.clock.now()
    edit = ReportEdit(
        report_edit_id(old.id, by, now, seen, new.draft), old.id, "redrafted", "", None, by, now,
        before=f"draft {old.draft}", after=f"draft {new.draft}", draft=new.draft, is_exercise=old.is_exercise,
        reason=text.laxer_because if text.laxer_because != because else None,
    )  # fmt: skip
    return desk.store.redraft_report(new, to_json(text), edit, seen=seen)


def make_request(kept: KeptReport, laxer_because: str | None = None) -> ReportRequest:
    """What was asked for when a report was drafted; why it may be laxer than the desk stands in its text."""
    return ReportRequest(
        kept.since, kept.until, kept.place_id, kept.area, parse_tlp(kept.asked_tlp), kept.policy, kept.most_pages,
        kept.title, kept.author, kept.has_names, laxer_because,
    )  # fmt: skip


def change_request(request: ReportRequest, changes: Mapping[str, object]) -> ReportRequest:
    """The request with the other values that `redraft_report` takes."""
    named = {"tlp" if name == "asked_tlp" else name: value for name, value in changes.items()}
    return replace(request, **named)  # type: ignore[arg-type]  # the keys are fields of it


def finalize_report(desk: Desk, report_id_: str, *, by: str, seen: int) -> tuple[OpenReport, list[ReportEdit]]:
    """Freeze a report, once every sentence of it has stood the check against the records as they are now.

    Returns the report as it was looked at, and what others did after edit `seen`: where its `problems` or that are
    anything, it is still a draft. Raises RecordError where it is final already, and where it is marked too laxly.
    """
    opened = open_report(desk, report_id_)
    if opened.kept.state == "final":
        raise RecordError("report", report_id_, "is final and stays as it is: make a new version that corrects it")
    refuse_lax(opened)
    shown = [s for s in opened.report.sentences if s.is_shown]
    picture = read_cited(desk, opened.report, opened.text.frame, shown)
    problems = dict(opened.problems) | check_sentences(desk.store, opened.report, picture, shown)
    opened = replace(opened, problems=problems)
    if problems:
        return opened, []
    text = Text(replace(opened.report, edition=""), opened.text.frame, laxer_because=opened.text.laxer_because)
    rivals = desk.store.finalize_report(report_id_, to_json(text), by=by, at=desk.clock.now(), seen=seen)
    return opened, rivals


def write_report(opened: OpenReport, form: str) -> bytes:
    """A kept report as a file; raises StoreError for another form.

    Raises RecordError where a sentence of it is refused, or where something in it bears a stricter mark than it.
    """
    refuse_lax(opened)
    for sentence_id, problems in opened.problems.items():
        text = next(s.text for s in opened.report.sentences if s.id == sentence_id)
        raise RecordError("sentence", text[:120], "; ".join(problems))
    return write_form(opened.report, form)


def find_sentence(report: Report, sentence_id: str) -> Sentence | None:
    """A sentence of a report, dropped ones too."""
    return next((s for s in report.sentences if s.id == sentence_id), None)


def find_section(report: Report, sentence_id: str) -> str:
    """The key of the section that a sentence stands in; empty where it stands in none."""
    for section in report.sections:
        if any(s.id == sentence_id for block in section.blocks for s in block.everything):
            return section.key
    return ""
