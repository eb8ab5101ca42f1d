"""`tocsin forecast ...` as a person and a script meet it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.forecasting.worlds import NAME, add_news_forecasts, draw_rows, write_counts
from tocsin.cli.forecast import app
from tocsin.cli.show_forecast import print_table
from tocsin.desk.gazetteers import open_desk_gazetteer
from tocsin.errors import IntakeError, TocsinError, UnknownIdError
from tocsin.forecasting.running import import_file, run_forecasts
from tocsin.settings import Settings
from tocsin.store import open_store

#: The commands ask the machine's clock: the counts end with the month before.
LAST = (datetime.now(UTC).date().replace(day=1) - timedelta(days=1)).replace(day=1)


@pytest.fixture
def run(lend_gazetteer: Callable[[Path], Path], tmp_path: Path) -> Callable[..., Any]:
    """Run a command on a desk of the test's own, with the gazetteer that all tests share."""
    home = lend_gazetteer(tmp_path / "home")

    def run_command(*arguments: str, fails: type[TocsinError] | None = None) -> Any:
        done = CliRunner().invoke(app, list(arguments), env={"TOCSIN_HOME": str(home), "COLUMNS": "120"})
        if fails is None:
            assert done.exit_code == 0, done.output
        else:
            assert isinstance(done.exception, fails), done.output
        return done

    return run_command


def test_a_file_is_imported_forecast_shown_and_scored(run: Callable[..., Any], tmp_path: Path) -> None:
    assert "no history yet" in run("list").stdout
    assert "no history yet" in run("run").stdout
    rows = [*draw_rows(last=LAST), ("Orle", "2020-13", 1, ""), ("Orle", "2020-01", -4, "")]
    path = str(write_counts(tmp_path / "counts.csv", rows))
    told = " ".join(run("import", path, "--name", NAME, "--licence", "EXERCISE, invented").stdout.split())
    for words in (
        "counts, 120 of 122 rows counted",
        f"4 units by month, {rows[0][1]} to {LAST:%Y-%m}",
        "1 rows: no month that exists",
        "1 rows: a value that is no count",
        "on the map: 3 of 4 units",
        "Valdena: no country of that name or code",
    ):
        assert words in told
    assert "96 new forecasts of 4 units" in run("run").stdout
    (again,) = map(json.loads, run("run", "--json").stdout.splitlines())
    assert (again["is_due"], again["made"]) == (False, 0)
    (row,) = map(json.loads, run("list", "--json").stdout.splitlines())
    assert (row["name"], row["units"], row["on_the_map"], row["last"]) == (NAME, 4, 3, f"{LAST:%Y-%m}")
    (said,) = map(json.loads, run("show", "country:XKX", "--json").stdout.splitlines())
    assert (said["unit"], said["past"], said["record"]) == ("Kosovo", [], None)
    assert all(0 <= f["p25"] <= f["p1"] <= 1 and len(f["quantiles"]) == 50 for f in said["ahead"])
    shown = run("show", "kosovo").stdout
    assert "mix, made" in shown
    assert "None of its forecasts has come due yet." in shown
    assert "none of its forecasts has come due yet" in run("scores").stdout


def test_a_country_that_a_table_knows_by_its_code_is_found_by_its_name(run: Callable[..., Any], tmp_path: Path) -> None:
    rows = [(code, month, count, code) for _, month, count, code in draw_rows(last=LAST) if code]
    run("import", str(write_counts(tmp_path / "counts.csv", rows)), "--name", NAME)
    for wanted in ("Chad", "country:TCD", "tcd"):
        assert run("show", wanted).stdout.startswith("TCD: deaths by month")
    assert "is in no history" in str(run("show", "Valdena", fails=UnknownIdError).exception)


