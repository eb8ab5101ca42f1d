"""What people hold of claims and incidents: grades that outlive the rules, and notes that go with the incident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tellings import AT, ECHO, SHOT
from tocsin.desk import Desk
from tocsin.desk.correcting import mark_seen
from tocsin.desk.grading import LONGEST_NOTE
from tocsin.desk.inbox import find_sight
from tocsin.desk.views import show_incident
from tocsin.errors import ConflictError, RecordError, UnknownIdError
from tocsin.export.coarsening import coarsen_incident
from tocsin.export.fields import list_incident_fields
from tocsin.export.withheld import find_withheld_names
from tocsin.intake import Options
from tocsin.records import Claim, Credibility, Filter, Grade, Incident

ALL = Filter(limit=0, with_background=True)
THIRD = "Gunmen shot and killed two policemen on Monday in Zubin Potok, a priest said."
TAKEN = "Police arrested nine students in Prizren on Sunday, a lawyer said."
FLOODED = "Several hundred people demonstrated in Gjilan on Friday."


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


def tell(desk: Desk, outlet: str, text: str, *, hours: int = 0, url: str | None = None) -> Claim:
    options = Options(outlet=outlet, published_at=AT + timedelta(hours=hours), url=url)
    article = desk.take_text(text, options).articles[0].id
    (claim,) = desk.store.claims_of_article(article)
    return claim


def home_of(desk: Desk, claim: Claim) -> Incident:
    return desk.store.incident(desk.store.incidents_of_claims([claim.id])[claim.id])


def grade_of(desk: Desk, claim: Claim) -> Grade:
    return next(g for g in home_of(desk, claim).grades if g.claim_id == claim.id)


def newest(desk: Desk, claim: Claim) -> str:
    return desk.store.corrections([claim.id])[claim.id][-1].id


def test_a_persons_grade_stands_in_the_rules_place_and_goes_back_to_it(desk: Desk) -> None:
    first, second = tell(desk, "Hill Wire", SHOT), tell(desk, "Valley Post", ECHO, hours=1)
    ruled = grade_of(desk, first)
    assert (ruled.credibility, ruled.is_given) == (1, False)
    made = desk.grade_claim(first.id, 5, why="a known forger", who="ana")
    assert (made.kind, made.field, made.machine) == ("graded", "credibility", "1"), "the rule's figure is kept"
    given = grade_of(desk, first)
    assert (given.credibility, given.by_rule, given.rule_reason) == (5, 1, ruled.reason)
    assert (given.reason.rule, given.reason.detail) == ("given-by-person", "by person:ana: a known forger")
    assert grade_of(desk, second).credibility == 1
    assert desk.store.standings([first.id])[first.id] == "read", "who grades a claim has not judged its reading"
    assert desk.grade_claim(first.id, 5, why="a known forger", who="ana", seen=made.id) == made, "a second click"
    desk.grade_claim(first.id, None, why="no, another one", seen=made.id)
    assert grade_of(desk, first) == ruled
    assert [c.kind for c in desk.store.corrections([first.id])[first.id]] == ["graded", "graded"]
    assert desk.store.check() == []


def test_a_grade_outlives_a_derivation_a_restart_a_merge_and_a_split(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    first, other = tell(desk, "Hill Wire", SHOT), tell(desk, "Valley Post", TAKEN)
    assert grade_of(desk, first).credibility == 6
    desk.grade_claim(first.id, 2, why="seen by our own people")
    tell(desk, "Lake Paper", ECHO, hours=1)
    grown = grade_of(desk, first)
    assert (grown.credibility, grown.by_rule) == (2, 1), "the rule's figure beside it is that of today"
    desk.close()
    again = make_desk()
    tell(again, "Far Herald", THIRD, hours=2)
    assert len(home_of(again, first).claim_ids) == 3
    assert grade_of(again, first).credibility == 2
    again.merge_incidents(home_of(again, other).id, [home_of(again, first).id], why="one tale")
    assert grade_of(again, first).credibility == 2
    again.split_incident(home_of(again, first).id, [first.id], why="apart")
    assert home_of(again, first).claim_ids == (first.id,)
    assert (grade_of(again, first).credibility, grade_of(again, first).by_rule) == (2, 6)
    assert again.store.check() == []


def test_a_grade_goes_over_to_a_later_revision_of_the_page(desk: Desk) -> None:
    address = "https://hill-wire.example/zubin"
    first = tell(desk, "Hill Wire", SHOT, url=address)
    desk.grade_claim(first.id, 4, why="a lone voice", who="ana")
    later = tell(desk, "Hill Wire", f"{SHOT} The road was closed until noon.", hours=2, url=address)
    assert later.id != first.id
    assert desk.store.revised_by(later.article_id) is not None
    assert (grade_of(desk, later).credibility, grade_of(desk, later).is_given) == (4, True)


@pytest.mark.parametrize(("figure", "changed"), [(3, 2), (5, 2), (1, 2)])
def test_an_incident_is_as_credible_as_a_person_says(desk: Desk, figure: Credibility, changed: int) -> None:
    first, _ = tell(desk, "Hill Wire", SHOT), tell(desk, "Valley Post", ECHO, hours=1)
    incident = home_of(desk, first)
    made = desk.grade_incident(incident.id, figure, why="after a call", who="ana")
    assert len(made) == changed
    assert {c.incident_id for c in made} == {incident.id}
    assert min(g.credibility for g in home_of(desk, first).grades) == figure
    assert desk.store.count_incidents(replace(ALL, credibility=figure)) == 1
    with pytest.raises(ConflictError, match="judged by somebody meanwhile"):
        desk.grade_incident(incident.id, 2, why="unread")
    seen = mark_seen(desk.store.corrections(incident.claim_ids))
    desk.grade_incident(incident.id, None, why="as the rule says", seen=seen)
    assert home_of(desk, first) == incident


def test_only_the_claims_that_make_an_incident_so_credible_are_graded(desk: Desk) -> None:
    first, second = tell(desk, "Hill Wire", SHOT), tell(desk, "Valley Post", ECHO, hours=1)
    desk.grade_claim(second.id, 4, why="weak")
    incident = home_of(desk, first)
    seen = mark_seen(desk.store.corrections(incident.claim_ids))
    (made,) = desk.grade_incident(incident.id, 2, why="a little less", seen=seen)
    assert made.claim_id == first.id
    assert [g.credibility for g in home_of(desk, first).grades] == [2, 4]


def test_what_cannot_be_graded_is_refused(desk: Desk) -> None:
    first = tell(desk, "Hill Wire", SHOT)
    incident = home_of(desk, first)
    with pytest.raises(RecordError, match="must say in a line why"):
        desk.grade_claim(first.id, 2, why=" ")
    with pytest.raises(RecordError, match="must be one of 1, 2, 3, 4, 5, 6"):
        desk.grade_claim(first.id, 7, why="x")  # type: ignore[arg-type]
    with pytest.raises(RecordError, match="by the rule already"):
        desk.grade_claim(first.id, None, why="x")
    with pytest.raises(RecordError, match="by the rule already"):
        desk.grade_incident(incident.id, None, why="x")
    with pytest.raises(UnknownIdError):
        desk.grade_claim("clm_aaaaaaaaaaaaaaaa", 2, why="x")
    assert desk.store.corrections([first.id]) == {}
    desk.grade_claim(first.id, 2, why="mine", who="ana")
    with pytest.raises(ConflictError, match="graded by person:ana"):
        desk.grade_claim(first.id, 3, why="unread", who="ben")
    desk.reject_claim(first.id, why="a film", seen=newest(desk, first))
    with pytest.raises(RecordError, match="speaks for no incident"):
        desk.grade_claim(first.id, 3, why="x", seen=newest(desk, first))
    with pytest.raises(RecordError, match="no claim to grade"):
        desk.grade_incident(incident.id, 3, why="x", seen=mark_seen(desk.store.corrections([first.id])))


def test_a_grade_is_exported_with_its_reason_and_who_gave_it_stays_out_of_public(desk: Desk) -> None:
    first = tell(desk, "Hill Wire", SHOT)
    desk.grade_claim(first.id, 2, why="Ana Banova saw it", who="ana")
    told = list_incident_fields(home_of(desk, first), "TLP:AMBER")
    assert told["credibilities"] == [2]
    assert "by person:ana: Ana Banova saw it" in str(told["reasons"])
    public = coarsen_incident(home_of(desk, first), find_withheld_names([desk.store.claim(first.id)], []))
    assert public.grades[0].credibility == 2
    assert "ana" not in str(list_incident_fields(public, "TLP:CLEAR")["reasons"]).casefold()


def test_a_note_stands_with_its_incident_through_merge_split_and_retraction(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    first, other = tell(desk, "Hill Wire", SHOT), tell(desk, "Valley Post", TAKEN)
    a, b = home_of(desk, first), home_of(desk, other)
    desk.note_incident(a.id, "call the hospital", who="ana")
    note = desk.note_incident(b.id, "ask the lawyer", who="ben")
    assert desk.note_incident(b.id, " ask  the lawyer ", who="ben") == note, "sent twice"
    desk.merge_incidents(a.id, [b.id], why="one tale")
    assert {c.reason for c in show_incident(desk.store, a.id).notes} == {"call the hospital", "ask the lawyer"}
    assert desk.note_incident(b.id, "now one", who="ben").incident_id == a.id, "the merged address leads there"
    desk.close()
    again = make_desk()
    again.split_incident(a.id, [other.id], why="two after all")
    assert [c.reason for c in show_incident(again.store, home_of(again, other).id).notes] == ["ask the lawyer"]
    assert {c.reason for c in show_incident(again.store, a.id).notes} == {"call the hospital", "now one"}
    again.reject_claim(first.id, why="a film")
    view = show_incident(again.store, a.id)
    assert (view.incident.state, len(view.notes)) == ("retracted", 2)
    assert again.store.check() == []


def test_a_persons_own_grade_is_no_news_to_him(desk: Desk) -> None:
    claim = tell(desk, "Hill Wire", SHOT)
    home = home_of(desk, claim).id
    for person in ("anna", "ben"):
        desk.store.mark_seen(person, {home: None}, AT)
    desk.grade_claim(claim.id, 3, why="asked the mayor", who="anna")
    incident = desk.store.incident(home)
    assert find_sight(desk.store, "anna", incident).is_current
    assert not find_sight(desk.store, "ben", incident).is_current, "to others it is"
    tell(desk, "Radio Orle", ECHO)
    desk.grade_claim(claim.id, 5, why="asked him again", seen=newest(desk, claim), who="anna")
    sight = find_sight(desk.store, "anna", desk.store.incident(home))
    assert not sight.is_current, "a report that joined stays news"


def test_a_note_changes_nothing_and_needs_nobodys_sight(desk: Desk) -> None:
    first = tell(desk, "Hill Wire", SHOT)
    before = home_of(desk, first), desk.store.derivation_number()
    desk.note_incident(before[0].id, "quiet")
    assert (home_of(desk, first), desk.store.derivation_number()) == before
    desk.accept_claim(first.id)
    assert desk.store.corrections([first.id])[first.id][0].kind == "accepted"


def test_a_hostile_note_is_cleaned_and_bounded(desk: Desk) -> None:
    incident = home_of(desk, tell(desk, "Hill Wire", SHOT))
    made = desk.note_incident(incident.id, "<b>one\x00\x07\r\n\n\n\n\u202etwo\ud800  three\t4\n")
    assert made.reason == "<b>one\n\ntwo three 4"
    with pytest.raises(RecordError, match="must say something"):
        desk.note_incident(incident.id, " \n\u202e\x00 ")
    for length in (LONGEST_NOTE + 1, 10_000_000):
        with pytest.raises(RecordError, match=f"must be {LONGEST_NOTE} characters or fewer"):
            desk.note_incident(incident.id, "x" * length)
    with pytest.raises(UnknownIdError):
        desk.note_incident("inc_aaaaaaaaaaaaaaaa", "nobody's")
    assert len(show_incident(desk.store, incident.id).notes) == 1


def test_retention_keeps_what_somebody_noted_or_graded(desk: Desk) -> None:
    noted, graded, bare = tell(desk, "Hill Wire", SHOT), tell(desk, "Valley Post", TAKEN), tell(desk, "Post", FLOODED)
    a, b = home_of(desk, noted), home_of(desk, graded)
    desk.note_incident(a.id, "call the hospital", who="ana")
    desk.grade_claim(graded.id, 2, why="seen there")
    gone = desk.store.retain(AT + timedelta(days=36_500), AT)
    assert (gone.articles, gone.incidents) == (1, 1)
    assert {i.id for i in desk.store.incidents(ALL)} == {a.id, b.id}
    assert [c.reason for c in show_incident(desk.store, a.id).notes] == ["call the hospital"]
    assert not desk.store.claims_by_id([bare.id])
    assert desk.store.check() == []


def test_notes_and_grades_of_the_exercise_go_with_it(desk: Desk) -> None:
    options = Options(outlet="Hill Wire", published_at=AT)
    article = desk.take_text(SHOT, options, is_exercise=True).articles[0].id
    (claim,) = desk.store.claims_of_article(article)
    incident = home_of(desk, claim)
    desk.note_incident(incident.id, "only a drill")
    desk.grade_incident(incident.id, 4, why="only a drill")
    assert desk.remove_exercise() == 1
    assert not desk.store.corrections([incident.id, claim.id])
    assert desk.store.check() == []
