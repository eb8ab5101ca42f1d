"""On which days a rule held where: the replay, and what is remembered of it so that the next looks at what changed.

Whether a rule holds in an area on a day follows from the incidents of the window that ends on that day, from those of
the window that have no place, and, where a condition asks for it, from the area's tension on the day. Where all three
are as they were, the finding is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from tocsin.records import Alert, Incident
from tocsin.warning.areas import AreaMap
from tocsin.warning.conditions import Ahead, Finding, Outlook, Tense, alert_day, examine_rule, meets_condition
from tocsin.warning.counting import areas_of

if TYPE_CHECKING:
    from tocsin.knowledge.rules import AlertRule, IncidentCondition

#: Incidents by the day that they bear on, those of a day in order of first report.
ByDay = Mapping[date, Sequence[Incident]]
_NO_DAYS: frozenset[date] = frozenset()
#: With more incidents than this nothing is remembered: all of them would be held twice. That is 300 a day over the ten
#: weeks that rules look at, some 200 megabytes.
MOST_REMEMBERED = 20_000


class Tensions(Protocol):
    """What knows the tension of a place and day."""

    def measure(self, place_id: str, day: date, *, is_exercise: bool = False) -> Tense | None:
        """The figures, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Foretold:
    """What forecasts say on the day `today`, by area, and what they said on the days of alerts, by rule and area."""

    today: date
    outlooks: Mapping[str, Sequence[Outlook]]
    told: Mapping[tuple[str, str], Sequence[Alert]]

    def find(self, rule: str, area: str, day: date) -> Ahead:
        """What bears on one day of an area."""
        outlooks = self.outlooks.get(area, ()) if day == self.today else ()
        held = next((a for a in self.told.get((rule, area), ()) if a.began_on <= day <= a.day), None)
        return Ahead(outlooks, held.reasons if held else ())

    def list_days(self, rule: str, area: str) -> set[date]:
        """The days of an area of which a forecast says, or said, anything at all."""
        days = {self.today} if self.outlooks.get(area) else set()
        for alert in self.told.get((rule, area), ()):
            days |= {alert.began_on + timedelta(days=n) for n in range((alert.day - alert.began_on).days + 1)}
        return days


@dataclass(frozen=True, slots=True)
class Ground:
    """What rules are replayed over: so many incidents by area and day, those without a place, areas, and the rest."""

    is_exercise: bool
    number: int
    by_area: Mapping[str, ByDay]
    placeless: ByDay
    areas: AreaMap
    tensions: Tensions
    foretold: Foretold


def file_incidents(incidents: Iterable[Incident]) -> tuple[dict[str, ByDay], ByDay]:
    """Incidents by area and day, and those without a place by day."""
    by_area: dict[str, dict[date, list[Incident]]] = defaultdict(lambda: defaultdict(list))
    placeless: dict[date, list[Incident]] = defaultdict(list)
    for incident in sorted(incidents, key=lambda i: (i.reported_at, i.id)):
        day = alert_day(incident)
        if day is None:
            continue
        if incident.place is None:
            placeless[day].append(incident)
        for area in areas_of(incident.place):
            by_area[area][day].append(incident)
    return {area: dict(filed) for area, filed in by_area.items()}, dict(placeless)


@dataclass(slots=True)
class _Day:
    """What was found on one day, and the tension that it rests on; `asked` says whether any was looked at."""

    finding: Finding | None
    tension: _Figures | None = None
    asked: bool = False


