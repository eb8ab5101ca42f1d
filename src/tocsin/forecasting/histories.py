"""Histories between the forecast room and the store, and where on the map their units lie."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import numpy as np

from tocsin.errors import RecordError, StoreError
from tocsin.forecast import History, Unit
from tocsin.forecast.history import Measure
from tocsin.forecast.occurrences import Level
from tocsin.forecast.periods import Period, number_period
from tocsin.places import Gazetteer
from tocsin.ports import KeptHistory
from tocsin.records import from_json, to_json

log = logging.getLogger("tocsin.forecast")

#: Words that stand behind the name of a first-level area in a list and not in the gazetteer, or the other way round.
_KINDS = (
    *("autonomous", "city", "county", "department", "district", "division", "governorate", "municipality", "oblast"),
    *("prefecture", "province", "region", "republic", "state", "territory"),
)
_GENERIC = re.compile(rf"\s+({'|'.join(_KINDS)})\b.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnitForm:
    """A unit as it is kept; `place` is its gazetteer id, None where none could be told."""

    id: str
    name: str
    country: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class HistoryForm:
    """The payload of a kept history: units x periods of counts, None where a unit was not observed.

    first  the first period as a number, see `forecast.periods`
    notes  what was decided when it was imported, one sentence each
    """

    units: tuple[UnitForm, ...]
    first: int
    counts: tuple[tuple[float | None, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A kept history, opened.

    kept     its row; the payload has been read and is empty here
    basis    what forecasts made of it name: the beginning of its digest
    places   unit to gazetteer id, for units that could be found on the map
    """

    kept: KeptHistory
    basis: str
    history: History
    places: Mapping[str, str]
    notes: tuple[str, ...]

    def find_unit(self, wanted: str) -> Unit | None:
        """The unit of an id, of a gazetteer id, or of a name in any letter case (if only one has it)."""
        for unit in self.history.units:
            if wanted in (unit.id, self.places.get(unit.id)):
                return unit
        named = [u for u in self.history.units if u.name.casefold() == wanted.casefold()]
        return named[0] if len(named) == 1 else None

    def known_by(self, today: date) -> History:
        """The history without periods that are not over today: their counts are still low."""
        return self.history.truncate(number_period(today, self.history.period) - 1)


def close_history(
    history: History,
    places: Mapping[str, str],
    *,
    name: str,
    level: Level,
    at: datetime,
    licence: str | None = None,
    is_own: bool = False,
    notes: Iterable[str] = (),
) -> KeptHistory:
    """A history in the form that the store keeps."""
    units = tuple(UnitForm(u.id, u.name, u.country, places.get(u.id)) for u in history.units)
    counts = tuple(tuple(None if np.isnan(c) else float(c) for c in row) for row in history.counts)
    payload = to_json(HistoryForm(units, history.first, counts, tuple(notes)))
    return KeptHistory(name, history.measure, history.period, level, at, licence, is_own, payload)


def open_history(kept: KeptHistory) -> Held:
    """A kept history, opened; raises StoreError where it is not in the form of this version."""
    return _open(kept)


def open_sound(kept: Iterable[KeptHistory]) -> list[Held]:
    """Those of the histories that can be opened: one that cannot must not keep the others from a page or a rule."""
    held = []
    for one in kept:
        try:
            held.append(open_history(one))
        except StoreError as why:
            log.warning("left out: %s", why)
    return held


@lru_cache(maxsize=32)
def _open(kept: KeptHistory) -> Held:
    """Opened once: found by its whole content, so that none can be out of date."""
    try:
        form = from_json(HistoryForm, kept.payload)
        counts = [[np.nan if c is None else c for c in row] for row in form.counts]
        history = History(
            tuple(Unit(u.id, u.name, u.country) for u in form.units),
            _read_period(kept.period),
            form.first,
            np.array(counts, dtype=np.float64).reshape(len(form.units), -1),
            _read_measure(kept.measure),
        )
    except (ValueError, RecordError) as why:
        raise StoreError("history", kept.name, f"cannot be read back ({why}); import it again") from why
    places = {u.id: u.place for u in form.units if u.place}
    head = KeptHistory(
        kept.name, kept.measure, kept.period, kept.level, kept.imported_at, kept.licence, kept.is_own, ""
    )
    return Held(head, kept.digest[:16], history, places, form.notes)


def _read_period(text: str) -> Period:
    if text not in ("month", "week"):
        raise ValueError(f"period {text!r}")
    return "month" if text == "month" else "week"


def _read_measure(text: str) -> Measure:
    if text not in ("deaths", "deadly incidents"):
        raise ValueError(f"measure {text!r}")
    return "deaths" if text == "deaths" else "deadly incidents"


def map_units(history: History, level: Level, gazetteer: Gazetteer) -> tuple[dict[str, str], dict[str, str]]:
    """Where each unit lies: unit to gazetteer id, and for the others unit to why none could be told.

    A unit whose id is a gazetteer id keeps it. A country is found by its code, a first-level area by its name among the
    regions of its country. Of several units that would lie in one place (a state and its successor) the one that is
    still observed gets it; where that does not decide, none does.
    """
    found: dict[str, str] = {}
    faults: dict[str, str] = {}
    for unit in history.units:
        place, fault = _find_place(unit, level, gazetteer)
        if place is not None:
            found[unit.id] = place
        else:
            faults[unit.id] = fault
    observed = {u.id for u, seen in zip(history.units, history.observed, strict=True) if seen.size and seen[-1]}
    for place, number in Counter(found.values()).items():
        if number == 1:
            continue
        rivals = [id_ for id_, at in found.items() if at == place]
        living = [id_ for id_ in rivals if id_ in observed]
        for id_ in rivals:
            if living != [id_]:
                del found[id_]
                faults[id_] = f"{number} units lie at {place}"
    return found, faults


def _find_place(unit: Unit, level: Level, gazetteer: Gazetteer) -> tuple[str | None, str]:
    if ":" in unit.id and gazetteer.row(unit.id) is not None:
        return unit.id, ""
    if level == "country":
        if unit.country is None:
            return None, "no country of that name or code"
        row = gazetteer.country(unit.country)
        return (row.id, "") if row else (None, f"the gazetteer has no country {unit.country}")
    bare = _GENERIC.sub("", unit.name)
    names = dict.fromkeys([unit.name, bare, *(f"{bare} {kind}" for kind in _KINDS)])
    for name in names:
        rows = [r for r in gazetteer.find(name) if r.precision == "region" and r.country == unit.country]
        if len(rows) == 1:
            return rows[0].id, ""
        if rows:
            return None, f"{len(rows)} regions of {unit.country} have this name"
    return None, "the gazetteer has no region of this name in its country"
