"""How well rules would have rung: their alerts over a stretch of the past, held against what then happened.

An onset is found if a rule began to ring in its area within so many days before it or after it; an alert near no onset
is false. A recall means nothing without the alarm that knows nothing: `random_recall` is what as many alerts,
thrown at random over areas and days, would find.

A rule that speaks against its hypothesis tells of calm and finds no onset; it is false where one followed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Literal

from tocsin.records import Alert, Incident
from tocsin.warning.conditions import is_alertable
from tocsin.warning.counting import count_day

if TYPE_CHECKING:
    from tocsin.knowledge.rules import AlertRule

#: The name under which all rules together are judged.
ANY = "any"


@dataclass(frozen=True, slots=True)
class Window:
    """How near an alert must be to an onset to count for it, in days."""

    before: int = 14
    after: int = 3


@dataclass(frozen=True, slots=True)
class RuleScore:
    """One rule over a stretch of the past.

    alerts         runs that began in the stretch
    onsets, found  onsets in the stretch, and those that the rule rang for; none for one that speaks against
    false_alerts   alerts near no onset; of a rule that speaks against, those that an onset followed in the window
    place_years    what they are spread over
    delay_days     median of first alert minus onset, negative where it rang before; None without a find
    random_recall  share of onsets that as many alerts at random would find; None without an onset
    speaks         whether an alert is evidence for what an onset is, or against it
    """

    rule: str
    alerts: int
    onsets: int
    found: int
    false_alerts: int
    place_years: float
    delay_days: float | None
    random_recall: float | None
    speaks: Literal["for", "against"] = "for"

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
    rules: Sequence[AlertRule],
    *,
    first: date,
    until: date,
    window: Window,
) -> tuple[RuleScore, ...]:
    """Each rule's score over the days from `first` to `until`, and, last, that of all that speak for ("any").

    alerts   of any time; those that began outside the stretch are left out, and so are those of places of no unit
    onsets   unit to days
    unit_of  gazetteer id to unit
    rules    those to judge, also those that never rang
    """
    began: dict[str, list[_Spot]] = defaultdict(list)
    calming = {rule.name for rule in rules if rule.speaks == "against"}
    for alert in alerts:
        unit = unit_of.get(alert.place_id)
        if unit is not None and first <= alert.began_on <= until:
            began[alert.rule].append((unit, alert.began_on))
            if alert.rule not in calming:
                began[ANY].append((unit, alert.began_on))
    truth = [(unit, day) for unit, days in onsets.items() for day in days if first <= day <= until]
    ground = _Ground(truth, len(set(unit_of.values())), (until - first).days + 1, window)
    names = (*(rule.name for rule in rules), ANY)
    return tuple(
        _judge_calm(name, began[name], ground) if name in calming else _judge(name, began[name], ground)
        for name in names
    )


#: A unit and a day.
_Spot = tuple[str, date]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What rules are judged on: onsets, over so many units and days."""

    truth: Sequence[_Spot]
    units: int
    days: int
    window: Window

    @property
    def place_years(self) -> float:
        return self.units * self.days / 365.25


def _judge(name: str, began: Sequence[_Spot], ground: _Ground) -> RuleScore:
    window, truth = ground.window, ground.truth
    delays = []
    for unit, day in truth:
        near = [(rung - day).days for other, rung in began if other == unit and _is_near(rung, day, window)]
        if near:
            delays.append(min(near))
    false = sum(not any(u == unit and _is_near(rung, day, window) for u, day in truth) for unit, rung in began)
    # at a rate r a day and unit, a window of w days holds an alert with chance 1 - (1 - r)^w
    rate = min(1.0, len(began) / (ground.units * ground.days)) if ground.units else 0.0
    return RuleScore(
        rule=name,
        alerts=len(began),
        onsets=len(truth),
        found=len(delays),
        false_alerts=false,
        place_years=ground.place_years,
        delay_days=float(median(delays)) if delays else None,
        random_recall=1 - (1 - rate) ** (window.before + window.after + 1) if truth else None,
    )


def _judge_calm(name: str, began: Sequence[_Spot], ground: _Ground) -> RuleScore:
    """A rule that told of calm: wrong where an onset followed within as many days as an alert may ring before one."""
    before = ground.window.before
    wrong = sum(any(u == unit and 0 <= (day - rung).days <= before for u, day in ground.truth) for unit, rung in began)
    return RuleScore(name, len(began), 0, 0, wrong, ground.place_years, None, None, "against")


def _is_near(rung: date, onset: date, window: Window) -> bool:
    return -window.before <= (rung - onset).days <= window.after