#: State, level, surprise, coverage.
_Figures = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a rule found in an area, by day, and those of the days that rest on tension."""

    days: Mapping[date, _Day]
    tense: tuple[date, ...]

    @staticmethod
    def of(days: Mapping[date, _Day]) -> _Found:
        return _Found(days, tuple(day for day, one in days.items() if one.asked))


@dataclass(slots=True)
class _World:
    """The last replay over real news, or over the exercise."""

    rules: tuple[AlertRule, ...] = ()
    first: date = date.max
    until: date = date.min
    by_area: Mapping[str, ByDay] = field(default_factory=dict)
    placeless: ByDay = field(default_factory=dict)
    found: dict[tuple[int, str], _Found] = field(default_factory=dict)


class RuleMemory:
    """What the last replay found. It is held against what is given each time: nobody has to tell it of changes."""

    def __init__(self) -> None:
        self._worlds: dict[bool, _World] = {}

    def replay(
        self, rules: Sequence[AlertRule], ground: Ground, first: date, until: date
    ) -> list[dict[str, list[Finding]]]:
        """For each rule, by area, the days from `first` to `until` on which it held there and in no smaller area."""
        held = self._worlds.get(ground.is_exercise, _World())
        if held.rules != tuple(rules):
            held = _World(tuple(rules))
        made = _World(tuple(rules), first, until, ground.by_area, ground.placeless)
        placeless = _find_changed(held.placeless, ground.placeless)
        changed = {a: placeless | _find_changed(held.by_area.get(a, {}), by) for a, by in ground.by_area.items()}
        found = []
        for at, rule in enumerate(rules):
            kinds = _Kinds(rule)
            by_day: dict[date, dict[str, Finding]] = defaultdict(dict)
            for area, filed in ground.by_area.items():
                if not ground.areas.is_within_width(area, rule.widest):
                    continue
                before = held.found.get((at, area))
                is_same_stretch = (first, until) == (held.first, held.until)
                if before and is_same_stretch and not changed[area] and _is_untouched(before, kinds, area, ground):
                    one_area = before
                else:
                    days = _replay_area(kinds, area, filed, ground, (first, until), held, before, changed[area])
                    one_area = _Found.of(days)
                made.found[at, area] = one_area
                for day, one in one_area.days.items():
                    if one.finding is not None:
                        by_day[day][area] = one.finding
            found.append(_keep_smallest(by_day, ground.areas))
        if ground.number <= MOST_REMEMBERED:
            self._worlds[ground.is_exercise] = made
        else:
            self._worlds.pop(ground.is_exercise, None)
        return found


def _find_changed(before: ByDay, after: ByDay) -> frozenset[date]:
    """The days that hold other incidents than before."""
    if before == after:
        return _NO_DAYS
    return frozenset(d for d in before.keys() | after.keys() if before.get(d) != after.get(d))


def _keep_smallest(by_day: Mapping[date, Mapping[str, Finding]], areas: AreaMap) -> dict[str, list[Finding]]:
    local: dict[str, list[Finding]] = defaultdict(list)
    for day in sorted(by_day):
        found = by_day[day]
        for area, finding in found.items():
            if not _is_covered(area, finding, found, areas):
                local[area].append(finding)
    return {area: local[area] for area in sorted(local)}


def _is_covered(area: str, finding: Finding, found: Mapping[str, Finding], areas: AreaMap) -> bool:
    """Whether a smaller area fires for all the incidents that the wider one fires for."""
    mine = {i.id for i in finding.incidents}
    return any(
        mine <= {i.id for i in other.incidents}
        for inner, other in found.items()
        if inner != area and areas.holds(area, inner)
    )


class _Kinds:
    """Which incidents a rule looks at, and which may count for each condition that an area's own must meet."""

    def __init__(self, rule: AlertRule) -> None:
        from tocsin.knowledge.rules import IncidentCondition, OutlookCondition

        self.rule = rule
        wanted = [c for c in rule.conditions if isinstance(c, IncidentCondition)]
        #: What a forecast said changes by itself: such a rule is asked on every day anew.
        self.looks_ahead = any(isinstance(c, OutlookCondition) for c in rule.conditions)
        self._wanted = wanted
        self._own = [(c, c.min_incidents) for c in wanted if not c.anywhere]
        self._fits: dict[str, bool] = {}
        self._meets: dict[tuple[str, int], bool] = {}

    def fits(self, incident: Incident) -> bool:
        """Whether the rule looks at it at all; one on tension alone does at every incident."""
        known = self._fits.get(incident.id)
        if known is None:
            known = not self._wanted or any(meets_condition(incident, c) for c in self._wanted)
            self._fits[incident.id] = known
        return known

    def are_enough(self, incidents: Sequence[Incident]) -> bool:
        """Whether each condition has as many as it needs: most days fail on that alone."""
        return all(sum(self._counts(i, at, c) for i in incidents) >= needed for at, (c, needed) in enumerate(self._own))

    def _counts(self, incident: Incident, at: int, condition: IncidentCondition) -> bool:
        key = (incident.id, at)
        known = self._meets.get(key)
        if known is None:
            known = self._meets[key] = meets_condition(incident, condition)
        return known


