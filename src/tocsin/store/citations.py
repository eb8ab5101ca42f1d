"""What alerts, notices, reports and people's words cite: the ids that retention leaves alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from tocsin.store.base import select_in
from tocsin.store.tables import (
    alert_history,
    alerts,
    corrections,
    incident_redirects,
    notices,
    report_drafts,
    report_edits,
    reports,
)

#: Identifiers of what a record cites, wherever in its JSON they stand. An id that is only mentioned keeps as well.
_CITED = re.compile(r"\b(?:inc|clm|art)_[0-9A-Za-z_]+")
#: What is only ever added to, numbered in the order in which it came; and what may be written anew.
_ADDED_TO, _WRITTEN_ANEW = (alert_history, notices, report_edits, corrections), (alerts, reports, report_drafts)


class Citations:
    """The ids of all records that somebody was told of or said something about, those that took them over included.

    Asked again, it reads only what may be new: a desk of months holds more of the rest than can be read while others
    wait to write.
    """

    def __init__(self) -> None:
        self._found: set[str] = set()
        self._read_to: dict[str, int] = {}

    def find(self, connection: Connection) -> set[str]:
        """All ids that are cited by now."""
        for table in _ADDED_TO:
            after = self._read_to.get(table.name, 0)
            query = select(table.c.seq, table.c.payload).where(table.c.seq > after).order_by(table.c.seq)
            for seq, payload in connection.execute(query.execution_options(yield_per=500)):
                self._found.update(_CITED.findall(payload))
                self._read_to[table.name] = seq
        found = set(self._found)
        for table in _WRITTEN_ANEW:
            for payload in connection.scalars(select(table.c.payload).execution_options(yield_per=500)):
                found.update(_CITED.findall(payload))
        while heirs := set(_select_heirs(connection, found)) - found:
            found |= heirs
        return found


def _select_heirs(connection: Connection, ids: Iterable[str]) -> Iterator[str]:
    redirect = incident_redirects.c
    yield from (row[0] for row in select_in(connection, select(redirect.new_id), redirect.old_id, ids))
