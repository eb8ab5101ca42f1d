"""Which place-days and alerts an export holds: what of a filter they can be asked for, and no condition passed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from itertools import islice
from typing import Any, TypeVar

from tocsin.errors import RecordError
from tocsin.ports import Store
from tocsin.records import Alert, Filter, Tension

T = TypeVar("T", Tension, Alert)
#: What place-days and alerts are asked for by; the other conditions of a filter are of incidents and claims.
_NARROWING = ("place_id", "since", "until", "realm")


def refuse_idle_filters(what: str, wanted: Filter) -> None:
    """Raises RecordError for a condition that place-days and alerts cannot be asked for: it would be passed over."""
    if what not in ("tensions", "alerts"):
        return
    left: dict[str, Any] = dict.fromkeys(_NARROWING)
    idle = replace(wanted, **left, with_background=False, limit=0, offset=0)
    for field in fields(idle):
        if getattr(idle, field.name) not in (None, False, 0):
            raise RecordError("filter", field.name, f"narrows no {what}: only {', '.join(_NARROWING)} and limit do")


def read_tensions(store: Store, wanted: Filter) -> list[Tension]:
    """The days of a place, or of all, in a period."""
    series = store.tensions(place_id=wanted.place_id, since=wanted.since, until=wanted.until)
    return _cut_page((t for t in series if _is_of_realm(t, wanted)), wanted)


def read_alerts(store: Store, wanted: Filter) -> list[Alert]:
    """The alerts of a place that held on any day of a period."""
    alerts = (
        a
        for a in store.alerts()
        if wanted.place_id in (None, a.place_id)
        and (wanted.since is None or a.day >= wanted.since)
        and (wanted.until is None or a.began_on <= wanted.until)
        and _is_of_realm(a, wanted)
    )
    return _cut_page(alerts, wanted)


def _is_of_realm(one: Tension | Alert, wanted: Filter) -> bool:
    return wanted.realm is None or (wanted.realm == "exercise") == one.is_exercise


def _cut_page(given: Iterable[T], wanted: Filter) -> list[T]:
    return list(islice(given, wanted.offset, wanted.offset + wanted.limit if wanted.limit else None))
