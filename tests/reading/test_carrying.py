"""Dates that hold for what goes on (rule 15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tocsin.reading.carrying import carry_dates, date_claim
from tocsin.reading.date_weights import load_date_weights
from tocsin.reading.dating import DateOption, DateOptions, choose_date
from tocsin.records import Claim, EventType, Evidence, PartialDate, Reason, Span, claim_id

TEXT = "Rebels shelled Orle on Monday. They burned the mill. A guard was beaten.\nTroops closed the road."
MONDAY, WEDNESDAY = (PartialDate.of_day(date(2024, 3, day)) for day in (4, 6))
PUBLISHED = date(2024, 3, 7)


def told(words: str, when: PartialDate | None = None, type_: EventType = "ASSAULT", **fields: object) -> Claim:
    at = TEXT.index(words)
    made = Claim(
        claim_id("art-1", type_, at), "art-1", type_, Evidence(words, at, at + len(words)), trigger=Span(at, at + 4)
    )
    return replace(made, date=when, **fields)  # type: ignore[arg-type]


def options(claim: Claim, *dates: tuple[PartialDate, float], **none: float) -> DateOptions:
    """What the arcs point at with given log-odds."""
    rows = tuple(DateOption(d, "words", "date-weekday", {"pointed": odds, "pointed-most": odds}) for d, odds in dates)
    against = {"nothing": 1.0, claim.type: 1.0, **none}
    return DateOptions(rows, against, choose_date(rows, against)[0])


def carry(*claims: Claim, text: str = TEXT, **dates: DateOptions) -> list[Claim]:
    return carry_dates(claims, text, {c.id: options(c) for c in claims} | dates, PUBLISHED)


def first(**fields: object) -> tuple[Claim, dict[str, DateOptions]]:
    claim = told("Rebels shelled Orle on Monday", MONDAY, **fields)  # type: ignore[arg-type]
    return claim, {claim.id: options(claim, (MONDAY, 6.9))}


def test_a_date_that_is_faintly_pointed_at_holds_for_what_goes_on() -> None:
    head, dates = first()
    second, third = told("They burned the mill"), told("A guard was beaten")
    weights = load_date_weights()
    carrying = sum(weights.date[cue] for cue in ("told-before", "told-before-deeds", "told-before-near"))
    nothing = weights.none["nothing"] + weights.none["ASSAULT"]
    odds = (nothing - carrying / 2) / (weights.date["pointed"] + weights.date["pointed-most"])
    faint = {c.id: options(c, (MONDAY, odds)) for c in (second, third)}
    carried = carry(head, second, third, **dates, **faint)
    assert [c.date for c in carried] == [MONDAY] * 3
    assert carried[0] == head
    alone = carry(second, **faint)
    assert alone == [second]


def test_it_holds_less_for_words_and_not_for_what_points_at_nothing() -> None:
    head, dates = first()
    blame = told("They burned the mill", type_="ACCUSE")
    assert carry(head, blame, **dates, **{blame.id: options(blame, (MONDAY, -3.5))})[1].date is None
    silent = told("They burned the mill", type_="SANCTION")
    assert carry(head, silent, **dates)[1].date is None


def test_a_claim_keeps_its_own_date() -> None:
    head, dates = first()
    own = told("Troops closed the road", WEDNESDAY, "COERCE")
    assert carry(head, own, **dates, **{own.id: options(own, (WEDNESDAY, 4.0))})[1] == own
    assert carry_dates([], TEXT, {}, PUBLISHED) == []


def test_a_date_taken_over_from_another_telling_stays() -> None:
    head, dates = first()
    joined = told("They burned the mill", WEDNESDAY)
    assert carry(head, joined, **dates, **{joined.id: options(joined, (MONDAY, 4.0))})[1].date == WEDNESDAY
    assert carry_dates([head, joined], TEXT, {}, PUBLISHED) == [head, joined]


@pytest.mark.parametrize(
    ("modality", "background"),
    [("actual", True), ("negated", False), ("planned", False)],
)
def test_what_ended_long_before_publication_is_background(modality: Any, background: bool) -> None:
    claim = told("They burned the mill", modality=modality)
    old = PartialDate.of_year(1998)
    dated = date_claim(claim, old, Reason("date-year", "'1998' is 1998"), PUBLISHED)
    assert (dated.date, dated.background) == (old, background)
    again = date_claim(dated, MONDAY, Reason("date-weekday", "'Monday' is it"), PUBLISHED)
    assert (again.date, again.background) == (MONDAY, False)
    assert [r.rule for r in again.reasons] == ["date-weekday"]
    assert date_claim(again, None, None, PUBLISHED) == claim
