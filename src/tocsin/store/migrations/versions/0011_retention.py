"""A door for the retention: an article goes only after it was written down that it goes.

Revision 0011. `retirements` and `retired_addresses` are append-only. The guards of articles, claims, links and
withdrawals let go of what belongs to an article that is written down in `retirements`, and of nothing else: see
docs/decisions/0011-retention-has-a-door.md.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEW = ("retirements", "retired_addresses")
#: A retirement is of the article as it was taken in then: one that was handed in again is guarded again.
_RETIRED = (
    "EXISTS (SELECT 1 FROM retirements r JOIN articles a ON a.id = r.article_id AND a.taken_at = r.taken_at "
    "WHERE r.article_id = {article})"
)
_OF_LINK = "(SELECT c.article_id FROM claims c WHERE c.id = OLD.claim_id)"
#: Table to what names the article of its row.
_GUARDED = {"articles": "OLD.id", "claims": "OLD.article_id", "withdrawals": "OLD.article_id", "links": _OF_LINK}


def upgrade() -> None:
    """Make the two tables, and guards that know of them."""
    op.create_table(
        "retirements",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("article_id", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("outlet_id", sa.String(40), nullable=True),
        sa.Column("shown_at", sa.String(32), nullable=False),
        sa.Column("taken_at", sa.String(32), nullable=False),
        sa.Column("retired_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_retirements_article", "retirements", ["article_id", "taken_at"])
    op.create_table(
        "retired_addresses",
        sa.Column("address_id", sa.String(40), nullable=False),
        sa.Column("retired_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("address_id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _guard_sqlite() -> None:
    for table, article in _GUARDED.items():
        op.execute(f"DROP TRIGGER {table}_remain")
        door = _RETIRED.format(article=article)
        op.execute(
            f"CREATE TRIGGER {table}_remain BEFORE DELETE ON {table} WHEN NOT OLD.is_exercise AND NOT {door} "
            f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
        )
    for table in _NEW:
        for name, act in (("stay", "UPDATE"), ("remain", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
            )


def _guard_postgresql() -> None:
    # a trigger's own condition may ask no other table there
    for table, article in _GUARDED.items():
        op.execute(
            f"CREATE FUNCTION tocsin_keep_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF OLD.is_exercise OR {_RETIRED.format(article=article)} THEN RETURN OLD; END IF; "
            f"RAISE EXCEPTION '% are append-only', TG_TABLE_NAME; END $$"
        )
        op.execute(f"DROP TRIGGER {table}_remain ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_remain BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION "
            f"tocsin_keep_{table}()"
        )
    for table in _NEW:
        for name, act in (("stay", "UPDATE"), ("remain", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION tocsin_refuse()"
            )
