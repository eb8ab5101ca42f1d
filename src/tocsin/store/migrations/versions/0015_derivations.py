"""What the last derivations changed, for desks that share a database.

Revision 0015. Before, a desk that found that another one had derived read and grouped four weeks of news again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; it is empty, which reads as: not known."""
    op.create_table(
        "derivations",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
