"""A kept report from its draft to its correction: edits are checked, laid over a new draft, and frozen at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.web.worlds import ORLE, World, fill, make_article, make_claim, make_incident, open_empty
from tocsin.errors import RecordError, UnknownIdError
from tocsin.ports import Derivation, Reading
from tocsin.records import Outlet, PartialDate, Party, outlet_id
from tocsin.records.report import KeptReport
from tocsin.report import ReportRequest
from tocsin.reporting.drafting import MEDIA_TYPES, make_period
from tocsin.reporting.edits import act_on_sentence, add_note, add_sentence, write_sentences
from tocsin.reporting.kept import (
    OpenReport,
    correct_report,
    finalize_report,
    find_sentence,
    keep_report,
    open_report,
    redraft_report,
    write_report,
)

WEEK = make_period(date(2026, 3, 8), date(2026, 3, 14))
REQUEST = ReportRequest(*WEEK, author="Night watch")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_empty(tmp_path) as desk:
        yield fill(desk)


def keep(world: World, **changes: object) -> KeptReport:
    return keep_report(world.desk, replace(REQUEST, **changes), by="ana", is_exercise=False)


def show(world: World, kept: KeptReport) -> str:
    return write_report(open_report(world.desk, kept.id), "md").decode()


def facts(world: World) -> str:
    return f"incidents/{world.incidents['clash'].id}/facts"


def text_of(opened: OpenReport, sentence_id: str) -> str:
    sentence = find_sentence(opened.report, sentence_id)
    assert sentence
    return sentence.text


def test_a_draft_is_kept_as_it_was_drafted(world: World) -> None:
    kept = keep(world)
    opened = open_report(world.desk, kept.id)
    assert (opened.kept, opened.problems, opened.seen, opened.is_outdated) == (kept, {}, 0, False)
    assert opened.report.edition == "Draft, not final."
    assert opened.pages <= 3
    assert world.desk.store.reports() == [kept]
    for form in MEDIA_TYPES:
        assert write_report(opened, form)


def test_a_machine_sentence_stands_the_check_against_the_cited_records_too(world: World) -> None:
    kept = keep(world)
    opened, rivals = finalize_report(world.desk, kept.id, by="ana", seen=0)
    assert (opened.problems, rivals) == ({}, [])


def test_words_are_kept_with_the_machines_beside_them(world: World) -> None:
    kept = keep(world)
    machine = text_of(open_report(world.desk, kept.id), facts(world))
    done = write_sentences(
        world.desk, kept.id, {facts(world): "Police and protesters met at Orle."}, by="ana", seen=0, reason="shorter"
    )
    assert done.is_kept
    opened = open_report(world.desk, kept.id)
    (edit,) = opened.edits
    assert (edit.before, edit.after, edit.machine) == (machine, "Police and protesters met at Orle.", machine)
    assert (edit.made_by, edit.reason, edit.section) == ("ana", "shorter", "incidents")
    assert "Police and protesters met at Orle. \\[" in show(world, kept) or "met at Orle." in show(world, kept)
    assert "*(edited)*" in show(world, kept)
    assert write_sentences(world.desk, kept.id, {facts(world): ""}, by="ben", seen=opened.seen).is_kept
    assert text_of(open_report(world.desk, kept.id), facts(world)) == machine
    assert "(edited)" not in show(world, kept)


def test_words_beyond_the_records_are_refused_and_nothing_is_kept(world: World) -> None:
    kept = keep(world)
    other = f"incidents/{world.incidents['clash'].id}/toll"
    done = write_sentences(
        world.desk, kept.id, {facts(world): "Colonel Venn shot 40 people.", other: "injured 2."}, by="ana", seen=0
    )
    assert set(done.refused) == {facts(world)}
    assert any("'Venn'" in problem for problem in done.refused[facts(world)])
    assert any("'40'" in problem for problem in done.refused[facts(world)])
    assert open_report(world.desk, kept.id).edits == ()


def test_what_no_record_holds_may_stand_as_an_assessment_by_name(world: World) -> None:
    kept = keep(world)
    words = "Colonel Venn will not give up the bridge."
    bare = add_sentence(world.desk, kept.id, "gaps", words, [], by="ana", seen=0)
    assert "it cites nothing" in next(iter(bare.refused.values()))[0]
    assert add_sentence(world.desk, kept.id, "gaps", words, [], by="ana", seen=0, assessor="Ana K.").is_kept
    assert f"{words} *(assessment by Ana K.)*" in show(world, kept)
    with pytest.raises(RecordError, match="not both"):
        add_sentence(world.desk, kept.id, "gaps", words, [world.incidents["clash"].id], by="a", seen=0, assessor="A")
    own = {facts(world): "The police lost their nerve."}
    assert write_sentences(world.desk, kept.id, own, by="ana", seen=0, assessors={facts(world): "Ana K."}).is_kept
    sentence = find_sentence(open_report(world.desk, kept.id).report, facts(world))
    assert sentence
    assert (sentence.cites, sentence.mark) == ((), "assessment by Ana K.")
    for form in ("html", "md"):
        assert "assessment by Ana K." in write_report(open_report(world.desk, kept.id), form).decode()


def test_an_own_sentence_cites_and_brings_its_article_into_the_annex(world: World) -> None:
    kept = keep(world, place_id="overlay:orle-bridge", place_name="Orle bridge")
    before = len(open_report(world.desk, kept.id).report.annex)
    cites = [world.incidents["closing"].id, world.claims["closing"].id]
    assert add_sentence(world.desk, kept.id, "gaps", "A road was closed, too.", cites, by="ana", seen=0).is_kept
    opened = open_report(world.desk, kept.id)
    assert len(opened.report.annex) == before + 1
    assert opened.problems == {}
    unknown = add_sentence(world.desk, kept.id, "gaps", "Nobody came.", ["inc_nowhere"], by="ana", seen=0)
    assert "do not hold" in next(iter(unknown.refused.values()))[0]


def test_sentences_are_left_out_put_back_and_moved(world: World) -> None:
    kept = keep(world)
    assert act_on_sentence(world.desk, kept.id, facts(world), "drop", by="ana", seen=0).is_kept
    opened = open_report(world.desk, kept.id)
    assert "left" not in show(world, kept)
    assert text_of(opened, facts(world)) not in show(world, kept)
    assert act_on_sentence(world.desk, kept.id, facts(world), "restore", by="ana", seen=opened.seen).is_kept
    assert text_of(opened, facts(world)) in show(world, kept).replace("\\", "")
    blocks = next(s for s in opened.report.sections if s.key == "incidents").blocks
    second = blocks[1].everything[0].id
    assert act_on_sentence(world.desk, kept.id, second, "up", by="ana", seen=9).is_kept
    moved = open_report(world.desk, kept.id).report
    section = next(s for s in moved.sections if s.key == "incidents")
    assert section.blocks[0].everything[0].id == second
    assert [b.number for b in section.blocks[:2]] == [1, 2]
    assert section.title == "Incidents, order changed by hand"
    with pytest.raises(RecordError, match="end of its row"):
        act_on_sentence(world.desk, kept.id, second, "up", by="ana", seen=9)
    with pytest.raises(RecordError, match="drop, restore, up, down"):
        act_on_sentence(world.desk, kept.id, second, "burn", by="ana", seen=9)
    with pytest.raises(UnknownIdError):
        act_on_sentence(world.desk, kept.id, "nowhere", "drop", by="ana", seen=9)


def test_a_note_is_for_those_who_edit_and_in_no_file(world: World) -> None:
    kept = keep(world)
    assert add_note(world.desk, kept.id, "summary", "ask the Orle office", by="ana", seen=0).is_kept
    (note,) = open_report(world.desk, kept.id).notes
    assert (note.after, note.section) == ("ask the Orle office", "summary")
    assert "Orle office" not in show(world, kept)


def test_who_edits_the_same_sentence_unseen_is_told(world: World) -> None:
    kept = keep(world)
    toll = f"incidents/{world.incidents['clash'].id}/toll"
    assert write_sentences(world.desk, kept.id, {facts(world): "At Orle."}, by="ana", seen=0).is_kept
    late = write_sentences(world.desk, kept.id, {facts(world): "In Orle."}, by="ben", seen=0)
    assert [(e.made_by, e.after) for e in late.rivals] == [("ana", "At Orle.")]
    assert text_of(open_report(world.desk, kept.id), facts(world)) == "At Orle."
    assert write_sentences(world.desk, kept.id, {toll: "injured 2."}, by="ben", seen=0).is_kept, "another sentence"
    _, rivals = finalize_report(world.desk, kept.id, by="ben", seen=0)
    assert len(rivals) == 2
    assert world.desk.store.report(kept.id).state == "draft"


def test_a_final_report_is_numbered_and_never_changes(world: World) -> None:
    kept = keep(world)
    write_sentences(world.desk, kept.id, {facts(world): "At Orle."}, by="ana", seen=0)
    seen = open_report(world.desk, kept.id).seen
    _, rivals = finalize_report(world.desk, kept.id, by="ben", seen=seen)
    assert rivals == []
    final = world.desk.store.report(kept.id)
    assert (final.state, final.number, final.finalized_by) == ("final", 1, "ben")
    before = [write_report(open_report(world.desk, kept.id), form) for form in ("pdf", "md")]
    change_the_clash(world)
    assert [write_report(open_report(world.desk, kept.id), form) for form in ("pdf", "md")] == before
    assert b"Version 1, final since 14 Mar 2026, 12:00 UTC." in before[1]
    with pytest.raises(RecordError, match="is final"):
        write_sentences(world.desk, kept.id, {facts(world): "No."}, by="ana", seen=seen)
    with pytest.raises(RecordError, match="is final"):
        finalize_report(world.desk, kept.id, by="ben", seen=seen)
    with pytest.raises(RecordError, match="is final"):
        redraft_report(world.desk, kept.id, by="ben", seen=seen)


def test_a_correction_is_a_new_version_that_says_what_it_replaces(world: World) -> None:
    kept = keep(world, tlp="TLP:RED")
    with pytest.raises(RecordError, match="is a draft"):
        correct_report(world.desk, kept.id, by="ana")
    write_sentences(world.desk, kept.id, {facts(world): "At Orle."}, by="ana", seen=0)
    finalize_report(world.desk, kept.id, by="ana", seen=open_report(world.desk, kept.id).seen)
    second = correct_report(world.desk, kept.id, by="ben")
    opened = open_report(world.desk, second.id)
    assert opened.replaced
    assert opened.replaced.id == kept.id
    assert text_of(opened, facts(world)) == "At Orle.", "it begins with the words that were final"
    assert "it is to replace version 1 of 14 Mar 2026" in opened.report.edition
    assert [s.id for s in open_report(world.desk, kept.id).successors] == [second.id]
    redraft_report(world.desk, second.id, by="ben", seen=opened.seen, changes={"asked_tlp": "TLP:GREEN"})
    assert open_report(world.desk, second.id).report.tlp == "TLP:RED", "no laxer than what it replaces"
    finalize_report(world.desk, second.id, by="ben", seen=open_report(world.desk, second.id).seen)
    assert "Version 2, final since 14 Mar 2026, 12:00 UTC; it replaces version 1 of 14 Mar 2026." in show(world, second)


def change_the_clash(world: World) -> None:
    """Another report of the same clash: more people hurt, one more outlet."""
    outlet = Outlet(outlet_id("Hill Wire"), "Hill Wire", "wire", "XKX", "en")
    article = make_article(outlet, "Four hurt", "Four people were hurt at Orle.", datetime(2026, 3, 13, 8, tzinfo=UTC))
    claim = make_claim(
        article, "Four people were hurt at Orle.", "ASSAULT", date=PartialDate.of_day(date(2026, 3, 12)), actor=()
    )
    world.desk.store.add_reading(Reading(article, (claim,), (), outlet))
    old = world.incidents["clash"]
    new = replace(old, claim_ids=(*old.claim_ids, claim.id), outlets=(*old.outlets, outlet.id), origins=3)
    world.desk.store.save_derivation(Derivation(incidents=(new,), articles_derived=(article.id,)))


def add_an_incident(world: World) -> None:
    outlet = Outlet(outlet_id("Hill Wire"), "Hill Wire", "wire", "XKX", "en")
    article = make_article(outlet, "March", "Students marched.", datetime(2026, 3, 13, 8, tzinfo=UTC))
    claim = make_claim(
        article, "Students marched.", "PROTEST", "demo", date=PartialDate.of_day(date(2026, 3, 12)), actor=()
    )
    world.desk.store.add_reading(Reading(article, (claim,), (), outlet))
    derivation = Derivation(incidents=(make_incident([claim], [article]),), articles_derived=(article.id,))
    world.desk.store.save_derivation(derivation)


def test_a_new_draft_keeps_the_edits_of_the_same_incidents_and_gives_back_the_others(world: World) -> None:
    kept = keep(world)
    edits = {facts(world): "At Orle.", "summary/all": "in all."}
    assert write_sentences(world.desk, kept.id, edits, by="ana", seen=0).is_kept
    add_an_incident(world)
    change_the_clash(world)
    opened = open_report(world.desk, kept.id)
    assert opened.is_outdated
    assert redraft_report(world.desk, kept.id, by="ben", seen=0) != [], "unseen edits"
    assert redraft_report(world.desk, kept.id, by="ben", seen=opened.seen) == []
    again = open_report(world.desk, kept.id)
    assert not again.is_outdated
    assert text_of(again, facts(world)) == "At Orle."
    held = find_sentence(again.report, facts(world))
    assert held
    assert held.drafted is not None
    assert "3 outlets" in held.drafted, "the desk's newer words beside them"
    assert [(e.sentence_id, e.after) for e in again.astray] == [("summary/all", "in all.")]
    assert text_of(again, "summary/all") != "in all."
    assert [e.kind for e in again.edits] == ["replaced", "replaced", "redrafted"]


def test_what_the_records_no_longer_hold_is_not_made_final(world: World) -> None:
    kept = keep(world)
    old = world.incidents["clash"]
    gone = replace(old, tolls=(), claim_ids=old.claim_ids[:1], state="reported", origins=1)
    world.desk.store.save_derivation(Derivation(incidents=(gone,)))
    opened, _ = finalize_report(world.desk, kept.id, by="ana", seen=0)
    assert f"incidents/{old.id}/toll" in opened.problems
    assert world.desk.store.report(kept.id).state == "draft"


@pytest.mark.usefixtures("no_sectors")
def test_a_report_for_everybody_takes_no_names_of_people_from_those_who_edit(world: World) -> None:
    outlet = Outlet(outlet_id("Hill Wire"), "Hill Wire", "wire", "XKX", "en")
    text = "Police beat Ilva Torn at Orle, a teacher said."
    address = "https://hill.example/2026/ilva-torn-beaten"
    article = make_article(outlet, "Beaten", text, datetime(2026, 3, 12, 8, tzinfo=UTC), url=address)
    claim = make_claim(
        article, "Police beat Ilva Torn at Orle", "ASSAULT", "beat", date=PartialDate.of_day(date(2026, 3, 12)),
        recipient=(Party("Ilva Torn", None, "CVL"),),
    )  # fmt: skip
    world.desk.store.add_reading(Reading(article, (claim,), (), outlet))
    incident = make_incident([claim], [article])
    world.desk.store.save_derivation(Derivation(incidents=(incident,), articles_derived=(article.id,)))
    id_ = f"incidents/{incident.id}/facts"
    public = keep(world, tlp="TLP:GREEN", laxer_because="for the public")
    (row,) = [row for row in open_report(world.desk, public.id).report.annex if row.article_id == article.id]
    assert row.address == "https://hill.example/", "an address that spells the name is cut to its site"
    done = write_sentences(world.desk, public.id, {id_: "Ilva Torn was beaten."}, by="ana", seen=0)
    assert "names nobody" in done.refused[id_][-1]
    own = write_sentences(world.desk, public.id, {id_: "Torn provoked it."}, by="a", seen=0, assessors={id_: "A"})
    assert "names nobody" in own.refused[id_][-1], "an assessment names nobody either"
    amber = keep_report(world.desk, REQUEST, by="ben", is_exercise=False)
    assert write_sentences(world.desk, amber.id, {id_: "Ilva Torn was beaten."}, by="ana", seen=0).is_kept


@pytest.mark.usefixtures("no_sectors")
def test_a_report_for_everybody_names_nobody_by_a_place_a_title_or_an_address(world: World) -> None:
    outlet = Outlet(outlet_id("Hill Wire"), "Hill Wire", "wire", "XKX", "en")
    text = "Gunmen fired at the house of Ilva Torn. Ilva Torn denounced the council. Colonel Harrow spoke."
    article = make_article(
        outlet, "Shots", text, datetime(2026, 3, 12, 8, tzinfo=UTC), url="https://hill.example/colonel-harrow-speaks"
    )
    day = {"date": PartialDate.of_day(date(2026, 3, 12))}
    shots = make_claim(
        article, "Gunmen fired at the house of Ilva Torn.", "ASSAULT", "firearms", **day,
        place=replace(ORLE, name="the house of Ilva Torn", label="House of Ilva Torn", gazetteer_id="toy:house"),
    )  # fmt: skip
    # her name is known from what the report does not tell
    said = make_claim(article, "Ilva Torn denounced the council.", "ACCUSE", actor=(Party("Ilva Torn"),))
    spoke = make_claim(article, "Colonel Harrow spoke.", "CONSULT", background=True)
    world.desk.store.add_reading(Reading(article, (shots, said, spoke), (), outlet))
    incident = make_incident([shots], [article])
    world.desk.store.save_derivation(Derivation(incidents=(incident,), articles_derived=(article.id,)))
    public = keep(world, tlp="TLP:GREEN", laxer_because="for the public")
    told = show(world, public)
    assert "ouse of [name withheld]" in told.replace("\\", "")
    for word in ("Torn", "Ilva", "Harrow", "harrow"):
        assert word not in told
    opened, rivals = finalize_report(world.desk, public.id, by="ana", seen=0)
    assert (opened.problems, rivals) == ({}, []), "what is withheld in the draft is withheld in the check"
    with pytest.raises(RecordError, match="name nobody"):
        keep(world, tlp="TLP:GREEN", laxer_because="for the public", title="The shots at Torn's house")
    amber = keep_report(world.desk, REQUEST, by="ben", is_exercise=False)
    assert "House of Ilva Torn" in show(world, amber)


@pytest.mark.usefixtures("no_sectors")
def test_a_report_is_laxer_than_the_desk_only_where_somebody_says_why(world: World) -> None:
    with pytest.raises(RecordError, match="must be TLP:AMBER, as the desk is set, or stricter; or say why"):
        keep(world, tlp="TLP:GREEN")
    assert world.desk.store.reports() == []
    kept = keep(world, tlp="TLP:GREEN", laxer_because="the mission agreed")
    opened = open_report(world.desk, kept.id)
    assert (kept.tlp, opened.text.laxer_because) == ("TLP:GREEN", "the mission agreed")
    assert redraft_report(world.desk, kept.id, by="ben", seen=0) == [], "the reason holds for the next draft"
    assert open_report(world.desk, kept.id).text.laxer_because == "the mission agreed"
    seen = open_report(world.desk, kept.id).seen
    with pytest.raises(RecordError, match="as the desk is set"):
        redraft_report(world.desk, kept.id, by="ben", seen=seen, changes={"laxer_because": None})
    anew = {"laxer_because": "the donors asked"}
    assert redraft_report(world.desk, kept.id, by="ben", seen=seen, changes=anew) == []
    opened, _ = finalize_report(world.desk, kept.id, by="ana", seen=open_report(world.desk, kept.id).seen)
    opened = open_report(world.desk, kept.id)
    assert opened.text.laxer_because == "the donors asked"
    assert [(e.made_by, e.reason) for e in opened.edits] == [("ben", None), ("ben", "the donors asked")]
    new = correct_report(world.desk, kept.id, by="ana")
    assert open_report(world.desk, new.id).text.laxer_because == "the donors asked", "a correction begins with it"


def test_a_reason_for_what_is_not_laxer_is_not_kept(world: World) -> None:
    kept = keep(world, laxer_because="just in case")
    assert open_report(world.desk, kept.id).text.laxer_because is None


def test_the_exercise_takes_its_reports_with_it(world: World) -> None:
    real = keep(world)
    drill = keep_report(world.desk, REQUEST, by="ana", is_exercise=True)
    assert write_sentences(world.desk, drill.id, {"summary/all": "in all."}, by="ana", seen=0).is_kept
    world.desk.store.remove_exercise()
    assert [r.id for r in world.desk.store.reports()] == [real.id]
    assert world.desk.store.check() == []
