from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warning.district import BRIDGE, DAY, MILL, NAMES, NOW, TESKE, VALLEY, make_incident
from tocsin.knowledge.rules import AlertRule, IncidentCondition, TensionCondition
from tocsin.records import Alert, Incident, Party, Tension, alert_id
from tocsin.warning import TensionList, evaluate_rules
from tocsin.warning.conditions import count_origins

ROADBLOCK = IncidentCondition((("PROTEST", "obstruct"),))


def make_rule(*conditions: Any, **fields: Any) -> AlertRule:
    given: dict[str, Any] = {
        "name": "test", "title": "Test", "sets": ("peacekeeping",), "version": "t/1", "precedence": "ROUTINE",
        "hypothesis": "something", "cleared_by": "nothing", "within_days": 2, "widest": "region", "keep_days": 1,
    }  # fmt: skip
    return AlertRule(conditions=conditions or (ROADBLOCK,), **(given | fields))


def replay(
    rule: AlertRule, incidents: list[Incident], last: int = 10, tensions: tuple[Tension, ...] = ()
) -> tuple[Alert, ...]:
    until = DAY + timedelta(days=last)
    known = TensionList.of(tensions)
    return evaluate_rules(incidents, known, [rule], first=DAY, until=until, now=NOW, place_names=NAMES)


def block(id_: str, day: int, **fields: Any) -> Incident:
    return make_incident(id_, "PROTEST", day, mode="obstruct", **fields)


def test_consecutive_days_are_one_alert_that_explains_itself() -> None:
    alerts = replay(make_rule(), [block("a", 0), block("b", 2), block("c", 9)])
    assert [(a.began_on - DAY).days for a in alerts] == [9, 0]
    recent, old = alerts
    assert (old.day - DAY).days == 3
    assert old.incident_ids == ("inc_a", "inc_b")
    assert (old.state, recent.state) == ("resolved", "firing")
    assert old.id == alert_id("test", "g:teske", DAY)
    assert old.place_name == "Teske"
    assert "inc_b" in old.reasons[0].detail
    assert "at least 1 needed" in old.reasons[0].detail
    assert old.reasons[-1].rule == "run"


def test_a_gap_no_longer_than_the_rule_keeps_firing_does_not_end_the_run() -> None:
    rule = make_rule(within_days=1, keep_days=2)
    assert len(replay(rule, [block("a", 0), block("b", 3)])) == 1
    assert len(replay(rule, [block("a", 0), block("b", 4)])) == 2


def test_all_conditions_must_hold_in_one_area_within_the_window() -> None:
    rule = make_rule(ROADBLOCK, IncidentCondition((("THREATEN", None),)))
    threat = make_incident("t", "THREATEN", 1)
    assert replay(rule, [block("a", 0), threat])
    assert not replay(rule, [block("a", 0)])
    assert not replay(rule, [block("a", 0), make_incident("t", "THREATEN", 2)])
    elsewhere = replace(MILL, gazetteer_id="g:far", within=("g:coast", "country:XVA"))
    assert not replay(rule, [block("a", 0), replace(threat, place=elsewhere)]), "a whole country is no one area"


def test_words_without_a_place_count_where_their_country_is_concerned() -> None:
    threat = IncidentCondition((("THREATEN", None),), anywhere=True)
    rule = make_rule(ROADBLOCK, threat)
    said = make_incident("t", "THREATEN", 1, place=None, actor=(Party("the president", "XVA", "GOV"),))
    assert [a.place_id for a in replay(rule, [block("a", 0), said])] == ["g:teske"]
    foreign = replace(said, actor=(Party("a far government", "XQA", "GOV"), Party("the mission", "IGO", "MIL")))
    assert not replay(rule, [block("a", 0), foreign])
    assert not replay(make_rule(ROADBLOCK, replace(threat, anywhere=False)), [block("a", 0), said])
    assert not replay(rule, [said])


def test_the_smallest_area_that_explains_it_is_named() -> None:
    alerts = replay(make_rule(), [block("a", 0, place=BRIDGE)])
    assert {a.place_id for a in alerts} == {"g:bridge"}
    two = make_rule(IncidentCondition((("PROTEST", None),), min_incidents=2))
    assert {a.place_id for a in replay(two, [block("a", 0), block("b", 0, place=MILL)])} == {"g:valley"}
    assert {a.place_id for a in replay(make_rule(), [block("a", 0), block("b", 0, place=MILL)])} == {
        "g:teske", "g:mill", "g:valley",
    }, "several children contribute to the valley's"  # fmt: skip


def test_an_area_wider_than_the_rule_allows_never_fires() -> None:
    rule = make_rule(IncidentCondition((("PROTEST", None),), min_incidents=2), widest="settlement")
    here, there = block("a", 0, place=VALLEY), block("b", 0, place=VALLEY)
    assert replay(rule, [here, there]) == ()
    assert replay(replace(rule, widest="district"), [here, there])
    until = DAY + timedelta(days=3)
    pair = [block("a", 0), block("b", 0, place=MILL)]
    narrow = evaluate_rules(
        pair, TensionList.of(()), [replace(rule, widest="district")], first=DAY, until=until, now=NOW, place_names={},
        precisions={"g:valley": "region"},
    )  # fmt: skip
    assert narrow == ()


