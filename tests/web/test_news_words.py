"""What the news has to do with a forecast, as a place's page and the page of forecasts say it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from tests.forecasting.worlds import BASIS, NAME, add_news_forecasts, draw_rows, write_counts
from tests.web.checking import find_faults, parse_page, read_words
from tests.web.worlds import make_client, open_empty
from tocsin.forecast import Forecast
from tocsin.forecast.ledger import NEWS_RULES, NewsBasis
from tocsin.forecast.news import HOSTILE, SERIES
from tocsin.forecast.news_telling import NEWS_MODEL
from tocsin.forecasting.running import import_file, run_forecasts
from tocsin.pipeline import Knowledge
from tocsin.web.api import shapes
from tocsin.web.language import speak
from tocsin.web.news_words import RULE_WORDS, SERIES_WORDS, list_parts, show_news

MADE = Forecast(
    "Orle", "Orle", date(2026, 3, 14), "2026-02", "2026-03", "month", 1, "deaths", NEWS_MODEL, "1", (0.0,) * 50, 0.061,
    0.0, BASIS,
)  # fmt: skip


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory, get_knowledge: Callable[[bool], Knowledge]
) -> Iterator[TestClient]:
    """A desk that forecast in January and in March, with the news too as far as Kosovo goes."""
    folder = tmp_path_factory.mktemp("news")
    with open_empty(folder, knowledge=get_knowledge) as desk:
        for month in (1, 3):
            now = datetime(2026, month, 14, tzinfo=UTC)
            gazetteer = desk.knowledge().gazetteer
            rows = [r for r in draw_rows() if r[1] < f"2026-{month:02d}"]
            import_file(desk.store, gazetteer, write_counts(folder / "counts.csv", rows), name=NAME, now=now)
            run_forecasts(desk.store, gazetteer, now=now)
            add_news_forecasts(desk.store, "Kosovo")
        with make_client(desk) as made:
            yield made


def test_a_place_says_what_the_news_adds_and_by_what(client: TestClient) -> None:
    answer = client.get("/places/country:XKX")
    assert list(find_faults(answer.text)) == []
    section = parse_page(answer.text).xpath("//section[@id='outlook']")[0]
    words = read_words(section)
    for told in (
        "The chance of any is 6.1 % with the desk's news, and 2.0 % by history alone.",
        "it made the log loss of the chances 12.5 % lower",
        "Of 2 past forecasts made both ways: Brier for any",
        f"by {NEWS_MODEL} 1",
    ):
        assert told in words
    rows = [[read_words(cell) for cell in row] for row in section.xpath("(.//table)[2]//tbody/tr")]
    assert rows == [
        ["threats, protests, sanctions and mobilisations", "last 3 months", "2.4 times its usual", "2.46"],
        ["hostile acts among all", "last 6 months", "25 %", "0.74"],
        ["demands, accusations and refusals", "last 1 month", "weight 1.7 a period", "1.11"],
        ["all else together", "", "", "0.95"],
    ]


def test_the_page_of_forecasts_sets_both_ways_side_by_side(client: TestClient) -> None:
    answer = client.get(f"/forecasts?history={NAME}")
    assert list(find_faults(answer.text)) == []
    assert "Of 2 past forecasts made both ways: Brier for any" in read_words(parse_page(answer.text))


def test_a_place_of_which_the_news_has_nothing_says_nothing_of_it(client: TestClient) -> None:
    assert "with the desk's news" not in client.get("/places/country:TCD").text


def test_the_api_names_the_model_that_speaks(client: TestClient) -> None:
    told = json.loads(client.get("/api/forecasts", params={"place_id": "country:XKX"}).text)
    assert told["forecasts"][0]["model"] == NEWS_MODEL


def test_every_rule_and_series_has_words_in_every_language() -> None:
    assert set(RULE_WORDS) == set(NEWS_RULES)
    assert set(SERIES_WORDS) == {*SERIES, "hostile"}
    assert set(HOSTILE) < set(SERIES_WORDS)
    english = {rule: show_news(replace(MADE, news=NewsBasis(rule, 3.0))) for rule in NEWS_RULES}
    for language in ("sr-Latn", "sq"):
        with speak(language):
            told = {rule: show_news(replace(MADE, news=NewsBasis(rule, 3.0))) for rule in NEWS_RULES}
            assert all(told[rule] and told[rule] != english[rule] for rule in NEWS_RULES)
            assert "6.1 %" in show_news(MADE)
    assert show_news(replace(MADE, news=None)) == ""
    assert list_parts(replace(MADE, news=NewsBasis("no-gain"))) == []


def test_weeks_and_25_are_called_so() -> None:
    weekly = replace(MADE, period="week", news=replace(BASIS, onset=25))
    assert "The chance of 25 or more is 6.1 %" in show_news(weekly)
    assert list_parts(weekly)[0].span == "last 3 weeks"


def test_the_api_says_what_the_news_adds_and_whose_past_errors_it_gives(client: TestClient) -> None:
    told = client.get("/api/forecasts?place_id=country:XKX").json()
    TypeAdapter(shapes.ForecastList).validate_python(told)
    (line,) = [f for f in told["forecasts"] if f["history"] == NAME]
    assert line["model"] == NEWS_MODEL
    basis = line["ahead"][0]["news"]
    assert (basis["rule"], basis["why"]) == ("helped", str(BASIS))
    assert (basis["onset"], basis["alone"], basis["chance"]) == (BASIS.onset, BASIS.alone, BASIS.chance)
    assert [part["series"] for part in basis["parts"]] == [part.series for part in BASIS.parts]
    assert [line[key]["model"] for key in ("record", "with_news", "without_news")] == ["mix", NEWS_MODEL, "mix"]
    whole = client.get("/api/forecasts").json()
    assert {f["record"] and f["record"]["model"] for f in whole["forecasts"]} == {None}
