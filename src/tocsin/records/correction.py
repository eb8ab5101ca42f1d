"""What people say of what the machine read, and claims as they stand after it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

from tocsin.errors import RecordError
from tocsin.records.claim import Claim
from tocsin.records.codec import from_plain, to_plain
from tocsin.records.ids import make_id

#: accepted: the claim as it stands is right; rejected: it is no claim, and counts for nothing; changed: one field has
#: another value; added: the machine missed it; reopened: what was said of the claim as a whole no longer holds; graded:
#: it is so credible, or as credible as the rule says; noted: a note on an incident, which changes nothing.
CorrectionKind = Literal["accepted", "rejected", "changed", "added", "reopened", "graded", "noted"]
#: The fields of a claim that people may change, in the order of a form.
CorrectableField = Literal[
    "type", "mode", "modality", "certainty", "background", "actor", "recipient", "date", "place", "tolls", "attribution"
]
CORRECTABLE_FIELDS: tuple[CorrectableField, ...] = get_args(CorrectableField)
#: Those and what no reading gives: the credibility, which a rule gives within the incident.
CorrectedField = Literal[CorrectableField, "credibility"]
#: How a claim stands: "read" by the machine and judged by nobody, or the last thing that was said of it.
Standing = Literal["read", "accepted", "changed", "added", "rejected"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that a person says of a claim. Append-only: for each claim and field the newest one holds.

    claim_id     the claim; of kind "added", the claim that it adds; of kind "noted" the incident that it is written on
    article_id   the claim's article; of kind "noted" that of the incident's first report
    reason       why; of kind "noted" the note itself
    field        what was changed or graded; None where it speaks of the claim as a whole
    machine      the machine's value of the field as JSON text, as the codec writes it; None without a field. Of kind
                 "graded" the figure that the rule gave then
    value        the new one likewise; of kind "added" the whole claim; of kind "graded" a GivenCredibility, or null:
                 the rule's grade holds again
    replaces     what its author had seen when he wrote it: for a field, the correction that held for it; for the claim
                 as a whole, the newest correction of the claim; None: none
    incident_id  the incident whose field was corrected, where the claim was corrected as one of those that carry it
    made_by      "person:<name>"
    """

    id: str
    claim_id: str
    article_id: str
    kind: CorrectionKind
    made_by: str
    made_at: datetime
    reason: str
    field: CorrectedField | None = None
    machine: str | None = None
    value: str | None = None
    replaces: str | None = None
    incident_id: str | None = None
    is_exercise: bool = False

    def __post_init__(self) -> None:
        if (self.field is None) != (self.kind not in ("changed", "graded")):
            raise RecordError("correction", self.kind, "names a field if, and only if, it changes one")
        if (self.field == "credibility") != (self.kind == "graded"):
            raise RecordError("correction", self.kind, "speaks of the credibility if, and only if, it grades")
        if (self.kind == "noted") != (self.claim_id == self.incident_id):
            raise RecordError("correction", self.kind, "is written on an incident if, and only if, it is a note")
        if (self.value is None) == (self.kind in ("changed", "added", "graded")):
            raise RecordError(
                "correction", self.kind, "holds a new value if, and only if, it changes or adds something"
            )


def correction_id(claim_id: str, kind: str, field: str | None, made_at: datetime, replaces: str | None) -> str:
    """The identifier of what is said of a claim and field at a time, by one who had seen `replaces`."""
    return make_id("cor", claim_id, kind, field, made_at.isoformat(), replaces)


def write_value(value: Any) -> str:
    """A field's value as the JSON text that a correction keeps."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def find_newest(corrections: Iterable[Correction], field: str | None) -> Correction | None:
    """What holds for a field among the corrections of one claim, oldest first; for None, the newest of all."""
    newest = None
    for correction in corrections:
        if field is None or correction.field == field:
            newest = correction
    return newest


def judge_standing(corrections: Iterable[Correction]) -> Standing:
    """How a claim stands after its corrections, oldest first; who grades it says nothing of how well it was read."""
    standing: Standing = "read"
    first: Standing = "read"
    for correction in corrections:
        if correction.kind == "graded" or correction.kind == "noted":
            continue
        if correction.kind == "added":
            first = "added"
        standing = first if correction.kind == "reopened" else correction.kind
    return standing


def correct_claim(claim: Claim, corrections: Iterable[Correction]) -> Claim:
    """A claim as the machine read it with the newest value of every field that was changed.

    One that a person accepted or put right bears no score: how sure the reader was is nothing beside their word.
    Raises RecordError for a value that is none of the field's.
    """
    said = tuple(corrections)
    if claim.score is not None and judge_standing(said) in ("accepted", "changed"):
        claim = replace(claim, score=None)
    values = {c.field: c.value for c in said if c.field is not None and c.value is not None}
    if not values:
        return claim
    return from_plain(Claim, to_plain(claim) | {field: json.loads(value) for field, value in values.items()})
