"""Accounts, their sessions, tokens and set-up links, and the log of sign-ins.

Revision 0007. Of sessions, tokens and links only a digest of the secret is kept: who reads the database can use none of
them. The log of sign-ins is append-only but for what has grown old. The history of alerts says which person spoke.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID, _DIGEST, _MOMENT = sa.String(40), sa.String(64), sa.String(32)
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and the guard of the log."""
    op.create_table(
        "accounts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("folded", sa.String(240), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("shown_name", sa.Text(), nullable=True),
        sa.Column("disabled_at", _MOMENT, nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("subject_id", _ID, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("folded"),
        sa.UniqueConstraint("subject_id"),
    )
    _make_secrets()
    op.create_table(
        "sign_ins",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_sign_ins_at", "sign_ins", ["at"])
    op.add_column("alert_history", sa.Column("person", sa.Text(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER sign_ins_stay BEFORE UPDATE ON sign_ins "
            "BEGIN SELECT RAISE(ABORT, 'sign_ins are append-only'); END"
        )
    else:
        op.execute(
            "CREATE TRIGGER sign_ins_stay BEFORE UPDATE ON sign_ins FOR EACH ROW EXECUTE FUNCTION tocsin_refuse()"
        )


def _make_secrets() -> None:
    def owner(*, nullable: bool = False) -> sa.Column[str]:
        return sa.Column("account_id", _ID, nullable=nullable)

    def owned() -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE")

    op.create_table(
        "sessions",
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("id", _ID, nullable=False),
        owner(),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("place", sa.String(64), nullable=False),
        owned(),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_sessions_account", "sessions", ["account_id"])
    op.create_table(
        "api_tokens",
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("id", _ID, nullable=False),
        owner(),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        owned(),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_api_tokens_account", "api_tokens", ["account_id"])
    op.create_table(
        "setup_links",
        sa.Column("digest", _DIGEST, nullable=False),
        owner(nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        owned(),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_setup_links_account", "setup_links", ["account_id"])
