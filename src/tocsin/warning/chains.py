"""One group's chain of notices: what is told next, given what was told before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from tocsin.knowledge.wording import title_incident
from tocsin.records import Alert, Incident, Notice, NoticeCause, NoticeLine, notice_id
from tocsin.warning.changes import Change, compare_with_told, has_moved, list_titles, tell_fired
from tocsin.warning.hearing import RANKS, find_covered

if TYPE_CHECKING:
    from tocsin.knowledge.policy import AlertPolicy, Pace

_MOST_LINES = 12
#: The states of what rings or would.
LIVE = ("firing", "acknowledged")
_RINGING = ("fired", "raised", "lowered")


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
        asking = {a.id for a in self._find_unanswered(heard, covered)}
        ordered = sorted(
            heard,
            # of equals, one that nobody looks after stands at the head
            key=lambda a: (a.id in covered, -RANKS[a.precedence], a.id not in asking, -a.day.toordinal(), a.id),
        )
        if not self.is_open:
            return self._open(ordered)
        last = self.told[-1]
        held = [a for a in live if a not in heard and self._is_of_run(a, last)]
        if not ordered and not held:
            return self._close(last)  # what else is live was never told
        if not ordered:
            # silenced: the run stays open, and is told of again when the silence ends; what is untrue is told now
            gone = [a for a in self.alerts if a.id in last.alert_ids and self._is_taken_back(a)]
            return self._take_back(last, held, gone) if gone else None
        change = compare_with_told(last, ordered, self.alerts, self.incidents)
        unanswered = [a for a in ordered if a.id in asking]
        cause = self._find_cause(last, ordered, unanswered, change)
        if cause is None:
            return None
        if len(unanswered) < len(ordered):
            change = replace(change, unanswered=list_titles(unanswered))
        told = self._make(ordered, cause, change, held=held, since=self._unanswered_for(unanswered))
        # who looks after the head is not who looks after what this asks for
        is_theirs = all(a.assigned_to == told.assigned_to for a in unanswered)
        return told if is_theirs else replace(told, assigned_to=None)

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

    def _find_unanswered(self, ordered: Sequence[Alert], covered: Mapping[str, str]) -> list[Alert]:
        """What nobody has acknowledged, neither itself nor, where a graver alert tells it, that one."""
        answered = {a.id for a in self.alerts if a.state == "acknowledged"}
        return [a for a in ordered if a.state == "firing" and covered.get(a.id) not in answered]

    def _is_of_run(self, alert: Alert, last: Notice) -> bool:
        """Whether an alert was told of, itself or as one that has moved to it since."""
        moved = (a for a in self.alerts if a.id in last.alert_ids and a.state == "retracted" and a.rule == alert.rule)
        return alert.id in last.alert_ids or any(has_moved(a, [alert], self.incidents) for a in moved)

    def _take_back(self, last: Notice, held: Sequence[Alert], gone: Sequence[Alert]) -> Notice:
        """That a part of what was told is untrue, while a silence holds back all the rest: of that nothing is said."""
        change = Change(retracted=list_titles(gone))
        told = self._follow(last, "lowered", gone, change.why_now("lowered", timedelta(0)), change.sentences)
        kept = list_incidents([*held, *gone], self.incidents)
        return replace(told, alert_ids=tuple(a.id for a in held), incident_ids=kept)

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
        changes = tuple(f"{a.title} ({a.place_name}): {_tell_end(a)}" for a in ended)
        return self._follow(last, cause, ended, why, changes)

    def _is_taken_back(self, alert: Alert) -> bool:
        return alert.state == "retracted" and not has_moved(alert, self.alerts, self.incidents)

    def _find_cause(
        self, last: Notice, ordered: Sequence[Alert], unanswered: Sequence[Alert], change: Change
    ) -> NoticeCause | None:
        lead = ordered[0]
        since = self.now - last.made_at
        if any(RANKS[a.precedence] > RANKS[last.precedence] for a in unanswered):
            return "raised"
        if change.retracted:
            return "lowered"
        if RANKS[lead.precedence] < RANKS[last.precedence] and _may_continue(since, self._pace(lead)):
            return "lowered"
        over = self._find_over(last, ordered)
        if over and _may_continue(since, self._pace(max(over, key=lambda a: RANKS[a.precedence]))):
            return "lowered"
        if not unanswered:
            return None
        # what somebody looks after asks for nothing any more: the gravest of the others sets the pace
        pace = self._pace(max(unanswered, key=lambda a: RANKS[a.precedence]))
        has_news = self._has_news(last, unanswered)
        may_continue = _may_continue(since, pace)
        if lead.is_exercise:  # its calendar does not go on: nobody is reminded of it
            return "more-reports" if has_news and may_continue else None
        if self._is_overdue(unanswered):
            return "escalated"
        if has_news and may_continue:
            return "more-reports"
        return "repeated" if since >= timedelta(hours=pace.repeat_hours) else None

    def _find_over(self, last: Notice, ordered: Sequence[Alert]) -> list[Alert]:
        """What was told for itself and is over, while others go on: people stop looking after it when they hear so."""
        ended = [a for a in self.alerts if a.state == "resolved" and a.id in last.alert_ids]
        covered = find_covered([*ordered, *ended]) if ended else {}
        return [a for a in ended if a.id not in covered and not self._pace(a).is_digest]

    def _has_news(self, last: Notice, unanswered: Sequence[Alert]) -> bool:
        """Whether there is more to tell than before of what nobody looks after."""
        # the clock was ahead: what was told to be over then is not over after all, and was told before
        known = list(self._run()) if self.now < last.made_at else [last]
        if not {a.id for a in unanswered} <= {i for n in known for i in n.alert_ids}:
            return True
        return not set(list_incidents(unanswered, self.incidents)) <= {i for n in known for i in n.incident_ids}

    def _run(self) -> Sequence[Notice]:
        """What was told since this run began, the newest first."""
        return tuple(takewhile(lambda n: not n.ends_chain, reversed(self.told)))

    def _told_at(self, alert: Alert) -> datetime:
        """When this run first told of an alert; now where it has not."""
        return min((n.made_at for n in self._run() if alert.id in n.alert_ids), default=self.now)

    def _unanswered_for(self, unanswered: Sequence[Alert]) -> timedelta:
        """For how long nobody has answered what has been told the longest."""
        return self.now - min((self._told_at(a) for a in unanswered), default=self.now)

    def _rang_at(self, alert: Alert) -> datetime:
        """When this run last rang with an alert: as it was first told, or as its gravity changed."""
        rang = (n.made_at for n in self._run() if n.cause in _RINGING and alert.id in n.alert_ids)
        return max([self._told_at(alert), *rang])

    def _is_overdue(self, unanswered: Sequence[Alert]) -> bool:
        """Whether one of these rang so long ago, and nobody was called for it nor for one as grave beside it."""
        ids = {a.id for a in unanswered}
        called = [RANKS[n.precedence] for n in self._run() if n.cause == "escalated" and ids & set(n.alert_ids)]
        for alert in unanswered:
            minutes = self._pace(alert).escalate_minutes
            is_called = any(rank >= RANKS[alert.precedence] for rank in called)
            if minutes and not is_called and self.now - self._rang_at(alert) >= timedelta(minutes=minutes):
                return True
        return False

    def _has_waited(self, alert: Alert) -> bool:
        waited = self.now - (alert.fired_at or alert.updated_at)
        # it fired in the future: the clock was put back, and to wait for it might take a year
        return waited < timedelta(0) or waited >= timedelta(seconds=self._pace(alert).wait_seconds)

    def _pace(self, alert: Alert) -> Pace:
        return self.policy.pace(alert.precedence)

    def _make(
        self,
        ordered: Sequence[Alert],
        cause: NoticeCause,
        change: Change,
        *,
        held: Sequence[Alert] = (),
        since: timedelta = timedelta(0),
    ) -> Notice:
        """A notice of some alerts; `held` are told no further but stay in the run, so that their end is told too."""
        last = self.told[-1] if self.told else None
        lead = ordered[0]
        number = last.number + 1 if last else 1
        return Notice(
            id=notice_id(self.group, number),
            group=self.group,
            number=number,
            previous=last.id if last else None,
            cause=cause,
            alert_ids=tuple(a.id for a in (*ordered, *held)),
            place_id=lead.place_id,
            place_name=lead.place_name,
            precedence=lead.precedence,
            title=lead.title,
            hypothesis=lead.hypothesis,
            why_now=change.why_now(cause, since),
            changes=change.sentences,
            lines=make_lines(ordered, self.incidents, last),
            cleared_by=lead.cleared_by,
            made_at=self.now,
            assigned_to=lead.assigned_to,
            is_exercise=lead.is_exercise,
            speaks=lead.speaks,
            incident_ids=list_incidents([*ordered, *held], self.incidents),
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


def _tell_end(alert: Alert) -> str:
    """Why what was told is untrue, as far as it is known, or that it is over; a person's note says neither."""
    return (alert.note or alert.state) if alert.state == "retracted" else alert.state


def _may_continue(since: timedelta, pace: Pace) -> bool:
    """Whether a chain may go on; where the clock was put back nobody knows how long it was, and what is new is told."""
    return since < timedelta(0) or since >= timedelta(minutes=pace.update_minutes)


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
