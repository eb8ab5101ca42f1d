"""Readiness to use force is a threat. All texts are EXERCISE."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.reading.readiness import settle_readiness
from tocsin.reading.rules import Draft
from tocsin.records import Claim, EventType, Modality, Span

Read = Callable[..., tuple[Claim, ...]]


def settle(text: str, trigger: str, type_: EventType, modality: Modality = "actual") -> tuple[str, str | None, str]:
    at = text.index(trigger)
    done = settle_readiness(Draft(type_, None, modality), Span(at, at + len(trigger)), text)
    return done.type, done.mode, done.modality


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("The mission is prepared to intervene if Orle is in danger.", "prepared"),
        ("The mission is ready to swiftly intervene in Orle.", "intervene"),
        ("The army of Orle is ready to carry out any order.", "ready"),
        ("They stand ready for intervention.", "ready"),
        ("The guard declared its readiness to open fire.", "readiness"),
    ],
)
def test_who_is_ready_to_use_force_threatens(text: str, trigger: str) -> None:
    assert settle(text, trigger, "AGREE") == ("THREATEN", "violence", "actual")
    assert settle(text, trigger, "MOBILIZE", "planned") == ("THREATEN", "violence", "actual")
    assert settle(text, trigger, "AGREE", "conditional")[2] == "conditional"


@pytest.mark.parametrize(
    ("text", "trigger", "type_"),
    [
        ("The mayor of Orle is ready to talk.", "ready", "AGREE"),
        ("The mayor is prepared to send a convoy to Orle.", "prepared", "AGREE"),
        ("The mission is prepared to intervene in Orle.", "prepared", "ASSAULT"),
        ("The mayor promised a school. Far away from there, in another valley and year, men were ready to fight.",
         "promised", "AGREE"),
    ],
)  # fmt: skip
def test_other_promises_stay(text: str, trigger: str, type_: EventType) -> None:
    assert settle(text, trigger, type_) == (type_, None, "actual")


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_about_an_act(before: str, after: str) -> None:
    draft = Draft("AGREE", None, "actual")
    assert settle_readiness(draft, Span(len(before), len(before) + 5), f"{before}ready{after}").type in (
        "AGREE",
        "THREATEN",
    )


def test_a_mission_that_would_intervene(read: Read) -> None:
    (claim,) = read("EXERCISE: KFOR is prepared to intervene if stability in the north is jeopardised, it said.")
    assert (claim.type, claim.mode, claim.modality) == ("THREATEN", "violence", "conditional")
    assert "readiness" in {reason.rule for reason in claim.reasons}
