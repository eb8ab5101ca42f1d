"""Alerts as a watch officer reads them: what matters most first, one rule over nested areas told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import get_args

from tocsin.ports import Store
from tocsin.records import Alert, Filter, Precedence
from tocsin.web.windows import find_newest_day

_RANKS: dict[str, int] = {precedence: rank for rank, precedence in enumerate(get_args(Precedence))}
#: Resolved alerts of so many days before the newest day are named on the first screen.
LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """Alerts that one rule gives over the same incidents: a district, a town in it, a bridge in the town.

    lead    the one that holds the most incidents, which is the widest area
    nested  the others, the widest first
    """

    lead: Alert
    nested: tuple[Alert, ...] = ()


def group_alerts(alerts: Iterable[Alert]) -> list[AlertGroup]:
    """Highest precedence first, then the newest; alerts of one rule, state and time that share incidents are one."""
    groups: list[AlertGroup] = []
    for alert in sorted(alerts, key=lambda a: (-len(a.incident_ids), a.place_name, a.id)):
        at = next((n for n, group in enumerate(groups) if _belongs(alert, group.lead)), None)
        if at is None:
            groups.append(AlertGroup(alert))
        else:
            groups[at] = replace(groups[at], nested=(*groups[at].nested, alert))
    return sorted(groups, key=lambda group: (-_RANKS[group.lead.precedence], -group.lead.day.toordinal()))


def _belongs(alert: Alert, lead: Alert) -> bool:
    """Whether `alert` only repeats, for a narrower or overlapping area, what `lead` says."""
    is_alike = all(
        getattr(alert, name) == getattr(lead, name) for name in ("rule", "precedence", "state", "note", "is_exercise")
    )
    meets = alert.began_on <= lead.day and lead.began_on <= alert.day
    return is_alike and meets and not set(alert.incident_ids).isdisjoint(lead.incident_ids)


def find_lately_resolved(store: Store) -> list[AlertGroup]:
    """Groups that rang in the `LATELY` days before the newest day there is, and no longer do."""
    newest = find_newest_day(store, Filter(with_background=True))
    if newest is None:
        return []
    return group_alerts(a for a in store.alerts(states=["resolved"]) if a.day >= newest - LATELY)
