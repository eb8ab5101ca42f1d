"""Bringing a database to this version's schema, by Alembic, without an ini file."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from tocsin.errors import StoreError
from tocsin.store.connecting import Connections
from tocsin.store.postgresql import order_by_number
from tocsin.store.tables import REVISIONS

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade_schema(connections: Connections) -> None:
    """Make or upgrade the tables, in one transaction; refuse what is newer than this version or not ours.

    Of several desks that start at once one does it, since whoever writes is alone; the others wait and find it done.
    """
    connections.check_server()
    with connections.reading() as connection:
        revision = find_revision(connection, connections.name)
    if revision == REVISIONS[-1]:
        return
    with connections.writing() as connection:  # another process may have upgraded it since: looked at again
        if find_revision(connection, connections.name) != REVISIONS[-1]:
            if connections.dialect == "postgresql":
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            _run_migrations(connection)
            if connections.dialect == "postgresql":
                order_by_number(connection)


def find_revision(connection: Connection, name: str) -> str | None:
    """The schema's revision; None for an empty database."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if tables:
            raise StoreError("database", name, f"belongs to something else: it has a table {tables[0]!r}, not ours")
        return None
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if revision is None and len(tables) == 1:
        return None
    if revision not in REVISIONS:
        known = f"this one knows up to {REVISIONS[-1]}: use the newer one"
        raise StoreError("database", name, f"has schema {revision!r} of a newer Tocsin; {known}")
    return str(revision)


def _run_migrations(connection: Connection) -> None:
    from alembic import command  # only a new or old database needs it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
