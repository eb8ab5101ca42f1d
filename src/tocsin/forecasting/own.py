"""The desk's own incidents as histories: counted anew at each run, so that what was merged or taken back is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import numpy as np

from tocsin.errors import IntakeError
from tocsin.forecast import History, history_from_incidents
from tocsin.forecast.history import Measure
from tocsin.forecast.occurrences import Level
from tocsin.forecast.own_history import find_area
from tocsin.forecast.periods import Period, number_period
from tocsin.forecasting.histories import close_history, map_units
from tocsin.places import Gazetteer
from tocsin.ports import Store
from tocsin.records import Filter, Incident
from tocsin.service.retaining import RETAINED_NOTE

#: How the names of own histories begin; no imported one may.
OWN = "own incidents"
_LEVELS: dict[Level, str] = {"country": "country", "admin1": "region"}
_MEASURES: tuple[Measure, ...] = ("deaths", "deadly incidents")
_PERIODS: tuple[Period, ...] = ("month", "week")
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
#: So many of the last reported incidents are looked at for a real one.
_LOOKED_AT = 50


def name_own(level: Level, measure: Measure, period: Period) -> str:
    """ "own incidents: deaths by country and month"."""
    return f"{OWN}: {measure} by {_LEVELS[level]} and {period}"


def find_last_day(store: Store, now: datetime) -> date | None:
    """The last day that own incidents speak for: that of the newest real report, and never today; None without one.

    Not the clock's day: a clock that jumps ahead must not make years without a death.
    """
    newest = store.incidents(Filter(with_background=True, limit=_LOOKED_AT))
    days = [i.reported_at.date() for i in newest if not i.is_exercise]
    return min(max(days), now.date() - timedelta(days=1)) if days else None


def find_first_kept(store: Store) -> datetime:
    """From when on the incidents are whole: what the retention has thinned out would look like months with fewer."""
    kept_from = store.note(RETAINED_NOTE)
    return datetime.fromisoformat(kept_from) if kept_from else _EVER


def refresh_own(store: Store, gazetteer: Gazetteer, *, now: datetime) -> None:
    """Keep the histories of the desk's own incidents, by country and region, month and week, as they stand now."""
    incidents = [i for i in store.incidents_between(find_first_kept(store), now) if not i.is_exercise]
    if not incidents:
        return
    heard = [i.reported_at.date() for i in incidents]
    first, last = min(heard), min(max(heard), now.date() - timedelta(days=1))
    for level, measure, period in product(_LEVELS, _MEASURES, _PERIODS):
        names = _name_areas(incidents, level, gazetteer)
        try:
            spread = history_from_incidents(
                incidents, period=period, measure=measure, since=first, until=last, level=level, names=names
            )
        except IntakeError:
            continue  # no whole period yet, or no incident with such an area
        history = _leave_silence_open(spread.history, heard)
        places, _ = map_units(history, level, gazetteer)
        # areas of the exercise's or an older gazetteer keep their id: it is theirs, whoever knows it
        places |= {u.id: u.id for u in history.units if ":" in u.id and u.id not in places}
        left = [f"{number} incidents left out: {reason}" for reason, number in sorted(spread.faults.items())]
        store.save_history(close_history(
            history, places, name=name_own(level, measure, period), level=level, at=now, is_own=True,
            notes=(*spread.notes, *left),
        ))  # fmt: skip


def _name_areas(incidents: Sequence[Incident], level: Level, gazetteer: Gazetteer) -> dict[str, str]:
    areas = {area for i in incidents if (area := find_area(i.place, level))}
    return {area: row.name for area in areas if (row := gazetteer.row(area))}


def _leave_silence_open(history: History, heard: Sequence[date]) -> History:
    """The same, with a gap where nothing at all was reported to the desk in a whole period: it was not listening."""
    listened = {number_period(day, history.period) for day in heard}
    counts = np.array(history.counts)
    for column in range(counts.shape[1]):
        if history.first + column not in listened:
            counts[:, column] = np.nan
    return replace(history, counts=counts)
