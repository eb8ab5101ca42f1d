"""Readiness to use force: "the mission is prepared to intervene if stability is in danger" threatens (codebook).

The encoder takes such words for a promise to help, as most of those who are ready and prepared promise something.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.reading.rules import Draft
from tocsin.records import Reason, Span

_READY = re.compile(
    r"\b(?:ready|prepared|readiness|poised)\s(?:to|for)\s(?:\w+ly\s)?"
    r"(?:intervene|intervention|(?:use|using)\s(?:of\s)?force|strike|retaliate|fight|attack|open\sfire|shoot"
    r"|carry\sout\s(?:any|every|its|their|the)\s(?:order|command)s?|take\s(?:up\sarms|military\saction)|go\sto\swar)\b",
    re.I,
)
_PROMISES = frozenset({"AGREE", "MOBILIZE", "SUPPORT", "AID", "CONSULT"})
#: The words that name the act stand so near to the readiness.
_REACH = 60


def settle_readiness(draft: Draft, trigger: Span, text: str) -> Draft:
    """The draft as a threat where its words tell readiness to use force; a condition is told by the words behind it."""
    if draft.type not in _PROMISES:
        return draft
    low, high = max(0, trigger.start - _REACH), min(len(text), trigger.end + _REACH)
    ready = next(
        (m for m in _READY.finditer(text, low, high) if m.start() <= trigger.end and trigger.start < m.end()), None
    )
    if ready is None:
        return draft
    why = Reason("readiness", f"{ready.group()!r} threatens the use of force")
    modality = draft.modality if draft.modality != "planned" else "actual"
    return replace(draft, type="THREATEN", mode="violence", modality=modality, reasons=(*draft.reasons, why))
