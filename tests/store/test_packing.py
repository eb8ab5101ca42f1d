"""Incidents as they are kept: what was graded alike stands there once, and rows from before are read as ever."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import incidents
from tocsin.errors import RecordError
from tocsin.records import Grade, Incident, Reason, to_json
from tocsin.records.codec import write_plain
from tocsin.store.packing import pack_incident, read_payload

quick = settings(max_examples=100, deadline=None, derandomize=True)
REASON = Reason("nothing-to-judge-by", "one origin, from an outlet nobody has reviewed: not judged, not bad")
IDS = tuple(f"clm_{n:016}" for n in range(300))
GIVEN = Grade(IDS[7], 2, Reason("person", "EXERCISE: seen by two teams"), 6, REASON)


def tell(grades: tuple[Grade, ...], ids: tuple[str, ...] = IDS) -> Incident:
    return Incident("inc_exercise", "PROTEST", ids, datetime(2026, 1, 1, tzinfo=UTC), grades=grades, is_exercise=True)


def pack(incident: Incident) -> str:
    return write_plain(pack_incident(incident))


@quick
@given(incident=incidents())
def test_any_incident_is_read_back_from_both_forms(incident: Incident) -> None:
    assert read_payload(Incident, pack(incident)) == incident
    assert read_payload(Incident, to_json(incident)) == incident


@quick
@given(incident=incidents(), order=st.randoms(use_true_random=False), share=st.floats(0, 1))
def test_grades_in_another_order_or_of_some_claims_alone(incident: Incident, order: Any, share: float) -> None:
    ids = tuple(dict.fromkeys((*incident.claim_ids, *IDS[:5])))
    grades = [replace(GIVEN, claim_id=i) if order.random() < 0.2 else Grade(i, 6, REASON) for i in ids]
    order.shuffle(grades)
    made = replace(incident, claim_ids=ids, grades=tuple(grades[: int(share * len(grades))]))
    assert read_payload(Incident, pack(made)) == made


def test_what_is_graded_alike_stands_there_once() -> None:
    same = tuple(Grade(i, 6, REASON) for i in IDS)
    made = tell((*same[:7], GIVEN, *same[8:]))
    text = pack(made)
    assert text.count(REASON.detail) == 2, "once of the claims that the rule alone graded, once beneath the person's"
    assert len(text) < len(to_json(made)) / 6
    read = read_payload(Incident, text)
    assert read == made
    assert read.grades[0].reason is read.grades[-1].reason


def change(**changes: Any) -> str:
    plain = pack_incident(tell(tuple(Grade(i, 6, REASON) for i in IDS[:3]), IDS[:3]))
    plain["grades"] |= changes
    return json.dumps(plain)


ALIKE = {"credibility": 6, "reason": {"rule": "x", "detail": "y"}, "by_rule": None, "rule_reason": None}


@pytest.mark.parametrize(
    "changes",
    [
        {"of": [0, 0]}, {"of": [0, 0, 0, 0]}, {"of": [0, 0, 1]}, {"of": [0, 0, -1]}, {"of": [0, 0, True]},
        {"of": [0, 0, 0.0]}, {"of": None}, {"of": "000"}, {"of": {"0": 0}}, {"alike": None}, {"alike": []},
        {"alike": [None]}, {"alike": [{}]}, {"alike": [ALIKE | {"credibility": 7}]},
        {"alike": [ALIKE | {"credibility": True}]}, {"alike": [ALIKE | {"reason": None}]},
        {"alike": [ALIKE | {"claim_id": "clm_other"}]}, {"claim_ids": ["a", "b"]}, {"claim_ids": ["a", "b", 3]},
        {"claim_ids": "abc"}, {"more": 1},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match=r"(?i)grade"):
        read_payload(Incident, change(**changes))


@pytest.mark.parametrize("text", ["", "x", "[]", "null", '{"grades":{}}', '{"grades":{"alike":[],"of":[]}}'])
def test_what_is_no_incident_is_refused(text: str) -> None:
    with pytest.raises(RecordError):
        read_payload(Incident, text)
