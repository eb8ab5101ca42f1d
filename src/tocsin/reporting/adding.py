"""Incidents put into a kept draft by hand: in the desk's own words, each sentence citing what it stands on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tocsin.desk import Desk
from tocsin.errors import RecordError
from tocsin.places.naming import load_naming
from tocsin.records import Incident
from tocsin.records.report import ReportEdit, report_edit_id
from tocsin.report import Picture, Sentence
from tocsin.report.severity import weigh_severity
from tocsin.report.telling import Room, tell_incident
from tocsin.report.wording import Voice
from tocsin.reporting.edits import keep_edits, open_draft
from tocsin.reporting.kept import OpenReport
from tocsin.reporting.names import name_places
from tocsin.reporting.picture import gather_telling, read_claims
from tocsin.reporting.withholding import withhold_names

SECTION = "incidents"
MOST_ADDED = 50
#: Of each incident so many versions are told, with so many characters of each quotation.
ROOM = Room(versions=3, quote=160)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of incidents that were to be added.

    new      ids of those that stand in the report now, as edits of whoever added them
    already  of those that it told before: nothing was changed for them
    """

    new: tuple[str, ...]
    already: tuple[str, ...] = ()
    sentence_id: str = ""


def add_incidents(desk: Desk, report_id: str, incident_ids: Iterable[str], *, by: str) -> Added:
    """Tell incidents at the end of a draft's section of incidents: all of them, or none.

    Raises UnknownIdError for an incident that is not there; RecordError for a final report, for a mix of exercise and
    real news, for none or too many, and where a sentence does not stand the check.
    """
    opened = open_draft(desk, report_id)
    asked = list(dict.fromkeys(incident_ids))
    if not 1 <= len(asked) <= MOST_ADDED:
        raise RecordError("incidents", len(asked), f"must be 1 to {MOST_ADDED} at once")
    incidents = {i.id: i for i in (desk.store.incident(id_) for id_ in asked)}
    told = list_told(opened)
    new = [incident for id_, incident in incidents.items() if id_ not in told]
    already = tuple(id_ for id_ in incidents if id_ in told)
    if not new:
        return Added((), already)
    for incident in new:
        if incident.is_exercise != opened.kept.is_exercise:
            raise RecordError("incident", incident.id, "exercise and real news may not stand in one report")
    edits = list(_make_edits(desk, opened, new, by))
    outcome = keep_edits(desk, opened, edits, opened.seen)
    for id_, problems in outcome.refused.items():
        text = next((edit.after or "" for edit in edits if edit.sentence_id == id_), "")
        raise RecordError("sentence", text[:120], "; ".join(problems))
    if outcome.rivals:
        raise RecordError("report", report_id, "was drafted anew this moment: open it and add the incidents again")
    return Added(tuple(i.id for i in new), already, edits[0].sentence_id or "")


def list_told(opened: OpenReport) -> frozenset[str]:
    """The incidents that a report tells one by one: not those that it only counts."""
    blocks = [block for section in opened.report.sections if section.key == SECTION for block in section.blocks]
    return frozenset(
        cite
        for block in blocks
        for sentence in block.everything
        if sentence.is_shown and not sentence.id.endswith("/more")
        for cite in sentence.cites
        if cite.startswith("inc_")
    )


def _make_edits(desk: Desk, opened: OpenReport, new: Sequence[Incident], by: str) -> Iterator[ReportEdit]:
    now, kept, number = desk.clock.now(), opened.kept, 0
    for sentences in _tell(desk, opened, new):
        for text, cites in sentences:
            number += 1
            digest = hashlib.sha256("\x1f".join((text, *cites, by, now.isoformat())).encode()).hexdigest()[:12]
            sentence_id = f"{SECTION}/added/{digest}"
            yield ReportEdit(
                report_edit_id(kept.id, by, now, opened.seen, number, sentence_id), kept.id, "added", SECTION,
                sentence_id, by, now, after=text, cites=cites, draft=kept.draft, is_exercise=kept.is_exercise,
            )  # fmt: skip


def _tell(desk: Desk, opened: OpenReport, new: Sequence[Incident]) -> Iterator[list[tuple[str, tuple[str, ...]]]]:
    """Of each incident its sentences with what they cite, in the report's own voice and names of places."""
    claims, articles = read_claims(desk.store, new)
    outlets = {o.id: o for o in desk.store.outlets()}
    tellings = {i.id: gather_telling(i, claims, articles, outlets) for i in new}
    picture = Picture(tuple(new), tellings, articles, outlets, heard=opened.text.frame.heard)
    report = opened.report
    if report.is_public:
        picture = withhold_names(desk.store, picture)
    picture = name_places(picture, load_naming(report.policy), is_own=report.policy == desk.settings.naming_policy)
    for number, incident in enumerate(picture.incidents, 1):
        severity, voice = weigh_severity(incident), Voice(report.is_public)
        block = tell_incident(picture.tellings[incident.id], severity, picture, voice, ROOM, number)
        title = block.heading.text if block.heading else ""
        first, *rest = (s for s in block.sentences if not s.id.endswith("/more"))
        yield [(f"{title}. {first.text}", first.cites), *((_put_in_line(s), s.cites) for s in rest)]


def _put_in_line(sentence: Sentence) -> str:
    """The sentence with what would stand before it in its row."""
    return f"{sentence.label}: {sentence.text}" if sentence.label else sentence.text
