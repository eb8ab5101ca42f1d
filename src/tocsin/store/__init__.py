"""The desk's memory: one SQLite file by default, PostgreSQL by the same code.

>>> store = open_store("desk.sqlite")                  # doctest: +SKIP
>>> store = open_store("postgresql://desk@host/desk")  # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path

from tocsin.ports import Store
from tocsin.store.decoding import DECODED_BYTES

__all__ = ["open_store"]


def open_store(address: str | Path, *, decoded_bytes: int = DECODED_BYTES) -> Store:
    """Open (and where needed make or upgrade) the database at `address`.

    `address` is a path, or an SQLAlchemy address of SQLite (``sqlite:///desk.sqlite``) or PostgreSQL. The folder of a
    file must exist. Raises StoreError, naming the address without its password, for: a file that is no database or is
    another program's; a schema that is newer than this Tocsin; a file or server that cannot be opened or written.
    The store may be used from any number of threads; each writing method waits for its turn.

    decoded_bytes  memory for records that stay decoded, for whoever asks for them again
    """
    from tocsin.store.sql_store import open_sql_store  # SQLAlchemy is heavy: loaded when a desk is opened, not before

    return open_sql_store(address, decoded_bytes)
