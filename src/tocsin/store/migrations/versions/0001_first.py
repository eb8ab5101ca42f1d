"""The first schema.

Revision 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.String(40)
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: What is never changed, and taken out only with the exercise.
_APPEND_ONLY = ("articles", "claims", "links", "alert_history")


def upgrade() -> None:
    """Make every table, index and guard."""
    _create_tables()
    if op.get_bind().dialect.name == "sqlite":
        _create_search_sqlite()
        _create_guards_sqlite()
    else:
        _create_search()
        _create_guards()


def _create_search_sqlite() -> None:
    # The words are folded before they come here, so that SQLite and PostgreSQL find the same: the tokenizer has only
    # to cut at blanks. Nothing asks for phrases, so no positions are kept.
    for table in ("article_words", "claim_words"):
        op.execute(f"CREATE VIRTUAL TABLE {table} USING fts5(words, tokenize='ascii', detail='none')")


def _create_search() -> None:
    for table in ("article_words", "claim_words"):
        op.create_table(
            table,
            sa.Column("rowid", sa.BigInteger(), primary_key=True, autoincrement=False),
            sa.Column("words", sa.Text(), nullable=False),
        )


def _create_guards_sqlite() -> None:
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_remain BEFORE DELETE ON {table} WHEN NOT OLD.is_exercise "
            f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
        )


def _create_guards() -> None:
    op.execute(
        "CREATE FUNCTION tocsin_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% are append-only', TG_TABLE_NAME; END $$"
    )
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION tocsin_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_remain BEFORE DELETE ON {table} "
            "FOR EACH ROW WHEN (NOT OLD.is_exercise) EXECUTE FUNCTION tocsin_refuse()"
        )


def _create_tables() -> None:
    op.create_table(
        "alert_history",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("alert_id", _ID, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("made_by", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_alert_history_alert", "alert_history", ["alert_id", "seq"])
    op.create_table(
        "alerts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sa.Column("person_state", sa.String(16)),
        sa.Column("person_note", sa.Text()),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "articles",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("shown_at", sa.String(32), nullable=False),
        sa.Column("published_at", sa.String(32)),
        sa.Column("taken_at", sa.String(32), nullable=False),
        sa.Column("outlet_id", _ID),
        sa.Column("outlet_name", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("language", sa.String(16)),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text()),
        sa.Column("title", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_articles_newest", "articles", [sa.text("shown_at DESC"), "id", "outlet_id"])
    op.create_index("ix_articles_exercise", "articles", ["is_exercise"])
    op.create_index("ix_articles_outlet", "articles", ["outlet_id", sa.text("shown_at DESC"), "id"])
    op.create_table(
        "faults",
        sa.Column("id", _ID, nullable=False),
        sa.Column("which", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_faults_at", "faults", ["at"])
    op.create_table(
        "feeds",
        sa.Column("id", _ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "incident_redirects",
        sa.Column("old_id", _ID, nullable=False),
        sa.Column("new_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("old_id"),
    )
    op.create_table(
        "incidents",
        sa.Column("id", _ID, nullable=False),
        sa.Column("reported_at", sa.String(32), nullable=False),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("modality", sa.String(16), nullable=False),
        sa.Column("certainty", sa.String(16), nullable=False),
        sa.Column("background", sa.Boolean(), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("country", sa.String(3)),
        sa.Column("place_id", sa.Text()),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_incidents_country", "incidents", ["country", sa.text("reported_at DESC"), "id"])
    op.create_index(
        "ix_incidents_newest",
        "incidents",
        [
            sa.text("reported_at DESC"),
            "id",
            "type",
            "modality",
            "certainty",
            "background",
            "country",
            "first_day",
            "last_day",
        ],
    )
    op.create_index("ix_incidents_type", "incidents", ["type", sa.text("reported_at DESC"), "id"])
    op.create_table(
        "notes",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "outlets",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "tensions",
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place_id", "day"),
    )
    op.create_index("ix_tensions_day", "tensions", ["day", "place_id"])
    op.create_table(
        "claims",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("shown_at", sa.String(32), nullable=False),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("modality", sa.String(16), nullable=False),
        sa.Column("certainty", sa.String(16), nullable=False),
        sa.Column("background", sa.Boolean(), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("outlet_id", _ID),
        sa.Column("country", sa.String(3)),
        sa.Column("place_id", sa.Text()),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_claims_article", "claims", ["article_id", "start", "id"])
    op.create_index("ix_claims_country", "claims", ["country", sa.text("shown_at DESC"), "article_id", "start", "id"])
    op.create_index(
        "ix_claims_newest",
        "claims",
        [
            sa.text("shown_at DESC"),
            "article_id",
            "start",
            "id",
            "type",
            "modality",
            "certainty",
            "background",
            "country",
            "first_day",
            "last_day",
            "outlet_id",
        ],
    )
    op.create_index(
        "ix_claims_outlet_id", "claims", ["outlet_id", sa.text("shown_at DESC"), "article_id", "start", "id"]
    )
    op.create_index("ix_claims_type", "claims", ["type", sa.text("shown_at DESC"), "article_id", "start", "id"])
    op.create_table(
        "incident_areas",
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("incident_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", "incident_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_incident_areas_incident_id", "incident_areas", ["incident_id"])
    op.create_table(
        "incident_outlets",
        sa.Column("outlet_id", _ID, nullable=False),
        sa.Column("incident_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("outlet_id", "incident_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_incident_outlets_incident_id", "incident_outlets", ["incident_id"])
    op.create_table(
        "origins",
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("origin_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id"),
    )
    op.create_table(
        "pending_articles",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("article_id"),
    )
    op.create_table(
        "sightings",
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("address_id", _ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "address_id"),
    )
    op.create_index("ix_sightings_address", "sightings", ["address_id"])
    op.create_table(
        "claim_areas",
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("claim_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", "claim_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claim_areas_claim_id", "claim_areas", ["claim_id"])
    op.create_table(
        "incident_claims",
        sa.Column("claim_id", _ID, nullable=False),
        sa.Column("incident_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claims.id"],
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("claim_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_incident_claims_incident_id", "incident_claims", ["incident_id"])
    op.create_table(
        "links",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("claim_id", _ID, nullable=False),
        sa.Column("incident_id", _ID, nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claims.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_links_claim", "links", ["claim_id", "seq"])
