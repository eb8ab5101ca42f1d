"""The incidents that tension and alerts look back on, kept in memory between derivations.

They are those of some twenty weeks, and one article changes a few of them: reading all the others back for it took
seconds where there were ten thousand. The store stays the truth, as in `remembering.py`: what is held is used only
while nobody else has derived since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.ports import Derivation, Store
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
        for incident in incidents:
            if self.since <= incident.reported_at <= self.until:
                self.incidents[incident.id] = incident
            else:
                self.incidents.pop(incident.id, None)


class IncidentWindow:
    """Reads incidents by the time of their first report. Not for two threads at once: the desk's lock stands before."""

    def __init__(self) -> None:
        self._held: _Held | None = None

    def read(self, store: Store, since: datetime, until: datetime) -> list[Incident]:
        """As `Store.incidents_between`, in no particular order."""
        number = store.derivation_number()
        held = self._held
        if held is None or held.derivation != number or not held.spans(since, until):
            wider = (since - SLACK, until + SLACK)
            found = {i.id: i for i in store.incidents_between(*wider)}
            held = _Held(found, *wider, number)
            self._held = held if len(found) <= MOST_HELD else None
        return [i for i in held.incidents.values() if since <= i.reported_at <= until]

    def keep(self, store: Store, derivation: Derivation) -> None:
        """A derivation has been saved: what it changed is changed here, unless somebody else has derived in between."""
        held = self._held
        if held is None:
            return
        number = store.derivation_number()
        if number != held.derivation + 1:
            self._held = None
            return
        held.put(derivation.incidents)
        for id_ in derivation.gone_incident_ids:
            held.incidents.pop(id_, None)
        held.derivation = number
