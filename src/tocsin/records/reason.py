"""Why a decision fell as it did (promise 4: every decision explains itself)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a decision: which rule or feature spoke, what it compared, how much it weighed.

    rule    the name of the rule, feature or head, as in the knowledge file that holds it ("hedge-adverb", "same-day")
    detail  one line for a person: the compared values, in words
    weight  its part of the sum, or None where the rule decides alone
    version of the table that holds the weight, or None where there is none
    """

    rule: str
    detail: str
    weight: float | None = None
    version: str | None = None
