"""How credible something is held to be: the Admiralty figure, and one that a person gave by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Admiralty 1-6: 1 confirmed, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 cannot be judged, not: bad
Credibility = Literal[1, 2, 3, 4, 5, 6]


@dataclass(frozen=True, slots=True)
class GivenCredibility:
    """What a person holds of a claim; it stands in the place of the rule's figure until it is taken back.

    reason   why, in a line
    made_by  "person:<name>"
    """

    credibility: Credibility
    reason: str
    made_by: str
