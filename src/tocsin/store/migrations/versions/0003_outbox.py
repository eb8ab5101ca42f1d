"""Notices, the alerts they tell of, and the outbox they leave through.

Revision 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.String(40)
_MOMENT = sa.String(32)
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and the guards of what was told."""
    op.create_table(
        "notices",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("group", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_notices_chain", "notices", ["group", "number"], unique=True)
    op.create_table(
        "notice_alerts",
        sa.Column("alert_id", _ID, nullable=False),
        sa.Column("notice_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alert_id", "notice_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notice_alerts_notice_id", "notice_alerts", ["notice_id"])
    op.create_table(
        "deliveries",
        sa.Column("notice_id", _ID, nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("lease_until", _MOMENT, nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("notice_id", "channel"),
    )
    op.create_index("ix_deliveries_due", "deliveries", ["state", "channel", sa.text("rank DESC"), "next_at"])
    op.create_index("ix_deliveries_changed", "deliveries", [sa.text("changed_at DESC"), "notice_id", "channel"])
    if op.get_bind().dialect.name == "sqlite":
        refusal = "BEGIN SELECT RAISE(ABORT, 'notices are append-only'); END"
        op.execute(f"CREATE TRIGGER notices_stay BEFORE UPDATE ON notices {refusal}")
        op.execute(f"CREATE TRIGGER notices_remain BEFORE DELETE ON notices WHEN NOT OLD.is_exercise {refusal}")
        return
    refuse = "EXECUTE FUNCTION tocsin_refuse()"
    op.execute(f"CREATE TRIGGER notices_stay BEFORE UPDATE ON notices FOR EACH ROW {refuse}")
    op.execute(
        f"CREATE TRIGGER notices_remain BEFORE DELETE ON notices FOR EACH ROW WHEN (NOT OLD.is_exercise) {refuse}"
    )
