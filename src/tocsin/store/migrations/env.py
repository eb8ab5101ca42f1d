"""What Alembic runs: our connection, already in a transaction, is all it needs."""

from __future__ import annotations

from alembic import context

from tocsin.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
