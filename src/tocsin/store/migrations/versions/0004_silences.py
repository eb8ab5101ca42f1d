"""Silences, and who looks after an alert.

Revision 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "silences",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("ends_at", sa.String(32), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_silences_end", "silences", [sa.text("ends_at DESC"), "id"])
    op.add_column("alerts", sa.Column("assigned_to", sa.Text(), nullable=True))
