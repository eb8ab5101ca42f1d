"""The desk's own incidents as a history (EXERCISE: an invented district)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.warning.district import TESKE, make_incident
from tocsin.errors import IntakeError
from tocsin.forecast.own_history import find_area, history_from_incidents
from tocsin.records import Incident, PartialDate, Place

SINCE, UNTIL = date(2026, 2, 1), date(2026, 4, 30)


def count(*incidents: Incident, **options: Any) -> Any:
    return history_from_incidents(
        incidents, **({"period": "month", "measure": "deaths", "since": SINCE, "until": UNTIL} | options)
    )


def test_deaths_are_counted_where_and_when_they_happened() -> None:
    made = count(make_incident("a", day=0, killed=3), make_incident("b", day=30, killed=2), make_incident("c", day=31))
    assert [u.id for u in made.history.units] == ["country:XVA"]
    assert made.history.units[0].country == "XVA"
    assert made.history.counts.tolist() == [[0, 5, 0]]
    assert count(make_incident("a", killed=3), make_incident("c"), measure="deadly incidents").history.counts.sum() == 1


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"background": True}, "told as history"),
        ({"is_faint": True}, "that the reader is not sure of"),
        ({"state": "denied"}, "denied"),
        ({"state": "retracted"}, "retracted"),
        ({"modality": "planned"}, "planned"),
        ({"modality": "negated"}, "negated"),
        ({"place": None}, "without a known country"),
        ({"date": PartialDate.of_year(2026)}, "dated to a year"),
    ],
)
def test_what_does_not_count_is_counted_by_reason(fields: dict[str, Any], reason: str) -> None:
    made = count(make_incident("a", killed=1), make_incident("b", killed=50, **fields))
    assert made.history.counts.sum() == 1
    assert dict(made.faults) == {reason: 1}


def test_a_quiet_area_is_observed_as_zero() -> None:
    made = count(make_incident("a", type_="CONSULT"))
    assert made.history.counts.tolist() == [[0, 0, 0]]


def test_weeks_leave_out_months_and_end_where_the_news_did() -> None:
    month, week = PartialDate.of_month(2026, 3), PartialDate.of_week(date(2026, 3, 4))
    broad, narrow = make_incident("a", day=30, killed=9, date=month), make_incident("b", day=3, killed=4, date=week)
    made = count(broad, narrow, period="week")
    assert made.history.counts.sum() == 4
    assert made.history.label(made.history.first + int(made.history.counts[0].argmax())) == "2026-W10"
    assert dict(made.faults) == {"dated too coarsely for weeks": 1}


def test_the_exercise_and_the_real_never_mix() -> None:
    both = make_incident("a", killed=1), make_incident("b", killed=10, is_exercise=True)
    assert count(*both).history.counts.sum() == 1
    assert count(*both, is_exercise=True).history.counts.sum() == 10


def test_regions_are_areas_of_the_first_level() -> None:
    orle = Place(
        "Orle", "settlement", "XVA", gazetteer_id="g:orle", within=("admin2:XV.1.2", "admin1:XV.1", "country:XVA")
    )
    made = count(make_incident("a", killed=1, place=orle), level="admin1", names={"admin1:XV.1": "The Valley"})
    assert [(u.id, u.name) for u in made.history.units] == [("admin1:XV.1", "The Valley")]
    assert find_area(TESKE, "admin1") is None
    assert find_area(Place("somewhere", "country", "XVA"), "country") == "country:XVA"


def test_nothing_to_count_is_said() -> None:
    with pytest.raises(IntakeError, match="1 retracted"):
        count(make_incident("a", state="retracted"))
    with pytest.raises(IntakeError, match="there is none"):
        count()
    with pytest.raises(IntakeError, match="covers no whole month"):
        count(make_incident("a"), since=date(2026, 3, 2), until=date(2026, 3, 30))
