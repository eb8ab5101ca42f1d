"""One group's chain of notices: what is told next, given what was told before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tocsin.knowledge.wording import title_incident
from tocsin.records import Alert, Incident, Notice, NoticeCause, NoticeLine, notice_id
from tocsin.warning.changes import Change, compare_with_told, has_moved, tell_fired
from tocsin.warning.hearing import RANKS

if TYPE_CHECKING:
    from tocsin.knowledge.policy import AlertPolicy, Pace

_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Chain:
    """One group at one moment: what was told, oldest first, and the group's alerts, live or not."""

    group: str
    told: tuple[Notice, ...]
    alerts: tuple[Alert, ...]
    incidents: Mapping[str, Incident]
    policy: AlertPolicy
    now: datetime

    @property
    def is_open(self) -> bool:
        """Whether something was told that has not been told to be over."""
        return bool(self.told) and not self.told[-1].ends_chain

    def next_notice(self, live_ids: set[str], silenced: Mapping[str, str], covered: Mapping[str, str]) -> Notice | None:
        """The notice that is due, or None."""
        live = [a for a in self.alerts if a.id in live_ids]
        heard = [a for a in live if a.id not in silenced and not self._is_told_elsewhere(a, covered)]
        ordered = sorted(heard, key=lambda a: (a.id in covered, -RANKS[a.precedence], -a.day.toordinal(), a.id))
        if not self.is_open:
            return self._open(ordered)
        last = self.told[-1]
        if not live:
            return self._close(last)
        if not ordered:
            return None  # silenced: the run stays open, and is told of again when the silence ends
        change = compare_with_told(last, ordered, self.alerts, self.incidents)
        cause = self._find_cause(last, ordered, change)
        return self._make(ordered, cause, change) if cause else None

    def _is_told_elsewhere(self, alert: Alert, covered: Mapping[str, str]) -> bool:
        graver = covered.get(alert.id)
        return graver is not None and all(a.id != graver for a in self.alerts)

    def _open(self, ordered: Sequence[Alert]) -> Notice | None:
        waking = [a for a in ordered if self._wakes(a) and not self._pace(a).is_digest]
        if not waking or not any(self._has_waited(a) for a in waking):
            return None
        return self._make(ordered, "fired", Change(tell_fired(waking[0], self.incidents)))

    def _wakes(self, alert: Alert) -> bool:
        """Whether an alert begins a run; what was told to be over does so though it was acknowledged before."""
        last = self.told[-1] if self.told else None
        if last is None or alert.id not in last.alert_ids:
            return alert.state == "firing"
        if last.cause == "resolved" and self.now < last.made_at:
            # the clock was ahead: it is not over after all, and only what is new is told
            return not {i for i in alert.incident_ids if i in self.incidents} <= set(last.incident_ids)
        return True

    def _close(self, last: Notice) -> Notice:
        mine = {a.id: a for a in self.alerts if a.id in last.alert_ids}
        # an alert that is no more was regrouped away: that is a retraction too
        gone = [i for i in last.alert_ids if i not in mine or self._is_taken_back(mine[i])]
        cause: NoticeCause = "retracted" if len(gone) == len(last.alert_ids) else "resolved"
        ended = [mine[i] for i in last.alert_ids if i in mine]
        why = (
            "What was told has been taken back, denied or regrouped."
            if cause == "retracted"
            else f"The conditions have not held since {max(a.day for a in ended)}."
        )
        changes = tuple(f"{a.title}: {a.note or a.state}" for a in ended)
        return self._follow(last, cause, ended, why, changes)

    def _is_taken_back(self, alert: Alert) -> bool:
        return alert.state == "retracted" and not has_moved(alert, self.alerts, self.incidents)

    def _find_cause(self, last: Notice, ordered: Sequence[Alert], change: Change) -> NoticeCause | None:
        lead = ordered[0]
        pace = self._pace(lead)
        unanswered = [a for a in ordered if a.state == "firing"]
        since = self.now - last.made_at
        # where the clock was put back nobody knows how long it was: what is new is told, and nobody is reminded
        may_continue = since < timedelta(0) or since >= timedelta(minutes=pace.update_minutes)
        if any(RANKS[a.precedence] > RANKS[last.precedence] for a in unanswered):
            return "raised"
        if change.retracted:
            return "lowered"
        if RANKS[lead.precedence] < RANKS[last.precedence] and may_continue:
            return "lowered"
        if not unanswered:
            return None
        if lead.is_exercise:  # its calendar does not go on: nobody is reminded of it
            return "more-reports" if change.has_news and may_continue else None
        if pace.escalate_minutes and self._is_unanswered_for(pace.escalate_minutes):
            return "escalated"
        if change.has_news and may_continue:
            return "more-reports"
        return "repeated" if since >= timedelta(hours=pace.repeat_hours) else None

    def _rung_at(self) -> datetime:
        """When this run was first told of."""
        first = self.now
        for notice in reversed(self.told if self.is_open else ()):
            if notice.ends_chain:
                break
            first = notice.made_at
        return first

    def _is_unanswered_for(self, minutes: int) -> bool:
        """Whether the last ringing of this run is so long ago, and was not escalated since."""
        newest = next(
            (n for n in reversed(self.told) if n.cause in ("fired", "raised", "lowered", "escalated")), self.told[-1]
        )
        return newest.cause != "escalated" and self.now - newest.made_at >= timedelta(minutes=minutes)

    def _has_waited(self, alert: Alert) -> bool:
        waited = self.now - (alert.fired_at or alert.updated_at)
        # it fired in the future: the clock was put back, and to wait for it might take a year
        return waited < timedelta(0) or waited >= timedelta(seconds=self._pace(alert).wait_seconds)

    def _pace(self, alert: Alert) -> Pace:
        return self.policy.pace(alert.precedence)

    def _make(self, ordered: Sequence[Alert], cause: NoticeCause, change: Change) -> Notice:
        last = self.told[-1] if self.told else None
        lead = ordered[0]
        number = last.number + 1 if last else 1
        return Notice(
            id=notice_id(self.group, number),
            group=self.group,
            number=number,
            previous=last.id if last else None,
            cause=cause,
            alert_ids=tuple(a.id for a in ordered),
            place_id=lead.place_id,
            place_name=lead.place_name,
            precedence=lead.precedence,
            title=lead.title,
            hypothesis=lead.hypothesis,
            why_now=change.why_now(cause, self.now - self._rung_at()),
            changes=change.sentences,
            lines=make_lines(ordered, self.incidents, last),
            cleared_by=lead.cleared_by,
            made_at=self.now,
            assigned_to=lead.assigned_to,
            is_exercise=lead.is_exercise,
            speaks=lead.speaks,
            incident_ids=list_incidents(ordered, self.incidents),
        )

    def _follow(
        self, last: Notice, cause: NoticeCause, ended: Sequence[Alert], why: str, changes: tuple[str, ...]
    ) -> Notice:
        """A notice that ends the run: it keeps the head of the one before."""
        return replace(
            last,
            id=notice_id(self.group, last.number + 1),
            number=last.number + 1,
            previous=last.id,
            cause=cause,
            why_now=why,
            changes=changes,
            lines=make_lines(ended, self.incidents, last),
            made_at=self.now,
            incident_ids=list_incidents(ended, self.incidents),
        )


