"""Incidents to tension: for each place and day how much, how unusual for that place, and how well it was watched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from tocsin.records import Incident, Reason, Tension, TensionState
from tocsin.warning.counting import Counted, areas_of, count_announced, count_day, count_incident, why_uncounted
from tocsin.warning.coverage import Bools, Counts, Listening, axis_start, count_heard, find_silence, listen
from tocsin.warning.surprise import Floats, describe_past, measure_surprise, sum_windows

if TYPE_CHECKING:
    from tocsin.knowledge.weights import TensionWeights

_MOST_PARTS_TOLD = 8


@dataclass(slots=True)
class _Register:
    """What was counted at one place, by day; `announced` are hostile acts that are planned or on a condition."""

    counted: dict[date, list[Counted]] = field(default_factory=lambda: defaultdict(list))
    announced: dict[date, float] = field(default_factory=lambda: defaultdict(float))
    uncounted: dict[date, list[Reason]] = field(default_factory=lambda: defaultdict(list))
    carried: dict[str, date] = field(default_factory=dict)

    @property
    def first(self) -> date | None:
        """The first day on which anything was counted or announced."""
        return min((*self.counted, *self.announced), default=None)


def score_tension(
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
    listening = listen(activity, first, until, weights.coverage_days, weights.coverage_share)
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
    why = why_uncounted(incident) if counted is None else None
    for area in areas_of(incident.place):
        register = registers[area, incident.is_exercise]
        if counted is not None:
            register.counted[day].append(counted)
            for outlet in incident.outlets:
                register.carried[outlet] = min(day, register.carried.get(outlet, day))
        elif why is not None and why.rule != "background":
            register.uncounted[day].append(why)


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
    tell = _Teller(register, weights)
    rows = []
    for at in range(((register.first or until) - listening.first).days, len(series.level)):
        day = listening.first + timedelta(days=at)
        state, surprise = series.state(at, weights), round(float(series.surprise[at]), 3)
        heard, reporting = int(series.heard[at]), int(series.reporting[at])
        today = register.counted.get(day, ())
        reasons = (
            tell.level(day, float(series.level[at])),
            tell.past(state, int(series.past_days[at]), float(series.expected[at]), surprise),
            tell.coverage(heard, reporting),
            *(c.reason for c in today if c.reason),
            *register.uncounted.get(day, ()),
        )
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
                reasons=reasons,
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
    # an incident told later proves that its day was heard of
    known = listening.any_heard | counted_on
    level = sum_windows(hostile, weights.window_days)
    past_days, mean, variance = describe_past(hostile, known, weights.window_days, weights.past_days)
    surprise, expected = measure_surprise(
        level, mean, variance, weights.window_days, weights.mean_floor, weights.dispersion_floor
    )
    heard, reporting = count_heard(listening, register.carried)
    silent = find_silence(heard, reporting, listening.any_heard, weights.silent_days) & ~counted_on
    return _Series(hostile, cooperative, level, past_days, expected, surprise, heard, reporting, silent)


def _lay_out(register: _Register, first: date, length: int) -> tuple[Floats, Floats]:
    hostile, cooperative = np.zeros(length), np.zeros(length)
    for day, counted in register.counted.items():
        for one in counted:
            (hostile if one.weight < 0 else cooperative)[(day - first).days] += abs(one.weight)
    return hostile, cooperative


class _Teller:
    """The reasons of a place's rows; equal sentences are made once."""

    def __init__(self, register: _Register, weights: TensionWeights) -> None:
        self._register, self._weights = register, weights
        self._by_text: dict[tuple[str, str, float | None], Reason] = {}

    def level(self, day: date, level: float) -> Reason:
        """The parts of the sum."""
        days = self._weights.window_days
        if level <= 0:
            return self._make("level", f"no hostile incident in {days} days", 0.0)
        parts = [
            counted.label
            for back in range(days)
            for counted in self._register.counted.get(day - timedelta(days=back), ())
            if counted.weight < 0
        ]
        return self._make("level", f"{level:g} in {days} days = {_sum_up(parts)}", round(level, 3))

    def past(self, state: TensionState, number: int, expected: float, surprise: float) -> Reason:
        """What the level was compared with, or why it was not."""
        past, window = self._weights.past_days, self._weights.window_days
        if state == "sources-silent":
            return self._make("sources-silent", "nobody who normally reports from here was heard: no score, not calm")
        if state == "too-little-history":
            least = self._weights.least_past_days
            detail = f"{number} of the {past} days before were heard; {least} are needed"
            return self._make("too-little-history", detail)
        detail = f"{expected:.2g} expected in {window} days from {number} of the {past} days before"
        return self._make("own-past", detail, surprise)

    def coverage(self, heard: int, reporting: int) -> Reason:
        """Who was heard."""
        if not reporting:
            return self._make("coverage", "no outlet has reported long enough to be missed")
        return self._make("coverage", f"{heard} of {reporting} outlets that normally report were heard")

    def _make(self, rule: str, detail: str, weight: float | None = None) -> Reason:
        key = (rule, detail, weight)
        if key not in self._by_text:
            self._by_text[key] = Reason(rule, detail, weight, self._weights.version)
        return self._by_text[key]


def _sum_up(parts: Iterable[str]) -> str:
    told = list(parts)
    rest = len(told) - _MOST_PARTS_TOLD
    return " + ".join(told[:_MOST_PARTS_TOLD]) + (f" + {rest} more" if rest > 0 else "")
