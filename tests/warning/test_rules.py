"""Every rule rings where its table says it must, keeps still where not; a faulty table is refused by name."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.warning.district import TESKE
from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.rule_examples import RuleExample
from tocsin.knowledge.rules import AlertRule, load_alert_rules
from tocsin.knowledge.weights import load_merge_weights, load_tension_weights
from tocsin.warning.examples import play_example

RULES = load_alert_rules()
EXAMPLES = [
    pytest.param(rule, example, rings, id=f"{rule.name}: {example.note}")
    for rule in RULES
    for rings, examples in ((True, rule.yes), (False, rule.no))
    for example in examples
]


@pytest.mark.parametrize(("rule", "example", "rings"), EXAMPLES)
def test_examples(rule: AlertRule, example: RuleExample, rings: bool) -> None:
    assert play_example(rule, example) == rings


def test_every_rule_has_both_kinds_of_example_and_says_what_would_clear_it() -> None:
    assert len(RULES) >= 6
    assert {s for rule in RULES for s in rule.sets} == {"peacekeeping", "ngo-security"}
    for rule in RULES:
        assert rule.yes, rule.name
        assert rule.no, rule.name
        assert rule.cleared_by
        assert rule.hypothesis


SOUND = read_knowledge("alert_rules.toml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('precedence = "PRIORITY"', 'precedence = "URGENT"', ["roadblocks-spread", "precedence", "ROUTINE, PRIORITY"]),
        ("min_incidents = 2\n", "min_incident = 2\n", ["roadblocks-spread", "min_incident", "allowed are kind, types"]),
        (
            'types = ["MOBILIZE"]',
            'types = ["MOBILISE"]',
            ["confrontation-imminent", "MOBILISE", "one of AGREE"],
        ),
        ('"PROTEST/riot"', '"PROTEST/rumble"', ["confrontation-imminent", "PROTEST/rumble", "riot"]),
        ("within_days = 2", "within_days = 0", ["confrontation-imminent", "within_days = 0", "1 to 366"]),
        ("within_days = 2\n", "", ["confrontation-imminent", "within_days", "is missing"]),
        ('kind = "tension"', 'kind = "weather"', ["unusual-hostility", "weather", "incidents, tension"]),
        ('name = "roadblocks-spread"', 'name = "deadly-violence"', ["deadly-violence", "stands twice"]),
        ("within_hours = 24", "within_hours = 0", ["confrontation-imminent", "within_hours", "1 to 744"]),
        ('speaks = "against"', 'speaks = "maybe"', ["tension-eases", "maybe", "for, against"]),
        ("min_any = 0.6", "", ["outlook-worsens", "at least one of min_any"]),
        (
            'keep_days = 7\n[[rule.condition]]\nkind = "outlook"',
            'keep_days = 7\nhold_days = 2\n[[rule.condition]]\nkind = "outlook"',
            ["outlook-worsens", "hold_days", "must be 1"],
        ),
        ("min_any = 0.6", "min_any = 60", ["outlook-worsens", "from 0 to 1"]),
        ("min_surprise = 2.3\nmin_level = 15.0\n", "", ["unusual-hostility", "at least one of min_surprise"]),
        (
            'modality = ["actual", "planned"]',
            'modality = ["rumoured"]',
            ["confrontation-builds", "rumoured", "conditional"],
        ),
        ('parties = ["NGO"]', 'parties = ["aid workers"]', ["aid-workers-at-risk", "aid workers", "three capital"]),
        ("keep_days = 1", 'areas = "country:XKX"\nkeep_days = 1', ["areas", "must be a list"]),
        ("min_surprise = 2.3", "min_surprise = nan", ["unusual-hostility", "min_surprise = nan", "0 or more"]),
        (
            'incidents = [{ day = 2, type = "AGREE", origins = 3 }]',
            "incidents = 3",
            ["tension-eases", "incidents", "must be tables"],
        ),
        (
            '{ day = 0, type = "COERCE", mode = "arrest" }',
            '{ day = 0, type = "COERCE", mode = 5 }',
            ["unusual-hostility", "mode = 5", "must be a text"],
        ),
        ('version = "alerts/2"', 'version = "alerts/2"\nauthor = "me"', ["author", "allowed are version, rule"]),
    ],
)
def test_a_faulty_table_is_refused_by_file_rule_and_key(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    assert old in SOUND
    faulty = tmp_path / "mine.toml"
    faulty.write_text(SOUND.replace(old, new, 1), "utf-8")
    with pytest.raises(KnowledgeError) as refusal:
        load_alert_rules(faulty)
    for word in ["mine.toml", *words]:
        assert word in str(refusal.value)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('version = "x"\nrule = []\n', ["at least one [[rule]]", "never rings"]),
        ('version = "x"\nrule = ' + "[" * 20_000, ["too deep"]),
        (SOUND.replace("min_surprise = 2.3", "min_surprise = 1" + "0" * 400, 1), ["unusual-hostility", "0 or more"]),
        (SOUND.replace('name = "roadblocks-spread"', "", 1), ["rule number 3 (line 117)", "name", "is missing"]),
        (SOUND.replace('"roadblocks-spread"', '"a\\u001b[31m"', 1), ["rule number 3", "control characters"]),
        (SOUND.replace('"roadblocks-spread"', '"road*"', 1), ["rule road*", "control characters or *"]),
        (SOUND.replace("within_hours = 24", "within_hour = 24", 1), ["confrontation-imminent (line 19)", "unknown"]),
    ],
)
def test_a_table_that_nobody_meant_is_refused_with_the_line_of_the_rule(
    tmp_path: Path, table: str, words: list[str]
) -> None:
    faulty = tmp_path / "mine.toml"
    faulty.write_text(table, "utf-8")
    with pytest.raises(KnowledgeError) as refusal:
        load_alert_rules(faulty)
    for word in ["mine.toml", *words]:
        assert word in str(refusal.value)


def test_a_table_from_an_editor_that_marks_its_bytes_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SOUND, "utf-8-sig")
    assert load_alert_rules(tmp_path / "mine.toml") == load_alert_rules()


def test_tables_of_weights_are_checked_too(tmp_path: Path) -> None:
    merge = read_knowledge("merge_weights.toml")
    for load, text in (
        (load_merge_weights, merge.replace("same-day = 1.55", "same-dya = 1.55")),
        (load_merge_weights, merge.replace("same-day = 1.55", 'same-day = "much"')),
        (load_merge_weights, merge.replace('"THREATEN"]', '"THREAT"]')),
        (load_tension_weights, read_knowledge("tension_weights.toml").replace("past_days = 84", "past_days = -1")),
    ):
        path = tmp_path / "mine.toml"
        path.write_text(text, "utf-8")
        with pytest.raises(KnowledgeError, match=r"mine\.toml"):
            load(path)


def test_the_bundled_tables_load_with_their_versions() -> None:
    assert load_merge_weights().version == tomllib.loads(read_knowledge("merge_weights.toml"))["version"]
    assert "plover" in load_tension_weights().version
    assert load_tension_weights().weigh("ACCUSE", None) < 0
    assert TESKE.gazetteer_id