def make_lines(
    alerts: Iterable[Alert], incidents: Mapping[str, Incident], last: Notice | None
) -> tuple[NoticeLine, ...]:
    """The incidents of some alerts in one line each, those that the last notice had not first, then the newest."""
    known = set(last.incident_ids) if last else set()
    found = [incidents[i] for i in list_incidents(alerts, incidents)]
    ordered = sorted(found, key=lambda i: (i.id not in known, i.reported_at, i.id), reverse=True)
    return tuple(
        NoticeLine(i.id, tell_incident(i), is_new=last is not None and i.id not in known) for i in ordered[:_MOST_LINES]
    )


def list_incidents(alerts: Iterable[Alert], incidents: Mapping[str, Incident]) -> tuple[str, ...]:
    """The incidents of some alerts that still exist, each once."""
    return tuple(dict.fromkeys(i for a in alerts for i in a.incident_ids if i in incidents))


def tell_incident(incident: Incident) -> str:
    """ "Riot: protesters → police, Orle, 2031-03-09; hedged; 2 origins, 3 outlets; disputed"."""
    parts = [f"{title_incident(incident)}, {incident.date or 'no date'}"]
    if incident.certainty == "hedged":
        parts.append("hedged")
    parts.append(_count(incident.origins, "origin") + ", " + _count(len(incident.outlets), "outlet"))
    if incident.state != "reported":
        parts.append(incident.state)
    return "; ".join(parts)


def _count(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"
