"""A desk whose news told of onsets before: what it forecasts, what rules and screens get, how both ways are scored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.forecasting.worlds import NAME, NOW, draw_telling, keep_telling, write_counts
from tocsin.forecast.news_telling import NEWS_MODEL
from tocsin.forecasting.histories import open_history
from tocsin.forecasting.running import find_outlooks, import_file, run_forecasts
from tocsin.forecasting.views import UnitOutlook, find_unit_outlooks, list_unit_outlooks, score_history
from tocsin.places import Gazetteer
from tocsin.ports import Store
from tocsin.store import open_store

TODAY = NOW.date()


@pytest.fixture(scope="module")
def telling(gazetteer: Gazetteer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Forecast in January and in March, each from what was counted by then."""
    folder = tmp_path_factory.mktemp("telling")
    store = open_store(f"sqlite:///{folder / 'desk.sqlite'}")
    rows, threats = draw_telling()
    keep_telling(store, threats)
    for month in (1, 3):
        now = datetime(2026, month, 14, 12, tzinfo=UTC)
        path = write_counts(folder / "counts.csv", [r for r in rows if r[1] < f"2026-{month:02d}"])
        import_file(store, gazetteer, Path(path), name=NAME, now=now)
        run_forecasts(store, gazetteer, now=now)
    yield store
    store.close()


def list_units(store: Store) -> dict[str, UnitOutlook]:
    return {o.unit.id: o for o in list_unit_outlooks(store, open_history(store.history(NAME)), today=TODAY)}


def test_the_forecast_with_news_speaks_for_a_place_and_says_by_what(telling: Store) -> None:
    speaking = {unit: o for unit, o in list_units(telling).items() if o.next and o.next.model == NEWS_MODEL}
    assert len(speaking) > 10
    highest = max(speaking.values(), key=lambda o: o.ahead[0].p1)
    assert highest.next is not None
    basis = highest.next.news
    assert basis is not None
    assert basis.is_used
    assert basis.alone is not None
    assert highest.next.p1 > 2 * basis.alone
    assert basis.parts[0].series == "pressure"
    assert len(highest.ahead) == 12


def test_places_that_were_not_quiet_keep_the_mix_and_say_why(telling: Store) -> None:
    alone = [o.next for o in list_units(telling).values() if o.next and o.next.model == "mix"]
    assert alone
    assert all(f.news is not None and not f.news.is_used for f in alone)


def test_rules_get_what_the_screen_shows(telling: Store) -> None:
    for place, outlooks in find_outlooks(telling, now=NOW).items():
        shown = next(o for o in find_unit_outlooks(telling, place, today=TODAY) if o.held.kept.name == NAME)
        assert [o.any_score for o in outlooks] == [f.p1 for f in shown.ahead]


def test_both_ways_are_scored_over_the_same_forecasts(telling: Store) -> None:
    scores = score_history(telling, open_history(telling.history(NAME)), today=TODAY)
    assert scores.news is not None
    assert 0 < scores.news.cases < scores.cases
    assert scores.news.brier1 != scores.news.alone_brier1
    outlook = next(
        o
        for unit in list_units(telling)
        for o in find_unit_outlooks(telling, unit, today=TODAY)
        if o.held.kept.name == NAME and o.with_news
    )
    assert outlook.with_news is not None
    assert outlook.without_news is not None
    assert (outlook.with_news.model, outlook.without_news.model) == (NEWS_MODEL, "mix")
    assert outlook.with_news.number == outlook.without_news.number == 2
    assert outlook.record is not None
    assert outlook.own_record is not None
    assert outlook.next is not None
    assert (outlook.record.model, outlook.own_record.model) == ("mix", outlook.next.model)


def test_without_news_nothing_is_said_of_it(telling: Store, store: Store, gazetteer: Gazetteer, tmp_path: Path) -> None:
    rows, _ = draw_telling()
    import_file(store, gazetteer, write_counts(tmp_path / "counts.csv", rows), name=NAME, now=NOW)
    run_forecasts(store, gazetteer, now=NOW)
    held = open_history(store.history(NAME))
    assert score_history(store, held, today=date(2026, 6, 1)).news is None
    for outlook in list_unit_outlooks(store, held, today=TODAY):
        assert {f.news for f in outlook.ahead} == {None}
        assert {f.model for f in outlook.ahead} == {"mix"}
        assert (outlook.with_news, outlook.without_news) == (None, None)
    with_news = {o.unit.id: o for o in list_units(telling).values()}
    for row in list_unit_outlooks(store, held, today=TODAY):
        before = with_news[row.unit.id].next
        if before is not None and before.model == "mix" and row.next is not None:
            assert before.quantiles == row.next.quantiles
