"""The desk's own notes, its counts, the end of the exercise, and whether the database is sound."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    union,
)

from tocsin.errors import RecordError
from tocsin.ports import Counts
from tocsin.records import Alert, Claim, Feed, Incident, Link, Notice, Outlet, Silence, Tension, digest_text, from_json
from tocsin.records.correction import Correction, correct_claim, judge_standing
from tocsin.records.report import KeptReport
from tocsin.store.base import StoreBase, put_rows
from tocsin.store.derivation_log import count_derivation
from tocsin.store.packing import read_payload
from tocsin.store.sketches import check_sketches, drop_sketches
from tocsin.store.tables import (
    IS_REJECTED,
    alert_history,
    alerts,
    article_words,
    articles,
    claim_words,
    claims,
    corrections,
    faults,
    feeds,
    forecasts,
    histories,
    incident_claims,
    incident_redirects,
    incidents,
    links,
    markings,
    notes,
    notices,
    origins,
    outlet_grades,
    outlets,
    pending_articles,
    report_drafts,
    report_edits,
    report_mails,
    reports,
    silences,
    tensions,
    withdrawals,
)

#: What a forecast's JSON and the columns beside it must agree on.
_FORECAST_KEYS = ("unit", "measure", "model", "known_to", "target")
#: What goes with the exercise, in the order that foreign keys ask for.
_GOING = (
    links, claims, withdrawals, corrections, report_mails, report_edits, report_drafts, reports, markings,
    outlet_grades,
)  # fmt: skip


def _count(table: Table, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


#: One question: every page asks it, and nine would take nine times as long.
_COUNTS = select(
    *(_count(t).label(t.name) for t in (articles, claims, incidents, alerts, outlets, feeds, faults)),
    _count(claims, claims.c.standing == IS_REJECTED).label("rejected"),
    _count(articles, articles.c.is_exercise).label("exercise_articles"),
)


class Care(StoreBase):
    """The part of the store that looks after itself."""

    def counts(self) -> Counts:
        """How much the desk holds."""
        with self._connections.reading() as connection:
            held = connection.execute(_COUNTS).one()._asdict()
        rejected = held.pop("rejected")
        return Counts(**held | {"claims": held["claims"] - rejected})

    def note(self, key: str) -> str | None:
        """A small remembered value, or None."""
        with self._connections.reading() as connection:
            return connection.scalar(select(notes.c.value).where(notes.c.key == key))

    def set_note(self, key: str, value: str) -> None:
        """Remember a small value."""
        with self._connections.writing() as connection:
            put_rows(connection, notes.c.key, [{"key": key, "value": value}])

    def remove_exercise(self) -> int:
        """Take out everything marked as exercise, in one transaction; how many articles went.

        An incident that holds a claim of the exercise goes as well; the articles of its other claims wait for a new
        derivation. An exercise outlet that a real article names stays.
        """
        with self._connections.writing() as connection:
            _remove_derived(connection)
            count_derivation(connection)
            for words, table in ((article_words, articles), (claim_words, claims)):
                connection.execute(delete(words).where(words.c.rowid.in_(_exercise(table, "seq"))))
            for table in _GOING:
                connection.execute(delete(table).where(table.c.is_exercise))
            gone = connection.execute(delete(articles).where(articles.c.is_exercise)).rowcount
            named = select(articles.c.outlet_id).where(articles.c.outlet_id.is_not(None))
            connection.execute(delete(outlets).where(outlets.c.is_exercise, outlets.c.id.not_in(named)))
        return gone

    def check(self) -> list[str]:
        """Problems found in the database, in words; empty when it is sound. Reads everything once."""
        with self._connections.reading() as connection:
            found = list(_check_file(connection)) if self._dialect == "sqlite" else []
            found += _check_claims(connection)
            found += _check_corrections(connection)
            found += _check_payloads(connection)
            found += _check_pairs(connection)
            found += check_sketches(connection)
            found += _check_forecasts(connection)
        return found

    def close(self) -> None:
        """Give the file free; a closed store refuses everything."""
        self._connections.close()


def _exercise(table: Table, column: str) -> Select[tuple[object]]:
    return select(table.c[column]).where(table.c.is_exercise)


def _remove_derived(connection: Connection) -> None:
    exercise_claims = _exercise(claims, "id")
    touched = select(incident_claims.c.incident_id).where(incident_claims.c.claim_id.in_(exercise_claims))
    gone = list(connection.scalars(union(touched, _exercise(incidents, "id"))))
    drop_sketches(connection, gone)
    for incident_id in gone:
        _wait_for_derivation(connection, incident_id)
        connection.execute(delete(incidents).where(incidents.c.id == incident_id))
    redirect = incident_redirects.c
    present = select(incidents.c.id)
    if gone:
        connection.execute(delete(incident_redirects).where(redirect.new_id.in_(gone), redirect.new_id.not_in(present)))
    for table in (tensions, alerts, alert_history, notices, silences):
        connection.execute(delete(table).where(table.c.is_exercise))
    exercise_articles = _exercise(articles, "id")
    mixed = or_(origins.c.article_id.in_(exercise_articles), origins.c.origin_id.in_(exercise_articles))
    connection.execute(delete(origins).where(mixed))


def _wait_for_derivation(connection: Connection, incident_id: str) -> None:
    """Put the real articles of an incident that goes back in the queue."""
    members = select(incident_claims.c.claim_id).where(incident_claims.c.incident_id == incident_id)
    real = (
        select(claims.c.article_id)
        .distinct()
        .where(claims.c.id.in_(members), claims.c.is_exercise.is_(False))
        .where(claims.c.article_id.not_in(select(pending_articles.c.article_id)))
    )
    connection.execute(insert(pending_articles).from_select(["article_id"], real))


def _check_file(connection: Connection) -> Iterator[str]:
    for row in connection.execute(text("PRAGMA integrity_check")):
        if row[0] != "ok":
            yield f"file: {row[0]}"
    for row in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"table {row[0]}: row {row[1]} names a row of {row[2]} that does not exist"


def _check_claims(connection: Connection) -> Iterator[str]:
    """Every article has all its claims, every claim its evidence, and both can be searched for."""
    added = select(corrections.c.claim_id).where(corrections.c.kind == "added")
    read = select(claims.c.article_id, func.count().label("held")).where(claims.c.id.not_in(added))
    held = read.group_by(claims.c.article_id).subquery()
    query = select(articles.c.id, articles.c.claim_count, func.coalesce(held.c.held, 0)).join_from(
        articles, held, held.c.article_id == articles.c.id, isouter=True
    )
    differ = query.where(func.coalesce(held.c.held, 0) != articles.c.claim_count)
    for article_id, kept, found in connection.execute(differ):
        yield f"article {article_id}: was kept with {kept} claims and has {found}"
    for words, table in ((article_words, articles), (claim_words, claims)):
        if connection.scalar(select(_count(words) != _count(table))):
            yield f"table {words.name}: does not hold the words of all {table.name}"
    pairs = select(claims.c.id, claims.c.payload, articles.c.text).join(articles, articles.c.id == claims.c.article_id)
    for claim_id, payload, said_text in connection.execute(pairs.execution_options(yield_per=500)):
        try:
            evidence = from_json(Claim, payload).evidence
        except RecordError as why:
            yield f"claim {claim_id}: cannot be read back ({why})"
            continue
        if evidence.span.cut(said_text) != evidence.text:
            yield f"claim {claim_id}: its evidence is not what its article says"


def _check_corrections(connection: Connection) -> Iterator[str]:
    """Every claim that something was said of stands as it was put right."""
    said: dict[str, list[Correction]] = {}
    for correction_id, claim_id, payload in connection.execute(
        select(corrections.c.id, corrections.c.claim_id, corrections.c.payload).order_by(corrections.c.seq)
    ):
        try:
            correction = from_json(Correction, payload)
        except RecordError as why:
            yield f"correction {correction_id}: cannot be read back ({why})"
            continue
        if correction.kind != "noted":  # on an incident, which may have become part of another
            said.setdefault(claim_id, []).append(correction)
    changed = or_(claims.c.standing != "read", claims.c.corrected.is_not(None))
    for row in connection.execute(select(claims).where(or_(changed, claims.c.id.in_(select(corrections.c.claim_id))))):
        held = said.pop(row.id, [])
        try:
            claim = correct_claim(from_json(Claim, row.payload), held)
            shown = from_json(Claim, row.corrected or row.payload)
        except RecordError as why:
            yield f"claim {row.id}: cannot be read with its corrections ({why})"
            continue
        if (claim, judge_standing(held)) != (shown, row.standing):
            yield f"claim {row.id}: does not stand as its corrections say"
    yield from (f"claim {claim_id}: was corrected and is not there" for claim_id in said)


def _check_payloads(connection: Connection) -> Iterator[str]:
    """Every record can be read back."""
    keyed = (
        (incidents, Incident), (links, Link), (alerts, Alert), (outlets, Outlet), (feeds, Feed), (notices, Notice),
        (silences, Silence), (reports, KeptReport),
    )  # fmt: skip
    for table, kind in keyed:
        for record_id, payload in connection.execute(select(table.c.id, table.c.payload)):
            yield from _check_payload(table.name, record_id, kind, payload)
    for place_id, payload in connection.execute(select(tensions.c.place_id, tensions.c.payload)):
        yield from _check_payload("tensions", place_id, Tension, payload)


def _check_payload(table: str, record_id: str, kind: type, payload: str) -> Iterator[str]:
    try:
        read_payload(kind, payload)
    except RecordError as why:
        yield f"table {table}: {record_id} cannot be read back ({why})"


def _check_pairs(connection: Connection) -> Iterator[str]:
    """Incidents and the claims they are made of agree."""
    claimed: dict[str, set[str]] = {}
    for row in connection.execute(select(incident_claims)):
        claimed.setdefault(row.incident_id, set()).add(row.claim_id)
    for incident_id, payload in connection.execute(select(incidents.c.id, incidents.c.payload)):
        with suppress(RecordError):  # said by `_check_payloads`
            if set(read_payload(Incident, payload).claim_ids) == claimed.get(incident_id, set()):
                continue
            yield f"incident {incident_id}: its claims are not those that are linked to it"


def _check_forecasts(connection: Connection) -> Iterator[str]:
    """Histories are what was imported, and forecasts say what their columns say."""
    for row in connection.execute(select(histories.c.name, histories.c.digest, histories.c.payload)):
        if digest_text(row.payload) != row.digest:
            yield f"history {row.name!r}: is not what was imported; import it again"
    for row in connection.execute(select(forecasts).execution_options(yield_per=500)):
        try:
            said = json.loads(row.payload)
            agrees = all(said[key] == getattr(row, key) for key in _FORECAST_KEYS)
        except (ValueError, KeyError, TypeError):
            agrees = False
        if not agrees:
            yield f"forecast {row.id}: is not the one that its columns name"
