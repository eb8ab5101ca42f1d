"""The forecasts of a report: of the area, of what lies in or around it; with errors and age, or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.forecasting.worlds import NAME, add_news_forecasts, draw_rows, write_counts
from tests.web.worlds import NOW, FixedClock, World, fill, open_empty
from tocsin.forecast.news_telling import NEWS_MODEL
from tocsin.forecasting.running import import_file, run_forecasts
from tocsin.pipeline import Knowledge
from tocsin.report import ReportRequest, Sentence, check_report
from tocsin.report.markdown import write_markdown
from tocsin.reporting.drafting import Sitrep, make_period, make_sitrep

REQUEST = ReportRequest(*make_period(date(2026, 3, 8), date(2026, 3, 14)))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, get_knowledge: Callable[[bool], Knowledge]) -> Iterator[World]:
    """The hand-made world with counts of its country, forecast in January and in March."""
    folder = tmp_path_factory.mktemp("outlooks")
    with open_empty(folder, knowledge=get_knowledge) as desk:
        made = fill(desk)
        for month in (1, 3):
            rows = [row for row in draw_rows() if row[1] < f"2026-{month:02d}"]
            keep(made, folder, rows, datetime(2026, month, 14, tzinfo=UTC))
        yield made


def keep(world: World, folder: Path, rows: list[tuple[str, str, int, str]], now: datetime) -> None:
    gazetteer = world.desk.knowledge().gazetteer
    import_file(world.desk.store, gazetteer, write_counts(folder / "counts.csv", rows), name=NAME, now=now)
    run_forecasts(world.desk.store, gazetteer, now=now)


def make(world: World, **changes: object) -> Sitrep:
    return make_sitrep(world.desk, replace(REQUEST, **changes), is_exercise=False)


def list_forecasts(made: Sitrep) -> list[Sentence]:
    return [s for s in made.report.sentences if s.id.startswith("forecast/")]


def test_a_report_tells_the_range_the_errors_and_the_age_of_what_it_stands_on(world: World) -> None:
    made = make(world)
    (sentence,) = list_forecasts(made)
    (outlook,) = made.picture.outlooks
    assert sentence.label == outlook.place_name == "Kosovo"
    assert outlook.chance is not None
    assert 0.9 < outlook.chance < 0.99
    assert f"chance of any {outlook.chance:.0%}; of 25 or more ".replace("%", " %") in sentence.text
    assert f"80 % range {round(outlook.low or 0)} to {round(outlook.high or 0)}, median" in sentence.text
    assert f"from {NAME}, known to 28 Feb 2026, 14 days old." in sentence.text
    assert "Past error: its last " in sentence.text
    assert "coverage of the 80 % interval" in sentence.text
    assert made.problems == {}
    assert made.picture.no_forecast == ()
    assert "gaps/forecast" not in {s.id for s in made.report.sentences}
    assert any("1244" in note for note in made.report.footnotes)
    assert "## Forecast" in write_markdown(made.report)


@pytest.mark.parametrize(
    ("since", "error"),
    [("", "its last "), ("2026-02", "by history alone (none with the news has come due), its last ")],
)
def test_past_errors_are_named_where_they_are_not_of_the_model_that_is_told(
    tmp_path: Path, get_knowledge: Callable[[bool], Knowledge], since: str, error: str
) -> None:
    with open_empty(tmp_path, knowledge=get_knowledge) as desk:
        made = fill(desk)
        for month in (1, 3):
            rows = [row for row in draw_rows() if row[1] < f"2026-{month:02d}"]
            keep(made, tmp_path, rows, datetime(2026, month, 14, tzinfo=UTC))
        add_news_forecasts(desk.store, "Kosovo", since)
        (outlook,) = make(made).picture.outlooks
        assert outlook.method == f"{NEWS_MODEL} 1"
        assert (outlook.past_error or "").startswith(error)
        (sentence,) = list_forecasts(make(made))
        assert f"Past error: {outlook.past_error}." in sentence.text


@pytest.mark.parametrize(
    ("figure", "wrong"), [("14 days", "9 days"), ("80 %", "90 %"), ("25 or more", "26 or more"), ("Feb", "Jan")]
)
def test_a_figure_that_the_forecast_does_not_give_is_refused(world: World, figure: str, wrong: str) -> None:
    made = make(world)
    (sentence,) = list_forecasts(made)
    assert figure in sentence.text
    changed = replace(sentence, text=sentence.text.replace(figure, wrong, 1), state="replaced")
    sections = tuple(
        replace(s, blocks=(replace(s.blocks[0], sentences=(changed,)),)) if s.key == "forecast" else s
        for s in made.report.sections
    )
    assert set(check_report(replace(made.report, sections=sections), made.picture)) == {sentence.id}


def test_an_area_without_a_history_is_told_what_it_lies_in(world: World) -> None:
    bridge = make(world, place_id="overlay:orle-bridge", place_name="Orle bridge")
    assert [s.label for s in list_forecasts(bridge)] == ["Kosovo"]
    country = make(world, place_id="country:XKX", place_name="Kosovo")
    assert [s.label for s in list_forecasts(country)] == ["Kosovo"]


def test_a_place_that_no_history_covers_is_a_gap_and_no_calm(world: World) -> None:
    made = make(world, place_id="overlay:elsewhere", place_name="Elsewhere")
    assert list_forecasts(made) == []
    gap = next(s for s in made.report.sentences if s.id == "gaps/forecast")
    assert gap.whole == "No forecast: no history covers Elsewhere or what lies around it."
    assert gap.cites == ("forecasts",)
    assert made.problems == {}


def test_the_exercise_is_not_forecast(world: World) -> None:
    drill = make_sitrep(world.desk, REQUEST, is_exercise=True)
    assert list_forecasts(drill) == []
    assert "nothing of it is forecast" in next(s.text for s in drill.report.sentences if s.id == "gaps/forecast")
    assert drill.problems == {}


def test_an_old_history_says_that_its_forecasts_are_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.desk, "clock", FixedClock(NOW + timedelta(days=800)))
    made = make(world)
    assert list_forecasts(made) == []
    gap = next(s for s in made.report.sentences if s.id == "gaps/forecast")
    assert NAME in gap.text
    assert "2026-02" in gap.text
    assert made.problems == {}


def test_a_desk_without_histories_says_so(tmp_path: Path) -> None:
    with open_empty(tmp_path) as desk:
        made = make(fill(desk))
    assert "holds no history" in next(s.text for s in made.report.sentences if s.id == "gaps/forecast")