def test_a_rule_that_names_areas_rings_in_them_and_what_lies_in_them_alone() -> None:
    incidents = [block("a", 0), block("b", 0, place=MILL)]
    everywhere = {a.place_id for a in replay(make_rule(), incidents)}
    assert len(everywhere) > 1
    for area in (TESKE.gazetteer_id, "g:valley", "g:nowhere"):
        held = {i.place.gazetteer_id for i in incidents if i.place and area in (i.place.gazetteer_id, *i.place.within)}
        rung = {a.place_id for a in replay(make_rule(areas=frozenset({area})), incidents)}
        assert rung == everywhere & (held | {area}), area


def test_history_denials_and_plans_do_not_ring() -> None:
    never: list[dict[str, Any]] = [
        {"background": True},
        {"state": "denied", "modality": "negated"},
        {"state": "retracted"},
        {"modality": "planned", "state": "planned"},
    ]
    for fields in never:
        assert replay(make_rule(), [block("a", 0, **fields)]) == (), fields
    announced = make_rule(IncidentCondition((("PROTEST", None),), modality=("planned",)))
    assert replay(announced, [block("a", 0, modality="planned", state="planned")])


def test_origins_are_counted_low() -> None:
    one_wire = [block(str(n), 0, outlets=("out_a", "out_b")) for n in range(3)]
    assert count_origins(one_wire) == 1 + 0 + 0
    apart = [block(str(n), 0, outlets=(f"out_{n}",)) for n in range(3)]
    assert count_origins(apart) == 3
    assert count_origins([block("a", 0, origins=2, outlets=())]) == 2
    rule = make_rule(min_origins=2)
    assert replay(rule, one_wire) == ()
    assert replay(rule, apart)


def test_tension_must_be_scored_to_ring() -> None:
    rule = make_rule(ROADBLOCK, TensionCondition(min_surprise=2.0))
    hot = Tension("g:teske", "Teske", DAY, 9, 0, 20, 2.5, 1.0, "scored")
    assert replay(rule, [block("a", 0)], tensions=(hot,))
    assert not replay(rule, [block("a", 0)], tensions=(replace(hot, surprise=1.9),))
    assert not replay(rule, [block("a", 0)], tensions=(replace(hot, surprise=None, state="sources-silent"),))
    assert not replay(rule, [block("a", 0)])


def test_a_rule_may_have_to_hold_for_some_days() -> None:
    rule = make_rule(within_days=1, hold_days=2)
    assert replay(rule, [block("a", 0)]) == ()
    assert len(replay(rule, [block("a", 0), block("b", 1)])) == 1


def test_the_exercise_and_real_news_never_ring_together() -> None:
    rule = make_rule(IncidentCondition((("PROTEST", None),), min_incidents=2))
    assert replay(rule, [block("a", 0), block("b", 0, is_exercise=True)]) == ()
    alerts = replay(rule, [block("a", 0, is_exercise=True), block("b", 0, is_exercise=True)])
    assert [a.is_exercise for a in alerts] == [True]


def test_a_drill_at_a_real_place_is_another_alert_than_the_real_one() -> None:
    alerts = replay(make_rule(), [block("a", 0), block("b", 0, is_exercise=True)])
    assert sorted(a.is_exercise for a in alerts) == [False, True]
    assert len({a.id for a in alerts}) == 2


def test_days_outside_the_replay_do_not_ring() -> None:
    assert replay(make_rule(), [block("a", -1), block("b", 30)], last=10) != ()
    assert replay(make_rule(), [block("a", -2), block("b", 30)], last=10) == ()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from([TESKE, BRIDGE, MILL])), max_size=10), st.randoms())
def test_replay_is_pure_and_its_runs_do_not_overlap(given_days: list[Any], dice: random.Random) -> None:
    incidents = [block(str(n), day, place=place) for n, (day, place) in enumerate(given_days)]
    alerts = replay(make_rule(), incidents, last=12)
    dice.shuffle(incidents)
    assert replay(make_rule(), incidents, last=12) == alerts
    assert len({a.id for a in alerts}) == len(alerts)
    for place in {a.place_id for a in alerts}:
        runs = sorted((a.began_on, a.day) for a in alerts if a.place_id == place)
        assert all(before[1] < after[0] for before, after in pairwise(runs))
    assert bool(alerts) == bool(incidents)


def test_a_rule_on_tension_alone_stands_on_what_its_window_holds() -> None:
    rule = make_rule(TensionCondition(min_surprise=2.0), within_days=2, widest="settlement")
    hot = Tension("g:teske", "Teske", DAY + timedelta(days=1), 9.0, 0.0, 9.0, 3.0, 1.0, "scored")
    incidents = [block("a", 0), block("b", 1), block("old", -1), block("far", 1, place=MILL)]
    (alert,) = replay(rule, incidents, tensions=(hot,))
    assert (alert.place_id, alert.incident_ids) == ("g:teske", ("inc_a", "inc_b"))
    assert not replay(replace(rule, min_origins=3), incidents, tensions=(hot,))
