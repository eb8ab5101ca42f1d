"""The form of an answer as JSON Schema, made from the ontology and the records so that it cannot drift from them."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

from tocsin.knowledge.parties import SECTORS
from tocsin.knowledge.plover import load_ontology
from tocsin.records import Certainty, DatePrecision, EventType, Modality, SpeakerKind, TollKind

_TEXT: dict[str, Any] = {"type": "string"}
_TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}


@cache
def make_schema() -> dict[str, Any]:
    """The schema of a whole answer: every field is asked for, null or [] where the text gives nothing.

    The passage stands first, so that a model quotes before it judges. Modes are not tied to their types here (many
    endpoints refuse so large a schema): checking does that.
    """
    ontology = load_ontology()
    modes = sorted({mode for entry in ontology.types.values() for mode in entry.modes})
    party = _closed({
        "text": _TEXT, "country": _TEXT_OR_NULL, "sector": {"type": ["string", "null"], "enum": [*SECTORS, None]},
    })  # fmt: skip
    link = _closed({"speaker": _TEXT_OR_NULL, "kind": _one_of(SpeakerKind), "cue": _TEXT_OR_NULL})
    day = {"words": _TEXT, "start": _TEXT, "end": _TEXT, "precision": _one_of(DatePrecision)}
    toll = {
        "words": _TEXT, "kind": _one_of(TollKind), "low": {"type": "integer"}, "high": {"type": ["integer", "null"]},
        "whom": _TEXT_OR_NULL,
    }  # fmt: skip
    claim = _closed({
        "evidence": _TEXT,
        "trigger": _TEXT,
        "type": _one_of(EventType),
        "mode": {"type": ["string", "null"], "enum": [*modes, None]},
        "contexts": _list({"type": "string", "enum": list(ontology.contexts)}),
        "actor": _list(party),
        "recipient": _list(party),
        "modality": _one_of(Modality),
        "certainty": _one_of(Certainty),
        "background": {"type": "boolean"},
        "attribution": _list(link),
        "date": {"anyOf": [_closed(day), {"type": "null"}]},
        "place": _TEXT_OR_NULL,
        "tolls": _list(_closed(toll)),
    })  # fmt: skip
    return _closed({"claims": _list(claim)})


def _closed(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _list(member: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": member}


def _one_of(literal: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(get_args(literal))}