def test_a_month_stands_in_one_line_however_narrow_the_window(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    columns = ("period", "median", "50 %", "80 %", "p1", "p25", "last year: 80 %", "p1 then", "p25 then")
    print_table("EXERCISE", columns, [{"period": "2031-10"} | dict.fromkeys(columns[1:], "10 to 1200")])
    assert "2031-10" in capsys.readouterr().out


def test_what_the_news_adds_is_shown_and_scored_beside_history_alone(
    run: Callable[..., Any], tmp_path: Path
) -> None:  # fmt: skip
    database = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    rows, before = draw_rows(last=LAST), f"{LAST:%Y-%m}"
    now = datetime(LAST.year, LAST.month, 14, tzinfo=UTC)
    with closing(open_store(database)) as store:
        gazetteer = open_desk_gazetteer(Settings(), tmp_path / "home")
        path = write_counts(tmp_path / "counts.csv", [r for r in rows if r[1] < before])
        import_file(store, gazetteer, path, name=NAME, now=now)
        run_forecasts(store, gazetteer, now=now)
        add_news_forecasts(store, "Kosovo")
        gazetteer.close()
    run("import", str(write_counts(tmp_path / "counts.csv", rows)), "--name", NAME, "--database", database)
    shown = run("show", "Kosovo", "--database", database).stdout
    for words in (
        "with the news: on the last third of the past", "chance of 1 or more: 0.061, by history alone 0.020",
        "pressure, ratio over 3: 0.875; +0.90 to the log odds",
        "of the same periods, mix with news: its last 1 forecasts",
        "of the same periods, mix: its last 1 forecasts",
    ):  # fmt: skip
        assert words in " ".join(shown.split())
    (said,) = map(json.loads, run("show", "Kosovo", "--json", "--database", database).stdout.splitlines())
    assert said["ahead"][0]["news"]["rule"] == "helped"
    assert said["with_news"]["number"] == said["without_news"]["number"] == 1
    assert "the same 1 forecasts" in run("scores", "--database", database).stdout
    (told,) = map(json.loads, run("scores", "--json", "--database", database).stdout.splitlines())
    assert told["news"]["cases"] == 1


def test_a_report_for_machines_holds_the_same(run: Callable[..., Any], tmp_path: Path) -> None:
    path = str(write_counts(tmp_path / "counts.csv", draw_rows(5, last=LAST)))
    told = json.loads(run("import", path, "--name", NAME, "--json").stdout)
    assert (told["kind"], told["rows"], told["used"], told["faults"]) == ("counts", 20, 20, {})
    assert told["not_on_the_map"] == {"Valdena": "no country of that name or code"}
    (made,) = map(json.loads, run("run", "--json").stdout.splitlines())
    assert made["missing"] == {"too little history: 5 of 24 months": 4}
    assert "no forecast: too little history: 5 of 24 months" in run("show", "Chad").stdout


def test_an_event_list_is_counted_by_area_and_week(run: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    lines = ["event_date,event_type,country,admin1,fatalities"]
    lines += [f"2026-01-{day:02d},Battles,Syria,Aleppo,{day % 3}" for day in range(1, 29)]
    path.write_text("\n".join([*lines, "soon,Battles,Syria,Aleppo,1"]), "utf-8")
    options = ("--name", "EXERCISE list", "--level", "admin1", "--period", "week", "--measure", "deadly-incidents")
    told = run("import", str(path), *options, "--since", "2026-01-01", "--until", "2026-01-31").stdout
    assert "ACLED, 21 of 29 rows counted; deadly incidents of" in told
    assert "1 rows: no date in event_date" in told
    assert "7 rows: outside the weeks that are wholly covered" in told
    assert "on the map: 1 of 1 units" in told


def test_what_cannot_be_done_is_an_error_of_ours(run: Callable[..., Any], tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text("a,b\n1,2\n", "utf-8")
    run("import", str(odd), "--name", NAME, fails=IntakeError)
    run("import", str(tmp_path / "nothing.csv"), "--name", NAME, fails=IntakeError)
    run("import", str(write_counts(tmp_path / "c.csv", draw_rows(3))), "--name", "own incidents", fails=TocsinError)
    run("show", "Orle", fails=UnknownIdError)
    assert "no history yet" in run("list").stdout
