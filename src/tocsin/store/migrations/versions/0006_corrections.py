"""Corrections, and claims as they stand after them.

Revision 0006. A claim's payload stays as the machine read it. Beside it stands the claim as people have put it right;
the columns that lists are narrowed by follow it, so that their guard now holds for what the machine read alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.String(40)
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: What the machine read, and whose it is.
_LASTING = "seq, id, article_id, start, shown_at, is_exercise, outlet_id, payload"
_INDEX = (
    sa.text("shown_at DESC"), "article_id", "start", "id", "type", "modality", "certainty", "background", "country",
    "first_day", "last_day", "outlet_id",
)  # fmt: skip


def upgrade() -> None:
    """Make the table, the columns and their guards."""
    op.create_table(
        "corrections",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("claim_id", _ID, nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_corrections_claim", "corrections", ["claim_id", "seq"])
    op.create_index("ix_corrections_article", "corrections", ["article_id", "seq"])
    op.add_column("claims", sa.Column("standing", sa.String(16), nullable=False, server_default="read"))
    op.add_column("claims", sa.Column("corrected", sa.Text(), nullable=True))
    op.drop_index("ix_claims_newest", "claims")
    op.create_index("ix_claims_newest", "claims", [*_INDEX, "standing"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER claims_stay")
        _guard_sqlite()
    else:
        op.execute("DROP TRIGGER claims_stay ON claims")
        _guard_postgresql()


def _guard_sqlite() -> None:
    def refusal(table: str) -> str:
        return f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"

    op.execute(f"CREATE TRIGGER claims_stay BEFORE UPDATE OF {_LASTING} ON claims {refusal('claims')}")
    op.execute(f"CREATE TRIGGER corrections_stay BEFORE UPDATE ON corrections {refusal('corrections')}")
    op.execute(
        "CREATE TRIGGER corrections_remain BEFORE DELETE ON corrections WHEN NOT OLD.is_exercise "
        f"{refusal('corrections')}"
    )


def _guard_postgresql() -> None:
    refuse = "EXECUTE FUNCTION tocsin_refuse()"
    op.execute(f"CREATE TRIGGER claims_stay BEFORE UPDATE OF {_LASTING} ON claims FOR EACH ROW {refuse}")
    op.execute(f"CREATE TRIGGER corrections_stay BEFORE UPDATE ON corrections FOR EACH ROW {refuse}")
    op.execute(
        "CREATE TRIGGER corrections_remain BEFORE DELETE ON corrections FOR EACH ROW "
        f"WHEN (NOT OLD.is_exercise) {refuse}"
    )
