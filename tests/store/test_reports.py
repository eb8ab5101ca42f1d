"""Kept reports on either database: heads, texts, edits in their order, rivals, and that nothing final changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tocsin.errors import RecordError, StoreError, UnknownIdError
from tocsin.ports import Store
from tocsin.records.report import KeptReport, ReportEdit, report_edit_id, report_id
from tocsin.store.sql_store import SqlStore

AT = datetime(2031, 3, 15, 6, tzinfo=UTC)


def make_report(n: int = 0, **given: object) -> KeptReport:
    made_at = AT + timedelta(minutes=n)
    head = KeptReport("", "Orle", AT - timedelta(days=7), AT, "TLP:AMBER", "TLP:RED", made_at, "ana", "toy:orle")
    head = replace(head, **given)  # type: ignore[arg-type]
    return replace(head, id=report_id(head.series, made_at, head.made_by))


def make_edit(report: KeptReport, n: int, **given: object) -> ReportEdit:
    at = AT + timedelta(hours=n)
    edit = ReportEdit(
        report_edit_id(report.id, "ana", at, n), report.id, "replaced", "summary", "summary/all", "ana", at,
        before="4 in the period.", after=f"words {n}", machine="4 in the period.", cites=("inc_a", "inc_b"),
        is_exercise=report.is_exercise,
    )  # fmt: skip
    return replace(edit, **given)  # type: ignore[arg-type]


def test_a_draft_comes_back_as_it_was_kept(store: Store) -> None:
    first, second = make_report(0), make_report(1, title="Ö\u2028 \U0001f514")
    for report in (first, second):
        store.add_report(report, f"text of {report.id}")
    assert store.report(first.id) == first
    assert store.reports() == [second, first]
    assert store.reports(limit=1) == [second]
    assert store.report_text(second.id, 1) == f"text of {second.id}"
    with pytest.raises(RecordError, match="kept already"):
        store.add_report(first, "other")
    with pytest.raises(StoreError, match="first draft"):
        store.add_report(replace(make_report(2), draft=2), "x")
    for ask in (lambda: store.report("rep_x"), lambda: store.report_text(first.id, 2)):
        with pytest.raises(UnknownIdError):
            ask()


def test_edits_come_back_in_their_order_with_their_numbers(store: Store) -> None:
    report, other = make_report(0), make_report(1)
    store.add_report(report, "text")
    store.add_report(other, "text", [make_edit(other, 7)])
    assert store.add_report_edits([make_edit(report, 1), make_edit(report, 2, sentence_id="gaps/late")], seen=0) == []
    held = store.report_edits(report.id)
    assert [replace(edit, seq=0) for edit in held] == [
        make_edit(report, 1), make_edit(report, 2, sentence_id="gaps/late"),
    ]  # fmt: skip
    assert [edit.seq for edit in held] == sorted({edit.seq for edit in held})
    assert len(store.report_edits(other.id)) == 1
    with pytest.raises(UnknownIdError):
        store.add_report_edits([make_edit(make_report(9), 1)], seen=0)


def test_the_same_sentence_changed_unseen_keeps_nothing(store: Store) -> None:
    report = make_report()
    store.add_report(report, "text")
    store.add_report_edits([make_edit(report, 1)], seen=0)
    (rival,) = store.add_report_edits([make_edit(report, 2), make_edit(report, 3, sentence_id="gaps/late")], seen=0)
    assert rival.after == "words 1"
    assert len(store.report_edits(report.id)) == 1
    assert store.add_report_edits([make_edit(report, 4, sentence_id="gaps/late")], seen=0) == []
    assert store.add_report_edits([make_edit(report, 5)], seen=rival.seq) == [], "having seen it"
    note = make_edit(report, 6, kind="noted", sentence_id=None)
    assert store.add_report_edits([note], seen=0) == [], "a note is in nobody's way"
    assert store.add_report_edits([replace(note, id="red_other")], seen=0) == []


def test_a_new_draft_keeps_the_old_text(store: Store) -> None:
    report = make_report()
    store.add_report(report, "one")
    store.add_report_edits([make_edit(report, 1)], seen=0)
    new = replace(report, draft=2, tlp="TLP:GREEN", derivation=5)
    anew = make_edit(report, 2, kind="redrafted", sentence_id=None)
    assert len(store.redraft_report(new, "two", anew, seen=0)) == 1, "an edit that was not seen"
    assert store.report(report.id) == report
    seen = store.report_edits(report.id)[-1].seq
    assert store.redraft_report(new, "two", anew, seen=seen) == []
    assert store.report(report.id) == new
    assert (store.report_text(report.id, 1), store.report_text(report.id, 2)) == ("one", "two")
    assert store.add_report_edits([make_edit(report, 3, sentence_id="gaps/late")], seen=seen) != [], "of the old draft"
    with pytest.raises(StoreError, match="must be number 3"):
        store.redraft_report(new, "again", replace(anew, id="red_x"), seen=99)


def test_final_versions_are_numbered_in_their_series_and_stay(store: Store) -> None:
    first, second, elsewhere = make_report(0), make_report(1), make_report(2, place_id="toy:mill")
    for report in (first, second, elsewhere):
        store.add_report(report, "text")
    for report in (second, first, elsewhere):
        assert store.finalize_report(report.id, "final text", by="ben", at=AT, seen=0) == []
    assert [store.report(r.id).number for r in (first, second, elsewhere)] == [2, 1, 1]
    held = store.report(second.id)
    assert (held.state, held.finalized_by, held.finalized_at, held.draft) == ("final", "ben", AT, 2)
    assert store.report_text(second.id, 2) == "final text"
    assert [r.id for r in store.reports(series=first.series)] == [second.id, first.id]
    for change in (
        lambda: store.add_report_edits([make_edit(second, 1)], seen=0),
        lambda: store.finalize_report(second.id, "x", by="ana", at=AT, seen=0),
        lambda: store.redraft_report(replace(second, draft=3), "x", make_edit(second, 1), seen=0),
    ):
        with pytest.raises(RecordError, match="is final"):
            change()


def test_who_ends_a_report_has_seen_all_of_it(store: Store) -> None:
    report = make_report()
    store.add_report(report, "text")
    store.add_report_edits([make_edit(report, 1)], seen=0)
    assert [e.after for e in store.finalize_report(report.id, "x", by="ben", at=AT, seen=0)] == ["words 1"]
    assert store.report(report.id).state == "draft"


def test_corrections_of_a_report_are_found(store: Store) -> None:
    old = make_report(0)
    new = make_report(1, replaces=old.id)
    store.add_report(old, "text")
    store.add_report(new, "text")
    assert store.reports(replaces=old.id) == [new]
    assert store.reports(replaces=new.id) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports SET state = 'draft' WHERE state = 'final'",
        "DELETE FROM report_edits",
        "DELETE FROM report_drafts",
        "UPDATE report_drafts SET payload = 'x'",
        "UPDATE report_edits SET payload = 'x'",
        "DELETE FROM reports WHERE NOT is_exercise",
    ],
)
def test_the_database_itself_refuses_to_change_what_stays(store: Store, statement: str) -> None:
    assert isinstance(store, SqlStore)
    report = make_report()
    store.add_report(report, "text", [make_edit(report, 1)])
    store.finalize_report(report.id, "final", by="ben", at=AT, seen=store.report_edits(report.id)[-1].seq)
    with pytest.raises(StoreError, match="append-only"), store._connections.writing() as connection:
        connection.execute(text(statement))


def test_reports_of_the_exercise_go_with_it(store: Store) -> None:
    real, drill = make_report(0), make_report(1, is_exercise=True)
    for report in (real, drill):
        store.add_report(report, "text", [make_edit(report, 1 + report.is_exercise)])
    store.finalize_report(drill.id, "final", by="ben", at=AT, seen=store.report_edits(drill.id)[-1].seq)
    store.remove_exercise()
    assert store.reports() == [real]
    assert store.report_edits(drill.id) == []
    assert store.check() == []


def test_a_report_with_an_end_has_all_of_it() -> None:
    with pytest.raises(RecordError, match="if, and only if"):
        replace(make_report(), number=1)
    with pytest.raises(RecordError, match="if, and only if"):
        replace(make_report(), state="final")
