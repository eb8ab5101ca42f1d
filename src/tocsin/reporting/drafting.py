"""A situation report from a desk: what it reads of an area and a period, drafted, fitted, edited, and as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from tocsin.desk import Desk
from tocsin.desk.marking import refuse_laxer
from tocsin.errors import RecordError, StoreError, UnknownIdError
from tocsin.places.folding import fold_name
from tocsin.places.naming import load_naming
from tocsin.ports import Store
from tocsin.records import Filter
from tocsin.records.marking import is_laxer, parse_tlp
from tocsin.records.report import KeptReport
from tocsin.report import (
    Addition,
    Edit,
    Picture,
    Report,
    ReportRequest,
    apply_edits,
    check_report,
    fit_report,
    renew_annex,
)
from tocsin.report.markings import choose_marking, is_for_everybody
from tocsin.report.references import last_day
from tocsin.reporting.marked import find_forcing_mark
from tocsin.reporting.picture import gather_picture
from tocsin.reporting.withholding import leave_out_drawn, refuse_names, withhold_names

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}
#: A quarter: a longer look back is not a situation.
LONGEST_DAYS = 92
#: Of which a report may tell.
YEARS = range(1900, 2201)
MOST_CANDIDATES, LOOKED_AT = 8, 50


@dataclass(frozen=True, slots=True)
class Sitrep:
    """A report with what it was drafted from and what the check has to say.

    problems  by sentence id; a report with any is not given out
    astray    edits that fit no sentence any more
    pages     as PDF
    """

    report: Report
    picture: Picture
    problems: dict[str, tuple[str, ...]]
    astray: tuple[Edit, ...]
    pages: int


def make_sitrep(
    desk: Desk,
    request: ReportRequest,
    *,
    is_exercise: bool | None = None,
    edits: Sequence[Edit] = (),
    additions: Sequence[Addition] = (),
    edition: str = "",
) -> Sitrep:
    """Draft the report of a request, fit it to its pages, then edit and check it.

    `edition` is a line that will stand in its head later: room is kept for it.

    `is_exercise` None takes what there is; raises RecordError where that is both exercise and real news, where the
    period is longer than a quarter, where something that the report holds bears a stricter mark than it, and where it
    is to be marked more laxly than the desk is set and nobody says why it may be.
    """
    from tocsin.report.pdf import count_pages

    if (request.last_day - request.first_day).days >= LONGEST_DAYS:
        raise RecordError(
            "period", f"{request.first_day} to {request.last_day}", f"must be {LONGEST_DAYS} days or fewer"
        )
    if is_laxer_than_desk(desk, request.tlp) and not request.laxer_because:
        least = f"must be {parse_tlp(desk.settings.tlp)}, as the desk is set, or stricter"
        raise RecordError("marking", request.tlp, f"{least}; or say why this report may be laxer")
    picture = gather_picture(desk, request, is_exercise=is_exercise)
    if is_for_everybody(choose_marking(request.tlp, picture.markings), request.has_names):
        refuse_names(desk.store, picture, request.title or "", "title")
        picture = leave_out_drawn(desk, withhold_names(desk.store, picture))
    counted: list[tuple[Report, int]] = []

    def count(report: Report) -> int:
        counted.append((report, count_pages(replace(report, edition=edition))))
        return counted[-1][1]

    drafted = fit_report(request, picture, now=desk.clock.now(), count_pages=count)
    report: Report = drafted
    astray: tuple[Edit, ...] = ()
    if edits or additions:
        report, astray = apply_edits(drafted, edits, additions)
        report = renew_annex(report, picture)
    refuse_laxer(desk.store, report.tlp, find_forcing_mark(desk.store, report))
    pages = next((pages for laid_out, pages in counted if laid_out is report), None) or count(report)
    return Sitrep(report, picture, check_report(report, picture), astray, pages)


def is_laxer_than_desk(desk: Desk, tlp: str) -> bool:
    """Whether a marking lets more people read a report than the desk's own does."""
    return is_laxer(tlp, parse_tlp(desk.settings.tlp))


def write_sitrep(sitrep: Sitrep, form: str) -> bytes:
    """The report as a file; raises RecordError where the check refuses a sentence, StoreError for another form."""
    _check_form(form)
    for sentence_id, problems in sitrep.problems.items():
        text = next(s.text for s in sitrep.report.sentences if s.id == sentence_id)
        raise RecordError("sentence", text[:120], "; ".join(problems))
    return write_form(sitrep.report, form)


