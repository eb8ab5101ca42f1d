"""A situation report that the desk keeps: what it is of, how far it is, and what people did to its sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from tocsin.errors import RecordError
from tocsin.records.ids import make_id

ReportState = Literal["draft", "final"]
#: replaced: other words; dropped: left out; restored: no longer left out; added: a sentence of the person's own; moved:
#: stands elsewhere in its section; noted: a remark among those who edit, never printed; redrafted: drafted anew.
EditKind = Literal["replaced", "dropped", "restored", "added", "moved", "noted", "redrafted"]


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report as a list of reports shows it; its sentences are kept beside it, one text for each draft.

    place_id      the area, None: everywhere; `area` its name
    since, until  the period: aware, `until` itself no longer in it
    asked_tlp     the marking that was chosen; `tlp` the one it bears, which may be stricter
    made_by       who asked for it
    draft         number of the text that holds now, from 1; a final report's is its last
    derivation    the desk's derivation number when that text was drafted: another now means newer reports
    drill         True keeps to the exercise, False leaves it out, None took what there was
    number        which final version of its area and period it is, from 1; None while it is a draft
    replaces      id of the final report that it corrects, or None
    """

    id: str
    area: str
    since: datetime
    until: datetime
    asked_tlp: str
    tlp: str
    made_at: datetime
    made_by: str
    place_id: str | None = None
    title: str | None = None
    author: str | None = None
    policy: str = "un"
    most_pages: int = 3
    has_names: bool | None = None
    drill: bool | None = None
    is_exercise: bool = False
    draft: int = 1
    derivation: int = 0
    state: ReportState = "draft"
    number: int | None = None
    replaces: str | None = None
    finalized_at: datetime | None = None
    finalized_by: str | None = None

    def __post_init__(self) -> None:
        is_final = self.state == "final"
        if any((value is not None) != is_final for value in (self.number, self.finalized_at, self.finalized_by)):
            raise RecordError("report", self.id, "has a number, a time and a person of its end if, and only if, final")

    @property
    def series(self) -> str:
        """What its final versions are numbered within: area, period, and whether it is of the exercise."""
        kind = "exercise" if self.is_exercise else "real"
        return "|".join((kind, self.since.isoformat(), self.until.isoformat(), self.place_id or ""))

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        return self.since.date()

    @property
    def last_day(self) -> date:
        """The last day that the period touches."""
        return (self.until - timedelta(microseconds=1)).date()


@dataclass(frozen=True, slots=True)
class ReportEdit:
    """One thing that a person did to a report. Append-only: for each sentence the newest one holds.

    section      key of the section; `sentence_id` the sentence, None for a note on the section and for a new draft
    before       the words that stood there; `after` the new ones, of kind "moved" the key of what it now stands after
                 ("": first), of kind "noted" the note
    machine      the desk's own sentence, None where it has none
    cites        what the sentence stood on when it was edited; of kind "added" what it stands on
    assessor     whose own assessment it is: it then stands on no record, and is printed so
    reason       why, or None
    draft        number of the draft that was edited
    seq          its place among all edits of the desk, given by the store
    """

    id: str
    report_id: str
    kind: EditKind
    section: str
    sentence_id: str | None
    made_by: str
    made_at: datetime
    before: str | None = None
    after: str | None = None
    machine: str | None = None
    cites: tuple[str, ...] = ()
    assessor: str | None = None
    reason: str | None = None
    draft: int = 1
    is_exercise: bool = False
    seq: int = 0


def report_id(series: str, made_at: datetime, made_by: str) -> str:
    """The id of a report that somebody asked for at a time."""
    return make_id("rep", series, made_at.isoformat(), made_by)


def report_edit_id(report_id: str, made_by: str, made_at: datetime, *parts: object) -> str:
    """The id of what somebody did to a report at a time; `parts` tell it from what he did at the same time."""
    return make_id("red", report_id, made_by, made_at.isoformat(), *parts)
