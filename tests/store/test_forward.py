"""From every schema that was ever released, with rows in it, the way forward leads to today's; also out of a backup."""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from tests.conftest import NOW
from tocsin.records import (
    Article,
    Claim,
    Feed,
    Filter,
    Incident,
    Outlet,
    Silence,
    Withdrawal,
    feed_id,
    to_json,
    to_plain,
)
from tocsin.service.bundles import MANIFEST, SQLITE
from tocsin.service.restoring import restore_backup
from tocsin.settings import Settings
from tocsin.store import copying, open_store
from tocsin.store.connecting import Connections
from tocsin.store.sketching import sketch_incident
from tocsin.store.tables import REVISIONS
from tocsin.store.upgrading import MIGRATIONS

from tests.store.worlds import (  # isort: skip
    START,
    make_alert,
    make_incident,
    make_link,
    make_readings,
    make_tension,
)

COUNT = 4
EVERYTHING = Filter(limit=0, with_background=True)


def make_old(path: Path, revision: str) -> None:
    """A database of an old schema, with one row at least in every table that a desk of that time filled."""
    connections = Connections(path)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with connections.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    connections.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute("PRAGMA foreign_keys = ON")
        for table, row in list_rows():
            there = {column[1] for column in old.execute(f"PRAGMA table_info({table})")}
            kept = {name: value for name, value in row.items() if name in there}
            if there:
                names = ", ".join(f'"{name}"' for name in kept)
                marks = ", ".join("?" * len(kept))
                old.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(kept.values()))


def list_rows() -> list[tuple[str, dict[str, object]]]:
    """Rows as the first schema had them, later columns among them; whoever does not have a column is not given it."""
    rows: list[tuple[str, dict[str, object]]] = []
    outlet = Outlet("out_hill", "Hill Wire")
    rows.append(("outlets", {"id": outlet.id, "name": outlet.name, "is_exercise": 0, "payload": to_json(outlet)}))
    seq = 0
    for number, reading in enumerate(make_readings(COUNT), 1):
        article = reading.article
        rows.append(("articles", {**_tell_article(article, len(reading.claims)), "seq": number}))
        rows.append(("article_words", {"rowid": number, "words": "hill wire"}))
        rows.append(("sightings", {
            "article_id": article.id, "address_id": f"adr_{number}", "address": article.url, "seen_at": _time(START),
        }))  # fmt: skip
        rows.append(("origins", {"article_id": article.id, "origin_id": article.id}))
        for claim in reading.claims:
            seq += 1
            rows.append(("claims", {**_tell_claim(claim, article), "seq": seq}))
            rows.append(("claim_words", {"rowid": seq, "words": "police"}))
        incident = make_incident(list(reading.claims), article.shown_at)
        rows.append(("incidents", _tell_incident(incident)))
        sketch = sketch_incident(to_plain(incident))
        rows.append(("incident_sketches", {"seq": number, "incident_id": incident.id, "sketch": sketch}))
        rows.append(("incident_words", {"rowid": number, "words": "police"}))
        rows += [("incident_claims", {"claim_id": c.id, "incident_id": incident.id}) for c in reading.claims]
        for claim in reading.claims:
            link = make_link(claim, incident)
            rows.append(("links", {
                "id": link.id, "claim_id": claim.id, "incident_id": incident.id, "is_exercise": 0,
                "payload": to_json(link),
            }))  # fmt: skip
    tension, alert = make_tension("toy:orle", START.date(), 1.0), make_alert()
    rows.append(("tensions", {
        "place_id": tension.place_id, "day": tension.day.isoformat(), "is_exercise": 0, "payload": to_json(tension),
    }))  # fmt: skip
    rows.append(("alerts", {
        "id": alert.id, "day": alert.day.isoformat(), "state": alert.state, "updated_at": _time(START),
        "is_exercise": 0, "payload": to_json(alert),
    }))  # fmt: skip
    rows.append(("alert_history", {
        "alert_id": alert.id, "at": _time(START), "made_by": "desk", "state": "firing", "is_exercise": 0,
        "payload": to_json(alert),
    }))  # fmt: skip
    feed = Feed(feed_id("https://hill.example/rss"), "https://hill.example/rss")
    rows.append(("feeds", {"id": feed.id, "address": feed.address, "payload": to_json(feed)}))
    rows.append(("faults", {"id": "flt_1", "which": "a", "why": "b", "at": _time(START)}))
    rows.append(("notes", {"key": "kept", "value": "yes"}))
    first, last = (r.article.id for r in make_readings(COUNT)[:2])
    withdrawal = Withdrawal(first, "superseded", "desk", START, "the page changed", last)
    rows.append(("withdrawals", {
        "article_id": first, "later_id": last, "is_exercise": 0, "payload": to_json(withdrawal),
    }))  # fmt: skip
    silence = Silence("sil_1", START, NOW, "person:Ana", "a drill")
    rows.append(("silences", {
        "id": silence.id, "ends_at": _time(silence.ends_at), "is_exercise": 0, "payload": to_json(silence),
    }))  # fmt: skip
    return rows


