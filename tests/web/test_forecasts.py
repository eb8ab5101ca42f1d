"""Forecasts on the screen and in the API: figures with their past errors, honest where there are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from tests.forecasting.worlds import NAME, NOW, draw_rows, write_counts
from tests.web.checking import find_faults, parse_page, read_words
from tests.web.worlds import HOSTILE, make_client, open_empty
from tocsin.desk import Desk
from tocsin.forecasting.running import find_outlooks, import_file, run_forecasts
from tocsin.pipeline import Knowledge
from tocsin.web.api import shapes
from tocsin.web.charting import FanStep, draw_fan
from tocsin.web.pages.forecasts import list_months_ahead, make_blocks, show_chance, show_period

ADDRESSES = ("/forecasts", "/forecasts?sort=name", f"/forecasts?history={NAME}&sort=any", "/places/country:XKX")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, get_knowledge: Callable[[bool], Knowledge]) -> Iterator[Desk]:
    """A desk with a history that was forecast in January and in March."""
    folder = tmp_path_factory.mktemp("forecasts")
    with open_empty(folder, knowledge=get_knowledge) as made:
        for month in (1, 3):
            rows = [r for r in draw_rows() if r[1] < f"2026-{month:02d}"]
            keep(made, folder, rows, now=datetime(2026, month, 14, tzinfo=UTC))
        keep(made, folder, draw_rows(5), now=NOW, name="EXERCISE short")
        yield made


def keep(desk: Desk, folder: Path, rows: list[Any], *, now: datetime, name: str = NAME) -> None:
    gazetteer = desk.knowledge().gazetteer
    path = write_counts(folder / "counts.csv", rows)
    import_file(desk.store, gazetteer, path, name=name, now=now, licence="EXERCISE, invented")
    run_forecasts(desk.store, gazetteer, now=now)


@pytest.fixture(scope="module")
def client(desk: Desk) -> Iterator[TestClient]:
    with make_client(desk) as made:
        yield made


def read_table(client: TestClient, address: str, heading: str = "h-units") -> list[list[str]]:
    page = parse_page(client.get(address).text)
    rows = page.xpath(f"(//section[@aria-labelledby='{heading}']//table)[1]//tbody/tr")
    return [[read_words(cell) for cell in row] for row in rows]


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_are_sound_and_say_what_they_are_not(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert list(find_faults(answer.text)) == []
    words = read_words(parse_page(answer.text))
    for told in ("not of all that happens", "in its final form flatters", "resolution 1244"):
        assert told in words or (told.startswith("resolution") and "places" in address), told


def test_a_place_shows_ranges_chances_and_past_forecasts(client: TestClient) -> None:
    page = parse_page(client.get("/places/country:XKX").text)
    section = page.xpath("//section[@id='outlook']")[0]
    words = read_words(section)
    assert "Deaths by month" in words
    assert "EXERCISE, invented" in words
    assert "by mix 2" in words
    assert "Its last 2 forecasts: mean error" in words
    assert re.search(r"By [a-z-]+\. Its last 2 forecasts", words)
    assert "too little history: 5 of 24 months" in words
    ahead, past = section.xpath(".//table")
    assert len(ahead.xpath(".//tbody/tr")) == 12
    assert [read_words(c) for c in ahead.xpath(".//thead//th")] == [
        "Period", "Any death", "25 or more", "Median", "50 % range", "80 % range",
    ]  # fmt: skip
    came = {r[1]: r[2] for r in draw_rows() if r[0] == "Kosovo"}
    rows = [[read_words(c) for c in row] for row in past.xpath(".//tbody/tr")]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("Feb 2026", "Dec 2025", str(came["2026-02"])), ("Jan 2026", "Dec 2025", str(came["2026-01"])),
    ]  # fmt: skip
    drawing = section.xpath(".//svg")[0]
    assert len(drawing.xpath(".//circle")) == 12
    assert len(drawing.xpath(".//g")) == 12
    assert not section.xpath(".//script")


def test_a_place_is_asked_for_the_forecast_that_the_rules_are_told(desk: Desk) -> None:
    now, place = desk.clock.now(), "country:XKX"
    told = list_months_ahead(make_blocks(desk, place), now.date())
    assert told
    assert told == find_outlooks(desk.store, now=now)[place]


def test_a_place_without_a_history_says_what_to_import(client: TestClient) -> None:
    answer = client.get("/places/country:FRA")
    section = parse_page(answer.text).xpath("//section[@id='outlook']")[0]
    assert "No history covers this place." in read_words(section)
    assert "tocsin forecast import FILE --name NAME" in read_words(section)
    assert list(find_faults(answer.text)) == []


def test_units_are_ordered_by_risk_or_as_asked(client: TestClient) -> None:
    names = {sort: [row[0] for row in read_table(client, f"/forecasts?sort={sort}")] for sort in ("", "name", "median")}
    assert names["name"] == ["Chad", "Kosovo", "Mali", "Valdena"]
    assert names[""][0] == names["median"][0] == "Kosovo"
    assert set(names[""]) == set(names["name"])
    page = parse_page(client.get("/forecasts?sort=any").text)
    assert len(page.xpath("//th[@aria-sort]")) == 1
    assert page.xpath("//th[@aria-sort]/a/@href")[0].endswith("sort=any")


def test_scores_stand_under_the_list(client: TestClient) -> None:
    words = read_words(parse_page(client.get("/forecasts").text))
    assert "8 scored forecasts" in words
    assert sum(int(row[3]) for row in read_table(client, "/forecasts", "h-scores")) == 8
    assert "1 unit could not be found on the map" in words


def test_calibration_is_drawn_beside_its_table(client: TestClient) -> None:
    page = parse_page(client.get("/forecasts").text)
    section = page.xpath("//section[@aria-labelledby='h-scores']")[0]
    drawings, tables = section.xpath(".//svg"), section.xpath(".//table")
    assert len(drawings) == len(tables) == 3
    for drawing in drawings:
        assert drawing.get("role") == "img"
        assert read_words(drawing.xpath(f"./title[@id='{drawing.get('aria-labelledby')}']")[0]).endswith("has all")
    assert [len(d.xpath(".//circle")) for d in drawings[:2]] == [len(t.xpath(".//tbody/tr")) for t in tables[:2]]
    assert len(drawings[2].xpath(".//rect")) == len(tables[2].xpath(".//tbody/tr")) == 10
    assert sum(float(read_words(row.xpath("./td")[0])) for row in tables[2].xpath(".//tbody/tr")) == pytest.approx(
        1, abs=0.01
    )


def test_a_history_without_a_forecast_says_why(client: TestClient) -> None:
    answer = client.get("/forecasts?history=EXERCISE+short")
    words = read_words(parse_page(answer.text))
    assert "4 units: too little history: 5 of 24 months" in words
    assert "None has come due yet." in words
    assert not parse_page(answer.text).xpath("//section[@aria-labelledby='h-scores']//svg")
    assert list(find_faults(answer.text)) == []


@pytest.mark.parametrize(
    ("query", "status"), [("sort=worst", 422), ("history=nothing", 404), ("history=" + "x" * 99, 422)]
)
def test_what_cannot_be_asked_is_said(client: TestClient, query: str, status: int) -> None:
    answer = client.get(f"/forecasts?{query}")
    assert answer.status_code == status
    assert list(find_faults(answer.text)) == []


def test_an_empty_desk_says_what_next(empty: TestClient) -> None:
    answer = empty.get("/forecasts")
    assert list(find_faults(answer.text)) == []
    blank = parse_page(answer.text).xpath("//*[contains(@class, 'empty')]")[0]
    assert "tocsin forecast import" in read_words(blank)
    told = empty.get("/api/forecasts").json()
    assert (told["histories"], told["forecasts"]) == ([], [])


def test_the_api_keeps_to_its_shape_and_says_what_the_page_says(client: TestClient) -> None:
    told = client.get("/api/forecasts").json()
    TypeAdapter(shapes.ForecastList).validate_python(told)
    assert [h["name"] for h in told["histories"]] == [NAME, "EXERCISE short"]
    assert {f["unit"] for f in told["forecasts"]} == {row[0] for row in read_table(client, "/forecasts")}
    assert "recorded" in told["note"]
    here = client.get("/api/forecasts?place_id=country:XKX").json()["forecasts"]
    assert [(f["history"], len(f["ahead"]), f["missing"]) for f in here] == [
        (NAME, 12, None), ("EXERCISE short", 0, "too little history: 5 of 24 months"),
    ]  # fmt: skip
    assert here[0]["record"]["number"] == 2
    for point in here[0]["ahead"]:
        assert point["low80"] <= point["low50"] <= point["median"] <= point["high50"] <= point["high80"]
        assert 0 <= point["p25"] <= point["p1"] <= 1
    assert client.get("/api/forecasts?history=nothing").status_code == 404


def test_hostile_names_never_become_markup(tmp_path: Path, get_knowledge: Callable[[bool], Knowledge]) -> None:
    rows = [(HOSTILE if r[0] == "Kosovo" else r[0], *r[1:]) for r in draw_rows()]
    with open_empty(tmp_path, knowledge=get_knowledge) as desk, make_client(desk) as client:
        keep(desk, tmp_path, rows, now=NOW, name=HOSTILE[:80])
        kept = desk.store.histories()[0]
        desk.store.save_history(replace(kept, licence=HOSTILE))
        for address in ("/forecasts", "/places/country:XKX"):
            answer = client.get(address)
            assert list(find_faults(answer.text)) == [], address
            assert "<script>alert" not in answer.text
            assert "onerror" in read_words(parse_page(answer.text)), address


# --- drawing and words
def test_ranges_keep_to_the_drawing() -> None:
    steps = [FanStep("2026-03", 0, 0, 0, 0, 0), FanStep("2026-04", 0, 1, 5, 900, 40_000)]
    fan = draw_fan([("2026-01", 3.0), ("2026-02", None)], steps, "Deaths by month")
    assert [label for _, _, label in fan.dots] == ["2026-01: 3"]
    assert [words for _, words in fan.ticks] == ["0", "1", "10", "100", "1\u202f000", "10\u202f000"]
    for bar in fan.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= 720
        assert bar.wide[1] >= bar.narrow[1] > 0
        assert 0 <= bar.wide[0] <= bar.wide[0] + bar.wide[1] <= 200
    quiet, war = fan.bars
    assert quiet.median > war.median
    assert draw_fan([], [], "nothing").bars == ()


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.0, "under 1 %"), (0.004, "under 1 %"), (0.03, "3 %"), (0.997, "over 99 %"), (1.0, "over 99 %")],
)
def test_no_chance_is_written_as_none_or_all(chance: float, words: str) -> None:
    assert show_chance(chance) == words


def test_periods_in_words() -> None:
    assert (show_period("2026-03"), show_period("2026-W11")) == ("Mar\u00a02026", "week of 9 Mar 2026")
