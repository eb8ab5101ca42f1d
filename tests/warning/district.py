"""An invented district in which incidents can be made in one line."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tocsin.records import Incident, PartialDate, Party, Place, TollRange

DAY = date(2026, 3, 1)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
NAMES = {"g:teske": "Teske", "g:bridge": "Teske bridge", "g:valley": "Upper Valley", "country:XVA": "Vasnia"}
TESKE = Place("Teske", "settlement", "XVA", 40.1, 20.1, "g:teske", within=("g:valley", "country:XVA"))
BRIDGE = Place("the bridge", "site", "XVA", 40.1, 20.1, "g:bridge", within=("g:teske", "g:valley", "country:XVA"))
MILL = Place("Mill", "settlement", "XVA", 40.2, 20.2, "g:mill", within=("g:valley", "country:XVA"))
VALLEY = Place("Upper Valley", "district", "XVA", None, None, "g:valley", within=("country:XVA",))


def make_incident(id_: str, type_: Any = "ASSAULT", day: int | None = 0, **fields: Any) -> Incident:
    """An incident on the `day`-th day of the district's calendar, reported at noon of that day."""
    on = DAY + timedelta(days=day or 0)
    fields.setdefault("place", TESKE)
    fields.setdefault("date", None if day is None else PartialDate.of_day(on))
    fields.setdefault("reported_at", datetime.combine(on, time(12), UTC))
    fields.setdefault("outlets", ("out_a",))
    if "killed" in fields:
        killed = fields.pop("killed")
        fields["tolls"] = (TollRange("killed", killed, killed, killed, "latest-of-most-reliable"),)
    if "party" in fields:
        code = fields.pop("party")
        fields["recipient"] = (Party("somebody", code, code),)
    return Incident(f"inc_{id_}", type_, (f"clm_{id_}",), **fields)


def days_from(first: int, last: int, *outlets: str) -> dict[date, frozenset[str]]:
    """The given outlets heard on every day of a stretch."""
    return {DAY + timedelta(days=n): frozenset(outlets) for n in range(first, last + 1)}
