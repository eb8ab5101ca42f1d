"""Rules to alerts: a pure replay, day by day, of what would have rung."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from tocsin.records import Alert, Incident, PlacePrecision, Reason, Tension, alert_id
from tocsin.warning.areas import AreaMap, map_areas
from tocsin.warning.conditions import (
    Ahead,
    Finding,
    Outlook,
    Tense,
    alert_day,
    examine_rule,
    is_alertable,
    meets_condition,
)
from tocsin.warning.counting import areas_of

if TYPE_CHECKING:
    from tocsin.knowledge.rules import AlertRule

_NO_PRECISIONS: Mapping[str, PlacePrecision] = MappingProxyType({})
_NO_OUTLOOKS: Mapping[str, Sequence[Outlook]] = MappingProxyType({})
ByDay = Mapping[date, Sequence[Incident]]


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
    """
    alerts: list[Alert] = []
    earliest = first - timedelta(days=max((rule.within_days for rule in rules), default=0))
    bearing = [i for i in incidents if is_alertable(i) and (day := alert_day(i)) is not None and day >= earliest]
    told = _file_told(earlier)
    for is_exercise in (False, True):
        mine = [i for i in bearing if i.is_exercise == is_exercise]
        areas = map_areas(mine, precisions)
        by_area = _file_by_area(mine)
        placeless = _file_by_day(i for i in mine if i.place is None)
        for rule in rules:
            foretold = _Foretold(now.date(), *((_NO_OUTLOOKS, {}) if is_exercise else (outlooks, told)))
            ground = _Ground(is_exercise, mine, by_area, placeless, areas, tensions, foretold)
            findings = _replay_rule(rule, ground, first, until)
            for place_id, found in findings.items():
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


def _file_by_area(incidents: Sequence[Incident]) -> dict[str, ByDay]:
    by_area: dict[str, list[Incident]] = defaultdict(list)
    for incident in incidents:
        for area in areas_of(incident.place):
            by_area[area].append(incident)
    return {area: _file_by_day(some) for area, some in by_area.items()}


def _file_by_day(incidents: Iterable[Incident]) -> ByDay:
    by_day: dict[date, list[Incident]] = defaultdict(list)
    for incident in sorted(incidents, key=lambda i: (i.reported_at, i.id)):
        day = alert_day(incident)
        if day is not None:
            by_day[day].append(incident)
    return by_day


class Tensions(Protocol):
    """What knows the tension of a place and day."""

    def measure(self, place_id: str, day: date, *, is_exercise: bool = False) -> Tense | None:
        """The figures, or None."""
        ...


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


@dataclass(frozen=True, slots=True)
class _Foretold:
    """What forecasts say on the day `today`, by area, and what they said on the days of alerts, by rule and area."""

    today: date
    outlooks: Mapping[str, Sequence[Outlook]]
    told: Mapping[tuple[str, str], Sequence[Alert]]

    def find(self, rule: str, area: str, day: date) -> Ahead:
        """What bears on one day of an area."""
        outlooks = self.outlooks.get(area, ()) if day == self.today else ()
        held = next((a for a in self.told.get((rule, area), ()) if a.began_on <= day <= a.day), None)
        return Ahead(outlooks, held.reasons if held else ())


@dataclass(frozen=True, slots=True)
class _Ground:
    """What rules are replayed over: incidents by area and day, those without a place, areas, tension, forecasts."""

    is_exercise: bool
    incidents: Sequence[Incident]
    by_area: Mapping[str, ByDay]
    placeless: ByDay
    areas: AreaMap
    tensions: Tensions
    foretold: _Foretold


def _replay_rule(rule: AlertRule, ground: _Ground, first: date, until: date) -> dict[str, list[Finding]]:
    """For each area the days on which the rule held there and in no smaller area for the same incidents."""
    by_day: dict[date, dict[str, Finding]] = defaultdict(dict)
    fitting = {i.id for i in ground.incidents if _may_matter(i, rule)}
    kinds = _sort_by_condition(rule, ground.incidents)
    anywhere = _keep_fitting(ground.placeless, fitting)
    for area, filed in ground.by_area.items():
        if not ground.areas.is_within_width(area, rule.widest):
            continue
        incidents = _keep_fitting(filed, fitting)
        for day, finding in _replay_area(rule, area, incidents, anywhere, ground, kinds, first, until):
            by_day[day][area] = finding
    local: dict[str, list[Finding]] = defaultdict(list)
    for day in sorted(by_day):
        found = by_day[day]
        for area, finding in found.items():
            if not _is_covered(area, finding, found, ground.areas):
                local[area].append(finding)
    return {area: local[area] for area in sorted(local)}


def _sort_by_condition(rule: AlertRule, incidents: Sequence[Incident]) -> list[tuple[int, frozenset[str]]]:
    """For each condition that the area's own incidents must meet: how many are needed, and which may count."""
    from tocsin.knowledge.rules import IncidentCondition

    own = [c for c in rule.conditions if isinstance(c, IncidentCondition) and not c.anywhere]
    return [(c.min_incidents, frozenset(i.id for i in incidents if meets_condition(i, c))) for c in own]


def _replay_area(
    rule: AlertRule,
    area: str,
    incidents: ByDay,
    placeless: ByDay,
    ground: _Ground,
    kinds: Sequence[tuple[int, frozenset[str]]],
    first: date,
    until: date,
) -> Iterator[tuple[date, Finding]]:
    days = {d + timedelta(days=ahead) for d in incidents for ahead in range(rule.within_days) if d <= until}
    for day in sorted(d for d in days if first <= d <= until):
        here = _take_window(incidents, day, rule.within_days)
        # most days fail on the number of incidents alone: nothing more is looked at then
        if any(sum(i.id in kind for i in here) < needed for needed, kind in kinds):
            continue
        anywhere = _take_window(placeless, day, rule.within_days)
        ahead = ground.foretold.find(rule.name, area, day)
        tension = partial(ground.tensions.measure, area, day, is_exercise=ground.is_exercise)
        finding = examine_rule(rule, day, here, tension, anywhere, ahead)
        if finding is not None:
            yield day, finding


def _keep_fitting(incidents: ByDay, ids: Collection[str]) -> ByDay:
    """Those among `ids`; days without any are left out."""
    return {d: kept for d, some in incidents.items() if (kept := [i for i in some if i.id in ids])}


def _take_window(incidents: ByDay, day: date, days: int) -> list[Incident]:
    return [i for back in range(days - 1, -1, -1) for i in incidents.get(day - timedelta(days=back), ())]


def _may_matter(incident: Incident, rule: AlertRule) -> bool:
    from tocsin.knowledge.rules import IncidentCondition

    wanted = [c for c in rule.conditions if isinstance(c, IncidentCondition)]
    # a rule on tension alone is asked on every day with an incident in its window
    return not wanted or any(meets_condition(incident, c) for c in wanted)


def _is_covered(area: str, finding: Finding, found: Mapping[str, Finding], areas: AreaMap) -> bool:
    """Whether a smaller area fires for all the incidents that the wider one fires for."""
    mine = {i.id for i in finding.incidents}
    return any(
        mine <= {i.id for i in other.incidents}
        for inner, other in found.items()
        if inner != area and areas.holds(area, inner)
    )


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
