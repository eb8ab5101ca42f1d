"""Dates that hold for the sentences that go on (rule 15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tocsin.reading.carrying import carry_dates
from tocsin.records import Claim, EventType, Evidence, PartialDate, Span, claim_id

TEXT = "Rebels shelled Orle on Monday. They burned the mill. A guard was beaten.\nTroops closed the road."
MONDAY = PartialDate.of_day(date(2024, 3, 4))


def told(words: str, when: PartialDate | None = None, type_: EventType = "ASSAULT", **fields: object) -> Claim:
    at = TEXT.index(words)
    made = Claim(
        claim_id("art-1", type_, at), "art-1", type_, Evidence(words, at, at + len(words)), trigger=Span(at, at + 4)
    )
    return replace(made, date=when, **fields)  # type: ignore[arg-type]


def test_a_date_holds_for_the_paragraph() -> None:
    claims = [told("Rebels shelled Orle on Monday", MONDAY), told("They burned the mill"), told("A guard was beaten")]
    carried = carry_dates(claims, TEXT, {c.id for c in claims})
    assert [c.date for c in carried] == [MONDAY] * 3
    assert [r.rule for r in carried[2].reasons if "rule 15" in r.detail] == ["date-carried"]
    assert carried[0] == claims[0]


@pytest.mark.parametrize(
    "fields",
    [{"type_": "ACCUSE"}, {"modality": "planned"}, {"modality": "conditional"}, {"background": True}],
)
def test_it_does_not_hold_for_words_plans_and_the_past(fields: dict[str, Any]) -> None:
    first, second = told("Rebels shelled Orle on Monday", MONDAY), told("They burned the mill", **fields)
    assert carry_dates([first, second], TEXT, {second.id})[1].date is None
    back = [told("Rebels shelled Orle on Monday", MONDAY, **fields), told("They burned the mill")]
    assert carry_dates(back, TEXT, {back[1].id})[1].date is None


def test_it_ends_with_the_paragraph_and_does_not_touch_an_own_date() -> None:
    first, other = told("A guard was beaten", MONDAY), told("Troops closed the road", type_="COERCE")
    assert carry_dates([first, other], TEXT, {other.id})[1].date is None
    own = PartialDate.of_day(date(2024, 3, 6))
    own_date = told("Troops closed the road", own, "COERCE")
    assert carry_dates([first, own_date], TEXT, {own_date.id})[1].date == own
    assert carry_dates([], TEXT, ()) == []


def test_an_act_read_to_have_no_date_gets_none() -> None:
    claims = [told("Rebels shelled Orle on Monday", MONDAY), told("They burned the mill")]
    assert carry_dates(claims, TEXT, ()) == claims
