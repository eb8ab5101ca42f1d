"""Alert rules tried out: do they keep to their own examples, and how would they have rung over what the desk holds?"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tocsin.desk import Desk
from tocsin.desk.announcing import find_alert_areas
from tocsin.desk.gazetteers import open_desk_gazetteer
from tocsin.desk.opening import find_home
from tocsin.desk.stretch import INFLUENCE_DAYS
from tocsin.errors import IntakeError
from tocsin.exercise import load_exercise
from tocsin.knowledge.rule_examples import RuleExample
from tocsin.knowledge.rules import AlertRule, OutlookCondition, load_alert_rules
from tocsin.pipeline import Knowledge, derive_warning
from tocsin.records import Alert, Incident
from tocsin.settings import Settings
from tocsin.warning.examples import play_example
from tocsin.warning.replaying import RuleScore, Window, find_onsets, judge_rules

#: The columns of a file of onsets: gazetteer id of an area, and the first day.
ONSET_COLUMNS = ("place_id", "date")
_ALWAYS = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of a table, and those of its examples that it does not keep to.

    faults  what it does, wrongly ("rings" or "keeps still"), with the example
    """

    rule: AlertRule
    faults: tuple[tuple[str, RuleExample], ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """How rules would have rung from `first` to `until`, judged over so many areas (`units`).

    left_out  names of rules that ask for a forecast, which bears on the day it is asked on alone
    strange   areas of the file of onsets from which the desk holds nothing: no alert can be near those
    """

    first: date
    until: date
    units: int
    alerts: tuple[Alert, ...]
    scores: tuple[RuleScore, ...]
    left_out: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is replayed: days (None: as far as incidents go), real news or the exercise."""

    first: date | None = None
    until: date | None = None
    is_exercise: bool = False


def check_rules(path: Path | None) -> tuple[Check, ...]:
    """Each rule of the bundled table or a user's, played on its own examples; raises KnowledgeError for a bad file."""
    checks = []
    for rule in load_alert_rules(path):
        wrong = [("keeps still", e) for e in rule.yes if not play_example(rule, e)]
        wrong += [("rings", e) for e in rule.no if play_example(rule, e)]
        checks.append(Check(rule, tuple(wrong)))
    return tuple(checks)


def find_strange_areas(settings: Settings, areas: Iterable[str]) -> frozenset[str]:
    """Those of the ids that neither the desk's gazetteer nor the exercise has: nothing can ever lie in them."""
    wanted = frozenset(areas) - {row.id for row in load_exercise().places}
    gazetteer = open_desk_gazetteer(settings, find_home(settings))
    try:
        return frozenset(area for area in wanted if gazetteer.row(area) is None)
    finally:
        gazetteer.close()


def replay_rules(
    desk: Desk, rules: Sequence[AlertRule], stretch: Stretch, window: Window, onsets: Path | None = None
) -> Replay:
    """Let rules ring over the incidents the desk holds, day by day, and hold them against onsets.

    onsets  a CSV file of area and day; without one the first days of deadly violence after four quiet weeks

    Raises IntakeError where there is nothing to replay, and for a bad file of onsets.
    """
    incidents = [i for i in desk.store.incidents_between(*_ALWAYS) if i.is_exercise == stretch.is_exercise]
    if not incidents:
        what = "the exercise" if stretch.is_exercise else "real news; take reports in first, or replay the --exercise"
        raise IntakeError("replay", "the desk", f"holds no incidents of {what}")
    days = sorted(i.reported_at.date() for i in incidents)
    first, until = stretch.first or days[0], stretch.until or days[-1]
    if until < first:
        raise IntakeError("replay", f"{first} to {until}", "must end after it begins")
    asked = tuple(r for r in rules if not any(isinstance(c, OutlookCondition) for c in r.conditions))
    knowledge = replace(desk.knowledge(stretch.is_exercise), rules=asked)
    alerts = _ring(desk, incidents, knowledge, first, until, is_exercise=stretch.is_exercise)
    units = _find_units(alerts, incidents, knowledge)
    truth = _find_truth(onsets, units, knowledge) if onsets else find_onsets(incidents, units)
    scores = judge_rules(alerts, truth, units, asked, first=first, until=until, window=window)
    left_out = tuple(r.name for r in rules if r not in asked)
    known = set(units.values())
    return Replay(first, until, len(known), alerts, scores, left_out, tuple(sorted(truth.keys() - known)))


def _find_truth(path: Path, units: Mapping[str, str], knowledge: Knowledge) -> dict[str, list[date]]:
    """The onsets of a file, each in the unit that holds its place; a place that none holds stands for itself."""
    found: dict[str, list[date]] = defaultdict(list)
    for place_id, days in read_onsets(path).items():
        holders = (place_id, *knowledge.gazetteer.within(place_id))
        found[next((units[area] for area in holders if area in units), place_id)] += days
    return {unit: sorted(set(days)) for unit, days in found.items()}


def read_onsets(path: Path) -> dict[str, list[date]]:
    """Area to days, of a CSV file with the columns place_id and date; raises IntakeError naming file and line."""
    onsets: dict[str, list[date]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            if not set(ONSET_COLUMNS) <= set(rows.fieldnames or ()):
                raise IntakeError("onsets", path, f"must have the columns {', '.join(ONSET_COLUMNS)}")
            for row in rows:
                try:
                    onsets[row["place_id"]].append(date.fromisoformat(row["date"]))
                except (TypeError, ValueError) as why:
                    raise IntakeError("onsets", f"{path} line {rows.line_num}", "has no day as 2031-03-09") from why
    except (OSError, UnicodeDecodeError, csv.Error) as why:
        raise IntakeError("onsets", path, f"cannot be read ({why})") from why
    return onsets


def _ring(
    desk: Desk, incidents: Sequence[Incident], knowledge: Knowledge, first: date, until: date, *, is_exercise: bool
) -> tuple[Alert, ...]:
    since = datetime.combine(first - timedelta(days=INFLUENCE_DAYS + 7), time(), UTC)
    end = datetime.combine(until, time(23, 59, 59), UTC)
    activity = desk.store.activity_between(since, end, is_exercise=is_exercise)
    places = {a for i in incidents if i.place for a in (i.place.gazetteer_id, *i.place.within) if a}
    picture = derive_warning(
        incidents,
        {day: frozenset(heard) for day, heard in activity.items()},
        knowledge,
        first=first,
        until=until,
        now=desk.clock.now(),
        places=[row for id_ in sorted(places) if (row := knowledge.gazetteer.row(id_))],
    )
    return picture.alerts


def _find_units(alerts: Sequence[Alert], incidents: Sequence[Incident], knowledge: Knowledge) -> Mapping[str, str]:
    """Place to the area whose onsets are meant, for all places of incidents and of alerts."""
    areas = find_alert_areas(alerts, {i.id: i for i in incidents}, knowledge, also=incidents)
    return {place_id: area.id for place_id, area in areas.items()}
