from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warning.district import BRIDGE, DAY, NAMES, TESKE, days_from, make_incident
from tocsin.knowledge.weights import load_tension_weights
from tocsin.records import Incident, PartialDate, Place, Tension
from tocsin.warning import count_day, score_tension

WEIGHTS = load_tension_weights()


def score(
    incidents: list[Incident], last: int = 0, activity: dict[date, frozenset[str]] | None = None
) -> dict[tuple[str, int], Tension]:
    if activity is None:
        activity = days_from(-100, last, "out_a", "out_b")
    rows = score_tension(incidents, activity, WEIGHTS, until=DAY + timedelta(days=last), place_names=NAMES)
    return {(t.place_id, (t.day - DAY).days): t for t in rows}


def test_an_incident_counts_at_its_place_and_in_every_area_that_holds_it() -> None:
    rows = score([make_incident("a", mode="beat", place=BRIDGE)])
    assert set(rows) == {(p, 0) for p in ("g:bridge", "g:teske", "g:valley", "country:XVA")}
    weight = abs(WEIGHTS.weigh("ASSAULT", "beat"))
    for row in rows.values():
        assert (row.hostile, row.cooperative, row.level, row.state) == (weight, 0, weight, "scored")
        assert row.incident_ids == ("inc_a",)
        assert row.surprise is not None
        assert row.surprise > 1.3
    assert rows["g:valley", 0].place_name == "Upper Valley"


def test_hostile_and_cooperative_are_kept_apart_and_the_level_sums_seven_days() -> None:
    incidents = [make_incident("a", "PROTEST", 0, mode="obstruct"), make_incident("b", "AID", 2)]
    incidents.append(make_incident("c", "ASSAULT", 6))
    rows = score(incidents, last=8)
    obstruct, aid, assault = (
        abs(WEIGHTS.weigh(*a)) for a in (("PROTEST", "obstruct"), ("AID", None), ("ASSAULT", None))
    )
    day = {n: rows["g:teske", n] for n in range(9)}
    assert (day[2].hostile, day[2].cooperative) == (0, aid)
    assert day[5].level == obstruct
    assert day[6].level == obstruct + assault
    assert day[7].level == assault
    assert f"{obstruct + assault:g} in 7 days = " in day[6].reasons[0].detail
    assert "PROTEST obstruct" in day[6].reasons[0].detail


@pytest.mark.parametrize(
    "fields",
    [
        {"background": True},
        {"state": "denied", "modality": "negated"},
        {"state": "retracted"},
        {"modality": "planned", "state": "denied"},
        {"modality": "planned", "type_": "AID"},
        {"place": None},
        {"place": Place("somewhere", "settlement", "XVA")},
        {"date": PartialDate.of_month(2026, 3)},
    ],
)
def test_what_is_not_known_to_have_happened_here_and_now_adds_nothing(fields: dict[str, Any]) -> None:
    assert score([make_incident("a", **fields)]) == {}


@pytest.mark.parametrize("modality", ["planned", "conditional"])
def test_what_is_only_announced_is_a_series_of_its_own(modality: str) -> None:
    threat = make_incident("threat", "THREATEN", 1, modality=modality, state="planned", date=None)
    rows = score([threat], last=3)
    assert [rows["g:teske", n].announced for n in (1, 2, 3)] == [abs(WEIGHTS.weigh("THREATEN", None)), 0, 0]
    assert {row.level for row in rows.values()} == {0.0}
    assert ("g:teske", 0) not in rows


def test_a_planned_act_is_named_but_not_counted() -> None:
    plan = make_incident("plan", "PROTEST", modality="planned", state="planned")
    row = score([make_incident("a"), plan])["g:teske", 0]
    assert row.incident_ids == ("inc_a",)
    assert any(r.rule == "planned" and "inc_plan" in r.detail for r in row.reasons)


def test_an_undated_incident_counts_when_it_was_reported_and_says_so() -> None:
    row = score([make_incident("a", day=None)])["g:teske", 0]
    assert any(r.rule == "counted-when-reported" for r in row.reasons)


def test_of_several_days_the_last_before_the_report_counts() -> None:
    reported = datetime(2026, 3, 4, 9, tzinfo=UTC)
    week = PartialDate.of_week(date(2026, 3, 4))
    assert count_day(make_incident("a", date=week, reported_at=reported)) == date(2026, 3, 4)
    assert count_day(make_incident("b", date=PartialDate.of_year(2026))) is None
    planned = make_incident("c", date=PartialDate.of_day(date(2026, 5, 1)), reported_at=reported)
    assert count_day(planned) == date(2026, 5, 1)


def test_what_lies_after_the_last_day_is_not_there_yet() -> None:
    assert score([make_incident("a", day=5)], last=3) == {}


def test_without_a_past_there_is_no_score() -> None:
    row = score([make_incident("a")], activity=days_from(-10, 0, "out_a"))["g:teske", 0]
    assert (row.state, row.surprise) == ("too-little-history", None)
    row = score([make_incident("a")], activity=days_from(-14, 0, "out_a"))["g:teske", 0]
    assert row.state == "scored"
    empty = score([make_incident("a")], last=1, activity={})
    assert empty["g:teske", 0].state == "too-little-history"
    assert (empty["g:teske", 1].state, empty["g:teske", 1].coverage) == ("sources-silent", None)


