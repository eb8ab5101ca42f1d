"""What is PostgreSQL's alone: how a session begins, what a refusal means, and what a new database is brought to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from tocsin.errors import StoreError

LEAST_VERSION = 15
#: Two desks stay well below the hundred connections that a server allows as it is installed.
POOL = {"pool_size": 5, "max_overflow": 25, "pool_pre_ping": True}
#: The other end may vanish without a word: either side then notices within about a minute, not after hours, and the
#: locks of a machine that has lost its power come free.
_CLIENT = {
    "application_name": "tocsin",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_SESSION = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    # one writer waits for another as long as SQLite's would
    "lock_timeout": "30s",
    "statement_timeout": "10min",
    "idle_in_transaction_session_timeout": "10min",
}
#: Once a desk is open: so long a server may be away (it starts anew, or another takes over) before a call fails.
PATIENCE_SECONDS = 20.0
#: What a server or a connection says that will be there again.
_PASSING = re.compile(
    r"connection refused|could not connect|starting up|shutting down|not yet accepting|no such file or directory"
    r"|closed the connection|connection (is|was) (lost|closed)|terminating connection|connection reset|timed? ?out"
    r"|too many clients|remaining connection slots|failed to resolve",
    re.IGNORECASE,
)
#: What those who set up a desk meet most, and what to do. The words are the server's or the driver's own.
_MEANINGS = (
    (r"password authentication failed|no password supplied",
     "does not accept this name and password; a password may stand in ~/.pgpass or in PGPASSWORD"),
    (r'role "[^"]*" does not exist|no pg_hba\.conf entry|(Peer|Ident) authentication failed',
     "does not let this user in; docs/team.md shows how to make a role, and pg_hba.conf says who may connect"),
    (r'database "[^"]*" does not exist', "has no such database; make it once: createdb (docs/team.md)"),
    (r"permission denied for schema", "does not let this user make tables: the database must belong to it"),
    (r"failed: (Connection refused|No such file or directory|No route to host)|failed to resolve|timeout expired",
     "cannot be reached; see that the server runs, and that host and port of the address are its own"),
    (r"No space left on device|could not extend file", "has no room left; make room on the server's disk"),
    (r"read-only transaction", "may not be written: it is a standby, or set to read only; name the primary server"),
    (r"certificate verify failed|root certificate file|does not support SSL|server certificate for",
     "cannot be reached as sslmode asks; docs/team.md shows how TLS is set up"),
)  # fmt: skip


def make_engine(url: URL, name: str) -> Engine:
    """An engine whose readings see one state each; raises StoreError where the driver is not installed."""
    given = {key: value for key, value in _CLIENT.items() if key not in url.query}
    try:
        engine = create_engine(url, isolation_level="REPEATABLE READ", connect_args=given, hide_parameters=True, **POOL)
    except ImportError as why:
        told = f"needs a package that is not installed ({why.name}): pip install 'tocsin[postgres]'"
        raise StoreError("database", name, told) from why
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    calls = ", ".join(f"set_config('{key}', '{value}', false)" for key, value in _SESSION.items())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}")
    connection.commit()


def check_server(connection: Connection, name: str) -> None:
    """Raises StoreError for a server or database that the desk cannot use."""
    version = int((connection.dialect.server_version_info or (0,))[0])
    if version < LEAST_VERSION:
        raise StoreError("database", name, f"is PostgreSQL {version}: Tocsin needs {LEAST_VERSION} or later")
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise StoreError("database", name, f"has the encoding {encoding}, which cannot hold every text: make it UTF8")


def is_passing(why: Exception) -> bool:
    """Whether the server is only away for now."""
    return isinstance(why, OperationalError | InterfaceError) and _PASSING.search(str(why.orig)) is not None


def explain(why: DBAPIError, reason: str) -> str:
    """What a refusal means; `reason` is its first line."""
    told = str(why.orig)
    meaning = next((meaning for pattern, meaning in _MEANINGS if re.search(pattern, told)), "refuses")
    said = next((line for line in told.splitlines() if "FATAL" in line), reason)
    return f"{meaning} ({said.strip()})"


def order_by_number(connection: Connection) -> None:
    """Let every text column sort by the numbers of its letters, whatever order the database has.

    So lists come in the order that they have on SQLite, and a move to another system's tables of letters spoils no
    index. A column that has been changed is not changed again.
    """
    query = (
        "SELECT quote_ident(c.relname), quote_ident(a.attname), format_type(a.atttypid, a.atttypmod)"
        " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        " AND a.attcollation <> 0 AND a.attcollation <> '\"C\"'::regcollation ORDER BY c.relname, a.attnum"
    )
    changes: dict[str, list[str]] = {}
    for table, column, kind in connection.exec_driver_sql(query).all():
        changes.setdefault(table, []).append(f'ALTER COLUMN {column} TYPE {kind} COLLATE "C"')
    for table, columns in changes.items():
        with _without_triggers(connection, table):
            connection.exec_driver_sql(f"ALTER TABLE {table} {', '.join(columns)}")


@contextmanager
def _without_triggers(connection: Connection, table: str) -> Iterator[None]:
    """Take a table's triggers off and put them back as they were: a column that one names cannot be changed else."""
    query = text(
        "SELECT quote_ident(tgname), pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE tgrelid = CAST(:name AS regclass) AND NOT tgisinternal ORDER BY tgname"
    )
    triggers = connection.execute(query, {"name": table}).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
    yield
    for _, definition in triggers:
        connection.exec_driver_sql(definition)
