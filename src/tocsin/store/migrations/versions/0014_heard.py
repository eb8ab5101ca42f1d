"""An index that tells which outlets were heard when without reading the articles.

Revision 0014. It stands in place of the one by `is_exercise` alone, by which a desk went through all its articles to
see who had published today.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the one, drop the other."""
    op.create_index("ix_articles_heard", "articles", ["is_exercise", "shown_at", "outlet_id"])
    op.drop_index("ix_articles_exercise", "articles")
