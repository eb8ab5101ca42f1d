"""The desk's own news beside a history: what was reported of each of its units, period by period, while it listened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from tocsin.forecast import History
from tocsin.forecast.features import Bools
from tocsin.forecast.news import SERIES, News, align_news
from tocsin.forecast.occurrences import Level
from tocsin.forecast.own_history import find_area
from tocsin.forecast.periods import Period, end_period, number_period, start_period
from tocsin.forecasting.histories import Held
from tocsin.forecasting.own import find_first_kept
from tocsin.knowledge.weights import TensionWeights, load_tension_weights
from tocsin.ports import Store
from tocsin.records import Incident, Place
from tocsin.records.place import PlacePrecision
from tocsin.warning.counting import count_announced, why_uncounted
from tocsin.warning.series import STATES, lay_out_incidents, score_blocks

#: Which series of the news a hostile act said to have happened is part of.
SERIES_OF: Mapping[str, str] = {
    "REQUEST": "words", "ACCUSE": "words", "REJECT": "words",
    "THREATEN": "pressure", "PROTEST": "pressure", "SANCTION": "pressure", "MOBILIZE": "pressure",
    "COERCE": "force", "ASSAULT": "force",
}  # fmt: skip
#: Of the days of a period so many must have been heard.
_LEAST_HEARD = 0.5
_SILENT = STATES.index("sources-silent")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a desk holds that bears on its news.

    incidents  real ones first reported by now
    activity   day to the outlets that published anything
    last       the last day that they speak for: that of the newest article, and never today
    """

    incidents: tuple[Incident, ...]
    activity: Mapping[date, frozenset[str]]
    last: date


class OwnNews:
    """The news of a desk as it stands at one time, read from the store when it is first asked for."""

    def __init__(self, store: Store, *, now: datetime, weights: TensionWeights | None = None) -> None:
        self._store, self._now = store, now
        self._weights = weights
        self._heard: Heard | None = None
        self._told: dict[tuple[Level, Period], News | None] = {}

    def align(self, held: Held, known: History) -> News | None:
        """The news in the rows and periods of what is known of a history; None where the desk has none at all."""
        level: Level = "admin1" if held.kept.level == "admin1" else "country"
        news = self._tell(level, known.period)
        return None if news is None else align_news(news, known, held.places)

    def _tell(self, level: Level, period: Period) -> News | None:
        if (level, period) not in self._told:
            if self._heard is None:
                self._heard = read_heard(self._store, now=self._now)
            weights = self._weights = self._weights or load_tension_weights()
            self._told[level, period] = weigh_news(self._heard, weights, level=level, period=period)
        return self._told[level, period]


def read_heard(store: Store, *, now: datetime) -> Heard:
    """The real incidents first reported by `now`, back to where the retention left them whole, and who was heard."""
    since, yesterday = find_first_kept(store), now.date() - timedelta(days=1)
    incidents = tuple(i for i in store.incidents_between(since, now) if not i.is_exercise)
    if not incidents:
        return Heard((), {}, yesterday)
    begin = datetime.combine(min(i.reported_at.date() for i in incidents), time.min, UTC)
    activity = store.activity_between(begin, now, is_exercise=False)
    # not the clock's day: one that jumps ahead must not make a silence
    newest = max((*activity, *(i.reported_at.date() for i in incidents)))
    return Heard(incidents, {day: frozenset(who) for day, who in activity.items()}, min(newest, yesterday))


def weigh_news(heard: Heard, weights: TensionWeights, *, level: Level, period: Period) -> News | None:
    """The weights of what was reported, by area and whole period; None without an incident in a known area.

    Counted as tension counts: not what is told as history, denied, retracted, negated or faint; what is announced is a
    series of its own. But each incident stands on the day of its first report, and not on its own: at an origin nobody
    knew of what was published after it. A period is a gap for an area before anything was reported from there, and
    where on more than half of its days none of those who normally report from there was heard.
    """
    moved = [m for i in heard.incidents if i.reported_at.date() <= heard.last and (m := _move(i, level)) is not None]
    layout = lay_out_incidents(moved, weights, heard.last)
    if layout is None:
        return None
    reported = min(i.reported_at.date() for i in heard.incidents)
    first = number_period(reported - timedelta(days=1), period) + 1
    length = number_period(heard.last + timedelta(days=1), period) - first
    if length <= 0:
        return None
    listened = {
        place: _listen(row != _SILENT, int(begin), layout.first, first, length, period)
        for block in score_blocks(layout, heard.activity, weights)
        for (place, _), row, begin in zip(block.places, block.state, block.begins, strict=True)
    }
    places = tuple(sorted(listened))
    at = {place: row for row, place in enumerate(places)}
    gaps = ~np.stack([listened[place] for place in places])
    sums = {name: np.zeros(gaps.shape) for name in SERIES}
    for (place, series, number), weight in _add_up(moved, weights, period).items():
        if first <= number < first + length:
            sums[series][at[place], number - first] = weight
    return News(places, period, first, {name: np.where(gaps, np.nan, values) for name, values in sums.items()})


def _move(incident: Incident, level: Level) -> Incident | None:
    """The incident at the area that holds it, on the day of its first report; None outside any area."""
    area = find_area(incident.place, level)
    if area is None or incident.place is None:
        return None
    precision: PlacePrecision = "country" if level == "country" else "region"
    return replace(incident, date=None, place=Place(incident.place.name, precision, gazetteer_id=area))


def _add_up(
    moved: Iterable[Incident], weights: TensionWeights, period: Period
) -> dict[tuple[str, str, int], float]:  # fmt: skip
    """Area, series and period to the sum of weights."""
    total: dict[tuple[str, str, int], float] = defaultdict(float)
    for incident in moved:
        if why_uncounted(incident) is None:
            weight = weights.weigh(incident.type, incident.mode)
            series = SERIES_OF.get(incident.type, "force") if weight < 0 else "cooperative"
        elif (announced := count_announced(incident, weights)) is not None:
            weight, series = announced.weight, "announced"
        else:
            continue
        area = incident.place.gazetteer_id if incident.place else None
        if area:
            total[area, series, number_period(incident.reported_at.date(), period)] += abs(weight)
    return total


def _listen(heard: Bools, begin: int, zero: date, first: int, length: int, period: Period) -> Bools:
    """For each period whether enough of its days were heard; days before `begin` were not. `zero` is day 0."""
    known = heard.copy()
    known[:begin] = False
    total = np.concatenate([[0], np.cumsum(known)])
    enough = np.zeros(length, np.bool_)
    for at in range(length):
        since, until = start_period(first + at, period), end_period(first + at, period)
        low, high = (min(max((day - zero).days, 0), len(known)) for day in (since, until + timedelta(days=1)))
        enough[at] = total[high] - total[low] >= _LEAST_HEARD * ((until - since).days + 1)
    return enough
