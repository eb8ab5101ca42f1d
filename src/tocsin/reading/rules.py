"""The codebook's rules that decide after the encoder: what they change is told as a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from tocsin.knowledge.plover import load_ontology
from tocsin.reading.decoding import Act
from tocsin.records import EventType, Modality, Reason

#: Rule 2: a cooperative act that lies ahead.
_LATER: dict[EventType, EventType] = {
    "CONSULT": "AGREE", "COOPERATE": "AGREE", "AID": "AGREE", "SUPPORT": "AGREE", "RETREAT": "CONCEDE",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """Type, mode and modality of a claim on the way, with what changed them."""

    type: EventType
    mode: str | None
    modality: Modality
    reasons: tuple[Reason, ...] = ()


def draft_act(act: Act) -> Draft:
    """What the heads say of an act, before any rule."""
    return Draft(cast(EventType, act.type.name), act.mode.name, cast(Modality, act.modality.name))


def apply_rules(draft: Draft) -> Draft:
    """The draft as the codebook wants it: rule 2 (what lies ahead), and only modes that the type has."""
    if draft.modality == "planned" and draft.type in _LATER:
        later = _LATER[draft.type]
        told = Reason("future-cooperation", f"{draft.type} that lies ahead is {later} (rule 2)")
        draft = replace(draft, type=later, mode=None, reasons=(*draft.reasons, told))
    if draft.mode == "none" or draft.mode not in load_ontology().entry(draft.type).modes:
        draft = replace(draft, mode=None)
    return draft
