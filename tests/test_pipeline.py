"""The stages wired: what the rooms alone do not show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from tests.conftest import NOW
from tocsin.pipeline import Knowledge, derive_warning
from tocsin.places import GazetteerRow
from tocsin.records import Incident, PartialDate, Place, TollRange


def test_a_place_that_the_gazetteer_has_no_more_is_called_as_it_was(get_knowledge: Callable[[bool], Knowledge]) -> None:
    """It was split, or its layer taken away: people were told its id in place of its name."""
    day = date(2026, 3, 19)
    attack = Incident(
        "inc_1", "ASSAULT", ("clm_1",), datetime(2026, 3, 19, 9, tzinfo=UTC), mode="firearms", origins=2,
        outlets=("out_1", "out_2"), date=PartialDate.of_day(day), tolls=(TollRange("killed", 3, 3, 3, "as told"),),
        place=Place("the town of Orlevac", "settlement", "XKX", 43.1, 20.6, "own:orlevac", "Orlevac", ("own:valley",)),
    )  # fmt: skip
    heard = {day: frozenset({"out_1", "out_2"})}

    def call(*rows: GazetteerRow, **given: object) -> dict[str, str]:
        picture = derive_warning(
            [attack], heard, get_knowledge(False), first=day, until=day, now=NOW, places=rows, **given,  # type: ignore[arg-type]
        )  # fmt: skip
        assert picture.alerts
        return {a.place_id: a.place_name for a in picture.alerts} | {
            t.place_id: t.place_name for t in picture.tensions.rows()
        }

    assert call()["own:orlevac"] == "Orlevac"
    row = GazetteerRow("own:orlevac", "Novi Orlevac", ("Orlevac",), "settlement", "XKX", 43.1, 20.6, None)
    assert call(row)["own:orlevac"] == "Novi Orlevac", "one that was renamed is called by its new name"
    alert = derive_warning([attack], heard, get_knowledge(False), first=day, until=day, now=NOW, places=()).alerts[0]
    valley = replace(alert, place_id="own:valley", place_name="the valley")
    assert call(earlier=[valley])["own:valley"] == "the valley"
