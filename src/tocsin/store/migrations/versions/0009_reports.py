"""Situation reports that are kept: their texts, one for each draft, and what people did to them.

Revision 0009. A report's row changes while it is a draft; final it stays for ever, as do all texts and edits.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.String(40)
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and their guards."""
    op.create_table(
        "reports",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("replaces", _ID, nullable=True),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_reports_series", "reports", ["series", "number"], unique=True)
    op.create_index("ix_reports_replaces", "reports", ["replaces"])
    op.create_table(
        "report_drafts",
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"]),
        sa.PrimaryKeyConstraint("report_id", "number"),
    )
    op.create_table(
        "report_edits",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_report_edits_report", "report_edits", ["report_id", "seq"])
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _guard_sqlite() -> None:
    def refusal(words: str) -> str:
        return f"BEGIN SELECT RAISE(ABORT, '{words} are append-only'); END"

    op.execute(
        "CREATE TRIGGER reports_stay BEFORE UPDATE ON reports WHEN OLD.state = 'final' " + refusal("final reports")
    )
    for table in ("report_drafts", "report_edits"):
        op.execute(f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} {refusal(table)}")
    for table in ("reports", "report_drafts", "report_edits"):
        op.execute(f"CREATE TRIGGER {table}_remain BEFORE DELETE ON {table} WHEN NOT OLD.is_exercise {refusal(table)}")


def _guard_postgresql() -> None:
    refuse = "EXECUTE FUNCTION tocsin_refuse()"
    op.execute(f"CREATE TRIGGER reports_stay BEFORE UPDATE ON reports FOR EACH ROW WHEN (OLD.state = 'final') {refuse}")
    for table in ("report_drafts", "report_edits"):
        op.execute(f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} FOR EACH ROW {refuse}")
    for table in ("reports", "report_drafts", "report_edits"):
        op.execute(
            f"CREATE TRIGGER {table}_remain BEFORE DELETE ON {table} FOR EACH ROW WHEN (NOT OLD.is_exercise) {refuse}"
        )
