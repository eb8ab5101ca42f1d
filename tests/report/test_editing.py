"""Edits are pure, keep the machine's words, and can be carried from one draft to the next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.pictures import ATTACK, NOW, PICTURE, REQUEST, SHOT
from tocsin.errors import RecordError, UnknownIdError
from tocsin.report import (
    Edit,
    Report,
    Sentence,
    add_sentence,
    apply_edits,
    check_report,
    draft_report,
    drop_sentence,
    list_edits,
    renew_annex,
    replace_sentence,
)
from tocsin.report.markdown import write_markdown

REPORT = draft_report(REQUEST, PICTURE, now=NOW)
FACTS = f"incidents/{ATTACK.id}/facts"


def find(report: Report, sentence_id: str) -> Sentence:
    return next(s for s in report.sentences if s.id == sentence_id)


def test_a_replaced_sentence_keeps_the_machines() -> None:
    machine = find(REPORT, FACTS).text
    edited = replace_sentence(REPORT, FACTS, "  Two officers\x00 were\nshot. ")
    assert find(edited, FACTS) == Sentence(
        FACTS, "Two officers were shot.", (ATTACK.id,), state="replaced", drafted=machine
    )
    assert find(REPORT, FACTS).text == machine, "the draft itself is untouched"
    again = replace_sentence(edited, FACTS, "Two were shot.")
    assert find(again, FACTS).drafted == machine
    assert replace_sentence(again, FACTS, "") == REPORT
    assert replace_sentence(again, FACTS, machine) == REPORT


def test_a_dropped_sentence_is_not_shown_and_can_come_back() -> None:
    dropped = drop_sentence(REPORT, FACTS)
    assert "Severity 14.2" in write_markdown(REPORT)
    assert "Severity 14.2" not in write_markdown(dropped)
    assert replace_sentence(dropped, FACTS, "") == REPORT


def test_an_added_sentence_cites_and_is_marked() -> None:
    added = renew_annex(add_sentence(REPORT, "gaps", "Nobody else was at the bridge.", [ATTACK.id, SHOT.id]), PICTURE)
    assert check_report(added, PICTURE) == {}
    assert "Nobody else was at the bridge. \\[1\\] →\u202f1 *(edited)*" in write_markdown(added)
    assert add_sentence(added, "gaps", "Nobody else was at the bridge.", [ATTACK.id, SHOT.id]) == added
    (sentence,) = (s for s in added.sentences if s.state == "added")
    assert renew_annex(drop_sentence(added, sentence.id), PICTURE) == REPORT


def test_an_addition_opens_a_section_that_was_not_there() -> None:
    bare = draft_report(REQUEST, PICTURE.__class__(heard=PICTURE.heard), now=NOW)
    added = add_sentence(bare, "alerts", "Nothing rang.", ["heard"])
    assert [s.key for s in added.sections] == ["summary", "alerts", "gaps"]


def test_edits_that_cannot_be_are_refused() -> None:
    with pytest.raises(UnknownIdError):
        replace_sentence(REPORT, "nowhere", "x")
    with pytest.raises(UnknownIdError):
        drop_sentence(REPORT, "nowhere")
    with pytest.raises(RecordError, match="1000 characters"):
        replace_sentence(REPORT, FACTS, "x" * 1001)
    with pytest.raises(RecordError, match="cite"):
        add_sentence(REPORT, "gaps", "It rained.", [" "])
    with pytest.raises(RecordError, match="something"):
        add_sentence(REPORT, "gaps", " \x00", ["heard"])
    with pytest.raises(RecordError, match="section"):
        add_sentence(REPORT, "weather", "It rained.", ["heard"])  # type: ignore[arg-type]


ids = st.sampled_from([s.id for s in REPORT.sentences])


@given(st.dictionaries(ids, st.none() | st.text(min_size=1, max_size=30), max_size=5))
def test_edits_read_back_give_the_same_report(changes: dict[str, str | None]) -> None:
    report = add_sentence(REPORT, "gaps", "It rained.", ["heard"])
    for id_, text in changes.items():
        report = drop_sentence(report, id_) if text is None else replace_sentence(report, id_, text)
    edits, additions = list_edits(report)
    assert apply_edits(REPORT, edits, additions) == (report, ())


def test_an_edit_of_other_words_goes_astray() -> None:
    edits = (Edit(FACTS, "New.", "what it read yesterday"), Edit("gone", "New.", "x"))
    assert apply_edits(REPORT, edits, ()) == (REPORT, edits)
