"""What is remembered of a replay changes nothing but how long the next takes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warning.district import BRIDGE, DAY, MILL, NAMES, NOW, TESKE, VALLEY, make_incident
from tests.warning.test_alerts import ROADBLOCK, make_rule
from tocsin.knowledge.rules import AlertRule, IncidentCondition, OutlookCondition, TensionCondition
from tocsin.records import Alert, Incident, Party, Tension
from tocsin.warning import Outlook, RuleMemory, TensionList, evaluate_rules, replay

ASSAULT = IncidentCondition((("ASSAULT", None),), min_incidents=2)
RULES = (
    make_rule(name="one"),
    make_rule(ASSAULT, name="two", within_days=4, keep_days=2, widest="country"),
    make_rule(ROADBLOCK, TensionCondition(min_level=3.0), name="tense", within_days=3),
    make_rule(replace(ASSAULT, min_incidents=1, anywhere=True), ROADBLOCK, name="anywhere", within_days=5),
    make_rule(ASSAULT, name="hours", within_days=2, within_hours=12),
    make_rule(ROADBLOCK, OutlookCondition(within_months=2, min_any=0.5), name="ahead"),
    make_rule(TensionCondition(min_level=5.0), name="tension alone"),
)
PLACES = (TESKE, BRIDGE, MILL, VALLEY, None)
DAYS = 14


def draw_incident(chance: random.Random, number: int) -> Incident:
    kind, mode = chance.choice([("PROTEST", "obstruct"), ("ASSAULT", None), ("AID", None)])
    return make_incident(
        f"{number}", kind, chance.randrange(DAYS), mode=mode, place=chance.choice(PLACES),
        actor=(Party("men", chance.choice(["XVA", "XZZ"]), "REB"),), origins=chance.randint(1, 2),
        background=chance.random() < 0.1, is_exercise=chance.random() < 0.2,
    )  # fmt: skip


def change(chance: random.Random, incidents: list[Incident], number: int) -> list[Incident]:
    """One comes, one goes or one changes: what a derivation does."""
    kept = list(incidents)
    what = chance.choice(["come", "come", "go", "move", "rename"])
    if what == "come" or not kept:
        return [*kept, draw_incident(chance, number)]
    at = chance.randrange(len(kept))
    if what == "go":
        del kept[at]
    elif what == "move":
        kept[at] = replace(kept[at], place=chance.choice(PLACES))
    else:
        kept[at] = replace(kept[at], state=chance.choice(["reported", "disputed", "denied"]))
    return kept


def draw_tension(chance: random.Random) -> TensionList:
    days = [DAY + timedelta(days=n) for n in range(DAYS)]
    return TensionList.of(
        Tension(place, place, day, 1.0, 0.0, level, 0.5, 1.0, "scored")
        for place in ("g:teske", "g:valley", "g:mill")
        for day in days
        if (level := float(chance.randrange(8)))
    )


def evaluate(
    incidents: Sequence[Incident],
    tensions: TensionList,
    rules: Sequence[AlertRule],
    stretch: tuple[int, int],
    outlooks: dict[str, list[Outlook]],
    earlier: Sequence[Alert],
    memory: RuleMemory | None,
) -> tuple[Alert, ...]:
    first, until = (DAY + timedelta(days=n) for n in stretch)
    now = NOW.replace(month=3, day=1 + stretch[1])
    return evaluate_rules(
        incidents, tensions, rules, first=first, until=until, now=now, place_names=NAMES, outlooks=outlooks,
        earlier=earlier, memory=memory,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_with_and_without_memory_the_same_rings(seed: int) -> None:
    chance, memory = random.Random(seed), RuleMemory()
    incidents = [draw_incident(chance, n) for n in range(12)]
    tensions, rules, stretch = draw_tension(chance), RULES, (0, DAYS - 1)
    earlier: tuple[Alert, ...] = ()
    outlooks: dict[str, list[Outlook]] = {}
    for step in range(8):
        rung = evaluate(incidents, tensions, rules, stretch, outlooks, earlier, memory)
        assert rung == evaluate(incidents, tensions, rules, stretch, outlooks, earlier, None)
        earlier = rung
        incidents = change(chance, incidents, 100 + step)
        match chance.randrange(6):
            case 0:
                stretch = (chance.randrange(6), chance.randrange(6, DAYS))
            case 1:
                tensions = draw_tension(chance)
            case 2:
                outlooks = {"g:teske": [Outlook(1, chance.random(), 0.0)]}
            case 3:
                rules = tuple(chance.sample(RULES, 4))
            case 4:
                chance.shuffle(incidents)


def count_examined(incidents: Sequence[Incident], memory: RuleMemory) -> int:
    with patch.object(replay, "examine_rule", wraps=replay.examine_rule) as examined:
        evaluate(incidents, TensionList.of(()), RULES[:2], (0, DAYS - 1), {}, (), memory)
    return examined.call_count


def test_only_what_a_change_bears_on_is_looked_at_again() -> None:
    places = (TESKE, MILL)
    incidents = [
        make_incident(f"{n}", "PROTEST", n, mode="obstruct", place=place) for n, place in enumerate(places * 5)
    ]
    memory = RuleMemory()
    everything = count_examined(incidents, memory)
    assert count_examined(list(reversed(incidents)), memory) == 0
    more = [*incidents, make_incident("more", "PROTEST", DAYS - 1, mode="obstruct", place=TESKE)]
    assert 0 < count_examined(more, memory) < everything / 3


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_a_rule_on_forecasts_loses_nothing_by_asking_only_the_days_that_they_speak_of(seed: int) -> None:
    chance = random.Random(seed)
    incidents = [draw_incident(chance, n) for n in range(16)]
    rules = [replace(RULES[5], within_days=chance.randint(1, 5))]
    outlooks: dict[str, list[Outlook]] = {}
    earlier: tuple[Alert, ...] = ()
    for until in sorted(chance.sample(range(DAYS), 4)):  # the days go by, and what rang stays known
        if chance.random() < 0.7:
            outlooks = {place: [Outlook(1, chance.random(), 0.0)] for place in ("g:teske", "g:valley")}
        given_ = (incidents, draw_tension(chance), rules, (0, until), outlooks, earlier, None)
        rung = evaluate(*given_)
        every_day = {DAY + timedelta(days=n) for n in range(-5, DAYS)}
        with patch.object(replay.Foretold, "list_days", lambda *_, days=every_day: days):
            assert evaluate(*given_) == rung
        earlier = rung


def test_a_desk_with_too_much_to_remember_remembers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    incidents = [make_incident(f"{n}", "PROTEST", n, mode="obstruct") for n in range(5)]
    monkeypatch.setattr(replay, "MOST_REMEMBERED", 4)
    memory = RuleMemory()
    assert count_examined(incidents, memory) == count_examined(incidents, memory) > 0
