"""Tension of many places at once, as arrays: figures without a record a place and day.

Incidents are laid out once (`lay_out_incidents`); `score_blocks` then walks over the places some dozens at a time, so
that memory stays the same however many there are. `tension.py` makes records, with reasons, of the days that are asked
for.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, get_args

import numpy as np
import numpy.typing as npt

from tocsin.records import Incident, TensionState
from tocsin.warning.counting import count_announced, count_day, why_uncounted
from tocsin.warning.coverage import Bools, Listening, axis_start, listen
from tocsin.warning.surprise import Floats, describe_past, measure_surprise, sum_windows

if TYPE_CHECKING:
    from tocsin.knowledge.weights import TensionWeights

Codes = npt.NDArray[np.int8]
Shorts = npt.NDArray[np.int32]

#: A day's state by its code.
STATES: tuple[TensionState, ...] = get_args(TensionState)
_SCORED, _SHORT, _SILENT = (STATES.index(s) for s in ("scored", "too-little-history", "sources-silent"))
#: With more incidents than this nothing of them is remembered from one layout to the next.
MOST_REMEMBERED = 40_000
#: Places scored at once: a block of ten years is a few megabytes an array.
BLOCK = 64


@dataclass(frozen=True, slots=True)
class Entries:
    """Incidents as arrays, one entry for each incident and area, area after area.

    starts   for each area the position of its first entry, and the end of the last one's
    days     day of each entry on the layout's axis
    weights  intensity of each entry: below 0 hostile, above 0 cooperative
    """

    starts: npt.NDArray[np.int64]
    days: npt.NDArray[np.int64]
    weights: Floats


@dataclass(frozen=True, slots=True)
class Layout:
    """The incidents that bear on tension, by area.

    places     (gazetteer id, whether of the exercise) of each area, sorted
    first      day 0 of the axis; `length` its days
    counted    incidents that are said to have happened
    announced  hostile ones that are planned or on a condition, on the day they were first reported
    carriers   for each area the outlets that carried a counted incident from there, with the first day
    """

    places: tuple[tuple[str, bool], ...]
    first: date
    length: int
    counted: Entries
    announced: Entries
    carriers: tuple[Mapping[str, int], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Some places' figures, each array places x days of the axis.

    begins     for each place its first day with a counted or announced incident: earlier days mean nothing
    announced  hostile sum of what was announced, no part of `level`
    surprise   -log10 of the tail, NaN where the state is not "scored"
    state      position in STATES
    heard      outlets heard that normally report from there; `reporting` how many do
    past_days  how many of the days before the window were heard of; `mean` what they held a day
    window_days  how many days of the window that ends on the day were heard of
    """

    places: tuple[tuple[str, bool], ...]
    begins: npt.NDArray[np.int64]
    hostile: Floats
    cooperative: Floats
    announced: Floats
    level: Floats
    surprise: Floats
    state: Codes
    heard: Shorts
    reporting: Shorts
    past_days: Floats
    mean: Floats
    window_days: Floats


#: A place's gazetteer id, the areas around it, and whether of the exercise.
SpotKey = tuple[str, tuple[str, ...], bool]
BySpot = Mapping[SpotKey, Sequence[Incident]]


def group_by_spot(incidents: Iterable[Incident]) -> BySpot:
    """Incidents by place, in the order given; those whose place no gazetteer knows are left out."""
    spots: dict[SpotKey, list[Incident]] = defaultdict(list)
    for incident in incidents:
        place = incident.place
        if place is not None and place.gazetteer_id:
            spots[place.gazetteer_id, place.within, incident.is_exercise].append(incident)
    return spots


def lay_out_incidents(incidents: Iterable[Incident], weights: TensionWeights, until: date) -> Layout | None:
    """The incidents by area and day, by the rules of `tension.py`; None if none bears on a day up to `until`."""
    return lay_out_spots(group_by_spot(incidents), weights, until)


