"""From one revision of an article to the next: what people said of a claim goes over where it is the same claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin.errors import RecordError
from tocsin.incidents.carrying import match_claims
from tocsin.incidents.correcting import anchor_parties, find_evidence, strip_spans
from tocsin.records import Article, Claim, Place, make_id, to_json
from tocsin.records.correction import Correction, correct_claim, correction_id, judge_standing, write_value


def carry_corrections(
    before: Sequence[Claim],
    after: Sequence[Claim],
    said: Mapping[str, Sequence[Correction]],
    article: Article,
    *,
    now: datetime,
) -> list[Correction]:
    """What was said of an earlier revision's claims, as said of those of the later one that read the same.

    before, after  as the machine read them; `article` is the later revision
    said           the corrections of `before`, oldest first

    A field's correction goes over where the machine reads in it what it read before, a person's grade with the claim; a
    rejection, and an added claim that the machine still misses, where the passage is the same, word for word. That a
    claim was accepted does not: its article says something else now.
    """
    new_of = {old: new for new, old in match_claims(before, after).items()}
    by_id = {c.id: c for c in after}
    carried: list[Correction] = []
    for old in before:
        held = said.get(old.id, ())
        if held and old.id in new_of:
            carried += _carry_word(old, by_id[new_of[old.id]], held, article, now)
        elif held and held[0].kind == "added" and judge_standing(held) != "rejected":
            carried += _carry_added(correct_claim(old, held), held[0], article, now)
    return carried


def _carry_word(
    old: Claim, new: Claim, held: Sequence[Correction], article: Article, now: datetime
) -> list[Correction]:
    carried = []
    right = correct_claim(old, held)
    for field, correction in {c.field: c for c in held if c.field is not None}.items():
        read = ("type", "mode") if field == "type" else (field,)  # a mode must stay one of its type
        if correction.kind == "graded":
            if right.credibility is not None:
                carried.append(_say_again(correction, new.id, article, now))
            continue
        if correction.value == correction.machine or not all(_is_same(getattr(new, f), getattr(old, f)) for f in read):
            continue
        value = getattr(right, field)
        if field in ("actor", "recipient"):
            value = anchor_parties(value, getattr(new, field), new.evidence, article)
        machine = write_value(getattr(new, field))
        carried.append(replace(_say_again(correction, new.id, article, now), machine=machine, value=write_value(value)))
    if judge_standing(held) == "rejected" and new.evidence.text.split() == old.evidence.text.split():
        last = _say_again(held[-1], new.id, article, now)
        carried.append(replace(last, replaces=carried[-1].id if carried else None))
    return carried


def _carry_added(right: Claim, added: Correction, article: Article, now: datetime) -> list[Correction]:
    try:
        evidence = find_evidence(article, right.evidence.text)
    except RecordError:
        return []  # the later revision does not say it any more, or several times
    id_ = make_id("clm", article.id, "added", right.type, evidence.start, evidence.end, 0)
    claim = replace(
        right,
        id=id_,
        article_id=article.id,
        evidence=evidence,
        actor=anchor_parties(right.actor, (), evidence, article),
        recipient=anchor_parties(right.recipient, (), evidence, article),
    )
    return [replace(_say_again(added, id_, article, now), value=to_json(claim))]


def _say_again(said: Correction, claim_id: str, article: Article, now: datetime) -> Correction:
    return replace(
        said,
        id=correction_id(claim_id, said.kind, said.field, now, said.id),
        claim_id=claim_id,
        article_id=article.id,
        made_at=now,
        reason=f"{said.reason} (said of {said.claim_id}, in an earlier revision)",
        replaces=None,
        incident_id=None,
        is_exercise=article.is_exercise,
    )


def _is_same(value: Any, other: Any) -> bool:
    """Whether two values of a field say the same, wherever their words stand and whatever led to them."""
    return bool(_bare(value) == _bare(other))


def _bare(value: Any) -> Any:
    return replace(value, reasons=()) if isinstance(value, Place) else strip_spans(value)
