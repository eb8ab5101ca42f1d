"""Incidents to tension: for each place and day how much, how unusual for that place, and how well it was watched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tocsin.records import Incident, Reason, Tension, TensionState
from tocsin.warning.counting import Counted, count_day, count_incident, why_uncounted
from tocsin.warning.series import STATES, Block, Layout, SpotKey, SpotMemory, group_by_spot, lay_out_spots, score_blocks

if TYPE_CHECKING:
    from tocsin.knowledge.weights import TensionWeights

_MOST_PARTS_TOLD = 8
#: Days of places that are held as plain figures, at most: some 15 MB.
_MOST_CELLS = 100_000
#: The incidents of one place by the day that they count on.
ByDay = Mapping[date, Sequence[Incident]]


def score_tension(
    incidents: Sequence[Incident],
    activity: Mapping[date, frozenset[str]],
    weights: TensionWeights,
    *,
    until: date,
    place_names: Mapping[str, str],
) -> tuple[Tension, ...]:
    """Every row of a `TensionBook`, by place and day."""
    return tuple(TensionBook(incidents, activity, weights, until=until, place_names=place_names).rows())


class TensionBook:
    """Tension of every place with a counted or announced incident, and of the areas that hold it.

    activity     day to the ids of the outlets that published anything that day
    until        the last day; each place's rows begin on its first day with such an incident
    place_names  gazetteer id to name; an area without one shows its id
    memory       of the last book, where the next one differs little: it changes nothing but the time

    Counted are incidents that are said to have happened: background, denied, retracted, planned and conditional ones
    add nothing to the level (each says so in its day's reasons); hostile acts that are planned or on a condition make
    the series `announced`, on the day they were first reported. An incident of an invented place counts apart from
    real news at the same place. The order of `incidents` does not matter.

    The figures of all places are computed at once; a record with its reasons is made when it is asked for.
    """

    def __init__(
        self,
        incidents: Sequence[Incident],
        activity: Mapping[date, frozenset[str]],
        weights: TensionWeights,
        *,
        until: date,
        place_names: Mapping[str, str],
        memory: SpotMemory | None = None,
    ) -> None:
        self._weights, self._names, self._until = weights, place_names, until
        self._by_spot = group_by_spot(incidents)
        self._layout: Layout | None = lay_out_spots(self._by_spot, weights, until, memory)
        blocks = score_blocks(self._layout, activity, weights) if self._layout else ()
        self._at: dict[str, tuple[Block, int, bool]] = {
            place_id: (block, row, is_exercise)
            for block in blocks
            for row, (place_id, is_exercise) in enumerate(block.places)
        }
        #: Places that were asked for: one rule after the other asks for hundreds of days of the same.
        self._lines: dict[str, _Line] = {}
        self._tellers: dict[str, _Teller] = {}
        self._spots_of: dict[tuple[str, bool], list[SpotKey]] = defaultdict(list)
        self._days_of: dict[SpotKey, dict[date, list[Incident]]] = {}

    def rows(self, since: date | None = None, places: Collection[str] | None = None) -> Iterator[Tension]:
        """Records by place and day: those from `since` on, of `places` alone, where given."""
        if self._layout is None:
            return
        from_ = 0 if since is None else (since - self._layout.first).days
        for place_id, (block, row, _) in self._at.items():
            if places is None or place_id in places:
                for at in range(max(from_, int(block.begins[row])), self._layout.length):
                    yield self._make(place_id, at)

    def find(self, place_id: str, day: date, *, is_exercise: bool = False) -> Tension | None:
        """The record of one place and day, or None where there is none, or one of the other world."""
        known = self._at.get(place_id)
        if self._layout is None or known is None or known[2] != is_exercise:
            return None
        at = (day - self._layout.first).days
        return self._make(place_id, at) if int(known[0].begins[known[1]]) <= at < self._layout.length else None

    def measure(self, place_id: str, day: date, *, is_exercise: bool = False) -> Measured | None:
        """The figures of `find` alone: what a rule asks for on hundreds of days, of which it tells one or two."""
        known = self._at.get(place_id)
        if self._layout is None or known is None or known[2] != is_exercise:
            return None
        line, at = self._find_line(place_id), (day - self._layout.first).days
        return line.measure(at) if line.begins <= at < self._layout.length else None

    def _find_line(self, place_id: str) -> _Line:
        line = self._lines.get(place_id)
        if line is None:
            assert self._layout is not None  # noqa: S101 - there are no places without one
            if len(self._lines) * self._layout.length >= _MOST_CELLS:
                self._lines.clear()
            line = self._lines[place_id] = _Line.of(*self._at[place_id][:2])
        return line

    def _make(self, place_id: str, at: int) -> Tension:
        block, row, is_exercise = self._at[place_id]
        assert self._layout is not None  # noqa: S101 - there are no places without one
        day = self._layout.first + timedelta(days=at)
        tell = self._tellers.get(place_id)
        if tell is None:
            register = _Register(self._file_area(place_id, is_exercise=is_exercise), self._weights)
            tell = self._tellers[place_id] = _Teller(register, self._weights)
        figures = self._find_line(place_id).measure(at)
        level = float(block.level[row, at])
        heard, reporting = int(block.heard[row, at]), int(block.reporting[row, at])
        window_days = int(block.window_days[row, at])
        expected = max(float(block.mean[row, at]) * window_days, self._weights.mean_floor)
        counted, uncounted = tell.register.count(day)
        return Tension(
            place_id=place_id,
            place_name=self._names.get(place_id, place_id),
            day=day,
            hostile=round(float(block.hostile[row, at]), 3),
            cooperative=round(float(block.cooperative[row, at]), 3),
            level=figures.level,
            surprise=figures.surprise,
            coverage=figures.coverage,
            state=figures.state,
            incident_ids=tuple(c.incident.id for c in counted),
            is_exercise=is_exercise,
            reasons=(
                tell.level(day, level),
                tell.past(figures.state, int(block.past_days[row, at]), expected, window_days, figures.surprise),
                tell.coverage(heard, reporting),
                *(c.reason for c in counted if c.reason),
                *uncounted,
            ),
            announced=round(float(block.announced[row, at]), 3),
        )

    def _file_area(self, area: str, *, is_exercise: bool) -> list[ByDay]:
        """The incidents of each spot of an area by the day that they count on."""
        if not self._spots_of:
            for spot in self._by_spot:
                for holder in dict.fromkeys((spot[0], *spot[1])):
                    self._spots_of[holder, spot[2]].append(spot)
        return [self._file_spot(spot) for spot in self._spots_of[area, is_exercise]]

    def _file_spot(self, spot: SpotKey) -> ByDay:
        filed = self._days_of.get(spot)
        if filed is None:  # once for the place and all the areas that hold it
            filed = self._days_of[spot] = defaultdict(list)
            for incident in self._by_spot[spot]:
                if (day := count_day(incident)) is not None and day <= self._until:
                    filed[day].append(incident)
        return filed


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one place and day, as in `Tension`, without the reasons."""

    state: TensionState
    level: float
    surprise: float | None
    coverage: float | None


@dataclass(frozen=True, slots=True)
class _Line:
    """One place's days of a `Block` as plain figures: to take one from an array costs ten times as much."""

    begins: int
    states: Sequence[int]
    levels: Sequence[float]
    surprises: Sequence[float]
    heard: Sequence[int]
    reporting: Sequence[int]

    @staticmethod
    def of(block: Block, row: int) -> _Line:
        arrays = (block.state, block.level, block.surprise, block.heard, block.reporting)
        return _Line(int(block.begins[row]), *(array[row].tolist() for array in arrays))

    def measure(self, at: int) -> Measured:
        """The figures of one day."""
        state, reporting = STATES[self.states[at]], self.reporting[at]
        return Measured(
            state,
            round(self.levels[at], 3),
            round(self.surprises[at], 3) if state == "scored" else None,
            round(self.heard[at] / reporting, 3) if reporting else None,
        )


class _Register:
    """What was counted at one place, by day, and what was not, with why: each day worked out when it is asked for."""

    def __init__(self, spots: Sequence[ByDay], weights: TensionWeights) -> None:
        self._spots, self._weights = spots, weights
        self._days: dict[date, tuple[list[Counted], list[Reason]]] = {}

    def count(self, day: date) -> tuple[Sequence[Counted], Sequence[Reason]]:
        """The counted incidents of a day, and why others were not, in order of first report."""
        if day not in self._days:
            found = self._days[day] = ([], [])
            here = [incident for filed in self._spots for incident in filed.get(day, ())]
            for incident in sorted(here, key=lambda i: (i.reported_at, i.id)):
                counted = count_incident(incident, self._weights)
                if counted is not None:
                    found[0].append(counted)
                elif (why := why_uncounted(incident)) is not None and why.rule != "background":
                    found[1].append(why)
        return self._days[day]


class _Teller:
    """The reasons of a place's rows; equal sentences are made once."""

    def __init__(self, register: _Register, weights: TensionWeights) -> None:
        self.register, self._weights = register, weights
        self._by_text: dict[tuple[str, str, float | None], Reason] = {}

    def level(self, day: date, level: float) -> Reason:
        """The parts of the sum."""
        days = self._weights.window_days
        if level <= 0:
            return self._make("level", f"no hostile incident in {days} days", 0.0)
        parts = [
            counted.label
            for back in range(days)
            for counted in self.register.count(day - timedelta(days=back))[0]
            if counted.weight < 0
        ]
        return self._make("level", f"{level:g} in {days} days = {_sum_up(parts)}", round(level, 3))

    def past(
        self, state: TensionState, number: int, expected: float, window_days: int, surprise: float | None
    ) -> Reason:
        """What the level was compared with, or why it was not; `window_days`: how many of the window were heard."""
        past, window = self._weights.past_days, self._weights.window_days
        if state == "sources-silent":
            return self._make("sources-silent", "nobody who normally reports from here was heard: no score, not calm")
        if state == "too-little-history":
            least = self._weights.least_past_days
            detail = f"{number} of the {past} days before were heard; {least} are needed"
            return self._make("too-little-history", detail)
        heard = f"{window} days" if window_days == window else f"the {window_days} of {window} days that were heard"
        detail = f"{expected:.2g} expected in {heard} from {number} of the {past} days before"
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