def _time(at: object) -> str:
    return at.isoformat(timespec="microseconds")  # type: ignore[attr-defined] # a datetime


def _tell_article(article: Article, claims: int) -> dict[str, object]:
    names = ("id", "outlet_id", "outlet_name", "url", "language", "digest", "title", "text")
    times = {"shown_at": _time(article.shown_at), "taken_at": _time(article.taken_at)}
    published = _time(article.published_at) if article.published_at else None
    plain = {name: getattr(article, name) for name in names}
    return plain | times | {"published_at": published, "is_exercise": 0, "claim_count": claims}


def _tell_claim(claim: Claim, article: Article) -> dict[str, object]:
    day = article.shown_at.date().isoformat()
    return {
        "id": claim.id, "article_id": article.id, "start": claim.evidence.start, "shown_at": _time(article.shown_at),
        "first_day": day, "last_day": day, "type": claim.type, "modality": claim.modality,
        "certainty": claim.certainty, "background": int(claim.background), "is_exercise": 0, "parties": "",
        "payload": to_json(claim),
    }  # fmt: skip


def _tell_incident(incident: Incident) -> dict[str, object]:
    day = incident.reported_at.date().isoformat()
    return {
        "id": incident.id, "reported_at": _time(incident.reported_at), "first_day": day, "last_day": day,
        "type": incident.type, "modality": incident.modality, "certainty": incident.certainty,
        "background": int(incident.background), "is_exercise": 0, "state": incident.state, "parties": "",
        "payload": to_json(incident),
    }  # fmt: skip


def look(path: Path, revision: str) -> None:
    """All rows are there and read back, and nothing is unsound."""
    store = open_store(path)
    try:
        assert store.schema() == REVISIONS[-1]
        readings = make_readings(COUNT)
        counts = store.counts()
        assert (counts.articles, counts.incidents, counts.alerts, counts.feeds) == (COUNT, COUNT, 1, 1)
        for reading in readings:
            assert store.article(reading.article.id) == reading.article
            assert tuple(store.claims_of_article(reading.article.id)) == reading.claims
        for incident in store.incidents(EVERYTHING):
            assert store.claims_by_id(incident.claim_ids).keys() == set(incident.claim_ids)
        assert store.note("kept") == "yes"
        assert len(store.silences()) == (revision >= "0004")
        assert len(store.withdrawals([readings[0].article.id])) == (revision >= "0002")
        assert store.check() == []
        store.retain(NOW.replace(year=2040), NOW)
        assert store.check() == []
    finally:
        store.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_released_schema_is_brought_forward(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "desk.sqlite"
    make_old(path, revision)
    look(path, revision)


@pytest.mark.parametrize("revision", [REVISIONS[0], REVISIONS[5], REVISIONS[-1]])
def test_an_old_backup_is_brought_forward(tmp_path: Path, revision: str) -> None:
    old = tmp_path / SQLITE
    make_old(old, revision)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    schema, counts = copying.check_copy(old)
    assert schema == revision
    manifest = {
        "form": 1, "tocsin": "0.0.1", "made_at": NOW.isoformat(), "database": "sqlite", "schema": schema,
        "members": {SQLITE: sha256(old.read_bytes()).hexdigest()}, "counts": counts, "settings": {}, "left_out": {},
    }  # fmt: skip
    backup = tmp_path / "old.tar"
    with tarfile.open(backup, "w") as archive:
        for name, body in ((MANIFEST, json.dumps(manifest).encode()), (SQLITE, old.read_bytes())):
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    (tmp_path / "home").mkdir()
    restore_backup(Settings(home=tmp_path / "home"), backup, now=NOW)
    look(tmp_path / "home" / "desk.sqlite", revision)
