"""What a map, a timeline and a search need of incidents, kept beside them.

Revision 0010. An incident gets a key of its place and the figure of its most credible claim, both in the index that
lists are found in; a claim in an incident its own figure; and each incident a sketch (what a map tells of it) and its
words. Kept with the incident in one transaction, so that none can be out of date.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from tocsin.store.sketching import find_credibility, key_place, sketch_incident
from tocsin.store.words import join_words

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ORDER = (sa.text("reported_at DESC"), "id")
_NARROWING = ("type", "modality", "certainty", "background", "country", "first_day", "last_day")
_COUNTED = ("is_exercise", "credibility", "place_key")


def upgrade() -> None:
    """Add the columns, the tables and the index, and fill them."""
    op.add_column("incidents", sa.Column("place_key", sa.String(16), nullable=True))
    for table in ("incidents", "incident_claims"):
        op.add_column(table, sa.Column("credibility", sa.Integer(), nullable=False, server_default="6"))
    op.create_table(
        "incident_sketches",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("sketch", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("incident_id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE incident_words USING fts5(words, tokenize='ascii', detail='none')")
    else:
        op.create_table(
            "incident_words",
            sa.Column("rowid", sa.BigInteger(), primary_key=True, autoincrement=False),
            sa.Column("words", sa.Text(), nullable=False),
        )
    op.drop_index("ix_incidents_newest", "incidents")
    op.create_index("ix_incidents_newest", "incidents", [*_ORDER, *_NARROWING, *_COUNTED])
    rejected = sa.text("standing = 'rejected'")
    op.create_index("ix_claims_rejected", "claims", ["id"], sqlite_where=rejected, postgresql_where=rejected)
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    ids = list(connection.scalars(sa.text("SELECT id FROM incidents ORDER BY reported_at, id")))
    for incident_id in ids:
        payload = connection.scalar(sa.text("SELECT payload FROM incidents WHERE id = :id"), {"id": incident_id})
        _fill_one(connection, json.loads(str(payload)))


def _fill_one(connection: sa.Connection, incident: dict[str, Any]) -> None:
    incident_id = incident["id"]
    connection.execute(
        sa.text("UPDATE incidents SET place_key = :place, credibility = :figure WHERE id = :id"),
        {"id": incident_id, "figure": find_credibility(incident), "place": key_place(incident["place"])},
    )
    for grade in incident["grades"]:
        connection.execute(
            sa.text("UPDATE incident_claims SET credibility = :figure WHERE claim_id = :claim AND incident_id = :id"),
            {"figure": grade["credibility"], "claim": grade["claim_id"], "id": incident_id},
        )
    seq = connection.scalar(
        sa.text("INSERT INTO incident_sketches (incident_id, sketch) VALUES (:id, :sketch) RETURNING seq"),
        {"id": incident_id, "sketch": sketch_incident(incident)},
    )
    told = connection.execute(
        sa.text(
            "SELECT claim_words.words, articles.title FROM incident_claims "
            "JOIN claims ON claims.id = incident_claims.claim_id JOIN claim_words ON claim_words.rowid = claims.seq "
            "JOIN articles ON articles.id = claims.article_id WHERE incident_claims.incident_id = :id"
        ),
        {"id": incident_id},
    )
    words = join_words(" ".join(f"{row[0]} {row[1] or ''}" for row in told))
    connection.execute(
        sa.text("INSERT INTO incident_words (rowid, words) VALUES (:seq, :words)"), {"seq": seq, "words": words}
    )
