"""What people say of claims and incidents, and the claims as they stand after it. Corrections are append-only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from tocsin.errors import ConflictError, RecordError, StoreError, UnknownIdError
from tocsin.ports import Reading
from tocsin.records import Claim, Incident, from_json, to_json
from tocsin.records.correction import Correction, Standing, correct_claim, find_newest, judge_standing
from tocsin.store.base import StoreBase, insert_rows, select_by_id, select_in
from tocsin.store.inputs import add_claims
from tocsin.store.noticing import note_judgement
from tocsin.store.packing import read_payload
from tocsin.store.rows import areas_of, claim_to_row, row_to_article
from tocsin.store.tables import articles, claim_areas, claims, corrections, incident_claims, incidents, pending_articles

#: What a person says of these kinds changes what counts, so that incidents are derived anew.
_MOVING = frozenset({"rejected", "changed", "added", "reopened", "graded"})
#: The columns of a claim that follow its corrections.
_FOLLOWING = (
    "type", "modality", "certainty", "background", "parties", "first_day", "last_day", "place_id", "country", "lat",
    "lon",
)  # fmt: skip


class Corrections(StoreBase):
    """The part of the store that keeps people's word on claims."""

    def add_corrections(self, new: Sequence[Correction]) -> None:
        """Keep corrections, bring their claims up to date and let their articles be derived anew: all, or nothing.

        An added claim is kept with the others of its article. Raises UnknownIdError for a claim that is not kept,
        RecordError where somebody else has corrected the same meanwhile, StoreError for evidence that the article does
        not hold.
        """
        with self._connections.writing() as connection:
            put_corrections(connection, new)

    def corrections(self, ids: Iterable[str]) -> dict[str, list[Correction]]:
        """What was ever said of each of the claims that something was said of, oldest first; the notes on incidents."""
        with self._connections.reading() as connection:
            return dict(_load(connection, ids))

    def claims_as_read(self, claim_ids: Iterable[str]) -> dict[str, Claim]:
        """Those of the claims that are known, as the machine read them (an added one: as it was added)."""
        with self._connections.reading() as connection:
            rows = select_by_id(connection, select(claims.c.id, claims.c.payload), claim_ids)
        return {id_: self._decode(Claim, row.payload) for id_, row in rows.items()}

    def standings(self, claim_ids: Iterable[str]) -> dict[str, Standing]:
        """How each of the known claims stands."""
        with self._connections.reading() as connection:
            rows = select_by_id(connection, select(claims.c.id, claims.c.standing), claim_ids)
        return {id_: row.standing for id_, row in rows.items()}

    def rejections(self, claim_ids: Iterable[str]) -> dict[str, Correction]:
        """The rejection of each of the claims that is rejected."""
        query = (
            select(corrections.c.seq, corrections.c.claim_id, corrections.c.payload)
            .join(claims, claims.c.id == corrections.c.claim_id)
            .where(corrections.c.kind == "rejected", claims.c.standing == "rejected")
        )
        with self._connections.reading() as connection:
            rows = sorted(select_in(connection, query, corrections.c.claim_id, claim_ids), key=lambda row: row.seq)
        return {row.claim_id: from_json(Correction, row.payload) for row in rows}

    def standing_counts(self, *, is_exercise: bool = False) -> dict[Standing, int]:
        """How many claims stand how."""
        query = select(claims.c.standing, func.count()).where(claims.c.is_exercise.is_(is_exercise))
        with self._connections.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(claims.c.standing))}

    def reviewed_article_ids(self, *, is_exercise: bool = False) -> list[str]:
        """The articles that have claims, all of which a person has judged; in the order they came in."""
        judged = select(corrections.c.article_id).where(corrections.c.is_exercise.is_(is_exercise)).distinct()
        open_ = select(claims.c.article_id).where(claims.c.standing == "read")
        query = select(articles.c.id).where(articles.c.id.in_(judged), articles.c.id.not_in(open_))
        with self._connections.reading() as connection:
            return list(connection.scalars(query.order_by(articles.c.seq)))


def put_corrections(connection: Connection, new: Sequence[Correction]) -> None:
    """What `add_corrections` does, inside a transaction that is already open."""
    held = _load(connection, (c.claim_id for c in new))
    doubted = _find_doubted(connection, (c.claim_id for c in new if c.kind == "accepted"))
    moving = [
        c.article_id
        for c in new
        if c.kind in _MOVING or c.claim_id in doubted or judge_standing(held[c.claim_id]) == "rejected"
    ]
    for correction in new:
        if correction.kind == "added":
            _add_claim(connection, correction)
    _refuse_unknown(connection, new)
    for correction in new:
        _refuse_unseen(correction, held[correction.claim_id])
        held[correction.claim_id].append(correction)
    insert_rows(connection, corrections, [_to_row(correction) for correction in new])
    _bring_up_to_date(connection, {c.claim_id: held[c.claim_id] for c in new})
    note_judgement(connection, (c.claim_id for c in new))
    _let_derive(connection, dict.fromkeys(moving))


