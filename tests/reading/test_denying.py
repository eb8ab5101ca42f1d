"""A denial that goes on in the next clause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tocsin.reading.denying import carry_denials
from tocsin.records import Claim, EventType, Evidence, Modality, Span, claim_id


def told(text: str, word: str, modality: Modality = "actual", type_: EventType = "ASSAULT") -> Claim:
    at = text.index(word)
    whole = Evidence.cut_from(text, 0, len(text))
    return Claim(claim_id("a", type_, at), "a", type_, whole, modality=modality, trigger=Span(at, at + len(word)))


def carry(text: str, first: Claim, second: Claim) -> Claim:
    carried = carry_denials([first, second], text)
    assert carried[0] == first
    return carried[1]


@pytest.mark.parametrize(
    "text",
    [
        "Nobody was beaten, he said, and rubber bullets are not part of our equipment.",
        "No one was beaten, and rubber bullets aren't carried.",
        "Nobody was beaten or shot at, and rubber bullets have never been issued.",
        "Nobody was beaten, nor can it be that rubber bullets cannot be found.",
    ],
)
def test_a_denial_goes_on_in_the_present_tense(text: str) -> None:
    second = carry(text, told(text, "beaten", "negated"), told(text, "rubber"))
    assert second.modality == "negated"
    assert [r.rule for r in second.reasons] == ["denial-carried"]


@pytest.mark.parametrize(
    "text",
    [
        "Nobody was beaten, he said, and rubber bullets were fired once.",
        "Nobody was beaten, and rubber bullets were not to blame.",  # told in the past: a deed
        "Nobody was beaten. He added, and rubber bullets are not part of it.",
        "Nobody was beaten, and\nrubber bullets are not part of it.",
        "Nobody was beaten while rubber bullets are not counted.",
        "Nobody was beaten, and rubber bullets flew; they are not part of it.",
    ],
)
def test_a_deed_beside_a_denial_stays_one(text: str) -> None:
    assert carry(text, told(text, "beaten", "negated"), told(text, "rubber")) == told(text, "rubber")


def test_only_a_denial_of_the_same_kind_of_act_is_carried() -> None:
    text = "Nobody was beaten, he said, and rubber bullets are not part of our equipment."
    second = told(text, "rubber")
    assert carry(text, told(text, "beaten"), second) == second
    assert carry(text, told(text, "beaten", "negated", "COERCE"), second) == second
    unnamed = replace(second, trigger=None)
    assert carry(text, told(text, "beaten", "negated"), unnamed) == unnamed
    assert carry_denials([], text) == []