def lay_out_spots(
    by_spot: BySpot, weights: TensionWeights, until: date, memory: SpotMemory | None = None
) -> Layout | None:
    """As `lay_out_incidents`, of incidents that have been grouped; `memory` changes nothing but the time."""
    spots = _file_by_spot(by_spot, weights, until.toordinal(), memory)
    by_area: dict[tuple[str, bool], list[_Spot]] = {}
    for (area, within, is_exercise), spot in spots.items():
        for holder in dict.fromkeys((area, *within)):
            by_area.setdefault((holder, is_exercise), []).append(spot)
    # one row a place and day: where real news counts, the exercise does not
    places = sorted(key for key in by_area if not key[1] or (key[0], False) not in by_area)
    if not places:
        return None
    chosen = [by_area[key] for key in places]
    earliest = min(min((*spot.counted.days, *spot.announced.days)) for some in chosen for spot in some)
    first = axis_start(date.fromordinal(earliest), weights.window_days, weights.past_days)
    zero = first.toordinal()
    return Layout(
        places=tuple(places),
        first=first,
        length=until.toordinal() - zero + 1,
        counted=_join([[spot.counted for spot in some] for some in chosen], zero),
        announced=_join([[spot.announced for spot in some] for some in chosen], zero),
        carriers=tuple(_find_carriers(some, zero) for some in chosen),
    )


@dataclass(frozen=True, slots=True)
class _Column:
    """Day (ordinal) and weight of one incident after the other."""

    days: array[int] = field(default_factory=lambda: array("q"))
    weights: array[float] = field(default_factory=lambda: array("d"))

    def add(self, day: int, weight: float) -> None:
        self.days.append(day)
        self.weights.append(weight)


@dataclass(frozen=True, slots=True)
class _Spot:
    """What bears on one place, and the first day of each outlet that carried what was counted."""

    counted: _Column = field(default_factory=_Column)
    announced: _Column = field(default_factory=_Column)
    carried: dict[str, int] = field(default_factory=dict)


class SpotMemory:
    """What bore on each place the last time: a report changes one place, and the others are not filed again for it.

    It is held against what is given each time. Incidents are the same records from one derivation to the next, so that
    comparing them costs next to nothing.
    """

    def __init__(self) -> None:
        self._filed: dict[SpotKey, tuple[Sequence[Incident], TensionWeights, int, _Spot]] = {}

    def file(self, by_spot: BySpot, weights: TensionWeights, last: int) -> dict[SpotKey, _Spot]:
        """What bears on each place up to the day `last` (an ordinal)."""
        filed = {}
        for key, incidents in by_spot.items():
            held = self._filed.get(key)
            if held is not None and held[1] is weights and held[2] == last and held[0] == incidents:
                filed[key] = held
            else:
                filed[key] = (incidents, weights, last, _file_spot(incidents, weights, last))
        is_small = sum(map(len, by_spot.values())) <= MOST_REMEMBERED
        self._filed = filed if is_small else {}
        return {key: held[3] for key, held in filed.items()}


def _file_by_spot(
    by_spot: BySpot, weights: TensionWeights, last: int, memory: SpotMemory | None
) -> dict[SpotKey, _Spot]:
    """What bears on each place up to the day `last` (an ordinal); places on which nothing does are left out."""
    spots = (memory or SpotMemory()).file(by_spot, weights, last)
    return {key: spot for key, spot in spots.items() if spot.counted.days or spot.announced.days}


def _file_spot(incidents: Iterable[Incident], weights: TensionWeights, last: int) -> _Spot:
    spot = _Spot()
    for incident in incidents:
        if why_uncounted(incident) is not None:
            announced = count_announced(incident, weights)
            if announced is not None and (on := announced.day.toordinal()) <= last:
                spot.announced.add(on, announced.weight)
            continue
        day = count_day(incident)
        if day is None or (on := day.toordinal()) > last:
            continue
        spot.counted.add(on, weights.weigh(incident.type, incident.mode))
        for outlet in incident.outlets:
            if spot.carried.get(outlet, last + 1) > on:
                spot.carried[outlet] = on
    return spot


def _join(areas: Sequence[Sequence[_Column]], zero: int) -> Entries:
    columns = [column for area in areas for column in area]
    return Entries(
        starts=np.cumsum([0, *(sum(len(column.days) for column in area) for area in areas)]),
        days=np.concatenate([column.days for column in columns]).astype(np.int64) - zero,
        weights=np.concatenate([column.weights for column in columns]),
    )


def _find_carriers(spots: Iterable[_Spot], zero: int) -> dict[str, int]:
    carriers: dict[str, int] = {}
    for spot in spots:
        for outlet, on in spot.carried.items():
            carriers[outlet] = min(on - zero, carriers.get(outlet, on - zero))
    return carriers


def score_blocks(
    layout: Layout, activity: Mapping[date, frozenset[str]], weights: TensionWeights, *, size: int = BLOCK
) -> Iterator[Block]:
    """The figures of all places in the layout's order, `size` places at a time.

    activity  day to the ids of the outlets that published anything that day
    """
    until = layout.first + timedelta(days=layout.length - 1)
    listening = listen(activity, layout.first, until, weights.coverage_days, weights.coverage_share, weights.past_days)
    watch = _Watch.of(listening)
    for start in range(0, len(layout.places), size):
        yield _score_block(layout, watch, weights, start, min(start + size, len(layout.places)))


