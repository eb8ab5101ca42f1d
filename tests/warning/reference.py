"""Tension of one place after the other, straight from the definition: slow, and what the arrays are held to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from tocsin.knowledge.weights import TensionWeights
from tocsin.records import Incident, Tension, TensionState
from tocsin.warning.counting import Counted, areas_of, count_announced, count_day, count_incident
from tocsin.warning.coverage import Bools, Counts, Listening, axis_start, listen
from tocsin.warning.surprise import Floats, describe_past, measure_surprise, sum_windows


@dataclass(slots=True)
class _Register:
    """What was counted at one place, by day; `announced` are hostile acts that are planned or on a condition."""

    counted: dict[date, list[Counted]] = field(default_factory=lambda: defaultdict(list))
    announced: dict[date, float] = field(default_factory=lambda: defaultdict(float))
    carried: dict[str, date] = field(default_factory=dict)

    @property
    def first(self) -> date | None:
        """The first day on which anything was counted or announced."""
        return min((*self.counted, *self.announced), default=None)


def score_by_definition(
    incidents: Sequence[Incident],
    activity: Mapping[date, frozenset[str]],
    weights: TensionWeights,
    *,
    until: date,
    place_names: Mapping[str, str],
) -> tuple[Tension, ...]:
    """Tension of every place with a counted or announced incident, and of the areas that hold it, by place and day.

    activity     day to the ids of the outlets that published anything that day
    until        the last day; each place's rows begin on its first day with such an incident
    place_names  gazetteer id to name; an area without one shows its id

    Counted are incidents that are said to have happened: background, denied, retracted, planned and conditional ones
    add nothing to the level (each says so in its day's reasons); hostile acts that are planned or on a condition make
    the series `announced`, on the day they were first reported. An incident of an invented place counts apart from
    real news at the same place. The order of `incidents` does not matter.
    """
    registers: dict[tuple[str, bool], _Register] = defaultdict(_Register)
    for incident in sorted(incidents, key=lambda i: (i.reported_at, i.id)):
        _enter(incident, registers, weights, until)
    scored = {key: r for key, r in registers.items() if r.first is not None}
    # one row a place and day: where real news counts, the exercise does not
    chosen = {key: r for key, r in scored.items() if not key[1] or (key[0], False) not in scored}
    if not chosen:
        return ()
    earliest = min(r.first or until for r in chosen.values())
    first = axis_start(earliest, weights.window_days, weights.past_days)
    listening = listen(activity, first, until, weights.coverage_days, weights.coverage_share, weights.past_days)
    rows: list[Tension] = []
    for (place_id, is_exercise), register in sorted(chosen.items()):
        name = place_names.get(place_id, place_id)
        rows += _score_place(place_id, name, is_exercise, register, listening, weights, until)
    return tuple(rows)


def _enter(
    incident: Incident, registers: dict[tuple[str, bool], _Register], weights: TensionWeights, until: date
) -> None:
    announced = count_announced(incident, weights)
    if announced is not None and announced.day <= until:
        for area in areas_of(incident.place):
            registers[area, incident.is_exercise].announced[announced.day] -= announced.weight
    day = count_day(incident)
    if day is None or day > until:
        return
    counted = count_incident(incident, weights)
    for area in areas_of(incident.place):
        register = registers[area, incident.is_exercise]
        if counted is not None:
            register.counted[day].append(counted)
            for outlet in incident.outlets:
                register.carried[outlet] = min(day, register.carried.get(outlet, day))


def _score_place(
    place_id: str,
    name: str,
    is_exercise: bool,
    register: _Register,
    listening: Listening,
    weights: TensionWeights,
    until: date,
) -> list[Tension]:
    series = _make_series(register, listening, weights, until)
    rows = []
    for at in range(((register.first or until) - listening.first).days, len(series.level)):
        day = listening.first + timedelta(days=at)
        state, surprise = series.state(at, weights), round(float(series.surprise[at]), 3)
        heard, reporting = int(series.heard[at]), int(series.reporting[at])
        today = register.counted.get(day, ())
        rows.append(
            Tension(
                place_id=place_id,
                place_name=name,
                day=day,
                hostile=round(float(series.hostile[at]), 3),
                cooperative=round(float(series.cooperative[at]), 3),
                level=round(float(series.level[at]), 3),
                surprise=surprise if state == "scored" else None,
                coverage=round(heard / reporting, 3) if reporting else None,
                state=state,
                incident_ids=tuple(c.incident.id for c in today),
                is_exercise=is_exercise,
                announced=round(register.announced.get(day, 0.0), 3),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class _Series:
    """A place's figures, one value a day of the axis."""

    hostile: Floats
    cooperative: Floats
    level: Floats
    past_days: Floats
    expected: Floats
    surprise: Floats
    heard: Counts
    reporting: Counts
    is_silent: Bools

    def state(self, at: int, weights: TensionWeights) -> TensionState:
        """Whether a day has a score, or why not."""
        if self.is_silent[at]:
            return "sources-silent"
        return "scored" if self.past_days[at] >= weights.least_past_days else "too-little-history"


def _make_series(register: _Register, listening: Listening, weights: TensionWeights, until: date) -> _Series:
    length = (until - listening.first).days + 1
    hostile, cooperative = _lay_out(register, listening.first, length)
    counted_on = np.zeros(length, np.bool_)
    counted_on[[(day - listening.first).days for day in register.counted]] = True
    heard, reporting = count_heard(listening, register.carried)
    # an incident told later proves that its day was heard of
    silent = find_silence(heard, reporting, listening.any_heard, weights.silent_days) & ~counted_on
    level = sum_windows(hostile, weights.window_days)
    past_days, mean, variance = describe_past(hostile, ~silent, weights.window_days, weights.past_days)
    share = sum_windows((~silent).astype(float), weights.window_days) / weights.window_days
    surprise, expected = measure_surprise(
        level, mean * share, variance * share, weights.window_days, weights.mean_floor, weights.dispersion_floor
    )
    return _Series(hostile, cooperative, level, past_days, expected, surprise, heard, reporting, silent)


def _lay_out(register: _Register, first: date, length: int) -> tuple[Floats, Floats]:
    hostile, cooperative = np.zeros(length), np.zeros(length)
    for day, counted in register.counted.items():
        for one in counted:
            (hostile if one.weight < 0 else cooperative)[(day - first).days] += abs(one.weight)
    return hostile, cooperative


def count_heard(listening: Listening, carried: Mapping[str, date]) -> tuple[Counts, Counts]:
    """For each day: how many outlets that normally report from a place were heard, and how many there are.

    `carried` gives, for each outlet that ever carried an incident from there, the first day. Before any did, every
    outlet that normally reports at all stands in.
    """
    since = np.full(len(listening.outlets), len(listening.heard), np.int64)
    for i, outlet in enumerate(listening.outlets):
        if outlet in carried:
            since[i] = max(0, (carried[outlet] - listening.first).days)
    local = listening.normal & (np.arange(len(listening.heard))[:, None] > since[None, :])
    has_local = np.asarray(local.any(axis=1), np.bool_)
    mine = np.where(has_local[:, None], local, listening.normal)
    return (mine & listening.heard).sum(axis=1), mine.sum(axis=1)


def find_silence(heard: Counts, expected: Counts, any_heard: Bools, days: int) -> Bools:
    """Days on which nobody at all was heard, or, for `days` days on end, none of those who normally report."""
    quiet = ((expected > 0) & (heard == 0)).astype(float)
    return ~any_heard | (sum_windows(quiet, days) >= days)
