"""Edits laid over a draft: nothing of the draft is lost, nothing strays unsaid, and the numbers stay in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.pictures import ATTACK, NOW, PICTURE, PROTEST, REQUEST
from tocsin.records.report import ReportEdit
from tocsin.report import Report, Sentence, draft_report, lay_edits
from tocsin.report.checking import check_report
from tocsin.report.laying import REORDERED, find_neighbour, list_units, move_unit
from tocsin.report.markdown import write_markdown

AT = datetime(2031, 3, 15, 7, tzinfo=UTC)
DRAFT = draft_report(REQUEST, PICTURE, now=NOW)
FACTS = f"incidents/{ATTACK.id}/facts"
IDS = [s.id for s in DRAFT.sentences]


def find(report: Report, sentence_id: str) -> Sentence:
    return next(s for s in report.sentences if s.id == sentence_id)


def make(kind: str, sentence_id: str | None = FACTS, n: int = 1, **given: object) -> ReportEdit:
    held = {s.id: s for s in DRAFT.sentences}
    cites = held[sentence_id].cites if sentence_id in held else ()
    section = (sentence_id or "summary/").split("/")[0]
    edit = ReportEdit(
        f"red_{n}", "rep_a", kind, section, sentence_id, "ana", AT, cites=cites, seq=n,  # type: ignore[arg-type]
        machine=held[sentence_id].text if sentence_id in held else None,
    )  # fmt: skip
    return replace(edit, **given)  # type: ignore[arg-type]


def test_no_edit_leaves_the_draft_in_all_its_words() -> None:
    laid = lay_edits(DRAFT, [])
    assert laid.report.sentences == DRAFT.sentences
    assert (laid.astray, laid.notes) == ((), ())


def test_the_newest_words_of_a_sentence_hold() -> None:
    laid = lay_edits(DRAFT, [make("replaced", after="Once."), make("replaced", n=2, after="Twice.")])
    held = find(laid.report, FACTS)
    assert (held.text, held.state, held.drafted) == ("Twice.", "replaced", find(DRAFT, FACTS).text)
    assert held.cites == find(DRAFT, FACTS).cites
    back = [make("replaced", after="Once."), make("replaced", n=2, after=find(DRAFT, FACTS).text)]
    assert lay_edits(DRAFT, back).report.sentences == DRAFT.sentences


def test_a_sentence_left_out_keeps_a_persons_words_for_its_return() -> None:
    edits = [make("replaced", after="Once."), make("dropped", n=2)]
    dropped = find(lay_edits(DRAFT, edits).report, FACTS)
    assert (dropped.state, dropped.text, dropped.drafted) == ("dropped", "Once.", find(DRAFT, FACTS).text)
    again = find(lay_edits(DRAFT, [*edits, make("restored", n=3)]).report, FACTS)
    assert (again.state, again.text) == ("replaced", "Once.")


def test_an_assessment_stands_on_nothing_and_is_printed_so() -> None:
    laid = lay_edits(DRAFT, [make("replaced", after="Colonel Venn will attack at 6.", assessor="A. K.")])
    assert find(laid.report, FACTS).cites == ()
    assert check_report(laid.report, PICTURE) == {}
    assert "Colonel Venn will attack at 6. *(assessment by A. K.)*" in write_markdown(laid.report)


def test_what_was_edited_of_other_incidents_strays() -> None:
    other = draft_report(REQUEST, replace(PICTURE, incidents=(PROTEST,)), now=NOW)
    edits = [make("replaced", after="Once."), make("replaced", "summary/all", 2, after="Two."), make("dropped", n=3)]
    laid = lay_edits(other, edits)
    assert {edit.id for edit in laid.astray} == {"red_1", "red_2", "red_3"}
    assert laid.report.sentences == other.sentences
    assert lay_edits(other, [*edits, make("restored", n=4)]).astray[-1].id != "red_3", "put back before it strayed"
    same = lay_edits(other, [make("replaced", "gaps/unreviewed", 1, after="One.")])
    assert same.astray == (), "it cites outlets, which are the same"


def test_added_sentences_stand_in_their_section_and_can_move() -> None:
    added = make("added", "summary/added/a1", after="No calm.", cites=(ATTACK.id,))
    laid = lay_edits(DRAFT, [added])
    (block,) = laid.report.sections[0].blocks
    assert block.sentences[-1].text == "No calm."
    moved = lay_edits(DRAFT, [added, make("moved", "summary/added/a1", 2, after="")])
    assert moved.report.sections[0].blocks[0].sentences[0].text == "No calm."
    dropped = lay_edits(DRAFT, [added, make("dropped", "summary/added/a1", 2)])
    assert find(dropped.report, "summary/added/a1").state == "dropped"
    assert "No calm." not in write_markdown(dropped.report)
    new_words = make("replaced", "summary/added/a1", 2, after="Calm?", cites=(ATTACK.id,))
    assert find(lay_edits(DRAFT, [added, new_words]).report, "summary/added/a1").text == "Calm?"
    opened = lay_edits(
        draft_report(REQUEST, PICTURE.__class__(), now=NOW), [make("added", "alerts/added/b", after="x")]
    )
    assert [s.key for s in opened.report.sections] == ["summary", "alerts", "gaps"]


def test_incidents_move_with_all_they_say_and_are_numbered_anew() -> None:
    second = f"incidents/{PROTEST.id}/title"
    assert find_neighbour(DRAFT, second, -1) == ""
    laid = lay_edits(DRAFT, [make("moved", second, after="")])
    section = next(s for s in laid.report.sections if s.key == "incidents")
    assert [b.key for b in section.blocks] == [f"incidents/{PROTEST.id}", f"incidents/{ATTACK.id}"]
    assert [b.number for b in section.blocks] == [1, 2]
    assert section.title == REORDERED, "gravest first would no longer be true"
    assert "changed by hand" in laid.report.notes[-1]
    assert "→ 1" in write_markdown(laid.report).replace("\u202f", " ")
    gone = lay_edits(DRAFT, [make("moved", second, after="incidents/nowhere")])
    assert [edit.id for edit in gone.astray] == ["red_1"]


def test_rows_have_ends_and_strangers_no_place() -> None:
    rows = [row for section in DRAFT.sections for row in list_units(section)]
    for row in rows:
        assert find_neighbour(DRAFT, row[0], -1) is None
        assert find_neighbour(DRAFT, row[-1], 1) is None
    assert find_neighbour(DRAFT, "nowhere", 1) is None
    assert move_unit(DRAFT, "nowhere", "") is None
    assert move_unit(DRAFT, rows[0][0], rows[-1][0]) is None, "of another section"


@st.composite
def draw_edits(draw: st.DrawFn) -> list[ReportEdit]:
    edits = []
    for n in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(["replaced", "dropped", "restored", "added", "moved", "noted"]))
        known = st.sampled_from([*IDS, "gaps/added/x", "incidents/added/y", "nowhere"])
        id_ = draw(known)
        if kind == "added":
            id_ = draw(st.sampled_from(["gaps/added/x", "incidents/added/y", "forecast/added/z"]))
        after = draw(st.sampled_from(["", *IDS])) if kind == "moved" else draw(st.text(max_size=5))
        cites = draw(st.sampled_from([None, (), (ATTACK.id,)]))
        edit = make(kind, id_, n + 1, after=after)
        edits.append(edit if cites is None else replace(edit, cites=cites))
    return edits


@settings(max_examples=150, deadline=None)
@given(draw_edits())
def test_whatever_people_do_nothing_of_the_draft_is_lost(edits: list[ReportEdit]) -> None:
    laid = lay_edits(DRAFT, edits)
    held = {s.id: s for s in laid.report.sentences}
    assert len(held) == len(laid.report.sentences), "no sentence stands twice"
    assert set(IDS) <= set(held)
    for id_ in IDS:
        machine = find(DRAFT, id_).text
        assert machine in (held[id_].text, held[id_].drafted)
    incidents = next(s for s in laid.report.sections if s.key == "incidents")
    told = [b.number for b in incidents.blocks if b.number is not None]
    assert told == list(range(1, len(told) + 1))
    assert lay_edits(DRAFT, edits) == laid
    write_markdown(laid.report)


@pytest.mark.parametrize("state", ["replaced", "added", "drafted", "dropped"])
def test_the_mark_says_who_wrote_it(state: str) -> None:
    sentence = Sentence("a", "b", (), state=state)  # type: ignore[arg-type]
    assert sentence.mark == ("edited" if state in ("replaced", "added") else "")
    assert replace(sentence, assessor="N. N.").mark == "assessment by N. N."
