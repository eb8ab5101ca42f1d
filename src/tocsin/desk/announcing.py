"""From what rings to the outbox: what people must be told now is planned, and kept with its deliveries.

Planning looks only at what is stored: the alerts, what was told before, the silences. So a desk that dies between two
steps plans the same again when it comes back, and a notice that is already kept is not kept twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tocsin.pipeline import Knowledge
from tocsin.ports import Store
from tocsin.records import Alert, Incident, Notice
from tocsin.service.delivering import load_desk_channels
from tocsin.settings import Settings
from tocsin.warning import Area, group_id, locate_places, plan_notices
from tocsin.warning.notices import EVERYWHERE, find_digest_time

if TYPE_CHECKING:
    from tocsin.knowledge.policy import AlertPolicy
    from tocsin.notify import Channel

log = logging.getLogger("tocsin.announce")

_DIGESTS = frozenset(group_id(EVERYWHERE, is_exercise=is_exercise) for is_exercise in (False, True))


class Announcer:
    """Plans notices over the desk's alerts and puts them into the outbox; the channels are read once."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._channels: tuple[Channel, ...] | None = None
        #: The digest for which alerts that had ended were looked at: all that fired before it are known by then.
        self._looked_for: datetime | None = None

    def announce(self, knowledge: Callable[[bool], Knowledge], *, now: datetime) -> tuple[Notice, ...]:
        """Keep what is due at `now`; the notices that were new.

        `knowledge` gives what is known for real news (False) or for the exercise (True).
        """
        told: dict[str, Sequence[Notice]] = {
            # a chain of digests never ends: what it told half a year ago would be read again at each report
            group: chain[-1:] if group in _DIGESTS else chain
            for group, chain in self._store.open_chains().items()
        }
        live = self._store.alerts(states=["firing", "acknowledged"])
        if not live and not told and not self._store.alerts(states=["resolved"]):
            return ()  # before anything is known, so that an empty desk loads nothing
        policy = knowledge(False).policy
        due_at = find_digest_time(now, policy)
        is_due = now >= due_at != self._looked_for
        if is_due:
            oldest = now.date() - timedelta(days=policy.fresh_days)
            live += [a for a in self._store.alerts(states=["resolved"]) if a.day >= oldest and not a.is_exercise]
        notices = self._plan(live, told, knowledge, policy, now)
        if is_due:
            self._looked_for = due_at
        return notices

    def _plan(
        self,
        some: Sequence[Alert],
        told: dict[str, Sequence[Notice]],
        knowledge: Callable[[bool], Knowledge],
        policy: AlertPolicy,
        now: datetime,
    ) -> tuple[Notice, ...]:
        """Keep what follows from some alerts and from those that were told of."""
        ids = {i for chain in told.values() for n in chain for i in n.alert_ids} - {a.id for a in some}
        alerts = [*some, *self._store.alerts_by_id(sorted(ids)).values()]
        incidents = self._store.incidents_by_id({i for a in alerts for i in a.incident_ids})
        areas: dict[str, Area] = {}
        for is_exercise in {a.is_exercise for a in alerts}:
            mine = [a for a in alerts if a.is_exercise == is_exercise]
            areas |= find_alert_areas(mine, incidents, knowledge(is_exercise))
        told |= self._find_ended(alerts, areas, told)
        silences = self._store.silences(after=now)
        plan = plan_notices(alerts, incidents, told, silences, areas, policy, now=now)
        if plan.notices:
            self._keep(plan.notices, {a.id: a for a in alerts}, areas)
        return plan.notices

    def _find_ended(
        self, alerts: Sequence[Alert], areas: Mapping[str, Area], told: Mapping[str, Sequence[Notice]]
    ) -> dict[str, Sequence[Notice]]:
        """The last notice of each chain that is over: a new run counts on from there."""
        groups = {group_id(areas[a.place_id].id, is_exercise=a.is_exercise) for a in alerts}
        groups |= _DIGESTS
        return {g: [last] for g, last in self._store.last_notices(sorted(groups - told.keys())).items()}

    def _keep(self, notices: Sequence[Notice], alerts: Mapping[str, Alert], areas: Mapping[str, Area]) -> None:
        from tocsin.notify import choose_channels

        chosen = {}
        for notice in notices:
            mine = [alerts[i] for i in notice.alert_ids if i in alerts]
            chosen[notice.id] = choose_channels(
                self._find_channels(),
                notice,
                sets={s for a in mine for s in a.sets},
                place_ids={area for a in mine for area in areas[a.place_id].within},
                told=self._store.channels_told(notice.group),
            )
            log.info("notice %s (%s): to %d channels", notice.id, notice.cause, len(chosen[notice.id]))
        self._store.add_notices(notices, lambda n: chosen[n.id])

    def _find_channels(self) -> tuple[Channel, ...]:
        if self._channels is None:
            self._channels = load_desk_channels(self._settings)
        return self._channels


def find_alert_areas(
    alerts: Sequence[Alert],
    incidents: Mapping[str, Incident],
    knowledge: Knowledge,
    *,
    also: Iterable[Incident] = (),
) -> dict[str, Area]:
    """Where each alert's place lies, by the gazetteer and by what the incidents' own places say.

    also  incidents whose places are located too
    """
    gazetteer = knowledge.gazetteer
    ids = {a.place_id for a in alerts}
    places = ids | {i.place.gazetteer_id for i in also if i.place and i.place.gazetteer_id}
    ids |= {area for i in incidents.values() if i.place for area in (i.place.gazetteer_id, *i.place.within) if area}
    rows = {id_: row for id_ in sorted(ids) if (row := gazetteer.row(id_))}
    return locate_places(
        sorted(places),
        incidents.values(),
        {id_: row.precision for id_, row in rows.items()},
        {id_: row.name for id_, row in rows.items()},
        knowledge.policy.group_width,
    )
