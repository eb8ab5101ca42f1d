"""What left by e-mail, who graded an outlet, and how articles and outlets are marked.

Revision 0012. `report_mails`, `outlet_grades` and `markings` are append-only; of a copy of a mail to one recipient only
what became of it changes. The grades that outlets had before are in the outlets themselves: nobody wrote down whose.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ID = sa.String(40)
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("report_mails", "outlet_grades", "markings")


def upgrade() -> None:
    """Make the tables and their guards."""
    _make_mails()
    op.create_table(
        "outlet_grades",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("outlet_id", _ID, nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_outlet_grades_outlet", "outlet_grades", ["outlet_id", "seq"])
    op.create_table(
        "markings",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("marked_id", _ID, nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_markings_marked", "markings", ["marked_id", "seq"])
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _make_mails() -> None:
    op.create_table(
        "report_mails",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_report_mails_report", "report_mails", ["report_id", "seq"])
    op.create_table(
        "report_copies",
        sa.Column("mail_id", _ID, nullable=False),
        sa.Column("recipient", sa.String(320), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.String(32), nullable=True),
        sa.Column("lease_until", sa.String(32), nullable=True),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mail_id"], ["report_mails.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("mail_id", "recipient"),
    )
    op.create_index("ix_report_copies_due", "report_copies", ["state", "channel", "next_at"])


def _guard_sqlite() -> None:
    for table in _APPEND_ONLY:
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
        op.execute(f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} {refusal}")
        op.execute(f"CREATE TRIGGER {table}_remain BEFORE DELETE ON {table} WHEN NOT OLD.is_exercise {refusal}")


def _guard_postgresql() -> None:
    refuse = "EXECUTE FUNCTION tocsin_refuse()"
    for table in _APPEND_ONLY:
        op.execute(f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} FOR EACH ROW {refuse}")
        op.execute(
            f"CREATE TRIGGER {table}_remain BEFORE DELETE ON {table} FOR EACH ROW WHEN (NOT OLD.is_exercise) {refuse}"
        )
