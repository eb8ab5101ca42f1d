"""What each person has seen, his shifts and his saved filters; and how incidents stand in an inbox.

Revision 0008. What an incident looked like until now is worked out from its payload by this version's own code: the
digest only has to be the one that this version will compare with.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tocsin.records import Incident, from_json
from tocsin.records.inbox import digest_look, make_look

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID, _MOMENT = sa.String(40), sa.String(32)
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BATCH = 500
#: When the last of its articles was taken in stands for when it last changed.
_CHANGED = """
UPDATE incidents SET
  changed_at = coalesce((
    SELECT max(a.taken_at) FROM incident_claims ic
    JOIN claims c ON c.id = ic.claim_id JOIN articles a ON a.id = c.article_id
    WHERE ic.incident_id = incidents.id), reported_at),
  is_judged = EXISTS (
    SELECT 1 FROM incident_claims ic JOIN claims c ON c.id = ic.claim_id
    WHERE ic.incident_id = incidents.id AND c.standing <> 'read')
"""


def upgrade() -> None:
    """Make the tables and the columns, and fill these."""
    op.add_column("incidents", sa.Column("digest", sa.String(16), nullable=False, server_default=""))
    op.add_column("incidents", sa.Column("changed_at", _MOMENT, nullable=False, server_default=""))
    op.add_column("incidents", sa.Column("is_judged", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(_CHANGED)
    _fill_digests()
    op.create_index(
        "ix_incidents_inbox",
        "incidents",
        [
            sa.text("changed_at DESC"), sa.text("reported_at DESC"), "id", "digest", "is_judged", "background", "type",
            "country", "is_exercise",
        ],
    )  # fmt: skip
    op.create_table(
        "marks",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("incident_id", _ID, nullable=False),
        sa.Column("digest", sa.String(16), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("look", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", "incident_id"),
    )
    op.create_index("ix_marks_incident", "marks", ["incident_id"])
    op.create_table(
        "shifts",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_shifts_person", "shifts", ["person", "seq"])
    op.create_table(
        "saved_filters",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("feed_digest", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_saved_filters_person", "saved_filters", ["person", "name_key"], unique=True)


def _fill_digests() -> None:
    connection, last = op.get_bind(), ""
    page = sa.text("SELECT id, payload FROM incidents WHERE id > :last ORDER BY id LIMIT :most")
    fill = sa.text("UPDATE incidents SET digest = :digest WHERE id = :id")
    while rows := connection.execute(page, {"last": last, "most": _BATCH}).all():
        digests = [{"id": r.id, "digest": digest_look(make_look(from_json(Incident, r.payload)))} for r in rows]
        connection.execute(fill, digests)
        last = rows[-1].id
