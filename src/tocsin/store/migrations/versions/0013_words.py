"""An index of words on PostgreSQL, where a search walked through every text.

Revision 0013. Lexemes are the folded words themselves, made by no parser and no dictionary of the server's, so that
both databases find the same; they are kept up to the length that a query may have. A text whose words are longer
together than a tsvector may be (1 MiB) is left out of that index, and found by walking through the few of its kind.
SQLite has had its FTS5 tables from the beginning.
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = ("article_words", "claim_words", "incident_words")


def upgrade() -> None:
    """Make the function and an index of each search table by it."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(
        "CREATE FUNCTION tocsin_lexemes(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT "
        "CASE WHEN octet_length(words) > 1000000 THEN ''::tsvector ELSE array_to_tsvector(string_to_array("
        "ltrim(regexp_replace(words, '([^ ]{64})[^ ]+', '\\1', 'g')), ' ')) END $$"
    )
    for table in _TABLES:
        op.execute(f"CREATE INDEX ix_{table}_lexemes ON {table} USING gin (tocsin_lexemes(words))")
        op.execute(f"CREATE INDEX ix_{table}_long ON {table} (rowid) WHERE octet_length(words) > 1000000")
