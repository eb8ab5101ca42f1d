"""An incident as it is kept: each way in which its claims are graded stands in it once, not once for every claim.

The claims of an incident of many reports are nearly all graded alike, for the same reason: that was nineteen parts in
twenty of its text, which is written and read with each report. Rows from before hold the record's own JSON form, and
are read as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from tocsin.errors import RecordError
from tocsin.records import Grade, Incident, from_json, from_plain, to_plain

T = TypeVar("T")
Plain = Mapping[str, Any]
"""A record as `to_plain` gives it."""
_PARTS = frozenset({"claim_ids", "alike", "of"})
#: What a grade says of its claim.
_TOLD = ("credibility", "reason", "by_rule", "rule_reason")


def pack_incident(incident: Incident) -> dict[str, Any]:
    """The JSON form that is kept: the record's own, but for its grades.

    Of those, `alike` has the different ones without their claims, and `of` a place in it for each claim; `claim_ids`
    is None where they are the incident's own in their order.
    """
    plain: dict[str, Any] = to_plain(replace(incident, grades=()))
    if not incident.grades:
        return plain
    places: dict[tuple[Any, ...], int] = {}
    of = [
        places.setdefault((grade.credibility, grade.reason, grade.by_rule, grade.rule_reason), len(places))
        for grade in incident.grades
    ]
    alike = [dict(zip(_TOLD, map(to_plain, told), strict=True)) for told in places]
    claim_ids = [grade.claim_id for grade in incident.grades]
    named = None if claim_ids == plain["claim_ids"] else claim_ids
    return plain | {"grades": {"claim_ids": named, "alike": alike, "of": of}}


def unpack_incident(plain: Any) -> Incident:
    """The inverse of `pack_incident`, and of `to_plain`; raises RecordError on what does not fit."""
    packed = plain.get("grades") if isinstance(plain, dict) else None
    if not isinstance(packed, dict):
        return from_plain(Incident, plain)
    incident = from_plain(Incident, plain | {"grades": []})
    return replace(incident, grades=_unpack_grades(packed, incident.claim_ids))


def read_payload(kind: type[T], payload: str) -> T:
    """The record of class `kind` that a row holds; raises RecordError where it is none."""
    if kind is not Incident:
        return from_json(kind, payload)
    try:
        plain = json.loads(payload)
    except ValueError as why:
        raise RecordError(kind.__name__, payload[:60], f"is not JSON ({why})") from why
    return cast(T, unpack_incident(plain))


def _unpack_grades(packed: Plain, own: Sequence[str]) -> tuple[Grade, ...]:
    claim_ids = own if packed.get("claim_ids") is None else packed["claim_ids"]
    lists = (claim_ids, packed.get("alike"), packed.get("of"))
    if packed.keys() != _PARTS or not all(isinstance(part, list | tuple) for part in lists):
        raise RecordError("Incident.grades", sorted(packed), f"must have the lists {', '.join(sorted(_PARTS))}")
    alike = [_read_told(told) for told in packed["alike"]]
    if len(claim_ids) != len(packed["of"]):
        raise RecordError("Incident.grades", len(packed["of"]), f"must be as many as its claims ({len(claim_ids)})")
    grades = []
    for claim_id, place in zip(claim_ids, packed["of"], strict=True):
        if type(claim_id) is not str or type(place) is not int or not 0 <= place < len(alike):
            raise RecordError("Incident.grades", [claim_id, place], f"must be a claim and one of {len(alike)} grades")
        grades.append(Grade(claim_id, *alike[place]))
    return tuple(grades)


def _read_told(told: Any) -> tuple[Any, ...]:
    if not isinstance(told, dict) or told.keys() != {*_TOLD}:
        raise RecordError("Incident.grades.alike", told, f"must have {', '.join(_TOLD)}")
    grade = from_plain(Grade, told | {"claim_id": ""})
    return grade.credibility, grade.reason, grade.by_rule, grade.rule_reason
