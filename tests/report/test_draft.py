"""The draft says what the records say, in a stated order, and cites it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.report.pictures import (
    ALERT,
    ATTACK,
    ATTACK_TOLD,
    DENIED,
    HOT,
    MARCHED,
    NOW,
    PICTURE,
    PROTEST,
    REQUEST,
    SHOT,
    make_week,
)
from tocsin.errors import RecordError
from tocsin.records import PartialDate, TollRange
from tocsin.report import (
    Brevity,
    Difference,
    Heard,
    Picture,
    PlaceTension,
    Report,
    ReportRequest,
    check_report,
    draft_report,
)
from tocsin.report.severity import rank_incidents, weigh_severity


def draft(picture: Picture = PICTURE, request: ReportRequest = REQUEST, **brevity: int) -> Report:
    return draft_report(request, picture, now=NOW, brevity=Brevity(**brevity))


def says(report: Report, sentence_id: str) -> str:
    return next(s.whole for s in report.sentences if s.id == sentence_id)


def list_texts(report: Report) -> str:
    return "\n".join(s.whole for s in report.sentences)


def test_sections_stand_in_their_order_and_every_sentence_cites() -> None:
    report = draft()
    assert [s.key for s in report.sections] == ["summary", "incidents", "tension", "alerts", "forecast", "gaps"]
    assert all(s.cites for s in report.sentences)
    assert len({s.id for s in report.sentences}) == len(report.sentences)
    assert check_report(report, PICTURE) == {}


def test_a_figure_cites_exactly_what_it_counts() -> None:
    report = draft()
    everything, disputed = (next(s for s in report.sentences if s.id == f"summary/{k}") for k in ("all", "disputed"))
    assert set(everything.cites) == {ATTACK.id, PROTEST.id}
    assert everything.whole == "Incidents: 2 in the period."
    assert disputed.cites == (ATTACK.id,)


def test_versions_stand_by_speaker_with_their_grade_and_denials() -> None:
    report = draft()
    stated = says(report, f"incidents/{ATTACK.id}/version/{SHOT.id}")
    denied = says(report, f"incidents/{ATTACK.id}/version/{DENIED.id}")
    assert stated.startswith("The ministry of Valdena: says so: “Gunmen shot two officers")
    assert stated.endswith("(Radio Orle; B2).")
    assert denied.startswith("Mayor Ilva Torn: denies it")
    assert denied.endswith("(The Gazette; F2, outlet not judged).")
    assert "killed, 2 (the ministry of Valdena) or 0 (Mayor Ilva Torn)" in says(report, f"incidents/{ATTACK.id}/differ")


def test_an_unjudged_claim_of_an_unjudged_outlet_is_said_to_be_not_judged() -> None:
    report = draft(
        replace(
            PICTURE, tellings={PROTEST.id: replace(PICTURE.tellings[PROTEST.id], incident=replace(PROTEST, grades=()))}
        )
    )
    assert "(F6, not judged)" in says(report, f"incidents/{PROTEST.id}/version/{MARCHED.id}")


def test_the_denial_is_told_when_there_is_room_for_few() -> None:
    crowd = tuple(
        replace(ATTACK_TOLD.versions[0], speaker=f"speaker {n}", claims=(replace(SHOT, id=f"clm_{n:016}"),))
        for n in range(5)
    )
    telling = replace(ATTACK_TOLD, versions=(*crowd, ATTACK_TOLD.versions[1]), differences=())
    report = draft(replace(PICTURE, tellings={ATTACK.id: telling}), versions=2)
    assert "denies it" in list_texts(report)
    assert says(report, f"incidents/{ATTACK.id}/more") == "More: 4 versions, at the desk."


def test_tolls_are_lowest_used_and_highest() -> None:
    report = draft()
    assert says(report, f"incidents/{ATTACK.id}/toll") == "Toll: killed 2 (lowest 0, highest 2)."
    assert "participants at least 1\u202f200" in says(report, f"incidents/{PROTEST.id}/toll")


def test_a_title_does_not_turn_a_party_on_itself() -> None:
    (police, *_) = ATTACK.recipient or ATTACK.actor
    report = draft(replace(PICTURE, incidents=(replace(ATTACK, actor=(police,), recipient=(police,)),), tellings={}))
    assert "→" not in says(report, f"incidents/{ATTACK.id}/title")


def test_the_statement_is_told_when_the_first_versions_deny() -> None:
    crowd = tuple(
        replace(ATTACK_TOLD.versions[1], speaker=f"speaker {n}", claims=(replace(DENIED, id=f"clm_{n:016}"),))
        for n in range(5)
    )
    telling = replace(ATTACK_TOLD, versions=(*crowd, ATTACK_TOLD.versions[0]), differences=())
    report = draft(replace(PICTURE, tellings={ATTACK.id: telling}), versions=2)
    assert f"incidents/{ATTACK.id}/version/{SHOT.id}" in [s.id for s in report.sentences]


def test_a_speaker_quoted_both_ways_is_told_both_ways() -> None:
    turned = replace(DENIED, attribution=SHOT.attribution)
    telling = replace(ATTACK_TOLD, versions=(replace(ATTACK_TOLD.versions[0], claims=(SHOT, turned)),), differences=())
    picture = replace(PICTURE, tellings={ATTACK.id: telling})
    report = draft(picture, versions=1)
    key = f"incidents/{ATTACK.id}/version/{SHOT.id}"
    assert says(report, key).startswith("The ministry of Valdena: denies it: “")
    assert says(report, f"{key}/also").startswith("The ministry of Valdena, also: says so: “Gunmen shot two officers")
    assert check_report(report, picture) == {}


def test_values_that_read_alike_are_no_difference() -> None:
    alike = Difference("actor", (("Rebels", (0,)), ("rebels", (1,))))
    report = draft(replace(PICTURE, tellings={ATTACK.id: replace(ATTACK_TOLD, differences=(alike,))}))
    assert f"incidents/{ATTACK.id}/differ" not in [s.id for s in report.sentences]
    both = replace(alike, values=(*alike.values, ("the army", (1,))))
    mixed = draft(replace(PICTURE, tellings={ATTACK.id: replace(ATTACK_TOLD, differences=(both,))}))
    assert says(mixed, f"incidents/{ATTACK.id}/differ").startswith("Versions differ on: who did it, Rebels (")


def test_a_toll_of_nobody_is_told_and_not_added_up() -> None:
    nobody = replace(ATTACK, tolls=(TollRange("killed", 0, 0, 0, "one"), TollRange("vehicles", 0, 0, 0, "one")))
    report = draft(replace(PICTURE, incidents=(nobody,), tellings={}))
    assert says(report, f"incidents/{ATTACK.id}/toll") == "Toll: nobody killed; no vehicles."
    assert "Killed:" not in list_texts(report)
    both = draft(replace(PICTURE, incidents=(nobody, replace(ATTACK, id="inc_second00000000000")), tellings={}))
    assert says(both, "summary/toll/killed") == "Killed: 2 (lowest 0, highest 2) in 1 incident."


def test_a_sum_without_a_spread_or_a_top_is_told_plainly() -> None:
    sure = replace(ATTACK, tolls=(TollRange("killed", 3, 3, 3, "one"), TollRange("injured", 4, 4, None, "one")))
    report = draft(replace(PICTURE, incidents=(sure,), tellings={}))
    assert says(report, "summary/toll/killed") == "Killed: 3 in 1 incident."
    assert says(report, "summary/toll/injured") == "Injured: at least 4 in 1 incident."


def test_what_did_not_happen_is_never_summed_as_if_it_had() -> None:
    denied = replace(ATTACK, modality="negated", state="denied")
    planned = replace(ATTACK, id="inc_planned000000000", modality="planned", state="planned")
    texts = list_texts(draft(replace(PICTURE, incidents=(denied, planned), tellings={})))
    assert "Killed:" not in texts
    assert "Only denied: 1 stated by nobody." in texts
    assert "Still to come: 1 announced or on a condition." in texts


def test_the_gravest_comes_first_and_the_order_is_explained() -> None:
    report = draft()
    assert [b.key for b in report.sections[1].blocks] == [f"incidents/{ATTACK.id}", f"incidents/{PROTEST.id}"]
    assert any("severity/1" in note and "binary logarithm" in note for note in report.notes)


def test_severity_is_the_sum_of_its_parts() -> None:
    severity = weigh_severity(ATTACK)
    assert sum(r.weight or 0 for r in severity.reasons) == pytest.approx(severity.points, abs=0.01)
    assert weigh_severity(replace(ATTACK, modality="planned")).points < severity.points
    assert weigh_severity(replace(ATTACK, state="retracted")).points == 0
    assert weigh_severity(replace(ATTACK, tolls=())).points < severity.points


def test_who_is_more_surely_dead_is_not_more_gravely_dead() -> None:
    sure = replace(ATTACK, id="inc_sure000000000000", origins=5)
    assert weigh_severity(sure).points == weigh_severity(ATTACK).points
    assert [i.id for i, _ in rank_incidents((ATTACK, sure))] == [sure.id, ATTACK.id], (
        "of equals more origins come first"
    )


@pytest.mark.parametrize(("low", "high"), [(0, 1), (1, 10), (10, 1000)])
def test_more_victims_never_weigh_less(low: int, high: int) -> None:
    def points(count: int) -> float:
        return weigh_severity(replace(ATTACK, tolls=(TollRange("killed", count, count, count, "x"),))).points

    assert points(low) < points(high)


def test_an_empty_period_is_not_called_calm() -> None:
    empty = Picture(outlets=PICTURE.outlets, heard=Heard(3, tuple(PICTURE.outlets)[:2], tuple(PICTURE.outlets)[2:]))
    report = draft(empty)
    assert (
        says(report, "summary/none")
        == "No incident is known to the desk for this area and period; that is not the same as calm."
    )
    assert says(report, "summary/heard") == "Heard: 3 articles of the period, 2 outlets."
    assert says(report, "gaps/silent").endswith("not in the period: Hill Wire.")
    assert check_report(report, empty) == {}


def test_where_nothing_was_heard_that_is_said() -> None:
    assert "no article of the period reached the desk" in list_texts(draft(Picture()))
    assert check_report(draft(Picture()), Picture()) == {}


def test_gaps_name_silence_no_change_and_loose_counts() -> None:
    picture = replace(
        PICTURE, undated=frozenset({PROTEST.id}), late=(replace(PROTEST, id="inc_late000000000000"),),
        faint=(replace(PROTEST, id="inc_faint00000000000"),), is_cut=True,
    )  # fmt: skip
    report = draft(picture)
    texts = list_texts(report)
    assert "No change at Valdena Cross since: 2 Mar 2031" in texts
    assert "Silent outlets: 1 outlet heard in the weeks before" in texts
    assert "Day not given: 1 incident without a day" in texts
    assert "Reported late: 1 incident" in texts
    assert "Faint: 1 incident" in texts
    assert "Not all looked at" in texts
    assert check_report(report, picture) == {}


def test_a_silenced_place_has_no_score() -> None:
    silent = PlaceTension(replace(HOT, state="sources-silent", surprise=None, level=0.0))
    text = says(draft(replace(PICTURE, tensions=(silent,))), "tension/toy:bridge")
    assert text == "Orle bridge: not scored on 14 Mar 2031: the outlets that normally report from here were silent."


def test_tension_says_no_change_where_there_is_none() -> None:
    still = PlaceTension(HOT, replace(HOT, day=date(2031, 3, 7)))
    assert "no change from 19.2 on 7 Mar 2031" in says(draft(replace(PICTURE, tensions=(still,))), "tension/toy:bridge")


def test_alerts_of_one_rule_over_nested_areas_are_told_once() -> None:
    wide = replace(
        ALERT,
        id="alt_wide000000000000",
        place_id="toy:district",
        place_name="Orle district",
        incident_ids=(ATTACK.id, PROTEST.id),
    )
    report = draft(replace(PICTURE, alerts=(ALERT, wide)))
    rows = [s for s in report.sentences if s.id.startswith("alerts/")]
    assert len(rows) == 1
    assert "Also at: Orle bridge." in rows[0].text
    assert check_report(report, replace(PICTURE, alerts=(ALERT, wide))) == {}


def test_fewer_incidents_leave_a_count_of_the_rest() -> None:
    report = draft(incidents=1)
    assert says(report, "incidents/more").startswith("More: 1 incident in the period, less grave")
    assert next(s for s in report.sentences if s.id == "incidents/more").cites == (PROTEST.id,)


def test_an_undated_incident_says_so() -> None:
    undated = replace(ATTACK, date=None)
    report = draft(replace(PICTURE, incidents=(undated,), tellings={}))
    assert says(report, f"incidents/{ATTACK.id}/facts").startswith(
        "Day not given, first reported 12 Mar 2031, 09:30 UTC"
    )


def test_a_month_is_not_made_a_day() -> None:
    vague = replace(ATTACK, date=PartialDate.of_month(2031, 3))
    picture = replace(PICTURE, incidents=(vague,), tellings={})
    assert says(draft(picture), f"incidents/{ATTACK.id}/facts").startswith("Mar 2031 (month), ")


def test_the_annex_numbers_what_is_told_in_order() -> None:
    report = draft()
    assert [row.number for row in report.annex] == [1, 2, 3]
    assert report.annex[0].address == "https://clash.example/a?b=1&c=2"
    title = next(s for s in report.sentences if s.id == f"incidents/{ATTACK.id}/version/{SHOT.id}")
    assert report.find_numbers(title) == (1,)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        (None, None),
        ('https://x.example/a"><script>', "https://x.example/a%22%3E%3Cscript%3E"),
        ("https://x.example/ж", "https://x.example/%D0%B6"),
    ],
)
def test_only_web_addresses_become_links(address: str | None, shown: str | None) -> None:
    articles = {id_: replace(a, url=address) for id_, a in PICTURE.articles.items()}
    assert {row.address for row in draft(replace(PICTURE, articles=articles)).annex} == {shown}


def test_naming_footnotes_come_by_themselves() -> None:
    assert any("1244" in note for note in draft().footnotes)
    elsewhere = replace(PICTURE, incidents=(PROTEST,), tellings={}, quiet=())
    assert draft(elsewhere).footnotes == ()
    assert len(draft(replace(elsewhere, note_keys={"x": "crimea"})).footnotes) == 1


def test_requests_that_cannot_be_are_refused() -> None:
    with pytest.raises(RecordError, match="begin before"):
        replace(REQUEST, until=REQUEST.since)
    with pytest.raises(RecordError, match="time zone"):
        replace(REQUEST, since=datetime(2031, 3, 8))  # noqa: DTZ001 - the point of it
    with pytest.raises(RecordError, match="TLP"):
        replace(REQUEST, tlp="TLP:WHITE")  # type: ignore[arg-type]
    with pytest.raises(RecordError, match="pages"):
        replace(REQUEST, most_pages=0)
    with pytest.raises(RecordError, match="title"):
        replace(REQUEST, title="x" * 201)


def test_a_week_of_many_is_drafted_without_a_problem() -> None:
    week = make_week(200)
    assert check_report(draft(week), week) == {}
