"""How much of an answer was kept, and what was dropped and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: What may be dropped, in words. The first ones cost the whole claim, the others a field of it.
CLAIM_DROPS: Mapping[str, str] = MappingProxyType({
    "claim-form": "claim not in the form asked for",
    "claim-type": "claim of no known type",
    "claim-modality": "claim without a known modality",
    "claim-certainty": "claim without a known certainty",
    "claim-evidence": "claim whose evidence is not in the text",
    "claim-length": "claim whose evidence is a single word or far more than a sentence",
    "claim-repeated": "claim told twice",
    "claim-surplus": "claim beyond the most taken from one answer",
})  # fmt: skip
FIELD_DROPS: Mapping[str, str] = MappingProxyType({
    "mode": "mode that the type does not have",
    "context": "unknown context",
    "trigger": "trigger not in the evidence",
    "party": "party not in the text",
    "code": "unknown country or sector code",
    "speaker": "speaker not in the text",
    "cue": "cue not in the text",
    "link": "link of an attribution not in the form asked for",
    "kind": "unknown kind of speaker",
    "background": "background mark that is neither true nor false",
    "date": "date that is no calendar date or has no ground in the text",
    "place": "place not in the text",
    "toll": "toll without its words in the text",
    "whom": "counted group not in the text",
    "field": "field with more members than are taken",
})  # fmt: skip
DROPS: Mapping[str, str] = MappingProxyType({**CLAIM_DROPS, **FIELD_DROPS})


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of one answer, or of many.

    kept     claims kept
    dropped  how many of each kind of `DROPS` were dropped; a kind that is not there was not
    """

    kept: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.kept + other.kept, dict(Counter(self.dropped) + Counter(other.dropped)))

    @property
    def claims_dropped(self) -> int:
        """How many whole claims were dropped."""
        return sum(n for name, n in self.dropped.items() if name in CLAIM_DROPS)

    @property
    def is_whole(self) -> bool:
        """Whether nothing at all was dropped."""
        return not self.dropped

    def __str__(self) -> str:
        kept = f"{self.kept} of {self.kept + self.claims_dropped} claims kept"
        parts = [f"{self.dropped[name]} times {words}" for name, words in DROPS.items() if self.dropped.get(name)]
        return f"{kept}; dropped: {', '.join(parts)}" if parts else f"{kept}; nothing dropped"
