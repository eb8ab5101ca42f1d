"""Situation reports that are kept: heads, the text of each draft, and what people did to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from tocsin.errors import RecordError, StoreError, UnknownIdError
from tocsin.records import from_json, to_json
from tocsin.records.report import KeptReport, ReportEdit
from tocsin.store.base import StoreBase, insert_rows
from tocsin.store.tables import report_drafts, report_edits, reports


class Reports(StoreBase):
    """The part of the store that keeps reports. Writers who had not seen the newest edits are told of them."""

    def add_report(self, report: KeptReport, text: str, edits: Sequence[ReportEdit] = ()) -> None:
        """Keep a new draft with its text and, where it goes on from another report, that one's edits.

        Raises RecordError for a report that is known, StoreError for one that is not a first draft.
        """
        if (report.state, report.draft) != ("draft", 1):
            raise StoreError("report", report.id, "must come in as a first draft")
        with self._connections.writing() as connection:
            if connection.scalar(select(reports.c.id).where(reports.c.id == report.id)) is not None:
                raise RecordError("report", report.id, "is kept already: ask for another in a moment")
            connection.execute(insert(reports), {"id": report.id, "replaces": report.replaces} | _to_row(report))
            _add_text(connection, report, text)
            _add_edits(connection, edits)

    def report(self, report_id: str) -> KeptReport:
        """One report's head; raises UnknownIdError."""
        with self._connections.reading() as connection:
            return _read(connection, report_id)

    def reports(self, *, limit: int = 100, series: str | None = None, replaces: str | None = None) -> list[KeptReport]:
        """The last asked for first; of one series, or those that correct one report, where given."""
        query = select(reports.c.payload).order_by(reports.c.seq.desc()).limit(limit)
        if series is not None:
            query = query.where(reports.c.series == series)
        if replaces is not None:
            query = query.where(reports.c.replaces == replaces)
        with self._connections.reading() as connection:
            return self._decode_all(KeptReport, connection.scalars(query))

    def report_text(self, report_id: str, draft: int) -> str:
        """The text of one draft, as it was given; raises UnknownIdError."""
        query = select(report_drafts.c.payload).where(
            report_drafts.c.report_id == report_id, report_drafts.c.number == draft
        )
        with self._connections.reading() as connection:
            text: str | None = connection.scalar(query)
        if text is None:
            raise UnknownIdError("draft", f"{draft} of {report_id}", "is not in the store")
        return text

    def report_edits(self, report_id: str) -> list[ReportEdit]:
        """What people did to a report, oldest first."""
        with self._connections.reading() as connection:
            return _load_edits(connection, report_id)

    def add_report_edits(self, new: Sequence[ReportEdit], *, seen: int) -> list[ReportEdit]:
        """Keep edits of one report; or, where somebody did something to the same sentences since, say what.

        seen  `seq` of the last edit of the report that the author had seen, 0: none
        Returns the rival edits after `seen`; where there are any, nothing is kept. Raises UnknownIdError for a report
        that is not kept, RecordError for one that is final.
        """
        with self._connections.writing() as connection:
            for report_id in {edit.report_id for edit in new}:
                _refuse_final(_read(connection, report_id))
                rivals = [old for old in _load_edits(connection, report_id, after=seen) if _is_rival(old, new)]
                if rivals:
                    return rivals
            _add_edits(connection, new)
        return []

    def redraft_report(self, report: KeptReport, text: str, edit: ReportEdit, *, seen: int) -> list[ReportEdit]:
        """Keep a new text of a draft, the old one stays; or, where somebody did anything since, say what."""
        with self._connections.writing() as connection:
            held = _read(connection, report.id)
            _refuse_final(held)
            if rivals := _load_edits(connection, report.id, after=seen):
                return rivals
            if report.draft != held.draft + 1 or report.state != "draft":
                raise StoreError("draft", report.draft, f"must be number {held.draft + 1}")
            _add_text(connection, report, text)
            _add_edits(connection, [edit])
            connection.execute(update(reports).where(reports.c.id == report.id).values(**_to_row(report)))
        return []

    def finalize_report(self, report_id: str, text: str, *, by: str, at: datetime, seen: int) -> list[ReportEdit]:
        """Freeze a report with its last text, numbered in its series; or, where somebody did anything since, say what.

        Raises UnknownIdError, and RecordError for a report that is final already.
        """
        with self._connections.writing() as connection:
            held = _read(connection, report_id)
            _refuse_final(held)
            if rivals := _load_edits(connection, report_id, after=seen):
                return rivals
            last = connection.scalar(select(func.max(reports.c.number)).where(reports.c.series == held.series))
            final = replace(
                held, state="final", draft=held.draft + 1, number=(last or 0) + 1, finalized_at=at, finalized_by=by
            )
            _add_text(connection, final, text)
            connection.execute(update(reports).where(reports.c.id == report_id).values(**_to_row(final)))
        return []


def _to_row(report: KeptReport) -> dict[str, object]:
    return {
        "series": report.series,
        "number": report.number,
        "state": report.state,
        "is_exercise": report.is_exercise,
        "payload": to_json(report),
    }


def _read(connection: Connection, report_id: str) -> KeptReport:
    payload = connection.scalar(select(reports.c.payload).where(reports.c.id == report_id))
    if payload is None:
        raise UnknownIdError("report", report_id, "is not in the store")
    return from_json(KeptReport, payload)


def _refuse_final(report: KeptReport) -> None:
    if report.state == "final":
        raise RecordError("report", report.id, "is final and stays as it is: make a new version that corrects it")


def _is_rival(old: ReportEdit, new: Iterable[ReportEdit]) -> bool:
    """Whether an edit touches what a new one touches: a new draft everything, a note nothing."""
    if old.kind == "redrafted":
        return True
    if old.kind == "noted":
        return False
    return any(one.sentence_id == old.sentence_id for one in new if one.kind not in ("noted", "added"))


def _load_edits(connection: Connection, report_id: str, *, after: int = 0) -> list[ReportEdit]:
    query = select(report_edits.c.seq, report_edits.c.payload).where(
        report_edits.c.report_id == report_id, report_edits.c.seq > after
    )
    rows = connection.execute(query.order_by(report_edits.c.seq))
    return [replace(from_json(ReportEdit, row.payload), seq=row.seq) for row in rows]


def _add_text(connection: Connection, report: KeptReport, text: str) -> None:
    row = {"report_id": report.id, "number": report.draft, "is_exercise": report.is_exercise, "payload": text}
    connection.execute(insert(report_drafts), row)


def _add_edits(connection: Connection, edits: Sequence[ReportEdit]) -> None:
    rows = [
        {"id": e.id, "report_id": e.report_id, "is_exercise": e.is_exercise, "payload": to_json(replace(e, seq=0))}
        for e in edits
    ]
    insert_rows(connection, report_edits, rows)
