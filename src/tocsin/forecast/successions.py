"""Countries that were renamed or came to be while a list of events was kept: one unit each, from when it is one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from tocsin.forecast.occurrences import Level, Occurrence

_MOST_NAMED = 5
_SOVIET_END = date(1991, 12, 26)
_SOVIET = ("ARM", "AZE", "BLR", "GEO", "KAZ", "KGZ", "MDA", "TJK", "TKM", "UKR", "UZB")
#: States that began after 1989, where UCDP's list does: before, lists count what happened there in the state that held
#: them. Days of independence, of the Union's end for its republics.
BORN: Mapping[str, date] = MappingProxyType(
    dict.fromkeys(_SOVIET, _SOVIET_END)
    | dict.fromkeys(("EST", "LTU", "LVA"), date(1991, 9, 6))
    | dict.fromkeys(("HRV", "SVN"), date(1991, 6, 25))
    | dict.fromkeys(("CZE", "SVK"), date(1993, 1, 1))
    | {
        "NAM": date(1990, 3, 21), "MKD": date(1991, 9, 8), "BIH": date(1992, 3, 3), "ERI": date(1993, 5, 24),
        "TLS": date(2002, 5, 20), "MNE": date(2006, 6, 3), "XKX": date(2008, 2, 17), "SSD": date(2011, 7, 9),
    }
)  # fmt: skip


def join_renamed(occurrences: Iterable[Occurrence], level: Level) -> tuple[list[Occurrence], tuple[str, ...]]:
    """Occurrences whose country (or region of a country) has several names, as of one unit, and what was joined.

    The oldest name stays the unit's id, by which forecasts of earlier imports are kept; the newest is its name.
    """
    held = sorted(occurrences, key=lambda o: (o.start, o.end, o.unit))
    groups: dict[tuple[str, str], list[Occurrence]] = defaultdict(list)
    for occurrence in held:
        if occurrence.country is not None:
            region = occurrence.name.casefold() if level == "admin1" else ""
            groups[occurrence.country, region].append(occurrence)
    units: dict[str, tuple[str, str]] = {}
    told = []
    for (code, _), some in groups.items():
        names = list(dict.fromkeys(o.unit for o in some))
        if len(names) > 1:
            units |= dict.fromkeys(names, (names[0], some[-1].name))
            told.append(f"{', '.join(names)} ({code})")
    joined = [replace(o, unit=units[o.unit][0], name=units[o.unit][1]) if o.unit in units else o for o in held]
    more = f" and {len(told) - _MOST_NAMED} more" if len(told) > _MOST_NAMED else ""
    notes = (f"names of one unit, counted together: {'; '.join(told[:_MOST_NAMED])}{more}",) if told else ()
    return joined, notes


def find_births(occurrences: Sequence[Occurrence]) -> dict[str, date]:
    """Of units whose state began while lists were kept: the day from which they are covered, or their first row's."""
    births: dict[str, date] = {}
    for occurrence in occurrences:
        born = BORN.get(occurrence.country or "")
        if born is not None:
            births[occurrence.unit] = min(births.get(occurrence.unit, born), occurrence.start)
    return births
