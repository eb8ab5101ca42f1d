"""Alerts to notices: what people are told now, given what they were told before. Pure; the outbox keeps and sends.

The stages are those of Prometheus Alertmanager: grouping, inhibition, silencing, waiting, repeating. Two are added that
news needs: what was told and is taken back is told too, and a day's small news is one digest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from tocsin.records import Alert, Incident, Notice, NoticePart, Silence, list_places, make_id, notice_id
from tocsin.warning.chains import LIVE, Chain, list_incidents, make_lines
from tocsin.warning.changes import has_moved
from tocsin.warning.hearing import RANKS, Area, find_covered, find_silenced

if TYPE_CHECKING:
    from tocsin.knowledge.policy import AlertPolicy

#: What has not held for longer is over, whatever its state: a desk that stood still so long derives it no more.
MOST_KEPT_DAYS = 45
#: What stands for the area of a digest.
EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from the alerts at one moment.

    notices   to be kept and sent now
    silenced  id of each live alert that a silence holds back, to the id of the silence
    covered   id of each live alert that is not told for itself, to the id of the graver one that tells it
    """

    notices: tuple[Notice, ...]
    silenced: Mapping[str, str]
    covered: Mapping[str, str]


def group_id(area_id: str, *, is_exercise: bool) -> str:
    """The fingerprint of a chain of notices, from its labels in sorted order."""
    labels = sorted({"area": area_id, "exercise": str(is_exercise).lower()}.items())
    return make_id("grp", *(f"{name}={value}" for name, value in labels))


def plan_notices(
    alerts: Sequence[Alert],
    incidents: Mapping[str, Incident],
    told: Mapping[str, Sequence[Notice]],
    silences: Sequence[Silence],
    areas: Mapping[str, Area],
    policy: AlertPolicy,
    *,
    now: datetime,
) -> Plan:
    """The notices that are due at `now`.

    alerts     every live one, those that ended or were taken back and may have been told of, and, where a digest may be
               due, those that ended since the last
    incidents  those of the alerts, by id; one that is no more is missing
    told       for each group its last notices, oldest first: at least those since its last run ended
    areas      an alert's place id to where it lies
    """
    digests = {is_exercise: group_id(EVERYWHERE, is_exercise=is_exercise) for is_exercise in (False, True)}
    homes = _find_homes({group: chain for group, chain in told.items() if group not in digests.values()})
    open_ids = {id_ for id_, _ in homes}
    live = [a for a in alerts if a.state in LIVE and (_is_fresh(a, policy, now) or _is_kept(a, open_ids, now))]
    silenced = find_silenced(live, silences, areas, now)
    covered = find_covered([a for a in live if a.id not in silenced])
    groups: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        groups[homes.get((alert.id, alert.is_exercise)) or _group_of(alert, areas)].append(alert)
    live_ids = {a.id for a in live}
    notices: list[Notice] = []
    for group in sorted((groups.keys() | told.keys()) - set(digests.values())):
        chain = Chain(group, tuple(told.get(group, ())), tuple(groups.get(group, ())), incidents, policy, now)
        notice = chain.next_notice(live_ids, silenced, covered)
        if notice is not None:
            notices.append(notice)
    ended = [a for a in alerts if a.state == "resolved" and not a.is_exercise and _is_fresh(a, policy, now)]
    quiet = silenced.keys() | covered.keys() | find_silenced(ended, silences, areas, now).keys()
    for is_exercise, group in digests.items():
        some = [a for a in (*live, *ended) if a.is_exercise == is_exercise and _is_for_digest(a, quiet, policy)]
        digest = make_digest(group, some, alerts, incidents, told.get(group, ()), areas, policy, now)
        notices += [digest] if digest else []
    return Plan(tuple(notices), silenced, covered)


def make_digest(
    group: str,
    alerts: Sequence[Alert],
    known: Sequence[Alert],
    incidents: Mapping[str, Incident],
    told: Sequence[Notice],
    areas: Mapping[str, Area],
    policy: AlertPolicy,
    now: datetime,
) -> Notice | None:
    """One notice of what is not pressing and fired before the policy's hour, once a day; None where nothing is new.

    What fired and ended between two digests stands in the second: it was told nowhere else. What the last one told and
    has been taken back since (of all that are `known`) is taken back aloud.
    Alerts of a precedence that is gathered are told nowhere else; the others below IMMEDIATE stand in it for those who
    have asked for the digest alone.
    """
    last = told[-1] if told else None
    due_at = find_digest_time(now, policy)
    # one that seems to be of the future shows that the clock was put back
    if now < due_at or (last is not None and due_at <= last.made_at <= now):
        return None
    before = find_digest_time(last.made_at, policy) if last else due_at - timedelta(days=1)
    standing = _order(a for a in alerts if _stands_in_digest(a, before, due_at))
    gone = _find_taken_back(known, incidents, last) if last else []
    if not gone and not _is_news(standing, incidents, last):
        return None
    ordered = [*standing, *gone]
    said = {a.id: _tell_back(a) for a in gone} | {a.id: _tell_lesser(a) for a in standing}
    places = {a.place_name for a in ordered}
    number = last.number + 1 if last else 1
    hour = f"{policy.digest_hour:02d}:00 {policy.digest_zone}"
    return Notice(
        id=notice_id(group, number),
        group=group,
        number=number,
        previous=last.id if last else None,
        cause="digest",
        alert_ids=tuple(a.id for a in ordered),
        place_id=ordered[0].place_id if len(places) == 1 else EVERYWHERE,
        place_name=list_places(a.place_name for a in ordered),
        precedence=ordered[0].precedence,
        title="The day's lesser alerts",
        hypothesis="",
        why_now=f"Once a day, at {hour}, what is not pressing is told in one.",
        changes=tuple(dict.fromkeys(said.values())),
        lines=make_lines(ordered, incidents, last),
        cleared_by="",
        made_at=now,
        is_exercise=ordered[0].is_exercise,
        incident_ids=list_incidents(ordered, incidents),
        parts=tuple(_make_part(a, said[a.id], incidents, last, areas) for a in ordered),
    )


