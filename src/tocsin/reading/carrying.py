"""Rule 15: the date of a happening holds for what goes on about it, where the words do not speak against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from tocsin.reading.dates import is_long_past
from tocsin.reading.dating import DateOptions, add_told_before, choose_date, list_cues_of_carrying
from tocsin.records import Claim, PartialDate, Reason

_LONG_PAST = "long-past"


def carry_dates(
    claims: Sequence[Claim], text: str, dates: Mapping[str, DateOptions], published: date | None
) -> list[Claim]:
    """The claims, in the order of their passages, each with its date weighed again beside that of the one before.

    dates  what each claim can be dated by, by its id; a claim that is not in it keeps its date, and so does one that
           has taken over the date of another telling
    """
    told: list[Claim] = []
    for claim in claims:
        own, before = dates.get(claim.id), told[-1] if told else None
        if own is not None and before is not None and own.alone == claim.date:
            carried, undated = list_cues_of_carrying(before, claim, text)
            options = add_told_before(own.options, before.date, carried)
            when, why = choose_date(options, {**own.none, **undated})
            if when != claim.date:
                claim = date_claim(claim, when, why, published)
        told.append(claim)
    return told


def date_claim(claim: Claim, when: PartialDate | None, why: Reason | None, published: date | None) -> Claim:
    """The claim with this date and no other; background where it ended long before publication."""
    was_long_past = any(r.rule == _LONG_PAST for r in claim.reasons)
    reasons = [r for r in claim.reasons if r.rule != _LONG_PAST and not r.rule.startswith("date-")]
    background = claim.background and not was_long_past
    if why is not None:
        reasons.append(why)
    if claim.modality == "actual" and is_long_past(when, published) and not background:
        background = True
        reasons.append(Reason(_LONG_PAST, "it ended more than 14 days before publication"))
    return replace(claim, date=when, background=background, reasons=tuple(reasons))
