"""A denial that goes on: "nobody was beaten, he said, and rubber bullets are not part of our equipment".

The encoder reads the second clause as a denial where it stands alone, and now and then as a deed behind another one.
What is told as done is told in the past: the present tense with a "not", behind a denial of the same kind of act in the
same sentence, says that there is no such thing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tocsin.records import Claim, Reason

#: Between the words of two acts that one sentence joins.
_JOINED = re.compile(r"(?:(?![.!?;]\s|\n).){0,120}\b(?:and|nor|or)\b(?:(?![.!?;]\s|\n).){0,40}", re.IGNORECASE)
#: Behind the word of an act, in its clause: "bullets are not", "batons have never been".
_DENIED = re.compile(
    r"[^.!?;:,\n]{0,40}?\b(?:(?:is|are|has|have|do|does|can)\s(?:not|never|no)\b|(?:is|are|has|have|do|does)n['\u2019]t\b"
    r"|cannot\b)"
)


def carry_denials(claims: Sequence[Claim], text: str) -> list[Claim]:
    """The claims, in the order of their words, with those denied that go on after a denial of the same type."""
    carried: list[Claim] = []
    for claim in claims:
        if carried and claim.modality == "actual" and _goes_on(carried[-1], claim, text):
            told = Reason("denial-carried", "a denial of the same kind of act goes on in the present tense")
            claim = replace(claim, modality="negated", reasons=(*claim.reasons, told))
        carried.append(claim)
    return carried


def _goes_on(before: Claim, claim: Claim, text: str) -> bool:
    if before.modality != "negated" or before.type != claim.type or not before.trigger or not claim.trigger:
        return False
    is_joined = _JOINED.fullmatch(text, before.trigger.end, claim.trigger.start) is not None
    return is_joined and _DENIED.match(text, claim.trigger.end) is not None
