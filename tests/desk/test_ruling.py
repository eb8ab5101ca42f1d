"""Rules checked on their own examples and replayed over what a desk holds, by function and by command."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tocsin.cli.commands import app
from tocsin.desk import Desk, open_desk
from tocsin.desk.ruling import Stretch, check_rules, read_onsets, replay_rules
from tocsin.errors import IntakeError
from tocsin.intake import Options
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.rules import AlertRule, load_alert_rules
from tocsin.records import Alert, Filter
from tocsin.settings import Settings
from tocsin.warning.replaying import Window, judge_rules

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
#: EXERCISE: invented. A week of preparations, then people killed.
REPORTS = (
    (0, "Radio One", "Villagers blocked the main road in Zvecan on Monday, police said."),
    (1, "Radio One", "Troops were put on alert in Zvecan on Tuesday, the ministry said."),
    (1, "The Wire", "The government threatened to use force in Zvecan if the barricades stay."),
    (5, "Radio One", "Gunmen shot dead two policemen in Zubin Potok on Saturday, a doctor said."),
    (5, "The Wire", "Two police officers were killed on Saturday when men opened fire in Zubin Potok."),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ruling")
    with open_desk(Settings(home=folder)) as desk:
        for day, outlet, text in REPORTS:
            desk.take_text(text, Options(outlet=outlet, published_at=START + timedelta(days=day)))
    return folder


def test_the_bundled_rules_keep_to_their_examples() -> None:
    assert [c.faults for c in check_rules(None) if c.faults] == []


def test_a_rule_that_breaks_its_example_is_named(tmp_path: Path) -> None:
    table = tmp_path / "mine.toml"
    sound = read_knowledge("alert_rules.toml")
    table.write_text(
        sound.replace('name = "roadblocks-spread"', 'name = "mine"').replace("min_incidents = 2\n", "", 1), "utf-8"
    )
    (fault,) = [c for c in check_rules(table) if c.faults]
    assert fault.rule.name == "mine"
    assert [(does, e.note) for does, e in fault.faults] == [("rings", "one roadblock, however many outlets tell it")]
    answer = CliRunner().invoke(app, ["rules", "check", str(table)])
    assert answer.exit_code == 1
    assert "mine: PRIORITY, 3 examples, 1 not kept to" in answer.output
    assert "rings where it must not: one roadblock" in answer.output


def test_areas_that_no_gazetteer_has_are_named_and_examples_are_played_for_everywhere(tmp_path: Path) -> None:
    sound, table = read_knowledge("alert_rules.toml"), tmp_path / "mine.toml"
    for areas, strange in (('["country:XKX", "ex-halvera"]', []), ('["country:XKX", "country:XXK"]', ["country:XXK"])):
        table.write_text(sound.replace("keep_days = 1", f"areas = {areas}\nkeep_days = 1", 1), "utf-8")
        answer = CliRunner().invoke(app, ["rules", "check", str(table), "--json"])
        rows = [json.loads(line) for line in answer.stdout.splitlines()]
        assert (rows[0]["unknown_areas"], rows[0]["faults"]) == (strange, [])
        assert answer.exit_code == bool(strange)
    answer = CliRunner().invoke(app, ["rules", "check", str(table)])
    assert "'country:XXK' is in no gazetteer of this desk" in answer.output


def replay(desk: Desk, **given: object) -> dict[str, object]:
    window = Window(before=7, after=1)
    told = replay_rules(desk, load_alert_rules(), Stretch(**given), window)  # type: ignore[arg-type]
    return {score.rule: score for score in told.scores}


def test_rules_are_held_against_the_first_deaths(home: Path) -> None:
    with open_desk(Settings(home=home)) as desk:
        scores = replay(desk)
        told = replay_rules(desk, load_alert_rules(), Stretch(), Window(before=7, after=1))
    builds, deadly = scores["confrontation-builds"], scores["deadly-violence"]
    assert (builds.onsets, builds.found, builds.delay_days) == (1, 1, -4.0)  # type: ignore[attr-defined]
    assert (deadly.found, deadly.delay_days, deadly.false_alerts) == (1, 0.0, 0)  # type: ignore[attr-defined]
    assert (told.first, told.until, told.scores[-1].rule) == (START.date(), date(2026, 3, 7), "any")
    loud = [s for s in told.scores if s.speaks == "for"]
    assert all(s.random_recall is not None and 0 <= s.random_recall <= 1 for s in loud)


def test_onsets_may_come_from_a_file(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "onsets.csv"
    file.write_text("place_id,date\nelsewhere,2026-03-04\n", "utf-8")
    with open_desk(Settings(home=home)) as desk:
        told = replay_rules(desk, load_alert_rules(), Stretch(), Window(), file)
    assert {(s.onsets, s.found) for s in told.scores if s.speaks == "for"} == {(1, 0)}
    assert told.scores[-1].false_alerts == told.scores[-1].alerts > 0
    assert told.strange == ("elsewhere",), "no alert can be near it, and the user hears so"


def test_an_onset_in_a_town_counts_in_the_region_that_alerts_are_told_with(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "onsets.csv"
    with open_desk(Settings(home=home)) as desk:
        town = next(i.place for i in desk.store.incidents(Filter()) if i.place and i.place.precision == "settlement")
        file.write_text(f"place_id,date\n{town.gazetteer_id},2026-03-07\n", "utf-8")
        told = replay_rules(desk, load_alert_rules(), Stretch(), Window(before=7, after=1), file)
    assert (told.scores[-1].found, told.strange) == (1, ())


def test_a_rule_on_forecasts_is_not_judged_by_a_past_it_cannot_ring_in(home: Path) -> None:
    with open_desk(Settings(home=home)) as desk:
        told = replay_rules(desk, load_alert_rules(), Stretch(), Window(before=7, after=1))
    assert told.left_out == ("outlook-worsens",)
    assert "outlook-worsens" not in {s.rule for s in told.scores}


def test_a_rule_that_speaks_against_is_false_where_an_onset_followed_and_finds_none() -> None:
    rules = {rule.name: rule for rule in load_alert_rules()}
    loud, calm, day = rules["deadly-violence"], rules["tension-eases"], START.date()
    rung = ((calm, 0), (calm, 30), (loud, 2))
    alerts = [make_alert(rule, day + timedelta(days=later)) for rule, later in rung]
    onsets = {"a": [day + timedelta(days=1)]}
    until = day + timedelta(days=60)
    heard, eased, together = judge_rules(
        alerts, onsets, {"a": "a"}, [loud, calm], first=day, until=until, window=Window(before=7, after=3)
    )
    assert (heard.found, heard.alerts, heard.false_alerts) == (1, 1, 0)
    assert (eased.alerts, eased.false_alerts, eased.recall, eased.random_recall) == (2, 1, None, None)
    assert (together.alerts, together.found, together.delay_days) == (1, 1, 1.0)


def make_alert(rule: AlertRule, day: date) -> Alert:
    return Alert(
        "alt_a", rule.name, rule.version, rule.title, rule.hypothesis, "a", "A", rule.precedence, day, day, "firing",
        START, rule.cleared_by, speaks=rule.speaks,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [("place,date\n", "place_id, date"), ("place_id,date\na,yesterday\n", "line 2"), ("place_id,date\na\n", "line 2")],
)
def test_a_bad_file_of_onsets_is_named(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "onsets.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(IntakeError, match=words):
        read_onsets(file)
    with pytest.raises(IntakeError, match="cannot be read"):
        read_onsets(tmp_path / "none.csv")


def test_an_empty_desk_and_a_stretch_turned_round_are_refused(home: Path, tmp_path: Path) -> None:
    with open_desk(Settings(home=tmp_path)) as desk, pytest.raises(IntakeError, match="take reports in first"):
        replay(desk)
    with open_desk(Settings(home=home)) as desk, pytest.raises(IntakeError, match="end after it begins"):
        replay(desk, first=date(2026, 3, 5), until=date(2026, 3, 4))


def test_the_command_prints_a_table_or_lines(home: Path) -> None:
    table = CliRunner().invoke(app, ["rules", "replay", "--home", str(home), "--before", "7", "--after", "1"])
    assert table.exit_code == 0, table.output
    assert "deadly-violence" in table.output
    assert "1 of 1" in table.output
    lines = CliRunner().invoke(app, ["rules", "replay", "--home", str(home), "--json"])
    rows = [json.loads(line) for line in lines.stdout.splitlines()]
    assert {"rule", "recall", "random_recall", "delay_days", "false_alerts"} <= rows[0].keys()
    assert rows[-1]["rule"] == "any"
