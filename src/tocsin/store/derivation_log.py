"""Which derivation changed what: so that who holds derived records in memory need not read all of them again.

The last ones are kept. One that changed what no list of articles tells (a removal) is kept as such.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, select

from tocsin.ports import Changes, Derivation
from tocsin.store.base import StoreBase, put_rows
from tocsin.store.tables import derivations, notes

#: The note that counts derivations.
_NUMBER = "derivations"
#: So many are kept: who has slept through more reads all again.
MOST_KEPT = 500


class DerivationLog(StoreBase):
    """The part of the store that tells what derivations changed."""

    def derivation_number(self) -> int:
        """How many derivations there were: another number than before means that somebody has derived since."""
        with self._connections.reading() as connection:
            return _read_number(connection)

    def changes_since(self, number: int) -> Changes | None:
        """What the derivations after the one of that number changed; None where that is no longer, or not, known."""
        query = select(derivations.c.number, derivations.c.changed).where(derivations.c.number > number)
        with self._connections.reading() as connection:
            newest = _read_number(connection)
            rows = list(connection.execute(query.order_by(derivations.c.number)))
        if [row.number for row in rows] != list(range(number + 1, newest + 1)) or any(r.changed is None for r in rows):
            return None
        told = [json.loads(row.changed) for row in rows]
        return Changes(newest, _gather(t["articles"] for t in told), _gather(t["incidents"] for t in told))


def count_derivation(connection: Connection, derivation: Derivation | None = None) -> None:
    """Let whoever holds derived records in memory know that they have changed; None: in ways that are not listed."""
    number = _read_number(connection) + 1
    put_rows(connection, notes.c.key, [{"key": _NUMBER, "value": str(number)}])
    changed = None
    if derivation is not None:
        incidents = (*(incident.id for incident in derivation.incidents), *derivation.gone_incident_ids)
        changed = json.dumps({"articles": list(derivation.articles_derived), "incidents": list(incidents)})
    connection.execute(insert(derivations).values(number=number, changed=changed))
    connection.execute(delete(derivations).where(derivations.c.number <= number - MOST_KEPT))


def _read_number(connection: Connection) -> int:
    return int(connection.scalar(select(notes.c.value).where(notes.c.key == _NUMBER)) or 0)


def _gather(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id_ for some in lists for id_ in some))
