"""How well rules would have rung: their alerts over a stretch of the past, held against what then happened.

An onset is found if a rule began to ring in its area within so many days before it or after it; an alert near no onset
is false. A recall means nothing without the alarm that knows nothing: `random_recall` is what as many alerts,
thrown at random over areas and days, would find.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from tocsin.records import Alert, Incident
from tocsin.warning.conditions import is_alertable
from tocsin.warning.counting import count_day


@dataclass(frozen=True, slots=True)
class Window:
    """How near an alert must be to an onset to count for it, in days."""

    before: int = 14
    after: int = 3


@dataclass(frozen=True, slots=True)
class RuleScore:
    """One rule over a stretch of the past.

    alerts         runs that began in the stretch
    onsets, found  onsets in the stretch, and those that the rule rang for
    false_alerts   alerts near no onset; `place_years` is what they are spread over
    delay_days     median of first alert minus onset, negative where it rang before; None without a find
    random_recall  share of onsets that as many alerts at random would find; None without an onset
    """

    rule: str
    alerts: int
    onsets: int
    found: int
    false_alerts: int
    place_years: float
    delay_days: float | None
    random_recall: float | None

    @property
    def recall(self) -> float | None:
        """Share of the onsets found, or None without an onset."""
        return self.found / self.onsets if self.onsets else None

    @property
    def false_per_place_year(self) -> float:
        """False alerts for each place and year."""
        return self.false_alerts / self.place_years if self.place_years else 0.0


def find_onsets(
    incidents: Iterable[Incident], unit_of: Mapping[str, str], *, quiet_days: int = 28, least_killed: int = 1
) -> dict[str, tuple[date, ...]]:
    """The first days of deadly violence in each unit after so many days without any.

    unit_of  gazetteer id of a place to the unit whose onsets are meant
    """
    deadly: dict[str, set[date]] = defaultdict(set)
    for incident in incidents:
        day = count_day(incident)
        place = incident.place.gazetteer_id if incident.place else None
        if day is None or place is None or place not in unit_of:
            continue
        happened = incident.modality == "actual" and is_alertable(incident)
        if happened and any(t.kind == "killed" and t.best >= least_killed for t in incident.tolls):
            deadly[unit_of[place]].add(day)
    onsets = {}
    for unit, days in deadly.items():
        ordered = sorted(days)
        first = [d for before, d in zip([date.min, *ordered], ordered, strict=False) if (d - before).days > quiet_days]
        onsets[unit] = tuple(first)
    return onsets


def judge_rules(
    alerts: Sequence[Alert],
    onsets: Mapping[str, Sequence[date]],
    unit_of: Mapping[str, str],
    rules: Iterable[str],
    *,
    first: date,
    until: date,
    window: Window,
) -> tuple[RuleScore, ...]:
    """Each rule's score over the days from `first` to `until`, and, last, that of all rules together ("any").

    alerts   of any time; those that began outside the stretch are left out, and so are those of places of no unit
    onsets   unit to days
    unit_of  gazetteer id to unit
    rules    names to judge, also those that never rang
    """
    began: dict[str, list[tuple[str, date]]] = {name: [] for name in (*rules, "any")}
    for alert in alerts:
        unit = unit_of.get(alert.place_id)
        if unit is not None and alert.rule in began and first <= alert.began_on <= until:
            began[alert.rule].append((unit, alert.began_on))
            began["any"].append((unit, alert.began_on))
    truth = [(unit, day) for unit, days in onsets.items() for day in days if first <= day <= until]
    units = len(set(unit_of.values()))
    span = (until - first).days + 1
    return tuple(_judge(name, rung, truth, units, span, window) for name, rung in began.items())


def _judge(
    name: str,
    began: Sequence[tuple[str, date]],
    truth: Sequence[tuple[str, date]],
    units: int,
    span: int,
    window: Window,
) -> RuleScore:
    delays = []
    for unit, day in truth:
        near = [(rung - day).days for other, rung in began if other == unit and _is_near(rung, day, window)]
        if near:
            delays.append(min(near))
    false = sum(not any(u == unit and _is_near(rung, day, window) for u, day in truth) for unit, rung in began)
    # at a rate r a day and unit, a window of w days holds an alert with chance 1 - (1 - r)^w
    rate = min(1.0, len(began) / (units * span)) if units else 0.0
    chance = 1 - (1 - rate) ** (window.before + window.after + 1) if truth else None
    return RuleScore(
        rule=name,
        alerts=len(began),
        onsets=len(truth),
        found=len(delays),
        false_alerts=false,
        place_years=units * span / 365.25,
        delay_days=float(median(delays)) if delays else None,
        random_recall=chance,
    )


def _is_near(rung: date, onset: date, window: Window) -> bool:
    return -window.before <= (rung - onset).days <= window.after
