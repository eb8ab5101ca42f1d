"""Corrections as records, and what claims are after them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import attributions, claims, partial_dates, parties, places, tolls
from tocsin.errors import RecordError
from tocsin.records import Claim, Evidence, from_json, to_json
from tocsin.records.correction import (
    CORRECTABLE_FIELDS,
    Correction,
    correct_claim,
    correction_id,
    find_newest,
    judge_standing,
    write_value,
)

AT = datetime(2026, 3, 17, 9, tzinfo=UTC)
SHOTS = Evidence("shots", 0, 5)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "type": st.sampled_from(["ASSAULT", "PROTEST", "AGREE"]),
    "mode": st.none() | st.sampled_from(["riot", "firearms"]),
    "modality": st.sampled_from(["actual", "planned", "conditional", "negated"]),
    "certainty": st.sampled_from(["asserted", "hedged"]),
    "background": st.booleans(),
    "actor": st.lists(parties, max_size=2).map(tuple),
    "recipient": st.lists(parties, max_size=2).map(tuple),
    "date": st.none() | partial_dates(),
    "place": st.none() | places(),
    "tolls": st.lists(tolls(), max_size=2).map(tuple),
    "attribution": st.lists(attributions, max_size=2).map(tuple),
}


def change(claim: Claim, field: str, value: Any, nth: int = 0) -> Correction:
    at = AT + timedelta(seconds=nth)
    return Correction(
        correction_id(claim.id, "changed", field, at, None), claim.id, claim.article_id, "changed", "person:ana", at,
        "why", field, write_value(getattr(claim, field)), write_value(value),  # type: ignore[arg-type]
    )  # fmt: skip


def say(claim: Claim, kind: str, nth: int = 0, value: str | None = None) -> Correction:
    at = AT + timedelta(seconds=nth)
    id_ = correction_id(claim.id, kind, None, at, None)
    return Correction(id_, claim.id, claim.article_id, kind, "person:ana", at, "why", value=value)  # type: ignore[arg-type]


@st.composite
def corrected(draw: st.DrawFn) -> tuple[Claim, list[Correction]]:
    """A claim with a change of some of its fields."""
    claim = draw(claims())
    chosen = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True))
    return claim, [change(claim, field, draw(VALUES[field])) for field in chosen]


def test_every_field_that_may_be_corrected_is_tried_here() -> None:
    assert set(VALUES) == set(CORRECTABLE_FIELDS)


@given(claims())
def test_nothing_said_changes_nothing(claim: Claim) -> None:
    assert correct_claim(claim, []) == claim


@given(corrected(), st.randoms(use_true_random=False))
def test_the_order_of_unrelated_fields_does_not_matter(pair: tuple[Claim, list[Correction]], random: Any) -> None:
    claim, said = pair
    once = correct_claim(claim, said)
    shuffled = list(said)
    random.shuffle(shuffled)
    assert correct_claim(claim, shuffled) == once
    assert correct_claim(once, said) == once, "what is put right stays so"
    for correction in said:
        assert correction.field is not None
        assert write_value(getattr(once, correction.field)) == correction.value
    untouched = set(CORRECTABLE_FIELDS) - {c.field for c in said}
    assert all(getattr(once, field) == getattr(claim, field) for field in untouched)
    assert (once.id, once.evidence, once.reader, once.reasons) == (
        claim.id, claim.evidence, claim.reader, claim.reasons,
    )  # fmt: skip


@given(claims(), st.sampled_from(sorted(VALUES)), st.data())
def test_the_newest_of_a_field_holds_and_the_machines_value_can_come_back(
    claim: Claim, field: str, more: st.DataObject
) -> None:
    first, second = (change(claim, field, more.draw(VALUES[field]), nth) for nth in range(2))
    assert write_value(getattr(correct_claim(claim, [first, second]), field)) == second.value
    assert find_newest([first, second], field) is second
    back = change(claim, field, getattr(claim, field), 2)
    assert correct_claim(claim, [first, second, back]) == replace(claim, score=None), "a person vouches for it now"


@given(claims(), st.sampled_from(["accepted", "changed"]))
def test_a_claim_that_a_person_vouches_for_bears_no_score_until_it_is_reopened(claim: Claim, kind: str) -> None:
    said = [say(claim, "accepted") if kind == "accepted" else change(claim, "background", not claim.background)]
    assert correct_claim(claim, said).score is None
    assert correct_claim(claim, [*said, say(claim, "reopened", 1)]).score == claim.score


@pytest.mark.parametrize(
    ("kinds", "standing"),
    [
        ([], "read"),
        (["accepted"], "accepted"),
        (["rejected"], "rejected"),
        (["rejected", "reopened"], "read"),
        (["rejected", "accepted"], "accepted"),
        (["added", "rejected", "reopened"], "added"),
        (["accepted", "changed"], "changed"),
        (["changed", "reopened"], "read"),
        (["changed", "accepted"], "accepted"),
    ],
)
def test_the_last_word_says_how_a_claim_stands(kinds: list[str], standing: str) -> None:
    claim = Claim("clm_x", "art_x", "ASSAULT", SHOTS)
    said = [
        change(claim, "mode", None, nth)
        if kind == "changed"
        else say(claim, kind, nth, to_json(claim) if kind == "added" else None)
        for nth, kind in enumerate(kinds)
    ]
    assert judge_standing(said) == standing
    assert find_newest(said, None) is (said[-1] if said else None)


@given(corrected())
def test_a_correction_survives_the_codec(pair: tuple[Claim, list[Correction]]) -> None:
    for correction in pair[1]:
        again = from_json(Correction, to_json(correction))
        assert again == correction
        assert json.loads(again.value or "null") == json.loads(correction.value or "null")


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("changed", None, "1"), ("changed", "mode", None), ("rejected", "mode", None), ("accepted", None, "1"),
        ("added", None, None),
    ],
)  # fmt: skip
def test_a_correction_that_says_too_little_or_too_much_is_none(kind: Any, field: Any, value: str | None) -> None:
    with pytest.raises(RecordError, match="if, and only if"):
        Correction("cor_x", "clm_x", "art_x", kind, "person:ana", AT, "why", field, None, value)


def test_a_value_that_is_none_of_its_field_is_refused() -> None:
    claim = Claim("clm_x", "art_x", "ASSAULT", SHOTS)
    with pytest.raises(RecordError, match="must be one of"):
        correct_claim(claim, [change(claim, "modality", "maybe")])
