"""Modality by plain words beside an act."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading.made import MadeAct
from tests.reading.test_composing import one
from tocsin.reading.modality_rules import settle_modality
from tocsin.reading.rules import Draft
from tocsin.records import EventType, Modality, Span

TYPES: tuple[EventType, ...] = ("REJECT", "ASSAULT", "COERCE", "AGREE", "CONCEDE", "THREATEN", "ACCUSE")
MODALITIES: tuple[Modality, ...] = ("actual", "planned", "conditional", "negated")


def settle(text: str, trigger: str, type_: EventType, modality: Modality) -> tuple[Modality, str | None]:
    at = text.index(trigger)
    done = settle_modality(Draft(type_, None, modality), Span(at, at + len(trigger)), text)
    return done.modality, done.reasons[-1].rule if done.reasons else None


@pytest.mark.parametrize(
    ("text", "trigger", "modality", "settled"),
    [
        ("The Orle council did not take up the plea.", "take", "negated", "actual"),
        ("The Orle council would not cross the line.", "cross", "planned", "actual"),
        ("The Orle council will not reopen the mill until the guns are gone.", "reopen", "negated", "conditional"),
        ("The Orle council denied that it had refused the plea.", "refused", "negated", "negated"),
        ("The Orle council refused the plea.", "refused", "actual", "actual"),
    ],
)
def test_who_would_not_has_refused(text: str, trigger: str, modality: Modality, settled: Modality) -> None:
    """EXERCISE."""
    assert settle(text, trigger, "REJECT", modality)[0] == settled


@pytest.mark.parametrize(
    ("text", "trigger", "rule"),
    [
        ("Reports that boats were sent to Orle are untrue, the ministry said.", "sent", "modality-negated"),
        ("A rumour that the mill of Orle was burned is pure invention.", "burned", "modality-negated"),
        ("Claims that troops were brought to Orle do not correspond to reality.", "brought", "modality-negated"),
        ("The guards of Orle attacked nobody.", "attacked", "modality-negated"),
        ("The guards of Orle burned the mill; the report of a quarrel is untrue.", "burned", None),
        ("The guards of Orle burned the mill, which is untrue to their oath.", "burned", None),
        ("Reports that boats were sent to Orle have been confirmed.", "sent", None),
    ],
)
def test_what_is_called_untrue_did_not_happen(text: str, trigger: str, rule: str | None) -> None:
    """EXERCISE."""
    assert settle(text, trigger, "MOBILIZE", "actual") == ("actual" if rule is None else "negated", rule)


def test_a_deed_hangs_on_nothing_where_no_condition_is_told() -> None:
    """EXERCISE."""
    text = "The convoy to Orle will be stopped by twenty men. If it rains, it stays."
    assert settle(text, "stopped", "COERCE", "conditional") == ("planned", "modality-planned")
    text = "The convoy to Orle will be stopped if it rains."
    assert settle(text, "stopped", "COERCE", "conditional") == ("conditional", None)
    assert settle("The guild warned Orle off.", "warned", "THREATEN", "conditional") == ("conditional", None)


@pytest.mark.parametrize(
    ("text", "type_", "modality", "settled"),
    [
        ("Orle said the tax would be lifted when order returned.", "CONCEDE", "planned", "conditional"),
        ("Orle said the tax would be lifted on Monday. When it rains, it pours.", "CONCEDE", "planned", "planned"),
        ("The tax was lifted on condition that the guards leave.", "AGREE", "actual", "conditional"),
        ("The tax was lifted when the guards left.", "AGREE", "actual", "actual"),
        ("They will have lifted the siege of Orle if nobody yields.", "THREATEN", "actual", "conditional"),
        ("They will have lifted the siege of Orle, if need be.", "THREATEN", "actual", "actual"),
        ("The tax was lifted if the guards left.", "ACCUSE", "actual", "actual"),
    ],
)
def test_what_hangs_on_a_condition(text: str, type_: EventType, modality: Modality, settled: Modality) -> None:
    """EXERCISE."""
    assert settle(text, "lifted", type_, modality)[0] == settled


def test_an_untrue_report_keeps_its_toll_and_tells_its_reason() -> None:
    """EXERCISE."""
    text = "A message that guards killed nine villagers is untrue."
    claim = one(text, MadeAct("killed", "ASSAULT", {"actor": ["guards"], "toll": ["nine villagers"]}))
    assert claim.modality == "negated"
    assert [(t.kind, t.low) for t in claim.tolls] == [("killed", 9)]
    assert "modality-negated" in {r.rule for r in claim.reasons}


@given(st.text(max_size=80), st.integers(0, 80), st.sampled_from(TYPES), st.sampled_from(MODALITIES))
def test_any_text(text: str, at: int, type_: EventType, modality: Modality) -> None:
    """What is settled stays so, and is told where it changed."""
    trigger = Span(min(at, len(text)), min(at + 4, len(text)))
    done = settle_modality(Draft(type_, None, modality), trigger, text)
    assert done.type == type_
    assert bool(done.reasons) == (done.modality != modality)