def _load(connection: Connection, claim_ids: Iterable[str]) -> defaultdict[str, list[Correction]]:
    query = select(corrections.c.seq, corrections.c.claim_id, corrections.c.payload)
    found: defaultdict[str, list[Correction]] = defaultdict(list)
    for row in sorted(select_in(connection, query, corrections.c.claim_id, claim_ids), key=lambda row: row.seq):
        found[row.claim_id].append(from_json(Correction, row.payload))
    return found


def _find_doubted(connection: Connection, claim_ids: Iterable[str]) -> set[str]:
    """Those of some claims whose incident counts for nothing as long as no person has accepted one of its claims."""
    query = select(incident_claims.c.claim_id, incidents.c.payload).join(
        incidents, incidents.c.id == incident_claims.c.incident_id
    )
    rows = select_in(connection, query, incident_claims.c.claim_id, claim_ids)
    return {row.claim_id for row in rows if read_payload(Incident, row.payload).is_faint}


def _add_claim(connection: Connection, correction: Correction) -> None:
    claim = from_json(Claim, correction.value or "")
    if (claim.id, claim.article_id) != (correction.claim_id, correction.article_id):
        raise StoreError("claim", claim.id, f"is not the claim {correction.claim_id} that was to be added")
    row = connection.execute(select(articles).where(articles.c.id == claim.article_id)).one_or_none()
    if row is None:
        raise UnknownIdError("article", claim.article_id, "is not in the store, so no claim can be added to it")
    if connection.scalar(select(claims.c.seq).where(claims.c.id == claim.id)) is not None:
        raise RecordError("claim", claim.id, "is there already: open its article anew")
    add_claims(connection, Reading(row_to_article(row), (claim,)))


def _refuse_unknown(connection: Connection, new: Sequence[Correction]) -> None:
    query = select(claims.c.id, claims.c.article_id)
    said = [c for c in new if c.kind != "noted"]
    owners = {row.id: row.article_id for row in select_in(connection, query, claims.c.id, (c.claim_id for c in said))}
    noted = {c.claim_id for c in new if c.kind == "noted"}
    known = {row.id for row in select_in(connection, select(incidents.c.id), incidents.c.id, noted)}
    if strange := sorted(noted - known):
        raise UnknownIdError("incident", strange[0], "is not in the store, so no note can be written on it")
    for correction in said:
        if owners.get(correction.claim_id) != correction.article_id:
            raise UnknownIdError("claim", correction.claim_id, "is not in the store, so it cannot be corrected")


def _refuse_unseen(correction: Correction, held: Sequence[Correction]) -> None:
    """Who corrects must have seen what holds: nobody's word is written over unread."""
    if correction.kind == "noted":
        return  # a note takes nothing's place
    if correction.kind in ("changed", "graded") and judge_standing(held) == "rejected":
        raise RecordError("claim", correction.claim_id, "is rejected: reopen it first")
    holds = find_newest(held, correction.field)
    if (holds.id if holds else None) == correction.replaces:
        return
    what = f"claim {correction.field}" if correction.field else "claim"
    if holds is None:
        raise RecordError(what, correction.replaces, "is no correction of it: open its article anew")
    told = f"was {holds.kind} by {holds.made_by} meanwhile ({holds.id}): look at it, then decide again"
    theirs, yours = (holds.value, correction.value) if correction.field else (None, None)
    raise ConflictError(what, correction.claim_id, told, field=correction.field, theirs=theirs, yours=yours)


def _to_row(correction: Correction) -> dict[str, object]:
    return {
        "id": correction.id,
        "claim_id": correction.claim_id,
        "article_id": correction.article_id,
        "kind": correction.kind,
        "is_exercise": correction.is_exercise,
        "payload": to_json(correction),
    }


def _bring_up_to_date(connection: Connection, said: Mapping[str, Sequence[Correction]]) -> None:
    """Write how claims stand, and what they say as people have put them right, where lists look for it."""
    query = select(claims.c.id, claims.c.payload, claims.c.article_id)
    rows = list(select_in(connection, query, claims.c.id, said))
    by_id = select_by_id(
        connection, select(articles.c.id, *(c for c in articles.c if c.name != "id")), (row.article_id for row in rows)
    )
    for row in rows:
        read = from_json(Claim, row.payload)
        claim = correct_claim(read, said[row.id])
        columns = claim_to_row(claim, row_to_article(by_id[row.article_id]))
        values = {name: columns[name] for name in _FOLLOWING}
        values |= {"standing": judge_standing(said[row.id]), "corrected": None if claim == read else to_json(claim)}
        connection.execute(update(claims).where(claims.c.id == row.id).values(values))
        connection.execute(delete(claim_areas).where(claim_areas.c.claim_id == row.id))
        insert_rows(connection, claim_areas, [{"place_id": area, "claim_id": row.id} for area in areas_of(claim.place)])


def _let_derive(connection: Connection, article_ids: Iterable[str]) -> None:
    ids = list(article_ids)
    kept = select(pending_articles.c.article_id)
    waiting = {row[0] for row in select_in(connection, kept, pending_articles.c.article_id, ids)}
    for id_ in ids:
        if id_ not in waiting:
            connection.execute(insert(pending_articles), {"article_id": id_})
