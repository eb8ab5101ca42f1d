"""The desk's own news: counted as tension is, on the day of the first report, and a gap where nobody listened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from tests.forecast.valdena import make_history
from tests.forecasting.worlds import keep_incidents
from tests.work import count_calls
from tocsin.forecast import Unit
from tocsin.forecast.news import SERIES, News
from tocsin.forecast.periods import read_period
from tocsin.forecasting.histories import close_history, open_history
from tocsin.forecasting.own_news import SERIES_OF, Heard, OwnNews, weigh_news
from tocsin.knowledge.weights import load_tension_weights
from tocsin.ports import Store
from tocsin.records import Incident, PartialDate, Place

WEIGHTS = load_tension_weights()
ORLE = Place("Orle", "settlement", "XVA", 42.9, 20.8, "overlay:orle", "Orle", ("admin1:XV.01", "country:XVA"))
BEGIN, LAST = date(2025, 1, 1), date(2025, 12, 31)
DAILY = {BEGIN + timedelta(days=n): frozenset({"hill-wire"}) for n in range(365)}
_numbers = iter(range(10**6))


def tell(day: str, type_: str = "THREATEN", **given: Any) -> Incident:
    """An incident (EXERCISE) first reported on a day."""
    at = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    fields: dict[str, Any] = {"place": ORLE, "outlets": ("hill-wire",)} | given
    return Incident(f"inc_{next(_numbers)}", type_, ("clm",), at, **fields)  # type: ignore[arg-type]


def weigh(incidents: Sequence[Incident], activity: Any = None, **given: Any) -> News:
    heard = Heard(tuple(incidents), DAILY if activity is None else activity, given.pop("last", LAST))
    shape: dict[str, Any] = {"level": "country", "period": "month"} | given
    news = weigh_news(heard, WEIGHTS, **shape)
    assert news is not None
    return news


def cell(news: News, series: str, month: str, row: int = 0) -> float:
    return float(news.sums[series][row, read_period(month, news.period) - news.first])


FIRST = tell("2025-01-01", "CONSULT")


def test_hostile_announced_and_cooperative_stand_apart() -> None:
    news = weigh([
        FIRST, tell("2025-03-02"), tell("2025-03-09", "ACCUSE"), tell("2025-03-20", "ASSAULT"),
        tell("2025-03-21", "AGREE"), tell("2025-03-22", "ASSAULT", modality="planned", state="planned"),
    ])  # fmt: skip
    assert news.places == ("country:XVA",)
    expected = {
        "words": "ACCUSE", "pressure": "THREATEN", "force": "ASSAULT", "announced": "ASSAULT", "cooperative": "AGREE",
    }  # fmt: skip
    assert {s: cell(news, s, "2025-03") for s in SERIES} == {
        series: abs(WEIGHTS.weigh(type_, None)) for series, type_ in expected.items()
    }
    assert {s: cell(news, s, "2025-04") for s in SERIES} == dict.fromkeys(SERIES, 0.0)


def test_every_hostile_type_of_the_codebook_has_its_series() -> None:
    hostile = {t for t in WEIGHTS.ontology.types if WEIGHTS.weigh(t, None) < 0}
    assert set(SERIES_OF) == hostile
    assert set(SERIES_OF.values()) < set(SERIES)


@pytest.mark.parametrize(
    "given",
    [{"background": True}, {"state": "denied"}, {"state": "retracted"}, {"is_faint": True}, {"modality": "negated"}],
)
def test_what_is_no_act_is_not_counted(given: dict[str, Any]) -> None:
    news = weigh([FIRST, tell("2025-03-02", **given)])
    assert sum(cell(news, s, "2025-03") for s in SERIES) == 0


def test_an_incident_stands_where_it_was_first_reported_and_not_on_its_own_day() -> None:
    late = tell("2025-06-11", date=PartialDate.of_day(date(2025, 3, 2)))
    news = weigh([FIRST, late])
    assert cell(news, "pressure", "2025-03") == 0
    assert cell(news, "pressure", "2025-06") > 0


def test_what_is_published_later_changes_no_earlier_period() -> None:
    known = [FIRST, tell("2025-02-03"), tell("2025-04-09", "PROTEST")]
    later = [tell("2025-09-01", date=PartialDate.of_day(date(2025, 4, 1))), tell("2025-10-01", "ASSAULT")]
    before, after = weigh(known), weigh([*known, *later])
    for series in SERIES:
        assert np.array_equal(before.sums[series][:, :8], after.sums[series][:, :8], equal_nan=True)


def test_months_in_which_nobody_was_heard_are_gaps() -> None:
    deaf = {day: who for day, who in DAILY.items() if day.month != 5 and not (day.month == 7 and day.day > 10)}
    news = weigh([FIRST, tell("2025-08-04")], deaf)
    silent = [news.first + n for n in np.flatnonzero(~news.heard[0])]
    assert silent == [read_period("2025-05", "month"), read_period("2025-07", "month")]


def test_a_month_in_which_the_outlets_of_the_place_fell_silent_is_a_gap_though_others_spoke() -> None:
    own = {day: who | {"plain-post"} for day, who in DAILY.items() if day.month != 6}
    others = {day: frozenset({"plain-post"}) for day in DAILY if day.month == 6}
    news = weigh([FIRST, tell("2025-03-04"), tell("2025-09-04")], own | others)
    assert np.isnan(cell(news, "pressure", "2025-06"))
    assert not np.isnan(cell(news, "pressure", "2025-04"))


def test_before_anything_was_reported_from_a_place_it_is_not_quiet_but_unknown() -> None:
    away = Place("Tal", "settlement", "XVB", None, None, "overlay:tal", "Tal", ("country:XVB",))
    news = weigh([FIRST, tell("2025-05-20", place=away)])
    row = news.places.index("country:XVB")
    assert np.isnan(news.sums["words"][row, :5]).all()
    assert not np.isnan(news.sums["words"][row, 5:]).any()


def test_a_period_that_is_not_over_or_not_whole_is_left_out() -> None:
    news = weigh([tell("2025-01-10", "CONSULT"), tell("2025-03-04")], last=date(2025, 3, 20))
    assert (news.first, news.heard.shape[1]) == (read_period("2025-02", "month"), 1)
    heard = Heard((FIRST,), DAILY, date(2025, 1, 30))
    assert weigh_news(heard, WEIGHTS, level="country", period="month") is None


def test_regions_and_weeks_are_told_too() -> None:
    news = weigh([FIRST, tell("2025-03-05"), tell("2025-03-06", place=replace(ORLE, within=("country:XVA",)))],
                 level="admin1", period="week")  # fmt: skip
    assert news.places == ("admin1:XV.01",)
    assert cell(news, "pressure", "2025-W10") == abs(WEIGHTS.weigh("THREATEN", None))


def test_without_a_known_place_there_is_no_news() -> None:
    heard = Heard((tell("2025-03-05", place=None), tell("2025-03-05", place=Place("Nowhere", "site"))), DAILY, LAST)
    assert weigh_news(heard, WEIGHTS, level="country", period="month") is None


def test_twice_the_incidents_are_twice_the_work_at_most() -> None:
    places = [Place("P", "country", f"X{n:02d}", None, None, f"country:X{n:02d}") for n in range(100)]
    days = [BEGIN + timedelta(days=n % 365) for n in range(2000)]
    told = [tell(day.isoformat(), place=places[n % 97]) for n, day in enumerate(days)]
    half, whole = (count_calls(lambda some=some: weigh(some)) for some in (told[:1000], told))
    assert whole < 2.5 * half


# --- from the store
def test_news_of_a_store_is_laid_beside_a_history_by_its_map(store: Store) -> None:
    days = [date(2025, 10, 1) + timedelta(days=n) for n in range(150)]
    keep_incidents(store, days)
    keep_incidents(store, [date(2025, 11, 9)] * 1, killed=50, is_exercise=True)
    history = replace(make_history([0] * 5, [0] * 5, [0] * 5, first=read_period("2025-10", "month")), units=(
        Unit("Kosovo*", "Kosovo*"), Unit("Chad", "Chad"), Unit("Valdena", "Valdena"),
    ))  # fmt: skip
    now = datetime(2026, 3, 14, 12, tzinfo=UTC)
    kept = close_history(history, {"Kosovo*": "country:XKX", "Chad": "country:TCD"}, name="x", level="country", at=now)
    held = open_history(kept)
    news = OwnNews(store, now=now).align(held, held.history)
    assert news is not None
    assert news.places == ("Kosovo*", "Chad", "Valdena")
    each = abs(WEIGHTS.weigh("ASSAULT", None))
    assert news.sums["force"][0].tolist()[:4] == [31 * each, 30 * each, 31 * each, 31 * each]
    assert np.isnan(news.sums["force"][0, 4])  # February is not over for a desk whose newest report is of the 27th
    assert np.isnan(news.sums["force"][1:]).all()


def test_an_empty_store_has_no_news(store: Store) -> None:
    now = datetime(2026, 3, 14, 12, tzinfo=UTC)
    held = open_history(close_history(make_history([1, 2]), {}, name="x", level="country", at=now))
    assert OwnNews(store, now=now).align(held, held.history) is None
