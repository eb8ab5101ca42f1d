"""The kept forecasts that a situation report tells: of its area, of what lies in it, or of what lies around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.forecast.periods import end_period, read_period, start_period
from tocsin.forecasting.histories import Held, open_sound
from tocsin.forecasting.views import UnitOutlook, find_unit_outlooks
from tocsin.knowledge.footnotes import load_footnote_table
from tocsin.places.naming import Naming
from tocsin.ports import Store
from tocsin.records import Incident, make_id
from tocsin.report import Outlook, ReportRequest

#: Places whose forecasts are read at most; a page tells fewer.
MOST_PLACES = 6


@dataclass(frozen=True, slots=True)
class Outlooks:
    """What is forecast for an area.

    told     the next period of each place and measure
    missing  why nothing is told, one sentence each; empty where something is
    notes    naming footnotes of the places told, by a key of their own
    """

    told: tuple[Outlook, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


def read_outlooks(
    store: Store,
    request: ReportRequest,
    incidents: Iterable[Incident],
    naming: Naming,
    *,
    now: datetime,
    is_exercise: bool,
) -> Outlooks:
    """The newest kept forecasts, each with its past errors and the age of the history behind it; or why there are none.

    The exercise is never forecast, and no real forecast stands in its reports.
    """
    if is_exercise:
        return Outlooks(missing=("the exercise is part of no history, so nothing of it is forecast.",))
    histories = open_sound(store.histories())
    if not histories:
        return Outlooks(missing=("the desk holds no history of counts to forecast from.",))
    places = _choose_places(request, incidents, histories)
    if not places:
        return Outlooks(missing=(f"no history covers {request.place_name} or what lies around it.",))
    found = [outlook for place in places for outlook in _find_best(store, place, now)]
    told = tuple(_tell(outlook, naming, now) for outlook in found if outlook.ahead)
    if not told:
        missing = dict.fromkeys(f"{o.unit.name}, {o.held.kept.name}: {o.missing}." for o in found)
        return Outlooks(missing=tuple(missing))
    table = load_footnote_table()
    keys = ((o.place_id, table.find_key(None, o.unit.country, (o.place_id or "",))) for o in found if o.ahead)
    return Outlooks(told, notes=tuple((f"outlook:{id_}", key) for id_, key in keys if key))


def _choose_places(request: ReportRequest, incidents: Iterable[Incident], histories: Sequence[Held]) -> list[str]:
    """The area itself where a history has it; else what lies in it; else the smallest that it lies in."""
    covered = {place for held in histories for place in held.places.values()}
    chains = [(i.place.gazetteer_id, *i.place.within) for i in incidents if i.place and i.place.gazetteer_id]
    area = request.place_id
    if area is None:
        counted: dict[str, int] = {}
        for place in (place for chain in chains for place in chain if place in covered):
            counted[place] = counted.get(place, 0) + 1
        return sorted(counted, key=lambda place: (-counted[place], place))[:MOST_PLACES]
    if area in covered:
        return [area]
    holding = [chain for chain in chains if area in chain]
    inside = dict.fromkeys(place for chain in holding for place in chain[: chain.index(area)] if place in covered)
    around = [place for chain in holding[:1] for place in chain[chain.index(area) :] if place in covered]
    return list(inside)[:MOST_PLACES] or around[:1]


def _find_best(store: Store, place: str, now: datetime) -> Iterator[UnitOutlook]:
    """Of each measure the first history that forecasts the place; where none does, the first that has it."""
    outlooks = find_unit_outlooks(store, place, today=now.date())
    measures: set[str] = set()
    for outlook in outlooks:
        measure = outlook.held.kept.measure
        if measure not in measures and (outlook.ahead or not any(o.ahead for o in outlooks)):
            measures.add(measure)
            yield outlook


def _tell(outlook: UnitOutlook, naming: Naming, now: datetime) -> Outlook:
    made, kept = outlook.ahead[0], outlook.held.kept
    target, known = (read_period(text, made.period) for text in (made.target, made.known_to))
    known_to = end_period(known, made.period)
    parts = (kept.name, outlook.held.basis, made.unit, made.model, made.known_to, made.target)
    return Outlook(
        key=make_id("fct", *parts),
        place_name=naming.name(outlook.place_id, outlook.unit.name) if outlook.place_id else outlook.unit.name,
        what=f"recorded {kept.measure}",
        first_day=start_period(target, made.period),
        last_day=end_period(target, made.period),
        made_at=datetime.combine(made.made_on, datetime.min.time(), now.tzinfo),
        method=f"{made.model} {made.version}",
        chance=made.p1,
        low=made.read_quantile(0.1),
        best=made.median,
        high=made.read_quantile(0.9),
        past_error=_tell_error(outlook),
        chance_many=made.p25,
        basis=kept.name,
        known_to=known_to,
        age_days=max((now.date() - known_to).days, 0),
    )


def _tell_error(outlook: UnitOutlook) -> str | None:
    """How those of the model that is told turned out; where none has come due, those by history alone, named so."""
    if outlook.own_record:
        return str(outlook.own_record)
    return f"by history alone (none with the news has come due), {outlook.record}" if outlook.record else None
