"""Articles that were superseded by a later revision of their page, or taken back.

Revision 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.String(40)
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table and its guards."""
    op.create_table(
        "withdrawals",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("later_id", _ID, nullable=True),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_withdrawals_article", "withdrawals", ["article_id", "seq"])
    op.create_index("ix_withdrawals_later", "withdrawals", ["later_id"])
    if op.get_bind().dialect.name == "sqlite":
        refusal = "BEGIN SELECT RAISE(ABORT, 'withdrawals are append-only'); END"
        op.execute(f"CREATE TRIGGER withdrawals_stay BEFORE UPDATE ON withdrawals {refusal}")
        op.execute(f"CREATE TRIGGER withdrawals_remain BEFORE DELETE ON withdrawals WHEN NOT OLD.is_exercise {refusal}")
        return
    refuse = "EXECUTE FUNCTION tocsin_refuse()"
    op.execute(f"CREATE TRIGGER withdrawals_stay BEFORE UPDATE ON withdrawals FOR EACH ROW {refuse}")
    op.execute(
        "CREATE TRIGGER withdrawals_remain BEFORE DELETE ON withdrawals FOR EACH ROW "
        f"WHEN (NOT OLD.is_exercise) {refuse}"
    )