@dataclass(frozen=True, slots=True)
class _Watch:
    """Who is listened to, turned so that an outlet's days lie together.

    normal, both  outlets x days: normally reports; normally reports and was heard
    """

    column: Mapping[str, int]
    any_heard: Bools
    normal: npt.NDArray[np.int32]
    both: npt.NDArray[np.int32]

    @staticmethod
    def of(listening: Listening) -> _Watch:
        return _Watch(
            {outlet: i for i, outlet in enumerate(listening.outlets)},
            listening.any_heard,
            np.ascontiguousarray(listening.normal.T, np.int32),
            np.ascontiguousarray((listening.normal & listening.heard).T, np.int32),
        )


def _score_block(layout: Layout, watch: _Watch, weights: TensionWeights, start: int, stop: int) -> Block:
    hostile, cooperative, counted_on = _fill(layout.counted, start, stop, layout.length)
    announced, _, announced_on = _fill(layout.announced, start, stop, layout.length)
    level = sum_windows(hostile, weights.window_days)
    heard, reporting = _count_heard(watch, layout.carriers[start:stop], layout.length)
    quiet = sum_windows(((reporting > 0) & (heard == 0)).astype(np.float64), weights.silent_days)
    silent = (~watch.any_heard | (quiet >= weights.silent_days)) & ~counted_on
    # a silent day is no calm one, neither today nor in the past that later days are compared with
    past_days, mean, variance = describe_past(hostile, ~silent, weights.window_days, weights.past_days)
    window_days = sum_windows((~silent).astype(np.float64), weights.window_days)
    share = window_days / weights.window_days
    state = np.where(silent, _SILENT, np.where(past_days >= weights.least_past_days, _SCORED, _SHORT)).astype(np.int8)
    surprise = np.where(state == _SCORED, 0.0, np.nan)
    # the tail costs most, and where nothing hostile lies in the window it is 1
    at = np.nonzero((level > 0) & (state == _SCORED))
    # what was not heard is not to be expected either: after a blackout a few loud days are held against as few
    held = (level[at], (mean * share)[at], (variance * share)[at])
    surprise[at], _ = measure_surprise(*held, weights.window_days, weights.mean_floor, weights.dispersion_floor)
    return Block(
        places=layout.places[start:stop],
        begins=(counted_on | announced_on).argmax(axis=1),
        hostile=hostile,
        cooperative=cooperative,
        announced=announced,
        level=level,
        surprise=surprise,
        state=state,
        heard=heard,
        reporting=reporting,
        past_days=past_days,
        mean=mean,
        window_days=window_days,
    )


def _fill(entries: Entries, start: int, stop: int, length: int) -> tuple[Floats, Floats, Bools]:
    """Hostile and cooperative sums of some areas by day, and where any entry stands."""
    shape, size = (stop - start, length), (stop - start) * length
    mine = slice(entries.starts[start], entries.starts[stop])
    row = np.repeat(np.arange(shape[0]), np.diff(entries.starts[start : stop + 1]))
    cell, weight = row * length + entries.days[mine], entries.weights[mine]
    hostile = np.asarray(np.bincount(cell, np.maximum(-weight, 0.0), minlength=size), np.float64)
    cooperative = np.asarray(np.bincount(cell, np.maximum(weight, 0.0), minlength=size), np.float64)
    stands = np.bincount(cell, minlength=size) > 0
    return hostile.reshape(shape), cooperative.reshape(shape), stands.reshape(shape)


def _count_heard(watch: _Watch, carriers: Iterable[Mapping[str, int]], length: int) -> tuple[Shorts, Shorts]:
    """As `coverage.count_heard`, for places x days."""
    rows = list(carriers)
    heard, reporting = (np.zeros((len(rows), length), np.int32) for _ in range(2))
    for row, since_by_outlet in enumerate(rows):
        for outlet, since in since_by_outlet.items():
            if outlet in watch.column:
                column, begin = watch.column[outlet], max(0, since) + 1
                reporting[row, begin:] += watch.normal[column, begin:]
                heard[row, begin:] += watch.both[column, begin:]
    # before any of its own outlets reports, every outlet that normally reports at all stands in
    has_local = reporting > 0
    return (
        np.where(has_local, heard, watch.both.sum(axis=0, dtype=np.int32)),
        np.where(has_local, reporting, watch.normal.sum(axis=0, dtype=np.int32)),
    )
