"""The desk's own incidents as a history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from tocsin.errors import IntakeError
from tocsin.forecast.history import Measure
from tocsin.forecast.occurrences import Level, Occurrence
from tocsin.forecast.periods import Period
from tocsin.forecast.spreading import Spread, spread_occurrences
from tocsin.records import Incident, Place

_PREFIXES: dict[Level, str] = {"country": "country:", "admin1": "admin1:"}


def history_from_incidents(
    incidents: Iterable[Incident],
    *,
    period: Period,
    measure: Measure,
    since: date,
    until: date,
    level: Level = "country",
    names: Mapping[str, str] | None = None,
    is_exercise: bool = False,
) -> Spread:
    """How many died, or how many incidents were deadly, per area and period, as far as the desk has held it.

    Counted are incidents that happened (actual, not denied, retracted, faint or told as history) with their best number
    of killed; the day is the incident's own date, else that of its first report. Of several days or weeks the deaths
    are shared out by days; a date no finer than a year is left out, and for weeks one no finer than a month. Every area
    in which the desk has counted an incident of any kind is covered from `since` to `until` (the desk's first and last
    day): there, no death is a 0. `level` "admin1" means regions; `names` names areas. Exercise and real incidents never
    count together: `is_exercise` says which. Reasons why incidents are left out are counted in the result's faults.
    Raises IntakeError where there is no incident with an area or no whole period.
    """
    left: dict[str, int] = {}
    occurrences = []
    for incident in incidents:
        if incident.is_exercise != is_exercise:
            continue
        reason, occurrence = _read_incident(incident, level, names or {})
        if reason is not None:
            left[reason] = left.get(reason, 0) + 1
        elif occurrence is not None:
            occurrences.append(occurrence)
    if not occurrences:
        told = "; ".join(f"{number} {reason}" for reason, number in left.items()) or "there is none"
        raise IntakeError("history", f"own incidents {since}..{until}", f"no incident can be counted: {told}")
    spread = spread_occurrences(occurrences, period=period, measure=measure, since=since, until=until)
    return Spread(spread.history, left | dict(spread.faults), spread.notes)


def _read_incident(incident: Incident, level: Level, names: Mapping[str, str]) -> tuple[str | None, Occurrence | None]:
    if incident.background:
        return "told as history", None
    if incident.is_faint:
        return "that the reader is not sure of", None
    if incident.state in ("denied", "retracted"):
        return incident.state, None
    if incident.modality != "actual":
        return incident.modality, None
    area = find_area(incident.place, level)
    if area is None:
        return f"without a known {'country' if level == 'country' else 'region'}", None
    start = end = incident.reported_at.date()
    if incident.date is not None:
        if incident.date.precision == "year":
            return "dated to a year", None
        start, end = incident.date.start, incident.date.end
        # what is reported has happened: "this week", written on a Wednesday, is over by then
        end = max(start, min(end, incident.reported_at.date()))
    killed = sum(toll.best for toll in incident.tolls if toll.kind == "killed")
    country = incident.place.country if incident.place else None
    return None, Occurrence(area, names.get(area, area), country, start, end, killed, (end - start).days < 7)


def find_area(place: Place | None, level: Level) -> str | None:
    """The id of the country ("country:XVA") or region ("admin1:...") that a place is or lies in, or None."""
    if place is None:
        return None
    held = (place.gazetteer_id, *place.within)
    found = next((area for area in held if area and area.startswith(_PREFIXES[level])), None)
    if found is None and level == "country" and place.country:
        return f"country:{place.country}"
    return found
