"""What forces a report's marking: the strictest mark of anything that its sentences stand on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tocsin.desk.marking import find_forcing
from tocsin.ports import Store
from tocsin.records.marking import Marking
from tocsin.report import Report


def find_forcing_mark(store: Store, report: Report) -> Marking | None:
    """The strictest mark of what a report shows, where it is stricter than the report's own; else None.

    An incident stands for the articles of all its claims, an alert and a place-day for those of their incidents.
    """
    if not store.has_markings():
        return None
    cites = {cite for sentence in report.sentences if sentence.is_shown for cite in sentence.cites}
    held = store.incidents_by_id(c for c in cites if c.startswith("inc_"))
    incidents = {incident.id for incident in held.values()}
    for alert in store.alerts_by_id(c for c in cites if c.startswith("alt_")).values():
        incidents |= set(alert.incident_ids)
    incidents |= set(_list_counted(store, cites))
    articles = {row.article_id for row in report.annex} | {c for c in cites if c.startswith("art_")}
    claims = [c for c in cites if c.startswith("clm_")]
    return find_forcing(store, report.tlp, incident_ids=sorted(incidents), claim_ids=claims, article_ids=articles)


def _list_counted(store: Store, cites: Iterable[str]) -> Iterable[str]:
    days: dict[str, set[date]] = {}
    for cite in cites:
        if cite.startswith("tension:"):
            place_id, _, day = cite.removeprefix("tension:").rpartition(":")
            days.setdefault(place_id, set()).add(date.fromisoformat(day))
    every = [day for held in days.values() for day in held]
    if not every:
        return ()
    rows = store.tensions(place_ids=days, since=min(every), until=max(every))
    return [id_ for row in rows if row.day in days[row.place_id] for id_ in row.incident_ids]
