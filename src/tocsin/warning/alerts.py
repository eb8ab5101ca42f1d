"""Rules to alerts: a pure replay, day by day, of what would have rung."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from tocsin.records import Alert, Incident, PlacePrecision, Reason, Tension, alert_id
from tocsin.warning.areas import map_areas
from tocsin.warning.conditions import Finding, Outlook, alert_day, is_alertable
from tocsin.warning.replay import Foretold, Ground, RuleMemory, Tensions, file_incidents

if TYPE_CHECKING:
    from tocsin.knowledge.rules import AlertRule

_NO_PRECISIONS: Mapping[str, PlacePrecision] = MappingProxyType({})
_NO_OUTLOOKS: Mapping[str, Sequence[Outlook]] = MappingProxyType({})


def evaluate_rules(
    incidents: Sequence[Incident],
    tensions: Tensions,
    rules: Sequence[AlertRule],
    *,
    first: date,
    until: date,
    now: datetime,
    place_names: Mapping[str, str],
    precisions: Mapping[str, PlacePrecision] = _NO_PRECISIONS,
    outlooks: Mapping[str, Sequence[Outlook]] = _NO_OUTLOOKS,
    earlier: Iterable[Alert] = (),
    memory: RuleMemory | None = None,
) -> tuple[Alert, ...]:
    """Every run of days, from `first` to `until`, on which a rule held in an area; newest first.

    Real news and the exercise never fire a rule together. Where an area and one that holds it fire for the same
    incidents, the smaller is named; the wider one only for what no smaller one covers. A run that began before
    `first` is given a later beginning, and so another identifier: begin early enough.

    now          when alerts are told to have changed; its day is the one that outlooks bear on
    place_names  gazetteer id to name
    precisions   gazetteer id to precision, to know how wide an area is; without it that is inferred
    outlooks     gazetteer id to what the newest forecast of real news says
    earlier      alerts as derived before: on their days a forecast is taken to have said what they tell of it
    memory       what the last call found: whatever it is, the result is the same, and comes sooner
    """
    alerts: list[Alert] = []
    earliest = first - timedelta(days=max((rule.within_days for rule in rules), default=0))
    bearing = [i for i in incidents if is_alertable(i) and (day := alert_day(i)) is not None and day >= earliest]
    told = _file_told(earlier)
    for is_exercise in (False, True):
        mine = [i for i in bearing if i.is_exercise == is_exercise]
        if not mine:
            continue
        foretold = Foretold(now.date(), *((_NO_OUTLOOKS, {}) if is_exercise else (outlooks, told)))
        areas = map_areas(mine, precisions)
        ground = Ground(is_exercise, len(mine), *file_incidents(mine), areas, tensions, foretold)
        for rule, findings in zip(rules, (memory or RuleMemory()).replay(rules, ground, first, until), strict=True):
            for place_id, found in findings.items():
                if rule.areas and not any(place_id == area or areas.holds(area, place_id) for area in rule.areas):
                    continue
                name = place_names.get(place_id, place_id)
                alerts += [
                    _make_alert(rule, place_id, name, run, until=until, now=now, is_exercise=is_exercise)
                    for run in _split_runs(found, rule)
                ]
    return tuple(sorted(alerts, key=lambda a: (-a.day.toordinal(), -a.began_on.toordinal(), a.rule, a.place_id)))


def _file_told(earlier: Iterable[Alert]) -> dict[tuple[str, str], list[Alert]]:
    """Real alerts that stand on a forecast, by rule and area, the newest first."""
    filed: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for alert in sorted(earlier, key=lambda a: (a.began_on, a.id), reverse=True):
        if not alert.is_exercise and any(r.rule == "outlook" for r in alert.reasons):
            filed[alert.rule, alert.place_id].append(alert)
    return filed


@dataclass(frozen=True, slots=True)
class TensionList:
    """Some records, to be found by place and day."""

    by_key: Mapping[tuple[str, date, bool], Tension]

    @staticmethod
    def of(tensions: Iterable[Tension]) -> TensionList:
        """These records."""
        return TensionList({(t.place_id, t.day, t.is_exercise): t for t in tensions})

    def measure(self, place_id: str, day: date, *, is_exercise: bool = False) -> Tension | None:
        """The record, or None."""
        return self.by_key.get((place_id, day, is_exercise))


def _split_runs(findings: Sequence[Finding], rule: AlertRule) -> Iterator[list[Finding]]:
    """Stretches of firing days whose gaps are no longer than the rule keeps firing."""
    run: list[Finding] = []
    for finding in findings:
        if run and (finding.day - run[-1].day).days > rule.keep_days + 1:
            if _has_held(run, rule):
                yield run
            run = []
        run.append(finding)
    if run and _has_held(run, rule):
        yield run


def _has_held(run: Sequence[Finding], rule: AlertRule) -> bool:
    """Whether the run holds as many days without a gap, somewhere, as the rule asks for."""
    streak, longest = 1, 1
    for before, after in pairwise(run):
        streak = streak + 1 if (after.day - before.day).days == 1 else 1
        longest = max(longest, streak)
    return longest >= rule.hold_days


def _make_alert(
    rule: AlertRule,
    place_id: str,
    name: str,
    run: Sequence[Finding],
    *,
    until: date,
    now: datetime,
    is_exercise: bool,
) -> Alert:
    began, last = run[0], run[-1]
    ids = dict.fromkeys(i.id for finding in run for i in finding.incidents)
    still = (until - last.day).days <= rule.keep_days
    how_long = f"held on {len(run)} day{'s' * (len(run) > 1)} from {began.day} to {last.day}"
    after = f"kept for {rule.keep_days} days after" if still else f"not seen for more than {rule.keep_days} days"
    return Alert(
        id=alert_id(f"exercise {rule.name}" if is_exercise else rule.name, place_id, began.day),
        rule=rule.name,
        rule_version=rule.version,
        title=rule.title,
        hypothesis=rule.hypothesis,
        place_id=place_id,
        place_name=name,
        precedence=rule.precedence,
        began_on=began.day,
        day=last.day,
        state="firing" if still else "resolved",
        updated_at=now,
        cleared_by=rule.cleared_by,
        incident_ids=tuple(ids),
        is_exercise=is_exercise,
        sets=rule.sets,
        speaks=rule.speaks,
        fired_at=now,
        reasons=(*last.reasons, Reason("run", f"{how_long}; {after}", None, rule.version)),
    )
