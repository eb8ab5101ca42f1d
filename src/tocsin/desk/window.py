"""The incidents that tension and alerts look back on, kept in memory between derivations.

They are those of some twenty weeks, and one article changes a few of them: reading all the others back for it took
seconds where there were ten thousand. The store stays the truth, as in `remembering.py`: what derivations,
this desk's or others', have changed since is read before it is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.ports import Store
from tocsin.records import Incident

#: With more incidents than this nothing is held: at some 6.5 KB each that is a quarter of a gigabyte.
MOST_HELD = 40_000
#: So much more is read at either end: the next article may tell of an older act, and tomorrow comes.
SLACK = timedelta(days=30)


@dataclass(slots=True)
class _Held:
    """All incidents first reported from `since` to `until`, as of the store's derivation of that number."""

    incidents: dict[str, Incident]
    since: datetime
    until: datetime
    derivation: int

    def spans(self, since: datetime, until: datetime) -> bool:
        return self.since <= since and until <= self.until

    def put(self, incidents: Iterable[Incident]) -> None:
        self.incidents |= {i.id: i for i in incidents if self.since <= i.reported_at <= self.until}


class IncidentWindow:
    """Reads incidents by the time of their first report. Not for two threads at once: the desk's lock stands before."""

    def __init__(self) -> None:
        self._held: _Held | None = None

    def read(self, store: Store, since: datetime, until: datetime) -> list[Incident]:
        """As `Store.incidents_between`, in no particular order."""
        held = self._held
        if held is None or not held.spans(since, until) or not _bring_up_to_date(held, store):
            number, wider = store.derivation_number(), (since - SLACK, until + SLACK)
            found = {i.id: i for i in store.incidents_between(*wider)}
            held = _Held(found, *wider, number)
            self._held = held if len(found) <= MOST_HELD else None
        return [i for i in held.incidents.values() if since <= i.reported_at <= until]


def _bring_up_to_date(held: _Held, store: Store) -> bool:
    """Change what derivations have changed since, this desk's and others'; False where that is not known."""
    if held.derivation == store.derivation_number():
        return True
    changes = store.changes_since(held.derivation)
    if changes is None:
        return False
    for id_ in changes.incidents:
        held.incidents.pop(id_, None)
    held.put(i for id_, i in store.incidents_by_id(changes.incidents).items() if i.id == id_)
    held.derivation = changes.number
    return len(held.incidents) <= MOST_HELD
