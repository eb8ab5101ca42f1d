"""One onset, one notice; nothing told twice, and what was told is taken back aloud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warning.district import DAY, make_incident
from tocsin.knowledge.policy import load_alert_policy
from tocsin.records import Alert, Incident, Notice, Silence
from tocsin.warning.hearing import Area
from tocsin.warning.notices import Plan, find_digest_time, group_id, plan_notices

POLICY = load_alert_policy()
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AREAS = {
    place: Area("g:valley", "Upper Valley", frozenset({place, "g:valley", "country:XVA"}))
    for place in ("g:teske", "g:mill", "g:valley")
} | {"g:far": Area("g:plain", "Plain", frozenset({"g:far", "g:plain", "country:XVA"}))}


def make_alert(name: str, precedence: str = "IMMEDIATE", incidents: Iterable[str] = ("1",), **fields: Any) -> Alert:
    alert = Alert(
        f"alt_{name}", name, "rules/1", f"Title of {name}", "Something is coming.", "g:teske", "Teske",
        precedence, DAY, DAY, "firing", NOW, "It ends.", tuple(f"inc_{i}" for i in incidents), fired_at=NOW,  # type: ignore[arg-type]
    )  # fmt: skip
    return replace(alert, **fields)


class Desk:
    """Remembers what it told, as the outbox does."""

    def __init__(self) -> None:
        self.incidents: dict[str, Incident] = {}
        self.told: dict[str, list[Notice]] = {}
        self.silences: list[Silence] = []
        self.areas: Mapping[str, Area] = AREAS

    def tell(self, minutes: float, *alerts: Alert) -> list[Notice]:
        """What is told so many minutes after noon."""
        return list(self.plan(minutes, alerts).notices)

    def plan(self, minutes: float, alerts: Sequence[Alert]) -> Plan:
        for alert in alerts:
            for incident in alert.incident_ids:
                self.incidents.setdefault(incident, make_incident(incident.removeprefix("inc_")))
        now = NOW + timedelta(minutes=minutes)
        plan = plan_notices(alerts, self.incidents, self.told, self.silences, self.areas, POLICY, now=now)
        for notice in plan.notices:
            self.told.setdefault(notice.group, []).append(notice)
        return plan


def causes(notices: Iterable[Notice]) -> list[str]:
    return [n.cause for n in notices]


def test_a_first_notice_says_why_from_what_and_what_would_clear_it() -> None:
    (notice,) = Desk().tell(0, make_alert("clash", incidents=["1", "2"]))
    assert (notice.cause, notice.number, notice.previous) == ("fired", 1, None)
    assert notice.why_now == "The rule clash holds since 2026-03-01, on 2 incidents."
    assert [line.incident_id for line in notice.lines] == ["inc_2", "inc_1"]
    assert notice.lines[0].text == "Attack, Teske, 2026-03-01; 1 origin, 1 outlet"
    assert notice.cleared_by == "It ends."
    assert notice.group == group_id("g:valley", is_exercise=False)


def test_nothing_is_told_twice() -> None:
    desk = Desk()
    assert causes(desk.tell(0, make_alert("clash"))) == ["fired"]
    assert desk.tell(0, make_alert("clash")) == []
    assert desk.tell(30, make_alert("clash")) == []


def test_a_burst_gives_one_notice_and_what_follows_is_gathered() -> None:
    desk = Desk()
    told = []
    for n in range(1, 1001, 10):
        told += desk.tell(n / 100, make_alert("clash", incidents=map(str, range(n))), make_alert("roads", "PRIORITY"))
    assert causes(told) == ["fired"]
    (later,) = desk.tell(31, make_alert("clash", incidents=map(str, range(1000))))
    assert later.cause == "more-reports"
    assert later.changes[0] == "998 incidents are new."
    assert sum(line.is_new for line in later.lines) == len(later.lines) == 12


def test_lesser_alerts_wait_for_what_belongs_to_them() -> None:
    desk = Desk()
    roads = make_alert("roads", "PRIORITY")
    assert desk.tell(0, roads) == []
    (notice,) = desk.tell(0.4, roads, make_alert("clash", incidents=["2"], fired_at=NOW + timedelta(seconds=20)))
    assert (notice.cause, notice.precedence, notice.title) == ("fired", "IMMEDIATE", "Title of clash")
    assert set(notice.alert_ids) == {"alt_clash", "alt_roads"}


def test_graver_news_never_waits() -> None:
    desk = Desk()
    desk.tell(1, make_alert("roads", "PRIORITY"))
    (notice,) = desk.tell(2, make_alert("roads", "PRIORITY"), make_alert("clash", "FLASH", incidents=["1", "2"]))
    assert (notice.cause, notice.number) == ("raised", 2)
    assert notice.previous == desk.told[notice.group][0].id
    assert notice.why_now == "It has become graver: Title of clash (Teske)."
    assert notice.changes == ("1 incident is new.", "Now also: Title of clash (Teske).")


def test_what_a_graver_alert_tells_is_not_told_beside_it_elsewhere() -> None:
    desk = Desk()
    wide = make_alert("wide", "PRIORITY", place_id="g:far", place_name="Far")
    plan = desk.plan(1, [make_alert("clash", incidents=["1", "2"]), wide])
    assert causes(plan.notices) == ["fired"]
    assert plan.covered == {"alt_wide": "alt_clash"}
    against = make_alert("ease", "PRIORITY", place_id="g:far", speaks="against")
    (told,) = desk.tell(2, make_alert("clash", incidents=["1", "2"]), against)
    assert told.speaks == "against"


def test_unanswered_it_escalates_once_and_repeats_at_its_interval() -> None:
    desk = Desk()
    clash = make_alert("clash")
    told = [(m, n.cause) for m in range(0, 60 * 20, 5) for n in desk.tell(m, clash)]
    assert told == [(0, "fired"), (60, "escalated"), (420, "repeated"), (780, "repeated"), (1140, "repeated")]


def test_acknowledged_it_is_quiet_until_it_becomes_graver() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"))
    mine = make_alert("clash", incidents=["1", "2", "3"], state="acknowledged", assigned_to="duty officer")
    assert [n for m in range(5, 3000, 60) for n in desk.tell(m, mine)] == []
    (notice,) = desk.tell(3001, mine, make_alert("rush", "FLASH", incidents=["4"]))
    assert notice.cause == "raised"


def test_what_comes_beside_an_acknowledged_alert_is_told_and_then_waited_for_anew() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"))
    mine = make_alert("clash", state="acknowledged", assigned_to="duty officer", note="on it")
    other = make_alert("second", incidents=["2"])
    told = [(m, n) for m in range(100, 200, 5) for n in desk.tell(m, mine, other)]
    assert [(m, n.cause) for m, n in told] == [(100, "more-reports"), (160, "escalated")]
    assert told[1][1].why_now == "Nobody has acknowledged Title of second (Teske) for 60 minutes."
    # what nobody looks after stands at the head, and not under the name of who looks after the other
    assert {(n.title, n.assigned_to) for _, n in told} == {("Title of second", None)}
    (again,) = desk.tell(600, mine, other)
    assert again.why_now == "Nothing is new, and nobody has acknowledged Title of second (Teske)."
    (end,) = desk.tell(700, replace(mine, state="resolved"), replace(other, state="resolved"))
    assert set(end.changes) == {"Title of clash (Teske): resolved", "Title of second (Teske): resolved"}


def test_who_answers_the_graver_alert_answers_what_it_covers_and_the_rest_keeps_its_own_pace() -> None:
    desk = Desk()
    flash, covered = make_alert("rush", "FLASH", ["1", "2"]), make_alert("roads", "PRIORITY")
    desk.tell(0, flash, covered)
    answered = replace(flash, state="acknowledged")
    assert [n for m in range(1, 3000, 50) for n in desk.tell(m, answered, covered)] == []
    apart = make_alert("roads", "PRIORITY", ["3"])
    told = [(m, n.cause) for m in range(3000, 6000, 60) for n in desk.tell(m, answered, apart) if n.cause != "digest"]
    assert told == [(3000, "more-reports"), (4440, "repeated"), (5880, "repeated")]  # a day, as PRIORITY is; no call


def test_what_an_acknowledged_alert_gathers_is_no_news_of_the_others() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"), make_alert("second", incidents=["2"]))
    grown = make_alert("clash", incidents=["1", "3", "4"], state="acknowledged")
    assert causes(desk.tell(31, grown, make_alert("second", incidents=["2"]))) == []


def test_what_is_told_is_over_when_its_rule_says_so() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"))
    day = 24 * 60
    kept = make_alert("clash", state="acknowledged")  # as by a rule that is kept for a week
    assert [n for d in range(1, 8) for n in desk.tell(d * day, kept)] == []
    assert causes(desk.tell(8 * day, make_alert("clash", state="resolved"))) == ["resolved"]
    # nobody derives an alert any more that has not held for so long
    desk.tell(9 * day, make_alert("late", day=DAY + timedelta(days=9)))
    assert causes(desk.tell(60 * day, make_alert("late", day=DAY + timedelta(days=9)))) == ["resolved"]


def test_the_end_is_told_and_a_new_run_begins_anew() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"))
    (end,) = desk.tell(10, make_alert("clash", state="resolved"))
    assert (end.cause, end.number) == ("resolved", 2)
    assert end.why_now == "The conditions have not held since 2026-03-01."
    assert desk.tell(11, make_alert("clash", state="resolved")) == []
    (again,) = desk.tell(12, make_alert("clash", state="resolved"), make_alert("second", incidents=["9"]))
    assert (again.cause, again.number, again.previous) == ("fired", 3, end.id)


def test_the_end_of_a_part_is_told_at_its_own_pace_and_once() -> None:
    clash, over = make_alert("clash"), make_alert("roads", "PRIORITY", incidents=["7"], state="resolved")
    for answered in ("firing", "acknowledged"):
        desk = Desk()
        desk.tell(1, clash, replace(over, state="firing"))
        lead = replace(clash, state=answered)
        told = [(m, n) for m in range(2, 360, 2) for n in desk.tell(m, lead, over) if n.cause == "lowered"]
        # PRIORITY is continued every four hours; in the meantime the reminder of the other has told it
        assert [m for m, _ in told] == ([] if answered == "firing" else [242])
        spoken = [c for chain in desk.told.values() for n in chain for c in n.changes]
        assert spoken.count("No longer holds: Title of roads (Teske).") == 1
    (_, part) = told[0]
    assert part.why_now == "Part of what was told no longer holds."
    assert (part.title, part.precedence, part.alert_ids) == ("Title of clash", "IMMEDIATE", ("alt_clash",))
    assert not part.ends_chain


def test_the_gravest_part_that_ends_is_told_at_the_pace_it_had() -> None:
    desk = Desk()
    flash, roads = make_alert("clash", "FLASH"), make_alert("roads", "PRIORITY", incidents=["7"])
    desk.tell(0, flash, roads)
    over = replace(flash, state="resolved")
    assert desk.tell(10, over, roads) == []
    (told,) = desk.tell(16, over, roads)
    assert (told.cause, told.why_now, told.precedence) == ("lowered", "The gravest part no longer holds.", "PRIORITY")


def test_the_end_of_what_another_alert_tells_or_a_digest_gathers_wakes_nobody() -> None:
    desk = Desk()
    clash = make_alert("clash", incidents=["1", "2"], state="acknowledged")
    others = [make_alert("wide", "PRIORITY"), make_alert("small", "ROUTINE", incidents=["9"])]
    desk.tell(1, replace(clash, state="firing"), *others)
    over = [replace(a, state="resolved") for a in others]
    assert [n.cause for m in range(2, 2000, 60) for n in desk.tell(m, clash, *over) if n.cause != "digest"] == []


def test_a_part_that_seemed_over_while_the_clock_was_ahead_is_not_told_again() -> None:
    desk = Desk()
    clash, roads = make_alert("clash", state="acknowledged"), make_alert("roads", incidents=["7"])
    desk.tell(0, replace(clash, state="firing"), roads)
    assert causes(desk.tell(3000, clash, replace(roads, state="resolved"))) == ["lowered"]
    assert desk.tell(30, clash, roads) == [], "the clock is put back, and it holds after all"
    more = replace(roads, incident_ids=("inc_7", "inc_8"))
    assert causes(desk.tell(31, clash, more)) == ["more-reports"], "what is new is told"


def test_what_is_taken_back_is_told_at_once() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"), make_alert("roads", incidents=["7"]))
    (part,) = desk.tell(1, make_alert("clash", state="retracted", note="denied"), make_alert("roads", incidents=["7"]))
    assert part.cause == "lowered"
    assert part.changes == ("Taken back, denied or regrouped: Title of clash (Teske).",)
    (whole,) = desk.tell(2, make_alert("roads", incidents=["7"], state="retracted", note="denied"))
    assert whole.cause == "retracted"
    assert whole.changes == ("Title of roads (Teske): denied",)
    assert whole.ends_chain


def test_an_alert_that_is_no_more_is_taken_back_too() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"))
    assert causes(desk.tell(1)) == ["retracted"]


def test_what_never_rang_is_not_taken_back() -> None:
    assert Desk().tell(0, make_alert("clash", state="retracted"), make_alert("b", state="resolved")) == []


def make_silence(**fields: Any) -> Silence:
    silence = Silence("sil_1", NOW, NOW + timedelta(hours=2), "duty officer", "known exercise of the fire brigade")
    return replace(silence, **fields)


def test_a_silence_holds_back_and_ends_by_itself() -> None:
    desk = Desk()
    desk.silences = [make_silence(place_id="g:valley")]
    assert desk.tell(0, make_alert("clash")) == []
    assert desk.plan(1, [make_alert("clash")]).silenced == {"alt_clash": "sil_1"}
    assert causes(desk.tell(121, make_alert("clash"))) == ["fired"]


def test_what_is_acknowledged_is_taken_back_aloud_and_told_when_it_holds_again() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"))
    assert desk.tell(1, make_alert("clash", state="acknowledged")) == []
    assert causes(desk.tell(2, make_alert("clash", state="retracted", note="denied"))) == ["retracted"]
    again = make_alert("clash", state="acknowledged")  # a person's word outlives the retraction
    assert causes(desk.tell(3, again)) == ["fired"]
    assert [n for m in range(4, 3000, 60) for n in desk.tell(m, again)] == []


def test_acknowledged_before_it_was_told_it_wakes_nobody() -> None:
    assert Desk().tell(0, make_alert("clash", state="acknowledged")) == []


def test_a_silence_that_begins_and_ends_while_it_fires_tells_what_came_meanwhile_once() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"))
    desk.silences = [make_silence()]
    more = make_alert("clash", incidents=["1", "2"])
    assert [n for m in range(10, 120, 10) for n in desk.tell(m, more)] == []
    (told,) = desk.tell(120, more)
    assert told.cause in ("more-reports", "escalated")
    assert told.changes == ("1 incident is new.",)
    assert desk.tell(121, more) == []


def test_a_clock_that_is_put_back_holds_nothing_up() -> None:
    for behind in (0.01, 60, 60 * 24 * 400):
        desk = Desk()
        assert causes(desk.tell(-behind, make_alert("clash"))) == ["fired"], behind
        assert desk.tell(-behind, make_alert("clash")) == []
        assert causes(Desk().tell(-behind, make_alert("roads", "PRIORITY"))) == ["fired"], behind
        worse = make_alert("clash", incidents=["1", "2"])
        (told,) = desk.tell(-2 * behind, worse)
        assert (told.cause, told.changes) == ("more-reports", ("1 incident is new.",))
        assert desk.tell(-2 * behind, worse) == []


def test_a_clock_that_jumps_back_and_forth_tells_nothing_twice() -> None:
    desk = Desk()
    clash = make_alert("clash")
    told = [n for m in (0, -600, 5, -600, 5, -90000, 0, 10) for n in desk.tell(m, clash)]
    assert causes(told) == ["fired"]


def test_what_was_told_to_be_over_and_comes_back_unchanged_is_not_told_again() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"))
    assert causes(desk.tell(6000, make_alert("clash", state="resolved"))) == ["resolved"]
    assert desk.tell(10, make_alert("clash")) == []  # the clock is put back: the run has not ended after all
    assert desk.tell(6000, make_alert("clash", state="resolved")) == []
    assert causes(desk.tell(20, make_alert("clash", incidents=["1", "2"]))) == ["fired"]


def test_what_ends_over_night_still_stands_in_the_digest() -> None:
    desk = Desk()
    small = make_alert("a", "ROUTINE", fired_at=NOW)
    assert desk.tell(60, small) == []
    (digest,) = desk.tell(18 * 60, replace(small, state="resolved"))
    assert (digest.cause, digest.alert_ids) == ("digest", ("alt_a",))
    assert desk.tell(42 * 60, replace(small, state="resolved")) == []


def test_a_digest_says_what_has_ended() -> None:
    desk = Desk()
    small = make_alert("a", "ROUTINE", fired_at=NOW)
    (digest,) = desk.tell(18 * 60, replace(small, state="resolved"))
    assert digest.changes == ("Title of a (Teske): Something is coming. It has not held since 2026-03-01.",)


def test_a_further_rule_on_what_a_digest_told_for_another_stands_in_the_next() -> None:
    desk = Desk()
    early = make_alert("a", "ROUTINE", fired_at=NOW - timedelta(hours=8))
    assert causes(desk.tell(0, early)) == ["digest"]
    later = make_alert("b", "ROUTINE", fired_at=NOW + timedelta(hours=1))
    (second,) = desk.tell(18 * 60, replace(early, state="resolved"), later)
    assert second.alert_ids == ("alt_b",)
    assert desk.tell(42 * 60, replace(early, state="resolved"), later) == []


def test_what_a_digest_told_is_taken_back_in_the_next_and_told_again_when_it_holds_again() -> None:
    desk = Desk()
    small = make_alert("a", "ROUTINE", fired_at=NOW - timedelta(hours=8))
    gone = replace(small, state="retracted")
    assert causes(desk.tell(0, small)) == ["digest"]
    (back,) = desk.tell(24 * 60, gone)
    assert (back.cause, back.alert_ids, back.incident_ids) == ("digest", ("alt_a",), ("inc_1",))
    assert back.changes == ("Taken back, denied or regrouped: Title of a (Teske).",)
    assert desk.tell(48 * 60, gone) == []
    (again,) = desk.tell(49 * 60, small)
    assert again.changes == ("Title of a (Teske): Something is coming.",)
    assert desk.tell(72 * 60 + 5, small) == []


def test_what_a_digest_told_and_moved_to_a_closer_place_is_not_taken_back() -> None:
    desk = Desk()
    wide = make_alert("a", "ROUTINE", fired_at=NOW - timedelta(hours=8), place_id="g:valley", place_name="Valley")
    desk.tell(0, wide)
    near = replace(wide, id="alt_near", place_id="g:teske", place_name="Teske")
    (second,) = desk.tell(24 * 60, replace(wide, state="retracted"), near)
    assert second.changes == ("Title of a (Teske): Something is coming.",)


def test_an_alert_without_incidents_is_told_whatever_else_rings() -> None:
    far = make_alert("tense", "PRIORITY", incidents=[], place_id="g:far", place_name="Far")
    assert {n.place_name for n in Desk().tell(1, far, make_alert("clash"))} == {"Far", "Teske"}
    assert causes(Desk().tell(18 * 60, replace(far, precedence="ROUTINE"))) == ["digest"]


def test_a_digest_is_made_once_a_day_across_midnight_and_a_clock_put_back() -> None:
    desk = Desk()
    small = make_alert("a", "ROUTINE", fired_at=NOW - timedelta(days=1))
    told = [(m, n.cause) for m in range(-13 * 60, 36 * 60, 30) for n in desk.tell(m, small)]
    assert told == [(-6 * 60, "digest")]
    more = make_alert("b", "ROUTINE", incidents=["2"], fired_at=NOW - timedelta(days=400))
    (second,) = desk.tell(-60 * 24 * 30, small, more)
    assert (second.cause, second.number) == ("digest", 2)
    assert desk.tell(-60 * 24 * 30, small, more) == []


def test_an_alert_whose_place_now_lies_in_another_area_stays_in_its_chain() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"))
    desk.areas = AREAS | {"g:teske": AREAS["g:far"]}  # the region was split, or its incidents say otherwise by now
    assert desk.tell(5, make_alert("clash")) == []
    (end,) = desk.tell(10, make_alert("clash", state="resolved"))
    assert (end.cause, end.group, end.number) == ("resolved", group_id("g:valley", is_exercise=False), 2)
    (anew,) = desk.tell(20, make_alert("second", incidents=["9"]))
    assert (anew.cause, anew.group, anew.number) == ("fired", group_id("g:plain", is_exercise=False), 1)


def test_an_alert_that_names_a_smaller_place_for_the_same_incidents_takes_nothing_back() -> None:
    desk = Desk()
    wide = make_alert("wide", place_id="g:valley", place_name="Upper Valley", rule="clash")
    desk.tell(0, wide)
    moved, narrow = replace(wide, state="retracted"), make_alert("narrow", rule="clash")
    assert desk.tell(5, moved, narrow) == []
    (told,) = desk.tell(35, moved, narrow)
    assert (told.cause, told.changes) == ("more-reports", ("Now also: Title of narrow (Teske).",))
    other = make_alert("third", rule="clash", incidents=["9"])
    assert causes(desk.tell(36, replace(narrow, state="retracted"), other)) == ["lowered"]


def test_a_moved_alert_that_ends_is_over_and_not_taken_back() -> None:
    desk = Desk()
    wide = make_alert("wide", place_id="g:valley", place_name="Upper Valley", rule="clash")
    desk.tell(0, wide)
    moved, narrow = replace(wide, state="retracted"), make_alert("narrow", rule="clash", state="resolved")
    assert causes(desk.tell(5, moved, narrow)) == ["resolved"]


def test_a_silence_names_place_rule_and_precedence() -> None:
    for fields, rings in (
        ({"place_id": "g:plain"}, True), ({"place_id": "country:XVA"}, False), ({"rule": "roads"}, True),
        ({"rule": "clash"}, False), ({"at_most": "PRIORITY"}, True), ({"at_most": "IMMEDIATE"}, False),
        ({"is_exercise": True}, True), ({"ended_at": NOW}, True),
        # a clock that was put back, and one that is wrong by more than a silence can last
        ({"starts_at": NOW + timedelta(hours=1)}, False), ({"starts_at": NOW + timedelta(days=40)}, True),
    ):  # fmt: skip
        desk = Desk()
        desk.silences = [make_silence(**fields)]
        assert bool(desk.tell(1, make_alert("clash"))) == rings, fields


def test_silenced_after_it_rang_it_is_not_told_to_be_over() -> None:
    desk = Desk()
    desk.tell(0, make_alert("clash"))
    desk.silences = [make_silence()]
    assert desk.tell(30, make_alert("clash")) == []
    assert causes(desk.tell(40, make_alert("clash", state="resolved"))) == ["resolved"]


def test_a_silence_holds_back_no_retraction_and_no_end_of_what_lies_beside_it() -> None:
    quiet, loud = make_alert("quiet", incidents=["2"]), make_alert("loud", incidents=["1"])
    for end in (replace(loud, state="retracted"), replace(loud, state="resolved")):
        desk = Desk()
        desk.silences = [make_silence(rule="quiet", ends_at=NOW + timedelta(days=9))]
        desk.tell(0, loud, quiet)
        assert causes(desk.tell(5, end, quiet)) == [end.state]
    desk = Desk()
    desk.tell(0, loud, quiet)
    desk.silences = [make_silence(rule="quiet")]
    untrue = replace(loud, state="retracted", note="denied")
    (part,) = desk.tell(5, untrue, quiet)
    assert (part.cause, part.alert_ids) == ("lowered", ("alt_quiet",))
    assert part.changes == ("Taken back, denied or regrouped: Title of loud (Teske).",)
    assert [line.incident_id for line in part.lines] == ["inc_1"]
    assert desk.tell(6, untrue, quiet) == []
    assert causes(desk.tell(7, untrue, replace(quiet, state="resolved"))) == ["resolved"]


def test_an_alert_that_moves_to_a_closer_place_that_is_silenced_takes_nothing_back() -> None:
    desk = Desk()
    wide = make_alert("wide", place_id="g:valley", place_name="Upper Valley", rule="clash")
    desk.tell(0, wide)
    desk.silences = [make_silence(place_id="g:teske")]
    near = make_alert("near", rule="clash")
    assert desk.tell(5, replace(wide, state="retracted"), near) == []
    beside = make_alert("beside", incidents=["2"], place_id="g:mill", rule="other")
    (told,) = desk.tell(31, replace(wide, state="retracted"), near, beside)
    assert told.changes == ("1 incident is new.", "Now also: Title of beside (Teske).")


def test_what_was_told_and_is_silenced_is_taken_back_though_others_were_told_since() -> None:
    desk = Desk()
    quiet, loud = make_alert("quiet", incidents=["2"]), make_alert("loud", incidents=["1"])
    desk.tell(0, loud, quiet)
    desk.silences = [make_silence(rule="quiet")]
    grown = make_alert("loud", incidents=["1", "3"])
    (more,) = desk.tell(31, grown, quiet)
    assert (more.changes, [line.incident_id for line in more.lines]) == (("1 incident is new.",), ["inc_3", "inc_1"])
    (back,) = desk.tell(32, grown, replace(quiet, state="retracted"))
    assert back.changes == ("Taken back, denied or regrouped: Title of quiet (Teske).",)
    desk.silences = []
    assert desk.tell(33, grown) == []


def test_small_news_is_one_digest_a_day() -> None:
    desk = Desk()
    early = NOW - timedelta(hours=8)
    far = make_alert("b", "ROUTINE", incidents=["2"], place_id="g:far", place_name="Far", fired_at=early)
    small = [make_alert("a", "ROUTINE", fired_at=early), far]
    (digest,) = desk.tell(0, *small)
    assert (digest.cause, digest.place_name) == ("digest", "Teske, Far")
    assert len(digest.lines) == 2
    day = 24 * 60
    assert desk.tell(60, *small, make_alert("c", "ROUTINE", incidents=["3"])) == []
    assert desk.tell(day, *small) == []
    (second,) = desk.tell(day + 1, *small, make_alert("c", "ROUTINE", incidents=["3"]))
    assert [line.incident_id for line in second.lines if line.is_new] == ["inc_3"]


def test_a_digest_tells_each_alert_as_a_part_of_its_own() -> None:
    early = NOW - timedelta(hours=20)
    near = make_alert("near", "ROUTINE", fired_at=early, sets=("ngo-security",))
    far = make_alert("far", "ROUTINE", ["1", "2"], fired_at=early, place_id="g:far", place_name="Far")
    (digest,) = Desk().tell(0, near, replace(far, speaks="against"))
    mine = {part.place_name: part for part in digest.parts}
    assert [p.alert_id for p in digest.parts] == list(digest.alert_ids)
    assert sorted(p.text for p in digest.parts) == sorted(digest.changes)
    assert (mine["Teske"].sets, mine["Teske"].within) == (("ngo-security",), ("country:XVA", "g:teske", "g:valley"))
    assert mine["Far"].within == ("country:XVA", "g:far", "g:plain")
    assert {line.incident_id for line in mine["Far"].lines} == set(mine["Far"].incident_ids) == {"inc_1", "inc_2"}
    assert mine["Teske"].incident_ids == ("inc_1",)


def test_a_digest_keeps_to_the_hour_of_its_zone_in_summer_and_in_winter() -> None:
    zone = ZoneInfo("Europe/Belgrade")
    policy = replace(POLICY, digest_zone=zone)
    # on 28 March 2027 the clocks go forward, on 31 October back
    for day, hour in ((27, 5), (28, 4), (29, 4)):
        assert find_digest_time(datetime(2027, 3, day, 12, tzinfo=UTC), policy) == datetime(
            2027, 3, day, hour, tzinfo=UTC
        )
    late = datetime(2027, 3, 27, 23, 30, tzinfo=UTC)  # half past midnight there: the next day has begun
    assert find_digest_time(late, policy) == datetime(2027, 3, 28, 4, tzinfo=UTC)
    small, told = make_alert("small", "ROUTINE", fired_at=datetime(2027, 10, 1, tzinfo=UTC)), list[Notice]()
    for minutes in range(0, 60 * 24 * 4, 15):  # the day of 25 hours is among these
        now = datetime(2027, 10, 29, tzinfo=UTC) + timedelta(minutes=minutes)
        alert = replace(small, day=now.date(), incident_ids=(f"inc_{now.day}",))
        chains = {n.group: [n] for n in told[-1:]}
        held = {alert.incident_ids[0]: make_incident(str(now.day))}
        told += plan_notices([alert], held, chains, (), AREAS, policy, now=now).notices
    assert [(n.made_at.astimezone(zone).day, n.made_at.astimezone(zone).hour) for n in told] == [
        (29, 6), (30, 6), (31, 6), (1, 6),
    ]  # fmt: skip
    assert "at 06:00 Europe/Belgrade" in told[0].why_now


@pytest.mark.parametrize(
    ("zone", "first"),
    # the nights in which the clocks go forward and back; in Santiago at midnight, which one day then lacks
    [("Europe/Belgrade", (2027, 3, 27)), ("Europe/Belgrade", (2027, 10, 30)),
     ("America/Santiago", (2027, 9, 4)), ("America/Santiago", (2027, 4, 3))],
)  # fmt: skip
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
def test_a_day_has_one_digest_though_its_hour_is_left_out_or_comes_twice(
    zone: str, first: tuple[int, int, int], hour: int
) -> None:
    there = ZoneInfo(zone)
    policy, told = replace(POLICY, digest_zone=there, digest_hour=hour), list[Notice]()
    begin = datetime(*first, tzinfo=there).astimezone(UTC)
    small = make_alert("small", "ROUTINE", fired_at=begin - timedelta(days=9))
    for minutes in range(0, 60 * 24 * 4, 10):
        now = begin + timedelta(minutes=minutes)
        day = now.astimezone(there).date()
        alert = replace(small, day=now.date(), incident_ids=(f"inc_{day:%j}",))
        held = {alert.incident_ids[0]: make_incident(f"{day:%j}")}
        chains = {n.group: [n] for n in told[-1:]}
        told += plan_notices([alert], held, chains, (), AREAS, policy, now=now).notices
    days = [n.made_at.astimezone(there).date() for n in told]
    assert len(days) == len(set(days)), "no day has two"
    assert [(after - before).days for before, after in pairwise(days)] == [1] * (len(days) - 1), "and none is left out"
    assert len(days) >= 3


def test_a_digest_at_midnight_is_made_once_a_day() -> None:
    policy, told = replace(POLICY, digest_hour=0), list[Notice]()
    small = make_alert("small", "ROUTINE", fired_at=NOW - timedelta(days=1))
    for minutes in range(0, 60 * 24 * 3, 10):
        now = NOW + timedelta(minutes=minutes)
        alert = replace(small, day=now.date(), incident_ids=(f"inc_{now.day}",))
        held = {alert.incident_ids[0]: make_incident(str(now.day))}
        chains = {n.group: [n] for n in told[-1:]}
        told += plan_notices([alert], held, chains, (), AREAS, policy, now=now).notices
    assert [(n.made_at.day, n.made_at.hour, n.made_at.minute) for n in told] == [
        (1, 12, 0),
        (2, 0, 0),
        (3, 0, 0),
        (4, 0, 0),
    ]


def test_before_the_hour_there_is_no_digest() -> None:
    assert Desk().tell(-7 * 60, make_alert("a", "ROUTINE", fired_at=NOW - timedelta(days=1))) == []


def test_a_digest_also_tells_those_who_asked_for_it_alone_what_others_heard_at_once() -> None:
    desk = Desk()
    roads = make_alert("roads", "PRIORITY")
    assert causes(desk.tell(1, roads)) == ["fired"]
    assert causes(desk.tell(18 * 60, roads)) == ["digest"]


def test_old_news_wakes_nobody_but_the_exercise_keeps_its_own_calendar() -> None:
    old = DAY - timedelta(days=20)
    assert Desk().tell(0, make_alert("clash", began_on=old, day=old)) == []
    (notice,) = Desk().tell(0, make_alert("clash", began_on=old, day=old, is_exercise=True))
    assert notice.is_exercise
    assert notice.group != group_id("g:valley", is_exercise=False)


ALERTS = st.lists(
    st.builds(
        make_alert,
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(["ROUTINE", "PRIORITY", "IMMEDIATE", "FLASH"]),
        st.lists(st.sampled_from("12345"), min_size=1, max_size=4, unique=True),
        place_id=st.sampled_from(sorted(AREAS)),
        state=st.sampled_from(["firing", "acknowledged", "resolved", "retracted"]),
        is_exercise=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda a: a.id,
)


@given(st.lists(st.tuples(st.integers(0, 2000), ALERTS), max_size=8))
def test_whatever_happens_chains_count_up_and_the_same_moment_tells_nothing_more(
    story: list[tuple[int, list[Alert]]],
) -> None:
    desk = Desk()
    minutes = 0
    for step, alerts in story:
        minutes += step
        desk.tell(minutes, *alerts)
        assert desk.tell(minutes, *alerts) == []
    for chain in desk.told.values():
        assert [n.number for n in chain] == list(range(1, len(chain) + 1))
        assert [n.previous for n in chain] == [None, *(n.id for n in chain[:-1])]
        assert len({n.is_exercise for n in chain}) == 1


@given(ALERTS)
def test_the_order_of_the_alerts_does_not_matter(alerts: list[Alert]) -> None:
    assert Desk().plan(5, alerts) == Desk().plan(5, alerts[::-1])
