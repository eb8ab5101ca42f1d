"""What people decide about incidents, as links: they outlive every re-run until a person takes them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from tocsin.errors import RecordError
from tocsin.records import Incident, Link, Reason, incident_id, make_id

PERSON, RELEASED = "person:", "released:"


def merge_incidents(kept: Incident, others: Sequence[Incident], *, who: str, why: str, now: datetime) -> list[Link]:
    """Links that put all claims of some incidents into one; raises RecordError where they cannot be one.

    One that is retracted has no claim that speaks: nothing would come of it but a reason that nobody finds.
    """
    if not others or any(o.id == kept.id for o in others):
        raise RecordError("incident", kept.id, "must be merged with at least one other than itself")
    if strange := next((o for o in others if o.is_exercise != kept.is_exercise), None):
        raise RecordError("incident", strange.id, "may not be merged: one is of the exercise, the other is not")
    for incident in (kept, *others):
        _refuse_retracted(incident, "merged")
    claims = dict.fromkeys(c for incident in (kept, *others) for c in incident.claim_ids)
    detail = f"merged with {', '.join(o.id for o in others)}: {why}"
    return [_place(c, kept.id, who, Reason("merged", detail), now) for c in claims]


def split_incident(
    incident: Incident, claim_ids: Collection[str], *, who: str, why: str, now: datetime
) -> tuple[str, list[Link]]:
    """Links that take claims out into an incident of their own, and its identifier; the other claims stay.

    Raises RecordError for claims that are not the incident's, for none, for all of them, and for a retracted incident.
    """
    _refuse_retracted(incident, "split")
    chosen = [c for c in incident.claim_ids if c in set(claim_ids)]
    if strange := sorted(set(claim_ids) - set(chosen)):
        raise RecordError("claim", strange[0], f"is not in the incident {incident.id}")
    if not chosen or len(chosen) == len(incident.claim_ids):
        raise RecordError("claims", len(chosen), "must be some of the incident's claims, not none and not all")
    # the claim that gave the incident its name may be among those that leave it
    new = next(id_ for c in (*chosen, f"{chosen[0]}~split") if (id_ := incident_id(c)) != incident.id)
    left = [c for c in incident.claim_ids if c not in chosen]
    links = [_place(c, new, who, Reason("split", f"taken out of {incident.id}: {why}"), now) for c in chosen]
    links += [_place(c, incident.id, who, Reason("kept", f"kept when {new} was taken out: {why}"), now) for c in left]
    return new, links


def release_claims(
    claim_ids: Iterable[str], held: Mapping[str, Link], *, who: str, why: str, now: datetime
) -> list[Link]:
    """Links that give claims which a person had placed back to the rules; others are passed over."""
    reason = Reason("released", f"given back to the rules: {why}")
    placed = (held[c] for c in claim_ids if c in held and is_persons(held[c]))
    return [_link(link.claim_id, link.incident_id, f"{RELEASED}{who}", reason, now) for link in placed]


def is_persons(link: Link) -> bool:
    """Whether a person placed the claim, so that no rule may move it."""
    return link.made_by.startswith(PERSON)


def _refuse_retracted(incident: Incident, what: str) -> None:
    if incident.state == "retracted":
        why = f"may not be {what}: nobody speaks for it any more; reinstate an article or reopen a claim of it first"
        raise RecordError("incident", incident.id, why)


def _place(claim_id: str, id_: str, who: str, reason: Reason, now: datetime) -> Link:
    return _link(claim_id, id_, f"{PERSON}{who}", reason, now)


def _link(claim_id: str, id_: str, made_by: str, reason: Reason, now: datetime) -> Link:
    return Link(make_id("lnk", claim_id, id_, made_by, now.isoformat()), claim_id, id_, 1.0, made_by, now, (reason,))