def _check_form(form: str) -> None:
    if form not in MEDIA_TYPES:
        raise StoreError("format", form, f"must be one of {', '.join(MEDIA_TYPES)}")


def write_form(report: Report, form: str) -> bytes:
    """A report that has stood the check as a file; raises StoreError for a form that there is not."""
    _check_form(form)
    match form:
        case "pdf":
            from tocsin.report.pdf import make_pdf

            return make_pdf(report)
        case "docx":
            from tocsin.report.docx import make_docx

            return make_docx(report)
        case "html":
            from tocsin.report.html import write_html

            return write_html(report).encode()
        case _:
            from tocsin.report.markdown import write_markdown

            return write_markdown(report).encode()


def write_sitrep_json(sitrep: Sitrep) -> str:
    """The report with every sentence's citations, its problems and pages, for machines."""

    def tell(value: object) -> str:
        return value.isoformat() if isinstance(value, datetime | date) else str(value)

    told = {"report": asdict(sitrep.report), "problems": sitrep.problems, "pages": sitrep.pages}
    return json.dumps(told, ensure_ascii=False, default=tell)


def name_file(report: Report, form: str) -> str:
    """A plain ASCII file name: "sitrep-orle-district-2026-03-08-2026-03-14.pdf"."""
    area = re.sub(r"[^a-z0-9]+", "-", report.area.casefold()).strip("-")[:40] or "area"
    return f"sitrep-{area}-{report.since.date()}-{last_day(report)}.{form}"


def name_version(report: Report, kept: KeptReport, form: str) -> str:
    """The same of a kept report, with which version it is: "sitrep-orle-district-2026-03-08-2026-03-14-v2.pdf"."""
    number = f"-v{kept.number}" if kept.number else "-draft"
    return f"{name_file(report, form).removesuffix(f'.{form}')}{number}.{form}"


def make_period(first: date, last: date) -> tuple[datetime, datetime]:
    """Two days, both inclusive, as a period in UTC; raises RecordError where the last comes before the first, and for
    days at the calendar's edges: a report reckons days before its first and after its last."""
    for day in (first, last):
        if day.year not in YEARS:
            raise RecordError("day", day, f"must lie within the years {YEARS[0]} to {YEARS[-1]}")
    if last < first:
        raise RecordError("period", f"{first} to {last}", "must begin before it ends")
    return _midnight(first), _midnight(last) + timedelta(days=1)


def find_area(desk: Desk, given: str | None) -> tuple[str | None, str]:
    """The id and name of an area given by id or name; None or nothing is everywhere.

    Raises UnknownIdError where no place of the desk or the gazetteer is meant, RecordError where several are.
    """
    words = " ".join((given or "").split())
    if not words:
        return None, "Everywhere"
    naming = load_naming(desk.settings.naming_policy)
    known = _find_known(desk.store, words)
    if known:
        return known[0], naming.name(*known)
    gazetteer = desk.knowledge().gazetteer
    if row := gazetteer.row(words):
        return row.id, naming.label(row, row.name)
    # signs alone are no name, and nothing that a gazetteer can be asked for
    rows = gazetteer.search(words, limit=MOST_CANDIDATES) if fold_name(words) else ()
    exact = [row for row in rows if row.name.casefold() == words.casefold()]
    if len(exact) == 1:
        return exact[0].id, naming.label(exact[0], exact[0].name)
    if rows:
        names = ", ".join(f"{row.name} ({row.id})" for row in exact or rows)
        raise RecordError("area", words, f"may be any of {names}; give the id")
    raise UnknownIdError("area", words, "is no place that the desk or the gazetteer knows")


def _find_known(store: Store, words: str) -> tuple[str, str] | None:
    """A place of the desk's own series or incidents, by id, or by the one name that fits."""
    places = {t.place_id: t.place_name for t in store.latest_tensions()}
    if words in places:
        return words, places[words]
    named = [(id_, name) for id_, name in places.items() if name.casefold() == words.casefold()]
    if len(named) == 1:
        return named[0]
    for incident in store.incidents(Filter(place_id=words, with_background=True, limit=LOOKED_AT)):
        place = incident.place
        if place and place.gazetteer_id == words:
            return words, place.shown_name
    return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def list_areas(store: Store) -> Iterable[tuple[str, str, bool]]:
    """Places with a series: id, name and whether of the exercise, by name."""
    places = {(t.place_id, t.place_name, t.is_exercise) for t in store.latest_tensions()}
    return sorted(places, key=lambda place: (place[1].casefold(), place[0]))