def test_silence_is_not_calm() -> None:
    activity = days_from(-60, 0, "out_a", "out_b") | days_from(1, 4, "out_b")
    rows = score([make_incident("old", day=-30), make_incident("a")], last=5, activity=activity)
    day = {n: rows["g:teske", n] for n in range(6)}
    assert day[0].coverage == 1.0
    assert (day[1].state, day[1].coverage) == ("scored", 0.0)
    assert [day[n].state for n in (3, 4)] == ["sources-silent"] * 2, "its only outlet has been away for three days"
    assert day[5].state == "sources-silent", "nobody at all was heard"
    assert day[5].surprise is None


def test_a_long_silence_is_no_calm_either_nor_the_past_of_what_comes_after_it() -> None:
    days = [*range(0, 100, 4), *range(160, 172, 4)]
    incidents = [make_incident(f"p{day}", "PROTEST", day, mode="obstruct") for day in days]
    both = days_from(-90, 100, "out_a", "out_b") | days_from(160, 171, "out_a", "out_b")
    rows = score(incidents, last=171, activity=both | days_from(101, 159, "out_b"))
    day = {n: rows["g:teske", n] for n in (99, 125, 159, 168)}
    assert [(day[n].state, day[n].coverage) for n in (125, 159)] == [("sources-silent", 0.0)] * 2
    assert day[168].state == "scored"
    assert (day[168].surprise or 0) < 1, "blocked roads every fourth day were usual there"
    assert "27 of the 84 days before" in day[168].reasons[1].detail
    gone = score(
        incidents[:25], last=205, activity=days_from(-90, 100, "out_a", "out_b") | days_from(101, 205, "out_b")
    )
    assert [gone["g:teske", n].state for n in (184, 188, 205)] == [
        "sources-silent", "too-little-history", "scored",
    ], "others stand in after twelve weeks, with a past of their own"  # fmt: skip


def test_after_a_blackout_as_much_in_fewer_days_surprises_more() -> None:
    usual = [make_incident(f"u{day}", "PROTEST", day, mode="obstruct") for day in range(-90, -6)]
    burst = [make_incident(f"b{n}", "PROTEST", 0, mode="obstruct") for n in range(14)]
    heard = days_from(-100, -7, "out_a") | days_from(0, 0, "out_a")
    whole, broken = (score(usual + burst, activity=a)["g:teske", 0] for a in (None, heard))
    assert whole.level == broken.level
    assert (whole.surprise or 0) + 1 < (broken.surprise or 0)
    assert "in 7 days from 84" in whole.reasons[1].detail
    assert "in the 1 of 7 days that were heard from 84 of the 84 days before" in broken.reasons[1].detail


def test_an_outlet_that_was_heard_on_a_few_days_is_not_missed_for_weeks() -> None:
    rare = {DAY + timedelta(days=n): frozenset({"out_a", "out_b"}) for n in (0, 1)}
    activity = days_from(-20, -18, "out_b") | rare | days_from(2, 40, "out_b")
    assert score([make_incident("a")], last=40, activity=activity)["g:teske", 30].state == "scored"


def test_the_same_burst_surprises_less_in_a_restless_place() -> None:
    burst = [make_incident(f"b{n}", day=0) for n in range(3)]
    restless = [make_incident(f"r{n}", day=-n) for n in range(8, 90)]
    calm = score(burst)["g:teske", 0]
    used = score(burst + restless)["g:teske", 0]
    assert calm.surprise is not None
    assert used.surprise is not None
    assert calm.surprise > 2.5
    assert used.surprise < calm.surprise - 1


def test_exercise_and_real_news_do_not_add_up() -> None:
    drill = make_incident("drill", is_exercise=True)
    real = make_incident("real")
    row = score([drill, real])["g:teske", 0]
    assert (row.incident_ids, row.is_exercise) == (("inc_real",), False)
    assert score([drill])["g:teske", 0].is_exercise


def test_many_places_over_many_days_have_a_row_each() -> None:
    dice = random.Random(3)
    incidents = []
    for n in range(3000):
        place = replace(
            TESKE, gazetteer_id=f"g:{dice.randrange(150)}", within=(f"g:d{dice.randrange(9)}", "country:XVA")
        )
        incidents.append(make_incident(str(n), dice.choice(["ASSAULT", "AID"]), dice.randrange(200), place=place))
    rows = score(incidents, last=200, activity=days_from(-90, 200, "out_a"))
    assert len(rows) > 10_000
    assert all(r.state != "too-little-history" for r in rows.values())


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["ASSAULT", "AID", "THREATEN"])), max_size=12), st.randoms()
)
def test_the_order_of_the_incidents_does_not_matter(given_days: list[tuple[int, str]], dice: random.Random) -> None:
    incidents = [make_incident(str(n), type_, day) for n, (day, type_) in enumerate(given_days)]
    shuffled = list(incidents)
    dice.shuffle(shuffled)
    rows = score(incidents, last=9)
    assert score(shuffled, last=9) == rows
    for row in rows.values():
        assert row.level >= row.hostile >= 0
        assert row.cooperative >= 0
        assert (row.surprise is None) == (row.state != "scored")
    counted = {id_ for row in rows.values() for id_ in row.incident_ids}
    assert counted == {i.id for i in incidents}