def _replay_area(
    kinds: _Kinds,
    area: str,
    filed: ByDay,
    ground: Ground,
    stretch: tuple[date, date],
    held: _World,
    found_before: _Found | None,
    changed: frozenset[date],
) -> dict[date, _Day]:
    """What was found on each day that has an incident in its window."""
    first, until = stretch
    if kinds.looks_ahead:  # it cannot hold on a day of which no forecast speaks
        ahead = ground.foretold.list_days(kinds.rule.name, area)
        asked = ((day, _examine(kinds, area, filed, ground, day)) for day in sorted(ahead) if first <= day <= until)
        return {day: one for day, one in asked if one is not None}
    before = None if found_before is None else found_before.days
    window = range(kinds.rule.within_days)
    if before is None:
        stale: Iterable[date] = filed
        known: dict[date, _Day] = {}
    else:
        # the stretch may reach further than the last one did, at either end
        later = [d for d in filed if d + timedelta(days=len(window)) > held.until] if until > held.until else []
        stale = {*changed, *later, *(d for d in filed if first <= d < held.first)}
        if first < held.first:
            stale |= {d for d in filed if d < first}
        touched = {d + timedelta(days=ahead) for d in changed for ahead in window}
        known = {
            day: one
            for day, one in before.items()
            if first <= day <= until and day not in touched and _is_as_it_was(one, area, day, ground)
        }
    days = {d + timedelta(days=ahead) for d in stale for ahead in window}
    if before is not None:
        days |= before.keys()
    found = dict(known)
    for day in days:
        if first <= day <= until and day not in known:
            one = _examine(kinds, area, filed, ground, day)
            if one is not None:
                found[day] = one
    return {day: found[day] for day in sorted(found)}


def _examine(kinds: _Kinds, area: str, filed: ByDay, ground: Ground, day: date) -> _Day | None:
    """What a rule finds on a day; None where nothing of its kind lies in the window."""
    here = _take_window(filed, day, kinds)
    if not here:
        return None
    if not kinds.are_enough(here):
        return _Day(None)
    made = _Day(None)

    def measure() -> Tense | None:
        figures = ground.tensions.measure(area, day, is_exercise=ground.is_exercise)
        made.tension, made.asked = _tell_figures(figures), True
        return figures

    anywhere = _take_window(ground.placeless, day, kinds)
    ahead = ground.foretold.find(kinds.rule.name, area, day)
    made.finding = examine_rule(kinds.rule, day, here, measure, anywhere, ahead)
    return made


def _is_untouched(before: _Found, kinds: _Kinds, area: str, ground: Ground) -> bool:
    """Whether the tension that findings of an area rest on is as it was; forecasts are asked anew each time."""
    return not kinds.looks_ahead and all(_is_as_it_was(before.days[d], area, d, ground) for d in before.tense)


def _is_as_it_was(one: _Day, area: str, day: date, ground: Ground) -> bool:
    if not one.asked:
        return True
    return one.tension == _tell_figures(ground.tensions.measure(area, day, is_exercise=ground.is_exercise))


def _tell_figures(tension: Tense | None) -> _Figures | None:
    return None if tension is None else (tension.state, tension.level, tension.surprise, tension.coverage)


def _take_window(incidents: ByDay, day: date, kinds: _Kinds) -> list[Incident]:
    days = (day - timedelta(days=back) for back in range(kinds.rule.within_days - 1, -1, -1))
    return [i for d in days for i in incidents.get(d, ()) if kinds.fits(i)]