def _make_part(
    alert: Alert, text: str, incidents: Mapping[str, Incident], last: Notice | None, areas: Mapping[str, Area]
) -> NoticePart:
    area = areas.get(alert.place_id)
    return NoticePart(
        alert.id, text, alert.place_id, alert.place_name, alert.precedence,
        within=tuple(sorted(area.within)) if area else (alert.place_id,),
        sets=alert.sets,
        lines=make_lines([alert], incidents, last),
        incident_ids=list_incidents([alert], incidents),
    )  # fmt: skip


def _order(alerts: Iterable[Alert]) -> list[Alert]:
    return sorted(alerts, key=lambda a: (-RANKS[a.precedence], -a.day.toordinal(), a.id))


def _is_news(standing: Sequence[Alert], incidents: Mapping[str, Incident], last: Notice | None) -> bool:
    """Whether an incident is new, or a rule that was not told or was taken back, be it on incidents that were told."""
    if last is None:
        return bool(standing)
    is_new = any(a.id not in last.alert_ids or _is_told_back(a, last) for a in standing)
    return is_new or not set(list_incidents(standing, incidents)) <= set(last.incident_ids)


def _find_taken_back(known: Sequence[Alert], incidents: Mapping[str, Incident], last: Notice) -> list[Alert]:
    mine = [a for a in known if a.is_exercise == last.is_exercise]
    told = (a for a in mine if a.state == "retracted" and a.id in last.alert_ids and not _is_told_back(a, last))
    return _order(a for a in told if not has_moved(a, mine, incidents))


def _tell_lesser(alert: Alert) -> str:
    over = f" It has not held since {alert.day}." if alert.state == "resolved" else ""
    return f"{alert.title} ({alert.place_name}): {alert.hypothesis}{over}"


def _tell_back(alert: Alert) -> str:
    return f"Taken back, denied or regrouped: {alert.title} ({alert.place_name})."


def _is_told_back(alert: Alert, digest: Notice) -> bool:
    """Whether a digest told that the alert was taken back; a reinstated one may have the same place and rule again."""
    return alert.id in digest.alert_ids and _tell_back(alert) in digest.changes


def find_digest_time(now: datetime, policy: AlertPolicy) -> datetime:
    """When the digest of the day of `now`, by the clocks of the policy's zone, is due; in UTC."""
    day = now.astimezone(policy.digest_zone).date()
    return datetime.combine(day, time(policy.digest_hour), policy.digest_zone).astimezone(UTC)


def _stands_in_digest(alert: Alert, before: datetime, due_at: datetime) -> bool:
    """Whether an alert fired before the digest and, if it has ended by now, after the one `before`."""
    fired_at = alert.fired_at or alert.updated_at
    return fired_at < due_at and (alert.state != "resolved" or fired_at >= before)


def _is_for_digest(alert: Alert, quiet: Collection[str], policy: AlertPolicy) -> bool:
    if alert.state not in ("firing", "resolved") or alert.id in quiet:
        return False
    return policy.pace(alert.precedence).is_digest or RANKS[alert.precedence] < RANKS["IMMEDIATE"]


def _is_fresh(alert: Alert, policy: AlertPolicy, now: datetime) -> bool:
    """Whether a run is news; the exercise's calendar is its own, so its alerts always are."""
    return alert.is_exercise or (now.date() - alert.day).days <= policy.fresh_days


def _is_kept(alert: Alert, open_ids: Collection[str], now: datetime) -> bool:
    """Whether a run that was told of goes on: it is over when its rule says so, fresh or not."""
    return alert.id in open_ids and (now.date() - alert.day).days <= MOST_KEPT_DAYS


def _find_homes(told: Mapping[str, Sequence[Notice]]) -> dict[tuple[str, bool], str]:
    """Alert to the open chain that last told of it: there it stays, though its place should come to lie elsewhere."""
    open_ = [(group, chain[-1]) for group, chain in sorted(told.items()) if chain and not chain[-1].ends_chain]
    return {(id_, last.is_exercise): group for group, last in open_ for id_ in last.alert_ids}


def _group_of(alert: Alert, areas: Mapping[str, Area]) -> str:
    area = areas.get(alert.place_id)
    return group_id(area.id if area else alert.place_id, is_exercise=alert.is_exercise)
