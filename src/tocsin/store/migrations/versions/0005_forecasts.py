"""Histories, and the forecasts that were made of them.

Revision 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and let nobody change a forecast."""
    op.create_table(
        "histories",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("measure", sa.String(24), nullable=False),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("imported_at", sa.String(32), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "forecasts",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("history", sa.String(80), nullable=False),
        sa.Column("basis", sa.String(16), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("measure", sa.String(24), nullable=False),
        sa.Column("model", sa.String(32), nullable=False),
        sa.Column("known_to", sa.String(10), nullable=False),
        sa.Column("target", sa.String(10), nullable=False),
        sa.Column("made_on", sa.String(10), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_forecasts_unit", "forecasts", ["history", "unit", "model", sa.text("target DESC")])
    op.create_index("ix_forecasts_target", "forecasts", ["history", "model", sa.text("target DESC"), "seq"])
    latest = (sa.text("target DESC"), sa.text("seq DESC"))
    op.create_index("ix_forecasts_run", "forecasts", ["history", "basis", "known_to", "model", *latest])
    op.create_index("ix_forecasts_newest", "forecasts", ["history", sa.text("seq DESC")])
    _guard_forecasts()


def _guard_forecasts() -> None:
    """The exercise is never forecast, so that no row may ever go."""
    if op.get_bind().dialect.name == "sqlite":
        refusal = "BEGIN SELECT RAISE(ABORT, 'forecasts are append-only'); END"
        op.execute(f"CREATE TRIGGER forecasts_stay BEFORE UPDATE ON forecasts {refusal}")
        op.execute(f"CREATE TRIGGER forecasts_remain BEFORE DELETE ON forecasts {refusal}")
        return
    refuse = "EXECUTE FUNCTION tocsin_refuse()"
    op.execute(f"CREATE TRIGGER forecasts_stay BEFORE UPDATE ON forecasts FOR EACH ROW {refuse}")
    op.execute(f"CREATE TRIGGER forecasts_remain BEFORE DELETE ON forecasts FOR EACH ROW {refuse}")
